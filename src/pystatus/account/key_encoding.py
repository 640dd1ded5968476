"""Keys as text: the compressed form of 2/ACCOUNT in any multibase, and plain hex (account.md §11)."""

from __future__ import annotations

import re

from pystatus import typed
from pystatus.arguments import checked
from pystatus.crypto.keys import COMPRESSED_SIZE, PRIVATE_KEY_SIZE, UNCOMPRESSED_SIZE, PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.wire import multibase, varint

SECP256K1_PUBLIC_KEY = 0xE7
"""The multicodec code of a secp256k1 public key. (The walk-through of 2/ACCOUNT prints 0xea: another curve.)"""
DEFAULT_BASE = "z"
"""base58btc: ``zQ3sh…``, the form that people see."""
CHAT_KEY_START = "zQ3sh"
"""How a chat key in that form begins: with its code and the size of a compressed key."""
CHAT_KEY_LENGTH = 49
"""Characters of a chat key in that form."""

_PREFIX = varint.encode(SECP256K1_PUBLIC_KEY)
_MAX_CODE_BYTES = 9  # the limit of multiformats' varints
_HEX_KEY = re.compile(r"0x(?:04[0-9a-f]{128}|0[23][0-9a-f]{64})", re.IGNORECASE)
_SECRET = re.compile(r"(?:0x)?[0-9a-f]{64}", re.IGNORECASE)
_ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.IGNORECASE)


def encode(key: PublicKey, base: str = DEFAULT_BASE) -> str:
    """The compressed form of ``key`` in the multibase whose character ``base`` begins with; ``0x`` means ``f``.

    :raises LocalError: there is no such base.

    Implements: ST-47, AC-19, AC-20
    """
    return _in_base(base, _PREFIX + key.compressed)


@checked
def chat_key(key: PublicKey) -> str:
    """``key`` as people give it to each other: ``zQ3sh…``."""
    return encode(key)


def decode(text: str) -> PublicKey:
    """Read a key in any multibase, compressed or not; ``0x…`` is read as base 16.

    :raises RemoteError: not such a text, another kind of key, or not a point of the curve.

    Implements: ST-47, AC-19, AC-20, AC-21, AC-23
    """
    key, _ = _decode(text)
    return key


def serialize(text: str, base: str = DEFAULT_BASE) -> str:
    """2/ACCOUNT's serialisation: an uncompressed key in any multibase becomes a compressed one in ``base``.

    :raises RemoteError: ``text`` is not an uncompressed key.
    :raises LocalError: there is no such base.

    Implements: AC-18, AC-24
    """
    key, size = _decode(text)
    if size != UNCOMPRESSED_SIZE:
        raise RemoteError("invalid public key format: this key is serialised already")
    return encode(key, base)


def deserialize(text: str, base: str = "f") -> str:
    """The way back: a compressed key in any multibase becomes an uncompressed one in ``base``.

    :raises RemoteError: ``text`` is not a compressed key.
    :raises LocalError: there is no such base.

    Implements: AC-18, AC-24
    """
    key, size = _decode(text)
    if size != COMPRESSED_SIZE:
        raise RemoteError("invalid public key format: this key is not serialised")
    return _in_base(base, _PREFIX + key.uncompressed)


def parse_public_key(text: str) -> PublicKey:
    """The key that a person typed or pasted: ``zQ3sh…``, any other multibase form, or plain hex ``0x04…``.

    :raises LocalError: not a key; the sentence says what it looks like, and never repeats it.

    Implements: ST-47, AC-21
    """
    if not text.startswith("\0"):  # the identity base may end with a byte that looks like a space
        text = typed.token(text)
    try:
        if _HEX_KEY.fullmatch(text):
            return PublicKey.from_bytes(bytes.fromhex(text[2:]))
        return decode(text)
    except RemoteError as error:
        raise LocalError(_explanation(text)) from error


def is_public_key(text: str) -> bool:
    """Whether ``text`` is a key as :func:`parse_public_key` reads it."""
    try:
        parse_public_key(text)
    except LocalError:
        return False
    return True


def parse_private_key(text: str) -> PrivateKey:
    """The private key that a person typed or pasted: 64 hexadecimal digits, with or without ``0x``.

    :raises LocalError: not one; the sentence never repeats what was typed.
    """
    digits = typed.token(text)
    if not _SECRET.fullmatch(digits):
        raise LocalError("A private key is 64 hexadecimal digits, with or without 0x. Check what you entered.")
    try:
        return PrivateKey(bytes.fromhex(digits[-2 * PRIVATE_KEY_SIZE :]))
    except LocalError as error:
        raise LocalError(
            "This number is not a private key: it is zero or too large. Check what you entered."
        ) from error


def _explanation(text: str) -> str:
    if _SECRET.fullmatch(text):
        return "This looks like a private key. Never give it to anybody; what is wanted here is a public chat key."
    if _ADDRESS.fullmatch(text):
        return "This is an Ethereum address, not a chat key. Ask for the chat key: it begins with zQ3sh or 0x04."
    if _HEX_KEY.fullmatch(text):
        return "This is not a chat key: it is no point of the curve. A digit is mistyped; copy it again."
    if text.startswith(CHAT_KEY_START) and len(text) < CHAT_KEY_LENGTH:
        return (
            f"A chat key that begins with {CHAT_KEY_START} has {CHAT_KEY_LENGTH} characters, this one has {len(text)}. "
            "Give the whole key; what is printed beside messages is only its beginning."
        )
    return "This is not a chat key. A chat key begins with zQ3sh, or is 0x04 and 128 more digits; copy it again."


def _decode(text: str) -> tuple[PublicKey, int]:
    """A key and the size of the form it was in."""
    if text.startswith("0x"):
        text = "f" + text[2:]
    # Bits aligned as multibase says never begin with the prefix when they are read as a number, so none is mistaken.
    as_number = multibase.decode_number(text) if text.startswith(("7", "h")) else b""
    data = as_number if as_number.startswith(_PREFIX) else multibase.decode(text)
    code, size = varint.decode(data, _MAX_CODE_BYTES)
    if code != SECP256K1_PUBLIC_KEY:
        raise RemoteError(f"unsupported public key type {code:#x}")
    return PublicKey.from_bytes(data[size:]), len(data) - size


def _in_base(base: str, data: bytes) -> str:
    if base == "0x":
        base = "f"
    return multibase.encode(base[:1], data)
