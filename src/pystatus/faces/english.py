"""English, for those who show texts of the catalogue without a choice of a language: the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pystatus.faces.catalogue import Catalogue


def english() -> Catalogue:
    """The English texts."""
    from pystatus.faces.catalogue import texts_in  # loaded late: few commands need any

    return texts_in()
