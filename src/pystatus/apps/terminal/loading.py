"""What comes before the terminal client is loaded: nothing here loads any of it."""

from __future__ import annotations

import gc

YOUNG = 50_000
"""Objects that are made until Python looks for garbage among them. Ours: with its own 700 it goes several times through
all that is being loaded, none of which is garbage, in a tenth of the time that the client takes to start. Going through
these takes some 3 ms."""


def begin() -> None:
    """The terminal client is about to be loaded."""
    gc.set_threshold(YOUNG)
