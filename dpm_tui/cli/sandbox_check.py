"""What the sandbox keeps decoders from on this machine: a decoder tries each of them."""

from __future__ import annotations

from collections.abc import Iterator

from dpm_tui.cli.terminal_check import Check
from dpm_tui.locale import translate
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.text_format import put_into_words
from dpm_tui.worker.decoders.decoder_process import DecoderDied, DecoderProcess
from dpm_tui.worker.sandbox.sandbox_trial import PROTECTIONS

_MEMORY = 256 << 20
_SECONDS = 60.0


def check_sandbox(folder: bytes, state: bytes) -> Iterator[Check]:
    """Yield which protections hold for decoders in ``folder``; a missing one is no failure."""
    child = DecoderProcess(RootFolder(folder), state, _MEMORY)
    try:
        held = child.ask({"do": "try"}, _SECONDS).get("held")
    except DecoderDied as error:
        yield False, translate("cli.doctor_decoders_fail", reason=put_into_words(str(error)))
        return
    finally:
        child.kill()
    known = held if isinstance(held, list) else []
    for key, names in (
        ("cli.doctor_decoders", [name for name in PROTECTIONS if name in known]),
        ("cli.doctor_decoders_lack", [name for name in PROTECTIONS if name not in known]),
    ):
        if names:
            yield True, translate(key, deeds=", ".join(translate(f"cli.deed_{name}") for name in names))
