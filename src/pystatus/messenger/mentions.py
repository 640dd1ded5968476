"""Whether a text names somebody (payloads.md §13)."""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey


def names(text: str, person: PublicKey) -> bool:
    """Whether ``person`` is mentioned. What stands in code or in a quote is no mention."""
    if f"@{person.hex}" not in text:
        return False
    from pystatus.payloads.markdown.parsing import parse_text  # nearly all texts mention nobody, and need none of it

    return person in parse_text(text).people
