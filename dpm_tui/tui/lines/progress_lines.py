"""Lines of the compare screen: the stages of the run, its speed, and the pairs as they are found."""

from __future__ import annotations

from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.text_format import (
    node_words,
    nodes_summary,
    rate_words,
    round_left,
    sentence,
    similarity,
    time_left,
)
from dpm_tui.tui.lines.bars_and_facts import fact_table, graph, meter
from dpm_tui.tui.lines.reclaimable_lines import words_on_freeable
from dpm_tui.tui.session.run_history import RunHistory
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, pad
from dpm_tui.tui.theme import Look
from dpm_tui.units import duration, long_size
from dpm_tui.worker.protocol.messages import FoundPair, NodeStatus, RunStatus

_MAX_METER = 60
_MIN_METER = 6
_NODE_NAME = 20
_WIDE = 60
_PATHS = 26
"""Cells from which on a path is more than its ending."""
_WORDS = 26
"""Cells for the numbers beside a meter."""
_ROLES = {"running": "good", "finished": "good", "failed": "error", "stopped": "notice"}
_SPARED = ("worker", "time", "found")
"""The facts that are left out where there is no room for all, the first one first."""


class ProgressLines:
    """Draws what a session knows of its run."""

    def __init__(self, session: Session, look: Look) -> None:
        self._session = session
        self._look = look

    def lines(self, width: int, height: int) -> list[list[Part]]:
        """Return the whole run, its stages and numbers, in at most ``height`` lines where that can be."""
        whole = run_meter(self._session, self._look, width)
        stages, rows = self._stages(width), self._facts(width)
        if len(whole) + len(stages) + 1 > height:
            stages = [stages[index] for index in [self._current()] if 0 <= index < len(stages)]
        spare = iter(_SPARED)
        while len(whole) + len(stages) + len(rows) > height and (name := next(spare, "")):
            rows = [row for row in rows if row[0] != name]
        parts = [whole, stages, fact_table(rows, self._look)]
        if len(whole) + len(stages) + len(rows) + 2 <= height:
            parts = [whole, [[]] if whole else [], stages, [[]], parts[2]]
        shown = [line for part in parts for line in part]
        nodes = self._session.status.nodes
        room = height - len(shown) - 1
        if nodes and room > 0:
            names = min(max(cell_len(display_name(node.name)) for node in nodes), _NODE_NAME)
            shown += [[], *(self._node(node, names, width) for node in nodes[:room])]
        return shown

    def newest(self, width: int, room: int) -> list[list[Part]]:
        """Return the newest pairs, the newest first."""
        latest = self._session.status.latest
        return [self._pair(pair, width) for pair in reversed(latest[-room:])] if room > 0 else []

    def _current(self) -> int:
        """Return the place of the stage that is under way: before the first or after the last for none."""
        status = self._session.status
        stages = list(Stage)
        if status.phase == "finished":
            return len(stages)
        return stages.index(Stage(status.stage)) if status.stage in stages else -1

    def _stages(self, width: int) -> list[list[Part]]:
        status, look, history = self._session.status, self._look, self._session.history
        names = [translate(f"tui.stage_{stage.value}") for stage in Stage]
        label_width = max(map(cell_len, names)) + 2
        bar_width = max(min(width - label_width - _WORDS - 4, _MAX_METER), 6)
        current = self._current()
        lines: list[list[Part]] = []
        for index, (stage, name) in enumerate(zip(Stage, names, strict=True)):
            share, words, role = 0.0, "", "dim"
            if index < current or (index > current and history.spent.get(stage.value)):
                share, role, words = 1.0, "text", translate("tui.stage_done")
                if (spent := history.spent.get(stage.value, 0.0)) >= 1:
                    words += f"  {duration(spent)}"
            elif index == current:
                share = status.done / status.total if status.total else 0.0
                words, role = progress_words(status, history), "strong"
                if stage is Stage.FINGERPRINT and status.total and not status.done:
                    words = translate("tui.model_loading")
            label: Part = (f" {pad(name, label_width)}", look[role])
            begun = share > 0 or index == current
            lines.append(
                [label, *meter(share, bar_width, look, has_rest=begun), (f"  {words}", look["text"])]
            )
        return lines

    def _facts(self, width: int) -> list[tuple[str, list[Part]]]:
        look, status = self._look, self._session.status
        rows: list[tuple[str, list[Part]]] = []
        if self._session.running:
            rows.append(("rate", self._speed(width)))
        if status.nodes:
            rows.append(("nodes", [(self._nodes(), look["text"])]))
        return [
            *rows,
            ("time", [(self._times(), look["text"])]),
            ("found", [(self._found(), look["strong"])]),
            ("worker", [(self._usage(), look["text"])]),
        ]

    def _speed(self, width: int) -> list[Part]:
        history = self._session.history
        words = f"  {translate('tui.rate', rate=rate_words(history.rate))}" if history.rates else "-"
        return [
            graph(history.rates, min(width - 30, _MAX_METER), self._look),
            (words, self._look["text"]),
        ]

    def _nodes(self) -> str:
        return nodes_summary(self._session.status.nodes)

    def _node(self, node: NodeStatus, names: int, width: int) -> list[Part]:
        """Return the line of a node of the cluster."""
        look = self._look
        role = {"working": "text", "new": "dim", "lost": "dim"}.get(node.state, "notice")
        name = pad(cut_middle(display_name(node.name), names), names)
        words = cut_middle(node_words(node), max(width - names - 4, 6))
        return [(f" {name}  ", look["dim"]), (words, look[role])]

    def _times(self) -> str:
        return translate("tui.elapsed", time=duration(self._session.status.elapsed))

    def _found(self) -> str:
        status = self._session.status
        if self._session.running:
            known = len(self._session.library.groups)
            return translate("tui.found_live", count=status.pairs, pairs=status.pairs, groups=known)
        words = translate("tui.found", pairs=status.pairs, groups=status.groups)
        return f"{words}  {words_on_freeable(self._session)}".rstrip()

    def _usage(self) -> str:
        status = self._session.status
        return translate(
            "tui.usage",
            cpu=f"{status.cpu:.0f}",
            memory=long_size(status.memory),
            device=display_name(status.device) or "-",
            pid=status.pid,
        )

    def captions(self, pair: FoundPair, width: int) -> tuple[tuple[tuple[Part, ...], ...], ...]:
        """Return the two lines over each picture of a pair: its name, and once how alike they are."""
        kind, style = self._kind(pair)
        look = self._look
        names = (
            cut_middle(display_name(_name_of(path)), max(width - 2, 4)) for path in (pair.first, pair.second)
        )
        likeness: tuple[Part, ...] = ((kind, style), (f"  {similarity(pair.similarity)}", look["dim"]))
        first, second = (((name, look["text"]),) for name in names)
        return (first, likeness), (second, ())

    def _kind(self, pair: FoundPair) -> Part:
        """Return the word of a pair's kind; of one that this version does not know as it is."""
        kinds = {kind.value: kind for kind in Kind}
        if pair.kind not in kinds:
            return display_name(pair.kind, 16), self._look["text"]
        return translate(f"tui.kind_{pair.kind}"), self._look.kind(kinds[pair.kind])

    def _pair(self, pair: FoundPair, width: int) -> list[Part]:
        look = self._look
        kind_width = max(cell_len(translate(f"tui.kind_{kind.value}")) for kind in Kind)
        kind, style = self._kind(pair)
        word = pad(kind, kind_width)
        room = max((width - kind_width - 14) // 2, 6)
        names_shown = (
            (pair.first, pair.second) if room >= _PATHS else map(_name_of, (pair.first, pair.second))
        )
        first, second = (cut_middle(display_name(name), room) for name in names_shown)
        return [
            (f" {word}", style),
            (f"  {similarity(pair.similarity)}  ", look["dim"]),
            (pad(first, room), look["text"]),
            ("  ", look["text"]),
            (second, look["text"]),
        ]


def run_meter(session: Session, look: Look, width: int) -> list[list[Part]]:
    """Return how far the whole run is and how long it may still take, as a line; none while nothing runs."""
    status = session.status
    if not (session.running and status.stage):
        return []
    name = translate("tui.whole_run")
    share = session.history.share
    left = time_left(status.left_least, status.left_most)
    words = translate("tui.run_left", left=left) if width >= _WIDE else left
    if share > 0 or status.left_most >= 0:
        words = f"{share:4.0%}  {words}"
    room = min(width - cell_len(name) - cell_len(words) - 6, _MAX_METER)
    start: Part = (f" {name}  ", look["strong"])
    bar = [*meter(share, room, look), ("  ", look["text"])] if room >= _MIN_METER else []
    return [[start, *bar, (words, look["strong"])]]


def progress_words(status: RunStatus, history: RunHistory) -> str:
    """Return how far the current stage is: done, total, work a second and time left in it."""
    count = f"{status.done:,}/{status.total:,}" if status.total else f"{status.done:,}"
    rate = f"  {translate('tui.rate', rate=rate_words(history.rate))}" if history.rate > 0 else ""
    left = f"  {duration(round_left(history.stage_left))}" if history.stage_left >= 0 else ""
    return f"{count}{rate}{left}"


def phase_part(status: RunStatus, look: Look) -> Part:
    """Return the phase of the run in words."""
    return sentence(f"tui.phase_{status.phase}"), look[_ROLES.get(status.phase, "text")]


def _name_of(path: str) -> str:
    return path.rpartition("/")[2]
