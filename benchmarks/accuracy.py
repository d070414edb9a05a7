"""Score what the extractors find, and write docs/accuracy.md. `nox -s accuracy [-- FOLDER]` runs this.

FOLDER holds products with screens, their truth and a scorer, see `bench_folder`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import palettes
from bench_folder import CATEGORIES, TUNING, Judged, extract, judged, products_of, scores
from calibration import bins, calibration_error, reliability_svg
from costs import cost_table
from harness import machine, publish
from worst_cases import draw, told, worst

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT.parent / "shared" / "bench" / "ui"
PAGE = ROOT / "docs" / "accuracy.md"
PICTURES = ROOT / "docs" / "accuracy"
EXTRAS = ("font_weights", "line_heights", "shadows_all_layers", "shadows_by_look", "gradients_stops_only")
AIMS = {"colors": 0.88, "font_sizes": 0.85, "spacing": 0.75, "radii": 0.80, "shadows": 0.65, "gradients": 0.75}
"""Mean F1 over all products that we want."""
Scores = dict[str, dict[str, Any]]


def mean(found: Scores, products: Iterable[str], category: str, measure: str = "f1") -> float | None:
    """Return the mean of a measure over the products that have the category."""
    values = [found[product]["categories"][category].get(measure) for product in products]
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def score_table(found: Scores) -> str:
    """Return F1 with precision and recall of each product and category, then means."""
    lines = [f"| | {' | '.join(CATEGORIES)} | mean F1 |", "| --- |" + " --: |" * (len(CATEGORIES) + 1)]
    for product, score in found.items():
        cells = [_cell(*(score["categories"][category][key] for key in _MEASURES)) for category in CATEGORIES]
        lines.append(f"| {product} | {' | '.join(cells)} | {number(score['mean_f1'])} |")
    tuning = [product for product in found if product in TUNING]
    held_out = [product for product in found if product not in TUNING]
    own_theme = [product for product in found if product.endswith("-custom")]
    for name, products in (
        ("all", list(found)),
        ("tuning half", tuning),
        ("held-out half", held_out),
        ("`-custom`", own_theme),
    ):
        if products:
            cells = [_cell(*(mean(found, products, category, key) for key in _MEASURES)) for category in CATEGORIES]
            whole = sum(found[product]["mean_f1"] for product in products) / len(products)
            lines.append(f"| **{name}** ({len(products)}) | {' | '.join(cells)} | {whole:.2f} |")
    lines.append(f"| aim | {' | '.join(number(AIMS[category]) for category in CATEGORIES)} | |")
    extras = ", ".join(f"{name} {number(mean(found, found, name))}" for name in EXTRAS)
    weighed = number(mean(found, found, "colors", "weighted_f1"))
    return "\n".join(lines) + f"\n\nOutside the mean: colors by area {weighed}, {extras}.\n"


_MEASURES = ("f1", "precision", "recall")


def _cell(f1: float | None, precision: float | None, recall: float | None) -> str:
    return "-" if f1 is None else f"{f1:.2f} ({number(precision)}, {number(recall)})"


def jpeg_table(found: Scores, png: Scores) -> str:
    """Return the F1 of each product with JPEG copies, from these and from the PNG files."""
    lines = [f"| | {' | '.join(CATEGORIES)} |", "| --- |" + " --: |" * len(CATEGORIES)]
    rows = [(product, [product]) for product in found] + [("**mean**", list(found))]
    for name, products in rows:
        pairs = [(mean(found, products, one), mean(png, products, one)) for one in CATEGORIES]
        cells = ["-" if jpeg is None else f"{jpeg:.2f} of {number(other)}" for jpeg, other in pairs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def worst_section(folder: Path, found: Scores) -> str:
    """Draw the three worst cases of each category that misses its aim, and return the text that shows them.

    They are from the tuning half: whoever works on the extractors must not see cases of the other.
    """
    tuning = {product: score for product, score in found.items() if product in TUNING}
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    parts = []
    for category in CATEGORIES:
        reached = mean(found, found, category)
        if reached is None or reached >= AIMS[category]:
            continue
        parts.append(f"#### {category}: {reached:.2f}, the aim is {AIMS[category]:.2f}\n")
        for case in worst(tuning, category):
            name = f"{category}-{case.product}.png"
            draw(folder, case).quantize(128).save(PICTURES / name, optimize=True)
            expected = ", ".join(map(told, case.missed)) or "all"
            extra = ", ".join(map(told, case.extra)) or "nothing"
            title = f"{case.product}: expected and not found {expected}; found and not expected {extra}"
            parts.append(f"![{title}](accuracy/{name})\n")
    return "\n".join(parts) or "Every category reaches its aim.\n"


def calibration_section(tokens: Sequence[Judged]) -> str:
    """Draw docs/calibration.svg and return the table of calibration errors."""
    present = [category for category in CATEGORIES if any(token.category == category for token in tokens)]
    halves = {
        category: {
            "tuning half": [token for token in tokens if token.category == category and token.product in TUNING],
            "held-out half": [token for token in tokens if token.category == category and token.product not in TUNING],
        }
        for category in present
    }
    drawn = {
        category: {name: bins(half) for name, half in named.items()} for category, named in halves.items() if present
    }
    (ROOT / "docs" / "calibration.svg").write_text(reliability_svg(drawn))
    lines = ["| | tokens | calibration error, tuning half | held-out half |", "| --- | --: | --: | --: |"]
    for category, named in halves.items():
        errors = " | ".join(f"{calibration_error(half):.3f}" for half in named.values())
        lines.append(f"| {category} | {sum(map(len, named.values()))} | {errors} |")
    return "![Confidence against hits](calibration.svg)\n\n" + "\n".join(lines) + "\n"


def time_table(products: dict[str, list[Path]]) -> str:
    """Return the CPU time per picture of finding its colours, beside other tools."""
    every_other = [picture for pictures in products.values() for picture in pictures][::2]
    lines = ["| | ms of CPU per picture | ratio |", "| --- | --: | --: |"]
    lines += [
        f"| {row.name} | {row.microseconds / 1000:.0f} | {row.ratio:.1f} |"
        for row in palettes.measure(every_other, rounds=3)
    ]
    return "\n".join(lines) + f"\n\nInterleaved in one process: {machine()}.\n"


def main(arguments: list[str]) -> int:
    """Measure, print, and write the page; return the exit code."""
    folder = Path(arguments[0]) if arguments else DEFAULT
    if not (folder / "score_all.py").is_file():
        print(f"accuracy: no bench at {folder} (score_all.py is not there); give its folder", file=sys.stderr)
        return 2
    products, copies = products_of(folder), products_of(folder, "jpeg")
    with tempfile.TemporaryDirectory() as scratch:
        png_out, jpeg_out = Path(scratch) / "png", Path(scratch) / "jpeg"
        extract(products, png_out)
        extract(copies, jpeg_out)
        found = scores(folder, png_out, list(products))
        from_jpeg = scores(folder, jpeg_out, list(copies))
        tokens = list(judged(folder, png_out, list(products)))
    measured = (
        f"{len(found)} products, {sum(map(len, products.values()))} screens. F1 (precision, recall).\n\n"
        f"{score_table(found)}\n"
        f"### JPEG copies, quality 85: F1 from JPEG of F1 from PNG\n\n{jpeg_table(from_jpeg, found)}\n"
        f"### Confidence\n\n{calibration_section(tokens)}\n"
        f"### What a screen costs, from the file to what all extractors find\n\n{cost_table(products)}\n"
        f"### Time for colours\n\n{time_table(products)}\n"
        f"### The worst cases\n\n{worst_section(folder, found)}"
    )
    publish(PAGE, measured)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
