"""The environment of the processes that tests start."""

from __future__ import annotations

import os


def clean_environment(**more: str) -> dict[str, str]:
    """Ours without anything of pystatus, neither settings nor what only tests know, such as ``PYSTATUS_KILLS``; and
    with ``more``.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("PYSTATUS_")} | more
