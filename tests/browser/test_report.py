"""The report in a real browser."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

WIDTHS = {390: 844, 1280: 900}
AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def opened(browser: Browser, report: Path, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Page:
    """Open the report from disk; whatever the browser complains about, and whatever it loads, is noted in `told`."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("request", lambda request: told.append(f"request: {request.url[:60]}"))
    page.goto(report.as_uri())
    told_of = [one for one in told if not one.startswith(("request: data:image/webp", "request: file:"))]
    assert told_of == []
    assert sum(one.startswith("request: file:") for one in told) == 1
    return page


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The report on a large light screen."""
    shown = opened(browser, report)
    yield shown
    shown.context.close()


def names_of(tokens: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the dotted name of each token in a file."""
    for name, value in tokens.items():
        if not name.startswith("$"):
            if "$value" in value:
                yield ".".join((*path, name))
            else:
                yield from names_of(value, (*path, name))


def overflow(page: Page) -> int:
    """Return by how many pixels the page is too wide."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def clipboard(page: Page) -> str:
    """Return what was copied."""
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_accessible_and_fits(
    browser: Browser, report: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    """On a phone and a large screen, in light and dark: no complaint of the browser or axe, no scrolling sideways."""
    page = opened(browser, report, width, scheme)
    assert overflow(page) == 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found["violations"]] == []
    first = page.locator("button.more").first
    if first.count():
        first.click()
        assert overflow(page) == 0
        found = page.evaluate("axe.run(document.querySelector('[popover]:popover-open'))")
        assert [one["id"] for one in found["violations"]] == []
    page.context.close()


def test_all_tokens_can_be_seen(page: Page, report: Path) -> None:
    """Those of tokens.json, each with its name, value and confidence."""
    names = list(names_of(json.loads((report.parent / "tokens.json").read_text("utf-8"))))
    shown = page.locator("[data-words]")
    assert shown.count() == len(names) > 20
    for index in range(len(names)):
        expect(shown.nth(index)).to_be_visible()
        expect(shown.nth(index).locator(".sure")).to_contain_text("%")
    assert sorted(page.locator("button.name").evaluate_all("all => all.map(one => one.dataset.copy)")) == sorted(names)


def test_values_are_drawn(page: Page) -> None:
    """Colours fill their swatches, lengths are as long as they say."""
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.spacing .row')].map(row => [
            row.querySelector('.value').dataset.copy, row.querySelector('.drawn').getBoundingClientRect().width])"""
    )
    assert drawn
    for value, width in drawn:
        pixels = float(value.removesuffix("rem")) * 16 if value.endswith("rem") else float(value.removesuffix("px"))
        assert width == pytest.approx(min(pixels, width + 4), abs=3.5)
    swatches = page.evaluate(
        """() => [...document.querySelectorAll('.color, .card:has(.swatch)')].map(card => [
            card.querySelector('.value').dataset.copy,
            getComputedStyle(card.querySelector('.swatch')).getPropertyValue('--value')])"""
    )
    assert swatches
    assert all(value == shown for value, shown in swatches)


def test_values_are_copied(page: Page) -> None:
    """By the mouse and by the keyboard, and it is said."""
    value = page.locator("button.value").first
    value.click()
    expect(page.locator("#status")).to_have_text(f"Copied {value.get_attribute('data-copy')}")
    assert clipboard(page) == value.get_attribute("data-copy")
    name = page.locator("button.name").nth(1)
    name.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text(f"Copied {name.get_attribute('data-copy')}")
    assert clipboard(page) == name.get_attribute("data-copy")


def test_values_are_copied_where_the_new_way_is_not_to_be_had(browser: Browser, report: Path) -> None:
    """A page from disk is not secure enough for it everywhere."""
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page = context.new_page()
    page.goto(report.as_uri())
    value = page.locator("button.value").first
    value.click()
    expect(page.locator("#status")).to_have_text(f"Copied {value.get_attribute('data-copy')}")
    context.close()


def test_everything_can_be_reached_by_the_keyboard(page: Page) -> None:
    """First a way past the navigation; then each control in the order of the page, and one sees where one is."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    controls = page.evaluate(
        """() => [...document.querySelectorAll('main a[href], main button, main [tabindex="0"]')]
            .filter(one => one.checkVisibility()).length"""
    )
    seen = 0
    while True:
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => { const one = document.activeElement;
                return [one.closest('main') !== null, getComputedStyle(one).outlineStyle]; }"""
        )
        if not state[0]:
            break
        seen += 1
        assert state[1] != "none"
    assert seen == controls > 40


def test_tokens_are_searched(page: Page) -> None:
    """By a key from anywhere; what does not match is hidden, and Escape brings it back."""
    everything = page.locator("[data-words]:visible").count()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("SPACING px")
    found = page.locator("[data-words]:visible")
    assert 0 < found.count() < everything
    assert all("spacing" in words for words in found.evaluate_all("all => all.map(one => one.dataset.words)"))
    expect(page.locator("#spacing")).to_be_visible()
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#status")).to_have_text(f"{found.count()} tokens")
    page.keyboard.type(" no such thing")
    expect(page.locator(".none")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".none")).to_be_hidden()
    assert page.locator("[data-words]:visible").count() == everything


def test_where_a_token_was_seen_opens_and_closes(page: Page) -> None:
    """By the keyboard; the focus comes back."""
    button = page.locator("button.more").first
    button.focus()
    page.keyboard.press("Enter")
    opened_ = page.locator("[popover]:popover-open")
    expect(opened_).to_be_visible()
    expect(opened_.locator("table")).to_contain_text(".png")
    page.keyboard.press("Escape")
    expect(opened_).to_have_count(0)
    assert button.evaluate("one => one === document.activeElement")


def test_the_theme_can_be_chosen(page: Page) -> None:
    """System, light, dark, and system again."""
    grounds = []
    for _ in range(4):
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.locator("#theme").click()
    system, light, dark, again = grounds
    assert system == light == again != dark


def test_it_prints_on_light_paper(browser: Browser, report: Path) -> None:
    """Also from a dark screen: all tokens, none of the controls."""
    page = opened(browser, report, scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".side")).to_be_hidden()
    assert page.locator("[data-words]:visible").count() == page.locator("[data-words]").count()
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF-")
    page.context.close()


def test_without_scripts_everything_can_be_read(browser: Browser, report: Path) -> None:
    """It needs them for copying and searching only."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    shown = page.locator("[data-words]")
    assert shown.count() > 20
    expect(shown.first).to_be_visible()
    expect(shown.last).to_be_visible()
    expect(page.locator("#run")).to_be_visible()
    context.close()


def test_harm_in_texts_does_none(page: Page) -> None:
    """Nothing of it runs, and were something to get in, the policy would not let it run."""
    assert page.title() != "harmed"
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="document.title = 1">');
            const script = document.createElement('script');
            script.textContent = 'document.title = 2';
            document.body.append(script);
            const style = document.createElement('style');
            style.textContent = 'body { display: none }';
            document.body.append(style);
        }"""
    )
    page.wait_for_timeout(50)
    assert page.title() not in ("1", "2")
    expect(page.locator("h1")).to_be_visible()


def test_it_is_small(report: Path) -> None:
    """Small enough to be sent around."""
    assert report.stat().st_size < 1_000_000
