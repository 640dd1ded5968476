"""Files that come in parts."""

from __future__ import annotations

import base64
import gc

import pytest

from pystatus.rpc.client_api import uploads
from pystatus.rpc.client_api.uploads import MAX_NAME, MAX_PART, Uploads
from pystatus.rpc.errors import RpcError
from pystatus.rpc.room import Room
from pystatus.rpc.session import Session


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def room() -> Room:
    return Room()


def session(room: Room) -> Session:
    return Session(share=room.share(lambda: None))


def test_parts_are_put_together_and_given_once_to_who_sent_them(room: Room) -> None:
    kept, one, other = Uploads(), session(room), session(room)
    assert [kept.add("picture", text(part), one) for part in (b"ab", b"", b"cde")] == [2, 2, 5]
    assert room.bytes == 5
    for name, who in (("picture", other), ("sound", one)):
        with pytest.raises(RpcError, match=r"nothing was uploaded"):
            kept.take(name, who)
    assert kept.take("picture", one) == b"abcde"
    assert room.bytes == 0
    with pytest.raises(RpcError, match=r"nothing was uploaded"):
        kept.take("picture", one)


def test_a_connection_has_one_of_a_bounded_size(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 10)
    kept, one = Uploads(), session(room)
    for number in range(100):
        kept.add(f"{number}", text(bytes(9)), one)
    assert room.bytes == 9
    kept.add("99", text(b"x"), one)
    with pytest.raises(RpcError, match=r"at most 10 bytes"):
        kept.add("99", text(b"x"), one)
    assert room.bytes == 0
    for name, part, wrong in (
        ("x" * (MAX_NAME + 1), "", "name"),
        ("x", "A" * (MAX_PART + 4), "part"),
        ("x", "no base64!", "base64"),
        ("x", "\ud800", "base64"),
    ):
        with pytest.raises(RpcError, match=wrong):
            kept.add(name, part, one)


def test_it_goes_with_its_connection(room: Room) -> None:
    kept, one = Uploads(), session(room)
    kept.add("picture", text(b"abc"), one)
    assert len(kept._begun) == 1
    del one
    gc.collect()
    assert len(kept._begun) == 0
