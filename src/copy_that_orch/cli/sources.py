"""Paths of the command line → products.

- A folder is one product: the images directly inside, known by their suffix, in natural order. Folders below it that
  hold images are products of their own. What begins with a dot is left out.
- Files that are named on the command line are always taken, and are one product together. It has the name of their
  folder if they share one, else "tokens".
- A pattern such as `"shots/**/*.png"` stands for what it matches, as if that had been named.
- An http(s) URL is taken like a file that is named.
- A path that leads nowhere costs nothing else: it becomes one of the `problems`.
"""

from __future__ import annotations

import glob
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import final

import attrs

from copy_that_orch.cli.wording import count, natural_key
from copy_that_orch.fetching.fetcher import Url, is_url, labels_of

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
"""What counts as an image when a folder is given; what it really is, the pipeline finds out from its content."""

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 120  # in bytes; file systems take 255, and a reader much less


@attrs.frozen(kw_only=True)
class Product:
    """One product: the name of its folder below the output folder, and its screenshots."""

    name: str
    screenshots: tuple[Path | Url, ...]  #: Files, and URLs as text.


@attrs.frozen(kw_only=True)
class Sources:
    """What the paths came to.

    Attributes:
      products: In the order of the command line, then in natural order; names differ, also without regard to case.
      problems: One sentence for each path that leads nowhere.
      ignored: Files in the given folders that are not images by their suffix.
    """

    products: tuple[Product, ...]
    problems: tuple[str, ...]
    ignored: int

    @property
    def screenshots(self) -> int:
        """How many there are in all products."""
        return sum(len(product.screenshots) for product in self.products)


def collect(paths: Iterable[str], *, one_product: bool = False) -> Sources:
    """Return the products that `paths` (files, folders, patterns) stand for; nothing is opened.

    With `one_product`, everything is one product.
    """
    collector = _Collector()
    for path in paths:
        collector.add(path)
    return collector.sources(one_product=one_product)


def safe_name(text: str) -> str:
    """Return `text` as a name for a folder on every system, which stays inside its parent.

    Separators, control characters and what Windows refuses become "-"; dots, dashes and blanks at the ends go; names
    that Windows reserves (CON, LPT1, …) get a "_" in front; an empty one becomes "product".
    """
    normal = unicodedata.normalize("NFC", text)
    name = "".join("-" if char in '<>:"/\\|?*' or not char.isprintable() else char for char in normal)
    name = name.encode("utf-8")[:_LONGEST_NAME].decode("utf-8", "ignore").strip(" .-")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or "product"


