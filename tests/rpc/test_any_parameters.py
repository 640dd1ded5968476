"""Whatever the parameters of a real method are, there is a result or a sentence, and never a fault (-32603)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.node import Node, NodeConfig
from pystatus.rpc.admin import AdminApi
from pystatus.rpc.config import MODULES
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.session import Session
from pystatus.rpc.waku import WakuApi
from pystatus.rpc.whisper import WhisperApi

SECRET = "0x" + "11" * 32
PUBLIC = PrivateKey(bytes.fromhex(SECRET[2:])).public_key
ENODE = f"enode://{PUBLIC.xy.hex()}"

numbers = st.integers(-(2**70), 2**70) | st.floats()
texts = st.text() | st.sampled_from(
    ["SHARED", "PAIR", SECRET, PUBLIC.hex, ENODE, "0x12345678", "0x", "0x0", "messages", "0x" + "00" * 64]
)
scalars = st.none() | st.booleans() | numbers | texts
fields = ["symKeyID", "privateKeyID", "pubKey", "sig", "topic", "payload", "padding", "targetPeer", "other"]
objects = st.dictionaries(st.sampled_from(fields), scalars) | st.fixed_dictionaries(
    {"symKeyID": st.just("SHARED"), "topic": st.just("0x12345678"), "payload": texts | st.just("0x01")},
    optional={
        "ttl": st.integers(-1, 2**33),
        # What can be reached takes well below a millisecond, so that the test does not work for its proof.
        "powTarget": st.sampled_from([0.0, 0.000002, -1.0, 1e300, 1e-300]),
        "powTime": st.sampled_from([0, 0.001, -1, 1e300]),
        "topics": st.lists(texts),
        "sig": st.just("PAIR") | texts,
    },
)
criteria = st.fixed_dictionaries(
    {"privateKeyID": st.just("PAIR")},
    optional={"topics": st.lists(texts), "sig": texts, "minPow": numbers, "allowP2P": scalars},
)
requests = st.fixed_dictionaries(
    {"mailServerPeer": st.just(ENODE) | texts, "topics": st.lists(texts)},
    optional={"from": numbers, "to": numbers, "limit": numbers, "cursor": texts, "symKeyID": st.just("SHARED") | texts},
)
parameters = st.lists(scalars | objects | criteria | requests | st.lists(scalars), max_size=3)


@settings(max_examples=300)
@given(st.data())
async def test_any_parameters(data: st.DataObject) -> None:
    node = Node(NodeConfig(bridge=True))
    waku = WakuApi(node)
    heard: list[bytes] = []
    dispatcher = Dispatcher({**waku.methods, **AdminApi(node, MODULES).methods, **WhisperApi(node, waku).methods})
    session = Session(heard.append)
    ids = {"SHARED": await call(dispatcher, session, "waku_addSymKey", [SECRET])}
    ids["PAIR"] = await call(dispatcher, session, "waku_addPrivateKey", [SECRET])
    try:
        for _ in range(5):
            method = data.draw(st.sampled_from(list(dispatcher.methods)))
            await call(dispatcher, session, method, filled(data.draw(parameters), ids))
    finally:
        session.close()
        waku.close()
        await node.close()


async def call(dispatcher: Dispatcher, session: Session, method: str, params: Any) -> Any:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    answered = await dispatcher.answer(json.dumps(request).encode(), session)
    session.answered()
    assert answered is not None
    answer = json.loads(answered)
    if "error" in answer:
        # Text with half characters, NaN and infinity are no JSON.
        assert answer["error"]["code"] in (-32700, -32602, -32600, -32000, -32005), (method, answer)
        message = answer["error"]["message"]
        assert SECRET[2:] not in message or "is not an enode address" in message, "secrets are not repeated"
        return None
    return answer["result"]


def filled(params: Any, ids: dict[str, Any]) -> Any:
    """The parameters with ids in place of their names."""
    if isinstance(params, list):
        return [filled(one, ids) for one in params]
    if isinstance(params, dict):
        return {name: filled(one, ids) for name, one in params.items()}
    return ids.get(params, params) if isinstance(params, str) else params
