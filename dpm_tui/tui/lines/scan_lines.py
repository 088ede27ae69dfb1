"""Lines of the scan screen: what the folder holds, what the last run found, and what to do next."""

from __future__ import annotations

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.text_format import lacking_sentences, local_time, sentence
from dpm_tui.tui.lines.bars_and_facts import fact_table
from dpm_tui.tui.lines.next_step import next_step
from dpm_tui.tui.lines.progress_lines import phase_part, progress_words, run_meter
from dpm_tui.tui.lines.reclaimable_lines import words_on_freeable
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.session.setting_words import strictness
from dpm_tui.tui.session.typed_folders import join_names
from dpm_tui.tui.terminal.cell_text import Part, cut_start, wrap
from dpm_tui.tui.theme import Look
from dpm_tui.units import duration, long_size

_LABELS = 16
_ADVICE_LINES = 5
_SPARED = ("model", "skipped", "bin", "marked", "last_run", "pictures", "lacking", "unreadable")
"""The facts that are left out where there is no room for all, the first one first."""


class ScanLines:
    """Draws what a session knows of its folder."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def lines(self, width: int, height: int) -> list[list[Part]]:
        """Return the facts and what to do next, in at most ``height`` lines where that can be."""
        rows, now = self._rows(width), self._now(width)
        spare = iter(_SPARED)
        while len(rows) + len(now) > height and (name := next(spare, "")):
            rows = [row for row in rows if row[0] != name]
        gap: list[list[Part]] = [[]] if len(rows) + len(now) + 1 < height else []
        return [*fact_table(rows, self._look), *gap, *now]

    def _rows(self, width: int) -> list[tuple[str, list[Part]]]:
        session, look = self._session, self._look
        status = session.status
        changes = translate("tui.changes", added=status.added, changed=status.changed, gone=status.gone)
        pictures = f"{status.pictures:,}" if status.pictures or not session.running else "-"
        return [
            ("root", [(cut_start(display_name(session.root), width - _LABELS), look["strong"])]),
            *self._other_roots(width),
            ("last_run", [(self._last_run(), look["text"])]),
            ("files", [(f"{status.files:,}", look["strong"]), (f"  {changes}", look["dim"])]),
            ("pictures", [(pictures, look["strong"])]),
            ("unreadable", self._unreadable()),
            ("skipped", [(self._skipped(), look["text"])]),
            *(("lacking", [(words, look["notice"])]) for words in lacking_sentences(status.lacking)),
            ("groups", self._groups()),
            ("marked", [(self._marked(), look["text"])]),
            ("bin", [(self._bin(), look["text"])]),
            ("model", self._model()),
            ("state", [phase_part(status, look)]),
        ]

    def _now(self, width: int) -> list[list[Part]]:
        """Return how far the run is while one is going, and what to do next."""
        lines: list[list[Part]] = []
        if self._session.running and self._session.status.stage:
            status = self._session.status
            words = progress_words(status, self._session.history)
            stage = f" {sentence(f'tui.stage_{status.stage}')}  {words}"
            lines += [*run_meter(self._session, self._look, width), [(stage, self._look["text"])]]
        advice = wrap(next_step(self._session), width - 2)[:_ADVICE_LINES]
        return [*lines, *([(f" {line}", self._look["notice"])] for line in advice)]

    def _other_roots(self, width: int) -> list[tuple[str, list[Part]]]:
        """Return the row of the folders elsewhere that are compared, none where there are none."""
        names = display_name(join_names(self._session.config.other_roots))
        words = [(cut_start(names, width - _LABELS), self._look["text"])]
        return [("other_roots", words)] if names else []

    def _last_run(self) -> str:
        status = self._session.status
        if self._session.running:
            return translate("tui.last_run_now", time=duration(status.elapsed))
        if not status.ended:
            return translate("tui.last_run_never")
        words = local_time(status.ended)
        took = translate("tui.last_run_took", time=duration(status.elapsed)) if status.elapsed >= 1 else ""
        return f"{words}  {took}".rstrip()

    def _unreadable(self) -> list[Part]:
        status, look = self._session.status, self._look
        if not status.unreadable:
            return [("0", look["text"])]
        reasons = [f"{sentence(f'tui.broken_{reason}')} {count:,}" for reason, count in status.broken.items()]
        words = "  ".join(["", *reasons, translate("tui.press_errors")])
        return [(f"{status.unreadable:,}", look["error"]), (words, look["dim"])]

    def _skipped(self) -> str:
        skipped = self._session.status.skipped
        known = [f"{sentence(f'tui.skipped_{reason}')} {count:,}" for reason, count in skipped.items()]
        return "  ".join(known) or "0"

    def _groups(self) -> list[Part]:
        session, look = self._session, self._look
        known = session.library.groups
        words = translate("tui.groups_found", count=len(known) or session.status.groups)
        return [(words, look["strong"]), (f"  {words_on_freeable(session)}", look["text"])]

    def _marked(self) -> str:
        marks = self._session.marks
        if not marks.removed:
            return translate("tui.nothing_marked")
        return translate("tui.bin_holds", count=len(marks.removed), size=long_size(marks.size))

    def _bin(self) -> str:
        bin_list = self._session.bin
        if not bin_list.known:
            return "-"
        if not bin_list.entries:
            return translate("tui.bin_holds_nothing")
        size = sum(entry.size for entry in bin_list.entries)
        return translate("tui.bin_holds", count=len(bin_list.entries), size=long_size(size))

    def _model(self) -> list[Part]:
        status, config = self._session.status, self._session.config
        threshold = status.threshold or config.threshold
        values = {"threshold": f"{threshold:.2f}", "word": strictness(threshold)}
        words = f"  {translate('tui.model_strictness', **values)}"
        model = status.model or config.model
        return [
            (sentence(f"tui.choice_model_{model}"), self._look["strong"]),
            (words, self._look["dim"]),
        ]
