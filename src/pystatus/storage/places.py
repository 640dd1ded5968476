"""Where things are kept on this machine. Apart, because a relay needs this and no database."""

from __future__ import annotations

import os
from pathlib import Path


def default_data_directory() -> Path:
    """``PYSTATUS_DATA_DIR``, or ``pystatus`` under the XDG data directory."""
    chosen = os.environ.get("PYSTATUS_DATA_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "pystatus"
