"""The data sync codec: what is data sync, what belongs to us, and what is too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.datasync import codec
from pystatus.datasync.codec import (
    MAX_IDS,
    MAX_MESSAGES,
    MAX_PARENTS,
    ForeignGroup,
    Metadata,
    NotDataSync,
    Payload,
    SyncMessage,
    check_group,
    unwrap,
)
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.errors import LocalError, RemoteError
from tests.payloads.support import damaged
from tests.support.vectors import cases, unhex

ALICE = PrivateKey(b"\x30" * 32).public_key
BOB = PrivateKey(b"\x32" * 32).public_key
MALLORY = PrivateKey(b"\x66" * 32).public_key
GROUP = one_to_one_group_id(ALICE, BOB)
SAMPLES = [unhex(case["protobuf"]) for case in cases("mvds", "message", "payload") if len(case["protobuf"]) < 2000]

IDS = st.lists(st.binary(max_size=40), max_size=3).map(tuple)
METADATA = st.none() | st.builds(Metadata, IDS, st.booleans())
MESSAGES = st.builds(
    SyncMessage, st.binary(max_size=40), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=40), METADATA
)
PAYLOADS = st.builds(Payload, IDS, IDS, IDS, st.lists(MESSAGES, max_size=3).map(tuple))


def test_vectors_of_the_protocol_page() -> None:
    """datasync.md §17."""
    assert GROUP.hex() == "b3fd37e6f244485cfce561bde68c1bb919ae484ddd46fa58eea6c7d25e07ef22"
    assert one_to_one_group_id(ALICE, ALICE).hex() == "5b4b4f7890e04c0bb0711ae764e26df22d403710268de85217e358cd3823f0e3"
    body = bytes.fromhex(
        "0a410617b2e47dd468d6a5afa5150316eb18b2492e6a685c119d57c378713c6a85f24dd6052821666b565abb4618faff22c4a8791cb5"
        "e9e04aa9dc565eaaec3c7c2c01120568656c6c6f1801"
    )
    message = SyncMessage(GROUP, 1_600_000_000, body)
    assert message.id.hex() == "347e1332d4be4d4374a896e1a6d6f7cfd9daa62c9c1702d6c9fdc48edffeb076"
    ack = b"\xaa" * 32
    assert Payload(acks=(ack,)).encode().hex() == "cab80220" + "aa" * 32
    assert Payload(acks=(ack,), messages=(message,)).encode().hex() == (
        "cab80220" + "aa" * 32 + "e2b8027c8af70220" + GROUP.hex() + "90f70280a0f8fa059af7024c" + body.hex()
    )


def test_group_of_keys_that_mirror_each_other() -> None:
    """Two keys with one x coordinate: both sides still order them alike."""
    mirrored = PublicKey.from_bytes(bytes([5 - ALICE.compressed[0]]) + ALICE.compressed[1:])
    assert one_to_one_group_id(ALICE, mirrored) == one_to_one_group_id(mirrored, ALICE)


@given(PAYLOADS)
def test_what_is_sent_is_received(payload: Payload) -> None:
    assert Payload.decode(payload.encode()) == payload
    for message in payload.messages:
        assert SyncMessage.decode(message.encode()) == message


@given(st.binary(max_size=200) | damaged(SAMPLES))
def test_any_bytes_are_a_value_or_a_remote_error(data: bytes) -> None:
    for cls in (Payload, SyncMessage):
        try:
            value = cls.decode(data)
        except RemoteError:
            continue
        assert cls.decode(value.encode()) == value


@given(st.binary(max_size=200) | damaged(SAMPLES) | PAYLOADS.map(Payload.encode))
def test_any_bytes_are_bodies_or_not_data_sync(data: bytes) -> None:
    bodies = unwrap(data, own=ALICE, signer=BOB)
    try:
        payload = Payload.decode(data)
    except NotDataSync:
        assert bodies is None
        return
    if payload.is_empty:
        assert bodies is None
    else:
        assert bodies == [message.body for message in payload.messages if message.group_id == GROUP]


def test_metadata_is_kept_but_not_part_of_the_id() -> None:
    plain = SyncMessage(GROUP, 1, b"body")
    told = SyncMessage(GROUP, 1, b"body", Metadata((b"\x01" * 32,), ephemeral=True))
    assert plain.id == told.id
    assert SyncMessage.decode(told.encode()) == told
    assert SyncMessage.decode(SyncMessage(GROUP, 1, b"", Metadata()).encode()).metadata == Metadata()


def test_bodies_come_in_order_and_with_duplicates() -> None:
    one, two = SyncMessage(GROUP, 1, b"one"), SyncMessage(GROUP, 2, b"two")
    data = Payload(acks=(b"\xaa" * 32,), messages=(one, two, one)).encode()
    assert unwrap(data, own=ALICE, signer=BOB) == [b"one", b"two", b"one"]
    assert unwrap(data, own=BOB, signer=ALICE) == [b"one", b"two", b"one"]


def test_acknowledgements_alone_are_data_sync_without_bodies() -> None:
    assert unwrap(Payload(acks=(b"\xaa" * 32,)).encode(), own=ALICE, signer=BOB) == []
    assert unwrap(Payload(offers=(b"",)).encode(), own=ALICE, signer=BOB) == []


def test_messages_of_foreign_groups_are_left_out() -> None:
    """A40: Mallory plants a message in the context of Alice and Bob; her own message beside it arrives."""
    planted = SyncMessage(GROUP, 1, b"planted")
    honest = SyncMessage(one_to_one_group_id(ALICE, MALLORY), 1, b"honest")
    assert unwrap(Payload(messages=(planted, honest)).encode(), own=ALICE, signer=MALLORY) == [b"honest"]
    assert unwrap(Payload(messages=(planted,)).encode(), own=ALICE, signer=MALLORY) == []
    with pytest.raises(ForeignGroup):
        check_group(planted, own=ALICE, signer=MALLORY)
    check_group(honest, own=ALICE, signer=MALLORY)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xca\xb8\x02\x20short", b"\x0a\x05hello", b"\xca\xb8\x02" + b"\xff" * 9]
)
def test_not_data_sync(data: bytes) -> None:
    assert unwrap(data, own=ALICE, signer=BOB) is None


def test_payloads_are_bounded() -> None:
    """A40: the count is bounded before anything is made of it."""
    for field in (b"\xca\xb8\x02\x00", b"\xd2\xb8\x02\x00", b"\xda\xb8\x02\x00"):
        assert unwrap(field * MAX_IDS, own=ALICE, signer=BOB) == []
        with pytest.raises(RemoteError):
            unwrap(field * (MAX_IDS + 1), own=ALICE, signer=BOB)
    message = b"\xe2\xb8\x02\x00"
    assert unwrap(message * MAX_MESSAGES, own=ALICE, signer=BOB) == []
    with pytest.raises(RemoteError):
        unwrap(message * (MAX_MESSAGES + 1), own=ALICE, signer=BOB)
    parents = SyncMessage(GROUP, 1, b"", Metadata((b"",) * (MAX_PARENTS + 1)))
    with pytest.raises(RemoteError):
        SyncMessage.decode(parents.encode())


def test_what_cannot_be_sent() -> None:
    for timestamp in (2**63, -(2**63) - 1):
        with pytest.raises(LocalError):
            SyncMessage(GROUP, timestamp, b"").encode()
        with pytest.raises(LocalError):
            _ = SyncMessage(GROUP, timestamp, b"").id
        with pytest.raises(LocalError):
            Payload(messages=(SyncMessage(GROUP, timestamp, b""),)).encode()


ids = st.lists(st.binary(min_size=32, max_size=32), max_size=9).map(tuple)


@given(
    st.builds(
        Payload,
        ids,
        ids,
        ids,
        st.lists(st.builds(SyncMessage, st.binary(max_size=4), st.just(1), st.binary(max_size=4)), max_size=9).map(
            tuple
        ),
    )
)
def test_steps_hold_everything_in_its_order_once(payload: Payload) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "STEP_IDS", 4)
        patch.setattr(codec, "STEP_MESSAGES", 3)
        parts = list(payload.steps())
    together = Payload(
        tuple(one for part in parts for one in part.acks),
        tuple(one for part in parts for one in part.offers),
        tuple(one for part in parts for one in part.requests),
        tuple(one for part in parts for one in part.messages),
    )
    acks, offers, requests = (tuple(dict.fromkeys(ids)) for ids in (payload.acks, payload.offers, payload.requests))
    assert together in (payload, Payload(acks, offers, requests, payload.messages))
    for part in parts:
        assert max(len(part.acks), len(part.offers), len(part.requests)) <= 4
        assert len(part.messages) <= 3
    assert all(not part.is_empty for part in parts) or parts == [payload]
