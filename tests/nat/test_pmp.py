"""Packets of NAT-PMP, as RFC 6886 has them (overlay.md §6.1)."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.errors import RemoteError
from pystatus.nat import pmp
from pystatus.nat.pmp import AddressAnswer, EpochWatch, MappingAnswer, RefusedAnswer, Result
from pystatus.nat.ports import Protocol


def test_requests() -> None:
    assert pmp.encode_address_request() == bytes.fromhex("0000")
    opened = pmp.encode_mapping_request(Protocol.TCP, 30303, 30304, 1200)
    assert opened == bytes.fromhex("0002 0000 765f 7660 000004b0")
    closed = pmp.encode_mapping_request(Protocol.UDP, 30303, 0, 0)
    assert closed == bytes.fromhex("0001 0000 765f 0000 00000000")


def test_answers() -> None:
    assert pmp.decode_answer(bytes.fromhex("0080 0000 00000102 2d090001")) == AddressAnswer(
        258, ipaddress.IPv4Address("45.9.0.1")
    )
    assert pmp.decode_answer(bytes.fromhex("0082 0000 00000102 765f 7660 000004b0")) == MappingAnswer(
        258, Protocol.TCP, 30303, 30304, 1200
    )
    assert pmp.decode_answer(bytes.fromhex("0081 0002 00000102 765f 0000 00000000")) == RefusedAnswer(
        258, Protocol.UDP, Result.REFUSED
    )
    assert pmp.decode_answer(bytes.fromhex("0080 0003 00000102")) == RefusedAnswer(258, None, Result.NO_NETWORK)


def test_bytes_behind_an_answer_are_ignored() -> None:
    assert pmp.decode_answer(bytes.fromhex("0080 0000 00000102 2d090001 ffff")) == pmp.decode_answer(
        bytes.fromhex("0080 0000 00000102 2d090001")
    )


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "at least 8"),
        ("0080 0000 000001", "at least 8"),
        ("0080 0000 00000102 2d0900", "without an address"),
        ("0082 0000 00000102 765f 7660 0004b0", "without a port"),
        ("0280 0001 00000102 2d090001", "version 2"),
        ("0002 0000 765f 7660 000004b0", "a request"),
        ("0083 0000 00000102 765f 7660 000004b0", "unknown request 3"),
        ("0080 0006 00000102 2d090001", "unknown result 6"),
    ],
)
def test_nonsense(answer: str, why: str) -> None:
    with pytest.raises(RemoteError, match=why):
        pmp.decode_answer(bytes.fromhex(answer))


def test_a_huge_answer() -> None:
    with pytest.raises(RemoteError, match="at most 1100"):
        pmp.decode_answer(bytes.fromhex("0080 0000 00000102 2d090001") + bytes(60_000))


class TestEpochs:
    def test_a_clock_that_runs(self) -> None:
        watch = EpochWatch()
        assert not watch.is_new(1_000, 50.0)
        assert not watch.is_new(1_060, 110.0)
        assert not watch.is_new(1_113, 170.0), "it may be slower by an eighth"
        assert not watch.is_new(1_200, 170.0), "and faster"

    def test_a_router_that_has_started_anew(self) -> None:
        watch = EpochWatch()
        watch.is_new(1_000, 50.0)
        assert watch.is_new(0, 110.0)
        assert not watch.is_new(60, 170.0)

    def test_a_router_that_has_started_anew_and_was_not_asked_for_long(self) -> None:
        watch = EpochWatch()
        watch.is_new(10, 50.0)
        assert watch.is_new(700, 950.0), "it should show at least 795"

    def test_two_answers_at_once(self) -> None:
        watch = EpochWatch()
        watch.is_new(1_000, 50.0)
        assert not watch.is_new(998, 50.0)
        assert watch.is_new(995, 50.0)
