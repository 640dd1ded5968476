"""What a journey passes: the forms of a message are known, and so is where a journey begins and ends."""

from __future__ import annotations

import functools
import importlib.util
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived
from tools import journeys
from tools.tracing.forms import Forms
from tools.tracing.journey import answered, journey, received, sent
from tools.tracing.tracer import Kind, Step, Tracer
from tools.tracing.world import journeys as traced

SOURCE = Path(__file__).resolve().parents[2] / "src"
LEAST = 100
TEXT = "x" * LEAST
PASSING = """
from dataclasses import dataclass


@dataclass
class Record:
    number: int


def decode(data):
    return Record(len(data))


def take(record):
    return None


def count():
    return 1


def later(text):
    return lambda: count()
"""


def envelope() -> Envelope:
    return Envelope.create(2_000_000_000, 60, b"\x01\x02\x03\x04", TEXT.encode(), 0)


@pytest.mark.parametrize(
    "form",
    [
        TEXT,
        TEXT.encode(),
        memoryview(TEXT.encode()),
        ("chat", TEXT),
        [TEXT],
        {"text": TEXT},
        functools.partial(print, TEXT),
        envelope(),
        EnvelopeReceived(envelope(), frozenset()),
    ],
)
def test_a_form_of_the_message_is_known(form: object) -> None:
    assert Forms(LEAST).includes(form)


@pytest.mark.parametrize(
    "other", [TEXT[1:], b"", ("chat", TEXT[1:]), None, 7, PrivateKey(bytes(31) + b"\1"), functools.partial(print, "x")]
)
def test_another_value_is_no_form(other: object) -> None:
    assert not Forms(LEAST).includes(other)


def test_a_function_that_is_called_later_carries_what_it_captured() -> None:
    text, short = TEXT, TEXT[1:]
    assert Forms(LEAST).includes(lambda: text)
    assert not Forms(LEAST).includes(lambda: short)


@pytest.fixture
def passing(tmp_path: Path) -> ModuleType:
    """A module of another checkout."""
    file = tmp_path / "pystatus" / "passing.py"
    file.parent.mkdir()
    file.write_text(PASSING)
    spec = importlib.util.spec_from_file_location("pystatus.passing", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tracer(tmp_path: Path) -> Tracer:
    """One that is called by hand: the suite may be profiled itself."""
    return Tracer(tmp_path, LEAST)


def record(tracer: Tracer, *calls: Callable[[], object]) -> list[Step]:
    before = sys.getprofile()
    sys.setprofile(tracer._happened)
    try:
        tracer.begin()
        for call in calls:
            call()
        return tracer.end()
    finally:
        sys.setprofile(before)


def test_calls_with_the_message_carry_it_and_others_do_not(tracer: Tracer, passing: ModuleType) -> None:
    steps = record(tracer, passing.count, lambda: passing.decode(TEXT.encode()))
    assert [(step.file, step.carries) for step in steps if step.kind == Kind.CALL] == [
        ("passing.py", False),
        ("passing.py", True),
    ]


def test_what_is_made_of_the_message_carries_it_although_it_is_short(tracer: Tracer, passing: ModuleType) -> None:
    made: list[object] = []
    steps = record(
        tracer,
        lambda: made.append(passing.decode(TEXT.encode())),
        lambda: passing.take(made[0]),
        lambda: passing.take(passing.Record(LEAST)),
    )
    assert [step.carries for step in steps if step.kind == Kind.CALL] == [True, True, False]


def test_reads_and_writes_of_sockets_are_seen(tracer: Tracer) -> None:
    one, other = socket.socketpair()
    with one, other:
        steps = record(tracer, lambda: one.send(b"hello"), lambda: other.recv(5))
    assert [step.kind for step in steps] == [Kind.WRITTEN, Kind.READ]


def test_nothing_is_recorded_outside_of_a_journey(tracer: Tracer, passing: ModuleType) -> None:
    assert record(tracer) == []
    passing.decode(TEXT.encode())
    assert tracer.end() == []


READ, TURN, WRITTEN = Step(Kind.READ), Step(Kind.TURN), Step(Kind.WRITTEN)


def call(file: str, *, carries: bool = True, envelope: bool = False) -> Step:
    return Step(Kind.CALL, file, carries, carries, envelope)


def test_a_reception_begins_with_the_read_that_brings_the_envelope() -> None:
    steps = [
        READ,
        call("ping.py"),
        READ,
        TURN,
        call("link.py"),
        call("relay.py", envelope=True),
        READ,
        call("screen.py"),
    ]
    assert received(steps) == steps[2:]


def test_what_is_sent_ends_with_the_first_bytes_that_are_written() -> None:
    steps = [call("client.py"), TURN, call("link.py"), WRITTEN, call("late.py"), WRITTEN]
    assert sent(steps) == steps[:3]


def test_an_answer_ends_with_its_last_bytes() -> None:
    steps = [TURN, READ, call("server.py"), WRITTEN, call("archive.py"), WRITTEN, call("late.py")]
    assert answered(steps) == steps[1:5]


def test_what_one_round_has_alone_is_none_of_the_journey() -> None:
    common = [call("link.py"), TURN, call("relay.py", envelope=True), call("clock.py", carries=False)]
    found = journey("An envelope", [[*common, call("timer.py", carries=False), TURN], [call("odd.py"), *common]])
    assert found.files == ["link.py", "relay.py"]
    assert found.others == ["clock.py"]
    assert (found.handed_over, found.as_envelope, found.turns) == (2, 1, 1)


def test_the_report_has_the_files_in_their_order() -> None:
    found = journey("An envelope", [[call("link.py"), call("relay.py"), call("link.py")]])
    lines = list(journeys.report([found]))
    assert lines[0] == "An envelope: 2 files; 0 more run meanwhile"
    assert lines[2:4] == ["  link.py", "  relay.py"]


def test_the_report_has_the_functions_of_a_file_if_asked() -> None:
    steps = [
        Step(Kind.CALL, "link.py", carries=True, function=name) for name in ("Link.read", "Link.decode", "Link.read")
    ]
    lines = list(journeys.report([journey("An envelope", [steps])], with_functions=True))
    assert lines[2] == "  link.py: Link.read, Link.decode"


def test_the_three_journeys_go_from_one_end_to_the_other() -> None:
    """With real processes; one round of each."""
    incoming, outgoing, history = traced(SOURCE, rounds=1, quiet=0.3)
    assert incoming.files[0].startswith("net/")
    assert incoming.files[-1].startswith("client/")
    assert outgoing.files[-1].startswith("devp2p/")
    assert {file.partition("/")[0] for file in incoming.files} >= {
        "devp2p",
        "waku",
        "messenger",
        "payloads",
        "storage",
    }
    assert {file.partition("/")[0] for file in outgoing.files} >= {"client", "messenger", "waku", "node", "devp2p"}
    assert {file.partition("/")[0] for file in history.files} >= {"net", "devp2p", "waku", "mailserver", "storage"}
    for each in (incoming, outgoing, history):
        assert not set(each.files) & set(each.others)
        assert all((SOURCE / "pystatus" / file).exists() for file in (*each.files, *each.others))
        assert each.handed_over > len(each.files) / 2
        assert each.as_envelope > 0
        assert each.turns > 0
