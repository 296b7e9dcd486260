"""The selection's whole way, from the character to the instruction, and one sentence about a row."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
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
#: What stands between two parts of the way.
_ARROW = " → "


def _fitted(parts: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """The parts, the longest cut until all fit: a constant may be a page, its instruction is wanted too."""
    texts = [text for _, text in parts]
    free = width - len(_ARROW) * max(0, len(parts) - 1)
    while (over := sum(map(cell_len, texts)) - free) > 0:
        longest, second = sorted(map(cell_len, texts), reverse=True)[:2] if len(texts) > 1 else (width, 0)
        at = max(range(len(texts)), key=lambda number: cell_len(texts[number]))
        keep = max(longest - over, min(second, longest - 1), _SHORTEST)
        if keep >= longest:
            break
        texts[at] = set_cell_size(texts[at].removesuffix("…"), keep - 1).rstrip() + "…"
    return [(kind, text) for (kind, _), text in zip(parts, texts, strict=True)]


#: No part of the way is cut to fewer cells.
_SHORTEST = 12
#: A sentence that is too long ends at one of these, rather than in the middle of a word.
_CLAUSE_ENDS = ("; ", ": ", ", ", " ")


def _main_clause(sentence: Content, width: int) -> Content:
    """The sentence up to the last clause that fits, with a sign that there is more."""
    plain = sentence.plain
    fits = len(sentence.truncate(width - 2).plain)
    for end in _CLAUSE_ENDS:
        at = plain.rfind(end, 0, fits + 1)
        if at >= fits // 2:
            return sentence[:at].append(" …")
    return sentence


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
        if way.cell_length > width:
            way = self._way(width)
        if height >= 2:
            if height == 2 and sentence.cell_length > width:
                sentence = _main_clause(sentence, width)
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

    def _way(self, width: int = 0) -> Content:
        """The way; with a width its long parts are cut, so that no stage falls off the end."""
        parts: list[Content | tuple[str, str]] = []
        for number, (kind, text) in enumerate(_fitted(self._parts, width) if width else self._parts):
            if number:
                parts.append(
                    ("  " if number == 1 and self._parts[0][0] == "where" else _ARROW, "$foreground-muted")
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
