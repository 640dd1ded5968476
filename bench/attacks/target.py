"""Where attackers find whom they attack."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from pystatus.crypto.keys import PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.waku.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Target:
    """What attackers are told of their victim, in one line."""

    enode: str
    """A relay: the victim, or the one that leads to it."""
    port: int = 0
    """Of HTTP, on this machine."""
    key: str = ""
    """The chat key of a client, in hexadecimal digits."""
    code: str = ""
    """Its contact code as it was published, an envelope in hexadecimal digits."""

    @property
    def relay(self) -> Enode:
        return Enode.parse(self.enode)

    @property
    def person(self) -> PublicKey:
        return PublicKey.from_bytes(bytes.fromhex(self.key.removeprefix("0x")))

    @property
    def envelope(self) -> Envelope:
        return Envelope.decode(bytes.fromhex(self.code))

    def encode(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, line: str) -> Target:
        return cls(**json.loads(line))
