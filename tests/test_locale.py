from __future__ import annotations

import re
import string

import pytest

from dpm_tui.locale import (
    LANGUAGES,
    Number,
    current_language,
    detect_language,
    load_catalogue,
    set_language,
    translate,
)
from tests.support.sources import literal_calls

ERRORS = frozenset({"DpmError", "UsageError", "HeldError", "DamagedError", "Stopped"})
SURFACES = {
    "translate": (frozenset({"translate"}), 0, ""),
    "panels": (frozenset({"Panel"}), 1, ""),
    "errors": (ERRORS, 0, "errors."),
    "reasons": (frozenset({"Reason"}), 1, "review."),
    "log lines": (frozenset({"log"}), 1, "worker."),
    "findings": (frozenset({"Finding"}), 1, "doctor."),
    "remedies": (frozenset({"Finding"}), 3, "doctor."),
    "skipped files": (frozenset({"Skipped"}), 1, "recycle."),
}


_COUNTED = re.compile(
    r"\{(count|number|files|groups|pairs|pictures|total|known|entries)(?::,)?\} (?:known |more |new )?"
    r"(files|groups|pairs|pictures|members|entries|records|vectors|lines|copies|marks|decisions)\b"
)
"""A number that is written, with a noun in the plural behind it."""


def placeholders(sentence: str | dict[str, str]) -> set[str]:
    """Return the names of the values that a sentence, in any of its forms, wants."""
    forms = sentence.values() if isinstance(sentence, dict) else (sentence,)
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name is not None}


def test_every_language_has_every_sentence() -> None:
    english, chinese = (load_catalogue(language) for language in LANGUAGES)
    assert english
    assert sorted(english.keys() - chinese.keys()) == []
    assert sorted(chinese.keys() - english.keys()) == []


def test_every_language_says_the_same_values() -> None:
    english, chinese = (load_catalogue(language) for language in LANGUAGES)
    unequal = {
        key: (placeholders(english[key]), placeholders(chinese[key]))
        for key in english.keys() & chinese.keys()
        if placeholders(english[key]) - {"count"} != placeholders(chinese[key]) - {"count"}
    }
    assert unequal == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_takes_named_values_only(language: str) -> None:
    for key, sentence in load_catalogue(language).items():
        assert all(name.isidentifier() for name in placeholders(sentence)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_table_has_a_form_for_any_count(language: str) -> None:
    for key, sentence in load_catalogue(language).items():
        if isinstance(sentence, dict):
            assert "other" in sentence, key
            assert sentence.keys() <= {"one", "other"}, key


@pytest.mark.parametrize("surface", SURFACES)
def test_every_key_that_the_program_names_exists(surface: str) -> None:
    names, position, prefix = SURFACES[surface]
    used = {(module, prefix + key) for module, key in literal_calls(names, position)}
    assert used, "nothing found to check"
    assert sorted((module, key) for module, key in used if key not in load_catalogue("en")) == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_TW"}, "zh_CN"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8", "LC_ALL": ""}, "en"),
    ],
    ids=str,
)
def test_language_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert detect_language() == language
    set_language("auto")
    assert current_language() == language


def test_a_chosen_language_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    set_language("zh_CN")
    assert current_language() == "zh_CN"
    assert translate("errors.no_worker") == load_catalogue("zh_CN")["errors.no_worker"]


def test_an_unknown_language_means_that_of_the_environment() -> None:
    set_language("tlh")
    assert current_language() == "en"


def test_one_is_told_apart_from_many() -> None:
    tables = {
        key: text for key, text in load_catalogue("en").items() if isinstance(text, dict) and "one" in text
    }
    assert tables
    for key, table in tables.items():
        values: dict[str, object] = dict.fromkeys(placeholders(table), Number(7))
        assert translate(key, **(values | {"count": 1})) == table["one"].format(**(values | {"count": 1}))
        assert translate(key, **(values | {"count": 0})) == table["other"].format(**(values | {"count": 0}))
        assert translate(key, **(values | {"count": 2})) == table["other"].format(**(values | {"count": 2}))


def test_every_number_brings_its_noun_along() -> None:
    assert translate("tui.found", pairs=1, groups=1) == "1 pair in 1 group"
    assert translate("tui.found", pairs=2000, groups=0) == "2,000 pairs in 0 groups"
    set_language("zh_CN")
    assert translate("tui.found", pairs=1, groups=2000) == "1 对，2,000 组"


def test_no_sentence_says_one_of_many() -> None:
    """A number other than ``count`` brings its noun along, and so does ``count`` outside of a table."""
    wrong = {
        text
        for sentence in load_catalogue("en").values()
        for form, text in (sentence if isinstance(sentence, dict) else {"": sentence}).items()
        for name, _ in _COUNTED.findall(text)
        if form != "other" or name != "count"
    }
    assert wrong == set()


def test_a_key_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(KeyError):
        translate("errors.nonsense")
