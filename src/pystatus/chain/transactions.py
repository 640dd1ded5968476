"""Transactions as the messenger wants to know them: what a client is given as ``chain``."""

from __future__ import annotations

from pystatus.chain.endpoint import Endpoint
from pystatus.ethereum import blocks, history
from pystatus.ethereum.plan import Plan, Question, ask_all
from pystatus.ethereum.quantities import BadAnswer, quantity, to_hex
from pystatus.ethereum.transfers import is_transfer
from pystatus.messenger.transaction_records import ChainStatus, ChainTransaction


class ChainTransactions:
    """See :class:`pystatus.client.chain.Chain`. A transaction counts when so many blocks stand on it that they are not
    taken back any more.

    Implements: PL-24
    """

    def __init__(self, endpoint: Endpoint, confirmations: int | None = None) -> None:
        """
        :param confirmations: blocks, its own included, after which it counts; ``None``: as many as the apps wait for.
        """
        self._endpoint = endpoint
        self._confirmations = confirmations

    async def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        """The transaction with a hash of 32 bytes; ``None``: the chain does not know it.

        :raises EndpointFailed: the node cannot be asked, or answers nonsense.
        """
        needed = self._confirmations
        if needed is None:
            needed = history.safety_depth(await self._endpoint.chain_id())
        return await self._endpoint.carry_out(look_up(transaction_hash, needed))


def look_up(transaction_hash: bytes, confirmations: int) -> Plan[ChainTransaction | None]:
    """What the chain has of a transaction."""
    name = to_hex(transaction_hash)
    transaction, receipt, head = yield from ask_all(
        [
            Question("eth_getTransactionByHash", (name,)),
            Question("eth_getTransactionReceipt", (name,)),
            Question("eth_blockNumber"),
        ]
    )
    if transaction is None:
        return None
    found = blocks.ChainTransaction.of(transaction)
    if found.hash != transaction_hash:
        raise BadAnswer("it gives another transaction than it was asked for")
    if receipt is None or found.block_number is None:
        return _as(ChainStatus.PENDING, found)
    mined = blocks.Receipt.of(receipt)
    if mined.transaction_hash != transaction_hash or mined.block_hash != found.block_hash:
        raise BadAnswer("the receipt is of another transaction")
    if quantity(head, "a number of a block") - mined.block_number + 1 < confirmations:
        return _as(ChainStatus.PENDING, found)
    moved = any(is_transfer(log) and log.address == found.to for log in mined.logs)
    return _as(ChainStatus.SUCCEEDED if mined.succeeded else ChainStatus.FAILED, found, moved=moved)


def _as(status: ChainStatus, found: blocks.ChainTransaction, *, moved: bool = False) -> ChainTransaction:
    return ChainTransaction(status, found.sender, found.to, found.value, found.data, moved)
