"""Picture finder: says of pictures from anywhere what a scan would say, were they in the library.

It takes the same steps: decode, fingerprint, nearest vectors, first look and judge, and for copies the look
at full size. Pictures that are asked for are not compared with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.group import TIER_OF, Better
from dpm_tui.catalog.image_file import NO_FACTS, Facts, ImageFile, Status
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.alteration_weighing import weigh_alterations
from dpm_tui.pipeline.candidates.fingerprint import embed_stored
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Known, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, read_if_stored
from dpm_tui.pipeline.family_pairs import find_family_pairs
from dpm_tui.pipeline.file_pairs import index_contents, pair_files
from dpm_tui.pipeline.finding.near_contents import find_near
from dpm_tui.pipeline.finding.search_tables import SearchInspections, SearchThumbnails, SearchVerdicts
from dpm_tui.pipeline.finding.searched_library import SearchedLibrary
from dpm_tui.pipeline.inspection.inspected_verdict import inspect_verdicts, prove_verdict
from dpm_tui.pipeline.inspection.inspection_stage import inspect_pairs
from dpm_tui.pipeline.inspection.palette_pairs import PalettePairs
from dpm_tui.pipeline.keeper_order import order_contents
from dpm_tui.pipeline.reporter import CancellingReporter, Reporter
from dpm_tui.pipeline.run_settings import Tools
from dpm_tui.pipeline.scan.found_files import FoundFile
from dpm_tui.pipeline.verification.candidate_verifier import CandidateVerifier
from dpm_tui.pipeline.verification.pixel_equality import PixelProof

_FAMILY_ROUNDS = 2
"""Times that a picture is held against the best of what it is alike to."""
_RELATIVES = 64
"""Further contents of a family that a picture is held against at most."""
_LOOKED_AT = 4
"""Copies that a picture is held against at full size: the best, and others that it may be one of."""


@dataclass(frozen=True, slots=True)
class Match:
    """A file of the library that a picture has a pair with; the first of ``better`` is that file."""

    file: ImageFile
    kind: Kind
    similarity: float
    better: Better


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one picture, the best match first; its file is not in the library."""

    asked: ImageFile
    matches: tuple[Match, ...]


