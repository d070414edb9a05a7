"""Fit the weights of `tokens/spacing.py` to screens whose lengths are known.

    python benchmarks/fit_spacing.py FOLDER...

Each folder holds products: screenshots, and the truth about them (`bench_folder`). Prints intercept and weights, and
what F1 the lengths have of each product if they are told with weights that were fitted to the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import trio
from bench_folder import TUNING, products_of

from copy_that_orch import PipelineTask
from copy_that_orch.agents.extract_spacing import ExtractSpacingAgent
from copy_that_orch.agents.preprocess import PreprocessAgent
from copy_that_orch.tokens.difference import Floats
from copy_that_orch.tokens.doubt import LEAST_CONFIDENCE
from copy_that_orch.tokens.model import TokenSet
from copy_that_orch.tokens.settle import distances_in
from copy_that_orch.tokens.spacing import Candidates, chances_of, features, find_candidates

HIT = 1.0
"""CSS pixels up to which a length is found."""
RIDGE = 10.0
"""How much a weight costs that is not 0, of features that are scaled to a standard deviation of 1."""
ONE_SCREEN = 0.4
"""What a candidate of a single screen weighs, which is fitted to as well, beside one of a whole product."""


@attrs.frozen(eq=False)
class Examples:
    """Candidates of one product.

    Attributes:
      features: Candidates x weights.
      right: Candidates: whether the truth has it.
      weights: Candidates: how much each counts.
      missed: How many lengths of the truth have no candidate.
    """

    features: Floats
    right: Floats
    weights: Floats
    missed: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    products: dict[str, tuple[Examples, list[Examples]]] = {}
    for folder in parser.parse_args().folders:
        for product, pictures in products_of(folder).items():
            if folder.name != "ui" or product in TUNING:
                products[f"{folder.name}/{product}"] = trio.run(_examples, folder / product, pictures)
    every = [one for whole, screens in products.values() for one in (whole, *screens)]
    intercept, weights = fit(every)
    print("INTERCEPT =", round(intercept, 2))
    print("WEIGHTS =", tuple(round(weight, 2) for weight in weights.tolist()))
    scores = []
    for name, (whole, _) in products.items():
        others = [one for other, (left, screens) in products.items() if other != name for one in (left, *screens)]
        intercept, weights = fit(others)
        chances = chances_of(intercept + whole.features @ weights)
        chosen = (chances >= LEAST_CONFIDENCE["spacing"]) & (whole.weights > 0)
        scores.append(2 * whole.right[chosen].sum() / (chosen.sum() + whole.right.sum() + whole.missed))
        print(f"{name:28} F1 {scores[-1]:.3f}")
    print(f"{'mean':28} F1 {np.mean(scores):.3f}")


async def _examples(folder: Path, pictures: Sequence[Path]) -> tuple[Examples, list[Examples]]:
    """Return the examples of a product as a whole, and of each of its screens alone."""
    truth = json.loads((folder / "truth.json").read_text())
    task: PipelineTask[Any] = PipelineTask(task_id=folder.name, items=())
    found: dict[str, TokenSet] = {}
    for picture in pictures:
        screenshot = await PreprocessAgent().process(task, picture)
        found[picture.stem] = await ExtractSpacingAgent().process(task, screenshot)
    screens = {screen["id"]: screen["truth"] for screen in truth["screens"]}
    whole = _judged(list(found.values()), truth["tokens"], 1.0)
    alone = [_judged([tokens], screens[name], ONE_SCREEN) for name, tokens in found.items()]
    return whole, alone


def _judged(sources: Sequence[TokenSet], truth: dict[str, Any], weight: float) -> Examples:
    candidates = find_candidates([seen for seen, _ in distances_in(sources)])
    off = _off(candidates, truth["spacing"])
    right = np.zeros(len(candidates.values))
    missed = len(truth["spacing"])
    while off.size and off.min() <= HIT:
        candidate, length = np.unravel_index(int(off.argmin()), off.shape)
        off[candidate], off[:, length] = np.inf, np.inf
        right[candidate] = 1.0
        missed -= 1
    minor = (_off(candidates, truth["spacing_minor"]) <= HIT).any(axis=1)
    return Examples(features(candidates), right, np.where(minor & (right == 0), 0.0, weight), missed)


def _off(candidates: Candidates, lengths: Sequence[dict[str, Any]]) -> Floats:
    """Return how far each candidate lies off each length, candidates x lengths."""
    members = [length.get("members", [length["value"]]) for length in lengths]
    off = [np.abs(candidates.values[:, None] - np.array(values)).min(axis=1) for values in members]
    return np.array(off).reshape(-1, len(candidates.values)).T


def fit(examples: Sequence[Examples]) -> tuple[float, Floats]:
    """Return intercept and weights of a logistic regression with a ridge penalty, by Newton's method.

    Source:
      Hastie, Tibshirani, Friedman: The Elements of Statistical Learning (2009), sections 4.4.1 and 4.4.4.
    """
    every = np.concatenate([one.features for one in examples])
    right = np.concatenate([one.right for one in examples])
    counts = np.concatenate([one.weights for one in examples])
    mean, deviation = every.mean(axis=0), every.std(axis=0) + 1e-9
    scaled = np.column_stack([np.ones(len(every)), (every - mean) / deviation])
    penalty = np.diag([0.0] + [RIDGE] * every.shape[1])
    beta = np.zeros(scaled.shape[1])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-scaled @ beta))
        slope = scaled.T @ (counts * (right - chances)) - penalty @ beta
        bend = (scaled.T * (counts * chances * (1 - chances))) @ scaled + penalty
        beta += np.linalg.solve(bend, slope)
    weights = beta[1:] / deviation
    return float(beta[0] - weights @ mean), weights


if __name__ == "__main__":
    main()
