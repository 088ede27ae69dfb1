"""Every reason that the code gives has its sentence, in both languages and with the same values."""

from __future__ import annotations

import re
from pathlib import Path

import dpm_tui.recycle
from dpm_tui.locale import load_catalogue

SOURCES = "".join(path.read_text() for path in Path(dpm_tui.recycle.__file__).parent.rglob("*.py"))


def keys_in_code(pattern: str) -> set[str]:
    found = set(re.findall(pattern, SOURCES))
    assert found
    return found


def test_reasons_have_sentences() -> None:
    keys = keys_in_code(r'(?:Refused\(|Skipped\([\w()]+, )"(\w+)"') | keys_in_code(r'errno\.\w+: "(\w+)"')
    keys |= {
        f"keeper_{key}"
        for key in ("gone", "changed", "through_link", "not_regular", "system_error", "went_along")
    }
    assert {f"recycle.{key}" for key in keys} <= set(load_catalogue("en"))


def test_errors_have_sentences() -> None:
    keys = keys_in_code(r'BinError\(\s*"(\w+)"')
    assert {f"errors.{key}" for key in keys} <= set(load_catalogue("en"))


def test_languages_agree() -> None:
    english, chinese = load_catalogue("en"), load_catalogue("zh_CN")
    ours = {key for key in english if key.startswith("recycle.")}
    assert ours == {key for key in chinese if key.startswith("recycle.")}
    for key in ours:
        assert placeholders(english[key]) == placeholders(chinese[key]), key


def placeholders(sentence: str | dict[str, str]) -> set[str]:
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for form in forms for name in re.findall(r"{(\w+)", form)}
