"""``shh_*`` and ``shhext_requestMessages``, as clients of Whisper call a bridge (waku.md §7.10, §9.7)."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server.server import Server
from pystatus.node import SHH_6, Node, NodeConfig
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.errors import RpcError
from pystatus.rpc.whisper import RequestObject
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.data import Contents, OpeningKey, SymmetricKey, seal, unseal
from pystatus.waku.envelope import Envelope
from tests.net.support import TestNode, key
from tests.node.test_versions import meet
from tests.rpc.support import PATIENCE, TOKEN, TOPIC, line, served
from tests.rpc.test_waku import POST, SECRET, b64, filled, refusal

BRIDGE = NodeConfig(listen="127.0.0.1:0", bridge=True)
REFERENCE = RpcConfig(http=True, http_port=0, token=TOKEN, reference_encoding=True)
TOPIC_BYTES = bytes.fromhex(TOPIC[2:])


@pytest.mark.requirement("WH-7")
async def test_a_bridge_has_the_names_of_whisper() -> None:
    async with served(node_config=BRIDGE) as bridge:
        assert await bridge.call("shh_version") == "6.0"
        assert await bridge.call("waku_version") == "1.0"
        info = await bridge.call("shh_info")
        assert info == {"memory": 0, "messages": 0, "minPow": 0.000002, "maxMessageSize": 1 << 20}
        assert await bridge.call("shh_setMaxMessageSize", 1 << 19) is True
        assert (await bridge.call("shh_info"))["maxMessageSize"] == 1 << 19
        assert (await refusal(bridge, "shh_setMaxEnvelopeSize", 1))[0] == -32601
        assert {"shh", "shhext", "waku"} <= set(await bridge.call("rpc_modules"))
        key = await bridge.call("shh_addSymKey", SECRET)
        assert await bridge.call("waku_getSymKey", key) == SECRET, "there is one store of keys"


@pytest.mark.requirement("WH-7")
@pytest.mark.parametrize("config", [None, REFERENCE])
async def test_bytes_are_in_hex_whatever_waku_has(config: RpcConfig | None) -> None:
    public = PrivateKey(bytes.fromhex(SECRET[2:])).public_key
    async with served(config, BRIDGE) as bridge:
        pair = await bridge.call("shh_addPrivateKey", SECRET)
        criteria = {"privateKeyID": pair, "topics": [TOPIC]}
        whispers = await bridge.call("shh_newMessageFilter", {**criteria, "sig": public.hex})
        wakus = await bridge.call("waku_newMessageFilter", criteria)
        letter = {**POST, "pubKey": public.hex, "sig": pair, "padding": "0x0102"}
        posted = await bridge.call("shh_post", letter)
        (message,) = await bridge.call("shh_getFilterMessages", whispers)
        assert (message["payload"], message["padding"], message["topic"]) == ("0x68656c6c6f", "0x0102", TOPIC)
        assert message["sig"] == message["recipientPublicKey"] == public.hex
        assert message["hash"] == posted
        assert len(bytes.fromhex(posted[2:])) == 32
        assert "bool" not in message
        (same,) = await bridge.call("waku_getFilterMessages", wakus)
        assert same["payload"] == (b64(b"hello") if config else "0x68656c6c6f")
        assert (await refusal(bridge, "shh_post", {**letter, "payload": b64(b"hello")}))[0] == -32602
        assert await bridge.call("shh_deleteMessageFilter", whispers) is True


@pytest.mark.requirement("WH-7")
async def test_notifications_have_the_name_of_whisper(tmp_path: Path) -> None:
    path = tmp_path / "node.ipc"
    async with served(RpcConfig(http=True, http_port=0, token=TOKEN, socket=path), BRIDGE), line(path) as one:
        room = await one.call("shh_addSymKey", SECRET)
        heard = await one.call("shh_subscribe", "messages", {"symKeyID": room, "topics": [TOPIC]})
        await one.say("shh_post", {**POST, "symKeyID": room})
        told = [await one.hear(), await one.hear()]
        (message,) = [each["params"] for each in told if each.get("method") == "shh_subscription"]
        assert (message["subscription"], message["result"]["payload"]) == (heard, "0x68656c6c6f")
        assert await one.call("shh_unsubscribe", heard) is True


@pytest.mark.requirement("WH-7")
async def test_no_other_node_has_them_and_says_so() -> None:
    async with served() as node:
        for method in ("shh_version", "shh_post", "shhext_requestMessages"):
            code, sentence = await refusal(node, method, {})
            assert code == -32601
            assert "this node is no bridge" in sentence
            assert "--bridge" in sentence
        assert not {"shh", "shhext"} & set(await node.call("rpc_modules"))
        assert "bridge" not in (await refusal(node, "eth_call"))[1]


@pytest.mark.requirement("WH-7")
async def test_a_bridge_may_offer_only_one_of_them() -> None:
    config = RpcConfig(http=True, http_port=0, token=TOKEN, modules=("rpc", "shh"))
    async with served(config, BRIDGE) as bridge:
        assert await bridge.call("shh_version") == "6.0"
        code, sentence = await refusal(bridge, "shhext_requestMessages", {})
        assert code == -32601
        assert "bridge" not in sentence
        assert set(await bridge.call("rpc_modules")) == {"rpc", "shh"}


# history


@pytest.mark.requirement("WH-7")
@pytest.mark.parametrize(
    ("start", "end", "filled_in"),
    [
        (0, 0, (1_599_913_600, 1_600_000_000)),
        (0, 1_000_000, (913_600, 1_000_000)),
        (0, 100, (0, 100)),
        (5, 0, (5, 1_600_000_000)),
        (1, 2, (1, 2)),
    ],
)
def test_what_the_reference_fills_in(start: int, end: int, filled_in: tuple[int, int]) -> None:
    """``request_defaults`` of the reference's vectors (rpc_json.json), which name all fields."""
    given = {"mailServerPeer": "", "from": start, "to": end, "limit": 0, "cursor": "", "topic": "0x00000000"}
    others = {"topics": [TOPIC], "symKeyID": "", "timeout": 0, "force": False}
    wanted = msgspec.convert({**given, **others}, RequestObject).understood(1_600_000_000.9)
    assert (wanted.lower, wanted.upper) == filled_in
    assert (wanted.topics, wanted.bloom) == ((TOPIC_BYTES,), topics_bloom([TOPIC_BYTES]))
    assert (wanted.limit, wanted.cursor) == (0, b"")


