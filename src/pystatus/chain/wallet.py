"""Money on one chain: what accounts have, and sending some of it after a person has seen what will be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pystatus.account.address import address_of
from pystatus.chain.endpoint import Endpoint
from pystatus.errors import LocalError
from pystatus.ethereum import history, scan, sending, tokens
from pystatus.ethereum.blocks import Header, Receipt
from pystatus.ethereum.history import Contradiction
from pystatus.ethereum.plan import Plan, ask
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.scan import Block, Searched, Update
from pystatus.ethereum.sending import Nonces, TransactionRequest
from pystatus.ethereum.signing import Signer
from pystatus.ethereum.tokens import Balance, Token
from pystatus.ethereum.transactions import Payment, Transaction

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

    @property
    def most(self) -> int:
        """Wei that it takes from the sender at most."""
        return self.transaction.payment.value + self.transaction.max_fee


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction that a node has taken."""

    hash: bytes
    transaction: Transaction


class NonceTaken(LocalError):
    """What was signed cannot be sent any more; with another nonce it can."""


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
        return await self._endpoint.carry_out(self._drafted(sender, payment))

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

    async def ready(self, draft: Draft) -> Draft:
        """A draft with the nonce that is the next one now, to be signed elsewhere and then handed to :meth:`submit`."""
        remote = await self._endpoint.carry_out(sending.pending_nonce(draft.sender))
        nonce = self._nonces.next(draft.sender, remote)
        return replace(draft, transaction=sending.with_nonce(draft.transaction, nonce))

    async def submit(self, draft: Draft, signature: bytes) -> Sent:
        """Send what was signed elsewhere, if its nonce is still the next one.

        :param signature: of the digest of the transaction, 65 bytes.
        :raises NonceTaken: another transaction was sent meanwhile.
        :raises RemoteError: the account has not signed exactly this.
        :raises PerhapsSent: nobody knows whether the node has it.
        """
        async with self._lock(draft.sender):
            now = await self.ready(draft)
            if now.transaction.nonce != draft.transaction.nonce:
                raise NonceTaken("Another transaction of this account was sent meanwhile. Do it once more.")
            raw = draft.transaction.signed(signature, draft.sender)
            sent = Sent(await self._endpoint.carry_out(sending.submit(raw)), draft.transaction)
            self._nonces.sent(draft.sender, draft.transaction.nonce)
        return sent

    async def replace(self, sent: Sent, signer: Signer, sender: bytes, *, cancel: bool = False) -> Sent:
        """Send one with a higher fee in the place of a transaction that is not in a block yet.

        :param cancel: one that does nothing.
        :raises LocalError: it is in a block already, or the account has not so much.
        """
        _check_signer(sender, signer)
        async with self._lock(sender):
            receipt = await self._endpoint.carry_out(ask("eth_getTransactionReceipt", to_hex(sent.hash)))
            if receipt is not None:
                number = Receipt.of(receipt).block_number
                raise LocalError(f"This transaction is in block {number} already. Nothing takes its place.")
            transaction = sending.replacement(sent.transaction, cancel=sender if cancel else None)
            await self._endpoint.carry_out(sending.check_affordable(transaction, sender))
            return await self._submit(transaction, sender, signer)

    async def _submit(self, transaction: Transaction, sender: bytes, signer: Signer) -> Sent:
        raw = transaction.signed(signer.sign(transaction.digest()), sender)
        return Sent(await self._endpoint.carry_out(sending.submit(raw)), transaction)

    def _drafted(self, sender: bytes, payment: Payment) -> Plan[Draft]:
        nonce = self._nonces.next(sender, (yield from sending.pending_nonce(sender)))
        chain_id = yield from sending.chain_id()
        transaction = yield from sending.automatic(TransactionRequest(sender, payment), chain_id, nonce)
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
