"""``flowtui`` and ``python -m flowtui``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the result is the exit status."""
    try:
        from flowtui.cli import main as command_line

        return command_line(sys.argv[1:])
    except KeyboardInterrupt:  # while modules are still being loaded
        return 130


if __name__ == "__main__":
    sys.exit(main())
