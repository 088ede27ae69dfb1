"""The run: every stage in order, from a folder to verified pairs, resumable at any point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dpm_tui.pipeline.decoder import Decoder
from dpm_tui.pipeline.fingerprint import Embedder, ModelCard, fingerprint_contents
from dpm_tui.pipeline.image_file import ImageFile, Status
from dpm_tui.pipeline.intake import Intake, looks_unmounted
from dpm_tui.pipeline.inventory import Changes, Inventory, compare_inventory, scan_inventory
from dpm_tui.pipeline.match import RULE, match_vectors
from dpm_tui.pipeline.pace import Cancelled, Pace
from dpm_tui.pipeline.pairing import index_contents
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.same_pixels import PixelProof
from dpm_tui.pipeline.store import CandidateTable, Store, VectorTable
from dpm_tui.pipeline.verification import Verification, pick_contents
from dpm_tui.pipeline.verify import PairJudge


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run depends on besides the files.

    ``choice`` is ``auto`` or the name of the only model in ``models``. ``threads`` verify pairs at
    the same time. ``accept_missing`` forgets files even if so many are gone that a mount may be
    missing.
    """

    root: bytes
    extensions: tuple[str, ...]
    choice: str
    models: Mapping[str, ModelCard]
    threads: int = 1
    stop_at_first_error: bool = False
    accept_missing: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """Who does the work of a run. The embedder is loaded only if a picture lacks a fingerprint."""

    decoder: Decoder
    load_embedder: Callable[[], Embedder]
    make_judge: Callable[[], PairJudge]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the inventory said; ``guarded`` means that nothing was forgotten, as a mount may be missing."""

    inventory: Inventory
    changes: Changes
    guarded: bool


def run_stages(
    settings: RunSettings,
    store: Store,
    tools: Tools,
    reporter: Reporter,
    surveyed: Callable[[Survey], None] = lambda survey: None,
) -> None:
    """Bring ``store`` up to date with the root: what is in it already is not done again.

    ``surveyed`` is called once the changes are known. Raises Cancelled when the reporter asks to
    stop, OSError if the root cannot be read; the store then holds everything up to there.
    """
    pace = Pace(store.sync, reporter)
    try:
        survey = _survey(settings, store, reporter)
        surveyed(survey)
        intake = Intake(store, tools.decoder, reporter, pace, settings.stop_at_first_error)
        intake.take(survey.changes, guarded=survey.guarded)
        vectors = {
            name: store.vectors(settings.choice, name, card.identity, card.dims)
            for name, card in settings.models.items()
        }
        candidates = {
            name: store.candidates(settings.choice, name, f"{card.identity}-{card.threshold}-{RULE}")
            for name, card in settings.models.items()
        }
        for name in settings.models:
            if candidates[name].matched > len(vectors[name]):
                candidates[name].clear()  # they speak of rows that were lost
        contents = index_contents(store.files.files.values())
        lost = fingerprint_contents(contents, store.thumbnails, vectors, tools.load_embedder, pace)
        _forget_lost(store, contents, lost)
        _match(settings.models, vectors, candidates, pace, reporter)
        by_digest = index_contents(store.files.files.values())
        proof = PixelProof(by_digest, tools.decoder.digest_pixels, store.files.put)
        near = pick_contents(_near_digests(vectors, candidates), by_digest)
        verification = Verification(
            store.thumbnails, store.verdicts, tools.make_judge, proof, settings.threads
        )
        lost = verification.verify(near, by_digest, pace, reporter)
        _forget_lost(store, by_digest, lost)
    finally:
        pace.checkpoint()


def _survey(settings: RunSettings, store: Store, reporter: Reporter) -> Survey:
    inventory = scan_inventory(settings.root, settings.extensions, reporter)
    if reporter.cancelled():
        raise Cancelled
    known = store.files.files
    changes = compare_inventory(inventory, known.values())
    still_missing = any(known[id_].status is Status.MISSING for id_ in changes.gone)
    guarded = still_missing or looks_unmounted(changes, len(known))
    return Survey(inventory, changes, guarded and not settings.accept_missing)


def _forget_lost(store: Store, contents: Mapping[str, list[ImageFile]], lost: list[str]) -> None:
    """Drop the records of files whose thumbnail is lost: the next run decodes them again."""
    for digest in lost:
        for file in contents[digest]:
            store.files.remove(file.id)


def _match(
    models: Mapping[str, ModelCard],
    vectors: Mapping[str, VectorTable],
    candidates: Mapping[str, CandidateTable],
    pace: Pace,
    reporter: Reporter,
) -> None:
    open_ = sum(max(len(vectors[name]) - candidates[name].matched, 0) for name in models)
    pace.start(Stage.MATCH, open_)
    for name, card in models.items():
        for block in match_vectors(vectors[name].vectors, candidates[name].matched, card.threshold):
            candidates[name].add_block(block.start, block.end, block.near)
            pace.step(block.end - block.start)
    pace.finish()


def _near_digests(
    vectors: Mapping[str, VectorTable], candidates: Mapping[str, CandidateTable]
) -> Iterator[tuple[str, str, float]]:
    for name, table in vectors.items():
        digests = list(table)
        for candidate in candidates[name]:
            if candidate.second < len(digests):
                yield digests[candidate.first], digests[candidate.second], candidate.cosine
