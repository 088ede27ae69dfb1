"""Lines about the run: the facts of the library, the bars of the stages, what the worker uses."""

from __future__ import annotations

from rich.cells import cell_len

from dpm_tui.amount import duration, long_size
from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.tui.cells import Part, cut_start, pad, wrap
from dpm_tui.tui.log_lines import spell_out
from dpm_tui.tui.look import Look
from dpm_tui.tui.session import Link, Session
from dpm_tui.tui.size import sentence
from dpm_tui.tui.strictness import strictness

_BAR_WIDTH_AT_MOST = 60
_ADVICE_LINES = 5


class RunLines:
    """Draws what a session knows of its run."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def dashboard(self, width: int) -> list[list[Part]]:
        """Return the lines of the scan screen: what the root holds and what came of it."""
        status = self._session.status
        known = self._session.library.groups
        groups = translate("tui.groups_found", count=len(known) or status.groups)
        reclaimable = sum(group.reclaimable_bytes for group in known)
        freed = f"  {translate('tui.reclaimable', size=long_size(reclaimable))}" if reclaimable else ""
        changes = translate("tui.changes", added=status.added, changed=status.changed, gone=status.gone)
        pictures = f"{status.pictures:,}" if status.pictures or not self._session.running else "-"
        rows: list[tuple[str, list[Part]]] = [
            ("root", [self._strong(cut_start(display_name(self._session.root), width - 16))]),
            ("files", [self._strong(f"{status.files:,}"), self._dim(f"  {changes}")]),
            ("pictures", [self._strong(pictures)]),
            ("unreadable", self._unreadable()),
            ("skipped", [self._text(self._skipped())]),
            ("groups", [self._strong(groups), self._text(freed)]),
            ("model", self._model()),
            ("state", self._phase()),
        ]
        return [[], *self._table(rows), []]

    def stages(self, width: int) -> list[list[Part]]:
        """Return a line for each stage with its bar."""
        status = self._session.status
        names = [translate(f"tui.stage_{stage.value}") for stage in Stage]
        label_width = max(cell_len(name) for name in names) + 2
        order = list(Stage)
        current = order.index(Stage(status.stage)) if status.stage in set(Stage) else -1
        if status.phase == "finished":
            current = len(order)
        lines: list[list[Part]] = [[]]
        for index, name in enumerate(names):
            bar_width = min(width - label_width - 32, _BAR_WIDTH_AT_MOST)
            share = 1.0 if index < current else 0.0
            words = translate("tui.stage_done") if index < current else ""
            if index == current:
                share = status.done / status.total if status.total else 0.0
                words = self._progress()
            role = "strong" if index == current else "text" if index < current else "dim"
            bar = self._bar(share, bar_width)
            label: Part = (f" {pad(name, label_width)}", self._look[role])
            lines.append([label, *bar, (f"  {words}", self._look["text"])])
        return lines

    def counts(self, width: int) -> list[list[Part]]:
        """Return lines with what was found and what the worker uses."""
        status = self._session.status
        found = translate("tui.found_live", pairs=f"{status.pairs:,}", groups=f"{status.groups:,}")
        times = translate("tui.elapsed", time=duration(status.elapsed))
        if status.phase == "running" and status.seconds_left >= 0:
            times += "  " + translate("tui.stage_left", time=duration(status.seconds_left))
        usage = translate(
            "tui.usage",
            cpu=f"{status.cpu:.0f}",
            memory=long_size(status.memory),
            device=display_name(status.device) or "-",
            pid=status.pid,
        )
        rows = [
            ("found", [self._strong(found)]),
            ("time", [self._text(times)]),
            ("worker", [self._text(usage)]),
            ("state", self._phase()),
        ]
        return [[], *self._table(rows), []]

    def now(self, width: int) -> list[list[Part]]:
        """Return the current stage as one line, or what to do next where there is none."""
        status = self._session.status
        if not self._session.running or not status.stage:
            lines = wrap(self._advice(), width - 2)[:_ADVICE_LINES]
            return [[(f" {line}", self._look["notice"])] for line in lines]
        name = sentence(f"tui.stage_{status.stage}")
        share = status.done / status.total if status.total else 0.0
        words = self._progress()
        room = max(min(width - cell_len(name) - cell_len(words) - 6, _BAR_WIDTH_AT_MOST), 4)
        start: Part = (f" {name}  ", self._look["strong"])
        return [[start, *self._bar(share, room), (f"  {words}", self._look["text"])]]

    def _advice(self) -> str:
        session = self._session
        if session.link is Link.CONNECTING:
            return translate("tui.link_connecting")
        if session.link is Link.LOST:
            return " ".join(session.trouble.split()) or translate("tui.link_lost")
        if session.status.attention:
            return sentence(f"tui.attention_{session.status.attention}")
        if session.status.phase == "failed" and (
            errors := [line for line in session.log if line.level == "error"]
        ):
            return spell_out(errors[-1])
        if session.status.phase == "finished" and not session.status.pictures:
            return translate("tui.no_pictures")
        if session.status.phase == "finished" and not session.status.groups:
            return translate("tui.no_groups")
        return translate("tui.go_to_groups" if session.status.groups else "tui.press_start")

    def _progress(self) -> str:
        status = self._session.status
        count = f"{status.done:,}/{status.total:,}" if status.total else f"{status.done:,}"
        rate = f"  {translate('tui.rate', rate=_rate(status.rate))}" if status.rate > 0 else ""
        left = f"  {duration(status.seconds_left)}" if status.seconds_left >= 0 else ""
        return f"{count}{rate}{left}"

    def _bar(self, share: float, width: int) -> list[Part]:
        width = max(width - 2, 2)
        full = min(max(round(share * width), 0), width)
        look = self._look
        return [
            ("[", look["rest"]),
            ("=" * full, look["bar"]),
            ("-" * (width - full), look["rest"]),
            ("]", look["rest"]),
        ]

    def _phase(self) -> list[Part]:
        phase = self._session.status.phase
        role = {"running": "good", "finished": "good", "failed": "error", "stopped": "notice"}
        return [(sentence(f"tui.phase_{phase}"), self._look[role.get(phase, "text")])]

    def _unreadable(self) -> list[Part]:
        count = self._session.status.unreadable
        if not count:
            return [self._text("0")]
        hint = translate("tui.press_errors")
        return [(f"{count:,}", self._look["error"]), self._dim(f"  {hint}")]

    def _skipped(self) -> str:
        skipped = self._session.status.skipped
        known = [f"{sentence(f'tui.skipped_{reason}')} {count:,}" for reason, count in skipped.items()]
        return "  ".join(known) or "0"

    def _model(self) -> list[Part]:
        status, config = self._session.status, self._session.config
        threshold = status.threshold or config.threshold
        words = f"  {translate('tui.setting_threshold')} {threshold:.2f}, {strictness(threshold)}"
        model = status.model or config.model
        return [self._strong(sentence(f"tui.choice_model_{model}")), self._dim(words)]

    def _table(self, rows: list[tuple[str, list[Part]]]) -> list[list[Part]]:
        labels = [translate(f"tui.label_{key}") for key, _ in rows]
        width = max(cell_len(label) for label in labels) + 2
        return [
            [(f" {pad(label, width)}", self._look["dim"]), *parts]
            for label, (_, parts) in zip(labels, rows, strict=True)
        ]

    def _strong(self, text: str) -> Part:
        return text, self._look["strong"]

    def _text(self, text: str) -> Part:
        return text, self._look["text"]

    def _dim(self, text: str) -> Part:
        return text, self._look["dim"]


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
