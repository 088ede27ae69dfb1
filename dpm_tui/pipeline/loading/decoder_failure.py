"""The failure of a decoder: what it says, and whether it is one of memory."""

from __future__ import annotations

from dpm_tui.deferred_text import defer


def lacked_memory(error: BaseException | None) -> bool:
    """Return whether a MemoryError is anywhere among the causes of an error."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def describe(error: Exception) -> str:
    """Return what an error says, on one line: words of a library, which have one language."""
    text = " ".join(str(error).split())[:200]
    return defer("decode.library", said=text or type(error).__name__)
