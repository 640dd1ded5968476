"""Where things are kept on this machine. Apart, because a relay needs this and no database."""

from __future__ import annotations

import os
from pathlib import Path

from pystatus.errors import LocalError

DATA_VARIABLE = "PYSTATUS_DATA_DIR"
"""Names the data directory."""
STATE_VARIABLE = "PYSTATUS_STATE_DIR"
"""Names the directory of what belongs to this machine."""


def default_data_directory() -> Path:
    """``PYSTATUS_DATA_DIR``, or ``pystatus`` under the XDG data directory.

    :raises LocalError: neither is named, and this user has no home directory.
    """
    try:
        return _chosen(DATA_VARIABLE, "XDG_DATA_HOME", Path(".local", "share"))
    except RuntimeError:
        raise LocalError(
            f"This user has no home directory. Name a directory with --data-dir or in {DATA_VARIABLE}."
        ) from None


def default_state_directory() -> Path | None:
    """``PYSTATUS_STATE_DIR``, or ``pystatus`` under the XDG state directory: what belongs to this machine and must not
    come along in a copy of the data. None: this user has no home directory."""
    try:
        return _chosen(STATE_VARIABLE, "XDG_STATE_HOME", Path(".local", "state"))
    except RuntimeError:
        return None


def _chosen(variable: str, base_variable: str, below_home: Path) -> Path:
    """
    :raises RuntimeError: neither variable is set, and there is no home directory.
    """
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen)
    base = os.environ.get(base_variable)
    return (Path(base) if base else Path.home() / below_home) / "pystatus"