def test_the_forms_of_a_request() -> None:
    cursor = "ab" * 36
    for given in (cursor, "0x" + cursor):
        asked = RequestObject(topic=TOPIC, cursor=given, limit=7, start=1, end=2).understood(100.0)
        assert asked == HistoryRequest(1, 2, topics_bloom([TOPIC_BYTES]), (TOPIC_BYTES,), 7, bytes.fromhex(cursor))
    two = RequestObject(topic="0x00000000", topics=[TOPIC, "0x00000000"]).understood(100.0)
    assert two.topics == (TOPIC_BYTES, bytes(4))


@pytest.mark.parametrize(
    ("request_object", "sentence"),
    [
        (RequestObject(topics=[TOPIC], start=3, end=2), "from is after to"),
        (RequestObject(topics=[TOPIC], cursor="0a"), "cursor has 36 bytes, not 1"),
        (RequestObject(topics=["0x12"]), "a topic has 4 bytes, not 1"),
        (RequestObject(topic="0x00000000"), "name those whose history is wanted"),
        (RequestObject(), "name those whose history is wanted"),
    ],
)
def test_requests_that_make_no_sense(request_object: RequestObject, sentence: str) -> None:
    with pytest.raises(RpcError, match=sentence):
        request_object.understood(100.0)


async def test_requests_that_cannot_be_sent() -> None:
    stranger = f"enode://{PrivateKey(b'3' * 32).public_key.xy.hex()}@127.0.0.1:1"
    async with served(node_config=BRIDGE) as bridge:
        request: dict[str, Any] = {"topics": [TOPIC]}
        assert "mailServerPeer is missing" in (await refusal(bridge, "shhext_requestMessages", request))[1]
        request["mailServerPeer"] = stranger
        assert "not connected" in (await refusal(bridge, "shhext_requestMessages", request))[1]
        code, sentence = await refusal(bridge, "shhext_requestMessages", {**request, "to": 1 << 32})
        assert (code, "$.to" in sentence) == (-32602, True)
        assert not bridge.node.trusted


