"""``pystatus daemon``: a profile for programs, over HTTP, WebSocket, Server-Sent Events and standard input."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pystatus.apps.cli.commands.daemon import TOKEN
from pystatus.rpc.client_api.openrpc import document
from tests.apps.support import PASSWORD, PATIENCE, Cli, Json, Running, process_environment

HELLO = {"jsonrpc": "2.0", "id": 1, "method": "daemon_hello", "params": []}


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The enode URL of a relay."""
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()


@pytest.fixture
def people(cli: Cli, relay: str) -> Cli:
    """Alice and Bob, who know the relay."""
    cli.environment["PYSTATUS_PEERS"] = relay
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


@dataclass
class Daemon:
    """One that runs, and how programs call it."""

    process: Running
    http: aiohttp.ClientSession
    url: str
    token: str

    async def call(self, method: str, *params: Any, **named: Any) -> Any:
        """The result of a method, or what is wrong."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": named or list(params)}
        async with self.http.post(f"{self.url}/{self.token}", json=body) as response:
            answer = await response.json()
        return answer.get("result", answer.get("error"))

    @asynccontextmanager
    async def events(self, **query: Any) -> AsyncIterator[AsyncIterator[tuple[int | None, str, Any]]]:
        """Cursor, name and data of each event."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.get(f"{self.url}/events", params=query, headers=headers) as response:
            assert response.status == 200, await response.text()
            assert (await response.content.readline(), await response.content.readline()) == (b":ok\n", b"\n")
            yield _events(response)


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[int | None, str, Any]]:
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield (int(fields["id"]) if "id" in fields else None), fields["event"], json.loads(fields["data"])
            fields = {}


@pytest.fixture
async def daemon(people: Cli, relay: str) -> AsyncIterator[Daemon]:
    with serving(people, relay, "--port", "0") as process:
        told = process.event("serving")
        token = token_in(told)
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            one = Daemon(process, http, told["url"], token)
            await one.call("client_wait_for_peer")
            yield one


def token_in(told: Json) -> str:
    return Path(told["token_file"]).read_text().strip()


def serving(people: Cli, relay: str, *options: str) -> Running:
    return Running(
        people.data_dir, "daemon", "alice", "--json", *options, PYSTATUS_PEERS=relay, PYSTATUS_PASSWORD=PASSWORD
    )


async def seen(events: AsyncIterator[tuple[int | None, str, Any]], name: str) -> tuple[int | None, Any]:
    """The next event of that name, with its cursor."""
    async for cursor, called, data in events:
        if called == name:
            return cursor, data
    raise AssertionError("the stream has ended")


async def in_process(cli: Cli, relay: str, *arguments: str) -> None:
    """Run a command as a process of its own, which has to succeed."""

    def run() -> None:
        environment = {"PYSTATUS_PEERS": relay, "PYSTATUS_PASSWORD": PASSWORD}
        with Running(cli.data_dir, *arguments, prefix=(), **environment) as command:
            assert command.wait() == 0, command.errors()

    await asyncio.to_thread(run)


async def test_a_program_joins_sends_reads_and_is_told_what_happens(daemon: Daemon, people: Cli, relay: str) -> None:
    key = (await daemon.call("daemon_hello"))["chat_key"]
    await daemon.call("client_join", "daemons")
    async with daemon.events() as events:
        sent = await daemon.call("client_send_text", chat="daemons", text="hello from a program")
        _, posted = await seen(events, "MessagePosted")
        assert posted["message"] == sent
        await in_process(people, relay, "send", "bob", key, "hello, program")
        cursor, received = await seen(events, "MessageReceived")
    assert received["message"]["text"] == "hello, program"
    assert [one["text"] for one in await daemon.call("client_history", "daemons")] == ["hello from a program"]
    replied = await daemon.call("client_send_text", received["chat"]["id"], "a reply", reply_to=None)
    assert replied["code"] == -32602, "positional and named ones do not mix"
    replied = await daemon.call(
        "client_send_text", chat=received["chat"]["id"], text="a reply", reply_to=received["message"]["id"]
    )
    assert replied["response_to"] == received["message"]["id"]
    assert cursor is not None
    async with daemon.events(after=cursor) as missed:
        assert (await seen(missed, "MessagePosted"))[1]["message"]["id"] == replied["id"]


