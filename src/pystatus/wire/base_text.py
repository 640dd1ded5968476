"""Bytes as text, the two ways of node records and node lists (RFC 4648): strict, so that a text has one reading."""

from __future__ import annotations

import base64
import binascii
import re

from pystatus.errors import RemoteError

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_BASE32 = re.compile(r"[A-Z2-7]*")


def to_base64url(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The inverse.

    :raises RemoteError: other characters, padding, or bits that belong to no byte.
    """
    if not _BASE64URL.fullmatch(text):
        raise RemoteError("text is not URL-safe base64 without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise RemoteError("base64 text has an impossible length") from error
    if to_base64url(data) != text:
        raise RemoteError("base64 text has bits that belong to no byte")
    return data


def to_base32(data: bytes) -> str:
    """Base32 in upper case, without padding."""
    return base64.b32encode(data).rstrip(b"=").decode()


def from_base32(text: str) -> bytes:
    """The inverse.

    :raises RemoteError: other characters, lower case, padding, or bits that belong to no byte.
    """
    if not _BASE32.fullmatch(text):
        raise RemoteError("text is not base32 in upper case without padding")
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise RemoteError("base32 text has an impossible length") from error
    if to_base32(data) != text:
        raise RemoteError("base32 text has bits that belong to no byte")
    return data
