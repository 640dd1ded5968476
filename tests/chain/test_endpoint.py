"""A node that is asked: what it may not do to us, and what we say of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pystatus.chain import endpoint, transports
from pystatus.chain.endpoint import Endpoint, EndpointLimits
from pystatus.chain.endpoint_url import EndpointUrl
from pystatus.chain.failures import (
    EndpointFailed,
    Nonsense,
    NotJson,
    Overloaded,
    PerhapsSent,
    Refusing,
    Silent,
    TooLarge,
    Unreachable,
    WrongChain,
)
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.plan import Plan, Question, QuestionRefused, Refusal, ask, ask_all, try_all
from pystatus.ethereum.quantities import quantity, to_hex
from pystatus.net.proxy import Proxy
from pystatus.net.route import Route
from tests.chain.nodes import Answering, after_greeting, never, node, rpc
from tests.support.socks import SocksProxy

QUICK = EndpointLimits(answer_seconds=0.2, attempts=1)
PATIENCE = EndpointLimits(answer_seconds=30)


async def no_pause(_: float) -> None:
    """Tries again at once."""


def block_number() -> Plan[int]:
    return quantity((yield from ask("eth_blockNumber")))


async def asked(url: str, plan: Plan[Any], limits: EndpointLimits = PATIENCE, **options: Any) -> Any:
    async with Endpoint(url, limits=limits, sleep=no_pause, **options) as endpoint:
        return await endpoint.carry_out(plan)


@pytest.mark.parametrize("is_socket", [False, True], ids=["http", "websocket"])
async def test_a_question_and_its_answer(is_socket: bool) -> None:
    async with node(rpc(eth_blockNumber="0x10")) as there:
        url = there.socket_url if is_socket else there.url
        assert await asked(url, block_number(), chain_id=5) == 16
        assert there.methods == ["eth_chainId", "eth_blockNumber"]
        assert set(there.paths) == {"/ws" if is_socket else "/v3/secret"}


@pytest.mark.parametrize("is_socket", [False, True], ids=["http", "websocket"])
async def test_many_questions_are_asked_together(is_socket: bool) -> None:
    def plan() -> Plan[list[int]]:
        answers = yield from try_all([Question("eth_getBalance", (to_hex(n), "latest")) for n in range(250)])
        return [-1 if isinstance(answer, Refusal) else quantity(answer) for answer in answers]

    def balance(account: str, _: str) -> Any:
        number = quantity(account)
        return {"error": {"code": 1, "message": "no"}} if number == 7 else to_hex(2 * number)

    async with node(rpc(eth_getBalance=balance)) as there:
        url = there.socket_url if is_socket else there.url
        expected = [-1 if number == 7 else 2 * number for number in range(250)]
        assert await asked(url, plan()) == expected
        assert sorted(len(body) for body in there.bodies[1:]) == [50, 100, 100]


async def test_long_answers_make_small_batches() -> None:
    def plan() -> Plan[int]:
        return len((yield from ask_all([Question("eth_getBlockByNumber", (to_hex(n), True)) for n in range(25)])))

    async with node(rpc(eth_getBlockByNumber=lambda *_: {})) as there:
        assert await asked(there.url, plan()) == 25
        assert sorted(len(body) for body in there.bodies[1:]) == [5, 10, 10]


async def test_only_so_many_requests_at_a_time() -> None:
    waiting = 0
    enough = asyncio.Event()
    answer = rpc(eth_getBalance="0x1")

    async def slow(body: bytes) -> bytes | web.StreamResponse:
        nonlocal waiting
        waiting += 1
        if waiting == 8:
            enough.set()
        await enough.wait()
        return await answer(body)

    def plan() -> Plan[int]:
        return len((yield from ask_all([Question("eth_getBalance", ("0x1", "latest"))] * 2_000)))

    async with node(after_greeting(slow)) as there:
        assert await asked(there.url, plan()) == 2_000
        assert there.most == 8


async def test_a_node_that_takes_one_question_at_a_time() -> None:
    single = rpc(eth_getBalance="0x1")

    async def answer(body: bytes) -> bytes | web.StreamResponse:
        if body.startswith(b"["):
            return b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not supported"}}'
        return await single(body)

    def plan() -> Plan[int]:
        return len((yield from ask_all([Question("eth_getBalance", ("0x1", "latest"))] * 3)))

    async with node(answer) as there, Endpoint(there.url) as asking:
        assert await asking.carry_out(plan()) == 3
        assert await asking.carry_out(plan()) == 3
        assert [isinstance(body, list) for body in there.bodies].count(True) == 1


async def test_a_refusal_is_for_the_plan() -> None:
    async with node(rpc(eth_blockNumber={"error": {"code": -32000, "message": "not\x1b[2J now"}})) as there:
        with pytest.raises(QuestionRefused, match=r"the node refuses eth_blockNumber: not.* now"):
            await asked(there.url, block_number())


async def page(_: bytes) -> web.StreamResponse:
    return web.Response(text="<!DOCTYPE html><title>Sign in to the café</title>", content_type="text/html")


async def status(number: int) -> web.StreamResponse:
    return web.Response(status=number, text="no")


async def says(text: str) -> bytes:
    return text.encode()


async def huge(_: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","id":2,"result":"0x' + b"0" * (transports.MAX_ANSWER + 10) + b'"}'


def little_things(piece: str) -> Answering:
    """As many of them as an answer of the largest size can hold, each of which takes many times its size when read."""
    return lambda _: says('{"jsonrpc":"2.0","id":2,"result":[' + (piece + ",") * (10_000_000 // len(piece)) + "0]}")


async def hangs_up(_: bytes) -> bytes:
    raise ConnectionAbortedError


WAYS: list[tuple[Answering, type[EndpointFailed], str]] = [
    (page, NotJson, "is no node of Ethereum: it says a page of the web"),
    (lambda _: says(""), NotJson, "it says nothing"),
    (lambda _: says("hello \x1b[31m you"), NotJson, "it says “hello"),
    (lambda _: says("[" * 100_000), Nonsense, "what it says is no answer"),
    (lambda _: says("5"), Nonsense, "what it says is no answer"),
    (lambda _: says("[]"), Nonsense, "0 answers to 1 questions"),
    (lambda _: says('{"jsonrpc":"2.0","id":99,"result":"0x1"}'), Nonsense, "something else than it was asked"),
    (lambda _: says('{"jsonrpc":"2.0","id":[],"result":"0x1"}'), Nonsense, "something else than it was asked"),
    (lambda _: says('{"jsonrpc":"2.0","id":2}'), Nonsense, "neither a result nor an error"),
    (lambda _: says('{"jsonrpc":"2.0","id":2,"error":"no"}'), Nonsense, "no answer"),
    (lambda _: says('{"jsonrpc":"2.0","id":2,"result":16}'), Nonsense, "a number is no hexadecimal number"),
    (lambda _: says('{"jsonrpc":"2.0","id":2,"result":"0x010"}'), Nonsense, "a number is no hexadecimal number"),
    (lambda _: says('{"jsonrpc":"2.0","id":2,"result":null}'), Nonsense, "a number is no hexadecimal number"),
    (lambda _: status(401), Refusing, "refuses to answer (HTTP 401)"),
    (lambda _: status(302), Refusing, "refuses to answer (HTTP 302)"),
    (lambda _: status(429), Overloaded, "too much to do (HTTP 429)"),
    (lambda _: status(503), Overloaded, "too much to do (HTTP 503)"),
    (huge, TooLarge, "more than 32 MiB"),
    (little_things("[]"), Nonsense, "made of millions of little things"),
    (little_things('{"a":1}'), Nonsense, "made of millions of little things"),
    (little_things('"\\u00e9"'), Nonsense, "made of millions of little things"),
    (never, Silent, "has not answered within 0.2 seconds"),
    (hangs_up, Unreachable, "has broken the connection"),
]


@pytest.mark.parametrize(
    ("answering", "kind", "sentence"),
    WAYS,
    ids=[f"{kind.__name__}-{number}" for number, (_, kind, _) in enumerate(WAYS)],
)
async def test_ways_to_fail(answering: Answering, kind: type[EndpointFailed], sentence: str) -> None:
    async with node(after_greeting(answering)) as there:
        limits = QUICK if kind is Silent else EndpointLimits(attempts=1)
        with pytest.raises(kind) as failed:
            await asked(there.url, block_number(), limits)
    said = str(failed.value)
    assert sentence in said
    assert said.endswith(".")
    assert "secret" not in said
    assert "\x1b" not in said


async def test_answers_to_many_questions_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is as long as an answer may be, in as many requests as there are: a plan may ask thousands."""
    monkeypatch.setattr(endpoint, "MAX_ANSWERS", 100_000)
    long = rpc(eth_getBalance="0x" + "0" * 1_000)

    def plan() -> Plan[int]:
        return len((yield from ask_all([Question("eth_getBalance", ("0x1", "latest"))] * 5_000)))

    async with node(after_greeting(long)) as there:
        with pytest.raises(Nonsense, match="its answers to one list of questions have more than"):
            await asked(there.url, plan())
        assert len(there.bodies) < 12  # the greeting, what came first, and what was under way


