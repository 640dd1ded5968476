"""The description of a client's methods for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pystatus.rpc.client_api.calls import RESULTS
from pystatus.rpc.client_api.openrpc import document


@dataclass(frozen=True, slots=True)
class Unrelated:
    """What something else writes with the same converters."""

    name: str


def test_the_description_is_of_the_methods_and_the_events_alone() -> None:
    before = document()
    RESULTS.encode([Unrelated("seen")], Sequence[Unrelated])
    assert document() == before
    assert "MessageReceived" in before["components"]["schemas"]
