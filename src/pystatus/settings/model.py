"""Every setting of a node, once: its name, its default, what it may hold, its words for the documentation."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from pathlib import Path
from typing import Any

from pystatus.logs.levels import Levels
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.net.proxy import Proxy
from pystatus.peers.limits import DEFAULT_MAX_INBOUND_PER_SUBNET, MAX_TOPIC_PEERS
from pystatus.records import dataclass
from pystatus.rpc.config import MODULES
from pystatus.settings import kinds
from pystatus.settings.kinds import Kind
from pystatus.waku.packets import MAX_PACKET_SIZE
from pystatus.waku.relay.config import MAX_FLUSH_INTERVAL
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.relay.rate_limits import DEFAULT_BYTE_RATES, DEFAULT_PACKET_RATES

PREFIX = "PYSTATUS_"
"""What the environment variable of a setting begins with."""
MAX_WORKERS = 64
"""Processes of one node. Each is joined with each, so far fewer are useful: see docs/workers.md."""
DEFAULT_RETENTION_DAYS = 30.0
"""As long as clients look back."""
DEFAULT_ARCHIVE_BYTES = 10 << 30
"""Ten gigabytes: some fifteen million envelopes."""
MIN_ARCHIVE_BYTES = 16 << 20
"""Sixteen of the largest envelopes: in less, one of them would take the place of nearly everything else."""
DEFAULT_LISTEN = "0.0.0.0:30303"
"""The port of devp2p, on every interface."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of one setting beside its value."""

    kind: Kind
    help: str
    also: str | None = None
    """A second environment variable: the name that operators of status-go know. Ours wins."""
    reloads: bool = False
    """SIGHUP changes it in a running node."""
    secret: bool = False
    """Never shown."""


