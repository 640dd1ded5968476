"""Names of ENS that are ours: which there are, which one contacts see, and what was sent to the chain to change a name
(ethereum.md §4.2). Called inside transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pystatus.errors import LocalError
from pystatus.messenger.effects import Notify
from pystatus.messenger.name_records import (
    MAX_CHANGES,
    MAX_DRAFTS,
    MAX_OWN_NAMES,
    MAX_SLASHES,
    NameAction,
    NameChange,
    NameDrafted,
    OwnName,
    OwnNamesChanged,
    OwnNameTables,
)
from pystatus.messenger.own_profile import OwnProfile, stored_name
from pystatus.messenger.profile_changing import change_profile
from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.sent_transactions import SentTables

if TYPE_CHECKING:
    from pystatus.crypto.random import RandomSource
    from pystatus.messenger.batch import Batch
    from pystatus.messenger.dispatch import Dispatch
    from pystatus.messenger.store import MessengerStore

USERNAMES = "stateofus.eth"
"""Under it Status gives names."""

SECRET_SIZE = 32
"""Bytes of what a name is reserved with: a number of the contract (ethereum.md §4.3)."""


def own_names(store: MessengerStore, tables: OwnNameTables) -> tuple[OwnName, ...]:
    """See :meth:`OwnNames.all`."""
    preferred = stored_name(store)
    return tuple(OwnName(name, chain_id, name == preferred) for chain_id, name in tables.own_names())


def name_changes(tables: OwnNameTables, sent: SentTables) -> list[NameChange]:
    """What was sent to change names, the newest first, of what the wallet still knows.

    :param sent: of the wallet.
    """
    found = ((sent.sent_transaction(name), change) for name, change in tables.name_changes(MAX_CHANGES))
    return [
        NameChange(change.action, change.name, change.value, transaction)
        for transaction, change in found
        if transaction is not None
    ]


class OwnNames:
    """What the user has of names on the chain."""

    def __init__(
        self,
        store: MessengerStore,
        tables: OwnNameTables,
        batch: Batch,
        dispatch: Dispatch,
        random: RandomSource,
    ) -> None:
        self._store = store
        self._tables = tables
        self._batch = batch
        self._dispatch = dispatch
        self._random = random
        self._drafts: dict[bytes, NameDrafted] = {}
        """By the ids of drafts; the oldest go."""

    # names

    def all(self) -> tuple[OwnName, ...]:
        """Our names, in the order in which they came; one is preferred if contacts see it."""
        return own_names(self._store, self._tables)

    def add(self, chain_id: int, name: str, now: float) -> OwnName:
        """Have a name; contacts see the first one.

        :raises LocalError: there are too many.
        """
        held = self.all()
        known = next((one for one in held if (one.name, one.chain_id) == (name, chain_id)), None)
        if known is not None:
            return known
        if len(held) >= MAX_OWN_NAMES:
            raise LocalError(f"At most {MAX_OWN_NAMES} names are kept here. Remove one first.")
        self._tables.add_own_name(chain_id, name)
        if not stored_name(self._store):
            self._show(name, now)
        self._changed()
        return next(one for one in self.all() if (one.name, one.chain_id) == (name, chain_id))

    def prefer(self, name: str, now: float) -> None:
        """Let contacts see this one of our names.

        :param name: empty: none of them.
        :raises LocalError: it is not among them.
        """
        self._show(self._meant(name)[0].name if name else "", now)
        self._changed()

    def remove(self, name: str, now: float, chain_id: int | None = None) -> None:
        """Forget a name here; if contacts see it, they see the next one.

        :param chain_id: of which chain; ``None``: of all.
        :raises LocalError: it is not among ours.
        """
        gone = [one for one in self._meant(name) if chain_id in (None, one.chain_id)]
        for one in gone:
            self._tables.forget_own_name(one.chain_id, one.name)
        left = self.all()
        if gone[0].is_preferred and all(one.name != gone[0].name for one in left):
            self._show(left[0].name if left else "", now)
        self._changed()

    def _meant(self, text: str) -> Sequence[OwnName]:
        """Those of our names that are called so: without a dot it is one that Status gives.

        :raises LocalError: there is none.
        """
        wanted = (text if "." in text else f"{text}.{USERNAMES}").lower()
        found = [one for one in self.all() if one.name == wanted]
        if not found:
            raise LocalError("This is none of your names here. List them with: pystatus name list")
        return found

    def _show(self, name: str, now: float) -> None:
        change_profile(OwnProfile(self._store, self._batch), self._dispatch, now, ens_name=name)

    def _changed(self) -> None:
        self._batch.add(Notify(OwnNamesChanged(self.all())))

    # changes

    def drafted(self, draft_id: bytes, change: NameDrafted) -> None:
        """A transaction was drafted: what it would do is remembered until it is sent."""
        while len(self._drafts) >= MAX_DRAFTS:
            del self._drafts[next(iter(self._drafts))]
        self._drafts[draft_id] = change

    def transaction_changed(self, transaction: SentTransaction, now: float) -> None:
        """See :meth:`pystatus.messenger.features.feature.Feature.transaction_changed`. One that takes the place of
        another with a higher fee does the same."""
        change = self._tables.name_change(transaction.hash)
        if change is None:
            change = self._drafts.get(transaction.draft_id) or self._replaced(transaction)
            if change is not None:
                self._tables.save_name_change(transaction.hash, change, MAX_CHANGES)
        if change is not None and transaction.state is SentState.MINED:
            self._done(change, transaction.chain_id, now)

    def _replaced(self, transaction: SentTransaction) -> NameDrafted | None:
        """What a transaction does that takes the place of another one; one that cancels it has no data."""
        if transaction.replaces is None or not transaction.data:
            return None
        return self._tables.name_change(transaction.replaces)

    def _done(self, change: NameDrafted, chain_id: int, now: float) -> None:
        held = self.all()
        is_ours = any((one.name, one.chain_id) == (change.name, chain_id) for one in held)
        if change.action in (NameAction.REGISTER, NameAction.CONNECT) and len(held) < MAX_OWN_NAMES:
            self.add(chain_id, change.name, now)
        elif change.action is NameAction.RELEASE and is_ours:
            self.remove(change.name, now, chain_id)

    def changes(self, sent: SentTables) -> Sequence[NameChange]:
        """See :func:`name_changes`."""
        return name_changes(self._tables, sent)

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with; ``None``: nothing was."""
        return self._tables.slash_secret(chain_id, name)

    def fresh_secret(self) -> bytes:
        """What can be reserved with."""
        return self._random(SECRET_SIZE)

    def keep_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Keep what is reserved with, before anything is sent; one that is kept already stays.

        :raises LocalError: too many names are reserved.
        """
        if self._tables.slash_secret(chain_id, name) is not None:
            return
        if self._tables.slash_count() >= MAX_SLASHES:
            raise LocalError(f"At most {MAX_SLASHES} names are reserved from one profile. Nothing was done.")
        self._tables.save_slash_secret(chain_id, name, secret)
