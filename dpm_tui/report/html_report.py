"""The HTML report: one page with the pictures in it, to be looked at anywhere; nothing in it runs."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from urllib.parse import quote

from dpm_tui.catalog.group import Group, PairIndex, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.file_names import display_name
from dpm_tui.locale import current_language, translate
from dpm_tui.report.failures import Failure, list_failures
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.units import long_size

MAX_PICTURES = 3000
"""Pictures on one page; with more of them browsers struggle, and the rest is listed without."""

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
header p { margin: .3rem 0 1.5rem; opacity: .75; }
section { border-top: 1px solid #8886; padding: 1rem 0; }
section { contain-intrinsic-size: auto 22rem; content-visibility: auto; }
h2 { font-size: 1rem; font-weight: 600; margin: 0 0 .8rem; }
h2 span { font-weight: 400; opacity: .7; }
div { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; width: 16.5rem; }
img { background: #8882; display: block; height: 12rem; object-fit: contain; width: 100%; }
figcaption { margin-top: .4rem; overflow-wrap: anywhere; }
figure.kept img { outline: 3px solid #2a7; }
b, i { border-radius: .3rem; font-size: .85rem; font-style: normal; padding: .05rem .4rem; }
b { background: #2a7; color: #fff; font-weight: 600; }
i { background: #8883; }
small { opacity: .75; }
li { overflow-wrap: anywhere; }
a { color: inherit; }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_html(
    *,
    root: bytes,
    files: Mapping[int, ImageFile],
    groups: Iterable[Group],
    pairs: PairIndex,
    thumbnail: Callable[[str], bytes | None],
    freeable: ReclaimableSpace,
    unreadable_folders: Mapping[bytes, str] | None = None,
) -> Iterator[str]:
    """Yield the page piece by piece; ``thumbnail`` gives the JPEG of a content digest, ``freeable`` what the
    rule in force would free.

    What could not be read, and what is damaged, is named at the end with its reason.

    File names are shown escaped as everywhere; links lead to the files on this machine.
    """
    groups = list(groups)
    title = translate("report.title", path=display_name(root))
    size, beside = long_size(freeable.bytes), long_size(freeable.beside)
    summary = translate("report.summary", count=len(groups), size=size, beside=beside)
    language = current_language().replace("_", "-")
    yield (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1><p>{escape(summary)}</p></header>\n"
    )
    left = MAX_PICTURES
    for number, group in enumerate(groups, 1):
        left -= len(group.members)
        if left < 0 <= left + len(group.members):
            yield f"<p>{escape(translate('report.no_more_pictures', count=MAX_PICTURES))}</p>\n"
        yield from _write_group(number, group, root, files, pairs, thumbnail if left >= 0 else None)
    yield from _write_failures(root, list_failures(files, unreadable_folders))
    yield "</body></html>\n"


def _write_group(
    number: int,
    group: Group,
    root: bytes,
    files: Mapping[int, ImageFile],
    pairs: PairIndex,
    thumbnail: Callable[[str], bytes | None] | None,
) -> Iterator[str]:
    size = long_size(group.reclaimable_bytes)
    about = translate("report.group", count=len(group.members), size=size, weakest=f"{group.weakest:.3f}")
    yield f"<section><h2>{number} <span>{escape(about)}</span></h2><div>\n"
    for id_ in group.members:
        file = files[id_]
        kept = id_ == group.keeper
        pair = pairs.get(pair_key(group.keeper, id_))
        badge = f"<b>{escape(translate('report.kept'))}</b>" if kept else ""
        if pair is not None:
            kind = translate(f"tui.kind_{pair.kind.value}")
            badge = f"<i>{escape(kind)} {pair.similarity:.3f}</i>"
        seen = f"{file.facts.width}x{file.facts.height} {file.facts.format} " if file.facts.width else ""
        facts = f"{seen}{long_size(file.stamp.size)}"
        link = _link(root, file.path)
        yield (
            f"<figure{' class=kept' if kept else ''}>{_picture(file, thumbnail)}"
            f"<figcaption>{badge} {link}<br><small>{escape(facts)}</small></figcaption></figure>\n"
        )
    yield "</div></section>\n"


def _write_failures(root: bytes, failures: list[Failure]) -> Iterator[str]:
    if not failures:
        return
    title = translate("report.failures", count=len(failures))
    yield f"<section><h2>{escape(title)}</h2><ul>\n"
    for failure in failures:
        reason = escape(display_name(failure.reason))
        yield f"<li>{_link(root, failure.path)} <small>{reason}</small></li>\n"
    yield "</ul></section>\n"


def _link(root: bytes, path: bytes) -> str:
    address = escape(f"file://{quote(os.path.join(root, path))}")
    return f'<a href="{address}">{escape(display_name(path))}</a>'


def _picture(file: ImageFile, thumbnail: Callable[[str], bytes | None] | None) -> str:
    jpeg = thumbnail(file.facts.digest) if thumbnail is not None and file.facts.digest else None
    if not jpeg:
        return ""
    data = base64.b64encode(jpeg).decode("ascii")
    return f'<img alt="" loading="lazy" src="data:image/jpeg;base64,{data}">'
