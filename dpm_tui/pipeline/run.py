"""The run: every stage in order, from a folder to verified pairs, resumable at any point."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from dpm_tui.catalog.content_digest import DigestPair, hex_digest
from dpm_tui.catalog.content_index import ContentIndex, unread_contents
from dpm_tui.catalog.image_file import Facts, ImageFile
from dpm_tui.pipeline.candidates.candidate_search import (
    WHOLE,
    CandidateSearch,
    match_all,
    open_crop_search,
    open_whole_search,
)
from dpm_tui.pipeline.candidates.fingerprint import (
    FingerprintTables,
    fingerprint_contents,
    part_model,
)
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.pipeline.candidates.shards import Searched
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.family_pairs import find_changed, find_family_pairs
from dpm_tui.pipeline.file_pairs import index_contents
from dpm_tui.pipeline.inspection.inspection_stage import find_unseen, inspect_copies, inspect_pairs
from dpm_tui.pipeline.keeper_order import order_contents
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.ports import Store
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.run_settings import RunSettings, Tools
from dpm_tui.pipeline.scan.change_detection import Changes, compare_inventory
from dpm_tui.pipeline.scan.ingest import Ingest
from dpm_tui.pipeline.scan.inventory import scan_inventory, set_aside
from dpm_tui.pipeline.scan.survey import Survey, survey_changes
from dpm_tui.pipeline.sharding.recall import sample_recall, sample_rows
from dpm_tui.pipeline.verdict_weighing import weigh_verdicts
from dpm_tui.pipeline.verification.candidate_verifier import CandidateVerifier, pick_open
from dpm_tui.pipeline.verification.pixel_equality import PixelProof

_RECALL_ROWS = 200
"""Pictures that are compared with all others, to tell what a search by shards may have missed."""
_FAMILY_ROUNDS = 4
"""Times that families are completed; more would only follow answers that go in a circle."""


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
    pace = Checkpointer(store.sync, reporter)
    try:
        changes, missing = _survey(settings, store, reporter, surveyed)
        _renew_cutouts(store, changes)
        whole, parts = _open_searches(settings, store)

        def forget(digests: Collection[str]) -> None:
            _forget_found(store, [parts, *whole.values()], digests)

        stop = settings.stop_at_first_error
        tables = _tables(whole, parts)

        def keep(facts: Facts, fingerprint: Fingerprint) -> None:
            if tables.lacks(facts.digest, cutout=facts.alpha):
                tables.put(facts.digest, fingerprint, cutout=facts.alpha)

        intake = Ingest(store, tools.decoder, reporter, pace, stop, settings.quick, forget, keep)
        intake.take(changes, missing)
        verification = _find_pairs(settings, store, tools, whole, parts, pace, reporter)
        while verification.awaited:
            intake.read_in_full(verification.awaited)
            verification = _find_pairs(settings, store, tools, whole, parts, pace, reporter)
        _complete_families(settings, store, tools, verification, pace, reporter)
    finally:
        pace.checkpoint()


def forget_told(
    settings: RunSettings, store: Store, paths: Collection[bytes], digests: Collection[str]
) -> None:
    """Forget what was told of some files and of some contents, for good: the next run finds it anew.

    Without ``paths`` only what was found of pairs of the contents is forgotten.
    """
    if not paths:
        store.judge_anew(digests)
        return
    for file in list(store.files.files.values()):
        if file.path in paths or file.facts.digest in digests:
            store.files.remove(file.id)
    whole, parts = _open_searches(settings, store)
    _forget_found(store, [parts, *whole.values()], digests)
    for digest in digests:
        store.thumbnails.discard(digest)


def _open_searches(settings: RunSettings, store: Store) -> tuple[dict[str, CandidateSearch], CandidateSearch]:
    """Return the searches of whole pictures by their models, and that of parts."""
    whole = {name: open_whole_search(store, settings.choice, card) for name, card in settings.models.items()}
    return whole, open_crop_search(store, settings.choice, settings.models[part_model(settings.models)])


def _tables(whole: Mapping[str, CandidateSearch], parts: CandidateSearch) -> FingerprintTables:
    """Return where fingerprints are kept."""
    return FingerprintTables({name: search.vectors for name, search in whole.items()}, parts.vectors)


def _find_pairs(
    settings: RunSettings,
    store: Store,
    tools: Tools,
    whole: Mapping[str, CandidateSearch],
    parts: CandidateSearch,
    pace: Checkpointer,
    reporter: Reporter,
) -> CandidateVerifier:
    """Embed, match and judge what is new; return who judged. Raises Cancelled."""
    contents = index_contents(store.files.files)
    tables = _tables(whole, parts)
    fingerprinter = tools.fingerprint_with(settings.threads)
    lost = fingerprint_contents(
        contents, store.thumbnails, tables, fingerprinter, pace, reporter.cancelled, _cutouts(store)
    )
    _forget_lost(store, contents, lost)
    matchings = [*whole.values(), parts]
    by_digest = index_contents(store.files.files)

    def order(digests: list[str]) -> list[int]:
        places = order_contents((digest for digest in digests if digest in by_digest), by_digest, tools.rank)
        return [places.get(digest, len(places)) for digest in digests]

    known = ContentIndex(store.files.files, readable=False)
    shards = tools.open_shards(reporter.cancelled) if tools.open_shards else None
    for search, space in match_all(
        matchings, known, order, pace, tools.load_screen, settings.threads, shards
    ):
        _tell_recall(search, space, reporter)
    near = chain.from_iterable(matching.near(by_digest) for matching in matchings)
    candidates = pick_open(near, store.verdicts)
    verification = _open_verification(store, tools, by_digest, settings.threads, settings.threshold)
    lost = verification.verify(candidates, by_digest, pace, reporter)
    _forget_lost(store, by_digest, lost)
    return verification


def _tell_recall(search: CandidateSearch, space: SearchSpace, reporter: Reporter) -> None:
    """Compare some pictures with all, and tell how much of what that brings a search by shards has found."""
    searched = Searched.WHOLE if search.rule is WHOLE else Searched.PARTS
    sample = sample_rows(space, _RECALL_ROWS)
    recall = sample_recall(
        space, searched, search.threshold, search.candidates.near, sample, reporter.cancelled
    )
    if recall is not None:
        reporter.recalled(len(sample), recall.found, recall.wanted)


def compare_pairs(
    pairs: Iterable[DigestPair],
    store: Store,
    tools: Tools,
    reporter: Reporter,
    *,
    threads: int,
    inspect: bool,
) -> bool:
    """Judge pairs of contents that nobody has judged, and with ``inspect`` look at copies at full size.

    Return whether there was anything to do. Raises Cancelled when the reporter asks to stop; what was found
    until then is in the store.
    """
    pace = Checkpointer(store.sync, reporter)
    by_digest = index_contents(store.files.files)
    wanted = {pair for pair in pairs if pair[0] in by_digest and pair[1] in by_digest}
    if unread := unread_contents(store.files.files).intersection(chain.from_iterable(wanted)):
        Ingest(store, tools.decoder, reporter, pace, forget=store.judge_anew).read_in_full(unread)
        by_digest = index_contents(store.files.files)
        wanted = {pair for pair in wanted if pair[0] in by_digest and pair[1] in by_digest}
    unjudged = [pair for pair in wanted if pair not in store.verdicts]
    try:
        if unjudged:
            verification = _open_verification(store, tools, by_digest, threads)
            _forget_lost(store, by_digest, verification.verify_all(unjudged, by_digest, pace, reporter))
        unseen = find_unseen(wanted, store.verdicts.alike(), store.inspections) if inspect else []
        if unseen:
            contents = index_contents(store.files.files)
            inspect_pairs(unseen, contents, store.inspections, tools.decoder, tools.rank, pace, reporter)
    finally:
        pace.checkpoint()
    return bool(unjudged or unseen)


def _open_verification(
    store: Store, tools: Tools, by_digest: ContentIndex, threads: int, threshold: float = 0.0
) -> CandidateVerifier:
    return CandidateVerifier(
        store.thumbnails,
        store.verdicts,
        tools.decoder,
        PixelProof(by_digest, tools.decoder.digest_pixels, store.files.put, tools.digest_many),
        tools.rank,
        threads,
        threshold,
        unread_contents(store.files.files),
    )


def _renew_cutouts(store: Store, changes: Changes) -> None:
    """Forget what was found of transparent pictures that were compared as if they lay on one ground.

    Those are read again, as their thumbnails do not tell yet where they are transparent.
    """
    files = store.files.files
    known = (files[id_].facts for id_ in changes.changed)
    flat = {facts.digest for facts in known if facts.alpha and not facts.depth}
    if flat:
        store.judge_anew(flat)


def _forget_found(store: Store, searches: Sequence[CandidateSearch], digests: Collection[str]) -> None:
    """Forget what was made of the thumbnails of some contents and found of their pairs, for good."""
    store.judge_anew(digests)
    for search in searches:
        for digest in digests:
            search.vectors.discard(digest)


def _cutouts(store: Store) -> frozenset[str]:
    """Return the contents that are transparent in places."""
    digests, alpha = store.files.files.gather("digest", "alpha")
    return frozenset(hex_digest(bytes(digest)) for digest in digests[alpha.astype(np.bool_)])


def _survey(
    settings: RunSettings, store: Store, reporter: Reporter, surveyed: Callable[[Survey], None]
) -> tuple[Changes, frozenset[int]]:
    """Return the changes and the files that are missed: of the whole inventory no more is needed."""
    inventory = scan_inventory(settings.root, settings.extensions, reporter)
    if reporter.cancelled():
        raise Cancelled
    known = store.files.files
    set_aside(inventory, known, settings.lacking)
    changes = compare_inventory(
        inventory, known, settings.retry, complete=settings.complete, whole=not settings.quick
    )
    survey = survey_changes(
        inventory, changes, known, settings.root.others, accept_missing=settings.accept_missing,
        moved=settings.root_moved, root_devices=settings.root_devices,
    )  # fmt: skip
    surveyed(survey)
    return survey.changes, survey.missing


def _complete_families(
    settings: RunSettings,
    store: Store,
    tools: Tools,
    verification: CandidateVerifier,
    pace: Checkpointer,
    reporter: Reporter,
) -> None:
    """Verify what groups need besides the candidates, and look at copies at full size; raises Cancelled.

    Another best file may come of either, which then is held against the others.
    """
    for number in range(_FAMILY_ROUNDS):
        by_digest = index_contents(store.files.files)
        inspections = store.inspections if settings.inspect else None
        judged = list(store.verdicts.alike())
        alike = weigh_verdicts(judged, inspections, by_digest, store.files.files, store.verdicts)
        wanted = find_family_pairs(alike, by_digest, tools.rank, find_changed(judged, alike))
        open_ = [pair for pair in wanted if pair not in store.verdicts]
        if number and not open_:
            break
        if open_:
            lost = verification.verify_all(open_, by_digest, pace, reporter)
            _forget_lost(store, by_digest, lost)
        if settings.inspect:
            by_digest = index_contents(store.files.files)
            inspect_copies(
                store.verdicts, by_digest, store.inspections, tools.decoder, tools.rank, pace, reporter
            )


def _forget_lost(store: Store, contents: Mapping[str, list[ImageFile]], lost: list[str]) -> None:
    """Drop the records of files whose thumbnail is lost: the next run decodes them again."""
    for digest in lost:
        for file in contents[digest]:
            store.files.remove(file.id)
