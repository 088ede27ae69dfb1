"""The pages say what the program does, and what they point at is there."""

from __future__ import annotations

import os
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from dpm_tui import __version__
from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.parser import VERBS
from dpm_tui.errors import ExitCode
from dpm_tui.locale import set_language
from dpm_tui.recycle.bin import bin_folder, bin_set, removal_log
from dpm_tui.recycle.filesystem import disk_reserve
from dpm_tui.review.rules.criteria import LIMITS, ORDERED
from dpm_tui.review.rules.rule import RULES
from dpm_tui.state.config import CHOICES, Config
from dpm_tui.state.disk.layout import QUARANTINE, STATE_FOLDER, Layout
from dpm_tui.state.files import shard_manifest
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.tui.command_table import COMMANDS
from dpm_tui.worker.protocol.messages import PROTOCOL_VERSION, TYPES
from tests import keys_page
from tests.support.pages import (
    CHINESE,
    FRONT,
    PAGES,
    ROOT,
    all_text,
    anchors,
    blocks,
    inline_code,
    links,
    prose,
    read,
    section,
    table_rows,
)

FRONT_LINES_AT_MOST = 200
DOCS = ROOT / "docs"
_PATH = re.compile(r"[\w.{},*-]+(?:/[\w.{},*-]+)*/?")
_SOURCES = ("dpm_tui", "tests", "models", "docs", ".ci", ".github")
_MODULE = re.compile(r"python -m ((?:tests|models|dpm_tui)[\w.]*)")


def test_the_front_page_is_short() -> None:
    for page in (FRONT, CHINESE):
        assert len(read(page).splitlines()) <= FRONT_LINES_AT_MOST


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert ROOT in (target, *target.parents), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    """Of the sources, the tests, the models and the pages; NAME stands for any name."""
    for code in inline_code(page):
        if _PATH.fullmatch(code) and code.split("/")[0] in _SOURCES and "/" in code:
            assert list(ROOT.glob(code.rstrip("/").replace("NAME", "*"))), code
        for module in _MODULE.findall(code):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists() or path.is_dir(), code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_table_is_whole(page: Path) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", prose(page), re.MULTILINE):
        head, rule, *rows = table.replace("\\|", "/").splitlines()
        assert re.fullmatch(r"\|(---\|)+", rule), head
        assert {row.count("|") for row in (head, *rows)} == {rule.count("|")}, head


def test_the_workflow_runs_the_check_of_a_clean_checkout() -> None:
    workflow = read(ROOT / ".github/workflows/ci.yml")
    assert re.search(r"^ +run: \.ci/run$", workflow, re.MULTILINE)
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_every_folder_of_the_package_is_explained() -> None:
    page = read(DOCS / "architecture.md")
    modules = [path for path in (ROOT / "dpm_tui").rglob("*.py") if path.name != "__init__.py"]
    folders = {path.parent.relative_to(ROOT).as_posix() for path in modules}
    assert [folder for folder in sorted(folders) if f"`{folder}`" not in page] == []


def test_every_page_can_be_reached_from_the_front_page() -> None:
    reached, open_ = {FRONT}, [FRONT]
    while open_:
        page = open_.pop()
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached:
                reached.add(target)
                open_.append(target)
    assert set(PAGES) <= reached


def test_the_page_of_keys_is_that_of_the_commands() -> None:
    assert read(keys_page.PAGE) == keys_page.page_text(), "python -m tests.keys_page writes it anew"


@pytest.mark.parametrize(
    ("page", "heading", "language"), [(FRONT, "## Main keys", "en"), (CHINESE, "## 主要按键", "zh_CN")]
)
def test_keys_on_the_front_page_are_those_of_the_commands(page: Path, heading: str, language: str) -> None:
    set_language(language)
    lines = {(f"`{command.shown_key}`", command.help) for command in COMMANDS}
    rows = [tuple(row) for row in table_rows(section(heading, read(page)))]
    assert len(rows) > 8
    assert [row for row in rows if row not in lines] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_named(verb: str) -> None:
    """A verb that the pages do not know does not exist for users."""
    assert re.search(rf"^dpm-tui {verb}\b", all_text(), re.MULTILINE)


