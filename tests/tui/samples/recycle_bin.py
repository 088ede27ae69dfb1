"""What lies in the recycle bin, what moves along with pictures, and the record of removals."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.results import BinEntry, Removal
from dpm_tui.review.marks.plan import Companion, Witness
from tests.tui.samples.library import START_NS


def bin_entries(count: int = 5) -> tuple[BinEntry, ...]:
    """Return entries of two batches."""
    return tuple(
        BinEntry(
            id=f"e{number}",
            batch="b2" if number < 3 else "b1",
            path=f"old/picture {number}.jpg".encode(),
            size=1_000_000 * (number + 1),
            mtime_ns=START_NS,
            recycled_at="2026-11-20T10:00:00+00:00" if number < 3 else "2026-11-01T09:30:00+00:00",
            kind=Kind.COPY.value if number != 1 else Kind.VARIANT.value,
            similarity=0.97,
            keeper=b"old/kept.jpg",
            rule="best" if number < 3 else "hand",
            keeper_present=number != 2,
        )
        for number in range(count)
    )


def companion(path: str, size: int = 2_000, *, twin: str = "") -> Companion:
    """Return a companion, with a twin beside the keeper where ``twin`` names one."""
    stamp = Stamp(size, START_NS, START_NS, 1, 900_000 + len(path))
    other = Witness(twin.encode(), stamp, "") if twin else None
    return Companion(Witness(path.encode(), stamp, ""), other)


def sample_companions() -> dict[bytes, tuple[Companion, ...]]:
    """Return companions of two pictures of the sample: one has a twin, two are nowhere else."""
    return {
        b"holiday/IMG_4411 (1).jpg": (
            companion("holiday/IMG_4411 (1).aae", twin="holiday/IMG_4411.aae"),
            companion("holiday/IMG_4411 (1).mov", 3_100_000),
        ),
        b"phone/wa_8812.jpg": (companion("phone/wa_8812.jpg.xmp"),),
    }


def bin_with_companions() -> tuple[BinEntry, ...]:
    """Return the entries of two batches with two companions of the first picture among them."""
    first, *rest = bin_entries()
    with_it = (
        replace(first, id=f"c{number}", path=path, size=size, kind="", similarity=0.0, keeper=b"", rule="",
                keeper_present=False, companion_of=first.path)
        for number, (path, size) in enumerate([(b"old/picture 0.MOV", 3_000_000), (b"old/zz.xmp", 4_000)])
    )  # fmt: skip
    return (next(with_it), first, *rest[:2], *with_it, *rest[2:])


def sample_removals() -> tuple[Removal, ...]:
    """Return a record with every kind of deed, newest first."""
    batch = "20261120-100000-ab12"
    return (
        Removal("2026-11-21T08:00:00+00:00", "missing", batch, b"old/picture 9.jpg", 900_000),
        Removal("2026-11-20T12:00:00+00:00", "purged", batch, b"old/picture 3.jpg", 4_000_000),
        Removal("2026-11-20T11:30:00+00:00", "kept", batch, b"old/picture 4.jpg", 5_000_000),
        Removal(
            "2026-11-20T11:00:00+00:00", "restored", batch, b"old/picture 1.jpg", 2_000_000,
            to=b"old/picture 1 (restored 1).jpg", keeper=b"old/kept.jpg", kind="copy", rule="best",
        ),
        *(
            Removal(
                "2026-11-20T10:00:00+00:00", "recycled", batch, b"old/picture %d.jpg" % number,
                1_000_000 * (number + 1), keeper=b"old/kept.jpg", kind="copy", rule="hand",
            )
            for number in (1, 3, 4, 9)
        ),
    )  # fmt: skip
