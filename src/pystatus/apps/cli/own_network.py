"""The directory of a network of one's own: keys and settings of a relay with mailserver, a bootnode and a Rendezvous
node, and the fleet file that names them."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from pystatus.apps.cli.node_key import KEY_FILE, RENDEZVOUS_KEY_FILE, node_key
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import EVERYWHERE
from pystatus.errors import LocalError, Refused, refused
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.fleet_file import MAX_FILE, read_fleet, written_fleet
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.libp2p.peer_id import PeerId
from pystatus.net.listening import datagram_sockets, listening_sockets, parse_listen_address
from pystatus.net.routes import own_address
from pystatus.node.config import DEFAULT_MAX_PEERS
from pystatus.node.fleet_sources import NETWORK_FILE
from pystatus.records import dataclass
from pystatus.sanitise import quoted
from pystatus.settings import sources
from pystatus.settings.sources import Effective
from pystatus.storage import files

PARTS = ("relay", "bootnode", "rendezvous")
"""Each has a settings file and a directory of that name."""
KEY_FILES = {"relay": KEY_FILE, "bootnode": KEY_FILE, "rendezvous": RENDEZVOUS_KEY_FILE}
"""The key of each in its directory."""
RELAY_PORT, BOOTNODE_PORT, RENDEZVOUS_PORT = 30303, 30301, 9090
"""TCP and UDP; UDP; TCP: those of the commands that run one of them alone."""
OF_ONE_ADDRESS = DEFAULT_MAX_PEERS
"""People of one network of addresses who are taken: all that there is room for. Who joins has been invited, and behind
one router all have one address."""
FREE_PORT_ATTEMPTS = 20
"""How often a number is drawn that is free for TCP and UDP. Ours: one is nearly always enough."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the nodes of a network listen; 0 stands for a free port."""

    relay: int = RELAY_PORT
    bootnode: int = BOOTNODE_PORT
    rendezvous: int = RENDEZVOUS_PORT


@dataclass(frozen=True, slots=True)
class OwnNetwork:
    """A network whose directory is here."""

    directory: Path
    fleet: Fleet
    settings: Mapping[str, Callable[[], Effective]]
    """What reads the settings of each part."""
    keys: dict[str, PrivateKey]

    @property
    def host(self) -> str:
        """By which others reach it."""
        return _host_of(self.fleet)


def create(directory: Path, name: str | None, host: str | None, ports: Ports) -> Fleet:
    """Make keys and settings of a network. All of it is there in the end, or nothing.

    :param name: of the network; ``None``: that of the directory.
    :param host: by which others reach this machine; ``None``: its address in the local network.
    :raises Refused: there is a network, or something else; a name, a host or a port that cannot be.
    :raises LocalError: a port is in use, or the disk refuses.
    """
    directory = _whole(directory)
    check_place(directory)
    with refused("--host"):
        host = checked_host(host) if host is not None else str(own_address() or "127.0.0.1")
    listen = _listen_host(host)
    with refused("--port, --bootnode-port, --rendezvous-port"):
        ports = _free(listen, ports)
    keys = {part: PrivateKey.generate(os.urandom) for part in PARTS}
    fleet = _fleet(name if name is not None else directory.name, host, ports, keys)
    with files.explained_files(f"The network cannot be made in {directory}"):
        files.make_directory(directory.parent)
        scratch = files.make_scratch_directory(directory)
        try:
            _write(scratch, directory, fleet, listen, host, ports, keys)
            scratch.rename(directory)
            files.sync_directory(directory.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)  # the error that comes out says why
            raise
    return fleet


def is_there(directory: Path) -> bool:
    """Whether a network was made in this directory."""
    return (directory / NETWORK_FILE).exists()


def check_place(directory: Path) -> None:
    """
    :raises Refused: a network is there already, or something else.
    """
    if is_there(directory):
        raise Refused(
            f"There is a network in {directory} already, and its keys stay. Start it: pystatus network start "
            f"{directory}; its invitation: pystatus network show {directory}; for another one name another directory."
        )
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise Refused(f"{directory} is no directory. Name one that is not there yet.")
    with files.explained_files(f"{directory} cannot be read"):
        if directory.is_dir() and any(directory.iterdir()):
            raise Refused(f"The directory {directory} is not empty. Name one that is not there yet.")


