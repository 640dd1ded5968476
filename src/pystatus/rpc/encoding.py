"""How bytes are written in JSON: as the specification has it, or as clients of the reference expect it (waku.md §6)."""

from __future__ import annotations

import base64
import binascii

from pystatus.rpc.errors import RpcError, invalid_params


def to_hex(data: bytes) -> str:
    """``0x`` and two digits a byte."""
    return "0x" + data.hex()


def from_hex(text: str, name: str, size: int | None = None) -> bytes:
    """Read ``0x…``; ``name`` is what the value is called in an error, which never repeats the value.

    :raises RpcError: not hexadecimal, or not ``size`` bytes.
    """
    if not text.startswith(("0x", "0X")):
        raise invalid_params(f"{name} is hexadecimal and begins with 0x")
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        raise invalid_params(f"{name} holds something else than pairs of hexadecimal digits") from None
    if any(c.isspace() for c in text):
        raise invalid_params(f"{name} holds something else than pairs of hexadecimal digits")
    if size is not None and len(data) != size:
        raise invalid_params(f"{name} has {size} bytes, not {len(data)}")
    return data


class Encoding:
    """Byte fields of messages and criteria. Keys, topics and hashes of single results are hexadecimal in both forms."""

    def __init__(self, *, reference: bool) -> None:
        """
        :param reference: base64 as in status-go, in place of the specification's hexadecimal.
        """
        self.reference = reference

    def write(self, data: bytes) -> str:
        return base64.b64encode(data).decode() if self.reference else to_hex(data)

    def read(self, text: str, name: str) -> bytes:
        """
        :raises RpcError: not of this encoding.
        """
        if not self.reference:
            return from_hex(text, name)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _not_base64(name) from error


def _not_base64(name: str) -> RpcError:
    return invalid_params(f"{name} is not base64, which this server is configured for (reference encoding)")
