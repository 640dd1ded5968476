"""``pystatus network``: a network of one's own over real sockets, and what its directory and its invitation hold."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.apps.cli import own_network
from pystatus.apps.cli.exits import Exit
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import parse_address
from pystatus.fleets.fleet_file import read_fleet, written_fleet
from pystatus.fleets.invitation import invitation, parse_invitation
from pystatus.net import routes
from pystatus.net.listening import parse_listen_address
from pystatus.node.config import DEFAULT_MAX_PEERS
from pystatus.storage import files
from tests.apps.support import PASSWORD, Cli, Running
from tests.fleets.support import FULL, HARBOUR, LIST, enode

FREE = ("--host", "127.0.0.1", "--port", "0", "--bootnode-port", "0", "--rendezvous-port", "0")


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The directory of a network that runs, and the invitation to it."""
    directory = tmp_path_factory.mktemp("networks") / "harbour"
    with Running(directory.parent, "network", "create", str(directory), *FREE, "--json") as network:
        link = network.event("started")["invitation"]
        yield directory, link
        assert network.stop(signal.SIGTERM) == 0
        assert [json.loads(line) for line in network.rest()] == [{"event": "stopped"}]
        assert network.errors() == []


@pytest.fixture
def made(tmp_path: Path, cli: Cli) -> Path:
    """The directory of a network that does not run."""
    directory = tmp_path / "made"
    cli.object("network", "create", str(directory), *FREE, "--no-start")
    return directory


# a conversation


@pytest.mark.requirement("CL-10", "CL-12")
def test_with_nothing_but_the_invitation_people_are_in_conversation(cli: Cli, harbour: tuple[Path, str]) -> None:
    _, link = harbour
    for name in ("alice", "bob"):
        cli.add_profile(name)
    sent = cli.run("send", "alice", "#status", "before you came", "--join", link)
    assert sent.exit_code == 0, sent.stderr
    listening = ("listen", "bob", "#status", "--join", link.upper(), "--json", "--count", "2", "--for", "60")
    with Running(cli.data_dir, *listening, PYSTATUS_PASSWORD=PASSWORD) as bob:
        assert bob.event("message")["text"] == "before you came"
        assert cli.run("send", "alice", "#status", "and now", "--join", link).exit_code == 0
        assert bob.event("message")["text"] == "and now"
        assert bob.process.wait(30) == 0
    fetched = cli.objects("fetch", "bob", "--join", link)
    assert (fetched[-1]["event"], fetched[-1]["gaps"]) == ("fetched", [])


def test_relays_are_found_by_its_bootnode_and_its_rendezvous_node(cli: Cli, harbour: tuple[Path, str]) -> None:
    _, link = harbour
    (relay,) = parse_invitation(link).relays
    found = cli.objects("discover", "whispermail", "--join", link, "--limit", "1", "--timeout", "60")
    assert found[0]["enode"] == relay
    cli.add_profile("dora")
    (point,) = parse_invitation(link).rendezvous_nodes
    assert cli.run("send", "dora", "#status", "hello", "--rendezvous", point).exit_code == 0
    crawled = cli.objects("crawl", "--join", link)
    assert {Enode.parse(node["enode"]).public_key for node in crawled if node["event"] == "node"} >= {
        Enode.parse(relay).public_key
    }


def test_another_node_at_that_address_is_told(cli: Cli, tmp_path: Path, harbour: tuple[Path, str]) -> None:
    """As after a network was made anew in its place."""
    _, link = harbour
    cli.add_profile("carol")
    place = Enode.parse(parse_invitation(link).relays[0])
    other = tmp_path / "other.toml"
    other.write_text(f'relays = ["{enode(5, "127.0.0.1", place.port)}"]')
    told = cli.run("send", "carol", "#status", "hello", "--fleet", str(other), "--timeout", "2")
    assert told.exit_code == Exit.STORED
    assert "it may be another node than its enode or the invitation says (ask for that again)" in told.stderr


def test_another_relay_joins(tmp_path: Path, harbour: tuple[Path, str]) -> None:
    _, link = harbour
    with Running(
        tmp_path, "node", "--listen", "127.0.0.1:0", "--join", link, "--register", "--log-level", "info"
    ) as node:
        node.line()
        while "connected: <Peer" not in node.next_complaint():
            pass
        node.stop(signal.SIGTERM)


