"""Paths of the command line become products."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copy_that_orch.cli.sources import Sources, collect, safe_name

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the current one."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def touch(*names: str) -> None:
    """Make empty files, and the folders above them."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def shape(sources: Sources) -> dict[str, list[str]]:
    """The products as a plain value."""
    return {
        product.name: [source.as_posix() if isinstance(source, Path) else str(source) for source in product.screenshots]
        for product in sources.products
    }


def test_a_folder_is_one_product_of_its_images_in_natural_order(here: Path) -> None:
    """Images are known by suffix in any case; other files are counted, hidden ones are not there."""
    touch("shop/s10.png", "shop/s2.PNG", "shop/a.jpeg", "shop/b.webp", "shop/c.gif", "shop/d.JPG")
    touch("shop/notes.txt", "shop/data.json", "shop/.hidden.png", "shop/.DS_Store")
    sources = collect(["shop"])
    assert shape(sources) == {
        "shop": ["shop/a.jpeg", "shop/b.webp", "shop/c.gif", "shop/d.JPG", "shop/s2.PNG", "shop/s10.png"]
    }
    assert (sources.ignored, sources.problems, sources.screenshots) == (2, (), 6)


def test_folders_below_are_products_of_their_own(here: Path) -> None:
    """Each folder that holds images is one product, at any depth, hidden folders left out."""
    touch("all/p10/x.png", "all/p2/x.png", "all/p2/dark/y.png", "all/empty/readme.md", "all/.git/z.png", "all/top.png")
    sources = collect(["all"])
    assert shape(sources) == {
        "all": ["all/top.png"],
        "p2": ["all/p2/x.png"],
        "p2-dark": ["all/p2/dark/y.png"],
        "p10": ["all/p10/x.png"],
    }
    assert sources.ignored == 1


def test_the_current_folder_has_its_real_name(here: Path) -> None:
    """A product is never called "." or ".."."""
    touch("a.png", "sub/b.png")
    assert shape(collect(["."])) == {"work": ["a.png"], "sub": ["sub/b.png"]}
    os.chdir("sub")
    assert shape(collect([".."])) == {"work": ["../a.png"], "sub": ["../sub/b.png"]}


def test_files_are_one_product_and_always_taken(here: Path) -> None:
    """Named files are never judged by suffix; the name is that of their folder, each counts once."""
    touch("shots/b.png", "shots/a.bin")
    assert shape(collect(["shots/b.png", "shots/a.bin", "./shots/b.png"])) == {"shots": ["shots/b.png", "shots/a.bin"]}


def test_files_of_several_folders_are_called_tokens(here: Path) -> None:
    """Without a common folder there is no better name."""
    touch("one/a.png", "two/b.png")
    assert shape(collect(["one/a.png", "two/b.png"])) == {"tokens": ["one/a.png", "two/b.png"]}


def test_products_stand_in_the_order_of_the_command_line(here: Path) -> None:
    """The loose files stand where the first of them was named."""
    touch("z/1.png", "a/1.png", "x.png", "y.png")
    assert list(shape(collect(["z", "x.png", "a", "y.png"]))) == ["z", "work", "a"]


def test_one_product_takes_everything_together(here: Path) -> None:
    """Files named twice count once; a single folder keeps its name."""
    touch("one/a.png", "two/b.png", "c.png")
    assert shape(collect(["one", "two", "c.png", "one/a.png"], one_product=True)) == {
        "tokens": ["one/a.png", "two/b.png", "c.png"]
    }
    assert list(shape(collect(["one"], one_product=True))) == ["one"]
    assert shape(collect(["none"], one_product=True)) == {}


