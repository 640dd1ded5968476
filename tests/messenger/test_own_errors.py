"""What others send makes us do something that we cannot do: it ends that one thing, and nothing beside it."""

from __future__ import annotations

from typing import Any

import pytest

from pystatus.datasync.codec import Payload, SyncMessage
from pystatus.datasync.ids import one_to_one_group_id
from pystatus.errors import LocalError
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.reactions import Reactions
from pystatus.payloads import registry
from pystatus.payloads.kinds import MessageType, PayloadType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.adversary.test_a39_group_floods import meeting
from tests.messenger.test_group_arrivals import sent_by
from tests.messenger.test_groups import group_of, groups, state
from tests.support.people import Network


def unable(*_: object, **__: object) -> Any:
    raise LocalError("The message is too large.")


def test_one_message_is_undone_alone(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it had stored, and what it had to tell."""
    alice, friend = network.add("alice"), Stranger(network.now)
    friend.meets(alice.secure)
    received = Messages.receive

    def sometimes(self: Messages, payload: Any, incoming: Any) -> None:
        received(self, payload, incoming)
        if payload.text == "first":
            unable()

    monkeypatch.setattr(Messages, "receive", sometimes)
    group = one_to_one_group_id(friend.key, alice.key)
    messages = tuple(
        SyncMessage(group, number, friend.wrap(friend.private_message(alice.key, text)))
        for number, text in enumerate(("first", "second"))
    )
    envelope = friend.private(alice.key, Payload(messages=messages).encode())
    alice.receive(envelope)
    assert alice.heard == ["second"]
    assert [message.text for message in alice.store.messages(friend.key.hex, 10)] == ["second"]
    assert alice.store.is_seen(envelope.hash)


def test_a_profile_opens_whatever_was_kept_in_it(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {kind: payload for kind, payload in registry.PAYLOADS.items() if kind != PayloadType.EMOJI_REACTION}
    alice, friend = network.add("alice"), Stranger(network.now)
    alice.join("status")
    with monkeypatch.context() as older:
        older.setattr("pystatus.messenger.receiving.PAYLOADS", before)
        for number in range(2):
            reaction = EmojiReaction(int(network.now * 1000), "status", f"0x{number:064x}", MessageType.PUBLIC_GROUP, 1)
            alice.receive(friend.public(wrap(reaction.encode(), PayloadType.EMOJI_REACTION, friend.identity)))
    tried: list[object] = []

    def taken(_: Reactions, payload: object, __: object) -> None:
        tried.append(payload)
        unable()

    monkeypatch.setattr(Reactions, "receive", taken)
    alice.restart()
    assert len(tried) == 2
    alice.restart()
    assert len(tried) == 2, "it is not tried at each start"


def test_the_news_of_a_group_counts_though_its_history_cannot_be_sent(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, (alice, bob, carol) = group_of(network, "alice", "bob", "carol")
    alice.do(lambda: groups(alice).promote(chat.id, [carol.key], network.now))
    network.wait(1)
    admin = Stranger(network.now, carol.identity)
    monkeypatch.setattr(groups(bob)._core.sender, "send_to", unable)
    bob.receive(sent_by(admin, bob.key, meeting(bob, chat, admin, 1)))
    assert state(bob, chat)[0] == "harbour 1"
    assert groups(bob).next_timer() is None
