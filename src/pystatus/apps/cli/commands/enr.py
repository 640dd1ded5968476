"""``pystatus enr``: the record of a node, the own one or one that is given."""

from __future__ import annotations

import inspect
import ipaddress
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pystatus import sanitise
from pystatus.apps.cli import qr_codes, relay_options
from pystatus.apps.cli.node_key import node_key, record_file
from pystatus.apps.cli.options import Qr, QrFile
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import RECORD, argument
from pystatus.errors import Refused
from pystatus.settings.sources import Effective
from pystatus.wire import rlp

if TYPE_CHECKING:
    from pystatus.devp2p.enr import NodeRecord

SUMMARY = "Print or read the record of a node."
PLACE = 105

_TEXT_KEYS = ("id",)
"""Keys whose values are text."""
_ADDRESS_KEYS = ("ip", "ip6")
_PORT_KEYS = ("tcp", "tcp6", "udp", "udp6")
_PORT_BYTES = 2


def _enr(
    effective: Effective,
    _: Callable[[], Effective],
    out: Output,
    *,
    record: str | None,
    qr: bool,
    qr_file: Path | None,
) -> None:
    """Print the record (EIP-778) of the node that these settings make, without starting it; or verify RECORD and print
    what it says.

    A record is the signed form of an enode address, for node lists and for Rendezvous. Each change of what it says gets
    the next number; the last one is kept beside the node's key.
    """
    from pystatus.devp2p.enr import NodeRecord

    shown = _own(effective, out) if record is None else NodeRecord.from_person(record)
    text = str(shown) if record is None else _described(shown)
    out.result({**fields_of(shown), **qr_codes.write(str(shown), qr_file)}, text)
    qr_codes.draw(str(shown), out, wanted=qr)


def _own(effective: Effective, out: Output) -> NodeRecord:
    from pystatus.devp2p.local_record import LocalRecord
    from pystatus.net.listening import addresses_at
    from pystatus.node import parse_listen_address
    from pystatus.settings import mapping

    settings = effective.settings
    hosts, port = parse_listen_address(settings.listen)
    if port == 0:
        raise Refused("The port is left to chance (port 0). Set listen to a fixed port, for example 0.0.0.0:30303.")
    key = node_key(settings.key_file, settings.data_dir)
    addresses = addresses_at(hosts, mapping.given_host(settings))
    if not addresses:
        raise Refused("A record holds addresses, and no names. Set advertise to the public IP address of this node.")
    local = LocalRecord(key, record_file(settings.key_file, settings.data_dir), int(time.time()))
    record = local.locate(*addresses, tcp_port=port, udp_port=port if settings.discovery.bootnodes else 0)
    if all(address.is_loopback for address in addresses):
        out.note("This record is good on this machine only. Others need the public address: --advertise or PUBLIC_IP.")
    return record


def _described(record: NodeRecord) -> str:
    enode = record.enode
    lines = [
        f"Node {record.node_id.hex()}",
        f"version {record.seq}, {len(record.encoded)} bytes, signature good",
        *(f"{name} = {value}" for name, value in fields_of(record)["values"].items()),
        str(enode) if enode.is_complete else "It does not say where to connect to.",
    ]
    return "\n".join(lines)


def fields_of(record: NodeRecord) -> dict[str, Any]:
    """What JSON says of a record. Values of others are shown in hex, unless their form is known."""
    return {
        "enr": str(record),
        "seq": record.seq,
        "node_id": record.node_id.hex(),
        "node_address": record.node_address.hex(),
        "enode": str(record.enode),
        "address": None if record.address is None else str(record.address),
        "tcp_port": record.tcp_port,
        "udp_port": record.udp_port,
        "bytes": len(record.encoded),
        "values": {_key(name): _value(_key(name), value) for name, value in record.values.items()},
    }


def _key(name: bytes) -> str:
    """Its text, or what stands for other bytes."""
    return name.decode("ascii") if name and name.isascii() and name.decode("ascii").isprintable() else f"0x{name.hex()}"


def _value(name: str, value: rlp.Item) -> str | int:
    if isinstance(value, bytes):
        if name in _ADDRESS_KEYS and len(value) == (4 if name == "ip" else 16):
            return str(ipaddress.ip_address(value))
        if name in _PORT_KEYS and len(value) <= _PORT_BYTES and value[:1] != b"\0":
            return int.from_bytes(value, "big")
        if name in _TEXT_KEYS:
            return sanitise.one_line(value.decode("latin-1"))
        return f"0x{value.hex()}"
    return f"rlp 0x{rlp.encode(value).hex()}"


enr = relay_options.command(
    _enr,
    relay_options.options("listen", "advertise", "nat", "key_file", "data_dir", "discovery.bootnodes"),
    relay_options.parameter(
        "record",
        str | None,
        argument(RECORD, metavar="RECORD", help="The record to verify. Default: the own one.", as_text=True),
        None,
    ),
    inspect.Parameter("qr", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Qr),
    inspect.Parameter("qr_file", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=QrFile),
)
