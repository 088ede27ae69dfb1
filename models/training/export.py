"""Writes a checkpoint as a weight file and enters it in the manifest.

``python -m models.training.export --out DIR --model photo --threshold 0.6`` writes the best weights of
a training to ``models/``, the latest if none were scored.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
import torch
from safetensors.torch import save as save_tensors

FOLDER = Path(__file__).resolve().parent.parent
LARGEST_BYTES = 2_000_000


def export(checkpoint: Path, name: str, folder: Path, threshold: float | None) -> Path:
    """Write ``<name>.safetensors`` in float16 and its entry in ``manifest.toml``; return its path.

    Without ``threshold`` the one in the manifest stays. Raises ValueError for a file over 2 MB.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    shape = json.loads(state["shape"])
    tensors = {
        key: value.half().contiguous() if value.is_floating_point() else value.contiguous()
        for key, value in state["averaged"].items()
    }
    content = save_tensors(tensors)
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"{name}: {len(content)} bytes are more than {LARGEST_BYTES}")
    path = folder / f"{name}.safetensors"
    path.write_bytes(content)
    manifest = folder / "manifest.toml"
    table: dict[str, Any] = tomllib.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    before = table.get(name, {}).get("threshold", 0.5)
    table[name] = {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "input_px": shape["input_px"],
        "dims": shape["dims"],
        "threshold": before if threshold is None else threshold,
        "steps": state["step"],
    }
    manifest.write_text(tomli_w.dumps(table), encoding="utf-8")
    return path


def main() -> None:
    """Export one model."""
    parser = argparse.ArgumentParser(prog="python -m models.training.export")
    parser.add_argument("--model", choices=("photo", "illustration"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the training")
    parser.add_argument("--threshold", type=float, help="cosine from which a pair is a candidate")
    options = parser.parse_args()
    best, latest = (options.out / f"{options.model}{end}.pt" for end in ("-best", ""))
    path = export(best if best.exists() else latest, options.model, FOLDER, options.threshold)
    print(path)


if __name__ == "__main__":
    main()
