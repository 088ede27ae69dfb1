"""The settings as rows: how each is shown, and how a key or a typed text changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dpm_tui.errors import UsageError
from dpm_tui.locale import translate
from dpm_tui.review.rules.rule import RULES
from dpm_tui.state.config import CHOICES, RANGES, Config, check_config
from dpm_tui.tui.session.setting_words import strictness, strictness_help, words_label
from dpm_tui.tui.session.typed_folders import join_names, read_folders, read_roots

_THRESHOLD_STEP = 0.01
_MEMORY_STEP = 512
"""MiB: a decoder has at least so much."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: the field of the settings and how it is changed.

    ``step`` returns the value one step on or back; without it the value is typed. ``parse`` reads a
    typed text and raises ValueError for one that cannot be. ``opens`` says that it has a screen of its own.
    ``options`` are its values if there are few.
    """

    name: str
    show: Callable[[Any], str]
    step: Callable[[Any, int], Any] | None = None
    parse: Callable[[str], Any] | None = None
    edit: Callable[[Any], str] = str
    opens: bool = False
    options: tuple[Any, ...] = ()

    @property
    def label(self) -> str:
        """The name that a user reads."""
        return translate(f"tui.setting_{self.name}")

    def help_for(self, value: Any) -> str:
        """A sentence on the setting."""
        if self.name == "threshold":
            return strictness_help(value)
        return translate(f"tui.setting_{self.name}_help")


def change(config: Config, setting: Setting, value: Any) -> Config:
    """Return the settings with one changed; raises UsageError for a value that cannot be."""
    return check_config(replace(config, **{setting.name: value}))


def read_typed(config: Config, setting: Setting, text: str) -> Config:
    """Return the settings with one typed in; raises UsageError for a text that cannot be."""
    assert setting.parse is not None
    try:
        value = setting.parse(text.strip())
    except ValueError:
        low, high = RANGES.get(setting.name, (0, 0))
        raise UsageError("setting_range", name=setting.name, value=text, low=low, high=high) from None
    return change(config, setting, value)


def _choice(name: str) -> Setting:
    choices = CHOICES[name]

    def step(value: str, steps: int) -> str:
        return choices[(choices.index(value) + steps) % len(choices)]

    return Setting(name, lambda value: _spell(f"tui.choice_{name}_{value}", value), step, options=choices)


def _switch(name: str) -> Setting:
    def show(value: bool) -> str:
        return translate("tui.yes" if value else "tui.no")

    return Setting(name, show, lambda value, _: not value, options=(True, False))


def _words(name: str, none: str) -> Setting:
    def parse(text: str) -> tuple[str, ...]:
        return tuple(word for word in text.replace(",", " ").split() if word)

    return Setting(name, lambda value: " ".join(value) or translate(none), None, parse, " ".join)


def _text(name: str, none: str) -> Setting:
    return Setting(name, lambda value: value or translate(none), None, str)


def _folders(name: str, none: str, parse: Callable[[str], Any] = read_folders) -> Setting:
    return Setting(name, lambda value: join_names(value) or translate(none), None, parse, join_names)


def _keeper() -> Setting:
    def show(words: tuple[str, ...]) -> str:
        return words[0] if len(words) == 1 and words[0] in RULES else words_label(words)

    return Setting("keeper", show, opens=True)


def _threshold() -> Setting:
    low, high = RANGES["threshold"]

    def show(value: float) -> str:
        return f"{value:.2f} {strictness(value)}"

    def step(value: float, steps: int) -> float:
        return round(min(max(value + steps * _THRESHOLD_STEP, low), high), 2)

    return Setting("threshold", show, step, float, lambda value: f"{value:.2f}")


def _workers() -> Setting:
    return _count("workers", 1, str)


def _memory() -> Setting:
    return _count("memory", _MEMORY_STEP, lambda value: f"{value} MiB")


def _count(name: str, stride: int, show: Callable[[int], str]) -> Setting:
    low, high = RANGES[name]

    def step(value: int, steps: int) -> int:
        return int(min(max(value + steps * stride, low), high))

    return Setting(name, lambda value: show(value) if value else translate(f"tui.{name}_auto"), step, int)


def _spell(key: str, value: str) -> str:
    try:
        return translate(key)
    except KeyError:
        return value


SETTINGS: tuple[Setting, ...] = (
    _choice("model"),
    _threshold(),
    _words("extensions", "tui.none"),
    _folders("other_roots", "tui.none", read_roots),
    _folders("protected", "tui.none"),
    _keeper(),
    _choice("companions"),
    _switch("keep_metadata"),
    _choice("other_disks"),
    _switch("confirm"),
    _switch("inspect"),
    _switch("quick"),
    _switch("stop_at_first_error"),
    _workers(),
    _memory(),
    _choice("device"),
    _text("scheduler", "tui.none"),
    _folders("path_map", "tui.none"),
    _count("workers_local", 1, str),
    _switch("show_errors"),
    _switch("bell"),
    _switch("finds"),
    _choice("language"),
    _switch("mouse"),
    _choice("theme"),
    _choice("colour"),
    _choice("pictures"),
)
CLUSTER = ("scheduler", "path_map", "workers_local")
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "finding": ("model", "threshold", "extensions", "other_roots"),
    "keeping": ("protected", "keeper", "companions", "keep_metadata", "other_disks", "confirm"),
    "scanning": ("inspect", "quick", "stop_at_first_error", "workers", "memory", "device", *CLUSTER),
    "screen": ("show_errors", "bell", "finds", "language", "mouse", "theme", "colour", "pictures"),
}
"""The names of the settings that belong together."""

AT_NEXT_START = ("colour", "pictures", "mouse")
"""Settings that the app reads only when it starts."""
