"""Textual's style sheets, each parsed once: the app parses all of them five times at every start."""

from __future__ import annotations

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


def _parse_once(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    place = (css, read_from, is_default_rules, tie_breaker, scope)
    key = (*place, frozenset(sheet._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, *place)
    return _parsed[key]


def parse_styles_once() -> None:
    """Keep what was parsed for all apps of this process."""
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
