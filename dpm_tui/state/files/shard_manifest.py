"""The manifest: which shards make up the table of image files, and which journal frames they contain.

Replacing it completes a compaction. A copy is written afterwards, so that losing one of the two costs
nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.errors import DamagedError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath, Where
from dpm_tui.state.disk.journal import decode_frame, encode_frame
from dpm_tui.state.disk.regular_file import read_regular
from dpm_tui.state.files.file_record import read_id

SCHEMA = 3
"""Of shards and journals alike; 1 was a single journal without shards, the shards of 2 were JSON."""
_FIRST = 2
ENDING = b".bin"
"""Of the names of shards that are written now; those of schema 2 end in ``.json``."""
MANIFEST = b"manifest.json"
COPY = b"manifest.copy.json"
_MAX_BYTES = 1 << 20
_SHARD = re.compile(r"([0-9]{5,12})-g([0-9]{1,12})\.(?:bin|json)")
_STORE = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """``shards`` maps the number of a shard to its file name and the SHA-256 of that file.

    ``store`` names the table: frames with another name belong to another one. Journal frames up to
    ``folded`` are in the shards.
    """

    store: str
    generation: int = 0
    folded: int = 0
    next_id: int = 1
    shards: Mapping[int, tuple[bytes, str]] = field(default_factory=dict)

    @property
    def outdated(self) -> set[int]:
        """The numbers of the shards that an older version wrote."""
        return {number for number, (name, _) in self.shards.items() if not name.endswith(ENDING)}

    @property
    def names(self) -> set[bytes]:
        """The file names of the shards."""
        return {name for name, _ in self.shards.values()}


def shard_name(number: int, generation: int) -> bytes:
    """Return the file name of a shard that is written for a generation."""
    return b"%05d-g%d%b" % (number, generation, ENDING)


def is_shard_name(name: bytes) -> bool:
    """Return whether a file is called as a shard, or as one whose writing did not end."""
    return _SHARD.fullmatch(os.fsdecode(name.removesuffix(b".part"))) is not None


def load_manifest(folder: HeldFolder) -> tuple[Manifest | None, list[bytes]]:
    """Return the manifest in a folder, None if there is none, and which files were damaged before it.

    Raises DamagedError for the manifest of a newer version, OSError.
    """
    damaged: list[bytes] = []
    for name in (MANIFEST, COPY):
        try:
            return read_manifest(folder.place(name)), damaged
        except FileNotFoundError:
            continue
        except DamagedError as error:
            if error.key == "schema_newer":
                raise
            damaged.append(name)
    return None, damaged


def read_manifest(path: HeldPath) -> Manifest:
    """Return the manifest at ``path``; raises DamagedError, OSError."""
    line = read_regular(path, _MAX_BYTES)
    try:
        record = decode_frame(line.removesuffix(b"\n"))
        check_schema(record["schema"], path)
        return _read(record)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedError("manifest_damaged", path=display_name(path.path)) from error


def save_manifest(folder: HeldFolder, name: bytes, manifest: Manifest) -> None:
    """Replace one of the two files; raises OSError, in which case it is as it was."""
    record = {
        "schema": SCHEMA,
        "store": manifest.store,
        "generation": manifest.generation,
        "folded": manifest.folded,
        "next_id": manifest.next_id,
        "shards": [
            [number, name.decode("ascii"), digest] for number, (name, digest) in manifest.shards.items()
        ],
    }
    write_atomic(folder.place(name), encode_frame(record))


def check_schema(found: Any, path: Where) -> None:
    """Raise DamagedError for a newer version, ValueError for what is none."""
    if isinstance(found, bool) or not isinstance(found, int):
        raise ValueError("no version")
    if found > SCHEMA:
        raise DamagedError("schema_newer", path=display_name(os.fspath(path)), found=found, known=SCHEMA)
    if found < _FIRST:
        raise ValueError("no such version was ever written")


def is_store(value: Any) -> bool:
    """Return whether ``value`` can be the name of a table."""
    return isinstance(value, str) and _STORE.fullmatch(value) is not None


def _read(record: Mapping[str, Any]) -> Manifest:
    if not is_store(record["store"]):
        raise ValueError("no name of a table")
    shards: dict[int, tuple[bytes, str]] = {}
    for number, name, digest in record["shards"]:
        match = _SHARD.fullmatch(name)
        if match is None or int(match[1]) != number or number in shards or not is_digest(digest):
            raise ValueError("no shard")
        shards[number] = (name.encode("ascii"), digest)
    return Manifest(
        store=record["store"],
        generation=read_id(record["generation"]),
        folded=read_id(record["folded"]),
        next_id=read_id(record["next_id"]),
        shards=shards,
    )
