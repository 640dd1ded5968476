"""rpc_json.json: the structures of the reference, its signals, and what it makes of given objects."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.features.group_invitations import request_id
from pystatus.messenger.features.reactions import Reaction
from pystatus.payloads.messages import EmojiReaction
from pystatus.rpc.errors import INVALID_PARAMS, RpcError
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.history import with_defaults
from pystatus.rpc.wakuext.reading import GivenMessage, GivenRequest, read_object
from pystatus.rpc.wakuext.signals import NO_HASH, Signal, history_completed, history_expired
from pystatus.rpc.wakuext.view import is_right_to_left
from tests.support.vectors import Case, case_id, cases, unhex

SHAPES: dict[str, Any] = {
    "MessengerResponse": shapes.Answer,
    "Message": shapes.Message,
    "Chat": shapes.Chat,
    "Contact": shapes.Contact,
    "EmojiReaction": shapes.EmojiReaction,
    "GroupChatInvitation": shapes.Invitation,
    "Installation": shapes.Installation,
    "Filter": shapes.Filter,
    "QuotedMessage": shapes.QuotedMessage,
    "CommandParameters": shapes.CommandParameters,
    "MessagesRequest": shapes.MessagesRequest,
    "MessagesResponse": shapes.HistoryResponse,
    "ApplicationMessagesResponse": shapes.Page,
    "text with HTML signs and line separators": shapes.Message,
}
"""By the beginning of the name of a case."""
ABSENT = ("Mailserver", "ChatRequestRange", "link preview")
"""Structures of calls that are not offered: of ``mailservers_*``, whose part the client does itself, and previews."""


def of_kind(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases("rpc_json", kind), ids=case_id)


def shape(name: str) -> Any:
    beginning = name.partition(",")[0] if name.partition(",")[0] in SHAPES else name.partition(" with ")[0]
    kind: Any = SHAPES[name if name in SHAPES else beginning]
    return list[kind] if name == "Chat, timeline and profile" else kind | None


@pytest.mark.parametrize(
    "case", [one for one in cases("rpc_json", "struct") if not one["name"].startswith(ABSENT)], ids=case_id
)
def test_a_structure_has_the_names_of_the_reference_and_leaves_out_what_it_leaves_out(case: Case) -> None:
    kind = shape(case["name"])
    read = msgspec.json.decode(case["json_text"].encode(), type=kind)
    assert json.loads(msgspec.json.encode(read)) == case["json"]


@of_kind("signal")
def test_a_signal(case: Case) -> None:
    event = case["json"]["event"]
    match case["json"]["type"]:
        case "mailserver.request.completed":
            made = history_completed(event["requestID"], event["errorMessage"])
            event = {**event, "cursor": "", "lastEnvelopeHash": NO_HASH}  # nothing follows: all pages were fetched
        case "mailserver.request.expired":
            made = history_expired(event["hash"])
        case kind:
            made = Signal(kind, msgspec.convert(event, shapes.Answer) if kind == "messages.new" else event)
    assert json.loads(msgspec.json.encode(made)) == {"type": case["json"]["type"], "event": event}


@of_kind("request_defaults")
def test_what_a_request_for_history_lacks(case: Case) -> None:
    given = read_object(msgspec.Raw(json.dumps(case["before"]).encode()), GivenRequest, "the request")
    assert json.loads(msgspec.json.encode(with_defaults(given, case["now_unix"]))) == case["json"]


@of_kind("parse_message")
def test_a_message_is_read_as_leniently_as_by_the_reference(case: Case) -> None:
    raw = msgspec.Raw(case["json_text"].encode())
    if case.get("must_fail"):
        with pytest.raises(RpcError) as refused:
            read_object(raw, GivenMessage, "the message")
        assert refused.value.code == INVALID_PARAMS
        return
    given, fields = read_object(raw, GivenMessage, "the message"), case["fields"]
    for name in ("chat_id", "text", "response_to", "ens_name", "image_path", "audio_path", "content_type", "clock"):
        assert getattr(given, name) == fields[name]
    if "sticker" in fields:
        assert given.sticker is not None
        assert {"hash": given.sticker.hash, "pack": given.sticker.pack} == fields["sticker"]
    if "audio" in fields:
        assert given.audio_duration_ms == fields["audio"]["duration_ms"]


@of_kind("reaction_id")
def test_the_id_of_a_reaction(case: Case) -> None:
    author = PublicKey.from_bytes(unhex(case["from"]))
    assert EmojiReaction(message_id=case["message_id"], type=case["type"]).reaction_id(author) == unhex(
        case["reaction_id"]
    )
    ours = Reaction("status", bytes(32), author, case["type"], 1)
    assert ours.id == EmojiReaction(message_id="0x" + "00" * 32, type=case["type"]).reaction_id(author)


@of_kind("invitation_id")
def test_the_id_of_a_request_to_join(case: Case) -> None:
    assert request_id(PublicKey.from_bytes(unhex(case["from"])), case["chat_id"]) == unhex(case["invitation_id"])


@pytest.mark.parametrize("case", cases("markdown"), ids=case_id)
def test_the_direction_of_a_text(case: Case) -> None:
    assert is_right_to_left(case["text"]) is case["rtl"]
