"""What people are called here, for everything that shows a person, and whether the names that they claim are theirs.

What is known of a person's names is what contacts keep. It is read when it is asked for, many people at once: there is
no copy of it that could be older than the last commit.

ENS names are verified by whoever can ask the chain: every half a minute the names that are due are named as an effect,
and the answer comes back as a command (payloads.md §9). Where nobody can, an ENS name stays what somebody claims, and
is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pystatus import typed
from pystatus.account.names import (
    NOTHING_KNOWN,
    KnownNames,
    ShownName,
    is_ens_name,
    searched,
    shown_name,
    told_apart,
)
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.contact_records import ContactTables
from pystatus.messenger.effects import Notify, VerifyNames
from pystatus.messenger.features.contacts import ContactChanged, Contacts
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.wallet import Wallet
from pystatus.messenger.name_records import NameChange, OwnNameTables
from pystatus.messenger.own_names import OwnNames
from pystatus.messenger.own_profile import stored_name
from pystatus.messenger.records import Message
from pystatus.messenger.sent_records import SentTransaction
from pystatus.messenger.sent_transactions import SentTables
from pystatus.messenger.store import MessengerStore
from pystatus.vouched_time import is_due

VERIFY_SECONDS = 30
"""Between two times that names are looked up (payloads.md §9)."""
RETRY_SECONDS = 30
"""What the wait for the next try is made of: 30·r·2^r seconds after r of them (payloads.md §9)."""
MAX_RETRIES = 11
"""Tries after which a name is looked up no more, until its owner says another one (payloads.md §9)."""
MAX_LOOKED_UP = 32
"""Names that are looked up at once. Ours: strangers can claim as many as they like."""
MAX_CALLED = 500
"""People who are found by one name. Ours: who is called like that many others is not found by name."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of one person, as far as it decides what they are called."""

    names: KnownNames
    blocked: bool


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What the chain says of an ENS name that somebody claims."""

    person: PublicKey
    name: str
    owner: PublicKey | None
    """The chat key that the name leads to; ``None``: to none, or nobody has answered."""


class NameTables(OwnNameTables, Protocol):
    """The storage of this module. Identities are compressed keys (33 bytes), names in the form of
    :func:`~pystatus.account.names.searched`."""

    def known(self, identities: Sequence[bytes]) -> Mapping[bytes, Person]:
        """What decides what these people are called; nothing of those whose key alone does."""

    def holders(self, names: Sequence[str], limit: int) -> Sequence[tuple[str, bytes]]:
        """Who is called exactly so: at most ``limit`` for some two hundred names, contacts first."""

    def beginning(self, beginning: str, limit: int) -> Sequence[bytes]:
        """Contacts of whom a name begins so, by the first of these names."""

    def to_verify(self, now_s: int, limit: int) -> Sequence[tuple[PublicKey, str]]:
        """Names that it is time to look up, those of contacts first, then those that have waited longest."""


class NameReader:
    """How people are called, as the tables of a profile say it. Implements :class:`pystatus.account.names.Names`."""

    def __init__(self, own: PublicKey, store: MessengerStore) -> None:
        self._own = own
        self._store = store
        self.tables: NameTables = store.tables(Names)

    def known(self, identities: Sequence[bytes]) -> Mapping[bytes, Person]:
        """What decides what these people are called; nothing of those whose key alone does, and of ourselves our own
        name."""
        ours = Person(KnownNames(ens_name=stored_name(self._store)), blocked=False)
        return {**self.tables.known(identities), self._own.compressed: ours}

    def of(self, person: PublicKey) -> ShownName:
        """How somebody is called: nickname, verified ENS name, three words (account.md §10)."""
        return self.of_people((person,))[person]

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        """How several people are called, with two questions to the database, however many they are. Who is called like
        somebody else among them, or like somebody whom we know, is marked (:attr:`ShownName.shared`)."""
        wanted = {person.compressed: person for person in people}
        known = self.known(list(wanted))
        shown = {}
        for identity, person in wanted.items():
            kept = known.get(identity)
            shown[person] = shown_name(person, NOTHING_KNOWN if kept is None else kept.names, own=person == self._own)
        looked_up = {person: searched(name.name) for person, name in shown.items()}
        holders: dict[str, set[bytes]] = {}
        for name, identity in self.tables.holders(list(set(looked_up.values())), MAX_CALLED):
            holders.setdefault(name, set()).add(identity)
        others = {person for person, name in looked_up.items() if holders.get(name, set()) - {person.compressed}}
        return told_apart(shown, others)

    def called(self, name: str) -> Sequence[PublicKey]:
        """Who is called so among those whom we know: by nickname, verified ENS name or three words; small and capital
        letters are the same. Nobody who is blocked."""
        holders = self.tables.holders([searched(typed.name(name))], MAX_CALLED)
        return [PublicKey.from_bytes(identity) for identity in dict.fromkeys(identity for _, identity in holders)]


def people_on(messages: Iterable[Message]) -> Sequence[PublicKey]:
    """Who is to be named on a page: authors, and those who are mentioned."""
    people: dict[PublicKey, None] = {}
    for message in messages:
        people[message.author] = None
        if "@0x" in message.text:
            people.update(dict.fromkeys(message.mentions))
    return list(people)


class Names(Feature[NameTables]):
    """What people are called, and the verification of ENS names."""

    def __init__(self, core: Core, tables: NameTables, now: float) -> None:
        super().__init__(core, tables, now)
        self.reader = NameReader(core.own, core.store)
        """What everybody is called."""
        self.own = OwnNames(core.store, tables, core.batch, core.dispatch, core.random)
        """Ours, and what was sent to change a name."""
        self._looked_up_at: float | None = None

    # our own

    def transaction_changed(self, transaction: SentTransaction, now: float) -> None:
        """See :meth:`Feature.transaction_changed`."""
        self.own.transaction_changed(transaction, now)

    def changes(self) -> Sequence[NameChange]:
        """What was sent to change names, the newest first."""
        sent: SentTables = self._core.store.tables(Wallet)
        return self.own.changes(sent)

    # verification

    def next_timer(self) -> float | None:
        """When names are looked up again; never where nobody can."""
        if not self._core.config.verify_names:
            return None
        return 0.0 if self._looked_up_at is None else self._looked_up_at + VERIFY_SECONDS

    def on_timer(self, now: float) -> None:
        """Have the names looked up that are due (payloads.md §9)."""
        last = self._looked_up_at
        if not self._core.config.verify_names or (last is not None and not is_due(last, VERIFY_SECONDS, now)):
            return
        self._looked_up_at = now
        claims = self._tables.to_verify(int(now), MAX_LOOKED_UP)
        asked = [(person, name) for person, name in claims if is_ens_name(name)]
        for person, name in claims:
            if not is_ens_name(name):  # nobody can own it: nobody is asked
                self._note(NameAnswer(person, name, None), now)
        if asked:
            self._core.batch.add(VerifyNames(tuple(asked)))

    def verified(self, answers: Iterable[NameAnswer], now: float) -> None:
        """What :class:`~pystatus.messenger.effects.VerifyNames` came to. A name that its owner has changed meanwhile
        was not looked up.

        Implements: AC-17
        """
        for answer in answers:
            self._note(answer, now)

    def _note(self, answer: NameAnswer, now: float) -> None:
        before = self._contacts.contact(answer.person)
        if before is None or before.ens_name != answer.name or before.ens_verified:
            return
        verified = answer.owner == answer.person
        contact = replace(
            before,
            ens_verified=verified,
            ens_checked_s=int(now),
            ens_retries=before.ens_retries + (not verified),
        )
        self._contacts.save(contact)
        if verified:
            self._core.batch.add(Notify(ContactChanged(contact)))

    @property
    def _contacts(self) -> ContactTables:
        tables: ContactTables = self._core.store.tables(Contacts)
        return tables
