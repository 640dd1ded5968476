"""The environment of commands and processes that tests start: nothing of pystatus but what a test gives.

Neither settings of whoever runs the tests, nor what only tests know, such as ``PYSTATUS_KILLS``.
"""

from __future__ import annotations

import os


def variables_to_hide() -> list[str]:
    """What there is of pystatus in our own environment."""
    return [name for name in os.environ if name.startswith("PYSTATUS_")]


def clean_environment(**more: str) -> dict[str, str]:
    """For a process: ours without :func:`variables_to_hide`, and with ``more``."""
    hidden = variables_to_hide()
    return {name: value for name, value in os.environ.items() if name not in hidden} | more
