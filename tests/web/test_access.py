"""Who may use the app in a browser: by a token nobody guesses, and by a password that nobody can try out."""

from __future__ import annotations

import pytest

from dpm_tui.web.access import Access, Refusal, Standing


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_token_admits_and_nothing_else_does() -> None:
    access = Access()
    assert len(access.token) >= 43, "256 bits"
    assert access.token != Access().token
    for wrong in ("", access.token[:-1], access.token + "x", "\udcff", access.token.swapcase()):
        assert access.take_token(wrong) == ""
    cookie = access.take_token(access.token)
    assert access.standing(cookie) is Standing.ADMITTED
    for wrong in ("", access.token, cookie[:-1], cookie.swapcase()):
        assert access.standing(wrong) is Standing.STRANGER


def test_with_a_password_the_token_alone_is_not_enough() -> None:
    access = Access("correct horse")
    cookie = access.take_token(access.token)
    assert access.standing(cookie) is Standing.KNOWN
    assert access.take_password(cookie, "wrong horse") == Refusal()
    assert access.standing(cookie) is Standing.KNOWN
    fresh = access.take_password(cookie, "correct horse")
    assert isinstance(fresh, str)
    assert access.standing(fresh) is Standing.ADMITTED
    assert access.standing(cookie) is Standing.STRANGER, "a cookie that was seen before is worth nothing"


def test_the_password_without_the_token_is_not_enough() -> None:
    access = Access("correct horse")
    assert access.take_password("", "correct horse") == Refusal()
    assert access.take_password("made up", "correct horse") == Refusal()


def test_without_a_password_none_admits() -> None:
    access = Access()
    cookie = access.take_token(access.token)
    assert access.take_password(cookie, "") == Refusal()


def test_passwords_cannot_be_tried_out() -> None:
    """After five tries even the right one has to wait, longer after each further one."""
    clock = Clock()
    access = Access("correct horse", clock)
    cookie = access.take_token(access.token)
    for _ in range(4):
        assert access.take_password(cookie, "wrong") == Refusal()
    waits = []
    for _ in range(9):
        refusal = access.take_password(cookie, "wrong")
        assert isinstance(refusal, Refusal)
        waits.append(refusal.seconds)
        assert access.take_password(cookie, "correct horse") == Refusal(refusal.seconds)
        clock.now += refusal.seconds
    assert waits[:4] == [10, 20, 40, 80]
    assert waits[-1] == 900
    assert isinstance(access.take_password(cookie, "correct horse"), str)


def test_strangers_do_not_hold_up_those_who_know_the_token() -> None:
    access = Access("correct horse", Clock())
    for _ in range(100):
        access.take_password("made up", "wrong")
    cookie = access.take_token(access.token)
    assert isinstance(access.take_password(cookie, "correct horse"), str)


@pytest.mark.parametrize("password", ["", "long enough"])
def test_browsers_are_not_remembered_without_end(password: str) -> None:
    access = Access(password)
    first = access.take_token(access.token)
    for _ in range(200):
        last = access.take_token(access.token)
    assert access.standing(first) is Standing.STRANGER
    assert access.standing(last) is not Standing.STRANGER
