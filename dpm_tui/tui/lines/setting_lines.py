"""The lines of the settings: cards of settings that belong together, and what there is to say of one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.state.config import RANGES, Config
from dpm_tui.tui.lines.bars_and_facts import meter
from dpm_tui.tui.session.setting_words import strictness
from dpm_tui.tui.session.settings_table import SECTIONS, SETTINGS, Setting
from dpm_tui.tui.terminal.cell_text import Part, cut_middle, pad, parts_width, wrap
from dpm_tui.tui.theme import Look

_METER = 20
_DEFAULTS = Config()

SettingLine = int | str
"""The place of a setting in the table, or the name of the section that begins, empty for a line between."""


def setting_lines(*, sections: bool) -> list[SettingLine]:
    """Return what stands on each line of the list."""
    if not sections:
        return [*range(len(SETTINGS))]
    lines: list[SettingLine] = []
    places = {setting.name: place for place, setting in enumerate(SETTINGS)}
    for section, names in SECTIONS.items():
        lines += [*([""] if lines else []), section, *(places[name] for name in names)]
    return lines


def draw_line(line: SettingLine, config: Config, look: Look, width: int) -> list[Part]:
    """Return the pieces of a line; a value that is not the default has a sign."""
    if isinstance(line, str):
        return [(f" {translate(f'tui.settings_{line}')}", look["heading"])] if line else []
    setting = SETTINGS[line]
    value = getattr(config, setting.name)
    labels = max(cell_len(each.label) for each in SETTINGS) + 2
    changed = value != getattr(_DEFAULTS, setting.name)
    head: list[Part] = [
        (" * " if changed else "   ", look["key"]),
        (pad(setting.label, labels), look["text"]),
    ]
    style = look["strong" if changed else "text"]
    if setting.name == "threshold":
        words: list[Part] = [(f"{value:.2f} ", style)]
        room = width - parts_width([*head, *words]) - cell_len(strictness(value)) - 2
        if room >= _METER // 2:
            low, high = RANGES["threshold"]
            words += [*meter((value - low) / (high - low), min(_METER, room), look), (" ", look["text"])]
        return [*head, *words, (strictness(value), style)]
    shown = display_name(setting.show(value))
    return [*head, (cut_middle(shown, max(width - parts_width(head) - 1, 1)), style)]


def explain(setting: Setting, config: Config, look: Look, width: int, note: str = "") -> list[list[Part]]:
    """Return what a setting is for, what it can be, and what it is by default."""
    value, default = getattr(config, setting.name), getattr(_DEFAULTS, setting.name)
    room = max(width - 2, 2)
    words = " ".join(filter(None, (setting.help_for(value), note)))
    lines: list[list[Part]] = [[(f" {line}", look["notice"])] for line in wrap(words, room)]
    options = [(option == value, setting.show(option)) for option in setting.options]
    if options:
        lines.append([])
    for chosen, option in options:
        sign = " > " if chosen else "   "
        lines.append([(sign, look["key"]), (option, look["strong" if chosen else "dim"])])
    lines += [[], *_told("tui.setting_is", value, setting, look, room)]
    if value != default:
        lines += _told("tui.setting_default", default, setting, look, room)
    if bounds := RANGES.get(setting.name):
        words = translate("tui.setting_range", low=f"{bounds[0]:g}", high=f"{bounds[1]:g}")
        lines += [[(f" {line}", look["dim"])] for line in wrap(words, room)]
    return lines


def brief(setting: Setting, config: Config, look: Look, width: int, note: str = "") -> list[list[Part]]:
    """Return what a setting is for, where there is little room."""
    words = " ".join(filter(None, (setting.help_for(getattr(config, setting.name)), note)))
    return [[(f" {line}", look["notice"])] for line in wrap(words, max(width - 2, 2))]


def _told(key: str, value: object, setting: Setting, look: Look, room: int) -> Sequence[list[Part]]:
    words = translate(key, value=display_name(setting.show(value)))
    return [[(f" {line}", look["dim"])] for line in wrap(words, room)]