def opened(directory: Path) -> OwnNetwork:
    """The network in a directory, as it is to be started.

    :raises Refused: there is none, or its settings, its keys and its fleet file do not go together.
    :raises LocalError: a file cannot be read.
    """
    directory = _whole(directory)
    file = directory / NETWORK_FILE
    if not is_there(directory):
        raise Refused(f"There is no network in {directory}. Make one: pystatus network create {directory}")
    with files.explained_files(f"The fleet file {file} cannot be read"):
        fleet = read_fleet(files.read_small(file, MAX_FILE), str(file))
    settings = {part: partial(_settings, directory, part) for part in PARTS}
    keys = {part: _key(directory, part) for part in PARTS}
    network = OwnNetwork(directory, fleet, settings, keys)
    _check_keys(network)
    return network


def moved(host: str) -> str | None:
    """A sentence, if others are told an address that this machine does not have any more; ``None`` where nobody can
    tell: a name, a public address that a router has, an address of this machine."""
    try:
        told = ipaddress.ip_address(host)
    except ValueError:
        return None
    own = own_address()
    if own is None or not told.is_private or told.is_loopback or own.version != told.version or own == told:
        return None
    return (
        f"The invitation says that this network is at {told}, and this machine is at {own} now. Put {own} in place of "
        "it in the four .toml files of the network, start it again, and hand out the new invitation: pystatus network "
        "show"
    )


def disagreements(network: OwnNetwork) -> list[str]:
    """A sentence for each settings file that has another host or port than the fleet file, from which the invitation is
    made: one of them was changed alone."""
    fleet = network.fleet
    relay, bootnode = Enode.parse(fleet.relays[0]), Enode.parse(fleet.bootnodes[0])
    point = PeerAddress.parse(fleet.rendezvous_nodes[0])
    told = {
        "relay": (relay.host, relay.port),
        "bootnode": (bootnode.host, bootnode.udp_port),
        "rendezvous": (point.host, point.port),
    }
    found = []
    for part, (host, port) in told.items():
        settings = network.settings[part]().settings
        own = (settings.advertise or host, parse_listen_address(settings.listen)[1])
        if own != (host, port):
            found.append(
                f"{NETWORK_FILE} and the invitation say that the {part} is at {host}, port {port}, and {part}.toml has "
                f"{own[0]}, port {own[1]}. If no router leads from one to the other, make them the same, start it "
                "again, and hand out the new invitation: pystatus network show"
            )
    return found


def _whole(directory: Path) -> Path:
    """Its path from the root on. Where it is a link itself it stays one, which is told."""
    if directory.name in ("", ".."):
        return directory.resolve()
    return directory.parent.resolve() / directory.name


def checked_host(host: str) -> str:
    """
    :raises LocalError: nobody can reach a machine by it.
    """
    key = PrivateKey(bytes(31) + b"\1").public_key
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            Enode.parse(str(Enode(key, host, 1, 1)))
        except LocalError:
            raise LocalError(f"{quoted(host)} is neither an IP address nor a name.") from None
        return host
    if address.is_unspecified or address.is_multicast or "%" in host:
        raise LocalError(f"{host} is the address of no single machine. Name the one by which others reach this.")
    return str(address)


# what stands in the directory


def _write(
    scratch: Path,
    directory: Path,
    fleet: Fleet,
    listen: str,
    host: str,
    ports: Ports,
    keys: dict[str, PrivateKey],
) -> None:
    title = f"of the network {json.dumps(fleet.name, ensure_ascii=False)}"
    head = f"# The network {fleet.name}: give this file, or the invitation, to those who are to join.\n\n"
    files.make_private(scratch / NETWORK_FILE, (head + written_fleet(fleet)).encode())
    texts = {
        "relay": (
            f"# Settings of the relay and mailserver {title}. All of them: docs/operators.md.\n"
            f"{_common(directory, 'relay', listen, host, ports.relay)}"
            f"fleet = {_quoted(directory / NETWORK_FILE)}\n\n"
            "[discovery]\nregister = true\n\n[mailserver]\nenabled = true\n\n"
            "# Those behind one router have one address: a family is not turned away.\n"
            f"[relay]\nmax_inbound_per_subnet = {OF_ONE_ADDRESS}\n"
        ),
        "bootnode": (
            f"# Settings of the bootnode {title}.\n{_common(directory, 'bootnode', listen, host, ports.bootnode)}"
        ),
        "rendezvous": (
            f"# Settings of the Rendezvous node {title}.\n"
            f"{_common(directory, 'rendezvous', listen, host, ports.rendezvous)}"
        ),
    }
    for part, text in texts.items():
        files.make_private(scratch / f"{part}.toml", text.encode())
        files.make_private(scratch / part / KEY_FILES[part], keys[part].secret.hex().encode() + b"\n")


