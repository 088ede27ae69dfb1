"""Scan progress: what the verb ``scan`` says while a run is under way, and of what it found."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from dpm_tui.cli.output import describe_previews, write
from dpm_tui.dataclass_json import to_plain
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.shell_commands import with_place
from dpm_tui.text_format import lacking_sentences, log_sentence, nodes_summary, time_left
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import LogLine, RunStatus

_LINE_SECONDS = 10.0
_TYPES_NAMED = 6
"""Types of files that were passed over which are named."""


class ScanProgress:
    """Prints progress: JSON lines on standard output, or one line on a terminal's standard error.

    Without a terminal there is none unless ``always``; with ``quiet`` only what went wrong is said.
    A terminal that is gone is no error: the scan is worth more than what is said of it.
    """

    def __init__(
        self, *, json_lines: bool, quiet: bool = False, always: bool = False, in_place: bool = True
    ) -> None:
        self._json = json_lines
        self._quiet = quiet
        self._terminal = in_place and sys.stderr.isatty()
        self._shows = not quiet and (self._terminal or always)
        self._stage = ""
        self._printed = 0.0
        self._shown = False

    def show(self, status: RunStatus) -> None:
        """Show where the run is."""
        if self._json:
            self._print_json("progress", to_plain(status))
            return
        if not self._shows:
            return
        now = time.monotonic()
        if not self._terminal and status.stage == self._stage and now - self._printed < _LINE_SECONDS:
            return
        self._stage, self._printed = status.stage, now
        if not status.stage:
            return
        text = translate(f"cli.stage_{status.stage}", done=status.done, total=status.total)
        if status.rate > 0 and status.total:
            text += translate("cli.rate", rate=f"{status.rate:.0f}")
        if status.left_most >= 0:
            text += translate("cli.left", time=time_left(status.left_least, status.left_most))
        if status.nodes:
            text += f"  {nodes_summary(status.nodes)}"
        if self._terminal:
            self._write(("\r\x1b[K" if self._shown else "") + text)
            self._shown = True
        else:
            self._write(text + "\n")

    def log(self, line: LogLine) -> None:
        """Show a line of the log."""
        if self._json:
            self._print_json("log", {"level": line.level, "key": line.key, "values": dict(line.values)})
        elif line.level != "info":
            self.say(with_place(log_sentence(line.key, line.values)))

    def say(self, text: str) -> None:
        """Print a message."""
        self._clear()
        self._write(text + "\n")

    def conclude(self, status: RunStatus, freeable: ReclaimableSpace | None = None) -> None:
        """Print what the run found; what could be freed is known of one that has finished."""
        self._clear()
        if self._json:
            known = {}
            if freeable is not None:
                known = {"reclaimable_bytes": freeable.beside, "suggested_bytes": freeable.bytes}
            self._print_json("result", to_plain(status) | known)
            return
        if status.phase == "finished":
            if not self._quiet:
                found = freeable or ReclaimableSpace()
                sizes = {"size": long_size(found.bytes), "beside": long_size(found.beside)}
                text = translate("cli.result", pictures=status.pictures, groups=status.groups, **sizes)
                write(text + "\n", sys.stdout)
                said = (describe_previews(status), _passed_over(status), *lacking_sentences(status.lacking))
                for line in filter(None, said):
                    write(line + "\n", sys.stdout)
            if status.unreadable:
                self.say(with_place(translate("cli.unreadable", count=status.unreadable)))
        elif status.phase == "stopped":
            self.say(translate("cli.stopped"))

    def _clear(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    @staticmethod
    def _write(text: str) -> None:
        write(text, sys.stderr)

    @staticmethod
    def _print_json(kind: str, values: Mapping[str, Any]) -> None:
        write(json.dumps({"type": kind, **values}) + "\n", sys.stdout)


def _passed_over(status: RunStatus) -> str:
    """Return one line on which other types of files were passed over; empty where there are none."""
    count = status.skipped.get("other_type", 0)
    named = {ending: each for ending, each in status.other_types.items() if ending}
    words = [f"{each:,} {display_name(ending)}" for ending, each in list(named.items())[:_TYPES_NAMED]]
    rest = count - sum(list(named.values())[:_TYPES_NAMED])
    if rest:
        words.append(translate("cli.other_files" if words else "cli.only_other_files", count=rest))
    return translate("cli.passed_over", types=", ".join(words)) if count else ""
