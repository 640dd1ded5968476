"""Numbers in sentences."""

from __future__ import annotations


def counted(number: float, one: str, many: str | None = None) -> str:
    """``1 envelope``, ``2 envelopes``, ``0.5 seconds``: a number and what it counts, as a sentence has it.

    :param one: what stands behind 1: ``envelope`` or ``envelope is``.
    :param many: what stands behind other numbers; None: ``one`` with an s.
    """
    return f"{number:.15g} {one if number == 1 else many or one + 's'}"
