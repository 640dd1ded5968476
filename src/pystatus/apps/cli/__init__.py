"""The command line: ``pystatus``."""

from __future__ import annotations


def main() -> None:
    """The entry point of the installed command."""
    from pystatus.apps.cli import root  # here, or every module of this package would load the whole command line

    root.main()
