from __future__ import annotations

import base64
import csv
import io
import json
import re
from typing import Any

import pytest

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.report.csv_report import COLUMNS, write_csv
from dpm_tui.report.json_report import write_json
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file

FILES = {
    1: image_file(1, b"b/keeper.png", size=3000, format="PNG", width=800, height=600),
    2: image_file(2, b"a/caf\xe9.jpg"),
    3: image_file(3, "a/\u9577.jpg".encode(), status="damaged", reason="truncated"),
    4: image_file(4, b"gone.jpg", status="missing"),
}
PAIR = Pair(1, 2, Kind.COPY, 0.9712)
GROUP = Group("0123456789ab", 1, (1, 2), 0.9712, 1000)


def report(files: dict[int, ImageFile] = FILES, **values: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "root": b"/home/me/pictures",
        "model": "auto",
        "threshold": 0.6,
        "files": files,
        "pairs": [PAIR],
        "groups": [GROUP],
        "freeable": ReclaimableSpace(1, 1000, 2000),
        "model_of": lambda digest: "photo",
    }
    made: dict[str, Any] = json.loads("".join(write_json(**(wanted | values))))
    return made


def rows(files: dict[int, ImageFile], *groups: Group, pairs: tuple[Pair, ...] = ()) -> list[dict[str, str]]:
    text = write_csv(files, groups, {(pair.a, pair.b): pair for pair in pairs})
    return list(csv.DictReader(io.StringIO(text)))


def test_the_json_report_is_a_contract() -> None:
    assert report() == {
        "schema": "dpm-tui/report/1",
        "root": "/home/me/pictures",
        "model": "auto",
        "threshold": 0.6,
        "suggested": {"files": 1, "bytes": 1000},
        "files": [
            {
                "id": 2, "path": "a/caf\\xe9.jpg", "path_b64": base64.b64encode(b"a/caf\xe9.jpg").decode(),
                "bytes": 1000, "width": 400, "height": 300, "format": "JPEG", "model": "photo",
            },
            {
                "id": 1, "path": "b/keeper.png",
                "bytes": 3000, "width": 800, "height": 600, "format": "PNG", "model": "photo",
            },
        ],
        "pairs": [{"a": 1, "b": 2, "kind": "copy", "similarity": 0.9712}],
        "groups": [
            {
                "id": "0123456789ab", "keeper": 1, "members": [1, 2],
                "weakest": 0.9712, "reclaimable_bytes": 1000,
            }
        ],
        "errors": [{"path": "a/\u9577.jpg", "reason": "damaged: truncated"}],
        "notes": [],
    }  # fmt: skip


def test_the_json_report_says_what_a_file_holds_besides_its_picture() -> None:
    files = {1: image_file(1, holds=("movie", "gain_map")), 2: image_file(2)}
    listed = report(files, pairs=[], groups=[])["files"]
    assert [file.get("holds") for file in listed] == [["movie", "gain_map"], None]


def test_an_empty_report_has_every_key() -> None:
    empty = report({}, pairs=[], groups=[])
    assert list(empty) == [
        "schema",
        "root",
        "model",
        "threshold",
        "suggested",
        "files",
        "pairs",
        "groups",
        "errors",
        "notes",
    ]
    assert empty["files"] == empty["pairs"] == empty["groups"] == empty["errors"] == empty["notes"] == []


def test_what_nothing_could_read_is_a_note_with_what_to_install() -> None:
    notes = report(lacking={"raw": 12403, "jxl": 1})["notes"]
    assert [(note["extra"], note["files"]) for note in notes] == [("jxl", 1), ("raw", 12403)]
    assert notes[1]["reason"] == "12,403 camera RAW files need: pip install 'dpm-tui[raw]'"


def test_a_folder_that_could_not_be_read_is_an_error() -> None:
    errors = report(unreadable_folders={b"locked\xff": "Permission denied", b"old": ""})["errors"]
    assert errors[1]["path"] == "locked\\xff"
    assert base64.b64decode(errors[1]["path_b64"]) == b"locked\xff"
    assert [error["reason"] for error in errors[1:]] == [
        "folder cannot be read: Permission denied",
        "folder cannot be read",
    ]


def test_every_name_can_be_got_back_from_the_report() -> None:
    files = {number: image_file(number, b"d/" + name) for number, name in enumerate(HOSTILE_NAMES, 1)}
    for file in report(files, pairs=[], groups=[])["files"]:
        encoded = file.get("path_b64")
        path = base64.b64decode(encoded) if encoded else file["path"].encode()
        assert path == files[file["id"]].path
        assert (encoded is None) == _is_utf8(path)


