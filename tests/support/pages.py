"""The pages that people read: the front page, what lies in ``docs`` and how to contribute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRONT = ROOT / "README.md"
CHINESE = ROOT / "docs/README.zh-CN.md"
CONTRIBUTING = ROOT / ".github/CONTRIBUTING.md"
PAGES = (FRONT, *sorted((ROOT / "docs").glob("*.md")), CONTRIBUTING)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def all_text() -> str:
    """Return the text of every page in English, one after the other."""
    return "\n\n".join(read(page) for page in PAGES if page != CHINESE)


def section(heading: str, text: str = "") -> str:
    """Return what stands below a heading, given with its signs, up to the next one of its rank."""
    rank = len(heading) - len(heading.lstrip("#"))
    rest = (text or all_text()).partition(f"\n{heading}\n")[2]
    assert rest, f"no page has the heading {heading}"
    return re.split(rf"^#{{1,{rank}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def table_cells(heading: str, column: int = 0, text: str = "") -> list[str]:
    """Return the words between backticks in a column of the first table below a heading."""
    rows = section(heading, text).partition("\n|")[2].partition("\n\n")[0].splitlines()[2:]
    cells = (row.replace("\\|", "\0").strip("|").split("|")[column] for row in rows)
    return [word for cell in cells for word in _CODE.findall(cell)]


def blocks(kind: str, text: str = "") -> list[str]:
    """Return the code blocks of one kind, each once."""
    return list(dict.fromkeys(code for name, code in FENCE.findall(text or all_text()) if name == kind))


def prose(page: Path) -> str:
    """Return the text of a page without its code blocks."""
    return FENCE.sub("", read(page))


def links(page: Path) -> list[str]:
    """Return where the links of a page lead, those to other sites left out."""
    return [link for link in _LINK.findall(prose(page)) if "://" not in link]


def inline_code(page: Path) -> list[str]:
    """Return what stands between backticks within lines."""
    return _CODE.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """Return the names under which the headings of a page are reached."""
    titles = (title.strip().lower() for title in _HEADING.findall(prose(page)))
    return {_NOT_IN_ANCHORS.sub("", title).replace(" ", "-") for title in titles}


def table_rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables in a text, heads and rules left out."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("|") and not line.startswith("|---") and not following.startswith("|---"):
            yield [cell.replace("\0", "|").strip() for cell in line.replace("\\|", "\0")[1:-1].split("|")]
