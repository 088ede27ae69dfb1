"""The embedder: thumbnails in, fingerprints out, on whatever device there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.errors import DpmError
from dpm_tui.neural.copy_network import CopyNet, halved, squash
from dpm_tui.neural.model_manifest import read_manifest
from dpm_tui.neural.region_pooling import WHOLE
from dpm_tui.neural.short_numbers import has_bfloat16, short_numbers
from dpm_tui.neural.weights import load_network
from dpm_tui.pipeline.candidates.crop_search import BOXES
from dpm_tui.pipeline.candidates.fingerprint import Fingerprint, part_model


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
AT_ONCE = 8
"""Pictures that the network sees at once: with more, a layer's output no longer fits the cache of a core."""
DOUBTFUL = 2.5
"""Logits this near to zero leave it open whether a picture is a photograph or an illustration."""


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
        describe = self._embed_auto if self._choice == "auto" else self._embed_one
        prints: list[Fingerprint] = []
        with torch.inference_mode(), short_numbers(self._device, self._short):
            for at in range(0, len(thumbnails), AT_ONCE):
                prints.extend(describe(thumbnails[at : at + AT_ONCE], given[at : at + AT_ONCE]))
        return prints

    def _embed_one(self, thumbnails: Sequence[Picture], given: Sequence[Parts | None]) -> list[Fingerprint]:
        net = self._nets[self._choice]
        large = self._pixels(thumbnails, net.shape.input_px)
        views = net.describe_regions(large, REGIONS)
        parts = self._join_parts(net(halved(large)), views, given)
        rows = zip(views[:, 0].cpu().numpy(), parts, strict=True)
        return [Fingerprint(self._choice, {self._choice: vector}, part) for vector, part in rows]

    def _embed_auto(self, thumbnails: Sequence[Picture], given: Sequence[Parts | None]) -> list[Fingerprint]:
        photo, illustration = self._nets["photo"], self._nets["illustration"]
        large = self._pixels(thumbnails, photo.shape.input_px)
        views = photo.describe_regions(large, REGIONS)
        small, style = photo.describe_and_style(halved(large))
        logits = photo.illustration_logit(style.float()).cpu()
        of_photo = views[:, 0].cpu().numpy()
        parts = self._join_parts(small, views, given)
        wanted = (logits > -DOUBTFUL).nonzero().squeeze(1)
        drawn: dict[int, NDArray[np.float32]] = {}
        if len(wanted):
            of_illustration = illustration(large[wanted.to(self._device)]).cpu().numpy()
            drawn = dict(zip(wanted.tolist(), of_illustration, strict=True))
        prints: list[Fingerprint] = []
        for number, logit in enumerate(logits.tolist()):
            vectors = {}
            if logit < DOUBTFUL:
                vectors["photo"] = of_photo[number]
            if number in drawn:
                vectors["illustration"] = drawn[number]
            prints.append(Fingerprint("illustration" if logit > 0 else "photo", vectors, parts[number]))
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
                joined[row, list(places)] = net(self._pixels(shown, net.shape.input_px // 2))
        return joined.flatten(1).cpu().numpy()

    def _pixels(self, thumbnails: Sequence[Picture], side: int) -> Tensor:
        squares = np.stack([squash(thumbnail, side) for thumbnail in thumbnails])
        pixels = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2).float() / 255
        return pixels.contiguous(memory_format=torch.channels_last)

    def _place(self, net: CopyNet) -> CopyNet:
        return net.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def pick_device(wanted: str) -> torch.device:
    """Return the device asked for, or the best there is; raises DpmError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        wanted = next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(wanted):
        raise DpmError("device_missing", device=wanted)
    return torch.device(wanted)
