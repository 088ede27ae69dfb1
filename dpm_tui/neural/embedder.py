"""The embedder: thumbnails in, fingerprints out, on whatever device there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

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
        self, thumbnails: Sequence[Picture], parts: Sequence[Sequence[Picture]] | None = None
    ) -> list[Fingerprint]:
        """Return one fingerprint per thumbnail, each an RGB array of shape (height, width, 3).

        ``parts`` are ``crop_search.COUNT`` pictures for each, cut out of it where they are not given.
        """
        if not thumbnails:
            return []
        cut = parts or [cut_parts(thumbnail) for thumbnail in thumbnails]
        short = torch.autocast("cpu", torch.bfloat16, enabled=self._short)
        with torch.inference_mode(), short:
            return (self._embed_auto if self._choice == "auto" else self._embed_one)(thumbnails, cut)

    def _embed_one(
        self, thumbnails: Sequence[Picture], cut: Sequence[Sequence[Picture]]
    ) -> list[Fingerprint]:
        net = self._nets[self._choice]
        vectors = _numbers(net(self._pixels(thumbnails, net)))
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
        of_photo = _numbers(described)
        parts = self._embed_parts(cut, of_photo)
        wanted = (logits > -DOUBTFUL).nonzero().squeeze(1)
        drawn: dict[int, NDArray[np.float32]] = {}
        if len(wanted):
            of_illustration = _numbers(illustration(pixels[wanted.to(self._device)]))
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
        parts = [_numbers(net(self._pixels(cut[at : at + len(pictures)], net))) for at in steps]
        return np.concatenate([whole, np.concatenate(parts).reshape(len(whole), -1)], axis=1)

    def _pixels(self, thumbnails: Sequence[Picture], net: CopyNet) -> Tensor:
        side = net.shape.input_px
        squares = np.stack([squash(thumbnail, side) for thumbnail in thumbnails])
        pixels = torch.from_numpy(squares).to(self._device).permute(0, 3, 1, 2).float() / 255
        return pixels.contiguous(memory_format=torch.channels_last)

    def _place(self, net: CopyNet) -> CopyNet:
        return net.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _numbers(vectors: Tensor) -> NDArray[np.float32]:
    """Return unit vectors (B, dims) as an array; those of a short number format are not quite of length 1."""
    return F.normalize(vectors.float(), dim=1).cpu().numpy()


def has_bfloat16(cpu_info: str = "/proc/cpuinfo") -> bool:
    """Return whether the processor multiplies numbers of 16 bits: twice as fast, and hardly less exact.

    Cosines change by 0.002 on average. Elsewhere torch would imitate it, which takes longer.
    """
    try:
        with open(cpu_info, encoding="ascii", errors="replace") as file:
            flags = next((line for line in file if line.startswith(("flags", "Features"))), "")
    except OSError:
        return False
    return not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(flags.split())


def pick_device(wanted: str) -> torch.device:
    """Return the device asked for, or the best there is; raises DpmError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        wanted = next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(wanted):
        raise DpmError("device_missing", device=wanted)
    return torch.device(wanted)
