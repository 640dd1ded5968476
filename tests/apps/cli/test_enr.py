"""``pystatus enr``: the own record and its number, and the records of others."""

from __future__ import annotations

import os
from pathlib import Path

from pystatus.apps.cli.node_key import node_key, record_file
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.node import Node, NodeConfig
from tests.apps.support import Cli
from tests.support.dns_zone import ZoneResolver, key, link, record


def test_the_help_names_the_record_as_other_commands_name_an_argument(cli: Cli) -> None:
    assert "pystatus enr [OPTIONS] [RECORD]" in " ".join(cli.text("enr", "--help").split()).replace(
        "Usage: root", "pystatus"
    )


def test_the_own_record_gets_a_number_for_each_change(cli: Cli) -> None:
    first = cli.object("enr", "--advertise", "192.0.2.1")
    found = NodeRecord.parse(first["enr"])
    assert (str(found.address), found.tcp_port, found.udp_port, found.seq) == ("192.0.2.1", 30303, 0, first["seq"])
    enode = cli.object("enode", "--advertise", "192.0.2.1")["enode"]
    assert first["enode"] == f"{enode}?discport=0"  # no Discovery v5 without a bootnode
    with_discovery = cli.object(
        "enr", "--advertise", "192.0.2.1", "--bootnode", f"enode://{key(9).public_key.xy.hex()}@192.0.2.9:1"
    )
    assert (with_discovery["enode"], with_discovery["seq"]) == (enode, first["seq"] + 1)
    first = cli.object("enr", "--advertise", "192.0.2.1")
    assert cli.text("enr", "--advertise", "192.0.2.1") == f"{first['enr']}\n"
    second = cli.object("enr", "--advertise", "192.0.2.2", "--listen", "0.0.0.0:30304")
    assert (second["seq"], second["tcp_port"]) == (first["seq"] + 1, 30304)
    assert (cli.data_dir / "node.enr").read_text() == f"{second['enr']}\n"
    (cli.data_dir / "node.enr").write_text("damaged")
    assert cli.object("enr", "--advertise", "192.0.2.2")["seq"] > 1_700_000_000


def test_both_families_that_it_listens_on(cli: Cli) -> None:
    values = cli.object("enr", "--listen", "[2001:db8::7]:30303")["values"]
    assert (values["ip6"], values["tcp"], "ip" in values) == ("2001:db8::7", 30303, False)


def test_it_is_kept_beside_the_key(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "relay.key"
    file.write_text(PrivateKey.generate(os.urandom).secret.hex())
    file.chmod(0o600)
    made = cli.object("enr", "--advertise", "192.0.2.1", "--key-file", str(file))
    assert (tmp_path / "relay.enr").read_text() == f"{made['enr']}\n"
    by_input = cli.object("enr", "--advertise", "192.0.2.1", "--key-file", "-", input=file.read_text())
    assert by_input["node_id"] == made["node_id"]
    assert (cli.data_dir / "node.enr").exists()


def test_an_address_of_this_machine_is_said_to_be_one(cli: Cli) -> None:
    result = cli.run("enr")
    assert "on this machine only" in result.stderr
    assert str(NodeRecord.parse(result.stdout.strip()).address) == "127.0.0.1"


def test_what_no_record_can_say(cli: Cli) -> None:
    assert "no names" in cli.error("enr", "--advertise", "relay.example.org", code=2)
    assert "left to chance" in cli.error("enr", "--listen", "0.0.0.0:0", code=2)


def test_the_record_of_somebody_else(cli: Cli) -> None:
    text = str(
        NodeRecord.sign(key(7), 9, {b"ip": bytes([10, 0, 0, 1]), b"tcp": 1, b"eth": [b"\x01"], b"\x1b[2J": b"x"})
    )
    fields = cli.object("enr", text)
    assert (fields["enr"], fields["seq"], fields["address"]) == (text, 9, "10.0.0.1")
    assert fields["values"] == {
        "0x1b5b324a": "0x78",
        "eth": "rlp 0xc101",
        "id": "v4",
        "ip": "10.0.0.1",
        "secp256k1": f"0x{key(7).public_key.compressed.hex()}",
        "tcp": 1,
    }
    shown = cli.text("enr", f" {text}\n")
    assert "version 9" in shown
    assert "signature good" in shown
    assert str(NodeRecord.parse(text).enode) in shown
    assert "\x1b" not in shown
    assert not (cli.data_dir / "node.enr").exists()


def test_a_record_that_says_little_or_nonsense(cli: Cli) -> None:
    assert "does not say where" in cli.text("enr", str(NodeRecord.sign(key(7), 1, {})))
    odd = NodeRecord.sign(key(7), 1, {b"ip": b"x", b"tcp": b"\x00\x01", b"udp": [b""], b"": b"y"})
    values = cli.object("enr", str(odd))["values"]
    assert (values["ip"], values["tcp"], values["udp"], values["0x"]) == ("0x78", "0x0001", "rlp 0xc180", "0x79")


def test_what_is_no_record(cli: Cli) -> None:
    good = str(record(4))
    for text in ("enr:", "enode://x", good[:-4], good.replace("enr:-I", "enr:-J"), "x" * 5000):
        sentence = cli.error("enr", text, code=2)
        assert "is not a node record" in sentence
        assert len(sentence) < 600


async def test_a_running_node_says_what_enr_shows(cli: Cli) -> None:
    """Both write to one file, and neither makes a second record with a number of the other's."""
    shown = NodeRecord.parse(cli.object("enr", "--listen", "127.0.0.1:30399")["enr"])
    config = NodeConfig(
        listen="127.0.0.1:0",
        key=node_key(None, cli.data_dir),
        record_file=record_file(None, cli.data_dir).path,
        dns_lists=(str(link(key(1), "nodes.example.org")),),
    )
    async with Node(config, resolver=ZoneResolver({})) as node:
        assert node.finding is not None
        record = node.finding._record()
        assert (record.node_id, record.seq, record.tcp_port) == (shown.node_id, shown.seq + 1, node.enode.port)
        assert node.finding._record() is record
    assert (cli.data_dir / "node.enr").read_text() == f"{record}\n"
