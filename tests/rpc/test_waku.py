"""9/WAKU-RPC as callers use it, over HTTP, against real nodes (waku.md §6)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from contextlib import AsyncExitStack
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.node import Node, NodeConfig
from pystatus.rpc import posting
from pystatus.rpc.config import RpcConfig
from pystatus.waku.data import SymmetricKey, unseal
from pystatus.waku.envelope import Envelope
from tests.rpc.support import PATIENCE, TOKEN, TOPIC, WORK, Refusal, Served, served

SECRET = "0x" + "11" * 32
POST = {**WORK, "topic": TOPIC, "payload": "0x68656c6c6f"}


async def filled(one: Served, filter_id: str, namespace: str = "waku") -> list[dict[str, Any]]:
    """What is in a filter once there is something."""
    async with asyncio.timeout(PATIENCE):
        messages: list[dict[str, Any]] = []
        while not messages:  # each call is a turn of the event loop
            messages = await one.call(f"{namespace}_getFilterMessages", filter_id)
        return messages


async def refusal(one: Served, method: str, *params: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        await one.call(method, *params)
    return refused.value.code, str(refused.value)


@pytest.mark.requirement("WR-1", "WR-12")
async def test_version_and_info() -> None:
    async with served() as node:
        assert await node.call("waku_version") == "1.0"
        info = await node.call("waku_info")
        assert info == {
            "minPow": 0.000002,
            "maxEnvelopeSize": 1 << 20,
            "memory": 0,
            "envelopes": 0,
            "messages": 0,
            "maxMessageSize": 1 << 20,
        }
        key = await node.call("waku_newSymKey")
        await node.call("waku_post", {**POST, "symKeyID": key})
        info = await node.call("waku_info")
        assert (info["envelopes"], info["messages"]) == (1, 1)
        assert info["memory"] > 256


@pytest.mark.requirement("WR-12")
async def test_key_pairs() -> None:
    async with served() as node:
        pair = await node.call("waku_newKeyPair")
        public, private = await node.call("waku_getPublicKey", pair), await node.call("waku_getPrivateKey", pair)
        assert PrivateKey(bytes.fromhex(private[2:])).public_key.hex == public
        mine = await node.call("waku_addPrivateKey", SECRET)
        assert await node.call("waku_addPrivateKey", SECRET) == mine
        assert await node.call("waku_getPrivateKey", mine) == SECRET
        assert await node.call("waku_hasKeyPair", mine) is True
        assert await node.call("waku_deleteKeyPair", mine) is True
        assert await node.call("waku_hasKeyPair", mine) is False
        for method in ("waku_deleteKeyPair", "waku_getPublicKey", "waku_getPrivateKey"):
            assert await refusal(node, method, mine) == (-32000, "invalid id: there is no such key pair")


@pytest.mark.requirement("WR-12")
async def test_symmetric_keys() -> None:
    async with served() as node:
        mine = await node.call("waku_addSymKey", SECRET)
        assert await node.call("waku_addSymKey", SECRET) != mine
        assert await node.call("waku_getSymKey", mine) == SECRET
        assert await node.call("waku_hasSymKey", mine) is True
        assert await node.call("waku_deleteSymKey", mine) is True
        assert await node.call("waku_deleteSymKey", mine) is False
        assert await node.call("waku_hasSymKey", mine) is False
        assert (await refusal(node, "waku_getSymKey", mine))[0] == -32000
        room = await node.call("waku_generateSymKeyFromPassword", "status")
        derived = hashlib.pbkdf2_hmac("sha256", b"status", b"", 65_356, 32).hex()
        assert await node.call("waku_getSymKey", room) == "0x" + derived


@pytest.mark.parametrize(
    ("method", "secret", "sentence"),
    [
        ("waku_addPrivateKey", "11" * 32, "the private key is hexadecimal and begins with 0x"),
        ("waku_addPrivateKey", "0x" + "11" * 31, "the private key has 32 bytes, not 31"),
        ("waku_addPrivateKey", "0x" + "11" * 31 + "1g", "the private key holds something else"),
        ("waku_addPrivateKey", "0x" + "11" * 31 + " 11", "the private key holds something else"),
        ("waku_addPrivateKey", "0x" + "ff" * 32, "A private key is 32 bytes between 1 and"),
        ("waku_addSymKey", "0x" + "22" * 33, "the symmetric key has 32 bytes, not 33"),
        ("waku_addSymKey", "0x" + "00" * 32, "A symmetric key is 32 bytes which are not all zero."),
    ],
)
async def test_secrets_that_are_wrong_are_not_repeated(method: str, secret: str, sentence: str) -> None:
    async with served() as node:
        code, message = await refusal(node, method, secret)
        assert code == -32602
        assert message.startswith(sentence)
        assert secret[-8:] not in message


@pytest.mark.requirement("WR-9", "WR-10", "WR-12")
async def test_a_message_goes_from_caller_to_caller() -> None:
    """Alice and Bob each have a node of their own that asks only for what its callers want."""
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(Node(NodeConfig(listen="127.0.0.1:0")))
        mobile = NodeConfig(peers=(str(relay.enode),), full_node=False)
        alice = await stack.enter_async_context(served(node_config=mobile))
        bob = await stack.enter_async_context(served(node_config=mobile))
        for one in (alice, bob):
            await one.node.wait_for_peer(PATIENCE)

        alices = await alice.call("waku_newKeyPair")
        alices_public = await alice.call("waku_getPublicKey", alices)
        bobs = await bob.call("waku_newKeyPair")
        bobs_public = await bob.call("waku_getPublicKey", bobs)
        inbox = await bob.call("waku_newMessageFilter", {"privateKeyID": bobs, "topics": [TOPIC], "sig": alices_public})
        assert len(bytes.fromhex(inbox)) == 32
        assert await bob.call("waku_getFilterMessages", inbox) == []

        letter = {**POST, "pubKey": bobs_public, "sig": alices, "padding": "0x0102"}
        assert await alice.call("waku_post", letter) is True
        (message,) = await filled(bob, inbox)
        assert message["payload"] == "0x68656c6c6f"
        assert message["padding"] == "0x0102"
        assert (message["sig"], message["recipientPublicKey"]) == (alices_public, bobs_public)
        assert (message["topic"], message["ttl"]) == (TOPIC, 10)
        assert message["pow"] >= 0.002
        assert abs(message["timestamp"] - bob.node.now) < PATIENCE
        assert len(relay.relay.pool) == 1
        assert len(bytes.fromhex(message["hash"][2:])) == 32
        assert await bob.call("waku_getFilterMessages", inbox) == []

        assert await bob.call("waku_deleteMessageFilter", inbox) is True
        for method in ("waku_deleteMessageFilter", "waku_getFilterMessages"):
            code, sentence = await refusal(bob, method, inbox)
            assert (code, sentence[:16]) == (-32000, "filter not found")


async def test_an_unsigned_message_in_a_room_has_neither_signer_nor_recipient() -> None:
    async with served() as node:
        room = await node.call("waku_newSymKey")
        heard = await node.call("waku_newMessageFilter", {"symKeyID": room, "topics": [TOPIC]})
        await node.call("waku_post", {**POST, "symKeyID": room})
        (message,) = await node.call("waku_getFilterMessages", heard)
        assert message.keys() == {"ttl", "timestamp", "topic", "payload", "padding", "pow", "hash"}


async def test_a_message_to_a_key_needs_no_topic_and_a_filter_for_one_hears_all() -> None:
    async with served() as node:
        pair = await node.call("waku_newKeyPair")
        heard = await node.call("waku_newMessageFilter", {"privateKeyID": pair})
        letter = {**WORK, "pubKey": await node.call("waku_getPublicKey", pair)}
        await node.call("waku_post", letter)
        (message,) = await node.call("waku_getFilterMessages", heard)
        assert (message["topic"], message["payload"]) == ("0x00000000", "0x")


@pytest.mark.requirement("WR-4", "WR-5")
async def test_criteria_that_make_no_filter() -> None:
    async with served() as node:
        shared, pair = await node.call("waku_newSymKey"), await node.call("waku_newKeyPair")

        async def says(**criteria: Any) -> str:
            code, sentence = await refusal(node, "waku_newMessageFilter", criteria)
            assert code in (-32602, -32000)
            return sentence

        either = "specify either a symmetric or an asymmetric key: symKeyID or privateKeyID"
        assert await says(topics=[TOPIC]) == either
        assert await says(symKeyID=shared, privateKeyID=pair, topics=[TOPIC]) == either
        assert await says(symKeyID=shared) == "missing topic(s): a filter with symKeyID needs topics"
        assert await says(symKeyID=shared, topics=[]) == "missing topic(s): a filter with symKeyID needs topics"
        assert await says(symKeyID=shared, topics=["0x1234"]) == "a topic has 4 bytes, not 2"
        assert await says(symKeyID=pair, topics=[TOPIC]) == "invalid id: there is no such symmetric key"
        assert await says(privateKeyID=shared) == "invalid id: there is no such key pair"
        assert await says(privateKeyID=pair, sig="0x04") == "sig is not a public key of 65 or 33 bytes"
        assert "Expected `array" in await says(privateKeyID=pair, topics="0x12345678")


@pytest.mark.requirement("WR-11")
async def test_messages_that_cannot_be_posted() -> None:
    async with served() as node:
        shared, pair = await node.call("waku_newSymKey"), await node.call("waku_newKeyPair")
        public = await node.call("waku_getPublicKey", pair)

        async def says(**message: Any) -> str:
            return (await refusal(node, "waku_post", {**POST, **message}))[1]

        either = "specify either a symmetric or an asymmetric key: symKeyID or pubKey"
        assert await says() == either
        assert await says(symKeyID=shared, pubKey=public) == either
        assert (await says(symKeyID=shared, topic=None)).startswith("missing topic(s)")
        assert (await says(symKeyID=shared, topic="0x00000000")).startswith("missing topic(s)")
        assert await says(symKeyID=shared, sig=shared) == "invalid id: there is no such key pair"
        assert await says(symKeyID=shared, ttl=-1) == "ttl is a number of seconds of 32 bits"
        assert await says(symKeyID=shared, payload="hello") == "payload is hexadecimal and begins with 0x"
        assert await says(pubKey="0x1234") == "pubKey is not a public key of 65 or 33 bytes"
        assert await says(symKeyID=shared, powTime=61) == "powTime is at most 60 seconds"
        assert "takes at most 1048576" in await says(symKeyID=shared, payload="0x" + "00" * (1 << 20))
        assert await says(symKeyID=shared, powTarget=0) == (
            "message rejected, PoW too low: powTarget is 0, and this node asks for 2e-06"
        )


async def test_proof_of_work_ends_in_time_and_the_node_goes_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def search(*_: Any) -> None:
        assert go_on.wait(PATIENCE)

    async with served() as node:
        room = await node.call("waku_newSymKey")
        monkeypatch.setattr(posting, "search_among", search)
        hard = asyncio.create_task(refusal(node, "waku_post", {**POST, "symKeyID": room, "powTime": 0.001}))
        for _ in range(3):
            assert await node.call("waku_version") == "1.0"
        assert not hard.done()
        go_on.set()
        assert await hard == (
            -32000,
            "the proof of work was not reached within 0.001 seconds: give more powTime or a lower powTarget",
        )


async def test_a_proof_of_work_out_of_reach_is_not_begun() -> None:
    async with served() as node:
        room = await node.call("waku_newSymKey")
        code, sentence = await refusal(node, "waku_post", {**POST, "symKeyID": room, "powTarget": 1e300})
        assert (code, "cannot be reached" in sentence) == (-32000, True)


async def test_too_many_posts_at_a_time_are_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MAX_WAITING_JOBS", 0)
    async with served() as node:
        code, sentence = await refusal(node, "waku_generateSymKeyFromPassword", "status")
        assert (code, sentence[:17]) == (-32005, "this node is busy")


async def test_a_server_that_stops_gives_up_what_it_works_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as node:
        room = await node.call("waku_newSymKey")
        started = asyncio.Event()
        loop = asyncio.get_running_loop()

        def search(*_: Any) -> None:
            loop.call_soon_threadsafe(started.set)

        monkeypatch.setattr(posting, "search_among", search)
        hard = asyncio.create_task(node.call("waku_post", {**POST, "symKeyID": room}))
        await started.wait()
        await node.server.__aexit__(None, None, None)
        with pytest.raises(Refusal, match="the node is stopping"):
            await hard


@pytest.mark.requirement("WR-6")
async def test_the_size_of_envelopes_has_a_limit_of_its_own() -> None:
    async with served() as node:
        room = await node.call("waku_newSymKey")
        for method in ("waku_setMaxEnvelopeSize", "waku_setMaxMessageSize"):
            assert await node.call(method, 10_485_760) is True
            assert (await node.call("waku_info"))["maxEnvelopeSize"] == 10_485_760
            assert "limited to 20 … 10485760 bytes" in (await refusal(node, method, 10_485_761))[1]
            assert await node.call(method, 300) is True
            code, sentence = await refusal(node, "waku_post", {**POST, "symKeyID": room, "payload": "0x" + "00" * 300})
            assert (code, "takes at most 300" in sentence) == (-32000, True)


async def test_what_fits_no_packet_is_not_posted() -> None:
    """Whatever envelopes are taken from others: we send no packet above 1 MiB."""
    async with served() as node:
        await node.call("waku_setMaxEnvelopeSize", 10_485_760)
        room = await node.call("waku_newSymKey")
        large = {**POST, "symKeyID": room, "payload": "0x" + "00" * (1 << 20), "powTarget": 0.000002}
        assert await refusal(node, "waku_post", large) == (
            -32000,
            "The message does not fit a packet, which has at most 1048576 bytes.",
        )
        assert (await node.call("waku_info"))["envelopes"] == 0


async def test_the_proof_of_work_that_a_node_asks_for() -> None:
    async with served() as node:
        assert await node.call("waku_setMinPoW", 0.01) is True
        assert (await node.call("waku_info"))["minPow"] == 0.01
        room = await node.call("waku_newSymKey")
        assert "PoW too low" in (await refusal(node, "waku_post", {**POST, "symKeyID": room}))[1]
        assert "not negative" in (await refusal(node, "waku_setMinPoW", -1))[1]
        assert await node.call("waku_setMinPoW", 0) is True
        assert await node.call("waku_post", {**POST, "symKeyID": room, "powTarget": 0}) is True


async def test_a_light_client_passes_on_nothing_but_its_own() -> None:
    listening = NodeConfig(listen="127.0.0.1:0")
    async with served(node_config=listening) as middle, served(node_config=listening) as end:
        assert await middle.call("waku_makeLightClient") is True
        assert await end.call("admin_addPeer", str(middle.node.enode)) is True
        rooms = [await one.call("waku_addSymKey", SECRET) for one in (middle, end)]
        heard = await end.call("waku_newMessageFilter", {"symKeyID": rooms[1], "topics": [TOPIC]})
        start = Node(NodeConfig(peers=(str(middle.node.enode),)))
        async with start:
            await start.wait_for_peer(PATIENCE)
            await end.node.wait_for_peer(PATIENCE)
            passing = Envelope.mine(start.now, 15, bytes.fromhex(TOPIC[2:]), bytes(300), 0.002)
            arrived: asyncio.Queue[Any] = asyncio.Queue()
            middle.node.open_watch(arrived.put_nowait).set_topics(None)
            start.post(passing)
            async with asyncio.timeout(PATIENCE):
                await arrived.get()
            assert await middle.call("waku_post", {**POST, "symKeyID": rooms[0]}) is True
            await filled(end, heard)
            assert len(end.node.relay.pool) == 1, "the other one was not passed on"
            assert await middle.call("waku_cancelLightClient") is True
            start.post(Envelope.mine(start.now, 15, bytes.fromhex(TOPIC[2:]), bytes(301), 0.002))
            async with asyncio.timeout(PATIENCE):
                while len(end.node.relay.pool) < 2:
                    await end.call("waku_version")


async def test_a_bloom_filter_in_place_of_topics() -> None:
    async with served(node_config=NodeConfig(full_node=False)) as node:
        assert await node.call("waku_setBloomFilter", "0x" + "01" * 64) is True
        assert "has 64 bytes" in (await refusal(node, "waku_setBloomFilter", "0x01"))[1]


async def test_the_encodings_of_the_reference() -> None:
    config = RpcConfig(http=True, http_port=0, token=TOKEN, reference_encoding=True)
    async with served(config) as node:
        pair = await node.call("waku_addPrivateKey", SECRET)
        public = PrivateKey(bytes.fromhex(SECRET[2:])).public_key
        assert await node.call("waku_getPublicKey", pair) == public.hex
        inbox = await node.call("waku_newMessageFilter", {"privateKeyID": pair, "topics": [TOPIC]})
        letter = {**POST, "pubKey": b64(public.uncompressed), "sig": pair, "payload": b64(b"hello")}
        envelope_hash = await node.call("waku_post", letter)
        (message,) = await node.call("waku_getFilterMessages", inbox)
        assert (message["payload"], message["topic"]) == ("aGVsbG8=", TOPIC)
        assert message["sig"] == message["recipientPublicKey"] == b64(public.uncompressed)
        assert message["hash"] == b64(bytes.fromhex(envelope_hash[2:]))
        assert "is not base64" in (await refusal(node, "waku_post", {**letter, "payload": "0x"}))[1]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_what_is_posted_can_be_opened_by_others() -> None:
    listening = NodeConfig(listen="127.0.0.1:0")
    async with served(node_config=listening) as node, Node(NodeConfig(peers=(str(node.node.enode),))) as relay:
        await node.node.wait_for_peer(PATIENCE)
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        relay.open_watch(arrived.put_nowait).set_topics(None)
        room = await node.call("waku_addSymKey", SECRET)
        await node.call("waku_post", {**POST, "symKeyID": room})
        async with asyncio.timeout(PATIENCE):
            envelope = (await arrived.get()).envelope
    contents = unseal(SymmetricKey(bytes.fromhex(SECRET[2:])), envelope.data)
    assert (contents.payload, contents.signer) == (b"hello", None)


async def test_a_message_to_one_peer_reaches_who_trusts_the_sender() -> None:
    """As a mailserver answers: not relayed, without proof of work, and only for filters that allow it."""
    listening = NodeConfig(listen="127.0.0.1:0")
    async with served(node_config=listening) as alice, served(node_config=listening) as bob:
        for method in ("waku_markTrustedPeer", "waku_post"):
            peer = str(alice.node.enode)
            room = await bob.call("waku_addSymKey", SECRET)
            params = {**POST, "symKeyID": room, "targetPeer": peer} if method == "waku_post" else peer
            assert "not connected" in (await refusal(bob, method, params))[1]
        await alice.call("admin_addPeer", str(bob.node.enode))
        await alice.node.wait_for_peer(PATIENCE)
        await bob.node.wait_for_peer(PATIENCE)

        room = await bob.call("waku_addSymKey", SECRET)
        criteria = {"symKeyID": room, "topics": [TOPIC]}
        allows = await bob.call("waku_newMessageFilter", {**criteria, "allowP2P": True})
        plain = await bob.call("waku_newMessageFilter", criteria)
        assert await bob.call("waku_markTrustedPeer", str(alice.node.enode)) is True
        (peer,) = await bob.call("admin_peers")
        assert peer["network"]["trusted"] is True

        room = await alice.call("waku_addSymKey", SECRET)
        direct = {"symKeyID": room, "topic": TOPIC, "payload": "0x01", "targetPeer": str(bob.node.enode)}
        assert await alice.call("waku_post", direct) is True
        (message,) = await filled(bob, allows)
        assert message["payload"] == "0x01"
        assert message["pow"] < 0.02, "nobody worked for it"
        assert await bob.call("waku_getFilterMessages", plain) == []
        assert (len(alice.node.relay.pool), len(bob.node.relay.pool)) == (0, 0)

        assert await bob.call("admin_removeTrustedPeer", str(alice.node.enode)) is True
        assert await alice.call("waku_post", direct) is True
        assert await alice.call("waku_post", {**POST, "symKeyID": room}) is True
        (message,) = await filled(bob, plain)
        assert [one["payload"] for one in await bob.call("waku_getFilterMessages", allows)] == ["0x68656c6c6f"]
        assert await bob.call("admin_addTrustedPeer", str(alice.node.enode)) is True
        (peer,) = await bob.call("admin_peers")
        assert peer["network"]["trusted"] is True


async def test_filters_may_have_more_topics_together_than_peers_are_asked_for_by_name() -> None:
    async with served(node_config=NodeConfig(full_node=False)) as node:
        room = await node.call("waku_newSymKey")

        def topics(count: int, first: int) -> list[str]:
            return [f"0x{number:08x}" for number in range(first, first + count)]

        assert await node.call("waku_newMessageFilter", {"symKeyID": room, "topics": topics(6_000, 0)})
        late = await node.call("waku_newMessageFilter", {"symKeyID": room, "topics": topics(6_000, 6_000)})
        await node.call("waku_post", {**POST, "symKeyID": room, "topic": topics(1, 11_999)[0]})
        assert len(await filled(node, late)) == 1


async def test_a_notification_over_http_has_no_answer() -> None:
    unanswered = {"jsonrpc": "2.0", "method": "waku_newSymKey"}
    async with served() as node, node.http.post(node.url, json=unanswered) as response:
        assert (response.status, await response.read()) == (204, b"")


async def test_a_long_search_is_made_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "NONCES_AT_ONCE", 1)
    async with served() as node:
        room = await node.call("waku_newSymKey")
        heard = await node.call("waku_newMessageFilter", {"symKeyID": room, "topics": [TOPIC]})
        await node.call("waku_post", {**POST, "symKeyID": room, "powTarget": 0.1})
        (message,) = await node.call("waku_getFilterMessages", heard)
        assert message["pow"] >= 0.1


async def test_the_reference_marks_direct_messages() -> None:
    config = RpcConfig(http=True, http_port=0, token=TOKEN, reference_encoding=True)
    listening = NodeConfig(listen="127.0.0.1:0")
    async with served(config, listening) as alice, served(config, listening) as bob:
        await alice.call("admin_addPeer", str(bob.node.enode))
        for one in (alice, bob):
            await one.node.wait_for_peer(PATIENCE)
        await bob.call("waku_markTrustedPeer", str(alice.node.enode))
        rooms = [await one.call("waku_addSymKey", SECRET) for one in (alice, bob)]
        heard = await bob.call("waku_newMessageFilter", {"symKeyID": rooms[1], "topics": [TOPIC], "allowP2P": True})
        direct = {"symKeyID": rooms[0], "topic": TOPIC, "targetPeer": str(bob.node.enode)}
        assert len(bytes.fromhex((await alice.call("waku_post", direct))[2:])) == 32
        (message,) = await filled(bob, heard)
        assert message["bool"] is True
