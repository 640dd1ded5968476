"""What a stranger sends makes us look up what it is about, and never go through a whole table: the work for a message
does not grow with what others have left (A53, A54)."""

from __future__ import annotations

import re

import pytest

from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.unknown_payloads import UnknownPayloads
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateEvent
from pystatus.payloads.kinds import EventType, InvitationState, MessageType, PayloadType, ReactionType
from pystatus.payloads.messages import EmojiReaction
from pystatus.payloads.transactions import DeclineRequestTransaction, RequestTransaction, SendTransaction
from pystatus.payloads.wrapper import wrap
from tests.adversary.hostile import Stranger
from tests.messenger.test_group_arrivals import sent_by, strange_group, update_by
from tests.messenger.test_groups import create
from tests.support.people import Network, Person

SMALL = {
    "groups": "one row for each group, invitations of strangers bounded: group_invitations.MAX_INVITATIONS",
    "decryption_failures": "16 rows for each of 512 devices, 32 of strangers: decryption_failures.MAX_DEVICES",
    "transaction_announcements": "1,200 rows: announcements.MAX_KNOWN and MAX_STRANGERS",
    "CONSTANT ROW": "no table",
}
"""What is gone through, and why it may be."""


class Statements:
    """What is asked of somebody's database within the block."""

    def __init__(self, person: Person) -> None:
        self._connection = person.database.connection
        self._said: set[str] = set()

    def __enter__(self) -> Statements:
        self._connection.set_trace_callback(self._said.add)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.set_trace_callback(None)

    def scans(self) -> dict[str, str]:
        """Each table that is gone through as a whole, with one of the statements that do."""
        assert len(self._said) > 10
        found = {}
        for statement in self._said:
            if not re.match(r"\s*(SELECT|DELETE|UPDATE|INSERT|WITH)\b", statement) or "fts5" in statement:
                continue
            for *_, step in self._connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
                match = re.match(r"SCAN (CONSTANT ROW|\S+)", step)
                if match is not None:
                    found[match[1]] = statement
        return found


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "somebody we know"])
def test_no_message_makes_us_go_through_a_table(network: Network, *, known: bool) -> None:
    alice = network.add("alice")
    alice.join("status")
    mine = create(alice, "harbour", network.add("bob"))
    sender = Stranger(network.now)
    if known:
        alice.do(lambda: alice.store.people.add_known(sender.key.compressed))
    alice.receive(sender.text(alice.key, "what is loaded and counted once"))
    now = int(network.now * 1000)

    def private(payload: object) -> None:
        alice.receive(
            sender.private(alice.key, wrap(payload.encode(), payload.TYPE, sender.identity))  # type: ignore[attr-defined]
        )

    with Statements(alice) as statements:
        alice.receive(sender.text(alice.key, "hello"))
        private(RequestTransaction(now, f"0x{bytes(20).hex()}", "1"))
        private(DeclineRequestTransaction(now, f"0x{bytes(32).hex()}"))
        private(SendTransaction(now, "", f"0x{bytes(32).hex()}", bytes(65)))
        alice.receive(sender.public(wrap(b"from the future", 31, sender.identity)))
        update = strange_group(sender, alice.key)
        alice.receive(sent_by(sender, alice.key, update))
        rename = MembershipUpdateEvent(now + 9, (), "another", EventType.NAME_CHANGED)
        more = update_by(sender.identity, update.chat_id, rename)
        alice.receive(sent_by(sender, alice.key, update_by(sender.identity, update.chat_id)))
        alice.receive(sent_by(sender, alice.key, type(update)(update.chat_id, (*update.events, *more.events))))
        private(GroupChatInvitation(now, mine.id, "It is me.", InvitationState.REQUEST))
        private(
            EmojiReaction(
                clock=now, chat_id=alice.key.hex, message_id=f"0x{bytes(32).hex()}",
                message_type=MessageType.ONE_TO_ONE, type=ReactionType.LOVE,
            )
        )  # fmt: skip
    assert alice.store.tables(Groups).requests(mine.id), "everything has come"
    assert alice.messenger.feature(UnknownPayloads).listed()
    assert {event.raw for event in alice.store.tables(Groups).events(update.chat_id)} > set(update.events)
    assert PayloadType.EMOJI_REACTION == EmojiReaction.TYPE
    assert {table: statement for table, statement in statements.scans().items() if table not in SMALL} == {}


def test_what_is_not_understood_is_counted_by_an_index(network: Network) -> None:
    """Without what is kept of each payload being read: 16 MiB."""
    alice = network.add("alice")
    with Statements(alice) as statements:
        tables = alice.store.tables(UnknownPayloads)
        tables.held(of_strangers=True)
        plan = [
            step
            for statement in statements._said
            for *_, step in alice.database.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        ]
    assert plan == ["SEARCH unknown_payloads USING COVERING INDEX unknown_payloads_by_size (of_stranger=?)"]
