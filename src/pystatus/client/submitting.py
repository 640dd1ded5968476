"""Handing a signed transaction to a node, so that whatever happens then, the profile knows that it may be there; and
what is said of one before it is signed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pystatus.chain.endpoint import Endpoint
from pystatus.chain.failures import EndpointFailed
from pystatus.chain.wallet import Draft
from pystatus.chain.wallet import Wallet as Money
from pystatus.errors import LocalError
from pystatus.ethereum import abi, meaning, tokens
from pystatus.ethereum.drafts import TransactionDraft, fees_of, transaction_of
from pystatus.ethereum.meaning import Meaning, MeaningKind
from pystatus.ethereum.plan import Plan, QuestionRefused, Refusal, try_all
from pystatus.ethereum.quantities import BadAnswer, data, to_hex
from pystatus.ethereum.tokens import NoToken, Token
from pystatus.ethereum.transactions import Payment
from pystatus.messenger.features.wallet import Wallet as WalletFeature
from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.sent_transactions import SentBook
from pystatus.sanitise import one_line

MAX_WORDS = 1_000
"""Characters that are kept of what was signed. Ours."""
MAX_REFUSED = 100
"""Drafts that a node has refused of which the number is remembered. Ours: somebody who tries again does so soon."""
ID_SIZE = 16
"""Bytes of the id of a draft, drawn by lot: no two are the same."""

Do = Callable[[Callable[[WalletFeature, float], Any]], "asyncio.Future[Any]"]
Read = Callable[[Callable[[WalletFeature], Any]], Any]


class Submitting:
    """One draft on its way to the node: stored before, and forgotten only if the node has refused it."""

    def __init__(self, do: Do, read: Read, draft: TransactionDraft, refused: dict[bytes, int]) -> None:
        """
        :param refused: numbers with which drafts were refused before, by id; this one is entered, too.
        :param do: carries out what changes the profile.
        :param read: asks what it holds.
        """
        self._do = do
        self._read = read
        self._draft = draft
        self._refused = refused
        self._hash: bytes | None = None

    async def submit(self, money: Money, signature: bytes) -> SentTransaction | TransactionDraft:
        """Hand it over; or what is to be signed anew, as another transaction has its number.

        :raises LocalError: it was sent already; or it was refused before, and is to get another number now: then a node
            that lied has it, perhaps, and with two numbers it would be paid twice.
        :raises RemoteError: see :meth:`pystatus.chain.wallet.Wallet.submit`.
        """
        it = self._draft
        inner = Draft(it.sender, transaction_of(it), it.balance, it.replaces is not None)
        try:
            self._check_number(it.nonce)
            found = await money.submit(inner, signature, self)
        except QuestionRefused:
            self._refused[it.id] = it.nonce
            for oldest in [*self._refused][:-MAX_REFUSED]:
                del self._refused[oldest]
            await self._end(lambda book, name: book.refused(name))
            raise
        except EndpointFailed:  # the node may have it
            await self._end(lambda book, name: book.handed_over(name))
            raise
        if isinstance(found, Draft):
            self._check_number(found.transaction.nonce)
            return replace(it, nonce=found.transaction.nonce)
        sent: SentTransaction = await self._end(lambda book, name: book.handed_over(name))
        return sent

    def _check_number(self, nonce: int) -> None:
        if self._refused.get(self._draft.id, nonce) != nonce:
            raise LocalError(
                "The node has refused this before, and something else has its number now, which may be this very "
                "transaction. Nothing was sent. Look at what the account has, and begin again if it was not paid."
            )

    async def _end(self, command: Callable[[SentBook, bytes], Any]) -> Any:
        name = self._hash
        return None if name is None else await self._do(lambda wallet, now: command(wallet.sent, name))

    def check(self) -> None:
        """See :class:`pystatus.chain.wallet.Keeping`."""
        self._read(lambda wallet: wallet.sent.check_draft(self._draft.id))

    def waiting(self) -> Mapping[bytes, int]:
        """See :class:`pystatus.chain.wallet.Keeping`."""
        return {one.hash: one.nonce for one in self._sent(waiting=True)}

    def dropped(self) -> Collection[int]:
        """See :class:`pystatus.chain.wallet.Keeping`."""
        found = self._sent(waiting=False)
        kept = {one.nonce for one in found if one.state is not SentState.DROPPED}
        return {one.nonce for one in found} - kept

    def _sent(self, *, waiting: bool) -> Sequence[SentTransaction]:
        it = self._draft
        found: Sequence[SentTransaction] = self._read(
            lambda wallet: wallet.sent_transactions(it.chain_id, waiting=waiting)
        )
        return [one for one in found if one.sender == it.sender]

    async def begin(self, transaction_hash: bytes) -> None:
        """See :class:`pystatus.chain.wallet.Keeping`."""
        it = self._draft
        await self._do(lambda wallet, now: wallet.sent.begin(_record(it, transaction_hash, now)))
        self._hash = transaction_hash


def _record(it: TransactionDraft, transaction_hash: bytes, now: float) -> SentTransaction:
    numbers = it.nonce, it.gas, it.max_fee_per_gas, it.tip
    words = one_line(it.words, MAX_WORDS)
    fields = it.chain_id, it.sender, it.to, it.value, it.data
    return SentTransaction(transaction_hash, it.id, *fields, *numbers, now, words, replaces=it.replaces)


async def known_tokens(
    endpoint: Endpoint, chain_id: int, payment: Payment, own: Sequence[Token], looked_up: Token | None
) -> Mapping[bytes, Token]:
    """The token that a transaction is about, if it is about one.

    :param own: tokens that were added.
    :param looked_up: what is known of it already.
    """
    if payment.to is None or not payment.data:
        return {}
    known = {one.address: one for one in (*tokens.default_tokens(chain_id), *own)}
    if looked_up is not None:
        known[looked_up.address] = looked_up
    if payment.to in known:
        return {payment.to: known[payment.to]}
    try:
        return {payment.to: await endpoint.carry_out(tokens.look_up(chain_id, payment.to))}
    except NoToken:
        return {}


async def supplies(endpoint: Endpoint, payment: Payment) -> Mapping[bytes, int]:
    """How much there is of a token that somebody is to be allowed to take; empty: it is about something else."""
    it = meaning.meaning(payment, b"", {})
    if payment.to is None or it.kind not in (MeaningKind.APPROVE, MeaningKind.APPROVE_AND_CALL):
        return {}
    return await endpoint.carry_out(_supply(payment.to))


def _supply(contract: bytes) -> Plan[Mapping[bytes, int]]:
    [answer] = yield from try_all([abi.call(contract, "totalSupply()")])
    if isinstance(answer, Refusal):
        return {}
    try:
        return {contract: int.from_bytes(abi.word(data(answer)), "big")}
    except BadAnswer:
        return {}  # the limit is that of all tokens then


def shown(
    drafted: Draft,
    known: Mapping[bytes, Token],
    supplies: Mapping[bytes, int],
    signing_phrase: str,
    replaces: bytes | None,
    *,
    cancel: bool,
) -> TransactionDraft:
    """What a person is shown of a transaction."""
    it, payment = drafted.transaction, drafted.transaction.payment
    what = meaning.meaning(payment, drafted.sender, known, supplies)
    if cancel:
        what = Meaning(MeaningKind.CANCEL)
    words = meaning.words(what, payment, drafted.sender, it.chain_id, it.max_fee)
    if replaces is not None:
        words = f"In the place of {to_hex(replaces)}: {words}"
    most, tip = fees_of(it)
    return TransactionDraft(
        os.urandom(ID_SIZE),
        it.chain_id,
        drafted.sender,
        payment.to,
        payment.value,
        payment.data,
        it.nonce,
        it.gas,
        most,
        tip,
        drafted.balance,
        what,
        words,
        meaning.warnings(what),
        signing_phrase,
        replaces,
    )
