"""Whether what an endpoint says of an account can all be true: its balance and the number of its transactions, the
blocks they are in, and the logs of tokens. Where it cannot, nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pystatus.errors import RemoteError
from pystatus.ethereum.blocks import ChainTransaction, Log, Receipt
from pystatus.ethereum.plan import Plan, ask
from pystatus.ethereum.quantities import data, to_hex
from pystatus.wording import counted


class Contradiction(RemoteError):
    """An endpoint has answered one thing first, and then another: the chain may have changed between both."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what[0].upper()}{what[1:]}. Try again; if that does not help, name another node.")


@dataclass(frozen=True, slots=True)
class Change:
    """What an account had before a block, and after it."""

    balance_before: int
    """Wei."""
    balance: int
    nonce_before: int
    nonce: int


def check_logs(logs: Sequence[Log], receipts: Mapping[bytes, Receipt]) -> None:
    """A log that was found by searching is also in the receipt of its transaction.

    :param logs: of one block.
    :param receipts: of that block, by transaction.
    :raises Contradiction: it is not.

    Implements: ET-5
    """
    for log in logs:
        receipt = receipts.get(log.transaction_hash)
        if receipt is None or log not in receipt.logs:
            raise Contradiction(
                f"the endpoint gives a transfer of a token in block {log.block_number} that its receipts do not have"
            )


def check_change(
    account: bytes, number: int, change: Change, transactions: Sequence[ChainTransaction], unread: int
) -> Plan[None]:
    """An account of a key sends as many transactions in a block as its number of them rises, and has less after a block
    only if it has sent one. Contracts, and accounts that have lent their name to one (EIP-7702), are none of these: so
    it is asked for code before something is called a contradiction.

    :param transactions: of the block.
    :param unread: so many more are in it, of kinds that are not known here. They may be the account's.
    :raises Contradiction: this does not fit together.

    Implements: ET-5
    """
    sent = sum(one.sender == account for one in transactions)
    counts = change.nonce - change.nonce_before
    is_poorer = change.balance < change.balance_before and not sent and not unread
    if sent <= counts <= sent + unread and not is_poorer:
        return
    if data((yield from ask("eth_getCode", to_hex(account), to_hex(number))), "the code of a contract"):
        return
    if not sent <= counts <= sent + unread:
        raise Contradiction(
            f"the endpoint says that the account has sent {counted(counts, 'transaction')} in block {number}, and the "
            f"block has {sent} of it"
        )
    raise Contradiction(
        f"the endpoint says that the account has less after block {number} than before, and the block has no "
        "transaction of it"
    )
