"""A wallet and a node that is 50 ms away: what an account has, and its whole history, in seconds and in requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from bench.harness import Measurement
from bench.support.slow_chain import ACCOUNT, CHAIN_ID, slow_chain
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.wallet import Wallet
from pystatus.ethereum.tokens import default_tokens

MILLISECONDS = 50
"""Between a request and its answer."""
BLOCKS = 100_000
TRANSFERS = 1_000
TOKENS = 170


async def balances(url: str) -> tuple[float, int]:
    """Seconds and requests."""
    known = [token.address for token in default_tokens(CHAIN_ID)]
    wanted = [*known, *(number.to_bytes(20, "big") for number in range(1, TOKENS - len(known) + 1))]
    async with Endpoint(url, chain_id=CHAIN_ID) as endpoint:
        began = time.perf_counter()
        found = await Wallet(endpoint).balances([ACCOUNT], wanted)
        seconds = time.perf_counter() - began
    assert len(found.tokens) == TOKENS
    return seconds, endpoint.requests


async def history(url: str) -> tuple[float, int]:
    """Seconds and requests until every transfer is here: the newest part first, and then what came before it."""
    async with Endpoint(url, chain_id=CHAIN_ID) as endpoint:
        wallet = Wallet(endpoint)
        began = time.perf_counter()
        update = await wallet.update(ACCOUNT, None, [])
        found = {transfer.id for one in update.loaded for transfer in one.transfers}
        while update.searched.low > 0:
            update = await wallet.older(ACCOUNT, update.searched)
            found |= {transfer.id for one in update.loaded for transfer in one.transfers}
        seconds = time.perf_counter() - began
    assert len(found) == TRANSFERS
    return seconds, endpoint.requests


def measure() -> Iterator[Measurement]:
    with slow_chain(BLOCKS, TRANSFERS, MILLISECONDS) as url:
        seconds, requests = asyncio.run(balances(url))
        note = f"ether and {TOKENS} tokens of an account, {MILLISECONDS} ms an answer"
        yield Measurement("wallet.balances", round(seconds, 2), "s", note)
        yield Measurement("wallet.balances_calls", requests, "", note)
        seconds, requests = asyncio.run(history(url))
        note = f"all of {TRANSFERS:,} transfers in {BLOCKS:,} blocks, {MILLISECONDS} ms an answer"
        yield Measurement("wallet.history", round(seconds, 2), "s", note)
        yield Measurement("wallet.history_calls", requests, "", note)
