"""How people, chats and authors are named towards a push notification server (push-notifications.md §2)."""

from __future__ import annotations

import hashlib

from pystatus.crypto.keys import PublicKey

HASH_SIZE = 64
"""Bytes of SHAKE-256 that are used (tests/vectors/README.md fact 63)."""


def shake256(data: bytes) -> bytes:
    """The hash that all of push uses.

    Implements: PN-8
    """
    return hashlib.shake_256(data).digest(HASH_SIZE)


def hash_of_key(person: PublicKey) -> bytes:
    """How somebody is named who is notified."""
    return shake256(person.compressed)


def hash_of_chat(chat_id: str) -> bytes:
    """How a chat is named, by the id that it has for the receiver."""
    return shake256(chat_id.encode())


def hash_of_author(author: PublicKey) -> bytes:
    """How an author is named: by the text of the key, unlike who is notified."""
    return shake256(author.hex.encode())


def query_topic_name(key_hash: bytes) -> str:
    """The name of the public topic at which servers are asked for somebody: without ``0x``.

    Implements: PN-10
    """
    return key_hash.hex()