def test_the_same_network_is_not_started_twice(cli: Cli, harbour: tuple[Path, str]) -> None:
    directory, _ = harbour
    told = cli.error("network", "start", str(directory))
    assert "is in use by" in told
    assert told.endswith("One process at a time runs it: stop that one first.")


# the directory


def test_who_joins_from_behind_one_router_finds_room(made: Path) -> None:
    relay = tomllib.loads((made / "relay.toml").read_text())
    assert relay["relay"]["max_inbound_per_subnet"] == DEFAULT_MAX_PEERS


def test_what_is_made_is_for_its_owner_alone(made: Path) -> None:
    modes = {one.relative_to(made).as_posix(): stat.S_IMODE(one.stat().st_mode) for one in [made, *made.rglob("*")]}
    assert modes == {
        ".": 0o700,
        "bootnode": 0o700,
        "bootnode.toml": 0o600,
        "bootnode/node.key": 0o600,
        "network.toml": 0o600,
        "relay": 0o700,
        "relay.toml": 0o600,
        "relay/node.key": 0o600,
        "rendezvous": 0o700,
        "rendezvous.toml": 0o600,
        "rendezvous/rendezvous.key": 0o600,
    }


def test_each_settings_file_is_good_for_the_command_that_runs_it_alone(cli: Cli, made: Path) -> None:
    for part in own_network.PARTS:
        assert cli.object("config", "check", str(made / f"{part}.toml"))["ok"] is True
    relay = read_fleet((made / "network.toml").read_bytes(), "").relays[0]
    assert cli.object("enode", "--config", str(made / "relay.toml"))["enode"] == relay


def test_keys_are_never_made_anew(cli: Cli, made: Path) -> None:
    before = {one: one.read_bytes() for one in made.rglob("*.key")}
    told = cli.error("network", "create", str(made), *FREE, code=2)
    assert told.startswith(f"There is a network in {made} already, and its keys stay. Start it: pystatus network start")
    assert {one: one.read_bytes() for one in made.rglob("*.key")} == before
    (made / "relay" / "node.key").unlink()
    told = cli.error("network", "start", str(made), code=2)
    assert "is missing, by which others know the relay of this network. Put it back from a backup" in told
    assert not (made / "relay" / "node.key").exists()


def test_a_directory_that_was_moved_is_the_same_network(cli: Cli, made: Path) -> None:
    link = cli.object("network", "show", str(made))["invitation"]
    moved = made.rename(made.with_name("moved"))
    with Running(moved.parent, "network", "start", str(moved), "--json") as network:
        assert network.event("started")["invitation"] == link
        assert network.stop(signal.SIGINT) == 0
    assert not made.exists()


def test_keys_of_another_network_are_noticed_before_anything_runs(cli: Cli, made: Path) -> None:
    (made / "bootnode" / "node.key").write_text(PrivateKey(bytes([7] * 32)).secret.hex())
    told = cli.error("network", "start", str(made), code=2)
    assert "bootnodes does not name the bootnode whose key is in" in told
    assert "They are of two networks" in told


