"""Addresses as people write them in the settings of a node."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.overlay.enode import Enode

_HIGHEST_PORT = 0xFFFF


def parse_listen_address(text: str) -> tuple[tuple[str, ...], int]:
    """``host:port`` as hosts to listen on and a port.

    :raises LocalError: not of that form.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > _HIGHEST_PORT:
        raise LocalError(f"{text!r} is not an address to listen on. Give host:port, for example 0.0.0.0:30303.")
    host = host.removeprefix("[").removesuffix("]")
    return ((host,) if host else ("0.0.0.0", "::")), int(port)  # noqa: S104 - an empty host means everywhere


def complete_enode(text: str) -> Enode:
    """An enode URL that says where to dial.

    :raises LocalError: malformed, or without an address.
    """
    enode = Enode.parse(text)
    if not enode.is_complete:
        raise LocalError(f'"{text[:200]}" says not where to dial. Add @host:port to the node id.')
    return enode
