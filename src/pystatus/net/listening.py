"""Sockets that listen, how those who do are found, and what to say when nobody can."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Sequence

from pystatus.crypto.keys import PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from pystatus.net.addresses import parse_address

BACKLOG = 128
"""Connections that the system holds for us until they are accepted: a moment's worth after a restart."""


def listening_sockets(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """Non-blocking sockets that listen on each of ``hosts`` (IP addresses or names); port 0: all on one free port.

    :raises LocalError: the port is in use, or may not be used; the sentence says what to do.
    """
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            for family, kind, protocol, _, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            ):
                try:
                    listener = socket.socket(family, kind, protocol)
                except OSError as error:
                    if error.errno == errno.EAFNOSUPPORT and opened:  # a system without IPv6, asked for everywhere
                        continue
                    raise
                opened.append(listener)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                listener.bind((address[0], port, *address[2:]))
                listener.listen(BACKLOG)
                listener.setblocking(False)
                port = port or listener.getsockname()[1]
    except OSError as error:
        for listener in opened:
            listener.close()
        raise listen_error(hosts, port, error) from error
    return opened


async def stop_listening(server: asyncio.Server) -> None:
    """Let nobody in any more.

    What was accepted in this turn of the event loop is still heard, or refused: asyncio makes its transport in the
    next turn, if the server is open then, and calls its protocol in the one after. Else its socket would be left to the
    garbage collector.
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener)
    for _ in range(2):
        await asyncio.sleep(0)
    server.close()


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
            f"Port {port} is already in use on this machine: stop the program that uses it, or choose another port."
        )
    if error.errno == errno.EACCES:
        return LocalError(
            f"This user may not listen on port {port}: choose a port above 1023, or give it the right: with "
            "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or by setcap cap_net_bind_service=+ep for a "
            "Python of its own."
        )
    return LocalError(f"Cannot listen on {', '.join(hosts)} port {port}: {system_text(error)}.")


def system_text(error: OSError) -> str:
    """The system's words; asyncio puts its own in their place."""
    if error.errno is not None and error.errno > 0:  # name resolution has negative ones
        return os.strerror(error.errno)
    return error.strerror or str(error)
