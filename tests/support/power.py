"""A disk that is watched through the calls of ``os``: it can be full from any call on, and lose its power.

After a power cut a folder has its names as they were after some call since it was synced last: file
systems keep their order. Of a file that was not synced since, any of the writes may be missing, torn, or
have brought its length and no data. New folders are there at once, and so is what was cut off.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

_TAKES_ROOM = ("open", "write", "fsync", "replace", "rename", "mkdir")


@dataclass
class _File:
    """What the disk holds of a file for sure, and what was written since: offset and data."""

    content: bytearray = field(default_factory=bytearray)
    writes: list[tuple[int, bytes]] = field(default_factory=list)

    def settle(self) -> None:
        """Take every write for sure."""
        for offset, data in self.writes:
            _write_at(self.content, offset, data)
        self.writes.clear()

    def left(self, dice: random.Random, share: float) -> bytes:
        """Return what a power cut may leave."""
        content = bytearray(self.content)
        for offset, data in self.writes:
            if dice.random() < share:
                if share < 1 and dice.random() < 0.3:
                    torn = data[: dice.randrange(len(data) + 1)]
                    data = torn if dice.random() < 0.5 else bytes(len(data))
                _write_at(content, offset, data)
        return bytes(content)


@dataclass
class _Folder:
    """Names that the disk holds for sure, and the changes since: a name that goes, one that comes."""

    names: dict[bytes, int] = field(default_factory=dict)
    changes: list[tuple[bytes, bytes, int]] = field(default_factory=list)

    def after(self, changes: int) -> dict[bytes, int]:
        """Return the names after so many of the changes."""
        names = dict(self.names)
        for gone, come, number in self.changes[:changes]:
            names.pop(gone, None)
            if come:
                names[come] = number
        return names

    def settle(self) -> None:
        """Take every change for sure."""
        self.names = self.after(len(self.changes))
        self.changes.clear()


class Disk:
    """Watches what happens to the files below ``folder``; ``calls`` counts the calls that changed it.

    ``full_from`` is the number of the first call that meets a full disk, ``full_until`` that of the first
    that does not any more. Nothing is really synced.
    """

    def __init__(self, folder: bytes) -> None:
        self.folder = folder
        self.calls = 0
        self.full_from = self.full_until = 1 << 30
        self._log: list[tuple[int, str, Any, Any]] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._paths: dict[tuple[int, int], bytes] = {}

    @contextmanager
    def watched(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Watch every call meanwhile."""
        with monkeypatch.context() as patch:
            for name in ("open", "write", "fsync", "replace", "rename", "unlink", "ftruncate", "mkdir"):
                patch.setattr(os, name, self._watch(name, getattr(os, name)))
            yield

    def leave(self, target: bytes, cut: int, dice: random.Random, share: float) -> None:
        """Write below ``target`` what may be left if the power went before call ``cut``.

        ``share`` of what was not synced is there.
        """
        files, folders = self._replay(cut)
        for folder, known in folders.items():
            changes = len(known.changes) if share == 1 else round(dice.random() * share * len(known.changes))
            place = os.path.join(target, os.path.relpath(folder, self.folder))
            os.makedirs(place, exist_ok=True)
            for name, number in known.after(changes).items():
                with open(os.path.join(place, name), "wb") as file:
                    file.write(files[number].left(dice, share))

    def _replay(self, cut: int) -> tuple[dict[int, _File], dict[bytes, _Folder]]:
        files: dict[int, _File] = {}
        folders: dict[bytes, _Folder] = {}
        for call, event, place, detail in self._log:
            if call >= cut:
                break
            match event:
                case "names":
                    folders.setdefault(place, _Folder()).changes.append(detail)
                case "sync names":
                    folders.setdefault(place, _Folder()).settle()
                case "write":
                    files.setdefault(place, _File()).writes.append(detail)
                case "sync":
                    files.setdefault(place, _File()).settle()
                case "cut off":
                    files[place].settle()
                    del files[place].content[detail:]
                case "create":
                    files[place] = _File()
        return files, folders

    def _watch(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            place = _absolute(arguments[0], options.get("dir_fd", options.get("src_dir_fd")))
            if not self._concerns(place):
                return real(*arguments, **options)
            is_new = name == "open" and not os.path.lexists(place)
            if name != "open" or is_new:
                self.calls += 1
                if self.full_from <= self.calls < self.full_until and name in _TAKES_ROOM:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), arguments[0])
            renames = name in ("replace", "rename") and os.path.lexists(place)
            number = self._numbers.get(_key(place), 0) if renames else 0
            result = None if name == "fsync" else real(*arguments, **options)
            self._note(name, place, arguments[1:], result, number, is_new)
            return result

        return call

    def _concerns(self, place: int | bytes) -> bool:
        if isinstance(place, int):
            return _key(place) in self._numbers or _key(place) in self._paths
        return place == self.folder or place.startswith(self.folder + b"/")

    def _note(
        self, name: str, place: Any, more: tuple[Any, ...], result: Any, number: int, is_new: bool
    ) -> None:
        match name:
            case "open" if os.path.isdir(place):
                self._paths[_key(place)] = place
            case "open" if is_new:
                number = len(self._log) + 1
                self._numbers[_key(place)] = number
                self._say("create", number)
                self._rename(place, b"", os.path.basename(place), number)
            case "write":
                end = os.lseek(place, 0, os.SEEK_CUR)
                self._say("write", self._number(place), (end - result, bytes(more[0][:result])))
            case "ftruncate":
                self._say("cut off", self._number(place), more[0])
            case "fsync" if _key(place) in self._paths:
                self._say("sync names", self._paths[_key(place)])
            case "fsync":
                self._say("sync", self._number(place))
            case "replace" | "rename":
                self._rename(place, os.path.basename(place), os.path.basename(more[0]), number)
            case "unlink":
                self._rename(place, os.path.basename(place), b"", 0)

    def _say(self, event: str, place: Any, detail: Any = None) -> None:
        self._log.append((self.calls, event, place, detail))

    def _rename(self, path: bytes, gone: bytes, come: bytes, number: int) -> None:
        self._say("names", os.path.dirname(path), (gone, come, number))

    def _number(self, descriptor: int) -> int:
        return self._numbers[_key(descriptor)]


def _write_at(content: bytearray, offset: int, data: bytes) -> None:
    """Write into a content, behind zeros if it ends before ``offset``."""
    content.extend(bytes(max(offset - len(content), 0)))
    content[offset : offset + len(data)] = data


def _absolute(place: Any, folder: int | None) -> int | bytes:
    """Return the absolute path of what a call is about, or the descriptor that it was given."""
    if isinstance(place, int):
        return place
    path = os.fsencode(place)
    if folder is not None:
        path = os.path.join(os.fsencode(os.readlink(f"/proc/self/fd/{folder}")), path)
    return os.path.abspath(path)


def _key(place: int | bytes) -> tuple[int, int]:
    """Return what tells a file from every other one that is there now."""
    status = os.stat(place)
    return status.st_dev, status.st_ino