@pytest.mark.parametrize("what", ["file", "link", "full"])
def test_where_something_else_is_nothing_is_made(cli: Cli, tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    match what:
        case "file":
            place.write_text("mine")
        case "link":
            place.symlink_to(tmp_path / "nowhere")
        case _:
            place.mkdir()
            (place / "mine").write_text("mine")
    told = cli.error("network", "create", str(place), *FREE, code=2)
    assert "Name one that is not there yet." in told
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_an_empty_directory_is_as_good_as_none(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(0o755)
    cli.object("network", "create", str(tmp_path / "empty"), *FREE, "--no-start")
    assert stat.S_IMODE((tmp_path / "empty").stat().st_mode) == 0o700


def test_of_one_that_cannot_be_written_nothing_stays(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = files.make_private

    def full(path: Path, contents: bytes) -> None:
        if path.name == own_network.KEY_FILES["rendezvous"]:
            raise OSError(28, os.strerror(28))
        writing(path, contents)

    monkeypatch.setattr(files, "make_private", full)
    told = cli.error("network", "create", str(tmp_path / "below" / "new"), *FREE)
    assert "The network cannot be made in" in told
    assert "No space left on device" in told
    assert list((tmp_path / "below").iterdir()) == []


def test_a_port_in_use_is_told_before_anything_is_made(cli: Cli, tmp_path: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        for option in ("--port", "--bootnode-port"):
            told = cli.error("network", "create", str(tmp_path / "new"), *FREE, option, port, code=2)
            assert f"UDP port {port} is already in use" in told
    assert not (tmp_path / "new").exists()


def test_if_one_of_them_cannot_start_none_runs(cli: Cli, made: Path) -> None:
    relay = Enode.parse(read_fleet((made / "network.toml").read_bytes(), "").relays[0])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", relay.port))
        taken.listen()
        assert f"Port {relay.port} is already in use" in cli.error("network", "start", str(made))
    with Running(made.parent, "network", "start", str(made), "--json") as network:  # nothing is held any more
        network.event("started")
        network.stop(signal.SIGTERM)


def test_no_network_is_here(cli: Cli, tmp_path: Path) -> None:
    told = cli.error("network", "start", str(tmp_path), code=2)
    assert told == f"There is no network in {tmp_path}. Make one: pystatus network create {tmp_path}"


def test_what_cannot_start_is_named_with_its_file(cli: Cli, made: Path) -> None:
    port = parse_listen_address(tomllib.loads((made / "rendezvous.toml").read_text())["listen"])[1]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        told = cli.error("network", "start", str(made))
    assert told.startswith(f"The rendezvous of the network cannot start. Port {port} is already in use")
    assert told.endswith(f"are in {made}/rendezvous.toml, and what others are told of them in network.toml.")


def test_an_address_that_was_changed_in_one_file_alone_is_told(made: Path) -> None:
    assert own_network.disagreements(own_network.opened(made)) == []
    for part in own_network.PARTS:
        file = made / f"{part}.toml"
        before = file.read_text()
        file.write_text(before.replace('advertise = "127.0.0.1"', 'advertise = "192.168.7.9"'))
        (told,) = own_network.disagreements(own_network.opened(made))
        assert f"say that the {part} is at 127.0.0.1, port " in told
        assert f"{part}.toml has 192.168.7.9, port " in told
        file.write_text(re.sub(r"listen = .*", 'listen = "127.0.0.1:4"', before))
        (told,) = own_network.disagreements(own_network.opened(made))
        assert f"{part}.toml has 127.0.0.1, port 4." in told
        file.write_text(before)


@pytest.mark.parametrize(
    ("command", "part"), [("bootnode", "bootnode"), ("node", "relay"), ("rendezvous", "rendezvous")]
)
def test_a_node_of_a_directory_that_was_moved_makes_no_new_key(cli: Cli, made: Path, command: str, part: str) -> None:
    moved = made.rename(made.with_name("moved"))
    settings = moved / f"{part}.toml"
    if part == "relay":
        assert "is neither a file or directory that is there" in cli.error("node", "--config", str(settings), code=2)
        settings.write_text(settings.read_text().replace(f"{made}/network.toml", f"{moved}/network.toml"))
    told = cli.error(command, "--config", str(settings))
    assert "is not there, and a new one would be another node than others know" in told
    assert "Of a directory that was moved the settings files name the old place" in told
    assert not made.exists()


def test_several_workers_are_refused(cli: Cli, made: Path) -> None:
    (made / "relay.toml").write_text("workers = 2\n" + (made / "relay.toml").read_text())
    assert "Set workers to 1" in cli.error("network", "start", str(made), code=2)


@pytest.mark.parametrize("part", own_network.PARTS)
def test_nothing_goes_past_a_proxy(cli: Cli, made: Path, part: str) -> None:
    file = made / f"{part}.toml"
    file.write_text('proxy = "socks5://me:s3cret@127.0.0.1:9"\n' + file.read_text())
    said = cli.error("network", "start", str(made), code=2)
    assert f"Take proxy out of {file}" in said
    assert "s3cret" not in said


# addresses


@pytest.mark.parametrize(
    ("host", "listen", "sentence"),
    [
        ("127.0.0.1", "127.0.0.1:", "nobody but this machine reaches it"),
        ("192.168.7.5", "0.0.0.0:", "an address of the local network"),
        ("203.0.113.5", "0.0.0.0:", "an address of the local network"),
        ("8.8.8.8", "0.0.0.0:", "its ports have to be open in the firewall"),
        ("harbour.example.org", "0.0.0.0:", "has to lead to this machine"),
    ],
)
def test_the_address_is_said_plainly(cli: Cli, tmp_path: Path, host: str, listen: str, sentence: str) -> None:
    directory = tmp_path / "new"
    ports = FREE[2:]
    shown = cli.run("network", "create", str(directory), "--host", host, *ports, "--no-start")
    assert shown.exit_code == 0, shown.stderr
    assert sentence in shown.stdout
    assert f'listen = "{listen}' in (directory / "relay.toml").read_text()
    fleet = read_fleet((directory / "network.toml").read_bytes(), "")
    assert {Enode.parse(url).host for url in (*fleet.relays, *fleet.mailservers, *fleet.bootnodes)} == {host}
    assert fleet.rendezvous_nodes[0].split("/")[2] == host
    assert parse_invitation(invitation(fleet)) == fleet


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("0.0.0.0", "is the address of no single machine"),
        ("::", "is the address of no single machine"),
        ("224.0.0.1", "is the address of no single machine"),
        ("fe80::1%eth0", "is the address of no single machine"),
        ("harbour..example.org", "is neither an IP address nor a name"),
        ("203.0.113", "is neither an IP address nor a name"),
    ],
)
def test_a_host_that_nobody_reaches(cli: Cli, tmp_path: Path, host: str, sentence: str) -> None:
    told = cli.error("network", "create", str(tmp_path / "new"), *FREE[2:], "--host", host, code=2)
    assert told.startswith("--host: ")
    assert sentence in told
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_called_as_it_is_from_everywhere(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "harbour" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "harbour" / "inner")
    made = cli.object("network", "create", "../../quay", *FREE, "--no-start")
    assert (made["name"], made["directory"]) == ("quay", str(tmp_path / "quay"))


def test_without_an_address_it_is_that_of_this_machine(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_network, "own_address", lambda: parse_address("192.168.7.5"))
    made = cli.object("network", "create", str(tmp_path / "one"), *FREE[2:], "--no-start")
    assert (made["host"], made["name"]) == ("192.168.7.5", "one")
    monkeypatch.setattr(own_network, "own_address", lambda: None)
    made = cli.object("network", "create", str(tmp_path / "two"), *FREE[2:], "--no-start", "--name", "Two ports")
    assert (made["host"], made["name"]) == ("127.0.0.1", "Two ports")


def test_a_machine_that_has_another_address_now_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_network, "own_address", lambda: parse_address("192.168.7.6"))
    told = own_network.moved("192.168.7.5")
    assert told is not None
    assert told.startswith(
        "The invitation says that this network is at 192.168.7.5, and this machine is at 192.168.7.6"
    )
    for host in ("192.168.7.6", "127.0.0.1", "8.8.8.8", "harbour.example.org", "fd00::1"):
        assert own_network.moved(host) is None
    monkeypatch.setattr(own_network, "own_address", lambda: None)
    assert own_network.moved("192.168.7.5") is None


def test_the_own_address_is_none_of_this_machine_alone() -> None:
    found = routes.own_address()
    assert found is None or not (found.is_loopback or found.is_unspecified)


# what is shown and written


def test_an_invitation_is_shown_without_connecting(cli: Cli) -> None:
    link = invitation(FULL)
    shown = json.loads(cli.run("network", "show", link, "--json").stdout)
    assert shown["relays"] == list(FULL.relays)
    assert shown["mailserver_password"] is True
    text = cli.run("network", "show", link).stdout
    assert all(one in text for one in (*FULL.relays, *FULL.rendezvous_nodes, LIST, "Häfen der Welt"))
    assert "open sesame" not in text
    assert "The mailservers have a password" in text


def test_a_fleet_of_status_says_that_it_is_history(cli: Cli) -> None:
    shown = cli.run("network", "show", "eth.prod")
    assert "Warning: eth.prod was the production fleet of Status in 2020. It is history" in shown.stderr
    assert "invitation" not in shown.stdout
    assert cli.run("network", "show", "eth.prod", "--qr").exit_code == 2


def test_an_invitation_that_is_cut(cli: Cli) -> None:
    told = cli.error("network", "show", invitation(HARBOUR)[:-9], code=2)
    assert "This invitation is cut: its end is missing." in told


def test_a_picture_of_an_invitation_is_as_good(cli: Cli, tmp_path: Path) -> None:
    picture = tmp_path / "invitation.png"
    cli.object("network", "show", invitation(HARBOUR), "--qr-file", str(picture))
    assert cli.object("network", "show", str(picture))["name"] == "harbour"


def test_it_is_written_for_others_in_each_form(cli: Cli, tmp_path: Path) -> None:
    link = invitation(HARBOUR)
    assert cli.text("network", "export", link) == link + "\n"
    assert cli.text("network", "export", link, "--format", "toml") == written_fleet(HARBOUR)
    assert cli.object("network", "export", link, "--format", "toml") == {"text": written_fleet(HARBOUR)}
    assert cli.object("network", "export", link, "--format", "qr") == {"text": link.upper()}
    assert "█" in cli.text("network", "export", link, "--format", "qr")
    for form, name in (
        ("text", "a.txt"),
        ("toml", "a.toml"),
        ("qr", "a.svg"),
        ("qr", "a.png"),
        ("status-go", "a.json"),
    ):
        file = tmp_path / name
        assert cli.text("network", "export", link, "--format", form, "--to", str(file)) == f"Written: {file}\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for name in ("a.txt", "a.toml", "a.png"):
        assert cli.object("network", "show", str(tmp_path / name))["relays"] == list(HARBOUR.relays)
    settings = json.loads((tmp_path / "a.json").read_text())
    assert settings["ClusterConfig"]["StaticNodes"] == list(HARBOUR.relays)
    told = cli.run("network", "export", link, "--to", str(tmp_path / "a.txt"))
    assert (told.exit_code, told.stderr) == (
        2, f"--to: the file {tmp_path}/a.txt is there already. Name another one, or add --overwrite.\n",
    )  # fmt: skip
    cli.text("network", "export", link, "--to", str(tmp_path / "a.txt"), "--overwrite")
    told = cli.run("network", "export", link, "--format", "qr", "--to", str(tmp_path / "a.txt"))
    assert (told.exit_code, told.stdout) == (2, "")
    assert "ends with .png or .svg" in told.stderr


def test_what_status_go_does_not_know_is_said(cli: Cli) -> None:
    shown = cli.run("network", "export", invitation(FULL), "--format", "status-go")
    assert "Node lists in DNS are left out" in shown.stderr
    assert "The password of the mailservers is left out" in shown.stderr


@pytest.mark.parametrize(
    ("form", "name", "sentence"),
    [
        ("qr", "harbour.svg", "is a picture in SVG"),
        ("status-go", "harbour.json", "is JSON, as settings of status-go are"),
        ("qr", "harbour.png", None),
        ("toml", "harbour.toml", None),
        ("text", "harbour.txt", None),
    ],
)
def test_what_was_written_for_others_and_is_given_by_mistake(
    cli: Cli, tmp_path: Path, form: str, name: str, sentence: str | None
) -> None:
    """What this program reads is taken; of what it does not, it says what it is and what to give."""
    cli.add_profile("alice")
    file = str(tmp_path / name)
    cli.text("network", "export", invitation(HARBOUR), "--format", form, "--to", file)
    if sentence is None:
        assert cli.object("network", "show", file)["invitation"] == invitation(HARBOUR)
        return
    for line in (("network", "show", file), *(("listen", "alice", option, file) for option in ("--join", "--fleet"))):
        told = cli.error(*line)
        assert f"{file} {sentence}" in told, line
        assert "pystatus network export … --format" in told
        assert told.endswith("Or give the invitation, pystatus://network/…"), told


@pytest.mark.parametrize("command", ["show", "export"])
def test_what_was_printed_as_json_is_taken_by_its_invitation(cli: Cli, tmp_path: Path, command: str) -> None:
    file = tmp_path / "harbour.json"
    file.write_text(cli.text("network", command, invitation(HARBOUR), "--json"))
    assert cli.object("network", "show", str(file))["invitation"] == invitation(HARBOUR)
