"""Under which names the app may be asked for: no page of somebody else can reach it."""

from __future__ import annotations

import pytest

from dpm_tui.web.origins import Origins, is_loopback, reachable_host

LOCAL = Origins("127.0.0.1")
NAMED = Origins("nas.home")
PUBLIC = Origins("127.0.0.1", "https://pictures.example.org")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8321", "localhost:9000", "LOCALHOST", "[::1]:8321", "192.168.1.4:8321"]
)
def test_names_that_nobody_else_can_have(host: str) -> None:
    assert LOCAL.knows_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8321",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "nas.home",
        "a@b",
        "[::1",
        "x y",
    ],
)
def test_names_that_somebody_else_may_have(host: str) -> None:
    assert not LOCAL.knows_host(host)


def test_the_name_that_was_asked_for_and_the_public_one_are_known() -> None:
    assert NAMED.knows_host("nas.home:8321")
    assert PUBLIC.knows_host("pictures.example.org")
    assert not PUBLIC.knows_host("example.org")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8321", "https://127.0.0.1:8321"])
def test_a_page_of_the_server_is_its_own(origin: str) -> None:
    assert LOCAL.is_own(origin, "127.0.0.1:8321")


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "http://evil.example", "http://127.0.0.1:9999", "http://localhost:8321", "http://127.0.0.1",
        "file://", "chrome-extension://x", "http://127.0.0.1:8321.evil.example",
    ],
)  # fmt: skip
def test_other_pages_are_not(origin: str) -> None:
    """Another port is another server."""
    assert not LOCAL.is_own(origin, "127.0.0.1:8321")


def test_a_foreign_name_is_not_made_ours_by_its_own_origin() -> None:
    assert not LOCAL.is_own("http://evil.example:8321", "evil.example:8321")


def test_behind_a_proxy_the_public_address_counts() -> None:
    """Some proxies hand the name on, others put their own in its place."""
    for host in ("pictures.example.org", "127.0.0.1:8321"):
        assert PUBLIC.is_own("https://pictures.example.org", host)
        assert not PUBLIC.is_own("https://evil.example", host)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("192.168.1.4", False), ("nas.home", False), ("", False)],
)  # fmt: skip
def test_which_addresses_only_this_machine_reaches(host: str, alone: bool) -> None:
    assert is_loopback(host) == alone


def test_an_address_that_others_can_open_is_named() -> None:
    assert reachable_host("192.168.1.4") == "192.168.1.4"
    assert reachable_host("nas.home") == "nas.home"
    for host in ("0.0.0.0", "::"):
        assert LOCAL.knows_host(f"[{reachable_host(host)}]" if ":" in host else reachable_host(host))
        assert reachable_host(host) != host
