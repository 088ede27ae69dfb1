"""The embedder: thumbnails in, fingerprints out, on whatever device there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dpm_tui.errors import DpmError
from dpm_tui.neural.copy_network import CopyNet, squash
from dpm_tui.neural.model_manifest import read_manifest
from dpm_tui.neural.weights import load_network
from dpm_tui.pipeline.candidates.crop_search import cut_parts
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

DOUBTFUL = 2.5
"""Logits this near to zero leave it open whether a picture is a photograph or an illustration."""


class NeuralEmbedder:
    """Runs one model, or in automatic choice both, over batches of thumbnails.

    Implements ``candidates.fingerprint.Embedder``; used by one thread at a time. Raises DpmError for
    weights that cannot be used or a device that is not there.
    """

    def __init__(self, choice: str = "auto", *, device: str = "auto", threads: int = 0) -> None:
        self._choice = choice
        self._device = pick_device(device)
        if threads:
            torch.set_num_threads(threads)
        names = ("photo", "illustration") if choice == "auto" else (choice,)
        manifest = read_manifest()
        self._nets = {name: self._place(load_network(manifest[name])) for name in names}

    @property
    def device(self) -> str:
        """The device in use: ``cpu``, ``cuda`` or ``mps``."""
        return self._device.type

    def embed(
        self, thumbnails: Sequence[Picture], parts: Sequence[Sequence[Picture]] | None = None
    ) -> list[Fingerprint]:
        """Return one fingerprint per thumbnail, each an RGB array of shape (height, width, 3).

        ``parts`` are ``crop_search.COUNT`` pictures for each, cut out of it where they are not given.
        """
        if not thumbnails:
            return []
        cut = parts or [cut_parts(thumbnail) for thumbnail in thumbnails]
        with torch.inference_mode():
            return (self._embed_auto if self._choice == "auto" else self._embed_one)(thumbnails, cut)

    def _embed_one(
        self, thumbnails: Sequence[Picture], cut: Sequence[Sequence[Picture]]
    ) -> list[Fingerprint]:
        net = self._nets[self._choice]
        vectors = net(self._pixels(thumbnails, net)).cpu().numpy()
        parts = self._embed_parts(cut, vectors)
        rows = zip(vectors, parts, strict=True)
        return [Fingerprint(self._choice, {self._choice: vector}, part) for vector, part in rows]

    def _embed_auto(
        self, thumbnails: Sequence[Picture], cut: Sequence[Sequence[Picture]]
    ) -> list[Fingerprint]:
        photo, illustration = self._nets["photo"], self._nets["illustration"]
        pixels = self._pixels(thumbnails, photo)
        described, style = photo.describe_and_style(pixels)
        logits = photo.illustration_logit(style).cpu()
        of_photo = described.cpu().numpy()
        parts = self._embed_parts(cut, of_photo)
        wanted = (logits > -DOUBTFUL).nonzero().squeeze(1)
        of_illustration = illustration(pixels[wanted.to(self._device)]).cpu().numpy() if len(wanted) else []
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

    def _embed_parts(
        self, pictures: Sequence[Sequence[Picture]], whole: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return (B, (1 + COUNT) * dims): the vectors of the whole pictures and then those of their parts."""
        net = self._nets[part_model(self._nets)]
        cut = [part for parts in pictures for part in parts]
        steps = range(0, len(cut), len(pictures))
        parts = [net(self._pixels(cut[at : at + len(pictures)], net)).cpu().numpy() for at in steps]
        return np.concatenate([whole, np.concatenate(parts).reshape(len(whole), -1)], axis=1)

    def _pixels(self, thumbnails: Sequence[Picture], net: CopyNet) -> Tensor:
        side = net.shape.input_px
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
