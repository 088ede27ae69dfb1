"""What a scan says is new since a moment, for people and for programs."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from dpm_tui.catalog.group import Group
from dpm_tui.cli.folder import read_results
from dpm_tui.cli.output import write
from dpm_tui.cli.reclaimable import weigh_by_rule
from dpm_tui.report.json_report import describe_path
from dpm_tui.report.news import News, find_news
from dpm_tui.report.text_report import describe_news
from dpm_tui.review.library.library import Library
from dpm_tui.state.disk.layout import Layout


def tell_news(layout: Layout, since_ns: int, *, json_lines: bool, quiet: bool) -> None:
    """Print what a finished scan knows of that came since a time of the file system; nothing of another one.

    With ``quiet`` only if some of it is in groups. Raises DpmError, OSError.
    """
    scanned = read_results(layout, again=True)
    if scanned.state.checkpoint.phase != "finished":
        return
    library, _ = weigh_by_rule(scanned)
    news = find_news(library, scanned.results.files, since_ns)
    if quiet and not news.groups:
        return
    if json_lines:
        write(json.dumps({"type": "news", **_record(news, library, since_ns)}) + "\n", sys.stdout)
    else:
        write("\n".join(describe_news(news, library, since_ns)) + "\n", sys.stdout)


def _record(news: News, library: Library, since_ns: int) -> dict[str, Any]:
    since = datetime.fromtimestamp(since_ns / 1e9, UTC).isoformat(timespec="seconds") if since_ns else ""
    return {
        "since": since,
        "pictures": news.pictures,
        "kinds": {kind.value: count for kind, count in news.kinds.items()},
        "groups": [_group(library.groups[number], news, library) for number in news.groups],
    }


def _group(group: Group, news: News, library: Library) -> dict[str, Any]:
    members = []
    for id_ in group.members:
        file, pair = library.files[id_], library.pair(group.keeper, id_)
        facts: dict[str, Any] = {
            **describe_path(file.path),
            "bytes": file.stamp.size,
            "new": id_ in news.members,
        }
        if id_ == group.keeper:
            facts["keeper"] = True
        elif pair is not None:
            facts |= {"kind": pair.kind.value, "similarity": pair.similarity}
        members.append(facts)
    return {"id": group.id, "files": members}
