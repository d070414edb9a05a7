"""Measure fonts for `imaging/fonts.json`: draw samples of each in Chromium, and look at them as at any screenshot.

    npm install @fontsource/inter @fontsource/lora …
    python benchmarks/measure_fonts.py node_modules/@fontsource --out fonts.json

Fonts that design systems bring along (Marianne of @gouvfr/dsfr, 72 of @sap-theming, Clarity City of @cds/city) are put
into such a folder by hand, as NAME/400.css and so on, each with a `@font-face`. Families of the system are named with
`--system "Liberation Sans"`.

What screens have in common as against a font ("screens" in the file) cannot be drawn; it is taken over from the file
that is there. With `--add` so is everything else in it but the fonts that are measured. How many use a font ("users")
is filled in by hand, in thousands: downloads of its packages from npm in a month of 2026, and a guess for fonts that
come with systems or stand in for those that do.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from copy_that_orch.imaging import fonts, strokes
from copy_that_orch.imaging.ground import codes_of
from copy_that_orch.imaging.layout import find_layout
from copy_that_orch.imaging.size_curves import FLAT, ROUND
from copy_that_orch.imaging.text import TextLine, is_text

STORED = Path(fonts.__file__).parent / "fonts.json"
WEIGHTS = (300, 400, 500, 600, 700)
SIZES = (12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 28, 32, 36, 40)
THEMES = (("#fff", "#222"), ("#15181e", "#e8e8ea"))
TEXTS = (
    "Orders leave our warehouse within a day",
    "We keep your receipts for seven years",
    "Save changes",
    "Sign in to your account",
    "The harbour office answers calls on weekdays",
    "Latest orders",
    "Dashboard",
    "Revenue this month",
    "Forgot your password?",
    "Payment method",
    "Mara Lindqvist",
    "Notifications",
    "Choose a plan that fits your team",
    "Billing address",
    "Privacy and terms",
    "Updated two minutes ago",
    "New message",
    "Quarterly report, third draft",
    "Download invoice",
    "Invite people",
    "Overview",
    "Members and billing",
    "Last opened by Jonas Huber",
    "Read the whole guide before you begin",
    "Your subscription renews on the first of June",
    "Apply filters",
    "Expected delivery between Monday and Wednesday",
    "Weekly active visitors by country and device",
    "Keep me signed in on this computer",
    "Change email address",
    "Every project has its own quiet corner for questions",
    "Shipping and returns",
    "Queue is empty, nothing waits for you",
    "Latest exports from accounting",
    "Add a comment for the reviewer",
    "Failed to connect, try again with another network",
    "Security keys and backup codes",
    "Zoë uploaded twelve pictures of the workshop",
    "Free for small groups, fair for large ones",
    "Marketing",
    "Budget left after taxes",
    "Search invoices, people or places",
    "What we learned from a hundred interviews",
    "Set up your workspace in five steps",
    "Conversion",
    "Previous month",
    "Cancel anytime, no hidden costs",
    "Join the waiting list",
    "Documentation",
    "Show more results",
    "Balance available for transfer",
)
CAPITALS = "HARBOUR OFFICE 36"
FEWEST_LINES = 6
LARGE_SIZE = 20
PITCH_BLUR = 0.03
HIGH = 0.37
"""By how many pixels the baseline is measured too high, because the lower ends of round letters are faint."""
SERIF = re.compile(
    r"Serif|Slab|Arvo|Baskerville|Bitter|Garamond|Crimson|Fraunces|Gelasio|Literata|Lora|Merriweather(?! Sans)"
    r"|Newsreader|Playfair|Spectral"
)
MONO = re.compile(r"Mono|Code|Inconsolata")


def families(folder: Path | None, system: list[str]) -> Iterator[tuple[str, list[Path], tuple[int, ...]]]:
    """Yield name, style sheets and weights of each family."""
    for package in sorted(folder.iterdir()) if folder else ():
        sheets = {weight: package / f"{weight}.css" for weight in WEIGHTS if (package / f"{weight}.css").exists()}
        match = re.search(r"font-family: '([^']+)'", next(iter(sheets.values())).read_text())
        if match:
            yield match[1], list(sheets.values()), tuple(sheets)
    for name in system:
        yield name, [], (400, 700)


def page(name: str, sheets: list[Path], weights: tuple[int, ...], theme: tuple[str, str]) -> tuple[str, list[Any], int]:
    """Return a page of samples, (left, top, size, weight) of each, and its height."""
    chance, y, lines, truth = random.Random(f"{name}{theme}"), 10, [], []
    for size in SIZES:
        for row in range(4):
            weight = weights[(row + size) % len(weights)] if row else 400
            for x in (20, 640):
                text = CAPITALS if row == 1 and x == 640 else html.escape(chance.choice(TEXTS))
                lines.append(
                    f"<p style=\"left:{x}px;top:{y}px;font:{weight} {size}px/{2 * size}px '{name}'\">{text}</p>"
                )
                truth.append((x, y, size, weight))
            y += 2 * size
    links = "".join(f'<link rel=stylesheet href="{sheet.absolute().as_uri()}">' for sheet in sheets)
    style = f"body{{background:{theme[0]};color:{theme[1]}}}p{{position:absolute;margin:0;white-space:nowrap}}"
    return f"<!doctype html><meta charset=utf-8>{links}<style>{style}</style>{''.join(lines)}", truth, y + 20


def drawn(chromium: str, document: str, height: int, folder: Path) -> Any:
    """Return the picture of a page."""
    (folder / "page.html").write_text(document)
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--hide-scrollbars",
        "--virtual-time-budget=9999",
    ]
    command += [f"--user-data-dir={folder}/profile", f"--screenshot={folder}/page.png", f"--window-size=1280,{height}"]
    subprocess.run([*command, (folder / "page.html").as_uri()], check=True, capture_output=True)
    return np.asarray(Image.open(folder / "page.png").convert("RGB"))


def samples(pixels: Any, truth: list[Any]) -> Iterator[tuple[TextLine, int, int, float]]:
    """Yield the lines that were found, with size, weight and how far the middle of the line is above the baseline."""
    for line in find_layout(codes_of(pixels)).lines:
        here = [one for one in truth if abs(one[0] - line.left) < 7 and one[1] < line.baseline < one[1] + 2 * one[2]]
        if is_text(line) and len(here) == 1:
            _, top, size, weight = here[0]
            yield line, size, weight, (line.baseline + HIGH - top - size) / size


def low_of(lines: list[tuple[TextLine, int]]) -> float:
    """Return the height of low letters in font sizes that explains those of all sizes, which hinting has rounded."""
    tried = np.arange(0.36, 0.62, 0.0005)
    low, size = np.array([line.low for line, _ in lines]), np.array([size for _, size in lines])
    off = np.minimum(np.abs(low - ROUND - np.round(tried[:, None] * size)), 1.0).mean(axis=1)
    return float(tried[off <= off.min() + 0.01].mean())


def pitches_of(lines: list[tuple[TextLine, int]]) -> list[int]:
    """Return how often each pitch occurs, per mille, in bins of its logarithm in font sizes."""
    places = fonts.PITCH_START + fonts.PITCH_STEP * (np.arange(fonts.PITCH_BINS) + 0.5)
    density = np.zeros(fonts.PITCH_BINS)
    for line, size in lines:
        assert line.strokes is not None
        assert line.low is not None
        seen = (
            strokes.PITCH_START + strokes.PITCH_STEP * (np.arange(strokes.PITCH_BINS) + 0.5) + np.log(line.low / size)
        )
        density += np.exp(-0.5 * ((places[:, None] - seen) / PITCH_BLUR) ** 2) @ np.array(line.strokes.pitches)
    return [round(1000 * share) for share in (density / density.sum()).tolist()]


def measured(name: str, found: list[tuple[TextLine, int, int, float]]) -> tuple[dict[str, Any], list[Any]]:
    """Return the entry of a font, and how the looks of its lines lie around those of their weights."""
    weights: dict[str, Any] = {}
    residuals: list[Any] = []
    for weight in WEIGHTS:
        lines = [(line, size) for line, size, its_weight, _ in found if its_weight == weight and fonts.features(line)]
        if len(lines) < FEWEST_LINES:
            continue
        looks = np.array([fonts.features(line) for line, _ in lines])
        look = np.median(looks, axis=0)
        residuals.extend(looks - look)
        stems = [line.strokes.stem / size for line, size in lines if line.strokes]
        weights[str(weight)] = {
            "stem": round(float(np.median(stems)), 4),
            "low": round(low_of(lines), 4),
            "tall": round(float(np.median([(line.tall - FLAT) / size for line, size in lines])), 4),
            "look": [round(float(value), 3) for value in look],
            "pitches": pitches_of(lines),
        }
    rise = round(float(np.mean([rise for _, size, _, rise in found if size >= LARGE_SIZE])), 3)
    caps = round(float(np.median([(line.tall - FLAT) / size for line, size, _, _ in found if not line.low])), 3)
    kind = "mono" if MONO.search(name) else "serif" if SERIF.search(name) else "sans"
    return {"name": name, "kind": kind, "users": 0, "rise": rise, "caps": caps, "weights": weights}, residuals


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="packages of fontsource")
    parser.add_argument("--system", action="append", default=[], metavar="FAMILY")
    parser.add_argument("--add", action="store_true", help="keep the fonts of the stored table that are not measured")
    parser.add_argument("--chromium", default="chromium")
    parser.add_argument("--out", type=Path, default=STORED)
    options = parser.parse_args()
    found: dict[str, list[tuple[TextLine, int, int, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for name, sheets, weights in families(options.folder, options.system):
            for theme in THEMES:
                document, truth, height = page(name, sheets, weights, theme)
                found[name] += samples(drawn(options.chromium, document, height, Path(folder)), truth)
            print(name, len(found[name]), flush=True)
    entries, residuals = [], []
    for name in sorted(found):
        entry, off = measured(name, found[name])
        entries.append(entry)
        residuals += off
    spread = np.array(residuals)
    spread = np.clip(spread, -4 * spread.std(axis=0), 4 * spread.std(axis=0))
    covariance = (spread.T @ spread / len(spread)).round(5).tolist()
    stored = json.loads(STORED.read_text())
    users = {font["name"]: font["users"] for font in stored["fonts"]}
    entries = [{**entry, "users": users.get(entry["name"], 0)} for entry in entries]
    if options.add:
        covariance = stored["covariance"]
        entries += [font for font in stored["fonts"] if font["name"] not in found]
        entries.sort(key=lambda font: str(font["name"]))
    table = {"covariance": covariance, "screens": stored["screens"], "fonts": entries}
    parts = [
        f' "{key}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]" for key, rows in table.items()
    ]
    options.out.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