async def test_thousands_of_questions_make_few_tasks() -> None:
    """A node that takes one question at a time gets each in a request of its own, and what waits is a list."""
    most = 0
    answer = rpc(eth_getBalance="0x1")

    async def watched(body: bytes) -> bytes | web.StreamResponse:
        nonlocal most
        most = max(most, sum("Endpoint._ask_all" in repr(one) for one in asyncio.all_tasks()))
        return b'{"error":{"code":1,"message":"one at a time"}}' if body.startswith(b"[") else await answer(body)

    def plan() -> Plan[int]:
        return len((yield from ask_all([Question("eth_getBalance", ("0x1", "latest"))] * 300)))

    async with node(after_greeting(watched)) as there:
        assert await asked(there.url, plan()) == 300
    assert 8 <= most <= 3 * (8 + 8)


async def test_what_is_asked_later_counts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MAX_ANSWERS", 5_000)

    def plan() -> Plan[int]:
        for _ in range(10):
            yield from ask("eth_getBalance", "0x1", "latest")
        return 10

    async with node(rpc(eth_getBalance="0x" + "0" * 1_000)) as there:
        assert await asked(there.url, plan()) == 10


async def test_a_node_of_another_chain() -> None:
    """Nothing but its chain is asked of it."""
    async with node(rpc(eth_blockNumber="0x10")) as there:
        with pytest.raises(
            WrongChain, match=r"is a node of the chain 5, and this is about the chain 1. Nothing was done"
        ):
            await asked(there.url, block_number(), chain_id=1)
        assert there.methods == ["eth_chainId"]


