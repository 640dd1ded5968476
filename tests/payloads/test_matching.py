"""matching.json: which chat a message or a reaction belongs to, and what is refused before that."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.payloads.chats import ChatKind, KnownChat, match_chat
from pystatus.payloads.kinds import ContentType, MessageType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import message_id, unwrap, wrap
from tests.payloads.support import build
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("matching")
NOW_MS: int = FILE["now_ms"]
FORUM: str = FILE["public_chat_of_validation"]
PEOPLE = {name: PrivateKey(unhex(person["private_key"])) for name, person in FILE["people"].items()}
OWN = PEOPLE["A"].public_key
MATCHES = cases("matching", "match")
VALIDATIONS = cases("matching", "validation")
SITUATIONS = [step for case in cases("matching", "situation") for step in case["steps"]]


def key_text(text: str) -> str:
    """People are letters in the file."""
    return PEOPLE[text].public_key.hex if text in PEOPLE else text


def chats(setup: Case) -> dict[str, KnownChat]:
    return {
        key_text(chat["id"]): KnownChat(
            ChatKind(chat["chat_type"]),
            frozenset(key_text(member["id"]) for member in chat.get("members") or () if member["joined"]),
        )
        for chat in setup.get("chats", ())
    }


def where(case: Case, channel: str | None) -> str:
    """The chat that a case is put into by us.

    :raises RemoteError: none.
    """
    message = unwrap(unhex(case["wrapped"]), PEOPLE[case["author"]].public_key)
    assert message.id == unhex(case["message_id"])
    payload = PAYLOADS[message.type].decode(message.payload)
    assert isinstance(payload, ChatMessage | EmojiReaction)
    payload.check(NOW_MS, NOW_MS)
    return match_chat(
        payload.chat_id,
        payload.message_type,
        message.author,
        OWN,
        chats(case["setup"]).get,
        channel,
        only_owner=isinstance(payload, ChatMessage),
    )


def channel_of(case: Case) -> str | None:
    """How an honest sender sends it."""
    return case["chat_id_text"] if case["message_type"] == MessageType.PUBLIC_GROUP else None


@pytest.mark.requirement("PL-13")
@pytest.mark.parametrize("case", [case for case in MATCHES if not case.get("type_mismatch")], ids=case_id)
def test_the_chat_of_a_payload(case: Case) -> None:
    if case["outcome"] != "accepted":
        with pytest.raises(RemoteError):
            where(case, channel_of(case))
        return
    assert where(case, channel_of(case)) == key_text(case["local_chat_id"])
    with pytest.raises(RemoteError):  # the wrong way
        where(case, None if channel_of(case) else FORUM)


@pytest.mark.requirement("PL-13")
@pytest.mark.parametrize("case", [case for case in MATCHES if case.get("type_mismatch")], ids=case_id)
def test_a_payload_whose_type_does_not_fit_its_chat_is_refused(case: Case) -> None:
    """The reference puts it there; payloads.md §6.3 asks not to. What our own devices sent to a chat of two is named by
    a key, so that of another kind of chat is refused as well."""
    for channel in (channel_of(case), None, FORUM, case["chat_id_text"]):
        with pytest.raises(RemoteError):
            where(case, channel)


# validation

OURS = {
    "content type 6": "refused: a system message is local, and what comes from the network is none (payloads.md §4)",
    "two image parts": "accepted: parts of one embedded message are merged, as protobuf asks for",
}
"""Where we differ from the reference, and why."""


def is_accepted(case: Case) -> bool:
    accepted = case["outcome"] == "accepted"
    return not accepted if any(case["name"].startswith(name) for name in OURS) else accepted


@pytest.mark.requirement("PL-20")
@pytest.mark.parametrize("case", VALIDATIONS, ids=case_id)
def test_the_validation_of_a_message(case: Case) -> None:
    """A number that no database holds is refused; in the reference it costs the whole poll (``batch_error``)."""

    def taken() -> Any:
        message = unwrap(unhex(case["wrapped"]), PEOPLE[case["author"]].public_key)
        assert message.id == unhex(case["message_id"])
        payload = PAYLOADS[message.type].decode(message.payload)
        assert isinstance(payload, ChatMessage)
        payload.check(case["transport_timestamp_ms"], NOW_MS)
        known = {FORUM: KnownChat(ChatKind.PUBLIC)}
        match_chat(payload.chat_id, payload.message_type, message.author, OWN, known.get, FORUM)
        return payload

    if not is_accepted(case):
        with pytest.raises(RemoteError):
            taken()
        return
    payload = taken()
    if "text" in case:
        assert (payload.text, payload.content_type) == (case["text"], case["content_type"])
    elif "fields" in case:
        assert (payload.text, payload.content_type) == (case["fields"]["text"], case["fields"]["content_type"])


def test_where_we_differ_from_the_reference() -> None:
    ours = [case["id"] for case in VALIDATIONS if is_accepted(case) != (case["outcome"] == "accepted")]
    assert ours == [660, 661, 662, 663, 731]


# as sender


def payload_of(case: Case) -> ChatMessage:
    payload = build(ChatMessage, {**case["fields"], "chat_id": key_text(case["fields"]["chat_id"])})
    assert isinstance(payload, ChatMessage)
    return payload


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=str(n)) for n, case in enumerate([*VALIDATIONS, *SITUATIONS]) if case.get("fields")],
)
def test_the_same_message_has_the_same_bytes(case: Case) -> None:
    author = PEOPLE[case["author"]] if case["author"] else None
    wrapped = wrap(payload_of(case).encode(), payload_of(case).TYPE, author)
    assert wrapped == unhex(case["wrapped"])
    assert message_id(wrapped, author.public_key if author else None) == unhex(case["message_id"])


@pytest.mark.parametrize("case", MATCHES, ids=case_id)
def test_the_same_match_has_the_same_bytes(case: Case) -> None:
    kind, chat_id, message_type, clock = ChatMessage, case["chat_id_text"], case["message_type"], case["clock"]
    received = unwrap(unhex(case["wrapped"]), PEOPLE[case["author"]].public_key)
    payload: ChatMessage | EmojiReaction
    if case["entity"] == "message":
        payload = kind(clock, clock, "text", "", "", chat_id, message_type, ContentType.TEXT_PLAIN)
    else:
        payload = EmojiReaction(clock, chat_id, EmojiReaction.decode(received.payload).message_id, message_type, 1)
    assert wrap(payload.encode(), payload.TYPE, PEOPLE[case["author"]]) == unhex(case["wrapped"])
