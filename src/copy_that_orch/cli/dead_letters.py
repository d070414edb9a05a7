"""Calls that failed for good: a file that lists them, and what to take up again.

One JSON object a line, in the output folder: `task`, `item`, `index`, `stage`, `agent`, `attempts`, `errors` (what was
raised and what that came from, each with `type` and `message`), and `paths` and `one_product`, which tell the command
that the task came from. There is no file if nothing failed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from copy_that_orch.cli.batch import folders_of
from copy_that_orch.cli.output import write_files
from copy_that_orch.cli.report import PER_SCREENSHOT, Outcome
from copy_that_orch.cli.sources import Product, collect
from copy_that_orch.cli.wording import PREFIX, count, printable
from copy_that_orch.fetching.fetcher import is_url
from copy_that_orch.orchestrator.errors import CallFailure, ConfigurationError, PipelineError

FILE_NAME: Final = "failed.jsonl"

Letter = dict[str, Any]


@attrs.frozen
class Origin:
    """The part of a command that tells which products there are.

    Attributes:
      paths: As on the command line.
      one_product: Whether all of it is one.
    """

    paths: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    one_product: bool


@attrs.frozen(kw_only=True)
class Work:
    """Products to be made, where each one's files go, and what is to be said of paths that lead nowhere."""

    products: Sequence[Product]
    folders: Mapping[str, Path]
    problems: Sequence[str]
    ignored: int = 0

    @property
    def title(self) -> str:
        """How much it is, in words."""
        screenshots = count(sum(len(product.screenshots) for product in self.products), "screenshot")
        title = f"{screenshots} of {count(len(self.products), 'product')}"
        return f"{title} ({count(self.ignored, 'other file')} ignored)" if self.ignored else title


def work_of(origin: Origin, out: Path) -> Work:
    """Return all products of `origin`."""
    sources = collect(origin.paths, one_product=origin.one_product)
    return Work(
        products=sources.products,
        folders=folders_of(sources.products, out),
        problems=sources.problems,
        ignored=sources.ignored,
    )


def failed_work(origin: Origin, out: Path) -> Work:
    """Return the products of which something is listed in `out`; those of `origin`, or all if it has no paths.

    Each is to be made whole: what did not fail is in the result store.

    Raises:
      ConfigurationError: if the list cannot be read, or there is no such folder.
    """
    if not out.is_dir():
        raise ConfigurationError(f"{out}: no such folder; --retry-failed wants the --out of the run that failed")
    letters = read_letters(out)
    failed = {letter["task"] for letter in letters}
    origins = [origin] if origin.paths else [Origin(letter["paths"], letter["one_product"]) for letter in letters]
    products: dict[str, Product] = {}
    folders: dict[str, Path] = {}
    problems: dict[str, None] = {}
    for one in dict.fromkeys(origins):
        work = work_of(one, out)
        problems.update(dict.fromkeys(work.problems))
        products.update({product.name: product for product in work.products if product.name in failed})
        folders.update({name: folder for name, folder in work.folders.items() if name in failed})
    return Work(products=tuple(products.values()), folders=folders, problems=tuple(problems))


def read_letters(out: Path) -> list[Letter]:
    """Return what is listed in `out`.

    Raises:
      ConfigurationError: if the list cannot be read.
    """
    path = out / FILE_NAME
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    return [_letter(line, path, number) for number, line in enumerate(lines, 1)]


def list_failed(
    out: Path, outcomes: Sequence[Outcome], origin: Origin, say: Callable[[str], None], *, quiet: bool
) -> None:
    """List in `out` what failed, in place of what was listed of the same products; unless `quiet`, `say` tells where.

    What is wrong with the list is told too: the tokens are written by now, and it must not cost the user the rest.
    """
    try:
        _update(out, outcomes, origin)
    except PipelineError as error:
        say(PREFIX + printable(error))
        return
    if not quiet and any(outcome.failures for outcome in outcomes):
        say(f"What failed is listed in {printable(out / FILE_NAME)}; run --retry-failed takes it up.")


def _update(out: Path, outcomes: Sequence[Outcome], origin: Origin) -> None:
    made = {outcome.product.name for outcome in outcomes if outcome.status != "cancelled"}
    absolute = Origin(
        [path if is_url(path) else str(Path(path).absolute()) for path in origin.paths], origin.one_product
    )
    before = read_letters(out)
    of_others = [letter for letter in before if letter["task"] not in made]
    origins = {letter["task"]: Origin(letter["paths"], letter["one_product"]) for letter in before}
    fresh = [
        _written(outcome.product, failure, absolute if origin.paths else origins[outcome.product.name])
        for outcome in outcomes
        for failure in outcome.failures
    ]
    letters = [*of_others, *fresh]
    if letters:
        write_files(out, {FILE_NAME: "".join(json.dumps(letter) + "\n" for letter in letters)})
    elif before:
        (out / FILE_NAME).unlink(missing_ok=True)


def _letter(line: str, path: Path, number: int) -> Letter:
    expected = {"task": str, "paths": list, "one_product": bool}
    try:
        letter = json.loads(line)
    except ValueError:
        letter = None
    if not isinstance(letter, dict) or not all(isinstance(letter.get(key), of) for key, of in expected.items()):
        raise ConfigurationError(f"{path}: line {number} tells no failed call; delete the file")
    return letter


def _written(product: Product, failure: CallFailure, origin: Origin) -> Letter:
    of_screenshot = failure.stage in PER_SCREENSHOT
    return {
        "task": product.name,
        "item": str(product.screenshots[failure.item]) if of_screenshot else product.name,
        "index": failure.item,
        "stage": str(failure.stage),
        "agent": failure.agent,
        "attempts": failure.attempts,
        "errors": list(_chain([failure.exception])),
        "paths": list(origin.paths),
        "one_product": origin.one_product,
    }


def _chain(errors: Iterable[BaseException]) -> Iterator[dict[str, str]]:
    """Yield errors, each followed by what it came from."""
    seen: set[int] = set()
    todo = list(errors)
    while todo:
        error = todo.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield {"type": type(error).__name__, "message": str(error)}
        if isinstance(error, BaseExceptionGroup):
            todo += error.exceptions
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            todo.append(cause)