def setting(
    default: Any, kind: Kind, text: str, *, also: str | None = None, reloads: bool = False, secret: bool = False
) -> Any:
    """A field of the dataclasses below."""
    return field(default=default, metadata={"about": About(kind, text, also, reloads, secret)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """What is relayed, and for how many."""

    max_peers: int = setting(
        50, kinds.whole(0), "Connections at a time, not counting those of `peers`.", reloads=True
    )  # fmt: skip
    min_pow: float = setting(
        0.000002, kinds.NUMBER, "Least proof of work of an envelope that is taken.", reloads=True
    )  # fmt: skip
    max_inbound_peers: int | None = setting(
        None, kinds.whole(0), "Those of them that dialled this relay. Default: all of them.", reloads=True
    )  # fmt: skip
    max_inbound_per_subnet: int = setting(
        DEFAULT_MAX_INBOUND_PER_SUBNET, kinds.whole(1),
        "Those of them from one network (IPv4: /24, IPv6: /48), as people behind one router are."
        " This machine and local networks are not counted.",
    )  # fmt: skip
    confirmations: bool = setting(
        False, kinds.SWITCH, "Confirm every batch of envelopes that a peer sends."
    )  # fmt: skip
    flush_interval: float = setting(
        0.0, kinds.number(0, MAX_FLUSH_INTERVAL), "Seconds in which envelopes are collected before they leave; 0: none."
    )  # fmt: skip
    pool_bytes: int = setting(
        PoolLimits().max_bytes, kinds.whole(1), "Bytes of envelopes that are kept until they expire."
    )  # fmt: skip
    pool_envelopes: int = setting(
        PoolLimits().max_envelopes, kinds.whole(1),
        "Envelopes that are kept until they expire; of 12 times as many the hash is remembered.",
    )  # fmt: skip
    max_packet_size: int = setting(
        MAX_PACKET_SIZE, kinds.whole(1), "Bytes of a packet that is accepted. Limits in bytes may not be lower."
    )  # fmt: skip
    traffic_file: Path | None = setting(
        None, kinds.PATH, "Keep the bytes of each peer by the hour in this file. Default: nowhere."
    )  # fmt: skip
    bridge: bool = setting(False, kinds.SWITCH, "Speak Whisper (`shh/6`) as well, and relay between it and Waku.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoverySettings:
    """Peers that nobody has named: Discovery v5, Rendezvous, and nodes of lists in DNS (EIP-1459)."""

    enabled: bool = setting(
        True, kinds.SWITCH, "Look for peers. Without it `peers` are all, and nobody else is asked."
    )  # fmt: skip
    bootnodes: tuple[str, ...] = setting(
        (), kinds.BOOTNODES, "Nodes of Discovery v5 by which others are found: enode URLs with the UDP port."
    )  # fmt: skip
    rendezvous_nodes: tuple[str, ...] = setting(
        (), kinds.RENDEZVOUS, "Rendezvous nodes that are asked for others."
    )  # fmt: skip
    dns_lists: tuple[str, ...] = setting(
        (), kinds.LISTS, "Node lists. Their nodes are dialled as long as this relay has dialled too few peers."
    )  # fmt: skip
    register: bool = setting(
        False, kinds.SWITCH,
        "Let others find this node by bootnodes and Rendezvous nodes: as a relay, and if it is one as a mailserver.",
    )  # fmt: skip
    enough_peers: int = setting(
        8, kinds.whole(0, MAX_TOPIC_PEERS),
        "Dialled peers, those of `peers` included, with which no more are looked for.",
    )  # fmt: skip
    min_peers: int | None = setting(
        None, kinds.whole(0, MAX_TOPIC_PEERS),
        "With fewer dialled peers than this it looks more often. Default: `enough_peers`.",
    )  # fmt: skip
    enough_mailservers: int = setting(
        0, kinds.whole(0, MAX_TOPIC_PEERS), "Mailservers to be connected to, besides. 0: none is looked for."
    )  # fmt: skip
    peers_file: Path | None = setting(
        None, kinds.PATH,
        "Where good peers that were found are kept for the next run. Default: `peers.db` in `data_dir`.",
    )  # fmt: skip
    dns_server: str | None = setting(
        None, kinds.DNS_SERVER, "The DNS server to ask for the lists. Default: those of the system."
    )  # fmt: skip
    local: bool = setting(
        False, kinds.SWITCH, "Dial addresses of this machine and of local networks in lists, too."
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """How much is taken from others in a second. 0 is no limit."""

    packets_per_address: int = setting(
        DEFAULT_PACKET_RATES.ip, kinds.whole(0),
        "Packets a second from one IP address (IPv6: /64); twice as many from its network (/24, /48).", reloads=True,
    )  # fmt: skip
    packets_per_peer: int = setting(
        DEFAULT_PACKET_RATES.peer, kinds.whole(0), "Packets a second from one peer.", reloads=True
    )  # fmt: skip
    envelopes_per_topic: int = setting(
        DEFAULT_PACKET_RATES.topic, kinds.whole(0), "Envelopes a second of one topic from one peer.", reloads=True
    )  # fmt: skip
    bytes_per_address: int = setting(
        DEFAULT_BYTE_RATES.ip, kinds.whole(0), "Bytes a second, likewise.", reloads=True
    )  # fmt: skip
    bytes_per_peer: int = setting(
        DEFAULT_BYTE_RATES.peer, kinds.whole(0), "Bytes a second from one peer.", reloads=True
    )  # fmt: skip
    bytes_per_topic: int = setting(
        DEFAULT_BYTE_RATES.topic, kinds.whole(0), "Bytes a second of one topic from one peer.", reloads=True
    )  # fmt: skip
    whitelist: tuple[str, ...] = setting(
        (), kinds.WHITELIST, "Whom neither limits nor bans concern, beside `peers`."
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MailserverSettings:
    """The offline inbox of ``docs/mailserver.md``."""

    enabled: bool = setting(False, kinds.SWITCH, "Archive what is relayed, and answer requests for it.")
    archive: str | None = setting(
        None, kinds.ARCHIVE,
        "A file, or `postgresql://user:password@host/database`. Default: `archive.db` in `data_dir`.", secret=True,
    )  # fmt: skip
    retention_days: float = setting(
        DEFAULT_RETENTION_DAYS, kinds.NUMBER, "Days that envelopes are kept; 0: as long as there is room."
    )  # fmt: skip
    max_bytes: int = setting(
        DEFAULT_ARCHIVE_BYTES, kinds.whole(MIN_ARCHIVE_BYTES, or_zero=True),
        "Bytes of the archive, of which the oldest give way; 0: no limit."
    )  # fmt: skip
    password: str = setting(
        PUBLIC_PASSWORD, kinds.TEXT, "What requests are sealed with. The default is the one that all clients know.",
        secret=True,
    )  # fmt: skip
    min_pow: float = setting(0.000002, kinds.NUMBER, "Least proof of work of a sealed request.")
    interval: float = setting(0.0, kinds.NUMBER, "Seconds between two requests of one client; 0: none.")
    sealed_only: bool = setting(
        False, kinds.SWITCH, "Refuse plain requests, which need no password. Clients of the reference send both kinds."
    )  # fmt: skip
    catch_up_from: tuple[str, ...] = setting(
        (), kinds.ENODES, "Mailservers with the same password, which are asked for what came while this one was away."
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """``/metrics``, ``/health`` and ``/ready`` over HTTP."""

    port: int | None = setting(
        None, kinds.PORT, "Serve metrics and health here; 0 takes a free port. Without it they are off.",
        also="METRICS_PORT",
    )  # fmt: skip
    host: str = setting("127.0.0.1", kinds.HOST, "The address to serve them on. There is no password: keep it private.")
    min_peers: int = setting(0, kinds.whole(0), "`/ready` says yes from this many peers on.", reloads=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcSettings:
    """The JSON-RPC of ``docs/rpc.md``. Whoever has the token may change the node."""

    port: int | None = setting(
        None, kinds.PORT, "Offer JSON-RPC over HTTP and WebSocket here; 0 takes a free port. Without it both are off.",
        also="RPC_PORT",
    )  # fmt: skip
    host: str = setting("127.0.0.1", kinds.HOST, "The address to offer it on. Anywhere else put TLS in front of it.")
    socket: Path | None = setting(
        None, kinds.PATH, "Offer it on this Unix socket, too, which only the user of the node can open."
    )  # fmt: skip
    modules: tuple[str, ...] = setting(
        MODULES, kinds.words("a list of " + ", ".join(MODULES), *MODULES), "The parts of it that are offered.",
        also="API_MODULES",
    )  # fmt: skip
    token: str | None = setting(
        None, kinds.TEXT, "What callers over HTTP present. Better kept in a file.", secret=True
    )  # fmt: skip
    token_file: Path | None = setting(
        None, kinds.PATH, "The file with the token. Default: `rpc.token` in `data_dir`, made if need be."
    )  # fmt: skip
    allowed_hosts: tuple[str, ...] = setting(
        (), kinds.words("a list of host names"), "Names that callers may use for it, beside this machine's; `*`: any."
    )  # fmt: skip
    allowed_origins: tuple[str, ...] = setting(
        (), kinds.words("a list of origins, https://host"), "Web pages that may call it; `*`: any."
    )  # fmt: skip
    reference_encoding: bool = setting(
        False, kinds.SWITCH, "Byte fields in base64 and results as status-go has them, for its clients."
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """The log on standard error."""

    level: Levels = setting(
        Levels(), kinds.LEVELS, "How much is logged, also by module: `info,pystatus.net=debug`.",
        also="LOG_LEVEL", reloads=True,
    )  # fmt: skip
    format: str | None = setting(
        None, kinds.one_of("console", "json"), "How a line looks. Default: json together with `--json`, else console."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it."""

    listen: str = setting(
        DEFAULT_LISTEN, kinds.ADDRESS, "Where peers are accepted, `host:port`. `LISTEN_PORT` sets the port alone."
    )
    advertise: str | None = setting(
        None, kinds.HOST, "The host in the enode: the public address, where it is not the one of `listen`.",
        also="PUBLIC_IP",
    )  # fmt: skip
    nat: str = setting(
        "any", kinds.NAT,
        "How the node learns its address, and whether it opens ports on its router.",
    )  # fmt: skip
    peers: tuple[str, ...] = setting(
        (), kinds.ENODES, "Enode URLs of relays to stay connected to; the node's own is passed over.", reloads=True
    )  # fmt: skip
    proxy: Proxy | None = setting(
        None, kinds.PROXY, "A SOCKS5 proxy for all that the node opens, `socks5://[user:password@]host:port`.",
        secret=True,
    )  # fmt: skip
    fleet: str | None = setting(
        None, kinds.FLEET,
        "The network to be part of: a fleet by name, as a file, or at a URL. Its relays are added to `peers`, and its "
        "bootnodes, Rendezvous nodes and node lists to those of `discovery`.",
    )  # fmt: skip
    join: str | None = setting(
        None, kinds.INVITATION, "The same by an invitation, or a file or picture with one.", secret=True
    )  # fmt: skip
    data_dir: Path | None = setting(
        None, kinds.PATH, "Where the node key is kept. Default: `pystatus` below the XDG data directory.",
        also="DATA_PATH",
    )  # fmt: skip
    key_file: Path | None = setting(
        None, kinds.PATH, "The node key, 64 hexadecimal digits. Default: `node.key` in `data_dir`, made if need be."
    )
    time_servers: tuple[str, ...] = setting(
        (), kinds.TIME_SERVERS,
        "NTP servers to put the clock right by: names, addresses, `pool` for pool.ntp.org, `none`. Default: none.",
    )  # fmt: skip
    workers: int = setting(
        1, kinds.whole(1, MAX_WORKERS), "Processes that share the work: more than one needs as many cores (Linux)."
    )
    relay: RelaySettings = field(default_factory=RelaySettings)
    discovery: DiscoverySettings = field(default_factory=DiscoverySettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    mailserver: MailserverSettings = field(default_factory=MailserverSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    rpc: RpcSettings = field(default_factory=RpcSettings)
    log: LogSettings = field(default_factory=LogSettings)


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting in the list of all."""

    key: str
    """As in the file, the section in front: ``metrics.port``."""
    about: About
    default: Any

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.key.replace(".", "_").upper()

    @property
    def flag(self) -> str:
        """What its option on the command line is called, if it has one."""
        return _FLAGS.get(self.key) or "--" + self.key.replace(".", "-").replace("_", "-")


_FLAGS = {
    "peers": "--peer",
    "time_servers": "--time-server",
    "relay.max_peers": "--max-peers",
    "relay.min_pow": "--min-pow",
    "relay.bridge": "--bridge",
    "discovery.bootnodes": "--bootnode",
    "discovery.rendezvous_nodes": "--rendezvous",
    "discovery.register": "--register",
    "discovery.dns_lists": "--dns-list",
    "discovery.dns_server": "--dns-server",
    "mailserver.enabled": "--mailserver",
    "mailserver.archive": "--archive",
    "mailserver.retention_days": "--retention-days",
    "mailserver.max_bytes": "--max-bytes",
    "mailserver.catch_up_from": "--catch-up-from",
}
"""The options that are not called like their settings."""


def _entries(section: type, prefix: str) -> list[Entry]:
    found = []
    for one in dataclasses.fields(section):
        about = one.metadata.get("about")
        if isinstance(about, About):
            found.append(Entry(prefix + one.name, about, one.default))
        else:
            assert isinstance(one.default_factory, type), "a section is made of its own defaults"
            found += _entries(one.default_factory, f"{prefix}{one.name}.")
    return found


ENTRIES: dict[str, Entry] = {entry.key: entry for entry in _entries(Settings, "")}
"""All settings by key, in the order of the documentation."""
SECTIONS: frozenset[str] = frozenset(key.partition(".")[0] for key in ENTRIES if "." in key)


def build(values: dict[str, Any]) -> Settings:
    """The settings with ``values``, by key; what is absent has its default."""

    def section(kind: type, prefix: str) -> Any:
        arguments = {}
        for one in dataclasses.fields(kind):
            if "about" not in one.metadata:
                arguments[one.name] = section(one.default_factory, f"{prefix}{one.name}.")  # type: ignore[arg-type]  # sections have one
            elif prefix + one.name in values:
                arguments[one.name] = values[prefix + one.name]
        return kind(**arguments)

    built: Settings = section(Settings, "")
    return built
