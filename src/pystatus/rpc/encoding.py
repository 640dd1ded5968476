"""How bytes are written in JSON: as the specification has it, or as clients of the reference expect it (waku.md §6)."""

from __future__ import annotations

import base64
import binascii

from pystatus.records import dataclass
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


@dataclass(frozen=True, slots=True)
class Encoding:
    """Byte fields of messages and criteria. Keys, topics and hashes of single results are hexadecimal in all forms."""

    in_base64: bool
    """In place of hexadecimal."""
    reference: bool
    """Results as status-go has them: of a post its hash, of a direct message that it is one."""

    def write(self, data: bytes) -> str:
        return base64.b64encode(data).decode() if self.in_base64 else to_hex(data)

    def read(self, text: str, name: str) -> bytes:
        """
        :raises RpcError: not of this encoding.
        """
        if not self.in_base64:
            return from_hex(text, name)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _not_base64(name) from error


SPECIFICATION = Encoding(in_base64=False, reference=False)
"""9/WAKU-RPC."""
REFERENCE = Encoding(in_base64=True, reference=True)
"""``waku_*`` of status-go."""
WHISPER = Encoding(in_base64=False, reference=True)
"""``shh_*`` of status-go: as ``waku_*`` there, but in hexadecimal.

Implements: WH-7
"""


def _not_base64(name: str) -> RpcError:
    return invalid_params(f"{name} is not base64, which this server is configured for (reference encoding)")
