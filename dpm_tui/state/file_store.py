"""Image files as known so far: a journal of ``put`` and ``gone`` records, the last one per id counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dpm_tui.names import display_name, from_json, is_safe_relative, to_json
from dpm_tui.pipeline.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.state.digest import is_digest
from dpm_tui.state.frames import Journal, read_frames
from dpm_tui.state.layout import STATE_FOLDER

_STAMP = ("size", "mtime_ns", "ctime_ns", "device", "inode")
_REWRITE_RATIO = 2
"""The journal is rewritten when it holds this many times more records than files."""
_REASON_AT_MOST = 1000
_WORD_AT_MOST = 40


class FileStore:
    """The image files of one root. Ids grow and are never used twice.

    Opening raises DamagedError, OSError. Records that do not check are counted in ``rejected``; their
    files are found again by the next scan.
    """

    def __init__(self, path: bytes, *, writable: bool = True) -> None:
        frames = read_frames(path)
        self.rejected = frames.rejected
        self._files: dict[int, ImageFile] = {}
        self._next_id = 1
        for record in frames.records:
            self._replay(record)
        self._drop_predecessors()
        self._records = len(frames.records)
        self._journal = Journal(path) if writable else None

    @property
    def files(self) -> Mapping[int, ImageFile]:
        """Id -> image file."""
        return self._files

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the records of a journal that says the same in as few lines as can be."""
        yield {"next_id": self._next_id}
        for file in self._files.values():
            yield _encode(file)

    def new_id(self) -> int:
        """Return an id that no file has or had."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, file: ImageFile) -> None:
        """Add a file or replace what is known of it."""
        self._files[file.id] = file
        self._next_id = max(self._next_id, file.id + 1)
        self._append(_encode(file))

    def remove(self, id_: int) -> None:
        """Forget a file."""
        if self._files.pop(id_, None) is not None:
            self._append({"gone": id_})

    def clear(self) -> None:
        """Forget every file; ids go on growing."""
        self._files.clear()
        self._rewrite()

    def sync(self) -> None:
        """Make what was put and removed so far survive a crash."""
        if self._journal is None:
            return
        if self._records > _REWRITE_RATIO * len(self._files) + 1000 or self.rejected:
            self._rewrite()
        else:
            self._journal.sync()

    def close(self) -> None:
        """Sync and close."""
        if self._journal is not None:
            self._journal.close()

    def _append(self, record: dict[str, Any]) -> None:
        self._records += 1
        if self._journal is not None:
            self._journal.append(record)

    def _rewrite(self) -> None:
        if self._journal is not None:
            self._journal.rewrite(self.records())
            self._records = len(self._files) + 1
            self.rejected = 0

    def _replay(self, record: Any) -> None:
        try:
            if "next_id" in record:
                self._next_id = max(self._next_id, _number(record["next_id"]))
            elif "gone" in record:
                self._files.pop(_number(record["gone"]), None)
                self._next_id = max(self._next_id, _number(record["gone"]) + 1)
            else:
                file = _decode(record)
                self._files[file.id] = file
                self._next_id = max(self._next_id, file.id + 1)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self.rejected += 1

    def _drop_predecessors(self) -> None:
        """Forget files whose path a newer one has: the record of their going was lost."""
        newest = {file.path: id_ for id_, file in sorted(self._files.items())}
        self._files = {id_: file for id_, file in self._files.items() if newest[file.path] == id_}


def _encode(file: ImageFile) -> dict[str, Any]:
    facts = file.facts
    record: dict[str, Any] = {
        "id": file.id,
        "path": to_json(file.path),
        "stamp": [getattr(file.stamp, name) for name in _STAMP],
        "digest": facts.digest,
    }
    if file.status is not Status.OK:
        record |= {"status": file.status.value, "reason": file.reason}
    if facts.format:
        record |= {
            "format": facts.format,
            "size": [facts.width, facts.height],
            "frames": facts.frames,
            "quality": facts.quality,
            "taken": facts.taken,
            "exif": facts.has_exif,
            "pixels": facts.pixels,
        }
    return record


def _decode(record: Mapping[str, Any]) -> ImageFile:
    path = from_json(record["path"])
    if not is_safe_relative(path) or STATE_FOLDER in path.lower().split(b"/"):
        raise ValueError("path leaves the root or leads into the state")
    width, height = record.get("size", (0, 0))
    return ImageFile(
        id=_number(record["id"]),
        path=path,
        stamp=Stamp(*map(_number, record["stamp"])),
        status=Status(record.get("status", "ok")),
        reason=display_name(str(record.get("reason", "")), _REASON_AT_MOST),
        facts=Facts(
            digest=_digest(record["digest"]),
            format=_word(record.get("format", "")),
            width=_number(width),
            height=_number(height),
            frames=_number(record.get("frames", 1)),
            quality=_number(record.get("quality", 0)),
            taken=_word(record.get("taken", "")),
            has_exif=bool(record.get("exif", False)),
            pixels=_digest(record.get("pixels", "")),
        ),
    )


def _number(value: Any) -> int:
    if not isinstance(value, int) or not -(1 << 63) <= value < 1 << 64:
        raise ValueError("no number of a file")
    return value


def _digest(value: Any) -> str:
    if value and not is_digest(value):
        raise ValueError("not a digest")
    return str(value or "")


def _word(value: Any) -> str:
    """Return a short text that may be shown as it is."""
    text = str(value)
    if len(text) > _WORD_AT_MOST or not text.isascii() or (text and not text.isprintable()):
        raise ValueError("not a word")
    return text