@final
@attrs.define(eq=False)
class _Collector:
    """Takes one path after the other; each folder and file once."""

    _folders: dict[str, tuple[int, list[Path | Url]]] = attrs.field(init=False, factory=dict)
    _loose: dict[str, Path | Url] = attrs.field(init=False, factory=dict)
    _loose_at: int = attrs.field(init=False, default=0)  # how many folders stand before the loose files
    _problems: list[str] = attrs.field(init=False, factory=list)
    _ignored: int = attrs.field(init=False, default=0)

    def add(self, text: str) -> None:
        """Take what `text` stands for, or note why it stands for nothing."""
        if is_url(text):
            self._add_loose(text, Url(text))
            return
        if "://" in text and not os.path.lexists(text):
            self._problems.append(f"{text}: of URLs, http and https are taken; of a file, give the path")
            return
        if not glob.has_magic(text) or os.path.lexists(text):
            self._add_path(Path(text) if text else None)
            return
        matches = sorted(glob.glob(text, recursive=True), key=natural_key)  # noqa: PTH207 -- absolute ones too
        for match in matches:
            self._add_path(Path(match))
        if not matches:
            self._problems.append(f"{text}: nothing matches this pattern")

    def _add_path(self, path: Path | None) -> None:
        if path is None:
            self._problems.append("an empty path was given")
            return
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            what = "a link that leads nowhere" if path.is_symlink() else "no such file or folder"
            self._problems.append(f"{path}: {what}")
        except OSError as error:
            self._problems.append(f"{path}: cannot be read ({error.strerror})")
        else:
            if stat.S_ISDIR(mode):
                self._add_folder(path)
            elif stat.S_ISREG(mode):
                self._add_file(path)
            else:  # to open a pipe or a device could wait for ever
                self._problems.append(f"{path}: neither a file nor a folder")

    def _add_file(self, path: Path) -> None:
        self._add_loose(os.path.abspath(path), path)  # noqa: PTH100 -- resolve() would follow links

    def _add_loose(self, key: str, source: Path | Url) -> None:
        if not self._loose:
            self._loose_at = len(self._folders)
        self._loose.setdefault(key, source)

    def _add_folder(self, top: Path) -> None:
        unreadable: list[str] = []
        found = others = 0

        def note(error: OSError) -> None:
            unreadable.append(f"{error.filename}: cannot be read ({error.strerror})")

        for folder, below, files in os.walk(top, onerror=note):
            below[:] = sorted((name for name in below if not name.startswith(".")), key=natural_key)
            images, rest = _split(Path(folder), files)
            others += rest
            if images:
                found += 1
                absolute = os.path.abspath(folder)  # noqa: PTH100 -- a link keeps its own name
                depth = max(1, len(Path(folder).parts) - len(top.parts))
                self._folders.setdefault(absolute, (depth, images))
        self._ignored += others
        self._problems += unreadable
        if not found and not unreadable:
            hint = f" ({count(others, 'other file')} ignored)" if others else ""
            self._problems.append(f"{top}: no images in this folder{hint}")

    def sources(self, *, one_product: bool) -> Sources:
        """Return what has been taken."""
        groups = [(Path(absolute).parts, depth, images) for absolute, (depth, images) in self._folders.items()]
        if self._loose:
            parents = {_parent_of(key) for key in self._loose}
            parts = parents.pop() if len(parents) == 1 else ("tokens",)
            groups.insert(self._loose_at, (parts, 1, list(self._loose.values())))
        if one_product and groups:
            files = {_key_of(image): image for _, _, images in groups for image in images}
            parts = groups[0][0] if len(groups) == 1 else ("tokens",)
            groups = [(parts, 1, list(files.values()))]
        names = _distinct_names([(parts, depth) for parts, depth, _ in groups])
        products = tuple(
            Product(name=name, screenshots=tuple(images)) for name, (_, _, images) in zip(names, groups, strict=True)
        )
        return Sources(products=products, problems=tuple(self._problems), ignored=self._ignored)


def _key_of(source: Path | Url) -> str:
    return source if isinstance(source, Url) else os.path.abspath(source)  # noqa: PTH100 -- as above


def _parent_of(key: str) -> tuple[str, ...]:
    """Return the parts of the folder of a file, or what stands for it: the host of a URL."""
    return (labels_of(key)[1].partition("/")[0],) if is_url(key) else Path(key).parent.parts


def _split(folder: Path, files: Iterable[str]) -> tuple[list[Path | Url], int]:
    """Return the images among `files` in natural order, and how many others there are; hidden ones are neither."""
    visible = [folder / name for name in sorted(files, key=natural_key) if not name.startswith(".")]
    images: list[Path | Url] = [
        path for path in visible if path.suffix.lower() in IMAGE_SUFFIXES and _may_be_opened(path)
    ]
    return images, len(visible) - len(images)


def _may_be_opened(path: Path) -> bool:
    """Return False for pipes, sockets and devices. What cannot be read is opened too: the error tells the user why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _distinct_names(folders: Sequence[tuple[Sequence[str], int]]) -> list[str]:
    """Return a name for each folder, given as its path's parts and how many of the last ones make its name.

    Those that clash take the folder above into their name; what still clashes is numbered in order.
    """
    short = [safe_name("-".join(parts[-depth:])) for parts, depth in folders]
    longer = [safe_name("-".join(parts[-depth - 1 :])) for parts, depth in folders]
    clashing = set(_repeated(short))
    wanted = [long if name.casefold() in clashing else name for name, long in zip(short, longer, strict=True)]
    taken = {name.casefold() for name in wanted}
    seen: set[str] = set()
    names: list[str] = []
    for want in wanted:
        name, number = want, 1
        while name.casefold() in seen or (number > 1 and name.casefold() in taken):
            number += 1
            name = f"{want}-{number}"
        seen.add(name.casefold())
        names.append(name)
    return names


def _repeated(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            yield name.casefold()
        seen.add(name.casefold())
