"""Who may have written what lies in a bin: by owner, group and mode, or on file systems without them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dpm_tui.recycle.bin import bin_ownership
from dpm_tui.recycle.bin.bin_ownership import check_trust
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.refusal import BinError
from dpm_tui.review.marks.plan import Plan
from tests.support.canary import as_root

ME, OTHER, GROUP, STRANGE = 1001, 1002, 2001, 2002
pytestmark = as_root


def verdict(folder: Path, user: int, groups: list[int], *, shared: bool = False) -> str:
    """Return the key of the error that a user gets, empty if the bin is trusted."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        word = "crashed"
        try:
            os.setgroups(groups)
            os.setgid(groups[0])
            base = os.open(folder, os.O_RDONLY)
            descriptor = os.open("bin", os.O_RDONLY, dir_fd=base)
            os.setuid(user)
            check_trust(descriptor, base, b"bin", shared=shared)
            word = ""
        except BinError as error:
            word = error.key
        finally:
            os.write(writing, word.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, "rb") as answer:
        return answer.read().decode()


CASES = [
    (ME, GROUP, 0o700, "", ""), (ME, GROUP, 0o755, "", ""), (0, 0, 0o755, "", ""),
    (OTHER, GROUP, 0o700, "bin_foreign", ""), (OTHER, GROUP, 0o2770, "bin_foreign", ""),
    (ME, GROUP, 0o770, "bin_open", ""), (ME, GROUP, 0o777, "bin_open", "bin_shared_badly"),
    (ME, STRANGE, 0o770, "bin_open", "bin_shared_badly"), (ME, GROUP, 0o1777, "bin_open", "bin_shared_badly"),
    (OTHER, STRANGE, 0o700, "bin_foreign", "bin_shared_badly"),
    (OTHER, GROUP, 0o702, "bin_foreign", "bin_shared_badly"),
]  # fmt: skip


@pytest.mark.parametrize(("owner", "group", "mode", "alone", "shared"), CASES)
def test_owner_group_and_mode_decide(
    tmp_path: Path, owner: int, group: int, mode: int, alone: str, shared: str
) -> None:
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    os.chown(bin_, owner, group)
    bin_.chmod(mode)
    assert verdict(tmp_path, ME, [GROUP]) == alone
    assert verdict(tmp_path, ME, [GROUP], shared=True) == shared
    assert list(bin_.iterdir()) == []


@pytest.mark.parametrize(("root_of", "told"), [(ME, ""), (OTHER, "bin_foreign")])
def test_the_system_s_own_user_trusts_the_owner_of_the_root(tmp_path: Path, root_of: int, told: str) -> None:
    (tmp_path / "bin").mkdir(mode=0o700)
    os.chown(tmp_path / "bin", ME, GROUP)
    os.chown(tmp_path, root_of, GROUP)
    assert verdict(tmp_path, 0, [0]) == told


@pytest.mark.parametrize("shown", [lambda mode: mode | 0o777, lambda mode: mode])
def test_a_file_system_without_modes_is_no_reason_to_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: Callable[[int], int]
) -> None:
    """Memory cards show the same mode for everything, whatever was asked for."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    bin_.chmod(0o777)
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        return os.stat_result((shown(found.st_mode), *found[1:]))

    monkeypatch.setattr(bin_ownership.os, "fstat", fstat)
    refused = shown(0) == 0
    assert (verdict(tmp_path, os.getuid(), [0]) != "") == refused


USES: dict[str, Callable[[RecycleBin], object]] = {
    "apply": lambda bin_: bin_.apply(Plan(())),
    "entries": RecycleBin.entries,
    "batches": RecycleBin.batches,
    "restore": lambda bin_: bin_.restore([]),
    "undo": RecycleBin.undo,
    "redo": RecycleBin.redo,
    "can undo": RecycleBin.can_undo,
    "can redo": RecycleBin.can_redo,
    "companions": lambda bin_: bin_.find_companions(Plan(()), ["jpg"]),
    "removals": lambda bin_: bin_.removals(1),
    "check purge": lambda bin_: bin_.check_purge([]),
    "purge": lambda bin_: bin_.purge([]),
    "recover": RecycleBin.recover,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("planted", ["_image_temp", "_image_temp/recycle_bin"])
def test_whatever_opens_a_bin_refuses_one_of_another_user(tmp_path: Path, use: str, planted: str) -> None:
    (tmp_path / "_image_temp/recycle_bin").mkdir(parents=True, mode=0o700)
    os.chown(tmp_path / planted, OTHER, GROUP)
    with pytest.raises(BinError, match="another user"):
        USES[use](RecycleBin(os.fsencode(tmp_path)))
    assert os.listdir(tmp_path / "_image_temp/recycle_bin") == []
