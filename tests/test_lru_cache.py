"""Few values are kept, and those asked for last."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from dpm_tui.lru_cache import LruCache


def test_no_more_than_the_number_are_kept() -> None:
    recent: LruCache[int, int] = LruCache(3)
    assert [recent.get(k, lambda k=k: k * k) for k in range(10)] == [k * k for k in range(10)]
    assert len(recent) == 3


def test_what_was_asked_for_last_stays() -> None:
    recent: LruCache[str, int] = LruCache(2)
    made: list[str] = []
    for key in "abacab":
        recent.get(key, lambda key=key: made.append(key) or len(made))
    assert made == ["a", "b", "c", "b"]


def test_threads_may_ask_at_once() -> None:
    recent: LruCache[int, int] = LruCache(5)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda k: recent.get(k % 11, lambda: k % 11), range(2000)))
    assert found == [k % 11 for k in range(2000)]
    assert len(recent) == 5