async def test_nobody_is_there() -> None:
    async with node(rpc()) as there:
        url = there.url
    with pytest.raises(Unreachable, match=r"There is no node of Ethereum at http://127.0.0.1:[0-9]+: "):
        await asked(url, block_number())


@pytest.mark.parametrize("is_socket", [False, True], ids=["http", "websocket"])
async def test_what_may_pass_is_tried_again(is_socket: bool) -> None:
    failures = 2
    answer = rpc(eth_blockNumber="0x10")

    async def moody(body: bytes) -> bytes | web.StreamResponse:
        nonlocal failures
        failures -= 1
        return web.Response(status=503, text="no") if failures >= 0 else await answer(body)

    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with node(after_greeting(moody)) as there:
        url = there.socket_url if is_socket else there.url
        async with Endpoint(url, sleep=pause) as endpoint:
            assert await endpoint.carry_out(block_number()) == 16
    assert pauses == [0.5, 1.0]


async def test_a_transaction_is_never_sent_twice() -> None:
    def plan() -> Plan[Any]:
        return (yield from ask("eth_sendRawTransaction", "0xc0"))

    async with node(after_greeting(lambda _: status(503))) as there:
        with pytest.raises(PerhapsSent, match=r"nobody knows whether it has it. Look for it before you send it again"):
            await asked(there.url, plan())
        assert there.methods.count("eth_sendRawTransaction") == 1


