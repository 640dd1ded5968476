"""What a client handles in one transaction: as much as there is, but no turn of the event loop is long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from pystatus.client.command_queue import BATCH_SECONDS, MAX_BATCH, CommandQueue, Input
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

    def _handle(self, batch: Sequence[Input], is_enough: Callable[[], bool]) -> int:
        count, before = 0, sum(self.batches)
        for each in batch:
            if count and is_enough():
                break
            self._worked += self._cost(before + count)
            each.handle()
            count += 1
        self.batches.append(count)
        return count

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


async def test_one_input_that_takes_longer_is_a_transaction_of_its_own() -> None:
    worker = Worker(lambda _: 3 * BATCH_SECONDS)
    await worker.work_off(100)
    assert set(worker.batches) == {1}


def test_what_is_left_of_a_transaction_was_not_handled(tmp_path: Path) -> None:
    network = Network(tmp_path)
    messenger, handled = network.add("alice").messenger, list[int]()
    inputs = [partial(handled.append, number) for number in range(5)]
    outcomes, _ = messenger.run(inputs, network.now, lambda: len(handled) == 2)
    assert (handled, len(outcomes)) == ([0, 1], 2)
    outcomes, _ = messenger.run(inputs[2:], network.now, lambda: True)
    assert (handled, len(outcomes)) == ([0, 1, 2], 1)
    network.close()
