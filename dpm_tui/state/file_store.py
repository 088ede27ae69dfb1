"""Image files as known so far: a journal of ``put`` and ``gone`` records, the last one per id counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dpm_tui.names import from_json, is_safe_relative, to_json
from dpm_tui.pipeline.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.state.frames import Journal, read_frames

_STAMP = ("size", "mtime_ns", "ctime_ns", "device", "inode")
_REWRITE_RATIO = 2
"""The journal is rewritten when it holds this many times more records than files."""


class FileStore:
    """The image files of one root. Ids grow and are never used twice.

    Opening raises OSError. Records that do not check are counted in ``rejected``; their files are
    found again by the next scan.
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
            self._journal.rewrite(self._snapshot())
            self._records = len(self._files) + 1
            self.rejected = 0

    def _snapshot(self) -> Iterator[dict[str, Any]]:
        yield {"next_id": self._next_id}
        for file in self._files.values():
            yield _encode(file)

    def _replay(self, record: Any) -> None:
        try:
            if "next_id" in record:
                self._next_id = max(self._next_id, int(record["next_id"]))
            elif "gone" in record:
                self._files.pop(int(record["gone"]), None)
                self._next_id = max(self._next_id, int(record["gone"]) + 1)
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
    if not is_safe_relative(path):
        raise ValueError("path leaves the root")
    width, height = record.get("size", (0, 0))
    return ImageFile(
        id=int(record["id"]),
        path=path,
        stamp=Stamp(*map(int, record["stamp"])),
        status=Status(record.get("status", "ok")),
        reason=str(record.get("reason", "")),
        facts=Facts(
            digest=str(record["digest"]),
            format=str(record.get("format", "")),
            width=int(width),
            height=int(height),
            frames=int(record.get("frames", 1)),
            quality=int(record.get("quality", 0)),
            taken=str(record.get("taken", "")),
            has_exif=bool(record.get("exif", False)),
            pixels=str(record.get("pixels", "")),
        ),
    )
