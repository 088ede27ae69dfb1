"""A decoder child that does what the name of a file says, to see what its worker makes of it."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.worker.decoders import decoder_child
from dpm_tui.worker.sandbox import sandbox

_real = decoder_child.carry_out
_TOO_MANY = 8 << 30
_SPARE = 1 << 30
"""The spare decoder of the tests has more memory than this, the other less."""


def carry_out(roots: OpenRoots, thumbnails: Any, order: dict[str, Any], memory: int) -> dict[str, Any]:
    """Misbehave as ordered."""
    match order["path"]:
        case "segv.jpg":
            os.write(2, b"noise\n" * 2000 + b"libodd: \x1b[31mno such strip\nlibodd: giving up\n")
            os.kill(os.getpid(), signal.SIGSEGV)
        case "chatter.jpg":
            os.write(2, b"warning\n" * 100_000)
            raise UndecodableError(Status.DAMAGED, "chatter")
        case "eat.jpg":
            try:
                return {"status": len(bytearray(_TOO_MANY))}
            except MemoryError:
                raise UndecodableError(Status.TOO_BIG, "not enough memory", starved=True) from None
        case "die hungry.jpg":
            return {"status": len(bytearray(_TOO_MANY))}
        case "write.jpg":
            try:
                flags = os.O_WRONLY | os.O_CREAT
                os.write(os.open(b"left.behind", flags, dir_fd=roots.own), b"x")
            except OSError as error:
                raise UndecodableError(Status.UNREADABLE, str(error.strerror)) from None
        case "exit.jpg":
            os._exit(7)
        case "noise.jpg":
            os.write(3, b"no answer\n")
        case "endless.jpg":
            sandbox._GRACE_SECONDS = 0
            sandbox.allow_seconds(order["own clock"])
            while True:
                time.sleep(0)
        case "hungry.jpg":
            raise UndecodableError(Status.DAMAGED, f"room for {memory}", starved=memory < _SPARE)
        case "crash once.jpg":
            if memory < _SPARE:
                os._exit(1)
            raise UndecodableError(Status.DAMAGED, f"room for {memory}")
    return _real(roots, thumbnails, order, memory)


decoder_child.carry_out = carry_out
load, main = decoder_child.load, decoder_child.main

if __name__ == "__main__":
    main()
