"""Scripts that drive two nodes over the calls of status-go, as programs for it do: nothing but URLs and JSON.

They were written against two nodes of status-go v0.64.0 and passed there; here two of pystatus answer them. Each takes
the URLs of two nodes that are connected to one relay, which is a mailserver, too. They look again and again for what is
to come, as status-go has no events over HTTP.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which what was waited for has not come."""
PAUSE = 0.1
"""Seconds between two looks."""


class CallFailed(Exception):
    """The error object of an answer."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error['message']}")
        self.code: int = error["code"]


def call(url: str, method: str, *params: Any) -> Any:
    """What a node answers.

    :raises CallFailed: an error.
    """
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    post = urllib.request.Request(url, request, {"Content-Type": "application/json"})
    with urllib.request.urlopen(post, timeout=PATIENCE) as response:
        answer = json.load(response)
    if "error" in answer:
        raise CallFailed(method, answer["error"])
    return answer["result"]


def eventually(look: Callable[[], T | None]) -> T:
    """What ``look`` finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"nothing has come within {PATIENCE:g} s")


# what all of them do


def public_key(url: str) -> str:
    key = call(url, "settings_getSettings")["public-key"]
    assert len(key) == 132
    assert key.startswith("0x04")
    return str(key)


def public_chat(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "active": True, "chatType": 2, "color": "#887af9", "timestamp": 1_600_000_000_000}


def join(url: str, name: str) -> None:
    call(url, "wakuext_saveChat", public_chat(name))
    call(url, "wakuext_join", public_chat(name))
    assert name in [chat["chatId"] for chat in call(url, "wakuext_loadFilters", [])]


def open_chat(url: str, key: str) -> None:
    chat = {"id": key, "name": key[:8], "active": True, "chatType": 1, "color": "#887af9", "timestamp": 1}
    call(url, "wakuext_saveChat", chat)
    call(url, "wakuext_join", chat)


def send(url: str, chat_id: str, text: str, **more: Any) -> dict[str, Any]:
    message = {"chatId": chat_id, "text": text, "contentType": 1, **more}
    answer = call(url, "wakuext_sendChatMessage", message)
    assert [chat["id"] for chat in answer["chats"]] == [chat_id]
    sent: dict[str, Any] = next(one for one in answer["messages"] if one["text"] == text)  # beside what it replies to
    assert sent["localChatId"] == chat_id
    return sent


def chat_of(url: str, chat_id: str) -> dict[str, Any] | None:
    return next((chat for chat in call(url, "wakuext_chats") or () if chat["id"] == chat_id), None)


def read(url: str, chat_id: str, text: str) -> dict[str, Any]:
    """A message of a chat, as soon as it is there."""

    def look() -> dict[str, Any] | None:
        if chat_of(url, chat_id) is None:  # status-go ends the call where there is no such chat
            return None
        page = call(url, "wakuext_chatMessages", chat_id, "", 20)
        return next((message for message in page["messages"] or () if message["text"] == text), None)

    return eventually(look)


# the scripts


def start(first: str, second: str) -> None:
    """Both are connected, and begin to receive."""
    for url in (first, second):
        eventually(partial(call, url, "admin_peers"))
        assert call(url, "wakuext_startMessenger") is None
        assert call(url, "wakuext_echo", "hello") == "hello"
        devices = call(url, "wakuext_getOurInstallations")
        assert devices[0]["enabled"] is True
        assert devices[0]["identity"] == ""


