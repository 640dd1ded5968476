"""The question whether something is to be signed and sent."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.faces import terminal


def confirm(told: str, signing_phrase: str, *, may_ask: bool) -> None:
    """Ask it, with the words by which the person knows who asks.

    :param told: what is signed, in words.
    :param may_ask: whether somebody is there who reads them.
    :raises LocalError: it is not to be sent.

    Implements: AC-35
    """
    if not may_ask or not terminal.is_there():
        raise LocalError(f"Nothing was sent. With --yes, this happens: {told}")
    terminal.tell(told)
    terminal.tell(f"Your signing phrase: {signing_phrase}")
    if not terminal.confirm("Sign and send it?"):
        raise LocalError("Nothing was sent.")
