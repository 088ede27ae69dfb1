"""The embedder: thumbnails in, fingerprints out, on whatever device there is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.errors import DpmError
from dpm_tui.neural.copy_network import CopyNet, halved, squash
from dpm_tui.neural.model_choice import ModelChoice, load_choice
from dpm_tui.neural.model_manifest import read_choice, read_manifest
from dpm_tui.neural.region_pooling import WHOLE, pool_regions
from dpm_tui.neural.short_numbers import has_bfloat16, short_numbers
from dpm_tui.neural.weights import load_network
from dpm_tui.pipeline.candidates.crop_search import BOXES
from dpm_tui.pipeline.candidates.fingerprint import part_model
from dpm_tui.pipeline.picture_fingerprint import Fingerprint


def describe_devices() -> tuple[str, list[str]]:
    """Return torch's version and the devices it can use, as people know them."""
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices.append(f"cuda ({torch.cuda.get_device_name(0)})")
    if torch.backends.mps.is_available():
        devices.append("mps")
    return str(torch.__version__), devices


Picture = NDArray[np.uint8]

Parts = Sequence[Picture | None]
"""Pictures that stand for the parts of another, None for what is its own region."""
REGIONS = (WHOLE, *BOXES)
"""What is described of a large view: the picture itself, and its parts."""
AT_ONCE = 16
"""Pictures that the network sees at once: more share the cost of a call, until the output of a layer no
longer fits the cache of a core."""


class NeuralEmbedder:
    """Runs one model, or in automatic choice both, over batches of thumbnails.

    Implements ``pipeline.fingerprint.Embedder``. On a processor each thread that asks works alone: networks
    this small have too little to share out. Raises DpmError for weights that cannot be used or a device that
    is not there.
    """

    def __init__(self, choice: str = "auto", *, device: str = "auto") -> None:
        self._choice = choice
        self._device = pick_device(device)
        self._short = self._device.type == "cpu" and has_bfloat16()
        if self._device.type == "cpu":
            torch.set_num_threads(1)
        names = ("photo", "illustration") if choice == "auto" else (choice,)
        manifest = read_manifest()
        self._nets = {name: self._place(load_network(manifest[name])) for name in names}
        self._chooser = load_choice(read_choice(), self._device) if choice == "auto" else None

    @property
    def device(self) -> str:
        """The device in use: ``cpu``, ``cuda`` or ``mps``."""
        return self._device.type

    def embed(
        self, thumbnails: Sequence[Picture], parts: Sequence[Parts | None] | None = None
    ) -> list[Fingerprint]:
        """Return one fingerprint per thumbnail, each an RGB array of shape (height, width, 3).

        ``parts`` are for some of them ``crop_search.COUNT`` pictures that stand for its parts; what is not
        given is a region of the pass that describes the whole.
        """
        given = parts or [None] * len(thumbnails)
        describe = partial(self._embed_auto, self._chooser) if self._chooser else self._embed_one
        prints: list[Fingerprint] = []
        with torch.inference_mode(), short_numbers(self._device, self._short):
            for at in range(0, len(thumbnails), AT_ONCE):
                prints.extend(describe(thumbnails[at : at + AT_ONCE], given[at : at + AT_ONCE]))
        return prints

    def _embed_one(self, thumbnails: Sequence[Picture], given: Sequence[Parts | None]) -> list[Fingerprint]:
        net = self._nets[self._choice]
        large = self._pixels(squashed(thumbnails, net.shape.input_px))
        views = net.describe_regions(large, REGIONS)
        parts = self._join_parts(net(halved(large)), views, given)
        rows = zip(views[:, 0].cpu().numpy(), parts, strict=True)
        return [Fingerprint(self._choice, {self._choice: vector}, part) for vector, part in rows]

    def _embed_auto(
        self, chooser: ModelChoice, thumbnails: Sequence[Picture], given: Sequence[Parts | None]
    ) -> list[Fingerprint]:
        photo, illustration = self._nets["photo"], self._nets["illustration"]
        squares = squashed(thumbnails, photo.shape.input_px)
        large = self._pixels(squares)
        features, style = photo.map_and_style(large)
        views = photo.describe(pool_regions(features, REGIONS))
        of_photo = views[:, 0].cpu().numpy()
        parts = self._join_parts(photo(halved(large)), views, given)
        chosen = chooser.choose(squares, large, style)
        wanted = [number for number, models in enumerate(chosen) if "illustration" in models]
        drawn: dict[int, NDArray[np.float32]] = {}
        if wanted:
            of_illustration = illustration(large[torch.tensor(wanted, device=self._device)]).cpu().numpy()
            drawn = dict(zip(wanted, of_illustration, strict=True))
        prints: list[Fingerprint] = []
        for number, models in enumerate(chosen):
            vectors = {name: of_photo[number] if name == "photo" else drawn[number] for name in models}
            prints.append(Fingerprint(models[0], vectors, parts[number]))
        return prints

    def _join_parts(self, small: Tensor, views: Tensor, given: Sequence[Parts | None]) -> NDArray[np.float32]:
        """Return (B, (1 + COUNT) * dims): the vectors of small wholes (B, dims) and those of their parts.

        A part is compared with wholes of its own size: a picture cut to a quarter is as large as the whole
        of half the side. ``views`` (B, 1 + COUNT, dims) hold the regions after the whole.
        """
        net = self._nets[part_model(self._nets)]
        joined = torch.cat([small[:, None], views[:, 1:]], dim=1)
        for row, pictures in enumerate(given):
            own = [(1 + k, picture) for k, picture in enumerate(pictures or ()) if picture is not None]
            if own:
                places, shown = zip(*own, strict=True)
                joined[row, list(places)] = net(self._pixels(squashed(shown, net.shape.input_px // 2)))
        return joined.flatten(1).cpu().numpy()

    def _pixels(self, squares: Picture) -> Tensor:
        pixels = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2).float() / 255
        return pixels.contiguous(memory_format=torch.channels_last)

    def _place(self, net: CopyNet) -> CopyNet:
        return net.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def squashed(thumbnails: Sequence[Picture], side: int) -> Picture:
    """Return thumbnails as squares (B, side, side, 3)."""
    return np.stack([squash(thumbnail, side) for thumbnail in thumbnails])


def pick_device(wanted: str) -> torch.device:
    """Return the device asked for, or the best there is; raises DpmError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        wanted = next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(wanted):
        raise DpmError("device_missing", device=wanted)
    return torch.device(wanted)
