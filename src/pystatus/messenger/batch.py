"""Inputs in, effects out: several inputs share one durable transaction, each with a savepoint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pystatus.errors import StatusError
from pystatus.messenger.effects import Continue, Effect, InterestChanged, Notify
from pystatus.messenger.store import MessengerStore
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input came to: a result, or the error that undid it."""

    result: Any = None
    error: StatusError | None = None


class Batch:
    """Runs inputs and collects their effects.

    Committing once for many inputs is what makes durable storage fast: the disk is asked to synchronise once a batch.
    """

    def __init__(self, store: MessengerStore) -> None:
        from pystatus.messenger.journal import Journal  # what only reads a profile loads nothing of it

        self._store = store
        self._journal = Journal(store.journal, store)
        self._effects: list[Effect] = []
        self.add: Callable[[Effect], None] = self._effects.append
        """Called by an input while it runs: the effect is due if the transaction commits."""

    def run(
        self, inputs: Iterable[Callable[[], Any]], finish: Callable[[], None]
    ) -> tuple[list[Outcome], list[Effect]]:
        """Handle ``inputs`` in one transaction, and then do, once for all of them, what ``finish`` does.

        :param inputs: each is asked for when the one before is done: where they end early, the rest is not handled.

        An input that raises a :class:`StatusError` is undone alone; every other exception undoes all and is raised.
        One that is to be continued is the last one: what is left of it comes first, so nobody makes more than one wait.

        :raises StorageError: nothing of it happened.

        Implements: ST-52
        """
        outcomes: list[Outcome] = []
        self._effects.clear()
        with self._store.transaction():
            for handle in inputs:
                mark = len(self._effects)
                try:
                    with self._store.savepoint():  # as part() does
                        outcomes.append(Outcome(result=handle()))
                except StatusError as error:
                    del self._effects[mark:]
                    outcomes.append(Outcome(error=error))
                if any(isinstance(effect, Continue) for effect in self._effects[mark:]):
                    break
            finish()
            self._write_journal()
        self._drop_superseded()
        effects = self._effects.copy()
        self._effects.clear()
        return outcomes, effects

    @contextmanager
    def part(self) -> Iterator[None]:
        """Inside a transaction: what is stored and named in here is undone alone when a :class:`StatusError` leaves
        it."""
        mark = len(self._effects)
        try:
            with self._store.savepoint():
                yield
        except StatusError:
            del self._effects[mark:]
            raise

    def _write_journal(self) -> None:
        """What the user is told is stored with what it is about: who reads it later misses nothing."""
        effects = self._effects
        told = [(place, effect.event) for place, effect in enumerate(effects) if isinstance(effect, Notify)]
        if told:
            first = self._journal.write([event for _, event in told])
            for cursor, (place, event) in enumerate(told, first):
                effects[place] = Notify(event, cursor)

    def _drop_superseded(self) -> None:
        """Relays are told the last interest alone: each costs 4 bytes for every topic, to every relay (attack A54). It
        keeps the first place, as what is published after that may be answered there."""
        effects = self._effects
        first, *others = [place for place, effect in enumerate(effects) if isinstance(effect, InterestChanged)] or [0]
        if others:
            effects[first] = effects[others[-1]]
            for place in reversed(others):
                del effects[place]
