"""A chat as plain text, as it was typed, with names in place of keys. Nothing of it acts on a terminal (A41)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pystatus import sanitise
from pystatus.messenger.message_text import plain, preview
from pystatus.messenger.transcript.entries import Entry, Source, moment, short_key
from pystatus.payloads.kinds import ContentType

_CONTINUED = "    | "
"""In front of every line but the first of a message, so that none can pass for a message of its own."""
QUOTED = 60
"""Characters that are shown of a message that is answered."""


def pieces(source: Source, exported_ms: int) -> Iterator[str]:
    """A heading, a line for each day, and one or more for each message."""
    yield f"{source.title} ({source.kind})\nTimes are those that the authors give, in UTC.\n"
    day: date | None = None
    for entry in source.entries():
        when = moment(entry.message)
        if when is not None and when.date() != day:
            day = when.date()
            yield f"\n-- {day.isoformat()} --\n\n"
        yield from source.prepared(entry)
        yield "\n".join(_lines(source, entry)) + "\n"


def people(source: Source, entry: Entry) -> dict[str, list[str]]:
    """Who has put which emoji under a message, by the emoji."""
    found: dict[str, list[str]] = {}
    for reaction in reversed(entry.reactions):
        found.setdefault(reaction.emoji or f"reaction {reaction.type}", []).append(source.name(reaction.author))
    return found


def media_text(entry: Entry) -> str | None:
    """``[picture, 640 x 480, 12 kB]``; ``None``: there is none."""
    it = entry.attachment
    if it is None:
        return "[sticker]" if entry.message.content_type == ContentType.STICKER else None
    if it.content_type == ContentType.AUDIO:
        what = f"sound, {it.duration_ms / 1_000:.1f} s"
    else:
        what = f"picture, {it.width} x {it.height}"
    missing = f"; {sanitise.one_line(it.problem)}" if it.problem else ""
    return f"[{what}, {max(1, it.size // 1_000)} kB{missing}]"


def _lines(source: Source, entry: Entry) -> Iterator[str]:
    message = entry.message
    when = moment(message)
    you = " (you)" if message.author == source.own else ""
    text = plain(message.text, source.name) or f"(nothing to show, content type {message.content_type})"
    first, *others = text.split("\n")
    clock = "--:--" if when is None else f"{when:%H:%M}"
    yield f"{clock} {source.name(message.author)}{you} ({short_key(message.author)}): {first}"
    for line in others:
        yield f"{_CONTINUED}{line}".rstrip()
    media = media_text(entry)
    if media is not None:
        yield f"{_CONTINUED}{media}"
    if message.response_to is not None:
        answered = entry.answered
        what = "a message that is not here"
        if answered is not None:
            what = f'{source.name(answered.author)}: "{preview(answered, source.name, QUOTED)}"'
        yield f"{_CONTINUED}(answers {what})"
    for emoji, names in people(source, entry).items():
        yield f"{_CONTINUED}{emoji} {', '.join(names)}"
