"""What a client handles in one transaction: as much as there is, but no turn of the event loop is long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from pystatus.client.command_queue import BATCH_SECONDS, FIRST_BATCH, MAX_BATCH, CommandQueue, Input

DEAR = BATCH_SECONDS / 10
"""Seconds for one input of a stranger."""


class Worker:
    """Handles batches, each input in so many seconds of a clock of its own."""

    def __init__(self, cost: Callable[[int], float]) -> None:
        self.batches: list[int] = []
        self._cost = cost
        self._worked = 0.0
        self.inputs = CommandQueue(self._handle, self._stop, clock=lambda: self._worked)

    def _handle(self, batch: Sequence[Input]) -> None:
        self._worked += sum(self._cost(sum(self.batches) + number) for number in range(len(batch)))
        self.batches.append(len(batch))
        for each in batch:
            each.handle()

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


@pytest.mark.parametrize("cost", [0.0, DEAR, 10 * DEAR, 100 * DEAR])
async def test_everything_is_handled_in_its_order(cost: float) -> None:
    assert await Worker(lambda _: cost).work_off(1_000) == list(range(1_000))


async def test_cheap_inputs_share_transactions_as_large_as_they_may_be() -> None:
    worker = Worker(lambda _: 0.0)
    await worker.work_off(5_000)
    assert worker.batches[0] == FIRST_BATCH
    assert max(worker.batches) == MAX_BATCH
    assert len(worker.batches) < 20


async def test_no_transaction_of_dear_inputs_is_long() -> None:
    worker = Worker(lambda _: DEAR)
    await worker.work_off(1_000)
    assert max(worker.batches[1:]) * DEAR <= 2 * BATCH_SECONDS


async def test_dear_inputs_after_cheap_ones_cost_one_long_transaction_at_most() -> None:
    worker = Worker(lambda number: 0.0 if number < 3_000 else DEAR)
    await worker.work_off(5_000)
    spent = [size * DEAR for size in worker.batches[-100:]]
    assert sum(seconds > 2 * BATCH_SECONDS for seconds in spent) <= 1


async def test_one_input_that_takes_longer_is_a_transaction_of_its_own() -> None:
    worker = Worker(lambda _: 3 * BATCH_SECONDS)
    await worker.work_off(100)
    assert set(worker.batches[1:]) == {1}
