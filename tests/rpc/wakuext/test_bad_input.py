"""Callers of the calls of status-go who are wrong: each gets one sentence, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.errors import APPLICATION_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, NOT_OFFERED
from pystatus.rpc.wakuext import WakuextApi
from pystatus.rpc.wakuext.absent import ABSENT
from pystatus.rpc.wakuext.chats import MAX_SEEN
from pystatus.rpc.wakuext.history import MAX_TOPICS
from pystatus.testing import Network, run
from tests.rpc.support import Caller, Refusal

DIGITS = "9" * 1_000_000
NUMBER = "0x" + "ab" * 500_000
NOBODY = "0x04" + "00" * 64
ID = "0x" + "ab" * 32
GROUP = f"9a24cbec-b5c9-49b3-a5be-ef7cc7bffe97-{NOBODY}"
TEXT = {"chatId": "status", "text": "hello", "contentType": 1}

Story = Callable[[Caller, Any], Coroutine[Any, Any, None]]


def told(story: Story) -> None:
    """A client in the public chat ``status``, with one message, and somebody who calls."""

    async def on(network: Network) -> None:
        client = (await network.person("alice")).client
        api = WakuextApi(client)
        await client.join("status")
        await client.send_text("status", "there")
        await story(Caller(Dispatcher(api.methods)), client)
        assert [message.text for message in client.history("status")] == ["there"], "nothing has changed"
        assert [chat.id for chat in client.chats()] == ["status"]
        api.close()

    run(on)


async def refused(call: Caller, method: str, *params: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        await call(method, *params)
    assert len(str(found.value)) <= 1_000, "a sentence, whatever was given"
    assert "crashed" not in str(found.value)
    assert "fault in pystatus" not in str(found.value)
    return found.value


WRONG_TYPES = [
    ("wakuext_sendChatMessage", "hello"),
    ("wakuext_sendChatMessage", [TEXT]),
    ("wakuext_sendChatMessage", {**TEXT, "contentType": "1"}),
    ("wakuext_sendChatMessage", {**TEXT, "text": 7}),
    ("wakuext_sendChatMessage", {**TEXT, "contentType": 1 << 31}),
    ("wakuext_sendChatMessage", {**TEXT, "audioDurationMs": -1}),
    ("wakuext_sendChatMessage", {**TEXT, "audioDurationMs": int("9" * 4_000)}),
    ("wakuext_sendChatMessage", {**TEXT, "sticker": "cat"}),
    ("wakuext_sendChatMessage", {**TEXT, "sticker": {"hash": 1}}),
    ("wakuext_chatMessages", 7),
    ("wakuext_chatMessages", "status", 7),
    ("wakuext_chatMessages", "status", "", "20"),
    ("wakuext_chatMessages", "status", "", 1.5),
    ("wakuext_chatMessages", "status", "", 20, 1),
    ("wakuext_markMessagesSeen", "status", "0x00"),
    ("wakuext_markMessagesSeen", "status", [7]),
    ("wakuext_saveChat", True),
    ("wakuext_saveChat", {"id": "status", "active": "yes"}),
    ("wakuext_saveChat", {"id": {}, "active": True}),
    ("wakuext_saveContact", {"id": NOBODY, "systemTags": ":contact/added"}),
    ("wakuext_saveContact", {"id": NOBODY, "systemTags": [1]}),
    ("wakuext_createGroupChatWithMembers", "name", []),
    ("wakuext_createGroupChatWithMembers", None, 7, []),
    ("wakuext_leaveGroupChat", "context", GROUP, True),
    ("wakuext_requestMessages", {"from": "yesterday"}),
    ("wakuext_requestMessages", {"topics": "0x00000000"}),
    ("wakuext_requestMessages", {"from": -1}),
    ("wakuext_sendEmojiReaction", "status", ID, "love"),
    ("wakuext_requestTransaction", "status", 1000, "", ""),
    ("wakuext_requestTransaction", NOBODY, "1e18", "", ""),
    ("wakuext_requestTransaction", NOBODY, "-1", "", ""),
    ("wakuext_requestTransaction", NOBODY, "NaN", "", ""),
    ("wakuext_requestTransaction", NOBODY, DIGITS, "", ""),
    ("wakuext_requestAddressForTransaction", NOBODY, "", "0x10", ""),
    ("wakuext_acceptRequestTransaction", ID, ID, "0x" + "5a" * 64),
    ("wakuext_acceptRequestTransaction", ID, ID, "5a" * 65),
    ("wakuext_sendTransaction", "status", "1", "", ID, NUMBER),
    ("wakuext_updateMailservers", "enode://"),
    ("wakuext_startMessenger", 1),
    ("wakuext_echo",),
]


@pytest.mark.parametrize("call", WRONG_TYPES, ids=lambda call: call[0] if isinstance(call, tuple) else None)
def test_values_of_another_type(call: tuple[Any, ...]) -> None:
    async def story(caller: Caller, client: Any) -> None:
        assert (await refused(caller, *call)).code == INVALID_PARAMS

    told(story)


def test_ids_that_are_none_and_chats_and_people_that_there_are_not() -> None:
    async def story(caller: Caller, client: Any) -> None:
        for name in (DIGITS, NUMBER, "", "0x", "nowhere", NOBODY, GROUP, "#status", "\x00", "\u202estatus", "status\n"):
            for method, *params in (
                ("wakuext_chatMessages", name, "", 20),
                ("wakuext_sendChatMessage", {**TEXT, "chatId": name}),
                ("wakuext_emojiReactionsByChatID", name, "", 20),
                ("wakuext_markMessagesSeen", name, [ID]),
                ("wakuext_markAllRead", name),
                ("wakuext_muteChat", name),
                ("wakuext_unmuteChat", name),
                ("wakuext_deleteChat", name),
                ("wakuext_deleteMessagesByChatID", name),
                ("wakuext_leave", {"id": name}),
                ("wakuext_confirmJoiningGroup", name),
                ("wakuext_leaveGroupChat", None, name, True),
                ("wakuext_changeGroupChatName", None, name, "other"),
                ("wakuext_addMembersToGroupChat", None, name, [NOBODY]),
                ("wakuext_removeMemberFromGroupChat", None, name, NOBODY),
                ("wakuext_sendEmojiReaction", name, ID, 1),
                ("wakuext_requestTransaction", name, "1000", "", "0x" + "a1" * 20),
                ("wakuext_requestAddressForTransaction", name, "0x" + "a1" * 20, "1000", ""),
                ("wakuext_sendTransaction", name, "1000", "", ID, "0x" + "5a" * 65),
            ):
                assert (await refused(caller, method, *params)).code == APPLICATION_ERROR
        for text in (DIGITS, NUMBER, "", "0x", ID[:-1], ID + "0", "0x" + "zz" * 32, ID):
            for method, *params in (
                ("wakuext_reSendChatMessage", text),
                ("wakuext_deleteMessage", text),
                ("wakuext_updateMessageOutgoingStatus", text, "sent"),
                ("wakuext_sendEmojiReaction", "status", text, 1),
                ("wakuext_sendEmojiReactionRetraction", text),
                ("wakuext_sendGroupChatInvitationRejection", None, text),
                ("wakuext_acceptRequestAddressForTransaction", text, ""),
                ("wakuext_declineRequestAddressForTransaction", text),
                ("wakuext_declineRequestTransaction", text),
                ("wakuext_acceptRequestTransaction", ID, text, "0x" + "5a" * 64 + "1b"),
            ):
                assert (await refused(caller, method, *params)).code == APPLICATION_ERROR
            if text and text != ID:
                await refused(caller, "wakuext_sendChatMessage", {**TEXT, "responseTo": text})
            assert await caller("wakuext_markMessagesSeen", "status", [text]) == 0
        for key in (DIGITS, NUMBER, "", "0x04", NOBODY, "alice", client.public_key.hex):
            await refused(caller, "wakuext_saveContact", {"id": key, "systemTags": [":contact/added"]})
            await refused(caller, "wakuext_blockContact", {"id": key})
            await refused(caller, "wakuext_sendContactUpdate", key, "", "")
            await refused(caller, "wakuext_saveChat", {"id": key, "active": True, "chatType": 1})
        for device in (DIGITS, "", client.devices.all()[0].installation_id):
            await refused(caller, "wakuext_enableInstallation", device)
        await refused(caller, "wakuext_setInstallationMetadata", DIGITS, {"name": "x"})

    told(story)


def test_numbers_and_texts_out_of_their_bounds() -> None:
    async def story(caller: Caller, client: Any) -> None:
        own = client.devices.all()[0].installation_id
        now = int(client.now)
        for method, *params in (
            ("wakuext_chatMessages", "status", "", 0),
            ("wakuext_chatMessages", "status", "", -1),
            ("wakuext_chatMessages", "status", DIGITS, 20),
            ("wakuext_chatMessages", "status", "9" * 64 + ID, 20),
            ("wakuext_chatMessages", "status", ID, 20),
            ("wakuext_markMessagesSeen", "status", [ID] * (MAX_SEEN + 1)),
            ("wakuext_sendChatMessage", {**TEXT, "text": ""}),
            ("wakuext_sendChatMessage", {**TEXT, "text": " \n"}),
            ("wakuext_sendChatMessage", {**TEXT, "text": "x" * 1_000_000}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 0}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 99}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 2}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 2, "sticker": {"hash": "no hash", "pack": 1}}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 7, "imagePath": "/etc/passwd"}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 8, "audioPath": "../secret"}),
            ("wakuext_sendChatMessage", {**TEXT, "contentType": 7}),
            ("wakuext_sendChatMessage", {**TEXT, "imagePath": "/etc/passwd"}),
            ("wakuext_sendChatMessage", {**TEXT, "ensName": "nobody"}),
            ("wakuext_sendEmojiReaction", "status", ID, 7),
            ("wakuext_saveChat", {"id": "", "active": True, "chatType": 2}),
            ("wakuext_saveChat", {"id": "No Name", "active": True, "chatType": 2}),
            ("wakuext_saveChat", {"id": "other", "active": True, "chatType": 9}),
            ("wakuext_createGroupChatWithMembers", None, "", []),
            ("wakuext_createGroupChatWithMembers", None, "name", ["not a key"]),
            ("wakuext_createGroupChatFromInvitation", "name", "no-group", client.public_key.hex),
            ("wakuext_sendGroupChatInvitationRequest", None, "no-group", client.public_key.hex, "hello"),
            ("wakuext_setInstallationMetadata", own, {"name": ""}),
            ("wakuext_setInstallationMetadata", own, {"name": "x" * 100_000}),
            ("wakuext_sendContactUpdates", "", "data:image/png;base64,§"),
            ("wakuext_sendContactUpdates", "", "data:image/png;base64," + "A" * (1 << 20)),
            ("wakuext_signMessageWithChatKey", "x" * 1_000_000),
            ("wakuext_requestMessages", {"from": now, "to": now - 1}),
            ("wakuext_requestMessages", {"timeout": -1}),
            ("wakuext_requestMessages", {"topics": ["0x00"]}),
            ("wakuext_requestMessages", {"topics": [f"0x{n:08x}" for n in range(MAX_TOPICS + 1)]}),
            ("wakuext_requestMessagesSync", {}, {"topics": ["0x00000000"]}),
            ("wakuext_updateMailservers", []),
            ("wakuext_updateMailservers", ["enode://nothing"]),
        ):
            assert (await refused(caller, method, *params)).code == APPLICATION_ERROR, method
        (message,) = client.history("status")
        found = await refused(caller, "wakuext_updateMessageOutgoingStatus", "0x" + message.id.hex(), "eaten")
        assert found.code == INVALID_PARAMS

    told(story)


def test_what_is_known_and_not_here_and_what_nobody_knows() -> None:
    async def story(caller: Caller, client: Any) -> None:
        for name in ABSENT:
            for params in ((), (None, {"any": ["thing"]}, 3), ("x",) * 12):
                found = await refused(caller, f"wakuext_{name}", *params)
                assert found.code == NOT_OFFERED
                assert name in str(found)
        for name in ("post", "loadFilter", "sendDirectMessage", "prepareContent", "verifyENSNames", DIGITS):
            assert (await refused(caller, f"wakuext_{name}")).code == METHOD_NOT_FOUND

    told(story)


def test_a_second_start_and_calls_that_change_nothing() -> None:
    async def story(caller: Caller, client: Any) -> None:
        for _ in range(2):
            assert await caller("wakuext_startMessenger") is None
        for given in ([], [{"chatId": "status", "oneToOne": False}], None):
            filters = await caller("wakuext_loadFilters", given)
            assert "status" in [one["chatId"] for one in filters]
            assert await caller("wakuext_removeFilters", given) is None
        assert await caller("wakuext_loadFilters") == filters
        (message,) = client.history("status")
        assert await caller("wakuext_updateMessageOutgoingStatus", "0x" + message.id.hex(), "delivered") is None
        (shown,) = (await caller("wakuext_chatMessages", "status"))["messages"]
        assert shown["outgoingStatus"] in ("sending", "sent"), "nobody has told us that it is delivered"
        assert await caller("wakuext_chatMessages", "status", None, 1_000_000)
        for key, value in (await caller("settings_getSettings")).items():
            assert key not in ("mnemonic", "node-config"), value

    told(story)