async def test_every_reader_of_events_reads_on_where_it_was(daemon: Daemon) -> None:
    began = await daemon.call("client_cursor")
    for name in ("one", "two", "three"):
        await daemon.call("client_join", name)
    pages = await daemon.call("events_page", began, 2)
    assert [one["event"]["chat"]["id"] for one in pages["events"]] == ["one", "two"]
    rest = await daemon.call("events_page", pages["cursor"])
    assert [one["event"]["chat"]["id"] for one in rest["events"]] == ["three"]
    headers = {"Last-Event-ID": str(pages["cursor"])}
    url = f"{daemon.url}/{daemon.token}/events"
    async with daemon.http.get(url, headers=headers) as response:
        assert (await anext(_events(response)))[2]["chat"]["id"] == "three"
    async with daemon.http.ws_connect(f"{daemon.url}/{daemon.token}") as socket:
        subscribe = {"jsonrpc": "2.0", "id": 7, "method": "events_subscribe", "params": {"after": began}}
        await socket.send_json(subscribe)
        answer = await socket.receive_json()
        told = [(await socket.receive_json())["params"] for _ in range(3)]
    assert {one["subscription"] for one in told} == {answer["result"]}
    assert [one["event"]["chat"]["id"] for one in told] == ["one", "two", "three"]
    assert [one["cursor"] for one in told] == [began + 1, began + 2, began + 3]
    lost = await daemon.call("events_page", 10_000)
    assert lost["data"] == {"kind": "EventsLost"}
    async with daemon.http.get(f"{daemon.url}/{daemon.token}/events?after=10000") as response:
        assert response.status == 410
        assert "read chats and messages anew" in await response.text()
    async with daemon.http.get(f"{daemon.url}/{daemon.token}/events?after=-1") as response:
        assert response.status == 400


async def test_the_check_url_says_whether_it_is_online(daemon: Daemon) -> None:
    async with daemon.http.get(f"{daemon.url}/check", headers={"Authorization": f"Bearer {daemon.token}"}) as response:
        told = await response.json()
    assert (told["profile"], told["online"], told["relays"], told["mailserver"]) == ("alice", True, 1, False)


async def test_clients_of_status_go_call_wakuext_and_read_signals(daemon: Daemon, people: Cli, relay: str) -> None:
    key = (await daemon.call("settings_getSettings"))["public-key"]
    async with daemon.events(format="status-go") as signals:
        assert [data["type"] async for _, _, data in _first(signals, 3)] == [
            "node.ready", "node.login", "discovery.summary",
        ]  # fmt: skip
        await in_process(people, relay, "send", "bob", key, "hello, desktop")
        while not (told := (await seen(signals, "signal"))[1]["event"]) or "messages" not in told:
            pass
    messages = told["messages"]
    assert [one["text"] for one in messages] == ["hello, desktop"]
    page = await daemon.call("wakuext_chatMessages", messages[0]["localChatId"], None, 10)
    assert [one["id"] for one in page["messages"]] == [messages[0]["id"]]
    assert (await daemon.call("wakuext_registerForPushNotifications", "token", "topic", 1))["code"] == -32004
    assert (await daemon.call("wakuext_verifyENSNames"))["code"] == -32601


async def _first(events: AsyncIterator[Any], count: int) -> AsyncIterator[Any]:
    for _ in range(count):
        yield await anext(events)


