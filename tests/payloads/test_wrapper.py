"""The signed wrapper: who said it, and under which id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.wrapper import message_id, recover_author, unwrap, wrap
from tests.payloads.support import ALICE, BOB, damaged, small_samples

PAYLOAD = ChatMessage(text="hello").encode()


@pytest.mark.requirement("PL-2", "PL-4")
def test_the_author_signs_whoever_sends() -> None:
    wrapped = wrap(PAYLOAD, PayloadType.CHAT_MESSAGE, ALICE)
    direct = unwrap(wrapped, transport_signer=ALICE.public_key)
    relayed = unwrap(wrapped, transport_signer=BOB.public_key)
    assert direct == relayed
    assert direct.author == ALICE.public_key
    assert direct.signed
    assert direct.id == message_id(wrapped, ALICE.public_key) == keccak256(ALICE.public_key.uncompressed + wrapped)


def test_without_a_signature_the_sender_is_the_author() -> None:
    wrapped = wrap(PAYLOAD, PayloadType.CHAT_MESSAGE, None)
    message = unwrap(wrapped, transport_signer=BOB.public_key)
    assert message.author == BOB.public_key
    assert not message.signed
    assert message.id == message_id(wrapped, None) == keccak256(wrapped)


def test_an_empty_signature_is_not_an_absent_one() -> None:
    unsigned = wrap(PAYLOAD, PayloadType.CHAT_MESSAGE, None)
    with pytest.raises(RemoteError):
        unwrap(b"\x0a\x00" + unsigned, transport_signer=BOB.public_key)


@pytest.mark.requirement("PL-4")
def test_wrapping_twice_gives_the_same_bytes() -> None:
    assert wrap(PAYLOAD, 1, ALICE) == wrap(PAYLOAD, 1, ALICE)


def test_unknown_types_pass() -> None:
    assert unwrap(wrap(b"", 99, ALICE), ALICE.public_key).type == 99
    assert unwrap(wrap(b"", -1, ALICE), ALICE.public_key).type == -1


def test_a_type_is_a_32_bit_number() -> None:
    with pytest.raises(LocalError):
        wrap(b"", 2**31, ALICE)


@pytest.mark.parametrize("size", [0, 1, 64, 66, 130])
def test_a_signature_has_65_bytes(size: int) -> None:
    with pytest.raises(RemoteError):
        recover_author(PAYLOAD, bytes(size))


@pytest.mark.parametrize("v", [2, 3, 4, 27, 28, 31, 255])
def test_a_signature_has_one_spelling(v: int) -> None:
    signature = ALICE.sign(keccak256(PAYLOAD))
    with pytest.raises(RemoteError):
        recover_author(PAYLOAD, signature[:64] + bytes([v]))


@pytest.mark.requirement("PL-2")
def test_a_signature_that_no_key_made() -> None:
    for r_and_s in (bytes(64), b"\xff" * 64):
        with pytest.raises(RemoteError):
            recover_author(PAYLOAD, r_and_s + b"\x00")


@given(
    st.binary(max_size=200)
    | damaged(small_samples("wrapped", "message", "wrapper"))
    | st.builds(wrap, st.binary(max_size=50), st.integers(-(2**31), 2**31 - 1), st.sampled_from([ALICE, None]))
)
def test_any_bytes_are_a_message_or_a_remote_error(data: bytes) -> None:
    try:
        message = unwrap(data, transport_signer=BOB.public_key)
    except RemoteError:
        return
    assert message.signed or message.author == BOB.public_key
    assert len(message.id) == 32
