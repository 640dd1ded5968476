"""What has to happen in the world once a transaction has committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pystatus.messenger.events import Event
from pystatus.waku.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Publish:
    """Give ``envelope`` to the relays."""

    envelope: Envelope


@dataclass(frozen=True, slots=True)
class InterestChanged:
    """Ask the relays for envelopes of exactly these topics (4 bytes each)."""

    topics: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """Ask whoever keeps envelopes for those of ``topics`` (4 bytes each) that were sent since a Unix second."""

    topics: frozenset[bytes]
    since: float


@dataclass(frozen=True, slots=True)
class Notify:
    """Hand ``event`` to the user."""

    event: Event


@dataclass(frozen=True, slots=True)
class Continue:
    """Run the next part of an input that is too long for one transaction, before every other input. If it is never run,
    as after a crash, its sender finds it not acknowledged, and sends it again."""

    handle: Callable[[float], None]
    """Called inside a transaction, with Unix seconds."""


Effect: TypeAlias = Publish | InterestChanged | RequestHistory | Notify | Continue
