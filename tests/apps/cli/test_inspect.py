"""``pystatus inspect``: what passes a node, as a table, as lines and as objects; captures, and what may be wrong."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PrivateKey
from pystatus.node import Node, NodeConfig
from pystatus.transport import topics
from pystatus.waku.capture import Record, header
from pystatus.waku.envelope import Envelope
from tests.apps.support import PATIENCE, Cli, Running, Terminal, process_environment

CHAT = topics.topic("harbour")
PERSON = PrivateKey(b"\x05" * 32).public_key
CHAT_KEY = encode(PERSON)


def envelope(topic: bytes = CHAT, ttl: int = 30, size: int = 300) -> Envelope:
    return Envelope.mine(time.time(), ttl, topic, os.urandom(size), 0.002)


class Relay:
    """A node in a thread of its own, so that commands can run beside it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._node = self._call(self._start())
        self.enode = str(self._node.enode)

    async def _start(self) -> Node:
        node = Node(NodeConfig(listen="127.0.0.1:0"))
        await node.start()
        return node

    def _call(self, work: object) -> Node:
        done: Future[Node] = asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]
        return done.result(PATIENCE)

    def post(self, *envelopes: Envelope) -> None:
        for one in envelopes:
            self._loop.call_soon_threadsafe(self._node.post, one)

    def close(self) -> None:
        self._call(self._node.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


@contextmanager
def relay() -> Iterator[Relay]:
    running = Relay()
    try:
        yield running
    finally:
        running.close()


def capture(file: Path, *envelopes: Envelope, behind: bytes = b"") -> Path:
    records = [Record.at(1_600_000_000.0 + at, one.raw).encode() for at, one in enumerate(envelopes)]
    file.write_bytes(header() + b"".join(records) + behind)
    return file


# A node


def test_every_envelope_of_a_node_as_an_object(cli: Cli) -> None:
    one, two = envelope(), envelope(topics.topic(topics.partitioned(PERSON)))
    with relay() as node:
        node.post(one, two)
        events = cli.objects("inspect", node.enode, "--chat", "#harbour", "--chat", CHAT_KEY, "--count", "2")
    assert events[0]["event"] == "connected"
    assert events[0]["client"].startswith("pystatus/")
    assert {event["name"] for event in events if event["event"] == "packet"} == {"status", "messages"}
    shown = {event["hash"]: event for event in events if event["event"] == "envelope"}
    assert shown.keys() == {"0x" + one.hash.hex(), "0x" + two.hash.hex()}
    first = shown["0x" + one.hash.hex()]
    assert first["topic"] == "0x" + CHAT.hex()
    assert first["name"] == "#harbour"
    assert first["bytes"] == len(one.raw)
    assert first["pow"] == one.pow() >= 0.002
    assert (first["ttl"], first["expiry"]) == (one.ttl, one.expiry)
    assert shown["0x" + two.hash.hex()]["name"].startswith(f"partition {PERSON.x % topics.PARTITIONS}, ")
    summary = events[-1]
    assert summary["event"] == "summary"
    assert (summary["envelopes"], summary["topics"], summary["malformed"]) == (2, 2, 0)
    assert summary["bytes"] == len(one.raw) + len(two.raw)
    assert summary["packets_status"] == 1
    assert summary["packet_bytes"] > summary["bytes"]
    assert [event["envelopes"] for event in events if event["event"] == "topic"] == [1, 1]


def test_only_the_topics_of_named_chats_are_asked_for(cli: Cli) -> None:
    with relay() as node:
        node.post(envelope(b"\x01\x02\x03\x04"), mine := envelope())
        events = cli.objects("inspect", node.enode, "--chat", "harbour", "--only", "--count", "1")
    assert [event["hash"] for event in events if event["event"] == "envelope"] == ["0x" + mine.hash.hex()]
    assert events[-1]["packet_bytes"] < 600  # the other one was not sent at all


def test_what_is_recorded_is_read_again(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "seen.capture"
    sent = [envelope() for _ in range(3)]
    with relay() as node:
        node.post(*sent)
        live = cli.objects("inspect", node.enode, "--count", "3", "--record", str(file))
    again = cli.objects("inspect", str(file))
    wanted = [event for event in live if event["event"] == "envelope"]
    assert [event["hash"] for event in wanted] == ["0x" + one.hash.hex() for one in sent]
    found = [event for event in again if event["event"] == "envelope"]
    assert [{**event, "time": 0} for event in found] == [{**event, "time": 0} for event in wanted]
    assert all(abs(a["time"] - b["time"]) < 1e-5 for a, b in zip(found, wanted, strict=True))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_ends_when_it_is_told(tmp_path: Path) -> None:
    with relay() as node, Running(tmp_path, "inspect", node.enode, "--json") as command:
        command.event("connected")
        assert command.stop(signal.SIGTERM) == 0
        assert json.loads(command.rest()[-1])["event"] == "summary"


def test_it_ends_after_its_time(cli: Cli) -> None:
    with relay() as node:
        assert cli.objects("inspect", node.enode, "--for", "0")[-1]["envelopes"] == 0
        result = cli.run("inspect", node.enode, "--for", "0", "--count", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stderr) == {"error": "0 of 1 envelope came."}


def test_a_node_that_leaves(tmp_path: Path) -> None:
    with relay() as node:
        command = Running(tmp_path, "inspect", node.enode, "--json")
        command.event("connected")
    with command:
        assert command.wait() == 1
        assert "The node has left" in command.errors()[-1]


def test_a_terminal_shows_a_table(tmp_path: Path) -> None:
    with relay() as node, Terminal(tmp_path, "inspect", node.enode, "--chat", "harbour") as terminal:
        node.post(envelope())
        terminal.expect("#harbour")
        terminal.process.send_signal(signal.SIGINT)
        terminal.expect("envelopes")
        assert terminal.wait() == 0


def test_lines_and_totals_without_a_terminal(cli: Cli, tmp_path: Path) -> None:
    one = envelope()
    result = cli.run("inspect", str(capture(tmp_path / "file", one)), "--chat", "harbour")
    assert result.exit_code == 0
    assert re.fullmatch(
        rf"\d\d:\d\d:\d\d  0x{CHAT.hex()} +{len(one.raw)} B  pow \S+ +ttl 30 +{one.hash.hex()[:16]}  #harbour\n",
        result.stdout,
    )
    assert "size       " in result.stderr
    assert "#harbour" in result.stderr


def test_a_node_that_is_not_there(cli: Cli) -> None:
    node_id = PERSON.xy.hex()
    assert cli.error("inspect", f"enode://{node_id}@127.0.0.1:1") == (
        f"There is no connection to the node: {os.strerror(111)}."
    )
    assert "says not where to dial" in cli.error("inspect", f"enode://{node_id}", code=2)
    assert "is not an enode address" in cli.error("inspect", "enode://nonsense", code=2)


def test_options_that_do_not_go_together(cli: Cli, tmp_path: Path) -> None:
    file = str(capture(tmp_path / "file"))
    assert cli.run("inspect", file, "--only").exit_code == 2
    assert cli.run("inspect", file, "--record", "other").exit_code == 2
    assert cli.run("inspect", file, "--for", "1").exit_code == 2


# Captures


def test_a_missing_file(cli: Cli, tmp_path: Path) -> None:
    assert cli.error("inspect", str(tmp_path / "none")) == f"The file {tmp_path}/none cannot be read: {os.strerror(2)}."


@pytest.mark.parametrize("contents", [b"", b"\x89PST", b"#!/bin/sh\n"])
def test_a_file_that_is_no_capture(cli: Cli, tmp_path: Path, contents: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(contents)
    assert cli.error("inspect", str(file)) == f"{file}: this is no capture."


def test_a_capture_that_breaks_off(cli: Cli, tmp_path: Path) -> None:
    file = capture(tmp_path / "file", envelope(), behind=b"\x00" * 7)
    assert cli.objects("inspect", str(file))[-1]["incomplete_bytes"] == 7
    assert "The capture ends with 7 bytes of an incomplete record" in cli.run("inspect", str(file)).stderr


def test_a_damaged_capture_is_shown_up_to_the_damage(cli: Cli, tmp_path: Path) -> None:
    one = envelope()
    file = capture(tmp_path / "file", one, behind=b"\xff" * 12)
    result = cli.run("inspect", str(file), "--json")
    assert result.exit_code == 1
    at = 12 + 12 + len(one.raw)
    assert json.loads(result.stderr) == {
        "error": f"The file {file} is damaged at byte {at}: a record of {2**32 - 1} bytes."
    }
    assert [json.loads(line)["event"] for line in result.stdout.splitlines()] == ["envelope", "topic", "summary"]


def test_records_that_are_no_envelopes_are_counted(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "file"
    odd = [Record(2**64 - 1, envelope().raw), Record(0, b"\x00"), Record(0, b"")]
    file.write_bytes(header() + b"".join(record.encode() for record in odd))
    summary = cli.objects("inspect", str(file))[-1]
    assert (summary["envelopes"], summary["malformed"]) == (1, 2)
    assert "--------" in cli.run("inspect", str(file)).stdout  # a time that no calendar has


def test_a_recording_never_overwrites(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("precious")
    with relay() as node:
        assert cli.error("inspect", node.enode, "--record", str(file)) == (
            f"The file {file} exists already: name another file, or remove it."
        )
    assert file.read_text() == "precious"


def test_whoever_reads_may_stop(tmp_path: Path) -> None:
    file = capture(tmp_path / "file", *(envelope() for _ in range(2000)))
    with subprocess.Popen(
        [sys.executable, "-m", "pystatus", "inspect", str(file), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=process_environment(tmp_path),
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline().startswith(b'{"event": "envelope"')
        command.stdout.close()
        assert command.stderr is not None
        assert (command.stderr.read(), command.wait()) == (b"", 141)


def test_an_envelope_that_does_not_live_is_infinitely_hard_and_still_json(cli: Cli, tmp_path: Path) -> None:
    file = capture(tmp_path / "file", Envelope.create(1_600_000_000, 0, CHAT, b""))
    shown, topic, summary = cli.objects("inspect", str(file))
    assert shown["pow"] is None
    assert (topic["pow_least"], summary["pow_greatest"]) == (0.0, 0.0)
    assert "pow inf" in cli.run("inspect", str(file)).stdout