def _is_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_the_csv_report_has_a_row_for_each_member() -> None:
    keeper, member, broken = rows(FILES, GROUP, pairs=(PAIR,))
    assert tuple(keeper) == COLUMNS
    assert keeper == {
        "group": "0123456789ab", "role": "keeper", "path": "b/keeper.png", "bytes": "3000", "width": "800",
        "height": "600", "format": "PNG", "kind": "", "similarity": "", "reason": "",
    }  # fmt: skip
    assert member["role"] == "member"
    assert (member["kind"], member["similarity"]) == ("copy", "0.9712")
    assert member["path"] == "a/caf\\xe9.jpg"
    assert (broken["role"], broken["path"]) == ("unreadable", "a/\u9577.jpg")


def test_the_csv_report_names_what_could_not_be_read() -> None:
    files = {
        1: image_file(1, b"keeper.jpg"),
        2: image_file(2, b"torn.jpg", damaged=True, reason="the end is missing"),
        3: image_file(3, b"lone.jpg", damaged=True),
        4: image_file(4, b"odd.tif", status="unsupported", reason="=HYPERLINK(1)", width=0, format=""),
        5: image_file(5, b"away.jpg", status="missing"),
    }
    text = write_csv(files, [Group("g", 1, (1, 2), 1.0, 0)], {}, {b"locked": "Permission denied"})
    shown = [(row["role"], row["path"], row["reason"]) for row in csv.DictReader(io.StringIO(text))]
    assert shown == [
        ("keeper", "keeper.jpg", ""),
        ("member", "torn.jpg", "damaged: the end is missing"),
        ("damaged", "lone.jpg", "damaged: not all of the picture can be seen"),
        ("unreadable", "odd.tif", "unsupported: =HYPERLINK(1)"),
        ("unreadable", "locked", "folder cannot be read: Permission denied"),
    ]


DANGEROUS = "=+-@\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize("before", ["", " ", "\u3000\u00a0 ", "\t", "\r", "\n", "\r\n ", "\ufeff", "\x0b"])
@pytest.mark.parametrize("sign", DANGEROUS)
def test_no_name_is_a_formula_in_a_spreadsheet(before: str, sign: str) -> None:
    name = f"{before}{sign}1+1.jpg".encode()
    (row,) = rows({1: image_file(1, name)}, Group("g", 1, (1,), 1.0, 0))
    assert row["path"].lstrip()[0] not in DANGEROUS
    made = report({1: image_file(1, name)}, pairs=[], groups=[])
    assert made["files"][0]["path"] == name.decode()


@pytest.mark.parametrize("separator", [";", ",", "|", "\t", '";', '; "', ";\u3000"])
def test_no_name_goes_on_as_a_formula_where_another_separator_ends_the_cell(separator: str) -> None:
    """Spreadsheets of many countries split at semicolons, whatever is quoted between commas."""
    files = {number: image_file(number, f"a{separator}{sign}1.jpg".encode()) for number, sign in
             enumerate(DANGEROUS, 1)}  # fmt: skip
    text = write_csv(files, [Group("g", 1, tuple(files), 1.0, 0)], {})
    for cell in re.split(r"[;,|\t\n]", text):
        assert cell.strip(" \"'\u3000")[:1] not in [*DANGEROUS]


def test_an_ordinary_name_is_in_the_csv_as_it_is() -> None:
    names = (b'"=1".jpg', b"a,b.jpg", b"a-b+c=d@e.jpg", b" lead.jpg", "\u9577\uff1d1.jpg".encode())
    files = {number: image_file(number, name) for number, name in enumerate(names, 1)}
    shown = [row["path"] for row in rows(files, Group("g", 1, tuple(files), 1.0, 0))]
    assert shown == ['"=1".jpg', "a,b.jpg", "a-b+c=d@e.jpg", " lead.jpg", "\u9577\uff1d1.jpg"]


def test_a_hostile_name_stays_in_its_row() -> None:
    files = {number: image_file(number, name) for number, name in enumerate(HOSTILE_NAMES, 1)}
    text = write_csv(files, [Group("g", 1, tuple(files), 1.0, 0)], {})
    assert len(text.splitlines()) == len(HOSTILE_NAMES) + 1
    assert "\x1b" not in text


def test_a_damaged_picture_is_listed_as_one_and_named_among_the_errors() -> None:
    made = report(
        {
            1: image_file(1, damaged=True, reason="the end of the file is missing"),
            2: image_file(2, damaged=True),
            3: image_file(3),
        },
        pairs=[],
        groups=[],
    )
    assert [file.get("damaged") for file in made["files"]] == [True, True, None]
    assert made["errors"] == [
        {"path": "001.jpg", "reason": "damaged: the end of the file is missing"},
        {"path": "002.jpg", "reason": "damaged: not all of the picture can be seen"},
    ]
