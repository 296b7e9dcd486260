"""The selection's whole way, from the character to the instruction, and one sentence about a row."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

#: How a part of the way is written: its first word faint, the rest of it as it is.
_STYLES = {
    "where": "$footer-key-foreground",
    "token": "",
    "node": "",
    "instruction": "",
    "symbol": "",
    "error": "$text-error",
}


class LinkBar(Widget):
    """``18:22  tok 86 NAME → Name 'enumerate' → 10 LOAD_GLOBAL NULL + enumerate``; below it, a sentence.

    One line high, the way gives its line to the sentence while the learner walks through rows.
    """

    DEFAULT_CSS = """
    LinkBar { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: tuple[tuple[str, str], ...] = ()
        self._sentence = ""
        self._prefer_sentence = False

    @property
    def way(self) -> str:
        """The way as plain text."""
        return self._way().plain

    @property
    def sentence(self) -> str:
        """The sentence that is shown, or waits for room."""
        return self._sentence

    def show_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        """Show the way: parts of (kind, text), in their order."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    def show_sentence(self, sentence: str, *, prefer: bool = False) -> None:
        """Show `sentence`; `prefer`: where there is one line only, it takes the line."""
        if (sentence, prefer) != (self._sentence, self._prefer_sentence):
            self._sentence, self._prefer_sentence = sentence, prefer
            self.refresh()

    def render(self) -> Content:
        """The way and the sentence, cut to the width."""
        width, height = self.content_size
        way, sentence = self._way(), self._styled_sentence()
        where = next((text for kind, text in self._parts if kind == "where"), "")
        told = Content.assemble((where, _STYLES["where"]), "  " if where else "", sentence)
        if height == 2 and self._prefer_sentence and sentence.cell_length > width:
            return Content("\n").join(self._folded(told, width, 2))
        if height >= 2:
            lines = self._folded(sentence, width, height - 1)
            return Content("\n").join([way.truncate(width, ellipsis=True), *lines])
        if sentence and self._prefer_sentence:
            return told.truncate(width, ellipsis=True)
        if sentence and way.cell_length + 3 + sentence.cell_length <= width:
            return Content.assemble(way, "   ", sentence)
        return way.truncate(width, ellipsis=True)

    def _styled_sentence(self) -> Content:
        """The sentence; what stands in backticks is code, and written as such."""
        pieces = self._sentence.split("`")
        if len(pieces) % 2 == 0:
            return Content.styled(self._sentence, "$foreground-muted")
        return Content.assemble(
            *(
                (piece, "bold $text-accent" if number % 2 else "$foreground-muted")
                for number, piece in enumerate(pieces)
            )
        )

    def _way(self) -> Content:
        parts: list[Content | tuple[str, str]] = []
        for number, (kind, text) in enumerate(self._parts):
            if number:
                parts.append(
                    ("  " if number == 1 and self._parts[0][0] == "where" else " → ", "$foreground-muted")
                )
            if kind == "where" or kind == "error":
                parts.append((text, _STYLES[kind]))
            else:
                parts.append(self._part(kind, text))
        return Content.assemble(*parts)

    @staticmethod
    def _part(kind: str, text: str) -> Content:
        """A part with the word in it that names a kind of thing in bold: NAME, Call, LOAD_GLOBAL."""
        if text.startswith("no "):
            return Content.styled(text, "$foreground-muted")
        words = text.split(" ")
        bold = {"token": 2, "instruction": 1}.get(kind, 0)
        pieces: list[tuple[str, str]] = []
        for number, word in enumerate(words):
            style = "bold" if number == bold else "$foreground-muted" if number < bold else ""
            pieces.append((word if number == 0 else f" {word}", style))
        return Content.assemble(*pieces)

    @staticmethod
    def _folded(sentence: Content, width: int, lines: int) -> list[Content]:
        """The sentence on at most `lines` lines."""
        if not sentence or width < 1:
            return [Content("")]
        folded = sentence.wrap(width) if lines > 1 else [sentence.truncate(width, ellipsis=True)]
        if len(folded) > lines:
            last = Content.assemble(folded[lines - 1], "…").truncate(width, ellipsis=True)
            return [*folded[: lines - 1], last]
        return folded
