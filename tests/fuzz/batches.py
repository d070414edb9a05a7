"""Batches of damaged files, in a module of their own so that worker processes can import it."""

from __future__ import annotations

import random
from collections import Counter

from copy_that_orch.imaging.container import ImageError
from copy_that_orch.imaging.decode import decode
from tests.fuzz.mutations import damaged, seeds

BATCH = 200
MAX_PIXELS = 4_000_000
"""Lower than in use, so that files which tell of a large size do not take all the time."""


def files_of(seed: int) -> list[bytes]:
    """Return the files of a batch: the same for the same seed."""
    rng, originals = random.Random(seed), seeds()
    return [damaged(rng, originals) for _ in range(BATCH)]


def preprocess(seed: int) -> tuple[Counter[str], list[str]]:
    """Preprocess the files of a batch; return how many became what, and what should not have happened."""
    became: Counter[str] = Counter()
    bad: list[str] = []
    for number, data in enumerate(files_of(seed)):
        try:
            screenshot = decode(data, "fuzz", max_pixels=MAX_PIXELS)
            _ = screenshot.layout
            became["pictures"] += 1
        except ImageError as error:
            became["refused"] += 1
            if "\n" in str(error) or not str(error).isprintable():
                bad.append(f"seed {seed}, file {number}: not one clear line: {error!r}")
        except Exception as error:
            bad.append(f"seed {seed}, file {number}: {type(error).__name__}: {error}")
    return became, bad
