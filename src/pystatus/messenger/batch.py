"""Inputs in, effects out: several inputs share one durable transaction, each with a savepoint of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pystatus.errors import StatusError
from pystatus.messenger.effects import Continue, Effect, InterestChanged
from pystatus.messenger.store import MessengerStore


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one input came to: a result, or the error that undid it."""

    result: Any = None
    error: StatusError | None = None


def never() -> bool:
    """It is not enough yet."""
    return False


class Batch:
    """Runs inputs and collects their effects.

    Committing once for many inputs is what makes durable storage fast: the disk is asked to synchronise once a batch.
    """

    def __init__(self, store: MessengerStore) -> None:
        self._store = store
        self._effects: list[Effect] = []

    def add(self, effect: Effect) -> None:
        """Called by an input while it runs: ``effect`` is due if the transaction commits."""
        self._effects.append(effect)

    def run(
        self,
        inputs: Sequence[Callable[[], Any]],
        finish: Callable[[], None],
        is_enough: Callable[[], bool] = never,
    ) -> tuple[list[Outcome], list[Effect]]:
        """Handle ``inputs`` in one transaction, and then do, once for all of them, what ``finish`` does.

        :param is_enough: asked before each input but the first; from there on nothing is handled, and has no outcome.

        An input that raises a :class:`StatusError` is undone alone; every other exception undoes all and is raised.
        One that is to be continued is the last one: what is left of it comes first, so nobody makes more than one wait.

        :raises StorageError: nothing of it happened.

        Implements: ST-52
        """
        outcomes: list[Outcome] = []
        self._effects = []
        with self._store.transaction():
            for handle in inputs:
                if outcomes and is_enough():
                    break
                mark = len(self._effects)
                try:
                    with self._store.savepoint():
                        outcomes.append(Outcome(result=handle()))
                except StatusError as error:
                    del self._effects[mark:]
                    outcomes.append(Outcome(error=error))
                if any(isinstance(effect, Continue) for effect in self._effects[mark:]):
                    break
            finish()
        effects, self._effects = self._effects, []
        return outcomes, _without_superseded(effects)


def _without_superseded(effects: list[Effect]) -> list[Effect]:
    """Relays are told the last interest alone: each costs 4 bytes for every topic, to every relay (attack A54). It
    keeps the first place, as what is published after that may be answered there."""
    interests = [effect for effect in effects if isinstance(effect, InterestChanged)]
    if len(interests) < 2:
        return effects
    first = effects.index(interests[0])
    others = [effect for effect in effects if not isinstance(effect, InterestChanged)]
    return [*others[:first], interests[-1], *others[first:]]
