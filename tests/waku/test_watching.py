"""Several parties watch envelopes of one node, and none spoils what another wants."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.relay.subscriptions import Topics, Watches
from tests.waku.network import OTHER_TOPIC, TOPIC, envelope


def received(topic: bytes) -> EnvelopeReceived:
    return EnvelopeReceived(envelope(topic=topic), "peer")


def test_each_party_hears_of_its_own_topics() -> None:
    watches = Watches(lambda topics: None)
    alice: list[EnvelopeReceived] = []
    bob: list[EnvelopeReceived] = []
    everything: list[EnvelopeReceived] = []
    watches.open(alice.append).set_topics([TOPIC])
    watches.open(bob.append).set_topics([TOPIC, OTHER_TOPIC])
    watches.open(everything.append).set_topics(None)
    events = [received(TOPIC), received(OTHER_TOPIC), received(b"none")]
    for event in events:
        watches.deliver(event)
    assert (alice, bob, everything) == (events[:1], events[:2], events)


def test_a_party_may_hear_when_everything_has_come() -> None:
    watches = Watches(lambda topics: None)
    heard: list[object] = []
    watches.open(heard.append, lambda: heard.append("over")).set_topics([TOPIC])
    watches.open(lambda event: None).set_topics([TOPIC])
    events = [received(TOPIC), received(TOPIC)]
    for event in events:
        watches.deliver(event)
    watches.over()
    assert heard == [*events, "over"]


def test_the_union_changes_when_the_last_party_leaves_a_topic() -> None:
    asked: list[Topics] = []
    watches = Watches(asked.append)
    alice, bob = watches.open(lambda event: None), watches.open(lambda event: None)
    alice.set_topics([TOPIC])
    bob.set_topics([TOPIC])
    bob.set_topics([TOPIC, OTHER_TOPIC])
    bob.set_topics(None)
    bob.close()
    bob.close()
    assert watches.topics == frozenset({TOPIC})
    alice.set_topics([])
    assert asked == [{TOPIC}, {TOPIC, OTHER_TOPIC}, None, {TOPIC}, frozenset()]


def test_what_is_refused_changes_nothing() -> None:
    def refuse(topics: Topics) -> None:
        raise LocalError("too many")

    watch = Watches(refuse).open(lambda event: None)
    with pytest.raises(LocalError, match="too many"):
        watch.set_topics([TOPIC])
    watch.set_topics([])

    watch = Watches(lambda topics: None).open(lambda event: None)
    with pytest.raises(LocalError, match="A topic has 4 bytes"):
        watch.set_topics([b"too long"])
    watch.close()
    with pytest.raises(LocalError, match="closed"):
        watch.set_topics([TOPIC])
