"""Money on one chain: what accounts have, and sending some of it after a person has seen what will be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pystatus.account.address import address_of
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.failures import WrongChain
from pystatus.errors import LocalError
from pystatus.ethereum import history, scan, sending, tokens
from pystatus.ethereum.blocks import Header, Receipt
from pystatus.ethereum.consistency import Contradiction
from pystatus.ethereum.plan import Plan, QuestionRefused, ask
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.scan import Block, Searched, Update
from pystatus.ethereum.sending import Nonces, TransactionRequest
from pystatus.ethereum.signing import Signer
from pystatus.ethereum.tokens import Balance, Token
from pystatus.ethereum.transactions import Payment, Transaction, transaction_hash

SCAN_ATTEMPTS = 3
"""So often a search begins again if the chain changes meanwhile. Ours."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Balances:
    """What accounts have after one block."""

    head: Header
    ether: dict[bytes, int]
    """Wei by account."""
    tokens: list[Balance]
    """Of tokens that answer; nothing is said of others."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction that is not signed yet: what a person is shown first."""

    sender: bytes
    transaction: Transaction
    balance: int
    """Wei that the sender has."""
    is_replacement: bool = False
    """It has the number of another transaction, whose place it is to take."""

    @property
    def most(self) -> int:
        """Wei that it takes from the sender at most."""
        return self.transaction.payment.value + self.transaction.max_fee


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction that a node has taken."""

    hash: bytes
    transaction: Transaction


class Keeping(Protocol):
    """Notes that a transaction is sent. Both are called while no other one of the sender is under way."""

    def check(self) -> None:
        """
        :raises LocalError: it was sent already.
        """

    def waiting(self) -> Mapping[bytes, int]:
        """What the sender has sent on this chain that is in no block yet: its number by its hash."""

    def dropped(self) -> Collection[int]:
        """Numbers of what the sender has sent on this chain, and no node has any more."""

    async def begin(self, transaction_hash: bytes) -> None:
        """It is about to be handed over.

        :raises LocalError: it was sent already.
        """


class Wallet:
    """What can be done with accounts on one chain."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._nonces = Nonces()
        self._locks: dict[bytes, asyncio.Lock] = {}

    async def balances(self, accounts: Sequence[bytes], wanted: Sequence[Token | bytes]) -> Balances:
        """What accounts have of ether and of tokens, all after the same block.

        Implements: ET-2
        """
        addresses = [one.address if isinstance(one, Token) else one for one in wanted]
        return await self._endpoint.carry_out(_balances(accounts, addresses))

    async def update(self, account: bytes, searched: Searched | None, saved: Sequence[Block]) -> Update:
        """What has changed in the history of an account: see :func:`pystatus.ethereum.scan.update`.

        Implements: ET-5
        """
        return await self._again(lambda: scan.update(account, searched, saved))

    async def older(self, account: bytes, searched: Searched) -> Update:
        """An older part of the history: see :func:`pystatus.ethereum.scan.older`."""
        return await self._again(lambda: scan.older(account, searched))

    async def draft(self, sender: bytes, payment: Payment) -> Draft:
        """Try what a transaction would do, and what it would cost. Nothing is signed, and nothing is sent.

        :raises LocalError: the account has not so much.
        :raises QuestionRefused: it would fail; the node says why.
        """
        known = await self._endpoint.chain_id()
        return await self._endpoint.carry_out(self._drafted(sender, payment, known))

    async def send(self, draft: Draft, signer: Signer) -> Sent:
        """Sign and send what was shown: the payment, and no higher fee. The nonce is the next one now: of two that are
        sent at once, none takes the place of the other.

        :raises LocalError: the signer is of another account.
        :raises PerhapsSent: nobody knows whether the node has it.

        Implements: ET-1
        """
        _check_signer(draft.sender, signer)
        async with self._lock(draft.sender):
            remote = await self._endpoint.carry_out(sending.pending_nonce(draft.sender))
            nonce = self._nonces.next(draft.sender, remote)
            transaction = sending.with_nonce(draft.transaction, nonce)
            sent = await self._submit(transaction, draft.sender, signer)
            self._nonces.sent(draft.sender, nonce)
        return sent

    async def submit(self, draft: Draft, signature: bytes, keeping: Keeping) -> Sent | Draft:
        """Send what was signed elsewhere. Where another transaction has its number by now, nothing is sent: what comes
        back is the same with the next number, to be signed anew.

        :param keeping: notes it before the node has it.
        :raises RemoteError: the signature is none of the sender's over this.
        :raises PerhapsSent: nobody knows whether the node has it.
        """
        transaction, sender = draft.transaction, draft.sender
        raw = transaction.signed(signature, sender)
        async with self._lock(sender):
            keeping.check()
            if not draft.is_replacement:
                remote = await self._endpoint.carry_out(sending.pending_nonce(sender))
                least = self._nonces.next(sender, remote, keeping.dropped())
                nonce = await self._endpoint.carry_out(sending.behind_waiting(least, keeping.waiting()))
                if nonce != transaction.nonce:
                    return replace(draft, transaction=sending.with_nonce(transaction, nonce))
            await keeping.begin(transaction_hash(raw))
            sent = Sent(await self._endpoint.carry_out(sending.submit(raw)), transaction)
            if not draft.is_replacement:
                self._nonces.sent(sender, transaction.nonce)
        return sent

    async def draft_replacement(self, sent: Sent, sender: bytes, *, cancel: bool = False) -> Draft:
        """One with a higher fee, for the place of a transaction that is not in a block yet.

        :param cancel: one that does nothing.
        :raises LocalError: it or another one in its place is in a block already, or the account has not so much.
        """
        receipt = await self._endpoint.carry_out(ask("eth_getTransactionReceipt", to_hex(sent.hash)))
        if receipt is not None:
            number = Receipt.of(receipt).block_number
            raise LocalError(f"This transaction is in block {number} already. Nothing takes its place.")
        if await self._endpoint.carry_out(sending.mined_nonce(sender)) > sent.transaction.nonce:
            raise LocalError("Another transaction is in a block in the place of this one. Nothing takes its place.")
        transaction = sending.replacement(sent.transaction, cancel=sender if cancel else None)
        balance = await self._endpoint.carry_out(sending.check_affordable(transaction, sender))
        return Draft(sender, transaction, balance, is_replacement=True)

    async def replace(self, sent: Sent, signer: Signer, sender: bytes, *, cancel: bool = False) -> Sent:
        """Send what :meth:`draft_replacement` makes.

        :raises LocalError: as there, or the signer is of another account.
        """
        _check_signer(sender, signer)
        async with self._lock(sender):
            draft = await self.draft_replacement(sent, sender, cancel=cancel)
            return await self._submit(draft.transaction, sender, signer)

    async def _submit(self, transaction: Transaction, sender: bytes, signer: Signer) -> Sent:
        raw = transaction.signed(signer.sign(transaction.digest()), sender)
        return Sent(await self._endpoint.carry_out(sending.submit(raw)), transaction)

    def _drafted(self, sender: bytes, payment: Payment, known: int) -> Plan[Draft]:
        nonce = self._nonces.next(sender, (yield from sending.pending_nonce(sender)))
        chain_id = yield from sending.chain_id()
        if chain_id != known:  # it has become a node of another one since it was first asked
            raise WrongChain(self._endpoint.url, chain_id, known)
        try:
            transaction = yield from sending.automatic(TransactionRequest(sender, payment), chain_id, nonce)
        except QuestionRefused:
            yield from sending.check_pays(payment, sender)
            raise
        balance = yield from sending.check_affordable(transaction, sender)
        return Draft(sender, transaction, balance)

    def _lock(self, account: bytes) -> asyncio.Lock:
        return self._locks.setdefault(account, asyncio.Lock())

    async def _again(self, plan: Callable[[], Plan[T]]) -> T:
        return await again(lambda: self._endpoint.carry_out(plan()))


async def again(search: Callable[[], Awaitable[T]]) -> T:
    """A search, begun again where the chain changes meanwhile."""
    for _ in range(SCAN_ATTEMPTS - 1):
        try:
            return await search()
        except Contradiction:
            continue
    return await search()


def _check_signer(sender: bytes, signer: Signer) -> None:
    if address_of(signer.public_key) != sender:
        raise LocalError("Another account would sign this than the one that pays. Choose the account that pays.")


def _balances(accounts: Sequence[bytes], wanted: Sequence[bytes]) -> Plan[Balances]:
    head = yield from history.head()
    ether = yield from tokens.ether_balances(accounts, head.number)
    found = yield from tokens.token_balances(accounts, wanted, head.number)
    return Balances(head, ether, found)
