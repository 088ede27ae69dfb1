"""Fits the two ensembles of the inspection and writes them beside the code that reads them.

``python -m models.training.inspection.fit --small DIR --large DIR --work DIR [--seed N] [--pictures N]
[--only better|changed]``: ``small`` has folders of pictures of some hundred pixels, one a source, ``large``
those at full size, which are made smaller by different amounts; pages are made of the small ones, and flat
drawings are drawn. Pairs are made from them and kept in ``work``; a run that was stopped goes on. A quarter
of the sources is held out for the scores that are printed; what is written is fitted on all of them. With
``--only`` the other ensemble stays as it is.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from sklearn.ensemble import HistGradientBoostingClassifier

from dpm_tui.pipeline.inspection.changed_spots import FRAME_SIDE
from dpm_tui.pipeline.inspection.inspector import better_inputs, swap_pair
from dpm_tui.pipeline.inspection.tree_ensemble import WEIGHTS
from models.training.inspection.change_pairs import NARROWEST, make_change_pairs
from models.training.inspection.ensemble_export import ensemble_arrays, write_ensembles
from models.training.inspection.pages import make_pages
from models.training.inspection.pair_cache import (
    Table,
    change_table,
    parts_of,
    quality_table,
    read_tables,
    write_table,
)
from models.training.inspection.quality_pairs import make_pairs
from models.training.verifier.flat_drawings import flat_drawings

ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
SIZES = ((160, 420), (300, 1000), (200, 1400))
CHANGE_SIZES = ((160, 420), (300, 1000), (900, 1600), (1200, 2400))
"""Longest sides that pictures of full size are made smaller to, one round of all pictures each."""
PAGES, FLAT = 60, 120
ENSEMBLES = ("better", "changed")
SETTINGS: dict[str, Any] = {
    "max_iter": 800,
    "learning_rate": 0.05,
    "max_leaf_nodes": 24,
    "min_samples_leaf": 20,
    "l2_regularization": 2.0,
    "max_features": 0.3,
    "random_state": 0,
}
CHANGE_SETTINGS = SETTINGS | {
    "max_iter": 400,
    "learning_rate": 0.07,
    "max_leaf_nodes": 16,
    "min_samples_leaf": 25,
    "early_stopping": False,
}
LARGE, LARGE_WEIGHT = 500, 2.0
"""Longest side of the common frame from which a spot counts so many times: most that is looked at is as
large, and few of the pictures that are learned from are."""
EMPHASIS = {
    "resized": 3.0,
    "messenger": 1.5,
    "toned": 1.5,
    "enlarged": 4.0,
    "enlarged_sharpened": 3.0,
    "denoised_enlarged": 2.0,
}
"""How much more than others a degradation counts: people shrink pictures more often than they enlarge them,
tones are the hardest, and what is merely enlarged looks much like what was cleaned before."""
OUT = Path("dpm_tui/pipeline/inspection") / WEIGHTS


def find_pictures(folder: Path, seed: int, most: int) -> list[Path]:
    """Return at most ``most`` pictures of every source in a folder, in random order."""
    draw = random.Random(seed)
    chosen: list[Path] = []
    for source in sorted(path for path in folder.iterdir() if path.is_dir()):
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in ENDINGS)
        draw.shuffle(found)
        chosen += found[:most]
    draw.shuffle(chosen)
    return chosen


def collect(options: argparse.Namespace, kind: str) -> Table:
    """Make the pairs for an ensemble that are not made yet; return all of them."""
    small, large = (find_pictures(f, options.seed, options.pictures) for f in (options.small, options.large))
    rounds: list[tuple[str, Sequence[Path], tuple[int, int] | None]] = [("small", small, None)]
    maker: Callable[..., Iterator[Any]] = make_pairs
    as_table: Callable[[Iterable[Any]], Table] = quality_table
    sizes: Sequence[tuple[int, int]] = SIZES
    if kind == "changed":
        large = large + make_pages(small, PAGES, options.seed, options.work / "pages")
        maker, as_table, sizes = make_change_pairs, change_table, CHANGE_SIZES
    else:
        rounds.append(("flat", draw_flat(options.work / "flat", options.seed), None))
    rounds += [(f"large{number}", large, size) for number, size in enumerate(sizes)]
    made: list[Path] = []
    for name, paths, longest in rounds:
        for number, part in parts_of(paths):
            path = options.work / f"{kind}-{name}-{number:04}.npz"
            if not path.exists():
                write_table(path, as_table(maker(part, options.seed + number, longest)))
                print(path.name, flush=True)
            made.append(path)
    return read_tables(made)


def draw_flat(folder: Path, seed: int) -> list[Path]:
    """Write flat drawings that are not there yet, half of them with grain; return all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.png" for number in range(FLAT)]
    for number, drawing in enumerate(flat_drawings(FLAT, np.random.default_rng(seed))):
        if not paths[number].exists():
            grain = np.random.default_rng((seed, number)) if number % 2 else None
            (drawing if grain is None else add_grain(drawing, grain)).save(paths[number])
    return paths


