"""What the line for messages offers while somebody types: people behind ``@``, emoji behind ``:``, commands behind
``/``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from pystatus.faces.slash_commands import SLASH, SlashCommands
from pystatus.messenger.features.mentions import Mentionable
from pystatus.payloads.emoji import emoji_names, names_beginning
from pystatus.payloads.markdown.typed_text import name_begun
from pystatus.records import dataclass
from pystatus.sanitise import NAME_LENGTH

OFFERED = 8
"""What is offered at a time: what fits above a line. Ours."""
LEAST_EMOJI = 2
"""Letters behind ``:`` from which on emoji are offered: ``:)`` and ``8:15`` are none. Ours."""
_EMOJI = re.compile(r"(?<![\w:]):([a-z0-9_+-]{%d,64})$" % LEAST_EMOJI, re.ASCII | re.IGNORECASE)  # noqa: UP031 - braces are of the expression
_LOOKED_AT = 256
"""Characters before the cursor that are looked at: longer than any name."""


class Kind(Enum):
    """What is begun."""

    COMMAND = "command"
    PERSON = "person"
    EMOJI = "emoji"


@dataclass(frozen=True, slots=True)
class Begun:
    """What stands before the cursor and can be completed. ``start`` is where its ``/``, ``@`` or ``:`` stands."""

    kind: Kind
    beginning: str
    start: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to choose. ``label`` is what is shown, ``hint`` what stands beside it, ``replacement`` what is put in.
    ``person`` is who is meant, for a picture."""

    label: str
    hint: str
    replacement: str
    person: Mentionable | None = None


def begun(text: str, cursor: int, *, can_be_command: bool = True) -> Begun | None:
    """What is begun before the cursor; None: nothing.

    :param can_be_command: whether a slash at the beginning was typed, and not pasted.
    """
    before = text[max(0, cursor - _LOOKED_AT) : cursor]
    offset = cursor - len(before)
    if can_be_command and offset == 0 and before.startswith(SLASH) and not before.startswith(2 * SLASH):
        return None if " " in before or "\n" in before else Begun(Kind.COMMAND, before[1:], 0)
    emoji = _EMOJI.search(before)
    if emoji is not None:
        return Begun(Kind.EMOJI, emoji[1].lower(), offset + emoji.start())
    name = name_begun(before)
    if name is not None and len(name) <= NAME_LENGTH and not name.startswith(" "):
        return Begun(Kind.PERSON, name, cursor - len(name) - 1)
    return None


def commands(what: Begun, known: SlashCommands, limit: int = OFFERED) -> Sequence[Offer]:
    """Commands that begin so, with their usage."""
    found = known.beginning(what.beginning, limit)
    return [
        Offer(one.usage, one.what, f"{SLASH}{one.name} " if one.argument else f"{SLASH}{one.name}") for one in found
    ]


def people(found: Sequence[Mentionable]) -> Sequence[Offer]:
    """Those that ``client.mentions.complete(chat, what.beginning)`` finds."""
    return [Offer(one.name, one.second, f"@{one.name} ", one) for one in found]


def emoji(what: Begun, limit: int = OFFERED) -> Sequence[Offer]:
    """Emoji whose name begins so: the table is that of ``:name:`` in messages."""
    names = emoji_names()
    return [Offer(names[name], f":{name}:", names[name]) for name in names_beginning(what.beginning, limit)]


def completed(text: str, cursor: int, what: Begun, offer: Offer) -> tuple[str, int]:
    """The text and the place of the cursor once something was chosen."""
    rest = text[cursor:]
    put = offer.replacement
    if put.endswith(" ") and rest[:1].isspace():
        put = put[:-1]
    return text[: what.start] + put + rest, what.start + len(put)
