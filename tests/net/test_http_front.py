"""The front of every HTTP port, in conversations over real sockets."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import cast

import pytest
from aiohttp import web

from pystatus.errors import LocalError
from pystatus.net import http_front as module
from pystatus.net.http_connection import MAX_UNANSWERED, HttpLimits
from pystatus.net.http_errors import MAX_FIELD, MAX_FIELDS, MAX_HEADER, MAX_REQUEST_LINE, HttpError
from pystatus.net.http_front import HttpFront
from tests.adversary.hostile import Memory

PATIENCE = 20.0
SMALL = HttpLimits(
    max_strangers=3, max_admitted=2, max_body=1_000, header_timeout=60.0, idle_timeout=60.0, close_timeout=0.1
)
HOST = "127.0.0.1"


class Talk:
    """One connection of a peer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, text: str | bytes) -> None:
        """Send exactly this; line ends become those of HTTP."""
        self.writer.write(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())

    async def hear(self, *, has_body: bool = True) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of the next answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            length = int(headers.get("content-length", 0)) if has_body else 0
            return int(head[0].split()[1]), headers, (await self.reader.readexactly(length)).decode()

    async def ask(self, text: str) -> tuple[int, dict[str, str], str]:
        self.say(text)
        return await self.hear()

    async def ends(self) -> bytes:
        """What comes until the other side hangs up."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def is_open(self) -> bool:
        return not self.reader.at_eof() and self.reader.exception() is None


class Site:
    """A front whose pages greet, repeat, admit and break, and its peers."""

    def __init__(self, stack: AsyncExitStack, limits: HttpLimits) -> None:
        self._stack = stack
        self.front = HttpFront(self._answer, "the site", limits)
        self.asked: list[str] = []
        self.gate = asyncio.Event()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path)
        match request.path:
            case "/":
                return web.Response(text="hello")
            case "/repeat":
                return web.Response(body=await self.front.read(request))
            case "/admit":
                self.front.admit(request)
                return web.Response(text="welcome")
            case "/wait":
                await self.gate.wait()
                return web.Response(text="at last")
            case "/large":
                return web.Response(body=bytes(50 << 20))
            case "/break":
                raise ZeroDivisionError("secret of the answerer")
        raise HttpError(404, "there is no such page")  # type: ignore[arg-type]

    async def talk(self, source: str = HOST) -> Talk:
        """Another peer."""
        reader, writer = await asyncio.open_connection(HOST, self.front.port, local_addr=(source, 0))
        self._stack.callback(writer.close)
        return Talk(reader, writer)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)

    @property
    def open(self) -> int:
        return len(self.front._connections)


@asynccontextmanager
async def site(**changes: float) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        site = Site(stack, replace(SMALL, **changes))  # type: ignore[arg-type]  # sizes are whole numbers
        await site.front.start(HOST, 0)
        yield site
        site.gate.set()
        await site.front.close()


# Conversations


async def test_one_connection_carries_several_requests() -> None:
    async with site() as one:
        talk = await one.talk()
        for _ in range(3):
            status, headers, body = await talk.ask("GET / HTTP/1.1\nHost: x\n\n")
            assert (status, body) == (200, "hello")
            assert "close" not in headers.get("connection", "")
        talk.say("GET / HTTP/1.1\nHost: x\n\nGET / HTTP/1.1\nHost: x\n\n")  # without waiting for the first answer
        assert [(await talk.hear())[2] for _ in range(2)] == ["hello", "hello"]
        status, headers, _ = await talk.ask("GET / HTTP/1.1\nHost: x\nConnection: close\n\n")
        assert (status, headers["connection"]) == (200, "close")
        assert await talk.ends() == b""


async def test_head_has_no_body() -> None:
    async with site() as one:
        talk = await one.talk()
        talk.say("HEAD / HTTP/1.1\nHost: x\n\n")
        status, headers, _ = await talk.hear(has_body=False)
        assert (status, headers["content-length"]) == (200, "5")
        assert (await talk.ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"


async def test_http_1_0_is_answered_and_hung_up_on() -> None:
    async with site() as one:
        talk = await one.talk()
        assert (await talk.ask("GET / HTTP/1.0\n\n"))[2] == "hello"
        assert await talk.ends() == b""


async def test_whoever_waits_to_be_told_is_told_to_send_its_body() -> None:
    async with site() as one:
        talk = await one.talk()
        talk.say("POST /repeat HTTP/1.1\nHost: x\nContent-Length: 5\nExpect: 100-continue\n\n")
        status, _, _ = await talk.hear()
        assert status == 100
        assert (await talk.ask("a" * 5))[::2] == (200, "aaaaa")
        assert (await talk.ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"


async def test_whoever_waits_in_vain_is_not_told_to_send_its_body() -> None:
    async with site() as one:
        for length, expects, path, status in (
            (1_001, "100-continue", "/repeat", 413),
            (5, "100-Continue", "/nowhere", 404),
            (5, "200-ok", "/repeat", 417),
        ):
            talk = await one.talk()
            talk.say(f"POST {path} HTTP/1.1\nHost: x\nContent-Length: {length}\nExpect: {expects}\n\n")
            assert (await talk.hear())[0] == status
            assert await talk.ends() == b""


async def test_a_body_in_chunks() -> None:
    async with site() as one:
        talk = await one.talk()
        talk.say("POST /repeat HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n5\nhello\n")
        assert (await talk.ask("6\n, you.\n0\n\n"))[::2] == (200, "hello, you.")
        talk.say("POST /repeat HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n")
        assert (await talk.ask(f"3e9\n{'x' * 1_001}\n0\n\n"))[0] == 413
        talk = await one.talk()
        assert (await talk.ask("POST /repeat HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\nzz\n"))[0] == 400


LONG = "x" * 4_000


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET / HTTP/1.1\n\n", 400),
        ("nonsense\n\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        ("GET / HTTP/1.1\nHost: x\nHost: y\n\n", 400),
        ("GET / HTTP/1.1\nHost: x\nno colon\n\n", 400),
        ("GET / HTTP/1.1\nHost: x\nContent-Length: -1\n\n", 400),
        ("GET /nowhere HTTP/1.1\nHost: x\n\n", 404),
        ("POST /repeat HTTP/1.1\nHost: x\n\n", 411),
        ("POST /repeat HTTP/1.1\nHost: x\nContent-Length: 1001\n\n", 413),
        (f"GET /{'x' * MAX_REQUEST_LINE} HTTP/1.1\nHost: x\n\n", 414),
        (f"GET / HTTP/1.1\nHost: x\nA: {'x' * (MAX_FIELD + 1)}\n\n", 431),
        ("GET / HTTP/1.1\nHost: x\n" + "".join(f"A{n}: x\n" for n in range(MAX_FIELDS + 1)) + "\n", 431),
        ("GET / HTTP/1.1\nHost: x\n" + "".join(f"A{n}: {LONG}\n" for n in range(MAX_HEADER // 4_000 + 1)), 431),
        ("GET / HTTP/1.1\nHost: x\n" + "".join(f"A{n}: {LONG}\n" for n in range(MAX_HEADER // 4_000 + 1)) + "\n", 431),
        ("GET /break HTTP/1.1\nHost: x\n\n", 500),
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_what_is_wrong_is_told_in_a_sentence_and_nobody_else_is_bothered(
    request_: str | bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with site() as one:
        talk = await one.talk()
        talk.say(request_)
        told, headers, body = await talk.hear()
        assert told == status
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert body.endswith("\n")
        assert "secret" not in body
        assert "xxx" not in body
        assert (await (await one.talk()).ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"
    assert [record.levelno for record in caplog.records if record.name.startswith("pystatus")] == (
        [logging.ERROR] if status == 500 else []
    )


async def test_nothing_of_what_peers_send_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with site() as one:
        for text in ("GET / HTTP/1.1\nAuthorization\x00: secret-1\n\n", "secret-2\n\n", "GET /secret-3 HTTP/9.9\n\n"):
            talk = await one.talk()
            talk.say(text)
            await talk.ends()
    assert "secret" not in caplog.text
    assert not [record for record in caplog.records if record.name != "asyncio"]


async def test_a_fault_of_ours_writes_a_traceback_a_second_at_most(caplog: pytest.LogCaptureFixture) -> None:
    async with site(max_strangers=50) as one:
        for _ in range(20):
            assert (await (await one.talk()).ask("GET /break HTTP/1.1\nHost: x\n\n"))[0] == 500
        one.front._fault_at -= module.FAULT_SECONDS
        await (await one.talk()).ask("GET /break HTTP/1.1\nHost: x\n\n")
    assert caplog.messages.count("a request has failed because of a fault in pystatus") == 2


async def test_who_hangs_up_in_the_middle_of_a_body_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    """It is answered without its body, which aiohttp still waits for: that is no fault of anybody's."""
    async with site(close_timeout=10.0) as one:
        talk = await one.talk()
        talk.say(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 40_000)
        assert (await talk.hear())[::2] == (200, "hello")
        talk.writer.close()
        await one.until(lambda: not one.open)
        await asyncio.sleep(0)
    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == []


