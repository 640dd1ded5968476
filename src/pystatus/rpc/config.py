"""Settings of the RPC server. Nothing expensive is imported here: whoever reads settings needs this."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from pystatus.errors import LocalError
from pystatus.records import dataclass

DEFAULT_HTTP_HOST = "127.0.0.1"
DEFAULT_HTTP_PORT = 8545
"""What Ethereum software listens on, the reference included."""
TOKEN_FILE = "rpc.token"  # noqa: S105 - the name of the file
"""The usual name of the token's file below a data directory."""
SOCKET_FILE = "pystatus.ipc"
"""The usual name of the Unix socket below a data directory."""
MODULES = ("admin", "net", "rpc", "shh", "shhext", "waku", "web3")
"""Every namespace there is."""
WHISPER_MODULES = ("shh", "shhext")
"""Those that only a bridge offers (waku.md §9.7)."""
NO_BRIDGE = "this node is no bridge, and speaks no Whisper: start it with --bridge, or call waku_* in place of shh_*"
"""What others say."""
MIN_TOKEN_SIZE = 16
"""Characters of a token: somebody on the same machine could guess a shorter one."""

_HIGHEST_PORT = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcConfig:
    """What is offered where. The default offers nothing anywhere."""

    http: bool = False
    """HTTP and WebSocket, both on one port."""
    http_host: str = DEFAULT_HTTP_HOST
    """Address to listen on. Anything but this machine exposes the keys of all callers: put TLS in front of it."""
    http_port: int = DEFAULT_HTTP_PORT
    """0 takes a free one."""
    socket: Path | None = None
    """A Unix socket; only this user can open it, and no token is needed there."""
    modules: tuple[str, ...] = MODULES
    """Namespaces that are offered; ``shh`` and ``shhext`` only by a bridge."""
    token: str | None = field(default=None, repr=False)
    """What callers over HTTP have to present."""
    token_file: Path | None = None
    """Where the token is read from if ``token`` is not given; it is made there if the file does not exist."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, without port, that callers may use for the server, beside this machine's and ``http_host``. ``*``: any."""
    allowed_origins: tuple[str, ...] = ()
    """Web pages, as ``https://example.org``, that may call. No others may, and programs name none. ``*``: any."""
    reference_encoding: bool = False
    """Byte fields in base64 and results as status-go has them, for its clients."""

    def __post_init__(self) -> None:
        """
        :raises LocalError: settings that do not fit together.
        """
        unknown = [name for name in self.modules if name not in MODULES]
        if unknown:
            raise LocalError(f"There is no RPC module {unknown[0]!r}. There are {', '.join(MODULES)}.")
        if not 0 <= self.http_port <= _HIGHEST_PORT:
            raise LocalError(f"{self.http_port} is not a port for the RPC. Ports go from 0 to {_HIGHEST_PORT}.")
        if self.token is not None and (len(self.token) < MIN_TOKEN_SIZE or not _is_plain(self.token)):
            raise LocalError(
                f"The token of the RPC needs at least {MIN_TOKEN_SIZE} letters, digits or signs of ASCII, no spaces."
            )
        if self.http and self.token is None and self.token_file is None:
            raise LocalError("The RPC over HTTP needs a token: name a file for it.")

    @property
    def is_enabled(self) -> bool:
        """Whether anything is offered."""
        return self.http or self.socket is not None


def _is_plain(text: str) -> bool:
    return all("!" <= character <= "~" for character in text)
