"""Devices that the models can run on."""

from __future__ import annotations

import torch


def describe_devices() -> tuple[str, list[str]]:
    """Return torch's version and the devices it can use, as people know them."""
    devices = ["cpu"]
    if torch.cuda.is_available():
        devices.append(f"cuda ({torch.cuda.get_device_name(0)})")
    if torch.backends.mps.is_available():
        devices.append("mps")
    return str(torch.__version__), devices