def test_kinds_rules_and_exit_codes_are_named() -> None:
    """Every kind, rule and exit code is explained."""
    text = all_text()
    for page in (FRONT, DOCS / "guide.md"):
        assert all(f"`{kind}`" in read(page) for kind in Kind)
    for word in RULES:
        assert f"`{word}`" in text
    for word in (*ORDERED, *LIMITS, "folder", "format"):
        assert f"`{word}`" in text or f"`{word}:" in text
    codes = [row[0] for row in table_rows(section("## Exit codes"))]
    assert codes == [str(int(code)) for code in ExitCode]


def test_every_setting_is_in_its_table() -> None:
    """With its default and the values that it may have."""
    rows = {
        row[0].strip("`"): row[1:]
        for row in table_rows(section("# Settings", "\n" + read(DOCS / "settings.md")))
    }
    for setting in fields(Config):
        default, meaning = rows[setting.name]
        if setting.name != "extensions":
            assert default == f"`{_toml(setting)}`", setting.name
        for choice in CHOICES.get(setting.name, ()):
            assert f"`{choice}`" in meaning, (setting.name, choice)
    (extensions,) = (text for text in blocks("toml") if text.startswith("extensions"))
    assert re.findall(r'"(\w+)"', extensions) == list(Config().extensions)


def test_every_file_of_the_state_is_explained() -> None:
    page = read(DOCS / "state-format.md")
    layout = Layout(b"/root", b"/root")
    places = [getattr(layout, name) for name, value in vars(Layout).items() if isinstance(value, property)]
    names = {place.name for place in places if hasattr(place, "name")}
    names |= {layout.thumbnails.name, layout.vectors.name, FileLayout.of(layout.files).folding.name}
    names |= {STATE_FOLDER, QUARANTINE, shard_manifest.MANIFEST, shard_manifest.COPY}
    names |= {
        bin_folder.TREE,
        bin_folder.INDEX,
        bin_set.MEMORY,
        removal_log.LOG,
        disk_reserve.NAME,
        b"recycle_bin",
    }
    assert len(names) > 20
    shown = [name.decode() for name in sorted(names)]
    assert [name for name in shown if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", page)] == []
    for action in removal_log.Action:
        assert f"`{action.value}`" in page


def test_every_message_is_explained_with_its_fields() -> None:
    page = read(DOCS / "protocol.md")
    rows = {row[0].strip("`"): row[1] for row in table_rows(page) if row[0].startswith("`")}
    for name, kind in TYPES.items():
        assert re.findall(r"`(\w+)`", rows[name]) == [field.name for field in fields(kind)], name
    assert f"version {PROTOCOL_VERSION}" in page


def test_the_chinese_front_page_has_the_same_parts() -> None:
    english, chinese = read(FRONT), read(CHINESE)
    assert blocks("sh", chinese) == blocks("sh", english)
    for rank in ("#", "##", "###"):
        count = [len(re.findall(rf"^{rank} ", text, re.MULTILINE)) for text in (english, chinese)]
        assert count[0] == count[1], rank
    assert len(list(table_rows(chinese))) == len(list(table_rows(english)))
    assert re.findall(r"\d+\.\d\d+", chinese) == re.findall(r"\d+\.\d\d+", english)


def test_the_changelog_has_its_form_and_this_version() -> None:
    """What is new stands under Unreleased until there is a version for it, which then has a date."""
    text = read(DOCS / "changelog.md")
    first, *versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert first == "Unreleased"
    dated = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)", version) for version in versions]
    assert all(dated)
    assert dated[0] is not None
    assert dated[0][1] == __version__
    numbers = [tuple(map(int, each[1].split("."))) for each in dated if each]
    assert numbers == sorted(numbers, reverse=True)
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def _toml(setting: Any) -> str:
    """Return a default as it stands in the file of settings."""
    value = setting.default if setting.default is not MISSING else setting.default_factory()
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return "[{}]".format(", ".join(f'"{item}"' for item in value))
    return str(value)
