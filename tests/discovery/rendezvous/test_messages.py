"""Messages of Rendezvous: the known answers of the page, and items that are too long before they are there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.rendezvous.messages import (
    MAX_ITEM_SIZE,
    Discover,
    DiscoverResponse,
    ItemReader,
    Register,
    RegisterResponse,
    RemoteIp,
    RemoteIpResponse,
    Status,
    read_type,
)
from pystatus.errors import RemoteError
from pystatus.wire import rlp
from tests.support.effort import Effort

KEY_B = PrivateKey(bytes.fromhex("b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"))
REGISTER = (
    "01f8998777686973706572f889b840e3a020950a35b885aba3dbd419343af7dacbb20582cb62db83b2dc0bc34c304210a98c9d79a329906bc6"
    "14622cc80bbc93dab7a47568a37df15fe2be17e194a480826964827634826970840102030489736563703235366b31a103ca634cae0d49acb4"
    "01d8a4c6b6fe8c55b70d115bf400769cc1400f3258cd31388374637082765f83756470808502540be400"
)
TEXT = (
    "enr:-Im4QOOgIJUKNbiFq6Pb1Bk0Ovfay7IFgsti24Oy3AvDTDBCEKmMnXmjKZBrxhRiLMgLvJPat6R1aKN98V_ivhfhlKSAgmlkgnY0gmlwhAECAwSJ"
    "c2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN0Y3CCdl-DdWRwgA"
)


def test_the_known_answers_of_the_page() -> None:
    """overlay.md §4.5."""
    record = NodeRecord.sign(KEY_B, 0, {b"ip": bytes((1, 2, 3, 4)), b"tcp": 30303, b"udp": 0})
    assert str(record) == TEXT
    assert Register(b"whisper", record.encoded, 10_000_000_000).encode().hex() == REGISTER
    assert Discover(b"whisper", 10).encode().hex() == "03c90a8777686973706572"
    assert RegisterResponse(Status.OK).encode().hex() == "02c28080"
    assert RegisterResponse(Status.INVALID_TTL).encode().hex() == "02c26680"
    assert RegisterResponse(Status.INTERNAL_ERROR).encode().hex() == "02c482012c80"
    assert DiscoverResponse(Status.OK).encode().hex() == "04c38080c0"


def test_the_address_of_whoever_asks() -> None:
    assert RemoteIp().encode() == b"\x05"
    answer = RemoteIpResponse(Status.OK, "1.2.3.4")
    assert answer.encode() == b"\x06\xc9\x80\x871.2.3.4"
    assert RemoteIpResponse.decode(answer.encode()[1:]) == answer


@pytest.mark.parametrize("body", ["80", "c0", "c180", "c3808080", "c2c080", "c280c0", "c3808000"])
def test_bodies_that_are_none(body: str) -> None:
    for kind in (RegisterResponse, RemoteIpResponse):
        with pytest.raises(RemoteError):
            kind.decode(bytes.fromhex(body))


@pytest.mark.parametrize("body", ["c3808080", "c2c0c0", "c480c080", "c3c080c0"])
def test_answers_that_are_none(body: str) -> None:
    with pytest.raises(RemoteError):
        DiscoverResponse.decode(bytes.fromhex(body))


def test_a_text_that_is_none() -> None:
    assert RegisterResponse.decode(bytes.fromhex("c36481ff")).message == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "header",
    [
        "ff4000000000000000", "bf2000000000000000", "fb40000000", "bb40000000", "fa010000", "ba010000",
        "f91000", "b91000", "f90ffe",
    ],
)  # fmt: skip
def test_lengths_that_no_item_has_are_refused_by_the_header_alone(header: str) -> None:
    """2^61 bytes crash the reference, whichever side reads them."""
    reader = ItemReader()
    with pytest.raises(RemoteError, match="announces"):
        reader.receive_data(bytes.fromhex(header))
        reader.next_item()
    assert len(reader) == len(header) // 2


def test_the_longest_item() -> None:
    reader = ItemReader()
    item = rlp.encode(bytes(MAX_ITEM_SIZE - 3))
    assert len(item) == MAX_ITEM_SIZE
    reader.receive_data(item[:2])
    assert reader.next_item() is None
    reader.receive_data(item[2:] + b"\x05")
    assert reader.next_item() == item
    assert reader.next_item() == b"\x05"
    assert reader.next_item() is None


@pytest.mark.parametrize("item", ["8105", "b80102", "b90001", "f800"])
def test_items_that_are_not_canonical(item: str) -> None:
    reader = ItemReader()
    reader.receive_data(bytes.fromhex(item) + bytes(64))
    with pytest.raises(RemoteError):
        reader.next_item()


@given(st.lists(st.binary(max_size=80), max_size=8), st.integers(1, 7))
def test_items_come_out_as_they_went_in(items: list[bytes], step: int) -> None:
    sent = b"".join(rlp.encode(item) for item in items)
    reader = ItemReader()
    found = []
    for start in range(0, len(sent), step):
        reader.receive_data(sent[start : start + step])
        while (item := reader.next_item()) is not None:
            found.append(rlp.decode(item))
    assert found == items
    assert not len(reader)


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_message_or_an_error(data: bytes) -> None:
    reader = ItemReader()
    reader.receive_data(data)
    try:
        while (item := reader.next_item()) is not None:
            for read in (
                read_type, Register.decode, RegisterResponse.decode, Discover.decode, DiscoverResponse.decode,
                RemoteIpResponse.decode,
            ):  # fmt: skip
                try:
                    read(item)
                except RemoteError:
                    continue
    except RemoteError:
        return


def test_very_many_records_of_nothing() -> None:
    """As many as fit into an answer, each one byte."""
    body = rlp.encode_list([b"\x80", b"\x80", rlp.encode_list([b"\xc0"] * (MAX_ITEM_SIZE - 10))])
    with Effort() as effort:
        assert len(DiscoverResponse.decode(body).records) == MAX_ITEM_SIZE - 10
    assert effort.seconds < 0.05
