"""Names of ENS that are ours: which there are, which one contacts see, and what was sent to the chain to change a name
(ethereum.md §4.2). Called inside transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pystatus.errors import LocalError
from pystatus.messenger.effects import LookUpNameChanges, Notify
from pystatus.messenger.name_records import (
    MAX_CHANGES,
    MAX_OWN_NAMES,
    MAX_PENDING,
    NameAction,
    NameChange,
    NameChangeSettled,
    NameChangeState,
    OwnName,
    OwnNamesChanged,
    OwnNameTables,
)
from pystatus.messenger.own_profile import OwnProfile, stored_name
from pystatus.messenger.profile_changing import change_profile
from pystatus.vouched_time import is_due

if TYPE_CHECKING:
    from pystatus.crypto.random import RandomSource
    from pystatus.messenger.batch import Batch
    from pystatus.messenger.dispatch import Dispatch
    from pystatus.messenger.store import MessengerStore

USERNAMES = "stateofus.eth"
"""Under it Status gives names."""
CHECK_SECONDS = 30
"""Between two times that the chain is asked what became of what waits. Ours: as often as for payments."""

SECRET_SIZE = 32
"""Bytes of what a name is reserved with: a number of the contract (ethereum.md §4.3)."""


def own_names(store: MessengerStore, tables: OwnNameTables) -> tuple[OwnName, ...]:
    """See :meth:`OwnNames.all`."""
    preferred = stored_name(store)
    return tuple(OwnName(name, chain_id, name == preferred) for chain_id, name in tables.own_names())


class OwnNames:
    """What the user has of names on the chain."""

    def __init__(
        self,
        store: MessengerStore,
        tables: OwnNameTables,
        batch: Batch,
        dispatch: Dispatch,
        random: RandomSource,
        *,
        has_endpoint: bool,
    ) -> None:
        """
        :param has_endpoint: there is a node of Ethereum that can be asked.
        """
        self._store = store
        self._tables = tables
        self._batch = batch
        self._dispatch = dispatch
        self._random = random
        self._has_endpoint = has_endpoint
        self._asked_at: float | None = None

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

    def changes(self) -> Sequence[NameChange]:
        """What was sent to change names: what waits first, each with the newest first."""
        return self._tables.changes(MAX_CHANGES)

    def pending(self) -> Sequence[NameChange]:
        """What waits."""
        return [one for one in self._tables.changes(MAX_PENDING) if one.state is NameChangeState.PENDING]

    def check_room(self) -> None:
        """
        :raises LocalError: too many changes wait already.
        """
        if len(self.pending()) >= MAX_PENDING:
            raise LocalError(f"{MAX_PENDING} changes of names wait for a block already. Wait until some are in one.")

    def sent(self, change: NameChange) -> NameChange:
        """A transaction was handed over: it is kept until the chain says what became of it."""
        self._tables.save_change(change)
        return change

    def settle(self, change: NameChange, state: NameChangeState, now: float) -> None:
        """The chain says what became of a transaction."""
        if state is NameChangeState.PENDING or all(one != change for one in self.pending()):
            return
        settled = replace(change, state=state)
        self._tables.save_change(settled)
        self._batch.add(Notify(NameChangeSettled(settled)))
        if state is not NameChangeState.DONE:
            return
        is_ours = any((one.name, one.chain_id) == (change.name, change.chain_id) for one in self.all())
        if change.action in (NameAction.REGISTER, NameAction.CONNECT) and len(self.all()) < MAX_OWN_NAMES:
            self.add(change.chain_id, change.name, now)
        elif change.action is NameAction.RELEASE and is_ours:
            self.remove(change.name, now, change.chain_id)

    def slash_secret(self, chain_id: int, name: str) -> bytes | None:
        """What was reserved with; ``None``: nothing was."""
        return self._tables.slash_secret(chain_id, name)

    def fresh_secret(self) -> bytes:
        """What can be reserved with."""
        return self._random(SECRET_SIZE)

    def keep_secret(self, chain_id: int, name: str, secret: bytes) -> None:
        """Keep what is reserved with, before anything is sent; one that is kept already stays."""
        if self._tables.slash_secret(chain_id, name) is None:
            self._tables.save_slash_secret(chain_id, name, secret)

    # time

    def next_timer(self) -> float | None:
        """When the chain is asked next; never where there is none, or nothing waits."""
        if not self._has_endpoint or not self.pending():
            return None
        return 0.0 if self._asked_at is None else self._asked_at + CHECK_SECONDS

    def on_timer(self, now: float) -> None:
        """Ask what became of what waits."""
        last = self._asked_at
        if not self._has_endpoint or (last is not None and not is_due(last, CHECK_SECONDS, now)):
            return
        waiting = tuple(self.pending())
        if waiting:
            self._asked_at = now
            self._batch.add(LookUpNameChanges(waiting))
