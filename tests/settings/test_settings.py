"""Where settings come from, which source wins, and what is said of a wrong one."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pystatus.apps.cli import relay_options
from pystatus.apps.cli.root import app
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.fleets.invitation import invitation
from pystatus.logs.levels import Levels
from pystatus.net.proxy import Proxy
from pystatus.net.route import Route
from pystatus.node.cautions import by_proxy
from pystatus.settings import display, mapping, sources
from pystatus.settings.model import ENTRIES
from pystatus.settings.sources import SettingError
from pystatus.variables import PASSWORD_VARIABLE
from pystatus.waku.status import RateLimits
from tests.fleets.support import HARBOUR

ROOT = Path(__file__).parents[2]
NODE_ID = PrivateKey(bytes(31) + b"\x01").public_key.xy.hex()
ONE = f"enode://{NODE_ID}@203.0.113.1:30303"
LIST = "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@list"
TWO = f"enode://{NODE_ID}@203.0.113.2:30303"
PEER_ID = "16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm"
MEET, MEET_TOO = (f"/ip4/203.0.113.{number}/tcp/30703/ethv4/{PEER_ID}" for number in (1, 2))


def written(directory: Path, text: str) -> Path:
    file = directory / "pystatus.toml"
    file.write_text(text)
    return file


VIA = "socks5://127.0.0.1:"
INVITED = invitation(HARBOUR)
EVERYTHING = {
    "listen": ('"127.0.0.1:1"', "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"),
    "advertise": ('"a.example.org"', "a.example.org", "b.example.org", "c.example.org"),
    "nat": ('"none"', "none", "pmp:192.168.1.1", "extip:203.0.113.5"),
    "peers": (f'["{ONE}"]', (ONE,), (TWO,), (ONE, TWO)),
    "proxy": (f'"{VIA}1"', Proxy("127.0.0.1", 1), Proxy("127.0.0.1", 2), Proxy("127.0.0.1", 3)),
    "data_dir": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "key_file": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "fleet": ('"eth.prod"', "eth.prod", "/a b.toml", "https://example.org/fleet.toml"),
    "join": ('"/a.png"', "/a.png", INVITED, "b.txt"),
    "time_servers": ('["pool"]', ("pool",), ("none",), ("time.example.org", "192.0.2.1:1123")),
    "workers": ("2", 2, 3, 4),
    "relay.max_peers": ("1", 1, 2, 3),
    "relay.min_pow": ("1", 1.0, 0.5, 0.25),
    "relay.max_inbound_peers": ("1", 1, 2, 3),
    "relay.max_inbound_per_subnet": ("1", 1, 3, 4),
    "relay.confirmations": ("true", True, False, True),
    "relay.flush_interval": ("1", 1.0, 0.5, 0.25),
    "relay.pool_bytes": ("1", 1, 2, 3),
    "relay.pool_envelopes": ("1", 1, 2, 3),
    "relay.max_packet_size": ("1", 1, 2, 3),
    "discovery.enabled": ("false", False, True, False),
    "discovery.bootnodes": (f'["{ONE}"]', (ONE,), (TWO,), (ONE, TWO)),
    "discovery.rendezvous_nodes": (f'["{MEET}"]', (MEET,), (MEET_TOO,), (MEET, MEET_TOO)),
    "discovery.register": ("true", True, False, True),
    "discovery.min_peers": ("1", 1, 2, 3),
    "discovery.enough_mailservers": ("1", 1, 2, 3),
    "discovery.peers_file": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "discovery.dns_lists": (f'["{LIST}1"]', (f"{LIST}1",), (f"{LIST}2",), (f"{LIST}1", f"{LIST}3")),
    "discovery.enough_peers": ("1", 1, 2, 3),
    "discovery.dns_server": ('"10.0.0.1"', "10.0.0.1", "::1", "10.0.0.1:5353"),
    "discovery.local": ("true", True, False, True),
    "limits.packets_per_address": ("1", 1, 2, 3),
    "limits.packets_per_peer": ("1", 1, 2, 3),
    "limits.envelopes_per_topic": ("1", 1, 2, 3),
    "limits.bytes_per_address": ("1", 1, 2, 3),
    "limits.bytes_per_peer": ("1", 1, 2, 3),
    "limits.bytes_per_topic": ("1", 1, 2, 3),
    "limits.whitelist": ('["10.0.0.1"]', ("10.0.0.1",), ("10.0.0.0/8",), (ONE,)),
    "relay.traffic_file": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "relay.bridge": ("true", True, False, True),
    "mailserver.enabled": ("true", True, False, True),
    "mailserver.archive": ('"/a"', "/a", "postgresql:///b", "c.db"),
    "mailserver.retention_days": ("1", 1.0, 0.5, 90.0),
    "mailserver.max_bytes": ("20000000", 20_000_000, 30_000_000, 0),
    "mailserver.password": ('"a"', "a", "b", "c"),
    "mailserver.min_pow": ("1", 1.0, 0.5, 0.25),
    "mailserver.interval": ("1", 1.0, 0.5, 0.25),
    "mailserver.sealed_only": ("true", True, False, True),
    "mailserver.catch_up_from": (f'["{ONE}"]', (ONE,), (TWO,), (ONE, TWO)),
    "rpc.port": ("1", 1, 2, 3),
    "rpc.host": ('"::1"', "::1", "127.0.0.2", "localhost"),
    "rpc.socket": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "rpc.modules": ('["net"]', ("net",), ("waku",), ("net", "waku")),
    "rpc.token": ('"a"', "a", "b", "c"),
    "rpc.token_file": ('"/a"', Path("/a"), Path("/b"), Path("/c")),
    "rpc.allowed_hosts": ('["a"]', ("a",), ("b",), ("*",)),
    "rpc.allowed_origins": ('["https://a"]', ("https://a",), ("https://b",), ("*",)),
    "rpc.reference_encoding": ("true", True, False, True),
    "metrics.port": ("1", 1, 2, 3),
    "metrics.host": ('"::1"', "::1", "127.0.0.2", "localhost"),
    "metrics.min_peers": ("1", 1, 2, 3),
    "log.level": ('"info"', Levels("info"), Levels("error"), Levels("debug", (("pystatus.net", "info"),))),
    "log.format": ('"json"', "json", "console", "json"),
}
"""For each setting: TOML, and what the file, a variable and an option say."""


def as_text(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def test_every_setting_is_tried_here() -> None:
    assert EVERYTHING.keys() == ENTRIES.keys()


@pytest.mark.parametrize("key", EVERYTHING)
def test_the_environment_wins_over_the_file_and_an_option_over_both(tmp_path: Path, key: str) -> None:
    toml, in_file, in_environment, in_option = EVERYTHING[key]
    section, dot, name = key.rpartition(".")
    file = written(tmp_path, f"[{section}]\n{name} = {toml}\n" if dot else f"{name} = {toml}\n")
    entry = ENTRIES[key]
    environment = {entry.variable: as_text(in_environment)}
    flags: dict[str, str | None] = {key: as_text(in_option)}

    def found(*arguments: object) -> tuple[object, str]:
        effective = sources.read(*arguments)  # type: ignore[arg-type]
        return effective.values[key], effective.origins[key]

    assert found(None, {}, {key: None}) == (entry.default, "default")
    assert found(file, {}, {}) == (in_file, str(file))
    assert found(file, environment, {}) == (in_environment, entry.variable)
    assert found(file, environment, flags) == (in_option, entry.flag)


@pytest.mark.parametrize(
    ("variable", "key", "text", "value"),
    [
        ("PUBLIC_IP", "advertise", "203.0.113.5", "203.0.113.5"),
        ("METRICS_PORT", "metrics.port", "9305", 9305),
        ("DATA_PATH", "data_dir", "/data", Path("/data")),
        ("LOG_LEVEL", "log.level", "WARN", Levels("warning")),
        ("LOG_LEVEL", "log.level", "TRACE", Levels("debug")),
        ("LISTEN_PORT", "listen", "443", "0.0.0.0:443"),
        ("RPC_PORT", "rpc.port", "8545", 8545),
        ("API_MODULES", "rpc.modules", "admin,net", ("admin", "net")),
    ],
)
def test_the_variables_of_the_reference_are_understood_and_ours_win(
    variable: str, key: str, text: str, value: object
) -> None:
    effective = sources.read(None, {variable: text}, {})
    assert (effective.values[key], effective.origins[key]) == (value, variable)
    ours = ENTRIES[key].variable
    _, _, other, _ = EVERYTHING[key]
    effective = sources.read(None, {variable: text, ours: as_text(other)}, {})
    assert (effective.values[key], effective.origins[key]) == (other, ours)


def test_the_listening_port_leaves_the_host_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, 'listen = "[::1]:30303"')
    assert sources.read(file, {"LISTEN_PORT": "443"}, {}).settings.listen == "[::1]:443"


def test_an_empty_variable_is_none() -> None:
    effective = sources.read(None, {"PUBLIC_IP": "", "PYSTATUS_METRICS_PORT": "", "LISTEN_PORT": ""}, {})
    assert set(effective.origins.values()) == {"default"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "x = 1",
            "there is no setting x. Allowed: listen, advertise, nat, peers, proxy, fleet, join, data_dir, key_file, "
            "time_servers, workers, ",
        ),
        (
            "[metrics]\nprt = 1",
            "there is no setting prt in [metrics]. Did you mean port? Allowed there: port, host, min_peers.",
        ),
        ("metrics = 1", "metrics must be a section, [metrics], with port, host, min_peers in it."),
        ("[metrics]\nport = 65536", "metrics.port must be a port, a whole number from 0 to 65535, not 65536."),
        ("[metrics]\nport = true", "metrics.port must be a port, a whole number from 0 to 65535, not true."),
        ('[metrics]\nport = "1"', "metrics.port must be a port, a whole number from 0 to 65535, not '1'."),
        ("[relay]\nmin_pow = nan", "relay.min_pow must be a number of at least 0, not nan."),
        ('[relay]\nmin_pow = "1"', "relay.min_pow must be a number of at least 0, not '1'."),
        ("[relay]\nmax_peers = -1", "relay.max_peers must be a whole number of at least 0, not -1."),
        ('[log]\nlevel = "loud"', "log.level must be debug, info, warning or error, and module=level behind commas"),
        ('[log]\nformat = "xml"', "log.format must be console or json, not 'xml'."),
        ('advertise = "a b"', "advertise must be a host name or an IP address, not 'a b'."),
        ('advertise = "203.0.113.5:30303"', "advertise must be a host name or an IP address, not '203.0.113.5:30303'."),
        ('advertise = "enode://x@host"', "advertise must be a host name or an IP address"),
        ('[metrics]\nhost = "[::1]"', "metrics.host must be a host name or an IP address"),
        ('advertise = ""', "advertise must be a host name or an IP address, not ''."),
        ("[relay]\nbridge = 1", "relay.bridge must be true or false, not 1."),
        (
            '[rpc]\nmodules = ["eth"]',
            "rpc.modules must be a list of admin, net, rpc, shh, shhext, waku, web3, not ['eth'].",
        ),
        ("[rpc]\ntoken = 1234567890", "rpc.token must be text."),
        ('[limits]\nwhitelist = ["me"]', "limits.whitelist: "),
        ('[discovery]\ndns_lists = ["x"]', 'discovery.dns_lists: "x" is not a node list'),
        (
            "[discovery]\ndns_lists = 1",
            "discovery.dns_lists must be a list of node lists, enrtree://key@domain, not 1.",
        ),
        ('[discovery]\ndns_server = "x"', 'discovery.dns_server: "x" is no DNS server'),
        (
            '[mailserver]\narchive = "postgresql://me:secret@h:x/d"',
            "mailserver.archive: The archive's URL is malformed: 'x' is not a port. Give postgresql://",
        ),
        ("[mailserver]\narchive = 1", "mailserver.archive must be a path, or a URL postgresql://…."),
        ("peers = 1", 'peers must be a list of enode URLs, ["enode://…", …], not 1.'),
        ("peers = [1]", 'peers must be a list of enode URLs, ["enode://…", …], not [1].'),
        ('peers = ["http://x"]', 'peers: "http://x" is not an enode address'),
        ('listen = "30303"', "listen: '30303' is not an address to listen on. Give host:port"),
        ("listen = ", "is not TOML: Invalid value (at end of document)."),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingError) as caught:
        sources.read(file, {}, {})
        assert str(caught.value).startswith((str(file), f"The file {file} "))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(LocalError, match=r"settings file .*missing\.toml cannot be read: No such file"):
        sources.read(missing, {}, {})
    long = written(tmp_path, "#" * (sources.MAX_FILE_SIZE + 1))
    with pytest.raises(SettingError, match="longer than 1 MiB"):
        sources.read(long, {}, {})
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")
    with pytest.raises(SettingError, match=r"binary is not text in UTF-8\."):
        sources.read(binary, {}, {})


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("METRICS_PORT", "http", "METRICS_PORT must be a port, a whole number from 0 to 65535, not 'http'."),
        ("LISTEN_PORT", "70000", "LISTEN_PORT must be a port, a whole number from 0 to 65535, not '70000'."),
        ("PYSTATUS_PEERS", "none", 'PYSTATUS_PEERS: "none" is not an enode address'),
        ("PYSTATUS_LOG_LEVEL", "x" * 100, "not '" + "x" * 59 + "…'."),
        ("PYSTATUS_RELAY_MIN_POW", "inf", "PYSTATUS_RELAY_MIN_POW must be a number of at least 0, not 'inf'."),
    ],
)
def test_a_mistake_in_the_environment_is_one_sentence(variable: str, text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        sources.read(None, {variable: text}, {})
    assert sentence in str(caught.value)


def test_a_mistake_in_an_option_names_it() -> None:
    with pytest.raises(SettingError, match="--metrics-port must be a port"):
        sources.read(None, {}, {"metrics.port": "x"})


def test_a_slip_of_the_pen_in_a_variable_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"PYSTATUS_METRIC_PORT": "1", "PYSTATUS_PASSWORD": "x", "PYSTATUS_METRICS_PORT": "1"}
    (sentence,) = sources.unknown_variables(environment)
    assert sentence.startswith("PYSTATUS_METRIC_PORT is set, but there is no such setting.")
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    relay_options.warn_of_unknown()
    told = capsys.readouterr().err
    assert told.startswith("Warning: PYSTATUS_METRIC_PORT is set, but there is no such setting.")
    assert told.count("\n") == 1


def test_what_other_commands_read_is_no_slip_of_the_pen() -> None:
    known = dict.fromkeys((*variables_of(get_command(app)), PASSWORD_VARIABLE), "x")
    assert list(sources.unknown_variables(known)) == []


OF_TESTS = {"PYSTATUS_VECTORS", "PYSTATUS_SOAK_MESSAGES", "PYSTATUS_CHROMIUM", "PYSTATUS_SCREENSHOTS"}
"""Variables that only tests read."""


def test_no_variable_that_a_page_names_is_a_slip_of_the_pen() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    named = set(re.findall(r"PYSTATUS_[A-Z_]+[A-Z]", pages)) - OF_TESTS
    assert "PYSTATUS_STATE_DIR" in named
    assert list(sources.unknown_variables(dict.fromkeys(named, "x"))) == []


def variables_of(command: Any) -> set[str]:
    """The variables that the options of a command, and of those below it, read."""
    own = {option.envvar for option in command.params if option.envvar}
    return own.union(*(variables_of(below) for below in getattr(command, "commands", {}).values()))


@pytest.mark.parametrize(
    "text", ["", "loud", "info,debug", "=info", "pystatus.net=", "pystatus..net=info", "info,a b=debug"]
)
def test_levels_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text) + "$"):
        Levels.parse(text)


def test_levels_are_written_as_they_are_read() -> None:
    levels = Levels.parse("INFO, pystatus.net=Debug,pystatus=error")
    assert str(levels) == "info,pystatus=error,pystatus.net=debug"
    assert Levels.parse(str(levels)) == levels
    assert Levels.parse("a=debug") == Levels("warning", (("a", "debug"),))


def test_a_node_gets_what_is_set() -> None:
    key = PrivateKey(bytes(31) + b"\x02")
    settings = sources.read(
        None,
        {"LISTEN_PORT": "443", "PUBLIC_IP": "203.0.113.5", "PYSTATUS_PEERS": ONE},
        {
            "relay.max_peers": "7",
            "relay.min_pow": "0.5",
            "relay.pool_envelopes": "1000",
            "limits.packets_per_peer": "11",
            "limits.bytes_per_topic": "20000000",
            "limits.whitelist": "203.0.113.0/24",
        },
    ).settings
    config = mapping.node_config(settings, key)
    assert (config.listen, config.advertised_host, config.peers) == ("0.0.0.0:443", "203.0.113.5", (ONE,))
    assert (config.max_peers, config.min_pow, config.key) == (7, 0.5, key)
    assert (config.pool.max_envelopes, config.pool.max_remembered) == (1_000, 12_000)
    assert (config.packet_rates, config.byte_rates) == (
        RateLimits(ip=10_000, peer=11),
        RateLimits(ip=32 << 20, peer=16 << 20, topic=20_000_000),
    )
    assert config.whitelist == ("203.0.113.0/24",)


def test_an_invitation_is_not_shown_wherever_it_stands() -> None:
    """It may hold a password."""
    for key in ("fleet", "join"):
        effective = sources.read(None, {}, {key: invitation(HARBOUR)})
        assert [(one.key, one.value) for one in display.shown(effective, everything=False)] == [(key, display.SECRET)]
    effective = sources.read(None, {}, {"fleet": "eth.prod"})
    assert [one.value for one in display.shown(effective, everything=False)] == ["eth.prod"]


def test_a_proxy_is_for_the_whole_node_and_its_password_is_shown_nowhere(tmp_path: Path) -> None:
    file = written(tmp_path, 'proxy = "socks5h://me:s3cret@127.0.0.1:9050"\n[discovery]\n' + f'bootnodes = ["{ONE}"]\n')
    effective = sources.read(file, {}, {})
    config = mapping.node_config(effective.settings, None)
    assert config.proxy == Proxy("127.0.0.1", 9050, "me", "s3cret")
    assert config.network().route == config.route == Route(config.proxy)
    assert not config.is_looking
    for shows in (repr(config), repr(effective.settings), list(display.shown(effective, everything=True))):
        assert "s3cret" not in str(shows)
    with pytest.raises(SettingError) as refused:
        sources.read(None, {"PYSTATUS_PROXY": "socks5://me:s3cret@"}, {})
    assert "s3cret" not in str(refused.value)


def test_what_a_proxy_changes_of_what_was_asked_for_is_said() -> None:
    def cautions(**more: str) -> tuple[str, ...]:
        given = {"PYSTATUS_" + name: value for name, value in more.items()}
        return by_proxy(mapping.node_config(sources.read(None, given, {}).settings, None))

    asked = {"DISCOVERY_BOOTNODES": ONE, "DISCOVERY_DNS_LISTS": f"{LIST}1", "DISCOVERY_RENDEZVOUS_NODES": MEET}
    assert cautions(**asked) == ()
    bootnodes, lists, listens = cautions(PROXY=f"{VIA}9050", **asked)
    assert bootnodes.startswith("Bootnodes are not asked, as they speak UDP")
    assert lists.startswith("Node lists are not read.")
    assert "with --dns-server ADDRESS" in lists
    assert listens.startswith("This node listens, so who dials it sees the address that the proxy hides")
    assert cautions(PROXY=f"{VIA}9050", DISCOVERY_DNS_SERVER="192.0.2.1", **asked) == (bootnodes, listens)
    assert cautions(PROXY=f"{VIA}9050", DISCOVERY_ENABLED="0", **asked) == (listens,)
    (times, _) = cautions(PROXY=f"{VIA}9050", TIME_SERVERS="pool", DISCOVERY_ENABLED="0")
    assert times.startswith("Time servers are not asked, as they speak UDP")
    assert cautions(PROXY=f"{VIA}9050", TIME_SERVERS="none", DISCOVERY_ENABLED="0") == (listens,)


@pytest.mark.parametrize(
    ("archive", "is_here"),
    [
        (None, True),
        ("archive.db", True),
        ("postgresql:///archive", True),
        ("postgresql://me:secret@127.0.0.1:5432/archive", True),
        ("postgresql://[::1]:5432,localhost/archive", True),
        ("postgresql://%2Frun%2Fpostgresql/archive", True),
        ("postgresql:///archive?host=/run/postgresql", True),
        ("postgresql://192.0.2.1/archive", False),
        ("postgresql://[2001:db8::1]:5432/archive", False),
        ("postgresql://127.0.0.1,db.example/archive", False),
        ("postgresql:///archive?host=127.0.0.1,db.example", False),
        ("postgresql:///archive?service=far", False),
    ],
)
def test_with_a_proxy_the_archive_is_on_this_machine(archive: str | None, is_here: bool) -> None:
    environment = {"PYSTATUS_PROXY": f"{VIA}9050", "PYSTATUS_MAILSERVER_ENABLED": "1"}
    if archive is not None:
        environment["PYSTATUS_MAILSERVER_ARCHIVE"] = archive
    with contextlib.nullcontext() if is_here else pytest.raises(LocalError, match="on another machine"):
        mapping.check(sources.read(None, environment, {}).settings)


@pytest.mark.parametrize(
    ("key", "value", "is_name"),
    [
        ("metrics.host", "metrics.example.org", True),
        ("rpc.host", "rpc.example.org", True),
        ("metrics.host", "192.0.2.1", False),
        ("rpc.host", "localhost", False),
    ],
)
def test_with_a_proxy_no_name_of_a_place_to_listen_at_is_looked_up(key: str, value: str, is_name: bool) -> None:
    section = key.partition(".")[0]
    flags = {"proxy": "socks5://127.0.0.1:9050", key: value, f"{section}.port": "9001"}
    settings = sources.read(None, {}, flags).settings
    with pytest.raises(LocalError, match=f"address into {key}") if is_name else contextlib.nullcontext():
        mapping.check(settings)
    del flags["proxy"]
    mapping.check(sources.read(None, {}, flags).settings)


def test_with_a_proxy_no_router_is_asked() -> None:
    for nat, beside in (("any", "none"), ("upnp", "none"), ("extip:45.9.0.1", "extip:45.9.0.1"), ("none", "none")):
        flags = {"nat": nat}
        assert str(mapping.nat_method(sources.read(None, {}, flags).settings)) == nat
        flags["proxy"] = "socks5://127.0.0.1:9050"
        assert str(mapping.nat_method(sources.read(None, {}, flags).settings)) == beside


def test_settings_that_contradict_each_other_are_a_sentence() -> None:
    settings = sources.read(None, {"PYSTATUS_LIMITS_BYTES_PER_PEER": "1000"}, {}).settings
    with pytest.raises(LocalError, match="less than one packet may have: allow 16777215 or more"):
        mapping.node_config(settings, None)


def test_several_workers_offer_no_rpc() -> None:
    settings = sources.read(None, {"PYSTATUS_WORKERS": "2", "RPC_PORT": "0"}, {}).settings
    with pytest.raises(LocalError, match="A node with several workers offers no RPC"):
        mapping.rpc_config(settings)


def test_the_rpc_gets_what_is_set(tmp_path: Path) -> None:
    assert not mapping.rpc_config(sources.read(None, {}, {}).settings).is_enabled
    environment = {"PYSTATUS_DATA_DIR": str(tmp_path), "RPC_PORT": "0", "PYSTATUS_RPC_SOCKET": "/run/node.ipc"}
    config = mapping.rpc_config(sources.read(None, environment, {}).settings)
    assert (config.http, config.http_host, config.http_port) == (True, "127.0.0.1", 0)
    assert (config.socket, config.token_file) == (Path("/run/node.ipc"), tmp_path / "rpc.token")
    config = mapping.rpc_config(sources.read(None, {"PYSTATUS_RPC_TOKEN": "x" * 16}, {}).settings)
    assert (config.http, config.token, config.token_file) == (False, "x" * 16, None)
