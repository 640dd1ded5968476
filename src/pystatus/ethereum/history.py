"""Where in a chain the transfers of an account are (ethereum.md §3.3), as plans.

Nobody tells an account what it has received. So its balance and nonce are compared at both ends of a range of blocks,
which is halved until the blocks are found in which they change; transfers of tokens are found by their logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pystatus.ethereum.blocks import ChainTransaction, Header, Log, Receipt, logs_of, structure, transactions_of
from pystatus.ethereum.consistency import Change, Contradiction, check_change, check_logs
from pystatus.ethereum.plan import MAX_SAID, Plan, Question, Refusal, ask, ask_all, try_all
from pystatus.ethereum.quantities import BadAnswer, quantity, to_hex
from pystatus.ethereum.transfers import TRANSFER, Transfer, concerns, filter_topics, padded, transfers_in
from pystatus.sanitise import one_line

RECENT = 20
"""Transactions of its own that lie in the part of an account's history that is fetched first, at least."""
RECENT_SLACK = 5
"""More of them do no harm."""
RECENT_STEPS = 50
"""Blocks that are looked at to find where that part begins."""
MAX_RANGES = 60
"""Ranges that are halved at a time; older ones are left for later."""
OLDER = 200
"""As many as RECENT are in the first part, in each part before it. Ours: each costs the same thirty journeys to the
node, however much is in it; with twenty again, a thousand transfers took four times as long."""
OLDER_SLACK = 50
"""More of them do no harm."""
OLDER_RANGES = 500
"""As MAX_RANGES, in such a part. Ours: an account receives as often as it pays, and both halves of a range count."""
MAX_LEVELS = 64
"""How often a range is halved: until it is one block, as numbers of blocks have 64 bits. The reference stops after 30
times, and finds nothing then."""
MAX_CHANGES = 20_000
"""Ranges of one level, and logs, that a search holds at most. Ours: ten thousand blocks in which an account changes; an
endpoint that says more of one search lies, or the account is a business."""
LOG_BLOCKS = 100_000
"""Blocks whose logs are asked for at once, or a tenth of all, if that is more."""
FEWEST_LOG_BLOCKS = 16
"""Where an endpoint refuses even so few blocks, it has another reason than their number. Ours."""
BLOCKS_AT_A_TIME = 40
"""Blocks that are loaded together."""
MAINNET = 1
MAINNET_DEPTH = 2
OTHER_DEPTH = 15
"""Blocks behind the head that may still change."""


def safety_depth(chain_id: int) -> int:
    """How many blocks at the head of a chain are left for later."""
    return MAINNET_DEPTH if chain_id == MAINNET else OTHER_DEPTH


def _nonce_at(account: bytes, block: int) -> Question:
    return Question("eth_getTransactionCount", (to_hex(account), to_hex(block)))


def _balance_at(account: bytes, block: int) -> Question:
    return Question("eth_getBalance", (to_hex(account), to_hex(block)))


def first_range(account: bytes, to: int, own: int = RECENT, slack: int = RECENT_SLACK) -> Plan[int]:
    """Where the last part of an account's history up to a block begins: 20 to 25 transactions of its own lie above, if
    there are so many, and if one block does not hold more of them.

    :param own: at least so many instead.
    :param slack: so many more do no harm.

    Implements: ET-5
    """
    if to == 0:
        return 0
    last = quantity((yield from ask("eth_getTransactionCount", to_hex(account), to_hex(to))), "a nonce")
    if last <= own:
        return 0
    low, high = 0, to
    above = last
    asked: dict[int, int] = {}
    for _ in range(RECENT_STEPS):
        previous = (low, high)
        if above > own:
            low = (low + high) // 2
        else:
            low, high = low - (high - low) // 2, low
        if low not in asked:
            answer = yield from ask("eth_getTransactionCount", to_hex(account), to_hex(low))
            asked[low] = quantity(answer, "a nonce")
        above = last - asked[low]
        if own <= above <= own + slack or previous == (low, high):
            break
    return low


@dataclass(frozen=True, slots=True)
class Found:
    """What halving a range has found."""

    blocks: tuple[int, ...]
    """In which balance or nonce change, the lowest first; some may lie below what is searched."""
    searched_from: int
    """Everything above is searched; what lies below is left for another time."""
    changes: Mapping[int, Change] = field(default_factory=dict)
    """What changes in each of the blocks."""


