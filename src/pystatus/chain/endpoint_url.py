"""The address of a node of Ethereum, which may have a secret in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pystatus import typed
from pystatus.errors import Refused

SCHEMES = {"http": 80, "https": 443, "ws": 80, "wss": 443}
"""How such an address begins, and the port that it means where none is named."""
FORM = "https://HOST/PATH, or wss://HOST/PATH; http:// and ws:// for one on this machine"
MAX_URL = 2_048
"""Characters of an address. Ours."""
SHORTEST_SECRET = 8
"""Characters of a part of an address from which on it may be a key. Ours: the keys of services have 20 and more."""
HIDDEN = "…"

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class EndpointUrl:
    """An address whose text and ``repr`` have no path: that of a service holds the key of its user."""

    scheme: str
    host: str
    port: int
    whole: str = field(repr=False)
    """With all that is secret."""

    @classmethod
    def parse(cls, text: str) -> EndpointUrl:
        """
        :raises Refused: it is none. The sentence repeats nothing of it.
        """
        text = typed.token(text)
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
            parts = urlsplit("")
        if not host or parts.scheme not in SCHEMES or port == 0 or len(text) > MAX_URL or not _VISIBLE.fullmatch(text):
            raise Refused(f"This is no address of a node of Ethereum. One looks like {FORM}.")
        if parts.username is not None:
            raise Refused("Leave the user name and the password out of the address of the node: they are not sent.")
        return cls(parts.scheme, host, port or SCHEMES[parts.scheme], text)

    @property
    def is_web_socket(self) -> bool:
        """Whether questions go over one connection that stays."""
        return self.scheme in ("ws", "wss")

    def hidden_in(self, text: str) -> str:
        """What a node says, without what may be secret of its own address: services repeat the key that they refuse."""
        parts = urlsplit(self.whole)
        behind = self.whole.partition("://")[2].partition(parts.netloc)[2]
        pieces = {behind, unquote(behind), parts.path, parts.query, *re.split("[/?&=#]", behind)}
        for piece in sorted((one for one in pieces if len(one) >= SHORTEST_SECRET), key=len, reverse=True):
            text = text.replace(piece, HIDDEN)
        return text

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" if self.port == SCHEMES[self.scheme] else f"{self.scheme}://{host}:{self.port}"
