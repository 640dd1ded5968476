"""What the log says of a thing that is away."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import pytest

import pystatus
from pystatus.outage import REST_SECONDS, Outage

LOG = logging.getLogger("pystatus.test")


@pytest.fixture
def outage(caplog: pytest.LogCaptureFixture) -> Outage:
    caplog.set_level(logging.INFO, LOG.name)
    return Outage(LOG, "no letters can be sent", "letters can be sent again")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_it_says_one_line_when_it_begins_and_one_when_it_is_over(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.worked(1.0)
    assert not outage.is_on
    for second in range(100):
        outage.failed(10.0 + second, "The post office is closed.")
    assert outage.is_on
    outage.worked(110.4, "; 12 letters waited")
    outage.worked(111.0)
    assert lines(caplog) == [
        "no letters can be sent: The post office is closed",
        "letters can be sent again, after 0:01:40; 12 letters waited",
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_what_comes_and_goes_says_two_lines_a_minute(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    for second in range(600):
        outage.failed(second, "closed")
        outage.worked(second + 0.5)
    assert 2 * 9 <= len(caplog.records) <= 2 * 10
    assert lines(caplog)[2] == "no letters can be sent: closed (60 more times since the last line)"


def test_an_outage_that_begins_soon_after_another_is_told_when_it_lasts(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.failed(0.0, "closed")
    outage.worked(1.0)
    outage.failed(2.0, "a strike")
    assert len(caplog.records) == 2
    outage.failed(1.0 + REST_SECONDS, "still a strike")
    assert lines(caplog)[2:] == ["no letters can be sent: still a strike"]
    outage.worked(100.0)
    assert lines(caplog)[3:] == ["letters can be sent again, after 0:01:38"]


SOURCES = Path(pystatus.__file__).parent
LOGGED_EACH_TIME = {
    "apps/cli/address_lines.py": "once for each address of a node that cannot be printed, as the disk is full",
    "apps/cli/level_reloader.py": "somebody has asked for it by a signal",
    "settings/reloader.py": "somebody has asked for it by a signal",
    "workers/supervisor.py": "a process ends with it; its successor waits longer each time",
    "workers/worker.py": "somebody has asked for it by a signal",
    "apps/web/settings.py": "once: when the settings of the page are read",
    "apps/web/networks.py": "once: when the page begins, with what it has kept of the network that was chosen in it",
    "apps/web/page.py": "one event of a person is at fault; the page goes on with the next",
    "apps/web/opening.py": "somebody has unlocked a profile in the page, and it cannot be opened",
    "apps/web/viewer.py": "one view of a person is at fault; the others are shown",
    "faces/attach/connection.py": "a fault of ours; the connection ends with it",
    "faces/attach/holder.py": "once: when the profile is opened, and its socket cannot be made",
    "rpc/client_api/feed.py": "told at level info once for a subscription, as the client ends",
    "client/continuity.py": "once an hour at most: when the generation of a profile moves on",
    "client/command_queue.py": "a fault of ours, or once for each effect that cannot be carried out",
    "messenger/outbox.py": "told once for what can never be sent, which is given up",
    "messenger/one_to_one.py": "told for each message that cannot be sent, which is a person's",
    "messenger/receiving.py": "told at level info for each message that was refused",
    "messenger/features/group_telling.py": "the budget of histories that are sent bounds it",
    "messenger/features/device_sync.py": "told at level info for each thing that can never be sent",
    "messenger/features/unknown_payloads.py": "told at level info once for each of what was kept and is refused",
    "net/archiver.py": "once at the start and once at the end of a node",
    "net/http_front.py": "a fault of ours, once a second",
    "net/mailserver.py": "told at level info for each request",
    "node/mailserver_sync.py": "once when a mailserver is closed",
    "node/mailserver_session.py": "once for a mailserver that is this node itself",
    "rpc/dispatcher.py": "a fault of ours; whoever sees it has the token",
    "rpc/json_stream.py": "told at level info; whoever causes it is the user of the node",
    "storage/cached_peers.py": "told at the start, for each row that another version or a person has written",
    "storage/generations.py": "once an hour at most, and when a profile is opened or closed",
    "storage/profiles.py": "once when a profile is opened",
    "storage/sealing.py": "once for each key file when a profile is opened, or its password changed",
}
"""Where a line is logged each time that something fails, and why that is not what an :class:`Outage` is for."""
LEVELS = {"info", "warning", "error", "critical", "exception", "log"}


def test_whatever_is_tried_again_and_again_has_an_outage() -> None:
    """A line in an ``except`` that is not on the list above belongs to something that may fail every few seconds."""
    found = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        for handler in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(handler, ast.ExceptHandler)
        for call in ast.walk(handler)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and ast.unparse(call.func.value) == "log"
    }
    assert found == set(LOGGED_EACH_TIME)


SHOWN_BY = {
    "client/cached_peers.py": "client/test_cached_peers.py",
    "client/chain.py": "client/test_transactions.py",
    "client/following.py": "client/test_wallet_money.py",
    "accounting.py": "test_accounting.py",
    "workers/entrance.py": "workers/test_entrance.py",
    "workers/supervisor.py": "workers/test_supervisor.py",
    "apps/web/codes.py": "apps/web/test_access.py",
    "client/sending.py": "client/test_client.py",
    "client/events.py": "client/test_client_queues.py",
    "net/bootnodes.py": "net/test_bootnodes.py",
    "net/dns_lists.py": "net/test_dns_lists.py",
    "net/http_front.py": "net/test_http_front.py",
    "net/own_address.py": "node/test_address.py",
    "net/port_mapper.py": "net/test_port_mapper.py",
    "net/rendezvous_client.py": "net/test_rendezvous.py",
    "net/source_runner.py": "net/test_source_runner.py",
    "net/static.py": "net/test_static.py",
    "net/watched_archive.py": "net/test_watched_archive.py",
    "node/clock_service.py": "adversary/test_a45_lying_time_servers.py",
    "node/mailserver_sync.py": "node/test_mailserver_sync.py",
    "node/mailserver_session.py": "node/test_mailserver_session.py",
    "rpc/ipc.py": "rpc/test_ipc.py",
    "storage/cached_peers.py": "storage/test_cached_peers.py",
}
"""The tests that show the lines of each outage."""


def test_every_outage_is_shown_by_a_test() -> None:
    """Each text that an outage begins a line with stands in the tests of its module."""
    tests = Path(__file__).parent
    found = set()
    for path in SOURCES.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "Outage":
                name = path.relative_to(SOURCES).as_posix()
                found.add(name)
                shown = (tests / SHOWN_BY[name]).read_text(encoding="utf-8")
                assert _constant_part(call.args[1]) in shown, f"{SHOWN_BY[name]} shows no line of {name}"
    assert found == set(SHOWN_BY)


def _constant_part(text: ast.expr) -> str:
    """The longest piece of a text that is always the same."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return max((str(part.value) for part in parts if isinstance(part, ast.Constant)), key=len).strip()
