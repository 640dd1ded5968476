"""JSON-RPC 2.0 itself: requests, notifications, batches, errors, and bytes that are none of these."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError
from pystatus.rpc import dispatcher as dispatcher_module
from pystatus.rpc.dispatcher import MAX_BATCH, MAX_REQUEST_SIZE, Dispatcher
from pystatus.rpc.errors import limit_exceeded
from pystatus.rpc.session import Session

CALLED: list[str] = []


def add(one: int, other: int = 1) -> int:
    return one + other


async def greet(name: str) -> str:
    return f"hello {name}"


def note(what: str) -> None:
    CALLED.append(what)


def complain() -> None:
    raise LocalError("there is nothing to be had: bring something")


def run_out() -> None:
    raise limit_exceeded("too much", {"dropped": 3})


def fail() -> None:
    raise ZeroDivisionError("secret")


def whose(session: Session) -> bool:
    return isinstance(session, Session)


def large() -> str:
    return "x" * 1000


DISPATCHER = Dispatcher(
    {
        "test_add": add,
        "test_greet": greet,
        "test_note": note,
        "test_complain": complain,
        "test_runOut": run_out,
        "test_fail": fail,
        "test_whose": whose,
        "test_large": large,
    }
)


async def ask(text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    answer = await DISPATCHER.answer(data, Session())
    return None if answer is None else json.loads(answer)


async def call(method: str, params: Any = None, request_id: Any = 1) -> Any:
    request = {"jsonrpc": "2.0", "id": request_id, "method": method}
    return await ask(json.dumps(request if params is None else {**request, "params": params}))


async def error(method: str, params: Any = None) -> tuple[int, str]:
    said = (await call(method, params))["error"]
    return said["code"], said["message"]


@pytest.mark.requirement("WR-2", "WR-3")
@pytest.mark.parametrize("request_id", [1, "a", None, 1.5, -7, 2**63])
async def test_an_answer_has_the_id_of_its_request(request_id: Any) -> None:
    answer = await call("test_add", [2, 3], request_id)
    assert answer == {"jsonrpc": "2.0", "id": request_id, "result": 5}


@pytest.mark.requirement("WR-3")
async def test_parameters_by_position_and_by_name() -> None:
    assert (await call("test_add", [2]))["result"] == 3
    assert (await call("test_add", [2, None]))["result"] == 3
    assert (await call("test_add", {"other": 2, "one": 3}))["result"] == 5
    assert (await call("test_greet", ["bob"]))["result"] == "hello bob"
    assert (await call("test_whose"))["result"] is True
    assert (await call("test_whose", []))["result"] is True


@pytest.mark.requirement("WR-3")
async def test_wrong_parameters_are_named_and_their_values_are_not_repeated() -> None:
    assert await error("test_add", []) == (-32602, "test_add needs the parameter one")
    assert await error("test_add", [1, 2, 3]) == (-32602, "test_add takes at most 2 parameters, not 3")
    assert await error("test_add", {"one": 1, "two": 2}) == (-32602, "test_add has no parameter 'two'")
    assert await error("test_add", "secret") == (
        -32602,
        "the parameters of test_add are neither a list nor an object",
    )
    code, message = await error("test_add", ["secret"])
    assert (code, message) == (-32602, "parameter one of test_add is wrong: Expected `int`, got `str`")


async def test_text_that_is_not_utf_8_is_a_wrong_parameter() -> None:
    answer = await ask(b'{"jsonrpc":"2.0","id":1,"method":"test_greet","params":["\xff"]}')
    assert answer["error"] == {"code": -32602, "message": "parameter name of test_greet is wrong: it cannot be read"}


@pytest.mark.requirement("WR-3")
async def test_a_notification_is_carried_out_and_not_answered() -> None:
    CALLED.clear()
    assert await ask('{"jsonrpc":"2.0","method":"test_note","params":["heard"]}') is None
    assert await ask('{"jsonrpc":"2.0","method":"test_complain"}') is None
    assert await ask('{"jsonrpc":"2.0","method":"test_unknown"}') is None
    assert CALLED == ["heard"]


@pytest.mark.requirement("WR-3")
async def test_a_batch_is_answered_in_its_order_without_its_notifications() -> None:
    answers = await ask(
        '[{"jsonrpc":"2.0","id":1,"method":"test_add","params":[1]},'
        '{"jsonrpc":"2.0","method":"test_note","params":["x"]},'
        '7,{"jsonrpc":"2.0","id":"b","method":"test_greet","params":["a"]}]'
    )
    assert [answer["id"] for answer in answers] == [1, None, "b"]
    assert [answer.get("result") for answer in answers] == [2, None, "hello a"]
    assert answers[1]["error"]["code"] == -32600
    assert await ask('[{"jsonrpc":"2.0","method":"test_note","params":["x"]}]') is None


@pytest.mark.requirement("WR-3")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", -32700),
        ("{", -32700),
        ("[1,", -32700),
        ("[" * 100_000, -32700),
        ("1", -32600),
        ("[]", -32600),
        ('{"id":1,"method":"test_add"}', -32600),
        ('{"jsonrpc":"1.0","id":1,"method":"test_add"}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":7}', -32600),
        ('{"jsonrpc":"2.0","id":{},"method":"test_add"}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"test_unknown"}', -32601),
    ],
)
async def test_what_is_no_request(text: str, code: int) -> None:
    assert (await ask(text))["error"]["code"] == code


async def test_the_id_of_a_broken_request_is_found_if_it_can_be() -> None:
    assert (await ask('{"jsonrpc":"1.0","id":"mine","method":"test_add"}'))["id"] == "mine"
    assert (await ask('{"jsonrpc":"2.0","id":[],"method":"test_add"}'))["id"] is None


@pytest.mark.requirement("WR-3")
async def test_sentences_and_codes_of_methods_reach_the_caller() -> None:
    assert await error("test_complain") == (-32000, "there is nothing to be had: bring something")
    said = (await call("test_runOut"))["error"]
    assert said == {"code": -32005, "message": "too much", "data": {"dropped": 3}}


@pytest.mark.requirement("WR-3")
async def test_faults_are_in_the_log_and_not_in_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert await error("test_fail") == (-32603, "a fault in pystatus; its log says more")
    assert "test_fail has failed" in caplog.text


async def test_requests_and_batches_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await ask(b" " * (MAX_REQUEST_SIZE + 1)))["error"]["code"] == -32600
    one = '{"jsonrpc":"2.0","id":1,"method":"test_large"}'
    assert len(await ask(f"[{','.join([one] * MAX_BATCH)}]")) == MAX_BATCH
    assert (await ask(f"[{','.join([one] * (MAX_BATCH + 1))}]"))["error"]["code"] == -32600
    monkeypatch.setattr(dispatcher_module, "MAX_BATCH_RESPONSE", 1500)
    answers = await ask(f"[{one},{one},{one}]")
    assert ["result" in answer for answer in answers] == [True, True, False]
    assert answers[2]["error"]["code"] == -32003


@pytest.mark.parametrize(
    "text",
    ["[{}]", '{{"jsonrpc":"2.0","id":1,"method":"test_add","params":[{}]}}', '{{"jsonrpc":"2.0","id":[{}]}}'],
    ids=["batch", "parameters", "no request"],
)
async def test_a_request_of_millions_of_little_things_is_not_read(
    text: str,
) -> None:
    """They are refused by their number before anything is made of them; the largest that anybody asks is read."""
    refused = -32600, "a request holds at most 150000 values"
    for piece in ("1,", "[],", "{},", '"",'):
        said = (await ask(text.format(piece * (MAX_REQUEST_SIZE // len(piece) - 100) + "0")))["error"]
        assert (said["code"], said["message"]) == refused
    said = await ask(text.format(",".join(["1"] * 10_000)))
    assert said["error"]["message"] != refused[1]


@pytest.mark.parametrize(
    "data", [b"[]", b"{", b"nonsense", b"{}", b'{"jsonrpc":"2.0","id":1,"method":"none"}', b"[1]"], ids=repr
)
async def test_whatever_a_request_is_others_have_a_turn_before_it(data: bytes) -> None:
    """A read of the socket brings tens of thousands of the smallest."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    for _ in range(50):
        await ask(data)
    counting.cancel()
    assert turns >= 50


def test_methods_can_be_listed() -> None:
    assert DISPATCHER.methods["test_add"] == ("one", "other")
    assert DISPATCHER.methods["test_whose"] == ()


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | anything,
        "id": anything,
        "method": st.sampled_from(["test_add", "test_greet", "test_note", "test_fail"]) | anything,
        "params": anything,
    },
)
almost = requests.map(json.dumps).map(str.encode)


def check(answer: bytes | None) -> None:
    if answer is None:
        return
    decoded = json.loads(answer)
    for one in decoded if isinstance(decoded, list) else [decoded]:
        assert one["jsonrpc"] == "2.0"
        assert ("result" in one) != ("error" in one)
        assert "id" in one


@given(st.binary() | almost | st.lists(requests).map(json.dumps).map(str.encode))
async def test_any_bytes_are_answered(data: bytes) -> None:
    check(await DISPATCHER.answer(data, Session()))


@given(almost, st.data())
async def test_requests_with_broken_bytes_are_answered(request_bytes: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(request_bytes)))
    broken = request_bytes[:position] + data.draw(st.binary(max_size=4)) + request_bytes[position + 1 :]
    check(await DISPATCHER.answer(broken, Session()))
