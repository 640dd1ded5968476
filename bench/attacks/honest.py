"""Honest people who use what is attacked, at a steady pace, and know what came and how long it took."""

from __future__ import annotations

import asyncio
import json
import os
import time
from abc import ABC, abstractmethod
from collections import Counter
from typing import Self

from bench.attacks.history import HONEST_ENVELOPES, HONEST_TOPIC, request
from bench.support.ends import End
from bench.support.traffic import Author, Reader
from pystatus import Client
from pystatus.devp2p.enode import Enode
from pystatus.mailserver.completion import decode_completion
from pystatus.waku import packets

ATTEMPTS = 5
"""Connections in which somebody who is hung up on tries again, as programs do that call over HTTP; the time runs on."""
CALL = b'{"jsonrpc":"2.0","id":1,"method":"net_version"}'


class Honest(ABC):
    """Somebody who says something now and then and awaits that it arrives, or is answered."""

    rate: float
    """How often a second."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.delays: Counter[int] = Counter()
        """How many took that many tenths of a millisecond, rounded down."""

    @abstractmethod
    async def connect(self) -> None:
        """Return when everything can begin."""

    @abstractmethod
    def say(self) -> None:
        """Once more, without waiting."""

    @abstractmethod
    async def close(self) -> None:
        """Hang up."""

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def arrived(self, sent_at: int) -> None:
        """What was said at ``sent_at`` (nanoseconds of the monotonic clock) is here."""
        self.received += 1
        self.delays[(time.monotonic_ns() - sent_at) // 100_000] += 1


class Pair(Honest):
    """Two peers of relays, one of which gets what the other sends."""

    rate = 200.0
    """Four times the busiest Status network that was recorded."""

    def __init__(self, sends_to: Enode, hears_from: Enode | None = None) -> None:
        super().__init__()
        self._author = Author(0, [os.urandom(4)])
        self._reader = Reader()
        self.delays = self._reader.delays
        self._sender, self._receiver = End(), End(self._read)
        self._ends = ((self._sender, sends_to), (self._receiver, hears_from or sends_to))

    async def connect(self) -> None:
        for end, enode in self._ends:
            await end.connect(enode)

    def say(self) -> None:
        if self._sender.gone:
            raise ConnectionError(f"the honest sender was disconnected: {self._sender.gone[0]}")
        self._sender.send(self._author.write(1))
        self.sent += 1

    def _read(self, raw: bytes) -> None:
        self._reader.read(raw)
        for numbers in self._reader.numbers.values():
            self.received = self.sent - numbers.lost(self.sent)

    async def close(self) -> None:
        for end, _ in self._ends:
            await end.close()


class Contact(Honest):
    """A client that writes to the one that is attacked, which says what it has read."""

    rate = 10.0

    def __init__(self, client: Client, other: str, heard: asyncio.StreamReader) -> None:
        """
        :param heard: lines with the texts of messages that the other has read.
        """
        super().__init__()
        self._client = client
        self._other = other
        self._heard = heard
        self._sending: set[asyncio.Task[object]] = set()

    async def connect(self) -> None:
        await self._client.__aenter__()
        await self._client.wait_for_peer()
        self._chat = await self._client.open_chat(self._other)
        self._listening = asyncio.create_task(self._listen())

    def say(self) -> None:
        self.sent += 1
        task = asyncio.create_task(self._client.send_text(self._chat, f"{time.monotonic_ns()}"))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _listen(self) -> None:
        while line := await self._heard.readline():
            self.arrived(int(line))

    async def close(self) -> None:
        self._listening.cancel()
        await asyncio.gather(*self._sending)
        await self._client.close()


class HistoryReader(Honest):
    """A peer of a mailserver that asks for a page, and for the next one when that has come or a moment is over."""

    rate = 10.0

    def __init__(self, enode: Enode) -> None:
        super().__init__()
        self._enode = enode
        self._asked: dict[bytes, int] = {}
        self._envelopes = 0
        self._end = End(on_packet=self._read)

    async def connect(self) -> None:
        await self._end.connect(self._enode)

    def say(self) -> None:
        asked = request(HONEST_TOPIC)
        self._asked[asked.request_id] = time.monotonic_ns()
        self._end.send_packet(asked.encode(), packets.P2P_REQUEST)
        self.sent += 1

    def _read(self, code: int, body: bytes) -> None:
        if code == packets.P2P_MESSAGE:
            self._envelopes += len(packets.split_messages(body))
        elif code == packets.P2P_REQUEST_COMPLETE:
            sent_at = self._asked.pop(decode_completion(body).request_id)
            if self._envelopes == HONEST_ENVELOPES:
                self.arrived(sent_at)
            self._envelopes = 0

    async def close(self) -> None:
        await self._end.close()


class Caller(Honest):
    """Somebody who calls a port over HTTP, with a connection for each call."""

    def __init__(self, port: int, call: bytes, expected: bytes, rate: float) -> None:
        """
        :param expected: what a good answer contains.
        """
        super().__init__()
        self.rate = rate
        self._port = port
        self._call = call
        self._expected = expected
        self._calling: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Each call does."""

    def say(self) -> None:
        self.sent += 1
        task = asyncio.create_task(self._attempts(time.monotonic_ns()))
        self._calling.add(task)
        task.add_done_callback(self._calling.discard)

    async def _attempts(self, sent_at: int) -> None:
        for _ in range(ATTEMPTS):
            if self._expected in await self._answer():
                self.arrived(sent_at)
                return

    async def _answer(self) -> bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            return str(error).encode()
        try:
            writer.write(self._call)
            return await reader.read()
        except ConnectionError as error:
            return str(error).encode()
        finally:
            writer.close()

    async def close(self) -> None:
        for task in self._calling:
            task.cancel()


def scraper(port: int) -> Caller:
    """Who looks whether a node is well."""
    return Caller(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b" 200 ", rate=10.0)


def owner(port: int, token: str) -> Caller:
    """Who calls a node with its token, as ``curl`` does."""
    head = [
        "POST / HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Authorization: Bearer {token}",
        "Connection: close",
        f"Content-Length: {len(CALL)}",
    ]
    return Caller(port, "\r\n".join([*head, "", ""]).encode() + CALL, b'"result"', rate=10.0)


class OneTalk(Honest):
    """The owner on a connection that stays."""

    rate = 10.0

    def __init__(self, port: int, token: str) -> None:
        super().__init__()
        self._url = f"http://127.0.0.1:{port}"
        self._token = token
        self._asked: dict[int, int] = {}

    async def connect(self) -> None:
        import aiohttp

        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"})
        self._socket = await self._session.ws_connect(self._url)
        self._listening = asyncio.create_task(self._listen())
        self._sending: set[asyncio.Task[None]] = set()

    def say(self) -> None:
        self.sent += 1
        self._asked[self.sent] = time.monotonic_ns()
        call = json.dumps({"jsonrpc": "2.0", "id": self.sent, "method": "net_version"}).encode()
        task = asyncio.create_task(self._socket.send_bytes(call))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _listen(self) -> None:
        async for message in self._socket:
            answer = json.loads(message.data)
            if "result" in answer:
                self.arrived(self._asked.pop(answer["id"]))

    async def close(self) -> None:
        self._listening.cancel()
        await self._session.close()
