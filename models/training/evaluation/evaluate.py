"""Tries the models, the whole pipeline and the usual hashes on the same copies of held-out pictures.

``python -m models.training.evaluation.evaluate --data DIR --model photo`` makes copies of the development
set, ``--pictures DIR`` of any folder of pictures; ``--variants FILE`` adds drawn variants. Prints for each
method micro average precision, recall at precision 0.999 and recall by transform, then the kinds that the
pipeline gives to copies and to pictures that are none, and its speed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dpm_tui.neural.model_manifest import WeightFile, read_manifest
from dpm_tui.neural.weights import load_network
from models.training.data.copy_transforms import TRANSFORMS
from models.training.data.held_out_copies import Copy, HeldOutCopies, thumbnail
from models.training.data.negative_pairs import drawn_variants, local_edits, lookalikes
from models.training.data.perceptual_hashes import HASHES
from models.training.evaluation.end_to_end import SAFE, Judged, candidates, judge_all, judge_pairs, nearness
from models.training.evaluation.inference import Described
from models.training.evaluation.kind_table import KINDS, write_counts, write_kinds
from models.training.evaluation.metrics import Ranking, rank
from models.training.evaluation.natural_relatives import Relatives

PRECISION = 0.999
LEVELS = (0.60, 0.86, 0.95)
"""Thresholds that the settings call balanced, strict and very strict."""
DOUBTFUL = 3000
"""Highest wrong pairs of each method that are looked at for natural relatives."""
Scores = NDArray[np.float32]
Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MethodScores:
    """One method on one trial; ``right`` (Q,) are the similarities of the true pairs."""

    name: str
    right: NDArray[np.float32]
    ranking: Ranking

    @classmethod
    def of(
        cls, name: str, scores: Scores, truth: NDArray[np.int64], hidden: NDArray[np.bool_]
    ) -> MethodScores:
        """Return the result of a method from its similarities (Q, R) of copies and originals."""
        return cls(name, scores[np.arange(len(truth)), truth], rank(scores, truth, hidden))


def run(
    trial: HeldOutCopies, entry: WeightFile, model: str, variants: Path | None, sample: int, write: Write
) -> None:
    """Try everything on one trial and write the tables; raises DpmError for weights that cannot be used."""
    net = load_network(entry)
    copies = list(trial.copies(sample))
    truth, edits = np.array([copy.original for copy in copies]), np.array([copy.edit for copy in copies])
    write(
        f"{model}: {trial.found} pictures, {len(trial.originals)} without natural near-duplicates; "
        f"{len(copies)} copies of {min(sample, len(trial.originals))}"
    )
    originals, small = [thumbnail(p) for p in trial.originals], [thumbnail(copy.picture) for copy in copies]
    began = time.process_time()
    references, queries = (Described.of_thumbnails(net, pictures) for pictures in (originals, small))
    spent = 1e3 * (time.process_time() - began) / (len(originals) + len(small))
    cosines = queries.whole @ references.whole.T
    chosen = candidates(queries, references, entry.threshold)
    judged = judge_all(small, originals, nearness(queries, references), chosen, truth)
    scores = {"pipeline": judged.scores, "fingerprint": cosines}
    scores |= {name: _hashed(name, trial, copies) for name in HASHES}
    relatives = Relatives([*originals, *map(thumbnail, trial.props)])
    hidden = relatives.mask(truth, _doubtful(scores.values(), truth))[:, : len(originals)]
    pasted = np.array([TRANSFORMS[edit].pastes for edit in edits])
    hidden |= relatives.mask_pasted(judged.scores, truth, pasted, len(trial.props))
    judged.scores[hidden] = 0
    tried = [MethodScores.of(name, table, truth, hidden) for name, table in scores.items()]
    found = chosen[np.arange(len(truth)), truth]
    _write_recalls(tried, edits, found, write)
    write(f"\ncandidates: {found.mean():.4f} of the true pairs, {chosen.sum() / len(copies):.1f} a copy")
    near = _strangers(references.whole, entry.threshold)
    write(f"unlike pairs above the threshold: {near:.0f} in a million")
    write(f"natural relatives, not counted: {hidden.sum() / len(copies):.2f} a copy")
    _write_levels(judged, truth, write)
    write_kinds(judged.kinds, edits.tolist(), write)
    _write_unlike(trial, references.whole @ references.whole.T, variants, write)
    write(f"\none core: {spent:.2f} ms a picture with its parts, {judged.milliseconds:.2f} ms a pair")


def _hashed(name: str, trial: HeldOutCopies, copies: list[Copy]) -> Scores:
    hash_ = HASHES[name]
    originals = np.stack([hash_(picture) for picture in trial.originals])
    scores: Scores = np.stack([hash_(copy.picture) for copy in copies]) @ originals.T
    return scores


def _doubtful(tables: Iterable[Scores], truth: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Return the pairs of different originals that cost any method most: they may be natural relatives."""
    pairs: set[tuple[int, int]] = set()
    for table in tables:
        wrong = table.copy()
        wrong[np.arange(len(truth)), truth] = -2
        top = np.argsort(-wrong, axis=None)[:DOUBTFUL]
        rows, columns = np.unravel_index(top, wrong.shape)
        pairs.update(zip(truth[rows].tolist(), columns.tolist(), strict=True))
    return pairs


