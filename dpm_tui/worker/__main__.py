"""Entry of the worker process: ``python -m dpm_tui.worker ROOT BASE LANGUAGE [--shared-bin] [--decodes]``.

Prints one line: the first status once it listens, or ``Failed`` with the reason why it cannot. With
``--decodes`` a run is expected: decoders start while the rest of the worker is loaded.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import TYPE_CHECKING

from dpm_tui.errors import DpmError, is_full, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.locale import set_language
from dpm_tui.memory import return_freed_memory
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.config import load_settings
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.layout import Layout, check_root
from dpm_tui.state.disk.lock import STARTING, Lock
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.worker.decoders.decoder_process import open_fork_server
from dpm_tui.worker.protocol.socket_address import socket_path
from dpm_tui.worker.run.resource_policy import lower_priority, reader_count

if TYPE_CHECKING:
    from dpm_tui.worker.decoders.decoder_pool import DecoderPool

_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def main() -> int:
    """Serve the root until nobody needs it; return the exit code."""
    if os.fork():
        # The starter must not wait for a process that may outlive it.
        os._exit(0)
    root, base = (os.fsencode(os.path.abspath(argument)) for argument in sys.argv[1:3])
    layout = Layout(root, base, "--shared-bin" in sys.argv[4:])
    # The reasons for a failed start are sentences for the starter, so the language is set here.
    set_language(sys.argv[3] if len(sys.argv) > 3 else "auto")
    try:
        check_root(layout.root)
        prepare_folder(layout)
        lock = Lock(layout.lock, STARTING)
        address = socket_path(layout)
        _redirect_output(layout.log)
        lower_priority()
        return_freed_memory()
        # A large state is millions of objects that stay: searching them for garbage would take a third of
        # the time.
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        _serve(layout, address, lock, _open_pool(layout, decodes="--decodes" in sys.argv[4:]))
        lock.release()
    except DpmError as error:
        _refuse(error)
        return int(error.exit_code)
    except OSError as error:
        failure = _name(error, layout)
        _refuse(failure)
        print(error, file=sys.stderr)
        return int(failure.exit_code)
    return 0


def _open_pool(layout: Layout, *, decodes: bool) -> DecoderPool:
    """Return the decoders; they load at once if a run is expected and the last one did not finish."""
    server = open_fork_server()
    with contextlib.suppress(DpmError, OSError):  # whoever needs the checkpoint says so
        if server is not None and decodes and load_checkpoint(layout.checkpoint).phase != "finished":
            server.start("decode")
    # This takes as long to load as decoders do.
    from dpm_tui.worker.decoders.decoder_pool import DecoderPool

    config = load_settings(layout.config).config
    count, memory = reader_count(config, layout.root), config.memory << 20
    return DecoderPool(layout.root, layout.thumbnails, count, memory, config.other_folders, server=server)


def _serve(layout: Layout, address: bytes, lock: Lock, pool: DecoderPool) -> None:
    # What a worker is made of takes longer to load than a decoder takes to start.
    import asyncio

    from dpm_tui.worker.server.root_service import serve_root

    asyncio.run(serve_root(layout, address, lock, pool))


def _refuse(error: DpmError) -> None:
    from dpm_tui.worker.protocol.message_codec import encode
    from dpm_tui.worker.protocol.messages import Failed
    from dpm_tui.worker.server.root_service import say

    say(encode(Failed.of(error)))


def _name(error: OSError, layout: Layout) -> DpmError:
    """Return the message for a system error that kept the worker from starting."""
    name = error.filename
    path = display_name(name if isinstance(name, bytes | str) and name else layout.folder)
    if is_full(error):
        return DpmError("disk_full", path=path)
    return DpmError("worker_cannot_start", path=path, reason=reason_of(error))


def _redirect_output(log: HeldPath) -> None:
    """Keep standard output for the one line that the starter reads; all else goes to the log."""
    os.dup2(open_regular(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)


if __name__ == "__main__":
    sys.exit(main())
