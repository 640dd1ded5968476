"""Chat ids, names of public chats, and which chat an incoming message belongs to."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.payloads.chats import (
    MAX_PARSED_KEYS,
    ChatKind,
    KnownChat,
    Unmatched,
    group_chat_id,
    group_creator,
    is_public_chat_name,
    key_from_text,
    match_chat,
    profile_chat_id,
    public_chat_name,
)
from pystatus.payloads.kinds import MessageType
from tests.payloads.support import ALICE, BOB, CAROL, texts

UUID = "3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11"
ME, FRIEND, STRANGER = ALICE.public_key, BOB.public_key, CAROL.public_key
GROUP = group_chat_id(UUID, FRIEND)
NOT_JOINED = group_chat_id(UUID.replace("3", "4"), FRIEND)
CHATS: Mapping[str, KnownChat] = {
    "status": KnownChat(ChatKind.PUBLIC),
    "other": KnownChat(ChatKind.PUBLIC),
    GROUP: KnownChat(ChatKind.PRIVATE_GROUP, frozenset({ME.hex, FRIEND.hex})),
    NOT_JOINED: KnownChat(ChatKind.PRIVATE_GROUP, frozenset({FRIEND.hex})),
    profile_chat_id(FRIEND): KnownChat(ChatKind.PROFILE),
    "@timeline": KnownChat(ChatKind.TIMELINE),
    FRIEND.hex: KnownChat(ChatKind.ONE_TO_ONE),
}
PUBLIC, ONE_TO_ONE, PRIVATE = MessageType.PUBLIC_GROUP, MessageType.ONE_TO_ONE, MessageType.PRIVATE_GROUP


def match(chat_id: str, message_type: int, author: PublicKey, channel: str | None = None) -> str:
    return match_chat(chat_id, message_type, author, ME, CHATS.get, channel)


def test_public_message() -> None:
    assert match("status", PUBLIC, STRANGER, channel="status") == "status"
    assert match("status", PUBLIC, ME, channel="status") == "status"


@pytest.mark.requirement("PL-13")
def test_one_to_one_message_of_somebody_else_is_in_the_chat_with_its_author() -> None:
    for chat_id in (ME.hex, STRANGER.hex, "whatever", ""):
        assert match(chat_id, ONE_TO_ONE, FRIEND) == FRIEND.hex
    assert match(ME.hex, ONE_TO_ONE, STRANGER) == STRANGER.hex  # not known yet: the caller creates it


def test_one_to_one_message_of_another_device_of_ours() -> None:
    assert match(STRANGER.hex, ONE_TO_ONE, ME) == STRANGER.hex
    assert match("0x" + STRANGER.hex[2:].upper(), ONE_TO_ONE, ME) == STRANGER.hex
    assert match(ME.hex, ONE_TO_ONE, ME) == ME.hex
    for chat_id in ("", "status", STRANGER.hex[:-1], STRANGER.compressed.hex(), "0x04" + "11" * 64):
        with pytest.raises(Unmatched):
            match(chat_id, ONE_TO_ONE, ME)


def test_group_message() -> None:
    assert match(GROUP, PRIVATE, FRIEND) == GROUP
    assert match(GROUP, PRIVATE, ME) == GROUP


@pytest.mark.requirement("PL-13")
@pytest.mark.parametrize(
    ("chat_id", "message_type", "author", "channel"),
    [
        pytest.param("unknown", PUBLIC, FRIEND, "unknown", id="never joined by itself"),
        pytest.param("other", PUBLIC, FRIEND, "status", id="sent through another public chat"),
        pytest.param("status", PUBLIC, FRIEND, None, id="public message in a private envelope"),
        pytest.param(GROUP, PUBLIC, FRIEND, GROUP, id="public message for a group"),
        pytest.param(FRIEND.hex, PUBLIC, FRIEND, FRIEND.hex, id="public message for a one-to-one chat"),
        pytest.param("@timeline", PUBLIC, FRIEND, "@timeline", id="nobody writes to the timeline"),
        pytest.param(profile_chat_id(FRIEND), PUBLIC, STRANGER, profile_chat_id(FRIEND), id="profile of another"),
        pytest.param(ME.hex, ONE_TO_ONE, FRIEND, "status", id="private message in public"),
        pytest.param(GROUP, PRIVATE, FRIEND, "status", id="group message in public"),
        pytest.param(group_chat_id(UUID, STRANGER), PRIVATE, FRIEND, None, id="unknown group"),
        pytest.param("status", PRIVATE, FRIEND, None, id="group message for a public chat"),
        pytest.param(GROUP, PRIVATE, STRANGER, None, id="author has not joined"),
        pytest.param(NOT_JOINED, PRIVATE, FRIEND, None, id="we have not joined"),
        pytest.param("status", MessageType.UNKNOWN, FRIEND, None, id="no type"),
        pytest.param("status", MessageType.SYSTEM_PRIVATE_GROUP, FRIEND, None, id="local type"),
        pytest.param("status", 99, FRIEND, None, id="unknown type"),
        pytest.param("status", 99, FRIEND, "status", id="unknown type in public"),
    ],
)
def test_refused(chat_id: str, message_type: int, author: PublicKey, channel: str | None) -> None:
    with pytest.raises(Unmatched):
        match(chat_id, message_type, author, channel)


def test_profile_chat() -> None:
    own = profile_chat_id(FRIEND)
    assert match(own, PUBLIC, FRIEND, channel=own) == own


@given(texts(), st.integers(0, 5), st.sampled_from([ME, FRIEND, STRANGER]), st.none() | texts())
def test_any_message_is_matched_or_refused(
    chat_id: str, message_type: int, author: PublicKey, channel: str | None
) -> None:
    try:
        assert match(chat_id, message_type, author, channel) in {*CHATS, author.hex}
    except Unmatched:
        return


@pytest.mark.requirement("AC-12")
@pytest.mark.parametrize("name", ["status", "status-core", "0", "-", "0x04", "a" * 300, "0x02" + "a" * 64])
def test_names_of_public_chats(name: str) -> None:
    assert is_public_chat_name(name)
    assert public_chat_name(name) == name


@pytest.mark.requirement("AC-12")
@pytest.mark.parametrize("name", ["", "a b", "A", "ä", "a\n", "#a", "a_b", "a/b", "²", "a\u200d", ALICE.public_key.hex])
def test_not_names_of_public_chats(name: str) -> None:
    assert not is_public_chat_name(name)


def test_typed_names() -> None:
    assert public_chat_name("  #Status-Core ") == "status-core"
    for text in ("", "#", "two words", "##a", "ünïcode", ALICE.public_key.hex, "0x" + ALICE.public_key.hex[2:].upper()):
        with pytest.raises(LocalError):
            public_chat_name(text)


def test_group_ids_name_their_creator() -> None:
    assert group_creator(GROUP) == FRIEND
    assert group_creator(group_chat_id(UUID.upper(), ME)) == ME


@pytest.mark.parametrize(
    "chat_id",
    [
        "",
        FRIEND.hex,
        f"-{FRIEND.hex}",
        f"{UUID}{FRIEND.hex}",
        f"{UUID}-",
        f"{UUID[:-1]}-{FRIEND.hex}",
        f"{UUID.replace('-', '')}-{FRIEND.hex}",
        f"{UUID}-{FRIEND.hex[:-2]}",
        f"{UUID}-{FRIEND.hex}\n",
        f"{UUID}-0x{FRIEND.compressed.hex()}",
        f"{UUID}-0x04{'11' * 64}",
    ],
)
def test_bad_group_ids(chat_id: str) -> None:
    with pytest.raises(RemoteError):
        group_creator(chat_id)


@given(texts() | st.from_regex(r"0x04[0-9a-fA-F]{128}", fullmatch=True))
def test_any_text_is_a_key_or_a_remote_error(text: str) -> None:
    try:
        assert key_from_text(text).hex == text.lower()
    except RemoteError:
        return


def test_parsed_keys_are_bounded() -> None:
    remembered: Any = key_from_text
    assert remembered.cache_info().maxsize == MAX_PARSED_KEYS
    for number in range(MAX_PARSED_KEYS + 1):
        key_from_text(PrivateKey((number + 1).to_bytes(32, "big")).public_key.hex)
    assert remembered.cache_info().currsize == MAX_PARSED_KEYS
