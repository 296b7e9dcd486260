"""A tree of any size over arrays in preorder, there at once."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from flowtui.ui.widgets.virtual_list import Cell, VirtualList, segments_length

#: Cells of one level of depth, and of the marker in front of a node.
LEVEL = 2
OPENED, CLOSED, LEAF = "▾ ", "▸ ", "  "
_GUIDE = "│ "


class VirtualTree(VirtualList):
    """A tree whose nodes can be closed and opened.

    Nodes are numbered in preorder: a node's first child follows it, its subtree is one stretch of numbers. A
    row is a node that is not inside a closed one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "open", "Open", show=False),
        Binding("left,h", "close", "Close", show=False),
        Binding("space,enter", "toggle_node", "Open or close", show=False),
        Binding("plus,equals_sign,asterisk", "show_depth(-1)", "Open all", show=False),
        Binding("minus", "show_depth(1)", "Close all", show=False),
        Binding("left_square_bracket", "change_depth(-1)", "One level less", show=False),
        Binding("right_square_bracket", "change_depth(1)", "One level more", show=False),
    ]

    class NodeChosen(Message):
        """The user moved the cursor to a node, by keys or mouse."""

        def __init__(self, tree: VirtualTree, node: int) -> None:
            super().__init__()
            self.tree = tree
            self.node = node

        @property
        def control(self) -> VirtualTree:
            """The tree."""
            return self.tree

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self._depths: Sequence[int] = ()
        self._sizes: Sequence[int] = ()
        self._labels: Callable[[int], Sequence[Cell]] = lambda node: ()
        self._shut: set[int] = set()
        self._visible = array("i")
        self._shown_depth = 0
        super().__init__(name=name, id=id, classes=classes)

    # ---- contents ---------------------------------------------------------------------------------------

    @property
    def row_count(self) -> int:
        """How many nodes are not inside a closed one."""
        return len(self._visible)

    @property
    def cursor_node(self) -> int | None:
        """The node at the cursor."""
        return self._visible[self.cursor] if self._visible else None

    @property
    def closed(self) -> frozenset[int]:
        """The closed nodes."""
        return frozenset(self._shut)

    def set_tree(
        self,
        depth: Sequence[int],
        size: Sequence[int],
        labels: Callable[[int], Sequence[Cell]],
        *,
        closed: Iterable[int] = (),
    ) -> None:
        """Show another tree; marks go, the cursor stays on its row where it can.

        Args:
            depth: of each node, from 0 for a root, in preorder.
            size: nodes of each node's subtree, itself counted.
            labels: what stands behind a node's marker.
            closed: nodes that begin closed.
        """
        self._depths, self._sizes, self._labels = depth, size, labels
        self._shut = {node for node in closed if node < len(depth) and size[node] > 1}
        self._linked = self._enclosing = ()
        self._visible = array("i", self._inside(0, len(depth)))
        self._rows_changed()

    def _inside(self, begin: int, end: int) -> Iterable[int]:
        """The visible nodes from one number to another, as if nothing around them were closed."""
        inside = [node for node in self._shut if begin <= node < end]
        if not inside:
            return range(begin, end)
        found = array("i")
        at = begin
        size = self._sizes
        for node in sorted(inside):
            if node >= at:
                found.extend(range(at, node + 1))
                at = node + size[node]
        found.extend(range(at, end))
        return found

    def row_of(self, node: int) -> int:
        """The row of a node, or of the closed one that hides it."""
        return max(0, bisect_right(self._visible, node) - 1)

    def close_node(self, node: int) -> None:
        """Hide what is inside a node."""
        if node in self._shut or self._sizes[node] <= 1:
            return
        cursor = self.cursor_node
        row = bisect_left(self._visible, node)
        if row < len(self._visible) and self._visible[row] == node:
            end = bisect_left(self._visible, node + self._sizes[node], row)
            del self._visible[row + 1 : end]
        self._shut.add(node)
        self._keep(cursor)

    def open_node(self, node: int) -> None:
        """Show what is inside a node."""
        if node not in self._shut:
            return
        cursor = self.cursor_node
        self._shut.discard(node)
        row = bisect_left(self._visible, node)
        if row < len(self._visible) and self._visible[row] == node:
            self._visible[row + 1 : row + 1] = array("i", self._inside(node + 1, node + self._sizes[node]))
        self._keep(cursor)

    def _keep(self, node: int | None) -> None:
        """After rows came or went: the cursor stays on its node, or goes to the one that hides it."""
        if node is not None:
            self.cursor = self.row_of(node)
        self._rows.clear()
        self._update_size()
        self.refresh()

    def show_to(self, depth: int | None) -> None:
        """Open every node above a depth and close the others.

        Args:
            depth: levels to show, from 1; None for all.
        """
        cursor = self.cursor_node
        depths, sizes = self._depths, self._sizes
        if depth is None:
            self._shut = set()
        else:
            # A node is closed when its children would be at a depth that is not shown.
            self._shut = {node for node, level in enumerate(depths) if level >= depth - 1 and sizes[node] > 1}
        self._visible = array("i", self._inside(0, len(depths)))
        self._keep(cursor)
        self.show_row(self.cursor)

    def reveal_node(self, node: int) -> int:
        """Open everything around a node and scroll to it.

        Returns:
            Its row.
        """
        if 0 <= node < len(self._depths):
            around = [closed for closed in self._shut if closed < node < closed + self._sizes[closed]]
            for outer in sorted(around):
                self.open_node(outer)
        row = self.row_of(node)
        self.show_row(row)
        self._show_label(row)
        return row

    def set_marks(
        self, linked: Collection[int], enclosing: Collection[int] = (), reveal: bool = True
    ) -> None:
        """Mark nodes.

        Args:
            linked: the selection's nodes.
            enclosing: nodes around them, faintly.
            reveal: open what is around the first linked node, scroll to it and put the cursor there.
        """
        self._replace_marks(linked, enclosing)
        if reveal and (node := self._first_linked()) is not None:
            self.move_to(self.reveal_node(node), center=True)

    def move_to_node(self, node: int) -> None:
        """Put the cursor on a node and show it; nobody is told."""
        self.move_to(self.reveal_node(node), center=True)

    def _is_linked(self, row: int) -> bool:
        return self._visible[row] in self._linked

    def _is_enclosing(self, row: int) -> bool:
        return self._visible[row] in self._enclosing

    # ---- keys and mouse ---------------------------------------------------------------------------------

    def _chosen(self, row: int) -> None:
        self._show_label(row)
        self.post_message(self.NodeChosen(self, self._visible[row]))

    def _clicked(self, row: int, cell: int) -> None:
        node = self._visible[row]
        marker = LEVEL * self._depths[node]
        if self._sizes[node] > 1 and marker <= cell < marker + LEVEL:
            self._toggle(node)
        else:
            self._user_moves_to(row)

    def _toggle(self, node: int) -> None:
        if node in self._shut:
            self.open_node(node)
        else:
            self.close_node(node)

    def action_toggle_node(self) -> None:
        """Open or close the node at the cursor."""
        if (node := self.cursor_node) is not None:
            self._toggle(node)

    def action_open(self) -> None:
        """Open the node at the cursor; go to its first child when it is open."""
        node = self.cursor_node
        if node is None or self._sizes[node] <= 1:
            return
        if node in self._shut:
            self.open_node(node)
        else:
            self._user_moves_to(self.cursor + 1)

    def action_close(self) -> None:
        """Close the node at the cursor; go to its parent when there is nothing to close."""
        node = self.cursor_node
        if node is None:
            return
        if self._sizes[node] > 1 and node not in self._shut:
            self.close_node(node)
            return
        depth = self._depths[node]
        parent = next((at for at in range(node - 1, -1, -1) if self._depths[at] < depth), None)
        if parent is not None:
            self._user_moves_to(self.row_of(parent))

    def action_show_depth(self, depth: int) -> None:
        """Show so many levels; all of them when it is negative."""
        self._shown_depth = depth if depth > 0 else max(self._depths, default=0) + 1
        self.show_to(depth if depth > 0 else None)

    def action_change_depth(self, levels: int) -> None:
        """Show more or fewer levels than before."""
        deepest = max(self._depths, default=0) + 1
        shown = self._shown_depth or deepest
        self._shown_depth = max(1, min(shown + levels, deepest))
        self.show_to(self._shown_depth)

    # ---- painting ---------------------------------------------------------------------------------------

    def _show_label(self, row: int) -> None:
        """Scroll sideways as far as needed to show a row's label; back to the left edge if it fits."""
        if not self._visible or self.size.width < LEVEL:
            return
        node = self._visible[row]
        begin = LEVEL * self._depths[node]
        end = begin + LEVEL + 1 + segments_length(Segment(text) for text, _ in self._labels(node))
        left, width = self.scroll_offset.x, self.size.width
        if end <= width:
            wanted = 0
        elif begin < left or min(end, begin + width // 2) > left + width:
            wanted = max(0, begin - width // 3)
        else:
            return
        if wanted != left:
            self._note_width(end)
            self._update_size()
            self.scroll_to(x=wanted, animate=False, force=True)

    def _row_segments(self, row: int, left: int, right: int) -> tuple[list[Segment], int, int]:
        node = self._visible[row]
        depth = self._depths[node]
        base, palette = self._palette.base, self._palette
        skipped = min(depth, left // LEVEL)
        guides = min(depth, right // LEVEL + 1) - skipped
        marker = LEAF if self._sizes[node] <= 1 else CLOSED if node in self._shut else OPENED
        label = self._styled(self._labels(node))
        segments = [
            Segment(_GUIDE * guides, base + palette["guide"]),
            Segment(marker, base + palette["dim"]),
            *label,
        ]
        return segments, LEVEL * skipped, LEVEL * (depth + 1) + segments_length(label)