def _common(directory: Path, part: str, listen: str, host: str, port: int) -> str:
    return (
        f"listen = {_quoted(_joined(listen, port))}\nadvertise = {_quoted(host)}\n"
        f"data_dir = {_quoted(directory / part)}\nkey_file = {_quoted(directory / part / KEY_FILES[part])}\n"
    )


def _quoted(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _fleet(name: str, host: str, ports: Ports, keys: dict[str, PrivateKey]) -> Fleet:
    relay = str(Enode(keys["relay"].public_key, host, ports.relay, ports.relay))
    return Fleet(
        name=name,
        relays=(relay,),
        mailservers=(relay,),
        bootnodes=(str(Enode(keys["bootnode"].public_key, host, ports.bootnode, ports.bootnode)),),
        rendezvous_nodes=(str(_meeting_point(host, ports.rendezvous, keys["rendezvous"])),),
    )


def _meeting_point(host: str, port: int, key: PrivateKey) -> PeerAddress:
    try:
        network = f"ip{ipaddress.ip_address(host).version}"
    except ValueError:
        network = "dns4"
    return PeerAddress(network, host, port, PeerId(key.public_key))


def _listen_host(host: str) -> str:
    """Where the nodes listen: on everything, but of a network for this machine alone, which nobody else is to reach."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return EVERYWHERE[0]
    if address.is_loopback:
        return str(address)
    return EVERYWHERE[address.version == 6]


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _free(host: str, ports: Ports) -> Ports:
    """Ports that are free now.

    :raises LocalError: one is in use, or may not be used.
    """
    with contextlib.ExitStack() as stack:
        relay = _both(host, ports.relay, stack)
        bootnode = _port(datagram_sockets, host, ports.bootnode, stack)
        rendezvous = _port(listening_sockets, host, ports.rendezvous, stack)
    return Ports(relay, bootnode, rendezvous)


def usual_or_free(host: str | None) -> Ports:
    """The usual ports, where all of them are free on this machine now; else others."""
    listen = _listen_host(host or str(own_address() or "127.0.0.1"))
    try:
        return _free(listen, Ports())
    except LocalError:
        return _free(listen, Ports(0, 0, 0))


def _both(host: str, port: int, stack: contextlib.ExitStack) -> int:
    for attempts_left in reversed(range(FREE_PORT_ATTEMPTS)):
        found = _port(listening_sockets, host, port, stack)
        try:
            return _port(datagram_sockets, host, found, stack)
        except LocalError:
            if port or not attempts_left:
                raise
    raise AssertionError("the last attempt returns or raises")


def _port(
    opening: Callable[[Sequence[str], int], list[socket.socket]], host: str, port: int, stack: contextlib.ExitStack
) -> int:
    (bound,) = opening((host,), port)
    stack.callback(bound.close)
    return int(bound.getsockname()[1])


def _settings(directory: Path, part: str) -> Effective:
    """Those in the file. The environment is not asked: what is meant for one node would be for three; and the
    directory may have been moved."""
    flags = {"data_dir": str(directory / part), "key_file": str(directory / part / KEY_FILES[part])}
    if part == "relay":
        flags["fleet"] = str(directory / NETWORK_FILE)
    return sources.read(directory / f"{part}.toml", {}, flags)


def _key(directory: Path, part: str) -> PrivateKey:
    """
    :raises Refused: it is not there; a new one would be another node than others know.
    """
    file = directory / part / KEY_FILES[part]
    if not file.exists():
        raise Refused(
            f"The key {file} is missing, by which others know the {part} of this network. Put it back from a backup, "
            "or make a new network in another directory."
        )
    return node_key(file, None)


def _named(fleet: Fleet) -> Iterator[tuple[str, list[object], str]]:
    """The keys that the fleet file has for each part."""
    yield "relay", [Enode.parse(url).public_key for url in fleet.relays], "relays"
    yield "bootnode", [Enode.parse(url).public_key for url in fleet.bootnodes], "bootnodes"
    points = [PeerAddress.parse(text).peer.public_key for text in fleet.rendezvous_nodes]
    yield "rendezvous", list(points), "rendezvous_nodes"


def _check_keys(network: OwnNetwork) -> None:
    """
    :raises Refused: the fleet file names other nodes than these keys are of: the invitation would lead nowhere.
    """
    for part, known, key in _named(network.fleet):
        if network.keys[part].public_key not in known:
            raise Refused(
                f"{network.directory / NETWORK_FILE}: {key} does not name the {part} whose key is in "
                f"{network.directory / part}. They are of two networks: put the right one back from a backup."
            )


def _host_of(fleet: Fleet) -> str:
    return Enode.parse(fleet.relays[0]).host or ""