def send_and_read(alice: str, bob: str) -> None:
    """A public chat with a reply, and a chat of the two; what is read is not unread any more."""
    for url in (alice, bob):
        join(url, "wakuext-public")
    sent = send(alice, "wakuext-public", "hello *everybody*")
    assert (sent["outgoingStatus"], sent["messageType"], sent["from"]) == ("sending", 2, public_key(alice))
    assert sent["parsedText"][0]["children"][-1] == {"type": "emph", "literal": "everybody"}
    came = read(bob, "wakuext-public", "hello *everybody*")
    assert (came["id"], came["from"], came["clock"]) == (sent["id"], public_key(alice), sent["clock"])
    assert came["alias"].count(" ") == 2
    assert came["identicon"].startswith("data:image/png;base64,")
    assert came["seen"] is False
    chat = chat_of(bob, "wakuext-public")
    assert chat is not None
    assert chat["unviewedMessagesCount"] == 1
    assert chat["lastMessage"]["id"] == sent["id"]
    assert call(bob, "wakuext_markMessagesSeen", "wakuext-public", [came["id"]]) == 1
    chat = chat_of(bob, "wakuext-public")
    assert chat is not None
    assert chat["unviewedMessagesCount"] == 0
    send(bob, "wakuext-public", "welcome", responseTo=came["id"])
    answer = read(alice, "wakuext-public", "welcome")
    assert answer["responseTo"] == sent["id"]
    assert answer["quotedMessage"]["text"] == "hello *everybody*"
    assert answer["quotedMessage"]["from"] == public_key(alice)

    to_bob, to_alice = public_key(bob), public_key(alice)
    open_chat(alice, to_bob)
    sent = send(alice, to_bob, "only for you")
    came = read(bob, to_alice, "only for you")
    assert (came["id"], came["chatId"], came["localChatId"]) == (sent["id"], to_bob, to_alice)
    send(bob, to_alice, "thank you")
    assert read(alice, to_bob, "thank you")["messageType"] == 1
    call(bob, "wakuext_markAllRead", to_alice)
    chat = chat_of(bob, to_alice)
    assert chat is not None
    assert chat["unviewedMessagesCount"] == 0
    first = call(bob, "wakuext_chatMessages", to_alice, "", 1)
    second = call(bob, "wakuext_chatMessages", to_alice, first["cursor"], 1)
    assert [one["text"] for one in (*first["messages"], *second["messages"])] == ["thank you", "only for you"]
    assert second["cursor"] == ""
    call(bob, "wakuext_muteChat", to_alice)
    chat = chat_of(bob, to_alice)
    assert chat is not None
    assert chat["muted"] is True
    call(bob, "wakuext_unmuteChat", to_alice)


def groups(alice: str, bob: str) -> None:
    """A group is made, joined, talked in, renamed and left."""
    key = public_key(bob)
    made = call(alice, "wakuext_createGroupChatWithMembers", None, "a group", [key])["chats"][0]
    group = made["id"]
    assert group.endswith(public_key(alice))
    assert made["chatType"] == 3
    assert made["members"] == [
        {"id": public_key(alice), "admin": True, "joined": True},
        {"id": key, "admin": False, "joined": False},
    ]
    invited = eventually(lambda: chat_of(bob, group))
    assert (invited["name"], [event["type"] for event in invited["membershipUpdateEvents"]]) == ("a group", [1, 3])
    answer = call(bob, "wakuext_confirmJoiningGroup", group)
    assert [one["joined"] for one in answer["chats"][0]["members"]] == [True, True]
    eventually(lambda: all(one["joined"] for one in (chat_of(alice, group) or {})["members"]))
    sent = send(alice, group, "hello, group")
    assert read(bob, group, "hello, group")["id"] == sent["id"]
    send(bob, group, "hello, alice")
    assert read(alice, group, "hello, alice")["messageType"] == 3
    renamed = call(alice, "wakuext_changeGroupChatName", None, group, "another name")
    assert renamed["chats"][0]["name"] == "another name"
    assert renamed["messages"][0]["contentType"] == 6
    eventually(lambda: (chat_of(bob, group) or {})["name"] == "another name")
    call(alice, "wakuext_addAdminsToGroupChat", None, group, [key])
    eventually(lambda: all(one["admin"] for one in (chat_of(bob, group) or {})["members"]))
    left = call(bob, "wakuext_leaveGroupChat", None, group, True)
    assert key not in [one["id"] for one in left["chats"][0]["members"]]
    eventually(lambda: len((chat_of(alice, group) or {})["members"]) == 1)


def reactions(alice: str, bob: str) -> None:
    """An emoji is put under a message, and taken back."""
    for url in (alice, bob):
        join(url, "wakuext-reactions")
    sent = send(alice, "wakuext-reactions", "what do you think?")
    read(bob, "wakuext-reactions", "what do you think?")
    answer = call(bob, "wakuext_sendEmojiReaction", "wakuext-reactions", sent["id"], 2)
    (own,) = answer["emojiReactions"]
    assert (own["emojiId"], own["from"], own["messageId"]) == (2, public_key(bob), sent["id"])

    def there(url: str) -> Any:
        return call(url, "wakuext_emojiReactionsByChatID", "wakuext-reactions", "", 20) or []

    (came,) = eventually(lambda: there(alice))
    assert (came["id"], came["from"], came["emojiId"], came["localChatId"]) == (
        own["id"], own["from"], 2, "wakuext-reactions",
    )  # fmt: skip
    (taken,) = call(bob, "wakuext_sendEmojiReactionRetraction", own["id"])["emojiReactions"]
    assert taken["retracted"] is True
    assert taken["clock"] > own["clock"]
    eventually(lambda: not there(alice))
    assert not there(bob)


