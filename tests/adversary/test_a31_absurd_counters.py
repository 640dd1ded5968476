"""A31: ratchet header with N or PN = 2^31, or a skip over the limit.

Expected: refused with no derivation done.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.secure_transport import ratchet
from pystatus.secure_transport.config import MAX_SKIP
from pystatus.secure_transport.errors import TooManySkipped, Undecryptable
from pystatus.secure_transport.messages import DirectMessage
from pystatus.secure_transport.ratchet import RatchetHeader
from tests.secure_transport.party import Party
from tests.secure_transport.test_ratchet import Side, pair
from tests.secure_transport.test_sessions import entry_of, exchange, with_entry

__all__ = ["pair"]  # a fixture


@pytest.mark.parametrize(("n", "pn"), [(2**31, 0), (0, 2**31), (1_002, 0), (0, 1_002), (2**32 - 1, 2**32 - 1)])
def test_a_huge_number_is_refused_before_anything_is_derived(
    pair: tuple[Side, Side], n: int, pn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = pair
    header, payload = bob.send(b"x")
    stranger = PrivateKey.generate(os.urandom).public_key.compressed

    def never(*_: object) -> tuple[bytes, bytes]:
        raise AssertionError("a key was derived")

    monkeypatch.setattr(ratchet, "root_step", never)
    with pytest.raises(TooManySkipped):
        ratchet.decrypt(alice.state, RatchetHeader(stranger, n, pn), payload, os.urandom)
    if n:
        monkeypatch.setattr(ratchet, "chain_step", never)
        with pytest.raises(TooManySkipped):
            ratchet.decrypt(alice.state, RatchetHeader(header.key, n, pn), payload, os.urandom)


def count_derivations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the ratchet derives from now on."""
    derived: list[str] = []
    for name in ("root_step", "chain_step"):
        step: Callable[..., tuple[bytes, bytes]] = getattr(ratchet, name)

        def counting(*arguments: bytes, name: str = name, step: Callable[..., tuple[bytes, bytes]] = step) -> object:
            derived.append(name)
            return step(*arguments)

        monkeypatch.setattr(ratchet, name, counting)
    return derived


def changed(entry: DirectMessage, **header: object) -> DirectMessage:
    assert entry.ratchet is not None
    return replace(entry, ratchet=replace(entry.ratchet, **header))  # type: ignore[arg-type]


NEW_KEY = PrivateKey(b"\x09" * 32).public_key.compressed


@pytest.mark.parametrize(
    "header",
    [
        {"n": 2**31},
        {"n": 2**32 - 1},
        {"n": MAX_SKIP + 3},
        {"key": NEW_KEY, "n": 2**31},
        {"key": NEW_KEY, "pn": 2**31},
        {"key": NEW_KEY, "pn": MAX_SKIP + 3},
        {"key": NEW_KEY, "n": 2**31, "pn": 2**31},
    ],
    ids=str,
)
def test_in_a_running_conversation(
    alice: Party, bob: Party, header: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.meets(bob)
    exchange(alice, bob, b"1")
    exchange(bob, alice, b"2")
    exchange(alice, bob, b"3")
    data = alice.send(bob, b"4").data
    with monkeypatch.context() as patch:
        derived = count_derivations(patch)
        problem = bob.refuse(alice, with_entry(data, changed(entry_of(data), **header)))
        assert isinstance(problem, TooManySkipped)
        assert derived == []
    assert bob.receive(alice, data).payload == b"4"


@pytest.mark.parametrize("header", [{"n": 2**31}, {"pn": 2**31}, {"n": MAX_SKIP + 1}], ids=str)
def test_in_a_first_message(alice: Party, bob: Party, header: dict[str, object]) -> None:
    """There is no session yet, and there is none afterwards."""
    alice.meets(bob)
    bob.meets(alice)
    data = alice.send(bob, b"hello").data
    assert isinstance(bob.refuse(alice, with_entry(data, changed(entry_of(data), **header))), Undecryptable)
    assert bob.sessions(alice, entry_of(data).bundle_id) == []
    assert bob.receive(alice, data).payload == b"hello"


def test_the_limit_itself_is_honoured(alice: Party, bob: Party) -> None:
    alice.meets(bob)
    messages = [alice.send(bob, b"%d" % number).data for number in range(MAX_SKIP + 1)]
    assert bob.receive(alice, messages[-1]).payload == b"%d" % MAX_SKIP
    assert bob.receive(alice, messages[0]).payload == b"0"
