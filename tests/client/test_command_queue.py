"""What a client handles in one transaction: as much as there is, but no turn of the event loop is long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from pystatus.client.command_queue import BATCH_SECONDS, MAX_BATCH, OWN_BATCH_SECONDS, CommandQueue
from pystatus.messenger.batch import Outcome
from tests.support.people import Network

DEAR = BATCH_SECONDS / 10
"""Seconds for one input of a stranger."""


class Worker:
    """Handles batches, each input in so many seconds of a clock of its own."""

    def __init__(self, cost: Callable[[int], float]) -> None:
        self.batches: list[int] = []
        self._cost = cost
        self._worked = 0.0
        self.inputs = CommandQueue(self._handle, self._stop, clock=lambda: self._worked)

    def _handle(self, inputs: Iterable[Callable[[], Any]], settle: Callable[[Sequence[Outcome]], None]) -> None:
        outcomes: list[Outcome] = []
        before = sum(self.batches)
        for handle in inputs:
            self._worked += self._cost(before + len(outcomes))
            outcomes.append(Outcome(handle()))
        self.batches.append(len(outcomes))
        settle(outcomes)

    def _stop(self) -> None:
        raise AssertionError("nothing fails here")

    async def work_off(self, count: int) -> list[int]:
        """Hand over so many inputs at once; the order in which they were handled."""
        handled: list[int] = []
        over = asyncio.get_running_loop().create_future()
        for number in range(count):
            self.inputs.add(lambda number=number: handled.append(number))  # type: ignore[misc]
        self.inputs.when_handled(lambda: over.set_result(None))
        await over
        return handled


async def test_what_is_left_of_an_input_comes_before_every_other() -> None:
    """However many wait, and whatever comes meanwhile."""
    worker = Worker(lambda _: BATCH_SECONDS)
    handled: list[str] = []
    over = asyncio.get_running_loop().create_future()

    def long(name: str, left: int) -> None:
        handled.append(f"{name}{left}")
        worker.inputs.add(lambda: handled.append("another"))
        if left:
            worker.inputs.add_next(lambda: long(name, left - 1))

    for name in "ab":
        worker.inputs.add(lambda name=name: long(name, 3))  # type: ignore[misc]
    worker.inputs.when_handled(lambda: over.set_result(None))
    await over
    assert handled[:8] == ["a3", "a2", "a1", "a0", "b3", "b2", "b1", "b0"]


async def test_what_is_left_of_an_input_is_handled_before_the_end() -> None:
    worker = Worker(lambda _: DEAR)
    handled: list[int] = []

    def long(left: int) -> None:
        handled.append(left)
        if left:
            worker.inputs.add_next(lambda: long(left - 1))

    worker.inputs.add(lambda: long(3))
    worker.inputs.close()
    assert handled == [3, 2, 1, 0]


@pytest.mark.parametrize("cost", [0.0, DEAR, 10 * DEAR, 100 * DEAR])
async def test_everything_is_handled_in_its_order(cost: float) -> None:
    assert await Worker(lambda _: cost).work_off(1_000) == list(range(1_000))


async def test_cheap_inputs_share_transactions_as_large_as_they_may_be() -> None:
    worker = Worker(lambda _: 0.0)
    await worker.work_off(5_000)
    assert max(worker.batches) == MAX_BATCH
    assert len(worker.batches) < 20


async def test_no_transaction_of_dear_inputs_is_long() -> None:
    worker = Worker(lambda _: DEAR)
    await worker.work_off(1_000)
    assert max(worker.batches) * DEAR <= BATCH_SECONDS + DEAR


async def test_nor_is_one_of_dear_inputs_after_cheap_ones() -> None:
    """Else whoever sends cheap ones first would choose how long the next one is."""
    worker = Worker(lambda number: 0.0 if number < 3_000 else DEAR)
    await worker.work_off(5_000)
    assert max(worker.batches[-100:]) * DEAR <= BATCH_SECONDS + DEAR


async def test_what_the_user_asks_for_shares_longer_transactions() -> None:
    """A burst of texts to one person: each transaction would be an envelope, and a synchronisation of the disk."""
    worker = Worker(lambda _: DEAR)
    asked = [worker.inputs.submit(lambda: None) for _ in range(200)]
    await asyncio.gather(*asked)
    assert worker.batches[0] * DEAR > 4 * BATCH_SECONDS
    assert max(worker.batches) * DEAR <= OWN_BATCH_SECONDS + DEAR


async def test_but_not_where_one_of_them_is_not_theirs() -> None:
    worker = Worker(lambda _: DEAR)
    asked = [worker.inputs.submit(lambda: None) for _ in range(100)]
    worker.inputs.add(lambda: None)
    await asyncio.gather(*asked)
    assert worker.batches[0] * DEAR <= BATCH_SECONDS + DEAR


async def test_one_input_that_takes_longer_is_a_transaction_of_its_own() -> None:
    worker = Worker(lambda _: 3 * BATCH_SECONDS)
    await worker.work_off(100)
    assert set(worker.batches) == {1}


def test_what_is_left_of_a_transaction_was_not_handled(tmp_path: Path) -> None:
    network = Network(tmp_path)
    messenger, handled = network.add("alice").messenger, list[int]()
    inputs = (partial(handled.append, number) for number in range(5))
    outcomes, _ = messenger.run(islice(inputs, 2), network.now)
    assert (handled, len(outcomes)) == ([0, 1], 2)
    outcomes, _ = messenger.run(islice(inputs, 1), network.now)
    assert (handled, len(outcomes)) == ([0, 1, 2], 1)
    network.close()


async def test_what_came_together_is_handled_at_once_in_one_transaction() -> None:
    worker = Worker(lambda _: DEAR)
    handled: list[int] = []
    for number in range(3):
        worker.inputs.add(lambda number=number: handled.append(number))  # type: ignore[misc]
    worker.inputs.work()
    assert (handled, worker.batches) == ([0, 1, 2], [3])
    worker.inputs.work()
    await asyncio.sleep(0)
    assert worker.batches == [3], "nothing waits any more, in this turn or the next"


async def test_between_two_transactions_others_have_their_turn() -> None:
    worker = Worker(lambda _: BATCH_SECONDS)
    for _ in range(2):
        worker.inputs.add(lambda: None)
    worker.inputs.work()
    assert worker.batches == [1]
    await asyncio.sleep(0)
    assert worker.batches == [1, 1]
