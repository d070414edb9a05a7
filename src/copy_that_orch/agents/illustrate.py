"""What a report shows of the screens: the sources are read once more, for pixels are not kept until GENERATE."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import trio

from copy_that_orch.agents.offload import cpu_limiter, offload
from copy_that_orch.agents.preprocess import PreprocessAgent, Source, labels_of
from copy_that_orch.agents.processes import WorkerDiedError
from copy_that_orch.fetching.fetcher import is_url
from copy_that_orch.imaging.container import ImageError
from copy_that_orch.imaging.crops import Box, Cut, cut, thumbnail
from copy_that_orch.imaging.decode import decode
from copy_that_orch.orchestrator.errors import PreprocessingError
from copy_that_orch.orchestrator.interfaces import PipelineTask
from copy_that_orch.tokens.formats.html.pictures import Picture, Pictures, Sighting, wanted
from copy_that_orch.tokens.model import TokenSet

MOST_SCREENS: Final = 24
"""Screenshots that are read again for one report, those that show most of its tokens."""

MOST_THUMBNAILS: Final = 12
"""Screenshots that a report shows as a whole."""

MOST_CROPS: Final = 300
"""Places that are cut out for one report, the most wanted; more seldom fit into `CROPS_SIZE`."""

CROPS_SIZE: Final = 400_000
"""Characters that the crops of a report may take; the least wanted are left out."""

_Views: TypeAlias = tuple[Cut | None, tuple[Cut, ...]]  # of a screenshot as a whole, if that is wanted, and its crops


async def pictures_of(task: PipelineTask[Any], tokens: TokenSet, reader: PreprocessAgent) -> Pictures:
    """Return what can be shown of the screenshots of `task`, whose token set is `tokens` and which `reader` has read.

    As many screenshots are in hand at once as there are CPUs. One that cannot be read any more, or that has no name of
    its own, is left out: a report without a picture is better than none.
    """
    places = wanted(tokens)[:MOST_CROPS]
    scales = {screen.image: screen.scale for screen in tokens.screens}
    boxes: dict[str, list[Box]] = defaultdict(list)
    for place in places:
        boxes[place.image].append(place.box)
    chosen = _chosen(task.items, boxes, scales)
    whole = set(itertools.islice((name for name, _source in chosen if name in scales), MOST_THUMBNAILS))
    seen: dict[str, _Views] = {}
    room = trio.CapacityLimiter(cpu_limiter().total_tokens)

    async def look(name: str, source: Source) -> None:
        async with room:
            with contextlib.suppress(PreprocessingError, ImageError, WorkerDiedError):
                data = (await reader.read_again(source)).data
                seen[name] = await offload(_cut, data, name, tuple(boxes[name]), scales.get(name, 1.0), name in whole)

    async with trio.open_nursery() as nursery:
        for name, source in chosen:
            nursery.start_soon(look, name, source)

    crops: dict[Sighting, Picture] = {}
    screens: dict[str, Picture] = {}
    for name in (name for name, _source in chosen if name in seen):
        small, cuts = seen[name]
        if small is not None:
            screens[name] = _picture(small)
        crops.update({Sighting(name, box): _picture(one) for box, one in zip(boxes[name], cuts, strict=True)})
    return Pictures(title=task.task_id, crops=_within(places, crops), screens=screens)


def sources_of(task: PipelineTask[Any]) -> tuple[object, ...]:
    """Return the screenshots of `task` as values whose content tells them; that of a URL is not known."""
    unknown = object()
    return tuple(
        item if isinstance(item, bytes) else unknown if isinstance(item, str) and is_url(item) else Path(item)
        for item in _sources(task.items)
    )


def _sources(items: Iterable[Any]) -> list[Source]:
    return [item for item in items if isinstance(item, (str, bytes, os.PathLike))]


def _chosen(
    items: Sequence[Any], boxes: Mapping[str, Sequence[Box]], scales: Mapping[str, float]
) -> list[tuple[str, Source]]:
    """Return the screenshots to read, in their order, and their names."""
    sources = _sources(items)
    names = [labels_of(item)[1] for item in sources]
    times = Counter(names)
    known = [name for name in names if times[name] == 1 and (name in boxes or name in scales)]
    best = set(sorted(known, key=lambda name: -len(boxes.get(name, ())))[:MOST_SCREENS])
    return [(name, item) for name, item in zip(names, sources, strict=True) if name in best]


def _cut(data: bytes, name: str, boxes: tuple[Box, ...], scale: float, with_whole: bool) -> _Views:
    pixels = decode(data, name).pixels
    return thumbnail(pixels, scale) if with_whole else None, tuple(cut(pixels, box, scale) for box in boxes)


def _picture(cut: Cut) -> Picture:
    uri = "data:image/webp;base64," + base64.b64encode(cut.webp).decode("ascii")
    return Picture(uri=uri, width=cut.width, height=cut.height, mark=cut.mark)


def _within(places: Iterable[Sighting], crops: Mapping[Sighting, Picture]) -> dict[Sighting, Picture]:
    """Return the most wanted of `crops` that fit into `CROPS_SIZE`."""
    kept: dict[Sighting, Picture] = {}
    size = 0
    for place in places:
        if place in crops:
            size += len(crops[place].uri)
            if size > CROPS_SIZE:
                break
            kept[place] = crops[place]
    return kept
