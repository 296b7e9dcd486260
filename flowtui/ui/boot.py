"""The first picture, painted before Textual is imported: the title and the source, where they will stand.

Standard library only, and as little of it as can be: every import here is time before the first picture.
From here on the terminal does not echo, so that what is typed while the program loads reaches it and does
not spoil the picture.
"""

from __future__ import annotations

import gc
import os
import sys

#: Colours as SGR parameters: background, bar, text, faint. The app writes those of its theme to a file.
_DEFAULT = ("48;2;30;30;30", "48;2;36;47;56", "38;2;224;224;224", "38;2;110;110;110")
#: Nobody sees more of a file in the first picture.
_MOST = 64 * 1024

#: The terminal's settings before the picture.
_saved: list[list[int | list[bytes | int]]] = []


def palette_file() -> str:
    """The file that holds the colours of the theme that was last used; it may not exist."""
    home = os.environ.get("FLOWTUI_HOME")
    if home:
        return home + "/cache/first-picture"
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 (pathlib is 4 ms)
    return cache + "/flowtui/first-picture"


def paint(path: str = "", text: str | None = None) -> None:
    """Show the beginning of the file `path`, or `text`; do nothing when there is no terminal.

    Whatever goes wrong here is left to the app, which says it properly.
    """
    # Nothing of what is imported from here on becomes garbage; `app.run` turns the search for it on again.
    gc.disable()
    try:
        if not (os.isatty(0) and os.isatty(1)):
            return
        columns, rows = os.get_terminal_size(1)
        if text is None and path:
            with open(path, "rb") as file:  # noqa: PTH123 (pathlib is 4 ms)
                text = file.read(_MOST).decode("utf-8", "replace")
        _quiet_terminal()
        name = os.path.basename(path) if path else ""  # noqa: PTH119 (pathlib is 4 ms)
        os.write(1, _picture(name, text or "", columns, rows).encode("utf-8", "replace"))
    except Exception:
        return


def restore(*, picture: bool = True) -> None:
    """Give the terminal back as it was before `paint`; safe to call when nothing was painted, and twice.

    Args:
        picture: whether the picture is still there; the app takes it away itself.
    """
    if not _saved:
        return
    import termios

    termios.tcsetattr(0, termios.TCSANOW, _saved.pop())
    if picture:
        os.write(1, b"\x1b[0m\x1b[?1049l\x1b[?25h")


def painted() -> bool:
    """Whether the terminal shows the picture."""
    return bool(_saved)


def _quiet_terminal() -> None:
    """No echo and no waiting for a whole line; ctrl+c stays what it is until the app is there."""
    import termios

    attributes = termios.tcgetattr(0)
    _saved.append(termios.tcgetattr(0))
    attributes[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(0, termios.TCSANOW, attributes)


def _colours() -> tuple[str, ...]:
    try:
        with open(palette_file(), encoding="ascii") as file:  # noqa: PTH123 (pathlib is 4 ms)
            found = tuple(file.read(200).split())
    except (OSError, ValueError):
        return _DEFAULT
    plain = all(part and part.replace(";", "").isdigit() for part in found)
    return found if len(found) == len(_DEFAULT) and plain else _DEFAULT


def _picture(name: str, text: str, columns: int, rows: int) -> str:
    """Control sequences and text for a screen of that size; layout as `layout.columns` has it."""
    background, bar, foreground, faint = (f"\x1b[{colour}m" for colour in _colours())
    width = columns if columns < 100 else round(columns * (0.52 if columns < 160 else 0.38))
    stage = rows - (4 if rows >= 24 else 3)
    height = stage if not text else round(stage * (11 / 21 if columns < 100 else 23 / 36))
    inset = 0 if columns < 100 else 1
    out = ["\x1b[?1049h\x1b[?25l", background, "\x1b[2J", bar, foreground, "\x1b[1;1H"]
    out.append((" flowtui " + _plain(name))[:columns].ljust(columns))
    out.append(background)
    if text:
        out.append(f"\x1b[2;{2 + inset}H 1 Source")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        digits = max(2, len(str(len(lines))))
        for row, line in enumerate(lines[: max(0, height - 1 - inset)]):
            shown = _plain(line.expandtabs(4))[: max(0, width - digits - 4 - 2 * inset)]
            out.append(f"\x1b[{row + 3};{1 + inset}H{faint} {row + 1:>{digits}}  {foreground}{shown}")
    return "".join(out)


def _plain(text: str) -> str:
    """Nothing that a terminal would obey; wide characters are left to the app, which knows how wide."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and c < "\u1100" else " " for c in text)


if __name__ == "__main__":
    paint(sys.argv[1] if len(sys.argv) > 1 else "")
    restore()
