"""What several time servers say together: the median of those that agree, if they are more than half of all."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pystatus.records import dataclass

AGREEING_WITHIN = 2.0
"""Seconds by which a server may be away from the median and agree with it. Ours: of an answer that took two seconds in
one direction alone the offset is wrong by one, in either direction, and envelopes are refused from 10 on."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Time servers of one mind."""

    offset: float
    """Seconds that their time is ahead of ours: the median."""
    servers: int
    """How many they are."""


def quorum(asked: int) -> int:
    """Of how many servers the agreement is needed: more than half of those that were asked. Of four it is three, as in
    status-go v0.64.0, which allows one of its four to fail."""
    return asked // 2 + 1


def agreement(offsets: Sequence[float], asked: int) -> Agreement | None:
    """What is believed of the answers of one round; ``None``: nothing.

    A server that is silent, and one that says what others do not, count as asked and not as agreeing. So a minority
    that lies changes nothing but which of the honest answers is in the middle; where it is no minority, or others are
    silent, nothing is believed.

    :param offsets: one of each server with a good answer, seconds.
    :param asked: the servers that there are.
    """
    if len(offsets) < quorum(asked):
        return None
    middle = median(offsets)
    agreeing = [offset for offset in offsets if abs(offset - middle) <= AGREEING_WITHIN]
    if len(agreeing) < quorum(asked):
        return None
    return Agreement(median(agreeing), len(agreeing))
