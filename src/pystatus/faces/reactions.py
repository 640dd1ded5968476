"""The six emoji that people put under messages, in words: for those who do not see them."""

from __future__ import annotations

from pystatus.faces.catalogue import Catalogue
from pystatus.payloads.kinds import ReactionType


def reaction_word(kind: int, texts: Catalogue) -> str:
    """One of the six emoji in a word."""
    words = {
        ReactionType.LOVE: texts.reaction_love,
        ReactionType.THUMBS_UP: texts.reaction_thumbs_up,
        ReactionType.THUMBS_DOWN: texts.reaction_thumbs_down,
        ReactionType.LAUGH: texts.reaction_laugh,
        ReactionType.SAD: texts.reaction_sad,
        ReactionType.ANGRY: texts.reaction_angry,
    }
    return next((say() for one, say in words.items() if one == kind), texts.reaction_other())
