"""waku/0: the dialect of 5/WAKU0, which nodes offer next to waku/1 for older ones."""

from __future__ import annotations

from typing import ClassVar

from pystatus.errors import RemoteError
from pystatus.waku.dialects.waku_1 import Waku1
from pystatus.waku.status import StatusOptions
from pystatus.wire import rlp

_KEY_COUNT = 6
"""There are no limits in bytes a second."""


class Waku0(Waku1):
    """Option keys are the characters ``0`` to ``5``, and the body of a Status is ``[0, options]``.

    A Status Update has no version: ``options``.
    """

    version: ClassVar[int] = 0
    title: ClassVar[str] = "waku/0"
    keys: ClassVar[tuple[bytes, ...]] = tuple(rlp.encode_bytes(b"%d" % key) for key in range(_KEY_COUNT))

    def encode_status(self, options: StatusOptions) -> bytes:
        return rlp.encode_list([rlp.encode(self.version), super().encode_status(options)])

    def decode_status(self, payload: bytes) -> StatusOptions:
        is_list, start, end = rlp.header(payload)
        if not is_list or end != len(payload):
            raise RemoteError("a Status of waku/0 is a list and nothing behind it")
        is_list, version_start, version_end = rlp.header(payload, start, end)
        if is_list or payload[version_start:version_end] != rlp.encode_int(self.version):
            raise RemoteError("a Status of waku/0 begins with the version 0")
        return super().decode_status(payload[version_end:])


WAKU_0 = Waku0()