# Time


async def test_who_says_nothing_is_hung_up_on_and_who_dawdles_is_told_why() -> None:
    async with site(header_timeout=0.01) as one:
        assert await (await one.talk()).ends() == b""
        talk = await one.talk()
        talk.say("GET / HTTP/1.1\nHost: ")
        assert (await talk.hear())[::2] == (408, "the header took too long\n")
        assert await talk.ends() == b""


async def test_who_was_answered_has_its_time_for_the_next_request() -> None:
    async with site(header_timeout=0.01, idle_timeout=0.5) as one:
        talk = await one.talk()
        await talk.ask("GET / HTTP/1.1\nHost: x\n\n")
        await asyncio.sleep(2 * 0.01)
        await talk.ask("GET / HTTP/1.1\nHost: x\n\n")
        assert await talk.ends() == b""
        talk = await one.talk()
        await talk.ask("GET / HTTP/1.1\nHost: x\n\n")
        talk.say("GET / HTTP/1.1\n")
        assert await talk.ends() == b""


async def test_a_body_has_its_time() -> None:
    async with site(body_timeout=0.01) as one:
        talk = await one.talk()
        talk.say("POST /repeat HTTP/1.1\nHost: x\nContent-Length: 5\n\nabc")
        assert (await talk.hear())[::2] == (408, "the body took longer than 0.01 seconds\n")


