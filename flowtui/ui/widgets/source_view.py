"""The editor for Python source: a key costs what is seen, however long the source is.

`textual.widgets.TextArea` looks at the whole text on each key. Here its document, its wrapping and its
painting are replaced by ones that do not; what it knows about selections, undo, the mouse and the clipboard
stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from textual.cache import LRUCache
from textual.document._document import Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea

from flowtui.ui.widgets.brackets import partner
from flowtui.ui.widgets.document import LONG, CellNavigator, PythonDocument, UnwrappedDocument
from flowtui.ui.widgets.editing import indents_with_tabs
from flowtui.ui.widgets.highlight import Highlighter
from flowtui.ui.widgets.palette import Palette
from flowtui.ui.widgets.python_editor import PythonEditor
from flowtui.ui.widgets.search import Found, compile_needle, find_match
from flowtui.ui.widgets.source_paint import OVERLAYS, LinePicture, Stretches, paint_line

#: Cells by which the width that can be scrolled over grows.
_WIDTH_STEP = 16


class SourceView(PythonEditor):
    """Python source: editable, coloured, with what is linked, executed or wrong laid over it.

    Rows and columns count from 0, columns in code points. The text is joined with line feeds.

    Attributes:
        marks: one cell in the gutter a row: ``●`` or ``▶``; ``▶●`` is both. Set with `set_marks`.
        on_rows_changed: told when rows have become others: the first, how many before, how many after.
        highlighter: the colours' states.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "source--linked",
        "source--enclosing",
        "source--executing",
        "source--error",
        "source--search",
        "source--mark",
        "source--executing-mark",
        "source--replaced",
        "source--keyword",
        "source--soft-keyword",
        "source--string",
        "source--brace",
        "source--number",
        "source--comment",
        "source--operator",
        "source--decorator",
        "source--function",
        "source--class",
        "source--builtin",
        "source--self",
    }
    DEFAULT_CSS = """
    SourceView {
        border: none;
        padding: 0;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        &:focus { border: none; }

        & .source--linked { background: $warning 35%; color: $foreground; text-style: bold; }
        & .source--enclosing { background: $primary 22%; }
        & .source--executing { background: $success 22%; }
        & .source--error { background: $error 25%; color: $text-error; text-style: underline; }
        & .source--search { background: $accent 40%; text-style: underline; }
        & .source--mark { color: $error; }
        & .source--executing-mark { color: $success; text-style: bold; }
        & .source--replaced { color: $text-error; text-style: reverse; }

        & .source--keyword { color: $text-primary; text-style: bold; }
        & .source--soft-keyword { color: $text-primary; text-style: bold; }
        & .source--string { color: $text-success; }
        & .source--brace { color: $text-warning; text-style: bold; }
        & .source--number { color: $text-warning; }
        & .source--comment { color: $text-muted; text-style: italic; }
        & .source--operator { color: $text-muted; }
        & .source--decorator { color: $text-accent; }
        & .source--function { color: $text-accent; text-style: bold; }
        & .source--class { color: $text-accent; text-style: bold; }
        & .source--builtin { color: $text-primary; }
        & .source--self { color: $foreground; text-style: italic; }

        /* Sixteen colours cannot be mixed: there the signs are text styles. */
        &:ansi .source--linked { background: transparent; color: $warning; text-style: reverse bold; }
        &:ansi .source--enclosing { background: transparent; text-style: underline; }
        &:ansi .source--executing { background: transparent; color: $success; text-style: reverse; }
        &:ansi .source--error { background: transparent; color: $error; text-style: underline bold; }
        &:ansi .source--search { background: transparent; color: $accent; text-style: reverse underline; }
    }
    """

    document: PythonDocument

    class Left(PythonEditor.Left):
        """Escape was pressed: the keys are to be commands again."""

    # `TextArea` draws all of itself again when the cursor moves; here `watch_selection` says which rows.
    selection: Reactive[Selection] = reactive(Selection(), init=False, always_update=True, repaint=False)

    def __init__(
        self,
        text: str = "",
        *,
        read_only: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        # What `TextArea.__init__` already needs when it sets its document.
        self._overlays: dict[str, dict[int, tuple[tuple[int, int | None], ...]]] = {}
        self.marks: dict[int, str] = {}
        self.on_rows_changed: Callable[[int, int, int], None] | None = None
        self._needle: re.Pattern[str] | None = None
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(2048)
        self._palette = Palette(self, "source--", "text-area--")
        self._ready = False
        self._drawn_bracket: Location | None = None
        # Without the text: `TextArea` would first build tables for all of it.
        super().__init__(
            soft_wrap=False,
            tab_behavior="indent",
            show_line_numbers=True,
            read_only=read_only,
            max_checkpoints=1000,
            name=name,
            id=id,
            classes=classes,
        )
        self.set_reactive(TextArea.cursor_blink, False)
        for key in ("f6", "f7"):  # they are the screen's: to stop a program, to walk back in a recording
            self._bindings.key_to_bindings.pop(key, None)
        if text:
            self._set_document(text, None)
        self._ready = True

    # ---- the text ---------------------------------------------------------------------------------------

    def load(self, text: str, *, keep_place: bool = False) -> None:
        """Show another text; what was done before cannot be undone any more.

        Args:
            text: the source.
            keep_place: leave cursor and scrolling where they are, as far as there is such a place.
        """
        selection, (x, y) = self.selection, self.scroll_offset
        self.load_text(text)
        if keep_place:
            self.selection = selection
            self.scroll_to(x, y, animate=False, force=True)

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = PythonDocument(text, self._rows_changed)
        self.highlighter = Highlighter(self.document.lines)
        wrapped = UnwrappedDocument(self.document)
        self.wrapped_document: WrappedDocument = wrapped
        self.navigator: DocumentNavigator = CellNavigator(wrapped)
        self.indent_type = "tabs" if indents_with_tabs(self.document.lines) else "spaces"
        self._overlays.clear()
        self.marks.clear()
        self._matching_bracket_location = None
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()
        if self._ready:
            self.refresh()

    def _rows_changed(self, first: int, before: int, after: int) -> None:
        """Keep colours, overlays and marks with their lines, and draw again what looks different."""
        if self.on_rows_changed is not None:
            self.on_rows_changed(first, before, after)
        highlighter = self.highlighter
        old = highlighter.known_state(first + before)
        highlighter.edited(first, before, after)
        if before == after:
            behind = first + after
            if old is None or (behind < self.document.line_count and highlighter.state(behind) != old):
                self.refresh()  # the lines below have other colours now
            else:
                self._refresh_rows(range(first, behind))
        else:
            self.refresh()
            end, shift = first + before, after - before

            def moved(row: int) -> int | None:
                if row >= end:
                    return row + shift
                return row if row < first + after else None

            for name, rows in self._overlays.items():
                self._overlays[name] = {
                    to: what for row, what in rows.items() if (to := moved(row)) is not None
                }
            self.marks = {to: mark for row, mark in self.marks.items() if (to := moved(row)) is not None}

    def _build_highlight_map(self) -> None:
        """Nothing to build: colours are looked up line by line, when a line is painted."""

    def _rewrap_and_refresh_virtual_size(self) -> None:
        self._refresh_size()

    @property
    def gutter_width(self) -> int:
        """A mark, the number and two blanks."""
        return len(str(max(99, self.document.line_count))) + 3 if self.show_line_numbers else 0

    # ---- going somewhere --------------------------------------------------------------------------------

    def goto(self, line: int, column: int = 0) -> None:
        """Put the cursor on a line, counted from 1, and show it.

        Args:
            line: from 1; the nearest that there is.
            column: from 0, in code points.
        """
        row = max(0, min(line, self.document.line_count) - 1)
        top, height = self.scroll_offset.y, self.size.height
        self.move_cursor((row, max(0, column)), center=not top <= row < top + height)

    def find(self, text: str, *, forward: bool = True, case: bool = False) -> Found:
        """Select the next match after the selection, or the one before; all that are seen are shown.

        Args:
            text: what to look for, literally; an empty one ends the search.
            forward: downwards.
            case: whether capitals matter.
        """
        self._needle = compile_needle(text, case)
        self.refresh()
        if self._needle is None:
            return Found(None, 0, 0)
        start, end = sorted(self.selection)
        found = find_match(self.document.lines, self._needle, start, end, forward)
        if found.match is not None:
            row, begin, stop = found.match
            top, height = self.scroll_offset.y, self.size.height
            self.selection = Selection((row, begin), (row, stop))
            self.record_cursor_width()
            if not top <= row < top + height:
                self.scroll_cursor_visible(center=True)
        return found

    @property
    def is_searching(self) -> bool:
        """Whether a search's matches are shown."""
        return self._needle is not None

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The bracket that belongs to one, if it can be seen; strings and comments do not count."""
        top = self.scroll_offset.y
        seen = range(top, min(top + self.size.height, self.document.line_count))
        return partner(self.highlighter.code, bracket, search_from, seen)

    # ---- what lies over the text ------------------------------------------------------------------------

    def set_overlay(self, name: str, rows: Mapping[int, Stretches]) -> None:
        """Replace one overlay.

        Args:
            name: ``linked``, ``enclosing``, ``executing``, ``error`` or ``search``.
            rows: by row, stretches (column, end column or None for the rest of the line).

        Raises:
            ValueError: there is no such overlay.
        """
        if name not in OVERLAYS:
            raise ValueError(f"no overlay {name!r}")
        new = {row: tuple((start, end) for start, end in stretches) for row, stretches in rows.items()}
        old = self._overlays.get(name, {})
        self._overlays[name] = new
        self._refresh_rows({row for row in old.keys() | new.keys() if old.get(row) != new.get(row)})

    def clear_overlays(self) -> None:
        """Take all overlays away."""
        for name in OVERLAYS:
            self.set_overlay(name, {})

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Replace the gutter's marks: by row, one cell such as ``●`` or ``▶``."""
        old, self.marks = self.marks, dict(marks)
        self._refresh_rows({row for row in old.keys() | marks.keys() if old.get(row) != marks.get(row)})

    def watch_selection(self, old: Selection, new: Selection) -> None:
        """Draw the rows again that the cursor or the selection left or reached, and the brackets' rows."""
        if old == new:
            rows = {new.end[0]}
        elif old.is_empty and new.is_empty:
            rows = {old.end[0], new.end[0]}
        else:
            touched = [row for selection in (old, new) for row, _ in selection]
            rows = set(self._seen_rows(range(min(touched), max(touched) + 1)))
        bracket = self._matching_bracket_location
        rows |= {place[0] for place in (self._drawn_bracket, bracket) if place is not None}
        self._drawn_bracket = bracket
        self._refresh_rows(rows)

    def _seen_rows(self, rows: Iterable[int]) -> list[int]:
        top, height = self.scroll_offset.y, self.size.height
        if isinstance(rows, range):
            return list(range(max(rows.start, top), min(rows.stop, top + height)))
        return [row for row in rows if top <= row < top + height]

    def _refresh_rows(self, rows: Iterable[int]) -> None:
        seen = self._seen_rows(rows)
        if len(seen) > 8:
            self.refresh()
        else:
            for row in seen:
                self.refresh_lines(row)

    # ---- painting ---------------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme, the focus or a class changed."""
        self._palette.forget()
        self._strips.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Not `TextArea`'s, which computes its theme's styles for every frame."""
        return ScrollView.render_lines(self, crop)

    def render_line(self, y: int) -> Strip:
        """One line of the widget; a line that looks as it did is not painted again."""
        left, top = self.scroll_offset
        row = top + y
        if row >= self.document.line_count:
            return Strip.blank(self.size.width, self._palette.base)
        picture = self._picture(row, left)
        text = self.document[row]
        if len(text) > LONG:  # the cache is not to hold a megabyte a key
            return paint_line(
                self.document.cell_map(row), self.highlighter.spans(row), picture, self._palette
            )
        key = (text, self.highlighter.state(row), picture)
        strip = self._strips.get(key)
        if strip is None:
            strip = paint_line(
                self.document.cell_map(row), self.highlighter.spans(row), picture, self._palette
            )
            self._strips[key] = strip
        return strip

    def _picture(self, row: int, left: int) -> LinePicture:
        start, end = sorted(self.selection)
        cursor_row, cursor_column = self.selection.end
        selected = None
        if start != end and start[0] <= row <= end[0]:
            length = len(self.document[row])
            selected = (start[1] if row == start[0] else 0, end[1] if row == end[0] else length + 1)
        bracket = self._matching_bracket_location
        here = row == cursor_row and self._has_cursor
        return LinePicture(
            row=row,
            mark=self.marks.get(row, ""),
            left=left,
            width=self.size.width,
            gutter=self.gutter_width,
            current=here and self.highlight_cursor_line,
            cursor=cursor_column if here and self._draw_cursor else None,
            selected=selected,
            bracket=bracket[1] if bracket is not None and bracket[0] == row and start == end else None,
            overlays=tuple(
                (name, self._overlays[name][row]) for name in OVERLAYS if row in self._overlays.get(name, ())
            ),
            needle=self._needle,
        )

    def _refresh_size(self) -> None:
        width, height = self.document.get_size(self.indent_width)
        # At least one cell more, where the cursor rests at the end of a line; in steps, because each change
        # of size lays out the whole screen again.
        self.virtual_size = Size(self.gutter_width + (width // _WIDTH_STEP + 1) * _WIDTH_STEP, height)
        self._refresh_scrollbars()
