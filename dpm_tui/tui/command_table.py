"""The table of commands: it feeds the keys, the palette, the line of keys, the help and the README."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from dpm_tui.locale import translate


class Scope(StrEnum):
    """Where a command works: everywhere, or on the screens that list the scope."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    RUN = "run"
    GROUPS = "groups"
    MARK = "mark"
    PICTURE = "picture"
    PLAN = "plan"
    BIN = "bin"
    REMOVALS = "removals"
    DECISIONS = "decisions"
    FOUND = "found"
    SETTINGS = "settings"
    VIEW = "view"
    FILE = "file"
    UNDO = "undo"
    KEEPER = "keeper"
    SUGGESTION = "suggestion"
    PALETTE = "palette"
    HELP = "help"


class Need(StrEnum):
    """What a command needs to work; the value names the sentence for when it is missing."""

    WORKER = "worker"
    WRITE = "write"
    FILE = "file"
    MARKS = "marks"
    RUN = "run"
    NO_RUN = "no_run"
    ENTRY = "entry"
    LOST = "lost"
    OUTCOME = "outcome"
    MISSING = "missing"
    REST = "rest"


ALWAYS = 97


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a user can do.

    ``keys`` are Textual's names of the keys, the first is the one that is shown. ``footer`` is the
    command's place on the line of keys, 0 for those that are not on it; from ``ALWAYS`` on it is
    never left out.
    """

    id: str
    keys: tuple[str, ...]
    scope: Scope
    needs: tuple[Need, ...] = ()
    footer: int = 0

    @property
    def label(self) -> str:
        """One or two words for the line of keys."""
        return translate(f"tui.command_{self.id}")

    @property
    def help(self) -> str:
        """One line for the help and the palette."""
        return translate(f"tui.command_{self.id}_help")

    @property
    def shown_key(self) -> str:
        """The first key as a person reads it; keys are never translated."""
        return show_key(self.keys[0])

    @property
    def shown_keys(self) -> str:
        """Every key as a person reads it."""
        return " ".join(show_key(key) for key in self.keys)


_FILE, _WORKER, TO_WRITE = (Need.FILE,), (Need.WORKER,), (Need.WORKER, Need.WRITE)
TO_MOVE = (*TO_WRITE, Need.REST)

COMMANDS: tuple[Command, ...] = (
    Command("keep_only", ("enter",), Scope.MARK, _FILE, footer=1),
    Command("toggle", ("space",), Scope.MARK, _FILE, footer=2),
    Command("remove", ("x",), Scope.MARK, _FILE),
    Command("keep", ("p",), Scope.MARK, _FILE),
    Command("clear", ("u",), Scope.MARK, _FILE),
    Command("range", ("V",), Scope.GROUPS, _FILE),
    Command("clear_all", ("U",), Scope.GROUPS, _FILE),
    Command("pass_group", ("r",), Scope.MARK, _FILE),
    Command("accept", ("a",), Scope.MARK, _FILE, footer=3),
    Command("accept_all", ("A",), Scope.GROUPS, _FILE),
    Command("choose_rule", ("R",), Scope.GROUPS, _WORKER),
    Command("not_duplicates", ("i",), Scope.MARK, (Need.FILE, *TO_WRITE)),
    Command("variants", ("v",), Scope.MARK, (Need.FILE, *TO_WRITE)),
    Command("split", ("S",), Scope.GROUPS, (Need.FILE, *TO_WRITE)),
    Command("show_decisions", ("I",), Scope.GROUPS, _WORKER),
    Command("apply", ("d",), Scope.GROUPS, (Need.MARKS, *TO_MOVE), footer=4),
    Command("show_plan", ("D",), Scope.GROUPS, (Need.MARKS, Need.WORKER)),
    Command("show_result", ("L",), Scope.GROUPS, (Need.OUTCOME,)),
    Command("undo", ("z",), Scope.UNDO, (Need.REST,), footer=5),
    Command("redo", ("Z",), Scope.UNDO, (Need.REST,)),
    Command("flip", ("tab",), Scope.PICTURE, _FILE, footer=6),
    Command("side_by_side", ("=",), Scope.PICTURE, _FILE),
    Command("difference", (".",), Scope.PICTURE, _FILE, footer=10),
    Command("next_pair", ("n", "]"), Scope.PICTURE, _FILE, footer=9),
    Command("previous_pair", ("N", "["), Scope.PICTURE, _FILE),
    Command("weakest_pair", ("w",), Scope.PICTURE, _FILE),
    Command("full_view", ("f",), Scope.PICTURE, _FILE, footer=7),
    Command("next_group", ("l", "right"), Scope.GROUPS, _FILE),
    Command("previous_group", ("h", "left"), Scope.GROUPS, _FILE),
    Command("next_step", ("}",), Scope.GROUPS, _FILE, footer=11),
    Command("previous_step", ("{",), Scope.GROUPS, _FILE),
    Command("protect_here", ("P",), Scope.GROUPS, (Need.FILE, *TO_WRITE)),
    Command("gallery", ("G",), Scope.PICTURE, _FILE, footer=12),
    Command("open_viewer", ("o",), Scope.FILE, _FILE),
    Command("open_folder", ("O",), Scope.FILE, _FILE),
    Command("copy_path", ("y",), Scope.FILE, _FILE),
    Command("filter", ("/",), Scope.GROUPS, footer=8),
    Command("sort", ("s",), Scope.GROUPS),
    Command("hide_reviewed", ("H",), Scope.GROUPS),
    Command("go_to", ("#",), Scope.GROUPS, _FILE),
    Command("next_match", (">",), Scope.GROUPS, _FILE),
    Command("previous_match", ("<",), Scope.GROUPS, _FILE),
    Command("find_picture", ("F",), Scope.GROUPS, _WORKER),
    Command("zoom_in", ("+",), Scope.VIEW, footer=3),
    Command("zoom_out", ("-",), Scope.VIEW, footer=8),
    Command("zoom_reset", ("0",), Scope.VIEW),
    Command("pan_left", ("left", "h"), Scope.VIEW),
    Command("pan_right", ("right", "l"), Scope.VIEW),
    Command("pan_up", ("up", "k"), Scope.VIEW),
    Command("pan_down", ("down", "j"), Scope.VIEW),
    Command("start_run", ("c",), Scope.RUN, (Need.WORKER, Need.NO_RUN), footer=1),
    Command("review_part", ("enter",), Scope.RUN, footer=2),
    Command("protect_folder", ("P",), Scope.RUN, TO_WRITE, footer=6),
    Command("add_root", ("w",), Scope.RUN, _WORKER, footer=8),
    Command("pause_run", ("p",), Scope.RUN, (Need.WORKER, Need.RUN), footer=3),
    Command("stop_run", ("x",), Scope.RUN, (Need.WORKER, Need.RUN), footer=4),
    Command("only_errors", ("e",), Scope.RUN, footer=5),
    Command("switch_panel", ("tab",), Scope.RUN, footer=7),
    Command("accept_missing", ("m",), Scope.RUN, (Need.WORKER, Need.NO_RUN, Need.MISSING)),
    Command("apply_plan", ("d",), Scope.PLAN, TO_MOVE, footer=1),
    Command("take_out", ("x", "space"), Scope.PLAN, footer=2),
    Command("save_plan", ("w",), Scope.PLAN, _WORKER, footer=3),
    Command("sort_plan", ("s",), Scope.PLAN, footer=4),
    Command("turn_link", ("L",), Scope.PLAN, footer=5),
    Command("go_to_file", ("enter",), Scope.PLAN, footer=6),
    Command("accept_shown", ("A", "enter"), Scope.SUGGESTION, footer=1),
    Command("leave_out", ("x", "space"), Scope.SUGGESTION, footer=2),
    Command("select", ("space",), Scope.BIN, (Need.ENTRY,), footer=1),
    Command("select_batch", ("b",), Scope.BIN, (Need.ENTRY,), footer=2),
    Command("select_matching", ("/",), Scope.BIN, (Need.ENTRY,), footer=6),
    Command("restore", ("r",), Scope.BIN, (Need.ENTRY, *TO_MOVE), footer=3),
    Command("restore_to", ("R",), Scope.BIN, (Need.ENTRY, *TO_MOVE)),
    Command("restore_all", ("A",), Scope.BIN, (Need.ENTRY, *TO_MOVE)),
    Command("purge", ("D",), Scope.BIN, (Need.ENTRY, *TO_MOVE), footer=4),
    Command("purge_all", ("X",), Scope.BIN, (Need.ENTRY, *TO_MOVE)),
    Command("open_bin", ("O",), Scope.BIN),
    Command("copy_origin", ("y",), Scope.BIN, (Need.ENTRY,)),
    Command("show_removals", ("L",), Scope.BIN, _WORKER, footer=7),
    Command("find_removal", ("/",), Scope.REMOVALS, footer=1),
    Command("copy_removal", ("y",), Scope.REMOVALS, footer=2),
    Command("revoke", ("x",), Scope.DECISIONS, TO_WRITE, footer=1),
    Command("select_decision", ("space",), Scope.DECISIONS, footer=2),
    Command("revoke_shown", ("X",), Scope.DECISIONS, TO_WRITE, footer=4),
    Command("find_decision", ("/",), Scope.DECISIONS, footer=3),
    Command("go_to_match", ("enter",), Scope.FOUND, footer=1),
    Command("open_match", ("o",), Scope.FOUND, footer=2),
    Command("copy_match", ("y",), Scope.FOUND, footer=4),
    Command("narrow_found", ("/",), Scope.FOUND, footer=3),
    Command("change", ("enter", "space"), Scope.SETTINGS, _WORKER, footer=1),
    Command("increase", ("right", "l"), Scope.SETTINGS, _WORKER, footer=2),
    Command("decrease", ("left", "h"), Scope.SETTINGS, _WORKER, footer=3),
    Command("default", ("u",), Scope.SETTINGS, _WORKER, footer=4),
    Command("reset_state", ("R",), Scope.SETTINGS, (*TO_WRITE, Need.NO_RUN), footer=5),
    Command("choose", ("enter",), Scope.PALETTE, footer=1),
    Command("find_help", ("/",), Scope.HELP, footer=1),
    Command("use", ("enter", "space"), Scope.KEEPER, _WORKER, footer=1),
    Command("lower", ("J", "shift+down"), Scope.KEEPER, _WORKER, footer=2),
    Command("raise", ("K", "shift+up"), Scope.KEEPER, _WORKER, footer=3),
    Command("turn", ("r",), Scope.KEEPER, _WORKER, footer=4),
    Command("add_folder", ("f",), Scope.KEEPER, _WORKER, footer=5),
    Command("add_format", ("t",), Scope.KEEPER, _WORKER),
    Command("save_rule", ("w",), Scope.KEEPER, _WORKER, footer=6),
    Command("drop_rule", ("x",), Scope.KEEPER, _WORKER),
    Command("usual_rule", ("u",), Scope.KEEPER, _WORKER),
    Command("down", ("j", "down"), Scope.LIST),
    Command("up", ("k", "up"), Scope.LIST),
    Command("page_down", ("pagedown", "ctrl+d"), Scope.LIST),
    Command("page_up", ("pageup", "ctrl+u"), Scope.LIST),
    Command("top", ("g", "home"), Scope.LIST),
    Command("bottom", ("G", "end"), Scope.LIST),
    Command("show_scan", ("1",), Scope.EVERYWHERE),
    Command("show_compare", ("2",), Scope.EVERYWHERE),
    Command("show_groups", ("3",), Scope.EVERYWHERE),
    Command("show_bin", ("4",), Scope.EVERYWHERE),
    Command("show_settings", ("5",), Scope.EVERYWHERE),
    Command("palette", (":", "ctrl+p"), Scope.EVERYWHERE),
    Command("back", ("escape",), Scope.EVERYWHERE, footer=97),
    Command("reconnect", ("ctrl+r",), Scope.EVERYWHERE, (Need.LOST,)),
    Command("redraw", ("ctrl+l",), Scope.EVERYWHERE),
    Command("suspend", ("ctrl+z",), Scope.EVERYWHERE),
    Command("quit", ("q", "ctrl+c"), Scope.EVERYWHERE, footer=98),
    Command("help", ("?", "f1"), Scope.EVERYWHERE, footer=99),
)
BY_ID = {command.id: command for command in COMMANDS}

_KEY_NAMES = {
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "shift+down": "S-down",
    "shift+up": "S-up",
}


def show_key(key: str) -> str:
    """Return the name of a key as a person reads it."""
    return _KEY_NAMES.get(key, f"^{key[5:]}" if key.startswith("ctrl+") else key)


def commands_of(scopes: tuple[Scope, ...]) -> list[Command]:
    """Return the commands of a screen: those of its scopes in the order given, then those of everywhere.

    A key that several of them have belongs to the first; the others are left with the keys that are theirs.
    """
    taken: set[str] = set()
    commands: list[Command] = []
    for scope in dict.fromkeys((*scopes, Scope.EVERYWHERE)):
        for command in (command for command in COMMANDS if command.scope is scope):
            keys = tuple(key for key in command.keys if key not in taken)
            taken.update(keys)
            commands.append(command if keys == command.keys else replace(command, keys=keys))
    return commands


def footer_of(scopes: tuple[Scope, ...], *, closes: bool = False) -> list[Command]:
    """Return the commands on the line of keys of a screen; ``closes`` if ``back`` leads away from it."""
    wanted = {*scopes, Scope.EVERYWHERE}
    shown = [command for command in COMMANDS if command.footer and command.scope in wanted]
    return sorted(
        (command for command in shown if closes or command.id != "back"), key=lambda each: each.footer
    )


def home_of(scope: Scope) -> str:
    """Return which of the five screens the commands of a scope are found on, empty for none of its own."""
    return _HOMES.get(scope, "")


_HOMES = {
    Scope.RUN: "scan",
    Scope.GROUPS: "groups",
    Scope.MARK: "groups",
    Scope.UNDO: "groups",
    Scope.PICTURE: "groups",
    Scope.FILE: "groups",
    Scope.BIN: "bin",
    Scope.SETTINGS: "settings",
}


def key_table() -> list[tuple[str, str]]:
    """Return the keys of every command and what it does, for the README."""
    return [(command.shown_keys, command.help) for command in COMMANDS]
