"""The command line: ``pystatus``."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point of the installed command."""
    try:
        from pystatus.apps.cli import root  # here, or every module of this package would load the whole command line

        root.main()
    except KeyboardInterrupt:  # before a command has begun, which ends by itself: loading takes half a second
        from pystatus.apps.cli.exits import Exit

        sys.exit(Exit.INTERRUPTED)
