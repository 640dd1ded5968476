"""enode URLs as the two parsers of the reference read them, and where ours differs (overlay.md §1.2)."""

from __future__ import annotations

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.errors import LocalError
from tests.support.vectors import Case, case_id, cases, unhex

STATIC, BOOT = "v4_parser", "discv5_parser"

REFUSED = {
    5: "two UDP ports: the reference takes the first, a person meant one of them",
    12: "the reference overlooks DISCPORT, and asks the wrong port",
    18: "the end of an IPv6 address without brackets may be a port or not; only one of the two parsers takes it",
    34: "the parser for boot nodes finds out later that this is no key",
    35: "the parser for boot nodes finds out later that this is no key",
    36: "the parser for boot nodes finds out later that this is no key",
    37: "the parser for boot nodes finds out later that this is no key",
    69: "nobody writes a digit of a key percent-coded",
}
"""What the one parser or the other takes, and ours does not."""
TAKEN = {
    27: "0x before the digits, without a scheme, is as clear as with one",
    54: "a name is resolved when it is dialled: what does not exist now may exist then (overlay.md §1.2)",
    66: "white space around what was pasted",
    67: "white space around what was pasted",
    68: "white space around what was pasted",
}
"""What both refuse, and ours takes."""
NAMES = {53: "localhost", 54: "node.invalid"}
"""Hosts that stay names here."""


def reference(case: Case) -> Case:
    """The parser of the two that takes it, or else the one for static nodes."""
    found: Case = case[BOOT] if case[BOOT]["accepted"] and not case[STATIC]["accepted"] else case[STATIC]
    return found


@pytest.mark.parametrize("case", cases("enode"), ids=case_id)
def test_how_it_is_read(case: Case) -> None:
    expected, number = reference(case), case["id"]
    is_taken = (expected["accepted"] or number in TAKEN) and number not in REFUSED
    if not is_taken:
        with pytest.raises(LocalError, match="is not an enode address"):
            Enode.parse(case["url"])
        return
    enode = Enode.parse(case["url"])
    assert Enode.parse(str(enode)) == enode
    if not expected["accepted"]:
        assert enode.node_id.hex() in case["url"].lower()
        return
    assert enode.node_id == unhex(expected["public_key"])
    assert enode.node_address == unhex(expected["node_address"])
    assert enode.host == NAMES.get(number, expected["ip"])
    assert (enode.port, enode.udp_port) == (expected["tcp"], expected["udp"])
    assert str(enode) == expected["url_out"].replace(expected["ip"] or "@", NAMES.get(number, expected["ip"] or "@"))


@pytest.mark.parametrize("number", [*REFUSED, *TAKEN])
def test_the_exceptions_are_exceptions(number: int) -> None:
    (case,) = [case for case in cases("enode") if case["id"] == number]
    assert reference(case)["accepted"] == (number in REFUSED)


@pytest.mark.parametrize(
    "case", [case for case in cases("enode") if case[BOOT]["accepted"] and case["id"] not in REFUSED], ids=case_id
)
def test_which_can_be_boot_nodes(case: Case) -> None:
    verdict = case[BOOT]["usable_as_boot_node"]
    problem = Enode.parse(case["url"]).bootnode_problem
    words = {
        "yes": None,
        "no: incomplete node": "it does not say where",
        "no: missing UDP port": "UDP port",
        "no: missing TCP port": "TCP port",
        "no: invalid IP (multicast/unspecified)": "no single host",
    }[verdict]
    assert (problem is None) if words is None else (words in str(problem))


def test_a_name_may_turn_out_to_be_a_boot_node() -> None:
    (case,) = [case for case in cases("enode") if case["id"] == 53]
    assert Enode.parse(case["url"]).bootnode_problem is None
