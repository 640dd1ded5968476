"""What the inspector counts and shows, whatever comes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from pystatus.apps.cli.output import Output
from pystatus.inspector.inspector import Inspector, Wanted
from pystatus.inspector.recording import Recorder
from pystatus.simulation.clock import VirtualClock
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope


def envelope(topic: bytes = b"aaaa") -> Envelope:
    return Envelope.mine(time.time(), 30, topic, os.urandom(300), 0.002)


def test_who_records_is_told_once_that_the_file_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inspector = Inspector(Wanted(), Output(as_json=True), is_live=False)
    with Recorder(tmp_path / "file", limit=20) as inspector.recorder:
        for _ in range(2):
            inspector.envelope(envelope().raw, 1.0)
    shown = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert shown == ["recording-full", "envelope", "envelope"]


def test_packets_of_any_contents_are_counted_and_never_harm(capsys: pytest.CaptureFixture[str]) -> None:
    inspector = Inspector(Wanted(), Output(as_json=True), is_live=False, clock=VirtualClock())
    good = envelope()
    inspector.packet(packets.MESSAGES, packets.encode_messages([good]))
    inspector.packet(packets.MESSAGES, packets.encode_messages([good]))
    inspector.packet(packets.MESSAGES, b"\xff\xff")
    inspector.packet(packets.MESSAGES, b"\xc1\x01")
    inspector.packet(99, b"anything")
    statistics = inspector.statistics
    assert (statistics.envelopes, statistics.repeated, statistics.malformed) == (1, 1, 2)
    assert statistics.packets == {packets.MESSAGES: 4, 99: 1}
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in shown] == ["packet", "envelope", "packet", "packet", "packet", "packet"]
    assert shown[-1]["name"] == "code-99"
