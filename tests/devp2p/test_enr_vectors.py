"""Node records of the reference: read, written, refused."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.devp2p.local_record import LocalRecord, MemoryRecordStore
from pystatus.errors import RemoteError
from pystatus.wire import rlp
from tests.support.vectors import Case, case_id, cases, unhex

BY_VERSION = {3}
"""An IPv6 node has its ports under tcp6 and udp6 only: the reference reads the plain keys and finds none, we read both,
as EIP-778 says."""


@pytest.mark.parametrize("case", [case for case in cases("enr", "record") if "must_fail" not in case], ids=case_id)
def test_a_record(case: Case) -> None:
    record = NodeRecord.decode(unhex(case["rlp"]))
    assert NodeRecord.parse(case["text"]) == record
    assert str(record) == case["text"]
    assert (record.seq, len(record.encoded)) == (case["seq"], case["size"])
    assert record.node_address == unhex(case["node_address"])
    assert record.public_key.xy == unhex(case["public_key"])
    pairs = [(unhex(pair["key_hex"]), rlp.decode(unhex(pair["value_rlp"]))) for pair in case["pairs"]]
    assert list(record.values.items()) == pairs
    assert (None if record.address is None else str(record.address)) == case["ip"]
    if case["id"] in BY_VERSION:
        assert (case["tcp"], case["udp"]) == (0, 0)
        ports = [rlp.as_int(record.values[name]) for name in (b"tcp6", b"udp6")]
        assert [record.tcp_port, record.udp_port] == ports
    else:
        assert (record.tcp_port, record.udp_port) == (case["tcp"], case["udp"])


@pytest.mark.parametrize("case", [case for case in cases("enr", "record") if "must_fail" not in case], ids=case_id)
def test_signing_gives_the_same_bytes(case: Case) -> None:
    content = unhex(case["content_rlp"])
    assert keccak256(content) == unhex(case["content_hash"])
    values = {unhex(pair["key_hex"]): rlp.decode(unhex(pair["value_rlp"])) for pair in case["pairs"]}
    made = NodeRecord.sign(PrivateKey(unhex(case["private_key"])), case["seq"], values)
    assert made.encoded == unhex(case["rlp"])


@pytest.mark.parametrize("case", [case for case in cases("enr", "record") if "must_fail" in case], ids=case_id)
def test_what_is_refused(case: Case) -> None:
    with pytest.raises(RemoteError):
        NodeRecord.parse(case["text"])
    if case["rlp"] is not None:
        with pytest.raises(RemoteError):
            NodeRecord.decode(unhex(case["rlp"]))


@pytest.mark.parametrize("case", cases("enr", "record_text_oddity"), ids=case_id)
def test_a_record_has_one_text(case: Case) -> None:
    """overlay.md §11: the reference takes several."""
    with pytest.raises(RemoteError):
        NodeRecord.parse(case["text"])
    assert NodeRecord.parse(case["canonical_text"]).seq == case["seq"]


@pytest.mark.parametrize("case", cases("enr", "update"), ids=case_id)
def test_a_signed_record_that_is_changed_gets_the_next_number(case: Case) -> None:
    """The reference changes a record in several steps and signs then; here a change is one step and is signed."""
    key = PrivateKey(unhex(case["private_key"]))
    changes: dict[bytes, rlp.Encodable | None] = {}
    record: NodeRecord | None = None
    for step in case["steps"]:
        if "value_rlp" in step:
            changes[step["key"].encode()] = rlp.decode(unhex(step["value_rlp"]))
        if step["op"] == "set":
            continue
        plain = {name: value for name, value in changes.items() if value is not None}
        record = NodeRecord.sign(key, 0, plain) if record is None else record.changed(key, changes)
        changes = {}
        assert (record.seq, record.encoded) == (step["seq_after"], unhex(step["rlp"]))
    assert record is not None


@pytest.mark.parametrize("case", cases("enr", "local_node"), ids=case_id)
def test_the_own_record(case: Case) -> None:
    key, store = PrivateKey(unhex(case["private_key"])), MemoryRecordStore()
    values: dict[bytes, rlp.Encodable] = {}
    local: LocalRecord | None = None
    for step in case["steps"]:
        match step["op"].split():
            case ["create"]:
                local = LocalRecord(key, store, 0)
            case ["set", "static", "ip"]:
                values[b"ip"] = ipaddress.ip_address(step["ip"]).packed
            case ["set", "tcp", *_]:
                values[b"tcp"] = step["tcp"]
            case ["set", "fallback", "udp"]:
                values[b"udp"] = step["udp"]
            case ["delete", "tcp"]:
                del values[b"tcp"]
            case ["restart", *_]:
                local, values = LocalRecord(key, store, 0), {}
            case _:
                pytest.fail(step["op"])
        assert local is not None
        record = local.set(values)
        assert (record.seq, record.encoded) == (step["seq"], unhex(step["rlp"]))
