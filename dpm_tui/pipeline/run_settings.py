"""Run settings: what a run depends on besides the files, and who does its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.candidates.fingerprint import Embedder, Fingerprinter, ModelCard, ThreadedFingerprinter
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.shards import Shards
from dpm_tui.pipeline.decoding.decoder import Decoder
from dpm_tui.pipeline.keeper_order import Ranking
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.pipeline.verification.pixel_equality import DigestMany


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run depends on besides the files.

    ``choice`` is ``auto`` or the name of the only model in ``models``. ``threads`` batches are embedded,
    matched or judged at the same time; of pairs below ``threshold`` no groups are made. ``accept_missing``
    forgets files even if so many are gone that a mount may be missing. ``root_moved`` says that the root is
    not the folder that was scanned last time, ``root_devices`` which device numbers its own file system has
    or had. Files that got a status in ``retry`` are read again though they did not change, with ``complete``
    also those whose facts were found by a version that looked for fewer of them. With ``inspect`` copies are
    looked at once more at full size. With ``quick`` the preview in a file may stand for its picture as long
    as that is like no other; without it pictures that were read so are read in full. ``lacking`` maps endings
    of files that nothing installed here can read to the extra of this package that can.
    """

    root: RootFolder
    extensions: tuple[str, ...]
    choice: str
    models: Mapping[str, ModelCard]
    threads: int = 1
    threshold: float = 0.0
    stop_at_first_error: bool = False
    accept_missing: bool = False
    root_moved: bool = False
    root_devices: frozenset[int] = frozenset()
    retry: frozenset[Status] = frozenset({Status.UNREADABLE})
    complete: bool = False
    inspect: bool = True
    quick: bool = False
    lacking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tools:
    """Who does the work of a run.

    The embedder is loaded only if a picture lacks a fingerprint, the screen if many are to be compared.
    """

    decoder: Decoder
    load_embedder: Callable[[], Embedder]
    rank: Ranking
    """The order of keepers, the best first."""
    load_screen: Callable[[], Screen] = NumpyScreen
    open_shards: Callable[[Callable[[], bool]], Shards] | None = None
    """Who searches vectors where it is not this process, if somebody does; gets what tells to stop."""
    digest_many: DigestMany | None = None
    """Who digests the pixels of several files at once, if somebody does."""
    fingerprinter: Fingerprinter | None = None
    """Who fingerprints where it is not this process with its embedder."""

    def fingerprint_with(self, threads: int) -> Fingerprinter:
        """Return who fingerprints, with so many threads if it is this process."""
        return self.fingerprinter or ThreadedFingerprinter(self.load_embedder, threads)
