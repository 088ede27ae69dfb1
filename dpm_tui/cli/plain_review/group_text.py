"""A group as lines that can be read aloud: the files with numbers, the reasons, the suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dpm_tui.catalog.group import Group
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import SAME_PIXELS, only_colours
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.plan_text import share
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.marks.marks import Mark
from dpm_tui.review.reasons.difference_places import describe_places
from dpm_tui.review.reasons.reasons import compare_files
from dpm_tui.text_format import besides, local_date
from dpm_tui.units import long_size

_SIGNS = {"+": "better", "-": "worse", "=": "alike"}


def group_lines(walk: PlainSession, group: Group) -> list[str]:
    """Return the lines on the group at hand."""
    suggestion = walk.suggestion
    kept = next(iter(suggestion.kept.values()), group.keeper)
    lines = [
        translate(
            "plain.group",
            number=walk.place + 1, total=len(walk.numbers), count=len(group.members),
            weakest=share(group.weakest),
        )
    ]  # fmt: skip
    for number, id_ in enumerate(group.members, 1):
        lines.append(f"{number}. {_file(walk, id_)}")
        if id_ != kept:
            lines += (f"   {line}" for line in _beside(walk, group, id_, kept))
    going = [id_ for id_ in group.members if id_ in suggestion.kept]
    if going:
        stays = {suggestion.kept[id_] for id_ in going}
        values = {"keep": _numbers(group, stays), "remove": _numbers(group, going)}
        lines.append(translate("plain.suggestion", size=long_size(suggestion.size), **values))
    else:
        lines.append(_why_nothing(walk, group))
    return lines


def _why_nothing(walk: PlainSession, group: Group) -> str:
    why = walk.marks.why_nothing(walk.numbers[walk.place], walk.review.rule, walk.kinds)
    if why.spared is None:
        return translate(f"plain.unsuggested_{why.key}")
    reason = translate(f"review.spared_{why.spared}")
    return translate("plain.unsuggested_spared", number=_numbers(group, [why.file]), reason=reason)


def _file(walk: PlainSession, id_: int) -> str:
    """Return what is known of a file: name, pixels, format, bytes, date, folder, its mark."""
    file = walk.library.files[id_]
    facts = file.facts
    form = display_name(facts.format, 8)
    seen = [
        translate("plain.pixels", width=facts.width, height=facts.height),
        translate("plain.quality", format=form, quality=facts.quality) if facts.quality else form,
    ]
    pieces = [
        display_name(file.name),
        *(seen if facts.width else [translate("tui.no_preview")]),
        *besides(facts.frames, facts.holds, facts.damaged),
        long_size(file.stamp.size),
        _date(file),
        _folder(file),
    ]
    mark = walk.marks.mark_of(id_)
    if mark is not None:
        pieces.append(translate("plain.marked_remove" if mark is Mark.REMOVE else "plain.marked_keep"))
    elif walk.marks.is_protected(id_):
        pieces.append(translate("plain.protected"))
    return translate("plain.comma").join(pieces)


def _beside(walk: PlainSession, group: Group, id_: int, kept: int) -> Iterator[str]:
    """Yield what kind of pair a file and the suggested keeper are, where they differ, and the reasons."""
    file, other = walk.library.files[id_], walk.library.files[kept]
    number = group.members.index(kept) + 1
    pair = walk.library.pair(id_, kept)
    if pair is None:
        yield translate("plain.no_pair", number=number)
    else:
        kind = translate(f"tui.kind_{pair.kind.value}")
        yield translate("plain.pair", kind=kind, number=number, similarity=share(pair.similarity))
        places = [] if pair.kind in SAME_PIXELS else describe_places(pair.differs)
        if places:
            words = translate("plain.comma").join(translate(f"review.place_{place}") for place in places)
            key = "plain.colours_differ" if only_colours(pair.differs) else "plain.differs"
            yield translate(key, places=words)
    reasons = compare_files(file, other, pair.kind if pair else None, walk.review.criteria, pair)
    for sign, name in _SIGNS.items():
        own = [reason.words for reason in reasons if reason.sign == sign]
        if own:
            yield translate(f"plain.{name}", number=number, reasons=translate("plain.gap").join(own))


def _numbers(group: Group, ids: Iterable[int]) -> str:
    return " ".join(str(group.members.index(id_) + 1) for id_ in sorted(ids, key=group.members.index))


def _date(file: ImageFile) -> str:
    return display_name(file.facts.taken[:16], 16) or local_date(file.stamp.mtime_ns)


def _folder(file: ImageFile) -> str:
    folder = file.path.rpartition(b"/")[0]
    return translate("plain.folder", folder=display_name(folder)) if folder else translate("plain.top_folder")
