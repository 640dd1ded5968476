"""Wrapped messages of files, delivered as they come: in an envelope that somebody has signed."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.transport.channels import public_chat
from tests.adversary.hostile import Stranger
from tests.support.people import Person


def deliver(person: Person, wrapped: bytes, signer: PrivateKey, public_name: str | None = None) -> None:
    """
    :param signer: who sends the envelope; our own key: another device of ours.
    :param public_name: the public chat on whose topic it comes; ``None``: in private.
    """
    sender = Stranger(person.network.now, signer, "another")
    if public_name is None:
        person.receive(sender.private(person.key, wrapped))
    else:
        person.receive(sender.public(wrapped, public_chat(public_name)))
