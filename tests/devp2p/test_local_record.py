"""The own record: what changes its number, and what must not."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.devp2p.enr import MAX_SEQUENCE, NodeRecord
from pystatus.devp2p.local_record import LocalRecord, MemoryRecordStore
from pystatus.errors import LocalError
from tests.devp2p.support import ALICE, BOB

LATER = 1_800_000_000
HOME = ipaddress.ip_address("192.0.2.7")
HOME_6 = ipaddress.ip_address("2001:db8::7")


class FullDisk(MemoryRecordStore):
    is_full = False

    def save(self, encoded: bytes) -> None:
        if self.is_full:
            raise LocalError("The disk is full.")
        super().save(encoded)


def test_a_change_makes_a_version_and_no_change_makes_none() -> None:
    store = MemoryRecordStore()
    local = LocalRecord(ALICE, store, LATER)
    assert local.record.seq == 1
    first = local.locate(HOME, tcp_port=30303, udp_port=30301)
    assert (first.seq, str(first.address), first.tcp_port, first.udp_port) == (2, "192.0.2.7", 30303, 30301)
    assert local.locate(HOME, tcp_port=30303, udp_port=30301) is first
    assert local.locate(HOME, tcp_port=30303, udp_port=0).seq == 3
    assert b"udp" not in local.record.values
    assert store.load() == local.record.encoded


def test_both_families_share_the_ports() -> None:
    record = LocalRecord(ALICE, MemoryRecordStore(), LATER).locate(HOME, HOME_6, tcp_port=1, udp_port=2)
    assert (record.values[b"ip6"], record.values[b"ip"]) == (HOME_6.packed, HOME.packed)
    only = LocalRecord(ALICE, MemoryRecordStore(), LATER).locate(HOME_6, tcp_port=1, udp_port=2)
    assert (str(only.address), only.tcp_port, only.udp_port) == (str(HOME_6), 1, 2)


def test_after_a_restart_the_number_goes_on() -> None:
    store = MemoryRecordStore()
    before = LocalRecord(ALICE, store, LATER).locate(HOME, tcp_port=1, udp_port=1)
    local = LocalRecord(ALICE, store, LATER)
    assert local.record == before
    assert local.locate(HOME, tcp_port=1, udp_port=1).seq == before.seq
    assert local.locate(HOME, tcp_port=2, udp_port=1).seq == before.seq + 1


def test_another_process_has_written_meanwhile() -> None:
    """``pystatus enr`` beside a running node: two versions with one number would be two truths."""
    store = MemoryRecordStore()
    node = LocalRecord(ALICE, store, LATER)
    node.locate(HOME, tcp_port=1, udp_port=1)
    beside = LocalRecord(ALICE, store, LATER)
    shown = beside.locate(HOME, tcp_port=2, udp_port=2)
    changed = node.locate(HOME, tcp_port=3, udp_port=3)
    assert (shown.seq, changed.seq) == (3, 4)


@pytest.mark.parametrize("found", [b"", b"\xc0", b"damaged", NodeRecord.sign(BOB, 9, {}).encoded])
def test_what_was_saved_cannot_be_read(found: bytes) -> None:
    """Which numbers there were is not known: the time is above all of them."""
    store = MemoryRecordStore()
    store.save(found)
    local = LocalRecord(ALICE, store, LATER)
    assert (local.record.seq, local.record.public_key) == (LATER, ALICE.public_key)
    store.save(b"damaged while it runs")
    assert local.locate(HOME, tcp_port=1, udp_port=1).seq == LATER + 1


def test_what_cannot_be_saved_is_not_said() -> None:
    store = FullDisk()
    local = LocalRecord(ALICE, store, LATER)
    before = local.locate(HOME, tcp_port=1, udp_port=1)
    store.is_full = True
    with pytest.raises(LocalError, match="disk is full"):
        local.locate(HOME, tcp_port=2, udp_port=1)
    assert local.record == before
    store.is_full = False
    assert local.locate(HOME, tcp_port=2, udp_port=1).seq == before.seq + 1


@pytest.mark.parametrize("values", [{b"x": bytes(300)}, {b"x": bytes(180), b"y": bytes(100)}])
def test_a_record_that_is_too_large_changes_nothing(values: dict[bytes, bytes]) -> None:
    local = LocalRecord(ALICE, MemoryRecordStore(), LATER)
    with pytest.raises(LocalError, match="Nobody would take"):
        local.set(values)
    assert local.record.seq == 1


def test_after_the_highest_number_there_is_none() -> None:
    store = MemoryRecordStore()
    store.save(NodeRecord.sign(ALICE, MAX_SEQUENCE, {}).encoded)
    local = LocalRecord(ALICE, store, LATER)
    with pytest.raises(LocalError, match="64 bits"):
        local.set({b"tcp": 1})
    assert local.record.seq == MAX_SEQUENCE