def changed_blocks(account: bytes, low: int, high: int, *, limit: int | None = MAX_RANGES) -> Plan[Found]:
    """The blocks above ``low``, up to ``high``, in which an account's balance or nonce changes. What comes and goes
    between two blocks that are looked at, and leaves both as they were, is not seen.

    :param limit: ranges that are halved at a time; ``None``: all of them.

    Implements: ET-5
    """
    balances: dict[int, int] = {}
    nonces: dict[int, int] = {}
    ranges = [(low, high)] if low < high else []
    blocks: list[int] = []
    searched_from = low
    for _ in range(MAX_LEVELS):
        yield from _learn(account, {end for both in ranges for end in both}, balances, nonces)
        halves: list[tuple[int, int]] = []
        for start, end in ranges:
            if balances[start] == balances[end] and nonces[start] == nonces[end]:
                continue
            if nonces[start] > nonces[end]:
                raise Contradiction("the endpoint says that an account has sent fewer transactions than before")
            if end - start == 1:
                blocks.append(end)
            else:
                middle = (start + end) // 2
                halves += [(start, middle), (middle, end)]
        if len(halves) > MAX_CHANGES:
            raise BadAnswer(f"the endpoint says that the account changes in more than {MAX_CHANGES // 2} blocks")
        if limit is not None and len(halves) > limit:
            halves = sorted(halves, reverse=True)[:limit]
            searched_from = halves[-1][0]
        ranges = halves
    changes = {one: Change(balances[one - 1], balances[one], nonces[one - 1], nonces[one]) for one in blocks}
    return Found(tuple(sorted(blocks)), searched_from, changes)


def _learn(account: bytes, wanted: Iterable[int], balances: dict[int, int], nonces: dict[int, int]) -> Plan[None]:
    """Ask for balance and nonce of blocks that are not known yet, all at once."""
    lacking = sorted(set(wanted) - balances.keys())
    questions = [_balance_at(account, block) for block in lacking] + [_nonce_at(account, block) for block in lacking]
    answers = yield from ask_all(questions)
    for number, block in enumerate(lacking):
        balances[block] = quantity(answers[number], "a balance")
        nonces[block] = quantity(answers[len(lacking) + number], "a nonce")