def test_quoted_patterns_stand_for_what_they_match(here: Path) -> None:
    """Files become loose files, folders become products, both in natural order; `**` goes deep."""
    touch("s/a10.png", "s/a9.png", "s/deep/b.png", "t/c.png", "s/x.txt")
    assert shape(collect(["s/*.png"])) == {"s": ["s/a9.png", "s/a10.png"]}
    assert shape(collect(["**/*.png"])) == {"tokens": ["s/a9.png", "s/a10.png", "s/deep/b.png", "t/c.png"]}
    assert list(shape(collect(["[st]"]))) == ["s", "deep", "t"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(here: Path) -> None:
    """What exists is never read as a pattern."""
    touch("shot[1].png", "shot1.png")
    assert shape(collect(["shot[1].png"])) == {"work": ["shot[1].png"]}


def test_paths_that_lead_nowhere_cost_nothing_else(here: Path) -> None:
    """Each gets its own sentence, the rest is taken."""
    touch("good/a.png", "text/readme.md")
    Path("empty").mkdir()
    sources = collect(["missing", "good", "good/a.png/b", "no*.png", "empty", "text", ""])
    assert shape(sources) == {"good": ["good/a.png"]}
    assert sources.problems == (
        "missing: no such file or folder",
        f"{Path('good/a.png/b')}: no such file or folder",
        "no*.png: nothing matches this pattern",
        "empty: no images in this folder",
        "text: no images in this folder (1 other file ignored)",
        "an empty path was given",
    )


@posix_only
def test_pipes_and_dangling_links_are_never_opened(here: Path) -> None:
    """To open a pipe would wait for ever; a link in a folder is taken, so that its error is told."""
    touch("box/a.png")
    os.mkfifo("pipe")
    os.mkfifo("box/pipe.png")
    Path("dangling").symlink_to("nowhere")
    Path("box/gone.png").symlink_to("nowhere")
    sources = collect(["pipe", "dangling", "box"])
    assert shape(sources) == {"box": ["box/a.png", "box/gone.png"]}
    assert sources.problems == ("pipe: neither a file nor a folder", "dangling: a link that leads nowhere")
    assert sources.ignored == 1


def test_a_folder_that_cannot_be_read_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of the system is in the sentence; what can be read is taken."""
    touch("top/open/a.png", "top/shut/b.png")
    scandir = os.scandir

    def refuse(path: str | os.PathLike[str]) -> object:
        if os.fspath(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    sources = collect(["top"])
    assert shape(sources) == {"open": ["top/open/a.png"]}
    assert sources.problems == (f"{Path('top/shut')}: cannot be read (Permission denied)",)


def test_a_path_that_cannot_be_asked_is_told(here: Path) -> None:
    """For instance a name that is too long for the file system."""
    long = "x" * 5000
    assert collect([long]).problems == (f"{long}: cannot be read (File name too long)",)


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["a/screens", "b/screens"], ["a-screens", "b-screens"]),
        (["a/Login", "b/login"], ["a-Login", "b-login"]),
        (["x/a/s", "y/a/s", "z/a/s"], ["a-s", "a-s-2", "a-s-3"]),
        (["a-s", "x/s", "a/s", "y/a/s"], ["a-s", "x-s", "a-s-2", "a-s-3"]),
        (["x/a/s", "y/a/s", "a-s-2"], ["a-s", "a-s-3", "a-s-2"]),
        (["a/s", "a/./s", "a/s/"], ["s"]),
    ],
)
def test_names_differ_and_depend_on_the_command_line_only(here: Path, folders: list[str], names: list[str]) -> None:
    """Clashing names take the folder above, then a number; a folder given twice counts once."""
    touch(*(f"{folder}/1.png" for folder in folders))
    assert list(shape(collect(folders))) == names


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("My Shop 2", "My Shop 2"),
        ("..", "product"),
        ("", "product"),
        ("/", "product"),
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        ("tab\there\x1b[0m", "tab-here-[0m"),
        (".hidden.", "hidden"),
        ("--out", "out"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com¹", "_com¹"),
        ("console", "console"),
        ("\udcff\udcfe", "product"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("é" * 200, "é" * 60),
    ],
)
def test_names_stay_inside_the_output_folder(raw: str, name: str) -> None:
    """Whatever a folder is called, its product's folder is plain."""
    assert safe_name(raw) == name


@given(st.text(st.characters()))
def test_no_name_ever_escapes(raw: str) -> None:
    """A name is one visible component on any system and encodes as UTF-8; cleaning it again changes nothing."""
    name = safe_name(raw)
    assert name
    assert name not in {".", ".."}
    assert not set(name) & set('<>:"/\\|?*\0')
    assert len(name.encode("utf-8")) <= 130
    assert name == name.strip(" .")
    assert (Path("out") / name).parent == Path("out")
    assert safe_name(name) == name


def test_urls_are_taken_like_files_that_are_named(here: Path) -> None:
    """Each once, never as a pattern or a path; the product has the name of their host if they share one."""
    touch("a.png")
    urls = ["https://shop.example/a.png?v=[1]", "https://shop.example/b.png", "https://shop.example/b.png"]
    assert shape(collect(urls)) == {"shop.example": urls[:2]}
    assert shape(collect(["a.png", *urls, "HTTP://other.example"])) == {
        "tokens": ["a.png", *urls[:2], "HTTP://other.example"]
    }
    assert shape(collect([*urls, "a.png"], one_product=True)) == {"tokens": [*urls[:2], "a.png"]}


@pytest.mark.parametrize("url", ["ftp://host/a.png", "file:///home/a.png", "s3://shots/*.png"])
def test_urls_of_other_kinds_are_told(url: str) -> None:
    """As they were given; they are no paths that lead nowhere, and no patterns that match nothing."""
    sources = collect([url])
    assert sources.products == ()
    assert sources.problems == (f"{url}: of URLs, http and https are taken; of a file, give the path",)
