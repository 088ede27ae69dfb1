"""The HTML report: one page with groups, pictures and reasons, to be looked at anywhere without a server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.file_names import display_name
from dpm_tui.html_template import fill_template
from dpm_tui.locale import current_language, translate
from dpm_tui.report.failures import Failure, list_failures
from dpm_tui.report.page import page_pictures
from dpm_tui.report.page.group_records import GroupRecords, Removal
from dpm_tui.report.page.page_pictures import Thumbnail, choose_pictures, encode_pictures
from dpm_tui.report.page.page_sections import Arrangement, Section, arrange_groups
from dpm_tui.report.page.page_template import (
    data_block,
    policy_text,
    script_text,
    script_words,
    style_text,
)
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.criteria import Word
from dpm_tui.text_format import lacking_sentences, local_date
from dpm_tui.units import long_size

_CHUNK = 1000
"""Groups that lie in one block of the page."""


def write_html(
    *,
    root: bytes,
    library: Library,
    removal: Removal,
    thumbnail: Thumbnail,
    criteria: Sequence[Word] = (),
    files: Mapping[int, ImageFile],
    unreadable_folders: Mapping[bytes, str] | None = None,
    lacking: Mapping[str, int] | None = None,
    made_ns: int = 0,
) -> Iterator[str]:
    """Yield the page piece by piece.

    ``thumbnail`` gives the JPEG of a content digest, ``removal`` what the rule in force would do, and
    ``criteria`` what it looks at. What could not be read of ``files`` and folders, and what is damaged, is
    named at the end with its reason. So is the number of those that nothing installed could read, ``lacking``
    by the extra that can. ``made_ns`` is the time that the page says it was made at.

    File names are shown escaped as everywhere; links lead to the files on this machine.
    """
    arrangement = arrange_groups(library, removal.kept)
    groups = [library.groups[number] for number in arrangement.numbers]
    pictures = choose_pictures(library, groups)
    records = GroupRecords(library, removal, criteria, pictures)
    yield _head(root, arrangement, library, pictures, made_ns)
    for first in range(0, len(groups), _CHUNK):
        places = range(first, min(first + _CHUNK, len(groups)))
        yield data_block(
            "groups",
            [
                records.describe(at + 1, arrangement.steps[at], groups[at], arrangement.freed[at])
                for at in places
            ],
        )
    yield data_block("report", _shared(root, arrangement, records))
    yield f"<script>{script_text()}</script>\n"
    for encoded in encode_pictures(pictures, thumbnail):
        yield data_block("pictures", encoded)
    yield _foot(root, list_failures(files, unreadable_folders), lacking_sentences(lacking or {}))


def _head(
    root: bytes, arrangement: Arrangement, library: Library, pictures: Mapping[str, int], made_ns: int
) -> str:
    title = translate("report.title", path=display_name(root))
    sections = arrangement.sections
    freed, beside = (sum(getattr(each, name) for each in sections) for name in ("freed", "beside"))
    summary = [
        translate(
            "report.summary", count=len(library.groups), size=long_size(freed), beside=long_size(beside)
        )
    ]
    if len(pictures) >= page_pictures.AT_MOST:
        summary.append(translate("report.no_more_pictures", count=len(pictures)))
    return fill_template(
        __package__,
        "head.html",
        "report",
        language=current_language().replace("_", "-"),
        policy=policy_text(),
        style=style_text(),
        page_title=escape(title),
        about="".join(f"<p>{escape(line)}</p>" for line in summary),
        made_at=escape(translate("report.made", date=local_date(made_ns))),
        rows="".join(_section_rows(arrangement)),
        choices="".join(_section_choices(arrangement)),
    )


def _section_rows(arrangement: Arrangement) -> Iterator[str]:
    for each in arrangement.sections:
        kind = translate(f"tui.kind_{each.kind.value}")
        help_ = translate(f"report.kind_{each.kind.value}")
        numbers = (f"{each.groups:,}", f"{each.files:,}", long_size(each.freed), long_size(each.left))
        cells = "".join(f"<td>{escape(number)}</td>" for number in numbers)
        yield f'<tr><th scope="row">{escape(kind)} <small>{escape(help_)}</small></th>{cells}</tr>\n'


def _section_choices(arrangement: Arrangement) -> Iterator[str]:
    for step, each in enumerate(arrangement.sections):
        yield f'<option value="{step}">{escape(_section_title(each))}</option>\n'


def _section_title(section: Section) -> str:
    kind = translate(f"tui.kind_{section.kind.value}")
    return translate("report.section", kind=kind, count=section.groups, freed=long_size(section.freed))


def _shared(root: bytes, arrangement: Arrangement, records: GroupRecords) -> dict[str, object]:
    """Return what the script needs beside the groups."""
    return {
        "root": f"file://{quote(root.rstrip(b'/'))}/",
        "sections": [_section_title(each) for each in arrangement.sections],
        "sentences": records.sentences.lines,
        "words": script_words(),
        "size": page_pictures.CHUNK,
    }


def _foot(root: bytes, failures: Sequence[Failure], notes: Sequence[str]) -> str:
    """Return the end of the page with what could not be read."""
    lines = "".join(_failure_line(root, failure) for failure in failures)
    title = escape(translate("report.failures", count=len(failures)))
    listed = f"<section class=failures><h2>{title}</h2><ul>\n{lines}</ul></section>\n" if failures else ""
    listed += "".join(f"<p>{escape(note)}</p>\n" for note in notes)
    return fill_template(__package__, "foot.html", "report", failures=listed)


def _failure_line(root: bytes, failure: Failure) -> str:
    address = escape(f"file://{quote(os.path.join(root, failure.path))}")
    name, reason = (escape(display_name(text)) for text in (failure.path, failure.reason))
    return f'<li><a href="{address}">{name}</a> <small>{reason}</small></li>\n'
