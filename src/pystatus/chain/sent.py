"""What became of transactions that were sent: asked together, and said only of what is certain."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.chain.endpoint import Endpoint
from pystatus.ethereum import blocks, history
from pystatus.ethereum.plan import Plan, Question, ask_all
from pystatus.ethereum.quantities import BadAnswer, quantity, to_hex
from pystatus.messenger.sent_records import Finding, SentState, SentTransaction


async def look_up(endpoint: Endpoint, sent: Sequence[SentTransaction]) -> list[Finding]:
    """What the chain of a node says of transactions; of those of other chains nothing.

    :raises WrongChain: it has become a node of another one: there, nothing is known of them.
    :raises EndpointFailed: the node cannot be asked, or answers nonsense.
    """
    chain_id = await endpoint.chain_id()
    here = [one for one in sent if one.chain_id == chain_id]
    if not here:
        return []
    found = await endpoint.carry_out(findings(here, history.safety_depth(chain_id)))
    await endpoint.check_chain()
    return found


def findings(sent: Sequence[SentTransaction], depth: int) -> Plan[list[Finding]]:
    """What is known of each.

    One that the node has in no block was replaced when its number is taken so deep in the chain that this stays so: the
    nodes of one service do not hear of a block at the same moment, so the receipt may only be late.

    :param depth: blocks behind the head that may still change.
    """
    questions = [Question("eth_getTransactionReceipt", (to_hex(one.hash),)) for one in sent]
    questions += [Question("eth_getTransactionByHash", (to_hex(one.hash),)) for one in sent]
    *answers, last = yield from ask_all([*questions, Question("eth_blockNumber")])
    head = quantity(last, "a number of a block")
    receipts, known = answers[: len(sent)], answers[len(sent) :]
    open_ones = [one for one, receipt in zip(sent, receipts, strict=True) if receipt is None]
    counts = yield from _counts(open_ones, max(0, head - depth + 1))
    return [
        _mined(one, blocks.Receipt.of(receipt), head, depth)
        if receipt is not None
        else _open(one, counts[one.sender], is_known=found is not None)
        for one, receipt, found in zip(sent, receipts, known, strict=True)
    ]


def _counts(sent: Sequence[SentTransaction], block: int) -> Plan[dict[bytes, int]]:
    senders = list(dict.fromkeys(one.sender for one in sent))
    answers = yield from ask_all(
        [Question("eth_getTransactionCount", (to_hex(sender), to_hex(block))) for sender in senders]
    )
    return {sender: quantity(answer, "a nonce") for sender, answer in zip(senders, answers, strict=True)}


def _mined(one: SentTransaction, receipt: blocks.Receipt, head: int, depth: int) -> Finding:
    if receipt.transaction_hash != one.hash:
        raise BadAnswer("the receipt is of another transaction")
    if receipt.block_number > blocks.MAX_BLOCK_NUMBER:
        raise BadAnswer("it says a number of a block that none can have")
    state = SentState.MINED if receipt.succeeded else SentState.FAILED
    return Finding(one.hash, state, receipt.block_number, head - receipt.block_number + 1 >= depth)


def _open(one: SentTransaction, count: int, *, is_known: bool) -> Finding:
    if count > one.nonce:
        return Finding(one.hash, SentState.REPLACED, is_final=True)
    return Finding(one.hash, SentState.WAITING if is_known else None)