@pytest.mark.parametrize("closes", [True, False])
async def test_who_does_not_read_is_hung_up_on(closes: bool) -> None:
    async with site(write_timeout=0.01, close_timeout=0.01) as one:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            slow.connect((HOST, one.front.port))
            slow.sendall(
                f"GET /large HTTP/1.1\r\nHost: x\r\n{'Connection: close' if closes else 'A: b'}\r\n\r\n".encode()
            )
            await one.until(lambda: one.asked == ["/large"])
            await one.until(lambda: one.open == 0)


async def test_who_sends_requests_without_waiting_for_answers_is_hung_up_on() -> None:
    async with site() as one:
        talk, patient = await one.talk(), await one.talk()
        talk.say("GET /wait HTTP/1.1\nHost: x\n\n" * (MAX_UNANSWERED + 1))
        assert await talk.ends() == b""
        patient.say("GET / HTTP/1.1\nHost: x\n\n" * MAX_UNANSWERED)
        assert [(await patient.hear())[2] for _ in range(MAX_UNANSWERED)] == ["hello"] * MAX_UNANSWERED


# Places


async def test_the_oldest_stranger_that_is_not_answered_gives_way(caplog: pytest.LogCaptureFixture) -> None:
    async with site() as one:
        silent = [await one.talk() for _ in range(3)]
        answered = await one.talk()
        assert await silent[0].ends() == b""
        assert (await answered.ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"
        waiting = await one.talk()
        waiting.say("GET /wait HTTP/1.1\nHost: x\n\n")
        await one.until(lambda: one.asked[-1] == "/wait")
        others = [await one.talk() for _ in range(20)]
        assert await others[0].ends() == b""
        assert await silent[2].ends() == b""
        assert one.open == 3
        one.gate.set()
        assert (await waiting.hear())[2] == "at last"
    assert len([message for message in caplog.messages if message.startswith("too many connections to the site")]) == 1


async def test_when_all_are_being_answered_the_next_is_told_to_try_again() -> None:
    async with site() as one:
        waiting = [await one.talk() for _ in range(3)]
        for talk in waiting:
            talk.say("GET /wait HTTP/1.1\nHost: x\n\n")
        await one.until(lambda: len(one.asked) == 3)
        late = await one.talk()
        assert (await late.hear())[::2] == (503, "all places are taken: try again\n")
        assert await late.ends() == b""
        one.gate.set()
        assert [(await talk.hear())[2] for talk in waiting] == ["at last"] * 3


async def test_who_was_admitted_gives_way_to_no_stranger() -> None:
    async with site() as one:
        owner = await one.talk()
        assert (await owner.ask("GET /admit HTTP/1.1\nHost: x\n\n"))[2] == "welcome"
        for _ in range(20):
            await one.talk()
        await one.until(lambda: one.open == 4)
        assert (await owner.ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"


async def test_of_those_who_were_admitted_the_oldest_idle_one_gives_way_to_another() -> None:
    async with site() as one:
        owners = [await one.talk() for _ in range(3)]
        for owner in owners:
            assert (await owner.ask("GET /admit HTTP/1.1\nHost: x\n\n"))[0] == 200
        assert await owners[0].ends() == b""
        for owner in owners[1:]:
            owner.say("GET /wait HTTP/1.1\nHost: x\n\n")
        await one.until(lambda: one.asked.count("/wait") == 2)
        assert (await (await one.talk()).ask("GET /admit HTTP/1.1\nHost: x\n\n"))[0] == 503


async def test_the_address_with_the_most_connections_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async with site() as one:
        quiet = await one.talk("127.0.0.9")
        for _ in range(20):
            await one.talk("127.0.0.8")
        await one.until(lambda: one.open == 3)
        assert (await quiet.ask("GET / HTTP/1.1\nHost: x\n\n"))[2] == "hello"


async def test_an_address_beyond_this_machine_has_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipaddress.IPv4Address.is_loopback", property(lambda address: str(address) == HOST))
    async with site(max_per_address=2, max_strangers=50) as one:
        for _ in range(10):
            await one.talk("127.0.0.8")
        for _ in range(10):
            await one.talk()
        await one.until(lambda: one.open == 12)


async def test_it_says_when_there_are_places_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    async with site() as one:
        talks = [await one.talk() for _ in range(9)]
        for talk in talks:
            talk.writer.close()
        await one.until(lambda: one.open == 0)
        await one.until(lambda: len(caplog.messages) == 2)
    assert caplog.messages[1].startswith("there are places for connections to the site again, after 0:00:0")


async def test_nothing_is_done_while_nobody_is_there() -> None:
    async with site() as one:
        assert one.front._looking is None


async def test_closing_hangs_up_on_everybody() -> None:
    async with site(close_timeout=0.01) as one:
        silent, waiting = await one.talk(), await one.talk()
        waiting.say("GET /wait HTTP/1.1\nHost: x\n\n")
        await one.until(lambda: one.asked == ["/wait"])
        port = one.front.port
        await one.front.close()
        assert await silent.ends() == b""
        assert await waiting.ends() == b""
        with pytest.raises(OSError, match="onnect"):
            await asyncio.open_connection(HOST, port)


async def test_a_port_in_use_is_a_sentence() -> None:
    async with site() as one:
        with pytest.raises(LocalError, match=f"Port {one.front.port} is already in use"):
            await HttpFront(one._answer, "another").start(HOST, one.front.port)


async def test_its_address() -> None:
    async with site() as one:
        assert one.front.url("::1") == f"http://[::1]:{one.front.port}"
        assert one.front.is_loopback


async def test_whoever_keeps_the_error_of_a_body_does_not_keep_the_body() -> None:
    """aiohttp does, in a cycle: until garbage is collected, every few minutes, there may be many such bodies."""

    class CutOff:
        async def read(self) -> bytes:
            read = bytearray(4 << 20)
            raise ConnectionResetError(f"after {len(read)} bytes")

    with Memory() as memory, pytest.raises(ConnectionResetError) as kept:
        await module._body(cast(web.BaseRequest, CutOff()))
    assert kept.value.__traceback__ is not None
    assert memory.peak > 4 << 20
    assert memory.held < 100_000
