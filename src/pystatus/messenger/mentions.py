"""Whether a text names somebody (payloads.md §13)."""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey
from pystatus.payloads.markdown.parsing import parse_text


def names(text: str, person: PublicKey) -> bool:
    """Whether ``person`` is mentioned. What stands in code or in a quote is no mention."""
    return f"@{person.hex}" in text and person in parse_text(text).people