def log_ranges(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The ranges of blocks whose logs are asked for, the newest first; neighbours share a block."""
    size = max(LOG_BLOCKS, (high - low) // 10)
    end = high
    while end != low:
        start = max(end - size, low)
        yield start, end
        end = start


def transfer_logs(account: bytes, low: int, high: int) -> Plan[list[Log]]:
    """The logs of all tokens that an account has sent or received in a range of blocks. Where an endpoint does not look
    through so many blocks at once, they are halved.

    Implements: ET-5
    """
    found: dict[tuple[bytes, int], Log] = {}
    waiting = list(log_ranges(low, high)) or [(low, high)]
    while waiting:
        questions = [
            Question(
                "eth_getLogs",
                (
                    {
                        "fromBlock": to_hex(start),
                        "toBlock": to_hex(end),
                        "topics": filter_topics(account, inbound=inbound),
                    },
                ),
            )
            for start, end in waiting
            for inbound in (False, True)
        ]
        answers = yield from try_all(questions)
        halves: list[tuple[int, int]] = []
        for number, (start, end) in enumerate(waiting):
            pair = answers[2 * number : 2 * number + 2]
            refused = next((answer for answer in pair if isinstance(answer, Refusal)), None)
            if refused is not None:
                if end - start < FEWEST_LOG_BLOCKS:
                    raise BadAnswer(f"the endpoint does not give logs: {one_line(refused.message, MAX_SAID)}")
                middle = (start + end) // 2
                halves += [(start, middle), (middle + 1, end)]
                continue
            for log in (log for answer in pair for log in logs_of(answer)):
                _check_log(log, account, start, end)
                if concerns(log, account):
                    found[log.block_hash, log.index] = log
            if len(found) > MAX_CHANGES:
                raise BadAnswer(f"the endpoint gives more than {MAX_CHANGES} transfers of tokens at once")
        waiting = halves
    return sorted(found.values(), key=lambda log: (log.block_number, log.index))


def _check_log(log: Log, account: bytes, start: int, end: int) -> None:
    is_asked_for = log.topics[:1] == (TRANSFER,) and padded(account) in log.topics[1:3]
    if not is_asked_for or not start <= log.block_number <= end:
        raise BadAnswer("the endpoint gives logs that were not asked for")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A block, and what an account has a part in there."""

    header: Header
    transfers: tuple[Transfer, ...]


def load_blocks(
    account: bytes,
    numbers: Sequence[int],
    logs: Sequence[Log] = (),
    changes: Mapping[int, Change] = MappingProxyType({}),
) -> Plan[list[Loaded]]:
    """The transfers of an account in some blocks.

    :param logs: that were found for it.
    :param changes: what is known of some of the blocks.
    :raises Contradiction: the chain has changed meanwhile, or what the endpoint says cannot all be true.

    Implements: ET-5
    """
    found: list[Loaded] = []
    wanted = sorted(set(numbers))
    parts = [wanted[first : first + BLOCKS_AT_A_TIME] for first in range(0, len(wanted), BLOCKS_AT_A_TIME)]
    blocks: list[tuple[Header, tuple[ChainTransaction, ...], int]] = []
    # the receipts of a part are asked for together with the blocks of the next one: half as many journeys
    for some in (*parts, []):
        in_block = {
            header.number: [log for log in logs if log.block_number == header.number] for header, _, _ in blocks
        }
        needed = dict.fromkeys(log.transaction_hash for own in in_block.values() for log in own)
        needed |= dict.fromkeys(
            transaction.hash
            for _, transactions, _ in blocks
            for transaction in transactions
            if account in (transaction.sender, transaction.to)
        )
        answers = yield from ask_all(
            [
                *(Question("eth_getBlockByNumber", (to_hex(number), True)) for number in some),
                *(Question("eth_getTransactionReceipt", (to_hex(one),)) for one in needed),
            ]
        )
        receipts = _receipts(answers[len(some) :])
        for header, transactions, unread in blocks:
            own = in_block[header.number]
            here = {one.transaction_hash: one for one in receipts if one.block_number == header.number}
            if not {log.block_hash for log in own} | {one.block_hash for one in here.values()} <= {header.hash}:
                raise Contradiction("the chain has changed while it was asked for")
            check_logs(own, here)
            if header.number in changes:
                yield from check_change(account, header.number, changes[header.number], transactions, unread)
            transfers = transfers_in(account, header, transactions, here, own)
            found.append(Loaded(header, tuple(transfers)))
        blocks = [_block(answer, number) for answer, number in zip(answers, some, strict=False)]
    return found


def _block(answer: object, number: int) -> tuple[Header, tuple[ChainTransaction, ...], int]:
    """A block, its transactions, and how many more it has that cannot be read."""
    if answer is None:
        raise Contradiction(f"the endpoint does not have block {number}, which its chain has")
    header = Header.of(answer)
    if header.number != number:
        raise BadAnswer(f"the endpoint gives block {header.number} instead of {number}")
    transactions = transactions_of(answer)
    return header, transactions, len(structure(answer, "a block")["transactions"]) - len(transactions)


def _receipts(answers: Sequence[object]) -> list[Receipt]:
    if any(answer is None for answer in answers):
        raise Contradiction("the endpoint has a transaction in a block, and no receipt of it")
    return [Receipt.of(answer) for answer in answers]


def head() -> Plan[Header]:
    """The newest block."""
    return Header.of((yield from ask("eth_getBlockByNumber", "latest", False)))


def vanished(saved: Sequence[tuple[int, bytes]]) -> Plan[list[tuple[int, bytes]]]:
    """Those of the blocks that were saved which are no longer part of the chain, each by its number and hash.

    The reference keeps all of them as soon as one is still valid, so that transfers that never happened stay for ever.
    Here every block above the last one that still is in the chain is asked for.

    Implements: ET-5
    """
    gone: list[tuple[int, bytes]] = []
    descending = sorted(set(saved), reverse=True)
    for first in range(0, len(descending), BLOCKS_AT_A_TIME):
        some = descending[first : first + BLOCKS_AT_A_TIME]
        numbers = sorted({number for number, _ in some})
        questions = [Question("eth_getBlockByNumber", (to_hex(number), False)) for number in numbers]
        answers = yield from ask_all(questions)
        hashes = {
            number: None if answer is None else Header.of(answer).hash
            for number, answer in zip(numbers, answers, strict=True)
        }
        fresh = [one for one in some if hashes[one[0]] != one[1]]
        gone += fresh
        if not fresh:  # a chain that has one block has all of those before it
            break
    return sorted(gone)
