"""Image files that no disk holds, for stages that only look at what is known of a file."""

from __future__ import annotations

from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp, Status


def image_file(id_: int, path: bytes = b"", **values: object) -> ImageFile:
    """Return a readable 400x300 JPEG of 1,000 bytes; ``values`` replace facts, size, mtime or status."""
    size = int(str(values.pop("size", 1000)))
    mtime_ns = int(str(values.pop("mtime_ns", 0)))
    status = Status(str(values.pop("status", "ok")))
    reason = str(values.pop("reason", ""))
    facts = {"digest": f"{id_:064x}", "format": "JPEG", "width": 400, "height": 300, **values}
    return ImageFile(
        id=id_,
        path=path or b"%03d.jpg" % id_,
        stamp=Stamp(size, mtime_ns, 0, 1, id_),
        status=status,
        reason=reason,
        facts=Facts(**facts),  # type: ignore[arg-type]
    )
