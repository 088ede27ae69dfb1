from __future__ import annotations

import pytest

from dpm_tui.errors import DamagedError, DpmError, ExitCode, HeldError, Stopped, UsageError
from dpm_tui.locale import set_language


def test_error_says_what_happened_and_what_to_do() -> None:
    error = DpmError("root_missing", path="/pictures")
    assert error.message == "The folder /pictures does not exist."
    assert "dpm-tui FOLDER" in error.remedy
    assert str(error) == f"{error.message}\n{error.remedy}"


def test_error_without_a_remedy_is_one_line() -> None:
    error = UsageError("setting_extensions")
    assert error.remedy == ""
    assert "\n" not in str(error)


def test_error_speaks_the_language_of_the_moment() -> None:
    error = DpmError("no_worker")
    english = error.message
    set_language("zh_CN")
    assert error.message != english


@pytest.mark.parametrize(
    ("kind", "code"),
    [(DpmError, 1), (UsageError, 2), (Stopped, 3), (HeldError, 4), (DamagedError, 5)],
)
def test_exit_codes_are_a_contract(kind: type[DpmError], code: int) -> None:
    assert int(kind("no_worker").exit_code) == code


def test_done_is_zero() -> None:
    assert int(ExitCode.DONE) == 0