class PictureFinder:
    """Finds pictures in one library. ``tools`` also read the files that are asked for, by their paths.

    Their decoder judges by ``thumbnails``, which are those of the library before.
    """

    def __init__(
        self,
        library: SearchedLibrary,
        tools: Tools,
        thumbnails: SearchThumbnails,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._library = library
        self._tools = tools
        self._thumbnails = thumbnails
        self._read_anew: dict[str, Facts | None] = {}
        self._reporter = CancellingReporter(cancelled)
        self._pace = Checkpointer(lambda: None, self._reporter)

    def find(self, asked: Sequence[FoundFile]) -> Iterator[Finding]:
        """Yield what is found of each picture, in order; raises Cancelled."""
        files = self._decode(asked)
        near = self._find_near([file for file in files if file.status is Status.OK])
        for file in files:
            yield Finding(file, self._match(file, near.get(file.facts.digest, {})))

    def _decode(self, asked: Sequence[FoundFile]) -> list[ImageFile]:
        orders = (DecodeOrder(found.path, anew=True) for found in asked)
        decoded = {
            order.path: result
            for order, result in self._tools.decoder.decode(orders, self._reporter.cancelled)
        }
        self._pace.step()
        first = max(self._library.files, default=0) + 1
        return [self._take(number, found, decoded[found.path]) for number, found in enumerate(asked, first)]

    def _take(self, id_: int, found: FoundFile, result: Decoded) -> ImageFile:
        if isinstance(result, Unreadable):
            facts = replace(NO_FACTS, digest=result.digest)
            return ImageFile(id_, found.path, found.stamp, result.status, result.reason, facts)
        if isinstance(result, Known) or read_if_stored(result.jpeg) is None:
            return ImageFile(id_, found.path, found.stamp, Status.CRASHED)  # no answer to what was asked
        self._thumbnails.put(result.facts.digest, result.jpeg)
        return ImageFile(id_, found.path, found.stamp, Status.OK, result.reason, result.facts)

    def _find_near(self, files: Sequence[ImageFile]) -> Mapping[str, Mapping[str, float]]:
        """Return for each content that was decoded what lies near to it."""
        stored = {
            file.facts.digest: read_if_stored(self._thumbnails.get(file.facts.digest)) for file in files
        }
        pictures = {digest: picture for digest, picture in stored.items() if picture is not None}
        if not pictures:
            return {}
        prints = embed_stored(self._tools.load_embedder(), list(pictures.values()))
        library = self._library
        near = find_near(library.whole, library.parts, prints, library.contents, library.known_rows)
        return dict(zip(pictures, near, strict=True))

    def _match(self, file: ImageFile, cosines: Mapping[str, float]) -> tuple[Match, ...]:
        search = _Search(file, self._library, self._tools, self._thumbnails, self._pace, self._reporter)
        search.compare({digest: cosines[digest] for digest in self._in_full(cosines, search)})
        return tuple(
            sorted(
                search.matches(),
                key=lambda match: (TIER_OF[match.kind], -match.similarity, match.file.path),
            )
        )

    def _in_full(self, digests: Mapping[str, float], search: _Search) -> Iterator[str]:
        """Yield contents, each once the picture of one that was read by its preview was read in full."""
        for digest in digests:
            held = self._library.contents[digest]
            if held and held[0].facts.is_quick:
                if digest not in self._read_anew:
                    self._read_anew[digest] = self._read(held[0])
                facts = self._read_anew[digest]
                held = [replace(file, facts=facts) for file in held] if facts else []
            if held:
                search.know(digest, held)
                yield digest

    def _read(self, file: ImageFile) -> Facts | None:
        orders = [DecodeOrder(file.path, anew=True)]
        for _, result in self._tools.decoder.decode(orders, self._reporter.cancelled):
            if isinstance(result, Thumbnail) and result.facts.digest == file.facts.digest:
                self._thumbnails.put(result.facts.digest, result.jpeg)
                return result.facts
        return None


class _Search:
    """The comparison of one picture with contents of the library."""

    def __init__(
        self,
        asked: ImageFile,
        library: SearchedLibrary,
        tools: Tools,
        thumbnails: SearchThumbnails,
        pace: Checkpointer,
        reporter: Reporter,
    ) -> None:
        self._asked, self._digest = asked, asked.facts.digest
        self._library, self._tools = library, tools
        self._pace, self._reporter = pace, reporter
        self._held: dict[str, list[ImageFile]] = {}
        if asked.status is Status.OK:
            # What was read by its preview counts as read now.
            same = library.contents.get(self._digest, ())
            known = [replace(file, facts=asked.facts) if file.facts.is_quick else file for file in same]
            self._held[self._digest] = [*known, asked]
        self._verdicts = SearchVerdicts(library.verdicts_on(self._digest))
        self._inspections = None if library.inspections is None else SearchInspections(library.inspections)
        proof = PixelProof(self._held, tools.decoder.digest_pixels, lambda file: None)
        self._verifier = CandidateVerifier(thumbnails, self._verdicts, tools.decoder, proof, tools.rank)

    def know(self, digest: str, held: list[ImageFile]) -> None:
        """Take note of the files that hold a content, unless it is that of the picture."""
        self._held.setdefault(digest, held)

    def compare(self, cosines: Mapping[str, float]) -> None:
        """Judge the picture beside contents that are known, and look at copies; raises Cancelled."""
        if self._asked.status is not Status.OK:
            return
        self._verify({digest_pair(self._digest, other): cosine for other, cosine in cosines.items()})
        for _ in range(_FAMILY_ROUNDS):
            judged = inspect_verdicts(self._graph(), self._inspections)
            weighed = weigh_alterations(judged, index_contents(chain.from_iterable(self._held.values())))
            own = [pair for pair in find_family_pairs(weighed, self._held, self._tools.rank)
                   if self._digest in pair]  # fmt: skip
            fresh = [pair for pair in dict.fromkeys(own) if pair not in self._verdicts][:_RELATIVES]
            if not fresh:
                break
            self._verify(dict.fromkeys(fresh, 1.0))
        if self._inspections is not None:
            self._inspect(self._inspections)

    def matches(self) -> Iterator[Match]:
        """Yield the files of the library that the picture has a pair with."""
        if not self._digest:
            return
        library, graph = self._library, self._graph()
        alike = {digest for pair, _ in graph for digest in pair}
        files = {file.id: file for file in library.seen_or_not.get(self._digest, ())}
        files |= {file.id: file for digest in alike for file in self._held[digest]}
        files[self._asked.id] = self._asked
        pairs = pair_files(
            FileColumns.of(files), graph, library.decided, self._inspections, self._tools.rank
        ).at_least(library.threshold)
        for pair in pairs:
            if pair.b == self._asked.id:
                yield Match(files[pair.a], pair.kind, pair.similarity, pair.better)

    def _verify(self, cosines: Mapping[DigestPair, float]) -> None:
        own = (self._digest, self._digest)
        open_ = {pair: cosine for pair, cosine in cosines.items()
                 if pair != own and pair not in self._verdicts}  # fmt: skip
        self._verifier.verify_all(open_, self._held, self._pace, self._reporter)

    def _graph(self) -> list[tuple[DigestPair, Verdict]]:
        """Return the verdicts on the picture, and those of the library on what it is alike to."""
        own = dict(self._verdicts.alike())
        graph = dict(own)
        for digest in {digest for pair in own for digest in pair} - {self._digest}:
            graph |= self._library.verdicts_on(digest) | graph
        for digest in {digest for pair in graph for digest in pair} - self._held.keys():
            self._held[digest] = self._library.contents[digest]
        return list(graph.items())

    def _inspect(self, inspections: SearchInspections) -> None:
        graph = self._graph()
        copies: list[DigestPair] = []
        others = PalettePairs(self._held)
        for pair, verdict in graph:
            if self._digest not in pair:
                continue
            if prove_verdict(verdict, inspections.get(pair)).kind is Kind.COPY:
                copies.append(pair)
            else:
                others.add(pair, verdict)
        places = order_contents({digest for pair in copies for digest in pair}, self._held, self._tools.rank)
        copies.sort(key=lambda pair: sum(places[digest] for digest in pair))
        wanted = [*copies[:_LOOKED_AT], *others.pick({})]
        inspect_pairs(
            [pair for pair in wanted if pair not in inspections],
            self._held, inspections, self._tools.decoder, self._tools.rank, self._pace, self._reporter,
        )  # fmt: skip
