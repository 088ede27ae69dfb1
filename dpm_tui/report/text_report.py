"""The text report: a summary that fits into a mail, at most 78 columns wide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from unicodedata import east_asian_width

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.report.failures import list_failures
from dpm_tui.report.news import News
from dpm_tui.report.page.page_sections import Section, arrange_groups
from dpm_tui.review.library.library import Library
from dpm_tui.text_format import count_kinds, local_date, local_time
from dpm_tui.units import long_size

COLUMNS = 78
_NAMED = 20
"""Groups, and files that cannot be read, that are named; of the others there is the number."""
_MEMBERS = 8


def write_text(
    *,
    root: bytes,
    library: Library,
    files: Mapping[int, ImageFile],
    going: Collection[int],
    scanned: str,
    finished: bool,
    news: News | None = None,
    since_ns: int = 0,
    unreadable_folders: Mapping[bytes, str] | None = None,
) -> str:
    """Return the report on a library of which the rule in force would move the files ``going``.

    ``scanned`` is when the last scan ended, in ISO 8601; ``news`` what came ``since_ns``, None where nobody
    can tell. Commands in it say DIR.
    """
    failures = list_failures(files, unreadable_folders)
    pictures = sum(file.status is Status.OK for file in files.values())
    words = {"date": local_time(scanned), "pictures": pictures}
    parts = [
        _wrap(translate("report.text_title", path=display_name(root))),
        _wrap(translate("report.text_scanned" if finished else "report.text_unfinished", **words)),
        *_groups(library, going),
    ]
    if news is not None:
        parts.append(describe_news(news, library, since_ns))
    if failures:
        lines = [f"{display_name(each.path)}: {each.reason}" for each in failures[:_NAMED]]
        parts.append([
            *_wrap(translate("report.text_failures", count=len(failures))),
            *(f"  {line}" for each in lines for line in _wrap(each, COLUMNS - 2)),
            *_more(len(failures) - _NAMED),
        ])  # fmt: skip
    if library.groups:
        keys = ("report.text_look", "report.text_try", "report.text_move")
        parts.append([translate(key) for key in keys[: 3 if going else 1]])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def describe_news(news: News, library: Library, since_ns: int) -> list[str]:
    """Return the lines on what came since a time of the file system: counts, and the groups by name."""
    words = {"pictures": news.pictures, "groups": len(news.groups), "date": local_date(since_ns)}
    key = "report.text_news" if since_ns else "report.text_news_first"
    lines = _wrap(translate(key if news.groups else f"{key}_none", **words))
    if news.kinds:
        counts = count_kinds(Counter(news.kinds).elements())
        lines += [f"  {line}" for line in _wrap(counts, COLUMNS - 2)]
    for number in news.groups[:_NAMED]:
        lines += ["", *_group(library, library.groups[number], news)]
    return [*lines, *_more(len(news.groups) - _NAMED)]


def _groups(library: Library, going: Collection[int]) -> Iterator[list[str]]:
    """Yield the table of kinds with what the rule would free, then the variants."""
    if not library.groups:
        yield _wrap(translate("report.text_no_groups"))
        return
    sections = arrange_groups(library, going).sections
    same = [section for section in sections if section.kind is not Kind.VARIANT]
    if same:
        yield _wrap(translate("report.text_groups", count=sum(section.groups for section in same)))
        yield _table(same)
        freed = sum(section.freed for section in sections)
        yield _wrap(translate("report.text_freed", count=len(going), size=long_size(freed)))
    for section in sections:
        if section.kind is Kind.VARIANT:
            words = {"count": section.groups, "files": section.files, "size": long_size(section.beside)}
            yield _wrap(translate("report.text_variants", **words))


def _table(sections: Sequence[Section]) -> list[str]:
    heads = [
        translate(f"report.text_column_{name}") for name in ("kind", "groups", "files", "beside", "freed")
    ]
    rows = [
        [translate(f"tui.kind_{section.kind}"), f"{section.groups:,}", f"{section.files:,}",
         long_size(section.beside), long_size(section.freed)]
        for section in sections
    ]  # fmt: skip
    widths = [max(map(_cells, column)) for column in zip(heads, *rows, strict=True)]
    return [
        "  " + "  ".join([_pad(first, widths[0]), *(_pad(text, -width) for text, width in
                                                    zip(rest, widths[1:], strict=True))])
        for first, *rest in (heads, *rows)
    ]  # fmt: skip


def _group(library: Library, group: Group, news: News) -> Iterator[str]:
    """Yield the file that is kept, then the others with their kinds; what came has a plus."""
    kinds = max(_cells(translate(f"tui.kind_{kind}")) for kind in Kind)
    for id_ in group.members[:_MEMBERS]:
        file, pair = library.files[id_], library.pair(group.keeper, id_)
        word = translate("report.kept") if id_ == group.keeper else ""
        word = word or (translate(f"tui.kind_{pair.kind}") if pair else translate("report.no_pair"))
        start = f"{'+' if id_ in news.members else ' '} {_pad(word, kinds)}  "
        size = f"  {long_size(file.stamp.size)}"
        room = COLUMNS - _cells(start) - _cells(size)
        yield start + _cut(display_name(file.path), room) + size
    yield from _more(len(group.members) - _MEMBERS)


def _more(count: int) -> list[str]:
    return [f"  {translate('report.text_more', count=count)}"] if count > 0 else []


def _cells(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int) -> str:
    """Return a text filled up to a width, in front of it where that is negative."""
    room = " " * max(abs(width) - _cells(text), 0)
    return text + room if width > 0 else room + text


def _cut(text: str, width: int) -> str:
    """Return a text cut at its start where it is wider: names tell more at their ends."""
    if _cells(text) <= width:
        return text
    start = next(at for at in range(len(text)) if _cells(text[at:]) < width)
    return f"~{text[start:]}"


def _wrap(text: str, width: int = COLUMNS) -> list[str]:
    """Return a text in lines, broken at spaces where there are some."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and _cells(line) + 1 + _cells(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
        while _cells(line) > width:
            end = next(at for at in range(len(line), 0, -1) if _cells(line[:at]) <= width)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line]