def add_grain(drawing: Image.Image, draw: np.random.Generator) -> Image.Image:
    """Return a drawing as if printed and scanned, or filmed: with shades, soft edges and noise."""
    pixels = np.asarray(drawing.convert("RGB"), np.float32)
    down, across = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]] / max(pixels.shape[:2])
    shade = draw.uniform(5, 40) * np.sin(draw.uniform(1, 5) * across + draw.uniform(1, 5) * down)
    noise = draw.normal(0, draw.uniform(2, 12), pixels.shape[:2])
    grainy = np.clip(pixels + (shade + noise)[..., None], 0, 255).astype(np.uint8)
    return Image.fromarray(grainy).filter(ImageFilter.GaussianBlur(draw.uniform(0.4, 1.0)))


def fit_better(table: Table) -> HistGradientBoostingClassifier:
    """Return the ensemble that says which of two copies is the original; prints its held-out scores."""
    held_out = _hold_out(table["source"])
    known = {name: column[~held_out] for name, column in table.items()}
    unseen = {name: column[held_out] for name, column in table.items()}
    model = _fit(*_both_ways(known), _emphasis(known))
    inputs, _ = _both_ways(unseen)
    ahead, behind = np.split(model.decision_function(inputs), 2)
    score = (ahead - behind) / 2
    print(f"better: {len(known['source'])} pairs, {len(score)} held out, right {(score > 0).mean():.4f}")
    for sure in (1.0, 1.5, 2.0):
        print(f"  from {sure}: decided {(abs(score) > sure).mean():.4f}, wrong {(score < -sure).mean():.4f}")
    return _fit(*_both_ways(table), _emphasis(table))


def fit_changed(table: Table) -> HistGradientBoostingClassifier:
    """Return the ensemble that says whether a spot changed; prints its held-out scores."""
    # A change that has no pixels can teach nothing, and neither do the other spots of such a pair.
    seen = ~(table["changed"] & (table["width"] < NARROWEST))
    held_out = _hold_out(table["source"])
    known, unseen = ((seen & part)[table["pair"]] for part in (~held_out, held_out))
    model = fit_spots(table, known)
    highest = np.full(len(seen), -np.inf)
    np.maximum.at(highest, table["pair"][unseen], model.decision_function(table["spots"][unseen]))
    there = seen & held_out
    found, false = (highest[there & part] for part in (table["changed"], ~table["changed"]))
    print(f"changed: {len(found)} changed and {len(false)} unchanged pairs held out")
    for bound in (-1.0, 0.0, 1.0):
        print(f"  from {bound}: found {(found > bound).mean():.4f}, false {(false > bound).mean():.4f}")
    return fit_spots(table, seen[table["pair"]])


def fit_spots(table: Table, chosen: NDArray[np.bool_]) -> HistGradientBoostingClassifier:
    """Return an ensemble that tells which of the chosen spots lie on a change."""
    spots = table["spots"][chosen]
    weights = np.where(spots[:, FRAME_SIDE] >= math.log(LARGE), LARGE_WEIGHT, 1.0)
    return _fit(spots, table["hits"][chosen], weights, CHANGE_SETTINGS)


def _hold_out(sources: NDArray[Any]) -> NDArray[np.bool_]:
    names = sorted(set(sources.tolist()))
    held_out: NDArray[np.bool_] = np.isin(sources, names[::4])
    return held_out


def _both_ways(table: Table) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the inputs of every pair, the original first and then last, with what is right."""
    original, copy, pair = table["original"], table["copy"], table["pairs"]
    ways = [better_inputs(original, copy, pair), better_inputs(copy, original, swap_pair(pair))]
    return np.concatenate(ways), np.repeat([1, 0], len(original))


def _emphasis(table: Table) -> NDArray[Any]:
    """Return the weight of every pair, for both ways round."""
    return np.tile([EMPHASIS.get(name, 1.0) for name in table["degradation"].tolist()], 2)


def _fit(
    inputs: NDArray[Any],
    answers: NDArray[Any],
    weights: NDArray[Any],
    settings: dict[str, Any] = SETTINGS,
) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(**settings).fit(inputs, answers, sample_weight=weights)


def main() -> None:
    """Collect, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=Path, required=True)
    parser.add_argument("--large", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=int, default=250)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", choices=ENSEMBLES)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    fits = {"better": fit_better, "changed": fit_changed}
    arrays = dict(np.load(options.out)) if options.only else {}
    for kind in (options.only,) if options.only else ENSEMBLES:
        arrays = {name: array for name, array in arrays.items() if not name.startswith(f"{kind}.")}
        arrays |= ensemble_arrays(kind, fits[kind](collect(options, kind)))
    write_ensembles(options.out, arrays)


if __name__ == "__main__":
    main()
