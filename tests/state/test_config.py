from __future__ import annotations

import contextlib
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.errors import DamagedError, UsageError
from dpm_tui.state.checkpoint import SCHEMA, Checkpoint, load_checkpoint, save_checkpoint
from dpm_tui.state.config import Config, Settings, load_settings, save_settings
from tests.support.disk import full_disk

SCRAPS = st.sampled_from(
    ["model", "threshold", "workers", "extensions", "schema", "phase", "inode", "=", "=", "\n", "[", "]", '"',
     '"auto"', "1", "0.5", "inf", "nan", "-", "9" * 400, "9" * 5000, "true", "[]", "{}", "2024-01-01", "x",
     "\x1b", "\u9577", " "]
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "config.toml")


def write(path: bytes, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def refusal(path: bytes) -> str:
    with pytest.raises((UsageError, DamagedError)) as failure:
        load_settings(path)
    return failure.value.message


def test_a_missing_file_means_the_defaults(path: bytes) -> None:
    assert load_settings(path) == Settings(Config(), {})


def test_settings_come_back(path: bytes) -> None:
    config = Config(
        "photo", 0.75, ("jpg", "png"), 3, "cpu", False, True, False, False, "zh_CN",
        theme="dark", colour="mono", pictures="quadrants", mouse=False, protected=("a/b", "\u9577"),
    )  # fmt: skip
    save_settings(path, Settings(config))
    assert load_settings(path).config == config


def test_unknown_keys_are_kept(path: bytes) -> None:
    write(path, 'colour = "256"\nnext = [1, 2]\nwhen = 2024-01-02\n[future]\ndeep = {a = 1}\n')
    settings = load_settings(path)
    save_settings(path, replace(settings, config=replace(settings.config, workers=2)))
    with open(path, "rb") as file:
        table = tomllib.load(file)
    assert table["future"] == {"deep": {"a": 1}}
    assert table["next"] == [1, 2]
    assert str(table["when"]) == "2024-01-02"
    assert (table["colour"], table["workers"]) == ("256", 2)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('model = "painting"', "model"), ('device = "abacus"', "device"), ('language = "tlh"', "language"),
        ('colour = "sepia"', "colour"), ("threshold = -0.1", "threshold"), ("threshold = 1.5", "threshold"),
        ("threshold = nan", "threshold"), ("workers = -1", "workers"), ("workers = 65", "workers"),
        ("memory = -1", "memory"),
        ('workers = "four"', "workers"), ("confirm = 1", "confirm"), ('threshold = "high"', "threshold"),
        ("model = 3", "model"), ('extensions = "jpg"', "extensions"), ("protected = [1]", "protected"),
        (f"threshold = 1{'0' * 400}", "threshold"),
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_value_that_cannot_be_is_named(path: bytes, line: str, name: str) -> None:
    write(path, line)
    assert name in refusal(path)


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        ('keeper = ["pixels", "pixles"]', "keeper", "pixles"), ('keeper = "best"', "keeper", ""),
        ("keeper = []", "keeper", ""), ('keeper = ["folder:"]', "keeper", "folder:"),
        ('[presets]\ncamera = ["pixels", "-pixels"]', "presets.camera", "-pixels"),
        ('[presets]\ncamera = ["format:jepg"]', "presets.camera", "jepg"),
        ('[presets]\nbest = ["pixels"]', "best", "built in"), ('presets = ["pixels"]', "presets", ""),
        ('protected = ["a/../../b"]', "protected", "a/../../b"),
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_rule_that_cannot_be_names_file_key_and_word(path: bytes, text: str, key: str, word: str) -> None:
    """What is wrong is said with where it is; the file itself stays as it was written."""
    write(path, text)
    said = refusal(path)
    assert all(part in said for part in ("config.toml", key, word))
    with open(path, encoding="utf-8") as file:
        assert file.read() == text


def test_rules_come_back_with_presets_and_unknown_keys(path: bytes) -> None:
    write(path, 'keeper = ["Pixels"]\nnext = 1\n[presets]\n"my \u9577" = ["folder:/a b/"]\n[future]\nx = 1\n')
    settings = load_settings(path)
    assert settings.config.keeper == ("pixels",)
    assert settings.config.presets == {"my \u9577": ("folder:a b",)}
    save_settings(path, settings)
    assert load_settings(path) == settings
    assert settings.unknown == {"next": 1, "future": {"x": 1}}


def test_at_least_one_extension_is_needed(path: bytes) -> None:
    write(path, "extensions = []")
    assert "extension" in refusal(path)
    write(path, 'extensions = ["", "."]')
    assert "extension" in refusal(path)


def test_extensions_are_cleaned(path: bytes) -> None:
    write(path, 'extensions = [".JPG", "jpg", "Png"]')
    assert load_settings(path).config.extensions == ("jpg", "png")


def test_a_broken_file_names_itself_and_the_place(path: bytes) -> None:
    write(path, "model = \n")
    assert "config.toml" in refusal(path)
    assert "line 1" in refusal(path)


def test_what_a_hostile_file_holds_does_not_reach_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "esc\x1b[2J"
    folder.mkdir()
    path = os.fsencode(folder / "config.toml")
    for text in (
        'model = "\\u001b[2J"',
        "model = \n",
        "model = 3",
        "\x1b",
        '"\\u001b" = 1\n"\\u001b" = 1',
        "x = '\x1b'",
    ):
        write(path, text)
        assert "\x1b" not in refusal(path)


@given(st.lists(SCRAPS, max_size=14).map("".join))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = os.fsencode(tmp_path_factory.getbasetemp() / "any.toml")
    write(path, text)
    with contextlib.suppress(UsageError, DamagedError):
        load_settings(path)
    with contextlib.suppress(DamagedError):
        load_checkpoint(path)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = os.fsencode(tmp_path_factory.getbasetemp() / "bytes.toml")
    with open(path, "wb") as file:
        file.write(content)
    with contextlib.suppress(UsageError, DamagedError):
        load_settings(path)
    with contextlib.suppress(DamagedError):
        load_checkpoint(path)


def test_a_full_disk_leaves_the_old_settings(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(path, Settings(Config(workers=5)))
    with full_disk(monkeypatch, 10), pytest.raises(OSError, match="No space"):
        save_settings(path, Settings(Config(workers=6)))
    assert load_settings(path).config.workers == 5


def test_settings_that_cannot_be_are_not_saved(path: bytes) -> None:
    with pytest.raises(UsageError):
        save_settings(path, Settings(Config(workers=-1)))
    assert not os.path.exists(path)


def test_a_checkpoint_comes_back(path: bytes) -> None:
    folders, said = (b"a", b"\xff\n"), ("Permission denied", "Input/output error")
    checkpoint = Checkpoint(phase="stopped", inode=2**63 - 1, unreadable_folders=folders, folder_reasons=said)
    save_checkpoint(path, checkpoint)
    assert load_checkpoint(path) == checkpoint
    assert load_checkpoint(path).explain_folders() == dict(zip(folders, said, strict=True))
    assert Checkpoint(unreadable_folders=folders).explain_folders() == dict.fromkeys(folders, "")


def test_a_missing_checkpoint_is_empty(path: bytes) -> None:
    assert load_checkpoint(path) == Checkpoint()


def test_a_checkpoint_of_a_newer_version_is_refused_and_says_so(path: bytes) -> None:
    write(path, f'schema = {SCHEMA + 1}\nphase = "running"\nnew = "thing"\n')
    with pytest.raises(DamagedError, match="newer version") as failure:
        load_checkpoint(path)
    assert failure.value.key == "schema_newer"
    assert str(SCHEMA + 1) in failure.value.message


@pytest.mark.parametrize("text", ["phase = 3", "schema = ", 'files = "many"', "[schema]", "\x00"], ids=ascii)
def test_a_checkpoint_that_makes_no_sense_is_named(path: bytes, text: str) -> None:
    write(path, text)
    with pytest.raises(DamagedError, match=r"config\.toml"):
        load_checkpoint(path)


def test_endings_that_an_earlier_version_wrote_do_not_keep_further_formats_out(path: bytes) -> None:
    earlier = [
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "png",
        "apng",
        "bmp",
        "dib",
        "webp",
        "tif",
        "tiff",
        "gif",
        "avif",
        "heic",
        "heif",
        "hif",
    ]
    write(path, f"extensions = {earlier}")
    assert load_settings(path).config.extensions == Config().extensions
    write(path, f"extensions = {earlier[:-1]}")
    assert load_settings(path).config.extensions == tuple(earlier[:-1])


@pytest.mark.parametrize("text", ["[lacking]\nraw = -1", "[lacking]\nnothing = 1", '[lacking]\nraw = "x"'])
def test_a_count_for_no_extra_is_named(path: bytes, text: str) -> None:
    write(path, text)
    with pytest.raises(DamagedError):
        load_checkpoint(path)