async def test_callers_who_are_wrong_are_told_so_and_nothing_else_happens(daemon: Daemon, tmp_path: Path) -> None:
    wrong: list[tuple[tuple[Any, ...], str]] = [
        (("client_history",), "needs the parameter chat"),
        (("client_history", "nowhere"), "There is no chat or group 'nowhere'"),
        (("client_history", 7), "parameter chat of client_history is wrong: expected"),
        (("client_message", "0x" + "1" * 1_000_000), "parameter message_id of client_message is wrong"),
        (("client_history", "status", "9" * 1_000_000), "parameter limit of client_history is wrong"),
        (("groups_create", "friends", "not a list"), "parameter members of groups_create is wrong: expected a list"),
        (("media_send_image", "status", {"path": "/etc/passwd"}), "files of this machine"),
        (("media_save", "0x" + "11" * 32, "/etc/cron.d/x"), "files of this machine"),
        (("client_open", "alice"), "does not exist"),
        (("backup_phrase",), "does not exist"),
        (("client_node",), "does not exist"),
    ]
    for call, sentence in wrong:
        error = await daemon.call(*call)
        assert sentence in error["message"], (call[0], error)
    assert await daemon.call("client_chats") == []


async def test_a_caller_with_a_wrong_token_or_from_a_page_gets_nothing(daemon: Daemon) -> None:
    for path in ("/", "/events", "/check", f"/{daemon.token[:-1]}", f"/{daemon.token}x/events"):
        for request in (daemon.http.post(daemon.url + path, json=HELLO), daemon.http.get(daemon.url + path)):
            async with request as response:
                assert response.status == 401, path
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        async with daemon.http.get(f"{daemon.url}/{daemon.token}/check", headers=headers) as response:
            assert response.status == 403


async def test_the_description_of_the_methods_is_what_is_called(daemon: Daemon) -> None:
    told = await daemon.call("rpc.discover")
    assert told == json.loads(json.dumps(document()))
    assert {one["name"] for one in told["methods"]} >= {"client_history", "groups_create", "events_subscribe"}


async def test_a_second_daemon_and_a_port_that_is_taken(daemon: Daemon, people: Cli, relay: str) -> None:
    assert "is in use by process" in await asyncio.to_thread(people.error, "daemon", "alice")
    port = daemon.url.rpartition(":")[2]
    assert f"port {port}" in (await asyncio.to_thread(people.error, "daemon", "bob", "--port", port)).lower()


async def test_a_daemon_that_is_killed_leaves_nothing_that_stops_the_next_one(
    daemon: Daemon, people: Cli, relay: str
) -> None:
    await daemon.call("client_join", "kept")
    cursor = await daemon.call("client_cursor")
    daemon.process.process.kill()
    daemon.process.wait()
    with serving(people, relay, "--port", "0") as second:
        told = second.event("serving")
        again = Daemon(second, daemon.http, told["url"], token_in(told))
        assert again.token == daemon.token
        page = await again.call("events_page", cursor - 1)
        assert page["events"][0]["event"]["chat"]["id"] == "kept"
        assert second.stop(signal.SIGTERM) == 0
    assert not any("error" in json.loads(line) for line in second.errors())


def test_standard_input_is_answered_and_its_end_is_the_end(people: Cli, relay: str) -> None:
    calls = [
        HELLO,
        {"jsonrpc": "2.0", "id": 2, "method": "events_subscribe", "params": []},
        {"jsonrpc": "2.0", "id": 3, "method": "client_join", "params": ["status"]},
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "pystatus", "daemon", "alice", "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=process_environment(people.data_dir, PYSTATUS_PEERS=relay, PYSTATUS_PASSWORD=PASSWORD),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(call) + "\n" for call in calls).encode())
        process.stdin.flush()
        answered: list[int] = []
        for line in process.stdout:
            told = json.loads(line)
            if "id" in told:
                answered.append(told["id"])
            elif told["params"]["event"]["event"] == "ChatOpened":
                break
        process.stdin.close()
        answered += [told["id"] for told in map(json.loads, process.stdout) if "id" in told]
        assert process.wait(PATIENCE) == 0
    assert answered == [1, 2, 3]


def test_the_token_is_nobody_elses(people: Cli, relay: str) -> None:
    with serving(people, relay, "--port", "0") as process:
        file = Path(process.event("serving")["token_file"])
        assert (file.name, file.stat().st_mode & 0o777) == (TOKEN, 0o600)