@pytest.mark.requirement("WH-7")
async def test_a_request_goes_to_a_peer_that_speaks_whisper() -> None:
    """Sealed with the key that is named, or else to the mailserver itself, and signed."""
    async with TestNode(1, subprotocols=(SHH_6,)) as other, served(node_config=BRIDGE) as bridge:
        player = await meet(other, bridge.node)
        assert await player.hear(SHH_6.capability, packets.STATUS)
        player.greet(SHH_6.capability)
        await bridge.node.wait_for_peer(PATIENCE)
        request = {"mailServerPeer": str(other.enode), "from": 1, "to": 2, "topics": [TOPIC]}
        room = await bridge.call("shh_addSymKey", SECRET)
        keys: list[tuple[dict[str, str], OpeningKey]] = [
            ({"symKeyID": room}, SymmetricKey(bytes.fromhex(SECRET[2:]))),
            ({}, key(1)),
        ]
        for named, opening in keys:
            said = await bridge.call("shhext_requestMessages", {**request, **named})
            sent = Envelope.decode(await player.hear(SHH_6.capability, packets.P2P_REQUEST))
            assert said == "0x" + sent.hash.hex()
            contents = unseal(opening, sent.data)
            assert isinstance(contents, Contents)
            assert contents.signer is not None
            assert HistoryRequest.decode(contents.payload) == HistoryRequest(
                1, 2, topics_bloom([TOPIC_BYTES]), (TOPIC_BYTES,)
            )
        assert other.enode.node_id in bridge.node.trusted
        assert (await refusal(bridge, "shhext_requestMessages", {**request, "symKeyID": "none"}))[0] == -32000


@pytest.mark.requirement("WH-7")
async def test_history_comes_to_the_filters(tmp_path: Path) -> None:
    password, chat = SymmetricKey(b"p" * 32), SymmetricKey(bytes.fromhex(SECRET[2:]))
    async with AsyncExitStack() as stack:
        archive = await SqliteArchive.open(tmp_path / "archive.db")
        node = Node(NodeConfig(listen="127.0.0.1:0"))
        node.keep_history(archive, Server(password))
        mailserver = await stack.enter_async_context(node)
        sealed = seal(chat, b"hello", None, lambda size: b"r" * size)
        old = Envelope.mine(mailserver.now - 3600, 10, TOPIC_BYTES, sealed, 0.0)
        assert await archive.add([old]) == 1

        bridge = await stack.enter_async_context(served(node_config=BRIDGE))
        await bridge.call("admin_addPeer", str(mailserver.enode))
        await bridge.node.wait_for_peer(PATIENCE)
        room = await bridge.call("shh_addSymKey", SECRET)
        agreed = await bridge.call("shh_addSymKey", "0x" + password.raw.hex())
        inbox = await bridge.call("shh_newMessageFilter", {"symKeyID": room, "topics": [TOPIC], "allowP2P": True})
        await bridge.call(
            "shhext_requestMessages",
            {
                "mailServerPeer": str(mailserver.enode),
                "topics": [TOPIC],
                "symKeyID": agreed,
                "timeout": 10,
                "force": True,
            },
        )
        (message,) = await filled(bridge, inbox, "shh")
        assert (message["payload"], message["hash"]) == ("0x68656c6c6f", "0x" + old.hash.hex())
        assert message["bool"] is True
