"""A folder of screenshots with the truth about them and a scorer: run our pipeline over it, and have it scored."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import trio

from copy_that_orch import PipelineTask
from copy_that_orch.assembly import screenshot_agents, screenshot_coordinator

CATEGORIES = ("colors", "font_sizes", "spacing", "radii", "shadows", "gradients")
"""What the mean F1 of the scorer is over."""
TUNING = ("bootstrap", "bulma", "govuk", "mdc", "primer", "tailwind-custom", "uikit")
"""Products that were looked at while the extractors were made; the others were held out."""


@attrs.frozen(kw_only=True)
class Judged:
    """One token, judged by itself.

    Attributes:
      product: What it was found on.
      category: Which of the scorer's categories it falls under.
      confidence: As the extractors gave it.
      hit: Whether the truth has it.
    """

    product: str
    category: str
    confidence: float
    hit: bool


def products_of(folder: Path, kind: str = "screens") -> dict[str, list[Path]]:
    """Return the pictures of each product of `folder` that has a folder `kind`."""
    found = {truth.parent.name: sorted((truth.parent / kind).glob("*.*")) for truth in folder.glob("*/truth.json")}
    return {product: found[product] for product in sorted(found) if found[product]}


def extract(products: dict[str, list[Path]], out: Path) -> None:
    """Write OUT/<product>/tokens.json for each product."""
    for product, document in zip(products, trio.run(_documents, products), strict=True):
        (out / product).mkdir(parents=True)
        (out / product / "tokens.json").write_text(document)


async def _documents(products: dict[str, list[Path]]) -> list[str]:
    coordinator = screenshot_coordinator(screenshot_agents(["dtcg"]))
    results = await coordinator.execute_batch(
        PipelineTask(task_id=product, items=pictures) for product, pictures in products.items()
    )
    for result in results:
        if result.error:
            raise result.error
    return [result.outputs[0].text for result in results]


def scores(folder: Path, out: Path, products: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the scorer of `folder` says of the token files in `out`, by product."""
    with tempfile.TemporaryDirectory() as truths:
        for product in products:
            (Path(truths) / product).symlink_to((folder / product).resolve())
        command = [sys.executable, folder / "score_all.py", out, "--truth", truths, "--json"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {product["product"]: product for product in answer["products"]}


def judged(folder: Path, out: Path, products: Sequence[str]) -> Iterator[Judged]:
    """Yield every token in `out` that the scorer counts and that has a confidence: not aliases, which repeat others."""
    scorer = _scorer(folder)
    for product in products:
        truth = json.loads((folder / product / "truth.json").read_text())
        tokens = scorer.Tokens(json.loads((out / product / "tokens.json").read_text()))
        for path, kind, raw, node in tokens.flat:
            confidence = confidence_of(node)
            # A style of text is right in more than its size, so its confidence is about more.
            if confidence is None or isinstance(raw, str) or kind == "typography":
                continue
            alone: dict[str, Any] = {**node, "$type": kind, "$value": tokens.resolve(raw)}
            for name in reversed(path):
                alone = {name: alone}
            categories = scorer.score(alone, truth)["categories"]
            for category in CATEGORIES:
                if categories[category]["predicted"]:
                    hit = categories[category]["tp"] > 0
                    yield Judged(product=product, category=category, confidence=confidence, hit=hit)


def confidence_of(node: dict[str, Any]) -> float | None:
    """Return the confidence under the `$extensions` of a token, whatever the vendor's key."""
    for extension in node.get("$extensions", {}).values():
        if isinstance(extension, dict) and "confidence" in extension:
            return float(extension["confidence"])
    return None


def _scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("ui_bench_score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
