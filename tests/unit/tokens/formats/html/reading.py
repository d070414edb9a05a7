"""Reads a report, as a browser would, for tests."""

from __future__ import annotations

import html.parser
from typing import Final

VOID: Final = frozenset({"meta", "input", "br", "img", "wbr"})


class Report(html.parser.HTMLParser):
    """What is in a report: its elements and their attributes, its text and what can be copied."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, ...]] = []
        self.comments: list[str] = []
        self.ids: list[str] = []
        self.tokens: list[str] = []
        self.copied: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.headings: list[str] = []
        self.policy = ""
        self._texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    @property
    def text(self) -> str:
        """All that can be read, with single spaces."""
        return " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element that has nothing in it."""
        values = {name: value or "" for name, value in attrs}
        self.elements.append(tag)
        self.attributes.append(tuple(name for name, _ in attrs))
        for name, place in (
            ("id", self.ids),
            ("data-copy", self.copied),
            ("href", self.links),
            ("aria-label", self.labels),
        ):
            if name in values:
                place.append(values[name])
        if "data-words" in values:
            self.tokens.append(values["data-words"])
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        assert self._open.pop() == tag, f"line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._open and self._open[-1] in ("style", "script"):
            return
        self._texts.append(data)
        if self._open and self._open[-1] == "h2":
            self.headings.append(data)

    def handle_comment(self, data: str) -> None:
        """Take a comment."""
        self.comments.append(data)
