"""Every option and argument of every command refuses what it cannot hold: exit code 2, and a sentence of ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pystatus.apps.cli import name_values, screen_values, sticker_values, values, wallet_values
from pystatus.apps.cli.exits import Exit, code_of
from pystatus.settings import kinds, sources
from pystatus.settings.kinds import Kind, WrongValue
from pystatus.settings.model import ENTRIES
from pystatus.settings.sources import MAX_MISTAKES, SettingError
from tests.apps.support import Cli
from tests.support.command_line import ENODE, Command, commands, kind_of, name_of

BROKEN = "\udcff"
"""What the system makes of an argument that is not UTF-8."""
NO_NUMBERS = ("many", "", "1x", "0x10", "1_000", "٣", "nan", "inf", "-inf", "1e999", "9" * 400, "1.2.3", "--")

BAD: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (kinds.PATH, ("", "~nobody-is-called-so/x")),
    (kinds.TEXT, ("", "\x1b")),
    (kinds.HOST, ("", "a b", "host:1", "[::1]")),
    (kinds.ARCHIVE, ("", "mysql://host/x", "postgresql://me:secret@host:x/d")),
    (kinds.SWITCH, ("perhaps", "2")),
    (kinds.FLEET, ("", "enode://x", "http://203.0.113.1/fleet.toml", "pystatus://network/aa")),
    (kinds.INVITATION, ("", "status-im://status", "pystatus://network/aa", "pystatus://network/!")),
    (kinds.LEVELS, ("loud", "info,debug")),
    (kinds.ADDRESS, ("30303", "host:99999")),
    (kinds.ENODES, ("none",)),
    (kinds.WHITELIST, ("me",)),
    (kinds.LISTS, ("enrtree://x",)),
    (kinds.RENDEZVOUS, ("/ip4/203.0.113.1/tcp/1",)),
    (kinds.DNS_SERVER, ("dns",)),
    (kinds.PROXY, ("", "none", "http://127.0.0.1:8080", "socks5://me:secret@proxy")),
    (kinds.TIME_SERVERS, ("a/b", "host:0", "none pool")),
    (values.TIME_SOURCES, ("", "a/b", "host:99999")),
    (values.PROFILE, ("", " ", "\x1b[31m", BROKEN)),
    (values.PROFILE_NAME, ("", "a/b", BROKEN)),
    (values.DEVICE, ("", BROKEN)),
    (values.DEVICE_NAME, ("", "x" * 100_000, BROKEN)),
    (values.CHAT, ("", "#no spaces", "#", "0x04", BROKEN)),
    (values.MESSAGE, ("", " \n", "x" * 100_000, BROKEN)),
    (values.PERSON, ("", "#news", "nobody", BROKEN)),
    (values.CONTACT, ("", BROKEN)),
    (values.NICKNAME, ("\x1b", "x" * 100_000, BROKEN)),
    (values.ENS_NAME, ("nobody", "a b.eth", ".eth", BROKEN)),
    (values.GROUP, ("", BROKEN)),
    (values.GROUP_NAME, ("", " ", "a/b", BROKEN)),
    (values.REQUEST, ("", BROKEN)),
    (values.LINK, ("", BROKEN)),
    (values.GIVEN_LINK, ("", "nonsense", "https://example.org/status", BROKEN)),
    (values.LINKED, ("", "#no spaces", "0x04", "a b.eth", BROKEN)),
    (values.ROW, ("", BROKEN)),
    (values.MESSAGE_ID, ("", "0x12345", "nothing", "0x" + "1" * 65, BROKEN)),
    (values.REACTION, ("", "hat", BROKEN)),
    (values.AMOUNT, ("", "many", "1.5", "-1", "1e3", "0x10", "9" * 80, BROKEN)),
    (values.ADDRESS, ("", "0x12", "alice.eth", "0xAbcdef" + "0" * 34, BROKEN)),
    (
        wallet_values.ENDPOINT,
        ("", "127.0.0.1:8545", "ftp://node.example", "http://me:secret@node.example", "http://h:99999"),
    ),
    (
        wallet_values.PRICES,
        (
            "",
            "prices.example",
            "ftp://prices.example",
            "wss://prices.example",
            "http://me:secret@prices.example",
            BROKEN,
        ),
    ),
    (wallet_values.CURRENCY, ("", "EU", "EURO", "12€", "EUR,USD", BROKEN)),
    (wallet_values.DECIMAL, ("", "-1", ".5", "1e18", "NaN", "1,5", "0x10", "9" * 80, BROKEN)),
    (wallet_values.ACCOUNT, ("", "\x1b", BROKEN)),
    (wallet_values.ACCOUNT_NAME, ("", "0xab", "x" * 61, "a\nb", BROKEN)),
    (wallet_values.COLOUR, ("", "blue", "#12345", BROKEN)),
    (wallet_values.RECIPIENT, ("", "0x5a", "\x1b", BROKEN)),
    (wallet_values.CALL_DATA, ("", "0x", "0x12345", "0xa9059cb", "a9059cbb", "0xzzzzzzzz", BROKEN)),
    (wallet_values.HASH_BEGINNING, ("", "0x", "0x12", "1234", "0x" + "1" * 65, "0xzzzz", BROKEN)),
    (wallet_values.KEY_PATH, ("", "44'/60'", "m/x", "m" + "/1" * 11, BROKEN)),
    (name_values.NAME, ("", "a b.eth", "\x1b", "x" * 256, BROKEN)),
    (name_values.USERNAME, ("", "x" * 129, BROKEN)),
    (name_values.CONTENT, ("https://example.org", "ipfs://", "ipfs://bafy", "bzz://12", "ipns://-", BROKEN)),
    (values.TRANSACTION_HASH, ("", "0x12", "1" * 64, BROKEN)),
    (values.SIGNATURE, ("", "0x12", "1" * 129, BROKEN)),
    (values.STICKER, ("", "no hash", BROKEN)),
    (sticker_values.GATEWAY, ("", "ftp://ipfs.example", "wss://ipfs.example", "https://ipfs.example/?key=1", BROKEN)),
    (values.WORDS, ("", "…", "x" * 100_000, BROKEN)),
    (values.KEY, ("", "nobody", BROKEN)),
    (values.MOMENT, ("", "yesterday", "2020-13-01", BROKEN)),
    (values.MOMENT_END, ("", "yesterday", "2020-13-01", BROKEN)),
    (values.CURSOR, ("", "1-2", BROKEN)),
    (values.BASE, ("", "x", "ff")),
    (values.PICTURE, ("", "alice.gif", "png")),
    (values.DRAWING, ("delays.png", "delays")),
    (values.SAMPLES, ("delays.txt", "delays")),
    (values.RELAY, ("", "none", "enode://12@127.0.0.1:1")),
    (values.RELAYS, ("", " , ", "none")),
    (kinds.NAT, ("", "auto", "extip:", "extip:example.org", "pmp:router", "upnp:192.168.1.1", BROKEN)),
    (kinds.BOOTNODES, ("none", ENODE.partition("@")[0])),
    (values.NODES_TO_ASK, ("", " , ", "none", ENODE.partition("@")[0])),
    (values.TOPIC, ("", "x" * 65, "\u20ac" * 22, "\x1b", BROKEN)),
    (values.NODE_LIST, ("", "enode://x")),
    (values.RECORD, ("", "enr:", "enode://x", BROKEN)),
    (values.DOMAIN, (BROKEN,)),
    (values.NODE_LISTS, ("", "enrtree://x")),
    (values.MEETING_POINTS, ("", "/ip4/203.0.113.1/tcp/1")),
    (values.SOURCE, ("", "enode://none")),
    (values.URL, ("", "nonsense", "ftp://host", "http://", "http://host:99999", "http://[::1")),
    (values.METHOD, ("", "no method", BROKEN)),
    (values.TRANSCRIPT, ("", "pdf")),
    (values.THEME, ("", "pink")),
    (values.OSC, ("", "8")),
    (values.NETWORK_FORMAT, ("", "yaml")),
    (values.ANYTHING, (BROKEN,)),
    (values.LOG_FORMAT, ("", "xml")),
    (screen_values.IMAGES, ("", "some")),
    (screen_values.HOURS, ("", "22:00", "22-7", "22:00-22:00", "25:00-07:00", "1:00-2:00-3:00")),
    (ENTRIES["log.format"].about.kind, ("", "xml")),
)
"""What no value of a kind is. Kinds with bounds have theirs from the bounds."""
PROXY = "socks5://me:s3cret@127.0.0.1:9050"
BY_BOOTNODES = {"PYSTATUS_DISCOVERY_REGISTER": "1", "PYSTATUS_DISCOVERY_BOOTNODES": ENODE}
FAR_ARCHIVE = {
    "PYSTATUS_MAILSERVER_ENABLED": "1", "PYSTATUS_MAILSERVER_ARCHIVE": "postgresql://127.0.0.1,db.example/archive",
}  # fmt: skip
LISTS_OF_ANYTHING = ("rpc.modules", "rpc.allowed_hosts", "rpc.allowed_origins")
_BOUNDS = re.compile(
    r"(?P<from>At least|From|Above) (?P<low>[0-9.]+)( to (?P<below>below )?(?P<high>[0-9.]+))?(, or 0)?\.$"
)


def number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def bounds_in(help_text: str) -> tuple[list[str], list[str]]:
    """The outermost values that a help text allows, and the first ones beyond."""
    found = _BOUNDS.search(help_text)
    assert found, help_text
    low, inside, outside = number(found["low"]), [], []
    if found["from"] == "Above":
        outside += [str(low)]
        inside += [str(low + 1)]
    else:
        inside += [found["low"]]
        outside += [str(low - 1), f"-{low or 1}"]
    if found["high"]:
        high = number(found["high"])
        (outside if found["below"] else inside).append(found["high"])
        outside += [str(high + 1), str(high * 1000)]
    return inside, outside


def bad_values(kind: Kind, help_text: str) -> tuple[str, ...]:
    if kind.bounds:
        return (*bounds_in(help_text)[1], *NO_NUMBERS)
    found = [bad for known, bad in BAD if known is kind]
    assert found, f"say in BAD what {kind.allowed} is not"
    return found[0]


EACH = [
    pytest.param(command, parameter, id=f"{command.name} {name_of(parameter)}")
    for command in commands()
    for parameter in command.with_values
]


def _parameter(one: Any) -> Any:
    return one.values[1]


def line(command: Command, parameter: Any, value: str) -> tuple[str, ...]:
    """The command with good values but one."""
    if parameter.param_type_name == "option":
        return (*command.words, f"{name_of(parameter)}={value}", *command.arguments)
    before = []
    for one, good in zip(command.with_values, command.arguments, strict=False):
        if one is parameter:
            break
        before.append(good)
    after = command.arguments[len(before) + 1 :]
    return (*command.words, "--", *before, value, *after)


@pytest.mark.parametrize(("command", "parameter"), EACH)
def test_a_wrong_value_of_any_parameter_is_a_sentence_and_nothing_is_begun(
    cli: Cli, command: Command, parameter: Any
) -> None:
    kind, name = kind_of(parameter), name_of(parameter)
    wrong = bad_values(kind, parameter.help)
    for value in wrong:
        with pytest.raises(WrongValue) as caught:
            kind.parse(value)
        assert code_of(caught.value) == Exit.REFUSED
    shown = cli.run(*line(command, parameter, wrong[0]))
    assert (shown.exit_code, shown.stdout) == (Exit.REFUSED, "")
    (sentence,) = shown.stderr.splitlines()
    assert re.match(rf"{re.escape(name)}(:| must be) ", sentence), sentence
    assert not re.search(r"Invalid value|Input should|valid (integer|number|string)|[Vv]alue error|pydantic", sentence)
    assert not cli.data_dir.exists()


@pytest.mark.parametrize(
    ("command", "parameter"),
    [one for one in EACH if _parameter(one).envvar],
    ids=lambda one: getattr(one, "name", None),
)
def test_a_wrong_value_of_a_variable_names_the_variable(cli: Cli, command: Command, parameter: Any) -> None:
    wrong = next(one for one in bad_values(kind_of(parameter), parameter.help) if one.strip(" ,"))
    cli.environment[parameter.envvar] = wrong
    sentence = cli.run(*command.words, *command.arguments, "--json")
    assert sentence.exit_code == Exit.REFUSED
    assert re.match(rf"{parameter.envvar}(:| must be) ", json.loads(sentence.stderr)["error"])


@pytest.mark.parametrize(("command", "parameter"), [one for one in EACH if kind_of(_parameter(one)).bounds])
def test_the_bounds_in_the_help_are_the_bounds(command: Command, parameter: Any) -> None:
    inside, outside = bounds_in(parameter.help)
    for value in inside:
        kind_of(parameter).parse(value)
    for value in outside:
        with pytest.raises(WrongValue):
            kind_of(parameter).parse(value)


def test_the_default_of_every_option_is_a_value_that_it_may_have() -> None:
    for command in commands():
        for parameter in command.with_values:
            if isinstance(parameter.default, int | float | str):
                kind_of(parameter).parse(str(parameter.default))


def wrong_text(key: str) -> str | None:
    """A wrong value for a setting, where there is one."""
    kind = ENTRIES[key].about.kind
    if kind.bounds:
        return "many"
    found = [bad for known, bad in BAD if known is kind]
    return next((one for one in found[0] if one), None) if found else None


WRONG = {key: text for key in ENTRIES if (text := wrong_text(key)) is not None}


def test_of_nearly_every_setting_a_wrong_value_is_known() -> None:
    assert set(ENTRIES) - set(WRONG) == set(LISTS_OF_ANYTHING)


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_setting_is_refused_wherever_it_stands(cli: Cli, tmp_path: Path, key: str) -> None:
    entry, text = ENTRIES[key], WRONG[key]
    file = tmp_path / "node.toml"
    section, dot, name = key.rpartition(".")
    file.write_text(f"[{section}]\n" * bool(dot) + f"{name} = {json.dumps([text])}\n")
    given: tuple[tuple[str, Any], ...] = (
        (entry.variable, (None, {entry.variable: text}, {})),
        (f"{file}: {key}", (file, {}, {})),
    )
    for place, arguments in given:
        with pytest.raises(SettingError) as caught:
            sources.read(*arguments)
        assert str(caught.value).startswith(place)
        assert "secret" not in str(caught.value)
    refused = cli.error("config", "check", str(file), code=Exit.REFUSED)
    assert refused.startswith(f"{file}: {key}")


def test_all_mistakes_of_a_file_are_told_at_once(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "node.toml"
    file.write_text(
        'listn = "x"\nmax_peers = 3\nport = 1\nworkers = 0\n[metrics]\nprot = 1\nport = "x"\n[metrcs]\nport = 1\n'
    )
    result = cli.run("config", "check", str(file))
    assert (result.exit_code, result.stdout) == (Exit.REFUSED, "")
    sentences = result.stderr.splitlines()
    assert [one.removeprefix(f"{file}: ").partition(" Allowed")[0] for one in sentences] == [
        "there is no setting listn. Did you mean listen?",
        "there is no setting max_peers. Did you mean max_peers in [relay]?",
        "there is no setting port. Did you mean port in [rpc]?",
        "workers must be a whole number from 1 to 64, not 0.",
        "there is no setting prot in [metrics]. Did you mean port?",
        "metrics.port must be a port, a whole number from 0 to 65535, not 'x'.",
        "there is no setting metrcs. Did you mean metrics?",
    ]
    told = json.loads(cli.run("config", "check", str(file), "--json").stderr)
    assert told["errors"] == sentences
    file.write_text("".join(f"x{number} = 1\n" for number in range(100)))
    sentences = cli.run("node", "--config", str(file)).stderr.splitlines()
    assert len(sentences) == MAX_MISTAKES + 1
    assert sentences[-1] == f"And {100 - MAX_MISTAKES} more mistakes."


def test_node_and_mailserver_take_the_same_options() -> None:
    options = {
        command.name: {name_of(one) for one in command.parameters}
        for command in commands()
        if command.name in ("node", "mailserver")
    }
    assert options["node"] - {"--mailserver"} == options["mailserver"]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"METRICS_PORT": "30303"}, "Listen and metrics.port are both port 30303."),
        ({"METRICS_PORT": "9", "RPC_PORT": "9"}, "metrics.port and rpc.port are both port 9."),
        ({"PYSTATUS_WORKERS": "2", "RPC_PORT": "1"}, "A node with several workers offers no RPC."),
        ({"PYSTATUS_WORKERS": "2", "PYSTATUS_MAILSERVER_ENABLED": "1"}, "A mailserver runs in one process."),
        ({"PYSTATUS_PROXY": PROXY, "PYSTATUS_LISTEN": "relay.example:1"}, "With a proxy no name is looked up on this"),
        ({"PYSTATUS_PROXY": PROXY, **BY_BOOTNODES}, "Nobody is named with whom to register."),
        ({"PYSTATUS_PROXY": PROXY, **FAR_ARCHIVE}, "The archive is on another machine, to which no way leads"),
        ({"PYSTATUS_LIMITS_BYTES_PER_PEER": "1000"}, "A limit of 1000 bytes a second is less than one packet"),
        ({"PYSTATUS_MAILSERVER_MAX_BYTES": "1"}, "PYSTATUS_MAILSERVER_MAX_BYTES must be a whole number of at least"),
    ],
)
def test_settings_that_make_no_node_are_refused_by_the_check_and_by_the_node(
    cli: Cli, environment: dict[str, str], said: str
) -> None:
    cli.environment |= environment
    for command in (("config", "check"), ("node",)):
        assert cli.error(*command, code=Exit.REFUSED).startswith(said)


def test_ports_on_addresses_apart_may_be_the_same(cli: Cli) -> None:
    cli.environment |= {"METRICS_PORT": "9", "RPC_PORT": "9", "PYSTATUS_RPC_HOST": "127.0.0.2"}
    assert cli.object("config", "check")["ok"]


def test_lists_are_shown_as_lists(cli: Cli) -> None:
    shown = {one["key"]: one["value"] for one in cli.objects("config", "show", "--effective")}
    assert shown["peers"] == []
    assert shown["rpc.modules"] == ["admin", "net", "rpc", "shh", "shhext", "waku", "web3"]
    assert " peers = [] # default " in " ".join(cli.text("config", "show", "--effective").split())


def test_an_archive_is_not_copied_into_itself(cli: Cli, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    archive.touch()
    said = "This is the archive that is copied into."
    link = tmp_path / "link"
    link.symlink_to(archive)
    for other in (archive, link):
        refused = cli.error("archive", "copy", str(other), "--archive", str(archive), code=Exit.REFUSED)
        assert refused.startswith(said)
    for name, another in (("u:a@Host", "v:b@host"), ("host", "host")):
        refused = cli.error(
            *("archive", "copy", f"postgresql://{name}/x", "--archive", f"postgresql://{another}/x"), code=Exit.REFUSED
        )
        assert refused.startswith(said)
