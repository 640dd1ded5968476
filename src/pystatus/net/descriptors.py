"""How many files and sockets this process may have open."""

from __future__ import annotations

import math


def most_descriptors() -> float:
    """Descriptors, those that are open included; infinite where the system sets no limit, or has none to ask for."""
    try:
        import resource
    except ImportError:  # Windows
        return math.inf
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else soft
