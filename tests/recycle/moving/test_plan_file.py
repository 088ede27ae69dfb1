"""Plan files hold a plan whole, and nothing else passes for one."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.errors import DpmError
from dpm_tui.locale import set_language
from dpm_tui.recycle.moving.plan_file import load_plan, save_plan
from tests.recycle.library import HOSTILE_NAMES, Library


def saved(library: Library, folder: Path) -> bytes:
    """Save a plan with companions and hostile names; return its file."""
    plan = library.several(2, companions=True)
    path = os.fsencode(folder / "plan.json")
    save_plan(path, library.root, plan)
    assert load_plan(path, library.root) == plan
    return path


def test_any_name_survives(library: Library, tmp_path: Path) -> None:
    moves = tuple(library.move(b"v/" + name, b"k/" + name, name) for name in HOSTILE_NAMES)
    plan = type(library.several(0))(moves)
    path = os.fsencode(tmp_path / "plan.json")
    save_plan(path, library.root, plan)
    assert load_plan(path, library.root) == plan
    os.unlink(path)


def test_nothing_is_replaced(library: Library, tmp_path: Path) -> None:
    path = saved(library, tmp_path)
    before = Path(os.fsdecode(path)).read_bytes()
    with pytest.raises(DpmError) as caught:
        save_plan(path, library.root, library.several(1))
    assert caught.value.key == "plan_exists"
    assert Path(os.fsdecode(path)).read_bytes() == before
    os.unlink(path)


def test_a_plan_is_for_one_root(library: Library, tmp_path: Path) -> None:
    path = saved(library, tmp_path)
    with pytest.raises(DpmError) as caught:
        load_plan(path, library.canary)
    assert caught.value.key == "plan_of_other_root"
    os.unlink(path)


@pytest.mark.parametrize(
    "forged",
    [{"reason": "tired"}, {"reason": "overlap"}, {"reason": "cut", "amount": math.nan}],
)
def test_a_move_for_a_reason_that_has_no_words_is_refused(
    library: Library, tmp_path: Path, forged: dict[str, object]
) -> None:
    path = Path(os.fsdecode(saved(library, tmp_path)))
    plan = json.loads(path.read_bytes())
    plan["moves"][0] |= forged
    path.write_text(json.dumps(plan))
    with pytest.raises(DpmError) as caught:
        load_plan(os.fsencode(path), library.root)
    assert caught.value.key == "plan_damaged"
    path.unlink()


def test_a_pipe_is_no_plan(library: Library, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DpmError) as caught:
        load_plan(os.fsencode(tmp_path / "pipe"), library.root)
    assert caught.value.key == "plan_damaged"
    os.unlink(tmp_path / "pipe")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60) | JSON.map(lambda moves: json.dumps(
    {"schema": "dpm-tui/plan/1", "root": "/", "moves": moves}).encode()))  # fmt: skip
def test_anything_else_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    path.write_bytes(content)
    moves, refusal = (), str(path)
    try:
        moves = load_plan(os.fsencode(path), b"/").moves
    except DpmError as error:
        refusal = error.message
    assert moves == ()
    assert str(path) in refusal


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "不是 JSON"),
        (b"[" * 100_000, "不是 JSON"),
        (b"{}", "其格式不是 dpm-tui/plan/1"),
        (b'{"schema": "dpm-tui/plan/1", "moves": 3}', "其中的移动无效"),
    ],
)
def test_reasons_speak_the_language_of_the_other_messages(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    set_language("zh_CN")
    path = tmp_path / "plan.json"
    path.write_bytes(content)
    with pytest.raises(DpmError, match=reason) as caught:
        load_plan(os.fsencode(path), os.fsencode(tmp_path))
    assert "不是可用的计划" in str(caught.value)


def test_what_a_keeper_gets_is_one_of_the_known_words(library: Library, tmp_path: Path) -> None:
    path = saved(library, tmp_path)
    content = json.loads(Path(os.fsdecode(path)).read_text())
    for words, fits in ((["taken", "keywords"], True), (["taken", "{path}"], False)):
        content["moves"][0]["adds"] = words
        Path(os.fsdecode(path)).write_text(json.dumps(content))
        if fits:
            assert load_plan(path, library.root).noted == 1
            continue
        with pytest.raises(DpmError) as caught:
            load_plan(path, library.root)
        assert caught.value.key == "plan_damaged"
    os.unlink(path)
