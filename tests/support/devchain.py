"""The embedded chain in tests: one for a module, put back after each test, and asked without a socket."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pystatus.account.address import address_of
from pystatus.chain.endpoint import Endpoint
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain.chain import DevChain
from pystatus.devchain.deployment import Contracts, set_up
from pystatus.devchain.methods import Methods
from pystatus.devchain.sending import transact
from pystatus.ethereum.plan import Plan, Question, Refusal
from pystatus.ethereum.transactions import Payment
from tests.ethereum.plans import Asked

T = TypeVar("T")

STARTED = 1_700_000_000
"""The time when it begins, Unix seconds; it passes by a second a block, or as a test says."""


class InMemory:
    """Carries questions to the chain without a socket."""

    def __init__(self, methods: Methods) -> None:
        self._methods = methods

    async def exchange(self, body: bytes) -> bytes:
        return self._methods.answer(body)

    async def close(self) -> None:
        pass


@dataclass
class Chain:
    """The chain with its contracts."""

    dev: DevChain
    methods: Methods
    contracts: Contracts

    @property
    def keys(self) -> list[PrivateKey]:
        return self.dev.keys

    def address(self, index: int) -> bytes:
        """Of an account that has money."""
        return address_of(self.keys[index].public_key)

    def answer(self, question: Question) -> object:
        """Answers a plan."""
        import json

        call = {"id": 1, "method": question.method, "params": question.params}
        said = json.loads(self.methods.answer(json.dumps(call).encode()))
        if "error" in said:
            return Refusal(said["error"]["code"], said["error"]["message"], said["error"].get("data"))
        return said["result"]

    def run(self, plan: Plan[T]) -> T:
        """What a plan comes to."""
        return Asked(self.answer).run(plan)

    def transact(self, index: int, payment: Payment) -> bytes:
        """A transaction of an account that has money."""
        return transact(self.dev, self.keys[index], payment)

    def endpoint(self) -> Endpoint:
        """What a wallet asks."""
        return Endpoint("http://chain.test", chain_id=self.dev.chain_id, transport=InMemory(self.methods))


@functools.cache
def _made() -> Chain:
    dev = DevChain(clock=lambda: STARTED)
    contracts = set_up(dev)
    return Chain(dev, Methods(dev), contracts)


@contextmanager
def chain_as_new() -> Iterator[Chain]:
    """The chain of this process, and afterwards as it was: making one takes half a second."""
    chain = _made()
    before = chain.dev.snapshot()
    try:
        yield chain
    finally:
        chain.dev.revert(before)
        chain.dev.mines_at_once = True
        chain.dev._ahead = 0.0
