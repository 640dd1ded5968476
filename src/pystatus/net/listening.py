"""What to say when nobody can listen, and how those who do are found."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.net.addresses import parse_address
from pystatus.overlay.enode import Enode


def enode_at(key: PublicKey, address: str, port: int, advertised: str | None) -> Enode:
    """How others find the holder of ``key`` who listens on ``address``; ``advertised`` is the host that they use
    instead, if any."""
    if advertised is None:
        listening = parse_address(address)
        advertised = ("127.0.0.1" if listening.version == 4 else "::1") if listening.is_unspecified else str(listening)
    return Enode(key, advertised, port, port)


def listen_error(hosts: Sequence[str], port: int, error: OSError) -> LocalError:
    """Why nobody listens now, as a sentence that says what to do."""
    if error.errno == errno.EADDRINUSE:
        return LocalError(
            f"port {port} is already in use on this machine: stop the program that uses it, or choose another port"
        )
    if error.errno == errno.EACCES:
        return LocalError(
            f"this user may not listen on port {port}: choose a port above 1023, or give it the right: with "
            "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or by setcap cap_net_bind_service=+ep for a "
            "Python of its own"
        )
    return LocalError(f"cannot listen on {', '.join(hosts)} port {port}: {system_text(error)}")


def system_text(error: OSError) -> str:
    """The system's words; asyncio puts its own in their place."""
    if error.errno is not None and error.errno > 0:  # name resolution has negative ones
        return os.strerror(error.errno)
    return error.strerror or str(error)