def _strangers(vectors: NDArray[np.float32], threshold: float) -> float:
    pairs = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    return float(1e6 * (pairs >= threshold).mean())


def _write_recalls(
    tried: list[MethodScores], edits: NDArray[np.str_], found: NDArray[np.bool_], write: Write
) -> None:
    cuts = {method.name: method.ranking.at_precision(PRECISION) for method in tried}
    write(f"{'':16}" + "".join(f"{method.name:>12}" for method in tried) + f"{'candidates':>12}")
    write(f"{'muAP':16}" + "".join(f"{method.ranking.average_precision:12.4f}" for method in tried))
    write(f"{'R@P ' + str(PRECISION):16}" + "".join(f"{cuts[method.name][0]:12.4f}" for method in tried))
    hard = np.array([TRANSFORMS[edit].hard for edit in edits])
    parts = {"all but hard": ~hard, "hard": hard, **{edit: edits == edit for edit in TRANSFORMS}}
    for name, part in parts.items():
        if part.any():
            recalls = [float((method.right[part] >= cuts[method.name][1]).mean()) for method in tried]
            write(f"{name:16}" + "".join(f"{r:12.4f}" for r in recalls) + f"{found[part].mean():12.4f}")


def _write_levels(judged: Judged, truth: NDArray[np.int64], write: Write) -> None:
    """Write what each level of strictness finds and how much of it is wrong."""
    right = judged.scores[np.arange(len(truth)), truth]
    write(f"\n{'threshold':16}{'recall':>9}{'wrong pairs':>13} of those found")
    for level in LEVELS:
        found = int((judged.scores >= level).sum())
        wrong = found - int((right >= level).sum())
        write(f"{level:<16.2f}{(right >= level).mean():9.4f}{wrong:7} of {found:6}")


def _write_unlike(
    trial: HeldOutCopies, cosines: NDArray[np.float32], variants: Path | None, write: Write
) -> None:
    rng = np.random.default_rng(trial.seed)
    sets = {
        "local edits": local_edits(trial.originals, rng),
        "look-alikes": lookalikes(trial.originals, cosines),
    }
    if variants is not None:
        sets["drawn variants"] = drawn_variants(variants, resaved=False)
        sets["... resaved"] = drawn_variants(variants, resaved=True)
    write(f"\n{'no copies':16}" + "".join(f"{kind or 'none':>9}" for kind in KINDS))
    for name, pairs in sets.items():
        counts = judge_pairs(pairs)
        write_counts(name, counts, write)
        safe = sum(counts[kind] for kind in SAFE)
        write(f"{'':16}called a copy: {safe} of {counts.total()} ({safe / max(counts.total(), 1):.4f})")


def main() -> None:
    """Evaluate one model of a folder of weights."""
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluation.evaluate")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of archives, unpacked or .tar")
    source.add_argument("--pictures", type=Path, help="any folder of pictures")
    parser.add_argument("--model", choices=("photo", "illustration"), required=True)
    parser.add_argument("--weights", type=Path, help="folder of manifest.toml; the package's own if left out")
    parser.add_argument("--variants", type=Path, help="variants.json of pairs that are no copies")
    parser.add_argument("--sample", type=int, default=150, help="originals of which copies are made")
    options = parser.parse_args()
    if options.pictures:
        trial = HeldOutCopies.of_folder(options.pictures)
    else:
        trial = HeldOutCopies.of_archives(options.data, f"dev-{options.model}")
    entry = read_manifest(options.weights)[options.model]
    run(trial, entry, options.model, options.variants, options.sample, print)


if __name__ == "__main__":
    main()