async def test_an_answer_that_comes_too_late_is_no_answer_to_the_next_question() -> None:
    """Over a WebSocket the connection is opened anew."""
    late = asyncio.Event()
    answer = rpc(eth_blockNumber="0x1", eth_gasPrice="0x2")

    async def slow(body: bytes) -> bytes | web.StreamResponse:
        if b"eth_blockNumber" in body:
            await late.wait()
        return await answer(body)

    async with node(after_greeting(slow)) as there, Endpoint(there.socket_url, limits=QUICK) as endpoint:
        with pytest.raises(Silent):
            await endpoint.carry_out(block_number())
        late.set()
        assert await endpoint.carry_out(ask("eth_gasPrice")) == "0x2"


async def test_everything_goes_through_the_proxy() -> None:
    """The name of the node is looked up there, too."""
    async with node(rpc(eth_blockNumber="0x10")) as there, SocksProxy(names={"node.example": "127.0.0.1"}) as proxy:
        url = f"http://node.example:{there.port}/"
        route = Route(Proxy.parse(proxy.url))
        assert await asked(url, block_number(), route=route) == 16
        assert proxy.asked == [("node.example", there.port)]


@pytest.mark.parametrize(
    "url", ["", "node.example", "ftp://node.example", "http://", "http://h:99999", "https://h\n/", "http://:x@h"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(LocalError):
        EndpointUrl.parse(url)


def test_an_address_does_not_show_its_key() -> None:
    url = EndpointUrl.parse("https://mainnet.example:8545/v3/0123456789abcdef?key=secret")
    assert str(url) == "https://mainnet.example:8545"
    assert "secret" not in repr(url)
    assert "0123" not in repr(url)
    assert str(EndpointUrl.parse("wss://[::1]/x")) == "wss://[::1]"


async def test_answers_in_another_order() -> None:
    answer = rpc(eth_blockNumber="0x10", eth_gasPrice="0x2")

    async def reversed_(body: bytes) -> bytes | web.StreamResponse:
        said = await answer(body)
        assert isinstance(said, bytes)
        found = json.loads(said)
        return json.dumps(found[::-1] if isinstance(found, list) else found).encode()

    def plan() -> Plan[list[Any]]:
        return (yield from ask_all([Question("eth_blockNumber"), Question("eth_gasPrice")]))

    async with node(reversed_) as there:
        assert await asked(there.url, plan()) == ["0x10", "0x2"]


async def test_a_node_that_repeats_the_key_it_refuses() -> None:
    """A sentence is shown, logged and pasted into reports: the key of the address is in none."""
    error = {"error": {"code": 1, "message": "invalid project /v3/0123456789abcdef (0123456789abcdef)"}}

    async def words(_: bytes) -> bytes:
        return b"no such project: 0123456789abcdef"

    for answering in (rpc(eth_chainId=error), words):
        async with node(answering) as there:
            with pytest.raises(RemoteError, match="project") as refused:
                await asked(there.url.replace("secret", "0123456789abcdef"), block_number())
            assert "0123456789abcdef" not in str(refused.value)


async def test_ten_who_ask_a_silent_node_wait_no_longer_than_one() -> None:
    async with node(never) as there, Endpoint(there.url, limits=QUICK) as endpoint:
        said = await asyncio.gather(*(endpoint.chain_id() for _ in range(10)), return_exceptions=True)
        assert {type(one) for one in said} == {Silent}
        assert endpoint.requests == 1
        with pytest.raises(Silent):
            await endpoint.chain_id()
        assert endpoint.requests == 2  # who comes later asks again


async def test_a_web_socket_with_what_is_no_text() -> None:
    async def socket(request: web.Request) -> web.StreamResponse:
        opened = web.WebSocketResponse()
        await opened.prepare(request)
        await opened.receive()
        assert request.transport is not None
        request.transport.write(b"\x81\x02\xff\xfe")  # a text of two bytes that are no UTF-8
        await opened.receive()
        return opened

    app = web.Application()
    app.router.add_get("/ws", socket)
    async with TestServer(app) as there:
        with pytest.raises(Nonsense, match="what it says is no text"):
            await asked(f"ws://127.0.0.1:{there.port}/ws", block_number())