def contact_update(alice: str, bob: str) -> None:
    """Somebody is added, and learns it with a name."""
    key, own = public_key(bob), public_key(alice)
    call(alice, "wakuext_saveContact", {"id": key, "systemTags": [":contact/added"], "localNickname": "Bobby"})
    (saved,) = [one for one in call(alice, "wakuext_contacts") if one["id"] == key]
    assert ":contact/added" in saved["systemTags"]
    assert saved["localNickname"] == "Bobby"
    answer = call(alice, "wakuext_sendContactUpdate", key, "alice.stateofus.eth", "")
    assert [one["id"] for one in answer["contacts"]] == [key]

    def told() -> dict[str, Any] | None:
        found = [one for one in call(bob, "wakuext_contacts") or () if one["id"] == own]
        named = [one for one in found if one.get("name") == "alice.stateofus.eth"]
        return named[0] if named else None

    came = eventually(told)
    assert ":contact/request-received" in came["systemTags"]
    by_id = call(bob, "wakuext_getContactByID", own)
    assert (by_id["id"], by_id["alias"]) == (own, came["alias"])
    call(alice, "wakuext_sendContactUpdates", "alice.stateofus.eth", "")


def history(alice: str, bob: str) -> None:
    """What was said before somebody joined comes from the mailserver."""
    join(alice, "wakuext-history")
    sent = send(alice, "wakuext-history", "said before")
    for url in (alice, bob):
        call(url, "wakuext_updateMailservers", [call(url, "admin_peers")[0]["enode"].partition("?")[0]])
    join(bob, "wakuext-history")
    topics = [one["topic"] for one in call(bob, "wakuext_loadFilters", []) if one["chatId"] == "wakuext-history"]
    password = call(bob, "waku_generateSymKeyFromPassword", "status-offline-inbox")
    now = int(time.time())
    request = {
        "mailServerPeer": call(bob, "admin_peers")[0]["enode"].partition("?")[0],
        "topics": topics,
        "symKeyID": password,
        "from": now - 3_600,
        "to": now + 60,
        "limit": 100,
        "timeout": 30,
        "force": True,
    }

    def look() -> dict[str, Any] | None:
        number = call(bob, "wakuext_requestMessages", request)
        assert len(number) == 66
        assert number.startswith("0x")
        time.sleep(PAUSE)
        page = call(bob, "wakuext_chatMessages", "wakuext-history", "", 20)
        return next((one for one in page["messages"] or () if one["text"] == "said before"), None)

    assert eventually(look)["id"] == sent["id"]


def pairing(first: str, second: str) -> None:
    """Two devices of one account: they learn of each other, are paired, and one brings the other what it has."""
    assert public_key(first) == public_key(second)
    own = {url: call(url, "wakuext_getOurInstallations")[0]["id"] for url in (first, second)}
    assert own[first] != own[second]
    for url, name in ((first, "phone"), (second, "desk")):
        call(url, "wakuext_setInstallationMetadata", own[url], {"name": name, "deviceType": "desktop", "fcmToken": ""})

    def known(url: str, other: str) -> dict[str, Any] | None:
        devices = call(url, "wakuext_getOurInstallations")
        found = [one for one in devices if one["id"] == own[other] and one["metadata"]]
        return found[0] if found else None

    for url, other in ((first, second), (second, first)):  # the second one answers to what it has learnt by then
        call(url, "wakuext_sendPairInstallation")
        eventually(partial(known, other, url))
    found = eventually(lambda: known(second, first))
    assert (found["metadata"]["name"], found["enabled"]) == ("phone", False)
    call(first, "wakuext_enableInstallation", own[second])
    call(second, "wakuext_enableInstallation", own[first])
    assert (known(second, first) or {})["enabled"] is True
    join(first, "wakuext-devices")
    call(first, "wakuext_syncDevices", "", "")
    assert eventually(lambda: chat_of(second, "wakuext-devices"))["active"] is True
    call(second, "wakuext_disableInstallation", own[first])
    assert (known(second, first) or {})["enabled"] is False


SCRIPTS = (send_and_read, groups, reactions, contact_update, history)
"""Those for two people; :func:`start` goes before, and :func:`pairing` is for two devices of one."""
