"""What a worker says of pictures from a card, for a client to answer with."""

from __future__ import annotations

from dpm_tui.worker.protocol.messages import FoundPicture, PictureList, PictureMatch
from tests.tui.samples.library import Sample

CARD = b"/media/card"
NAMES = (
    b"100CANON/IMG_0007.JPG",
    b"100CANON/IMG_0008.JPG",
    b"100CANON/IMG_0009.JPG",
    b"alone.png",
    b"half.jpg",
)
LISTED = PictureList(CARD, NAMES)


def found_in(sample: Sample, name: bytes) -> FoundPicture:
    """Return what is found of a picture of the card in the sample library."""

    def beside(file: int, kind: str, similarity: float, better: str = "") -> PictureMatch:
        known = sample.files[file]
        facts = known.facts
        return PictureMatch(
            file,
            known.path,
            known.stamp.size,
            facts.width,
            facts.height,
            facts.format,
            kind,
            similarity,
            better,
        )

    match NAMES.index(name):
        case 0:
            matches = (beside(1, "copy", 0.993, "match"), beside(2, "identical", 1.0))
            return FoundPicture(name, matches=matches)
        case 1:
            return FoundPicture(name)
        case 2:
            return FoundPicture(name, matches=(beside(5, "variant", 0.81),), gone=2)
        case 3:
            return FoundPicture(
                name, matches=(PictureMatch(99, b"lonely/alone.png", 5, 2, 2, "PNG", "pixels", 1.0),)
            )
    return FoundPicture(name, "@decode.status_damaged", read=False)
