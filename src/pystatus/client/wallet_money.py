"""What ``client.wallet`` does with money: balances, tokens, and sending some of it after somebody has seen what is
signed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pystatus.account.wallet_accounts import WalletAccount
from pystatus.arguments import checked_with
from pystatus.client.access import Access
from pystatus.client.chain_access import named, named_prices
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import Amount, to_hex, typed_address
from pystatus.messenger.features.wallet import Wallet as WalletFeature
from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.wallet_records import Favourite

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.wallet import Draft
    from pystatus.chain.wallet import Wallet as Money
    from pystatus.ethereum.collectibles import Collection
    from pystatus.ethereum.drafts import TransactionDraft, WalletBalances
    from pystatus.ethereum.prices import TokenPrice
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transactions import Payment

LATE = {
    "Collection": "pystatus.ethereum.collectibles",
    "Token": "pystatus.ethereum.tokens",
    "TokenPrice": "pystatus.ethereum.prices",
    "TransactionDraft": "pystatus.ethereum.drafts",
    "WalletBalances": "pystatus.ethereum.drafts",
}
"""What the methods take and give, and where it is: a client that asks no node loads nothing of it."""
MAX_SIGNED = 10
"""So often a transaction is signed anew because another one has its number. Ours: each time another one was sent."""

T = TypeVar("T")


@checked_with(**LATE)
class WalletMoney:
    """A part of :class:`pystatus.client.features.wallet.Wallet`."""

    _access: Access
    _money: tuple[Endpoint, Money] | None
    _refused: dict[bytes, int]

    if TYPE_CHECKING:

        def account(self, account: str) -> WalletAccount: ...
        def accounts(self) -> Sequence[WalletAccount]: ...
        def signing_phrase(self) -> str: ...
        def _do(self, command: Callable[[WalletFeature, float], T]) -> asyncio.Future[T]: ...
        def _read(self, question: Callable[[WalletFeature], T]) -> T: ...

    # what there is

    async def chain_id(self) -> int:
        """The chain of the node that the wallet asks.

        :raises LocalError: the client was opened without ``endpoint``.
        :raises RemoteError: the node cannot be asked, or is of another chain than it was said to be of.
        """
        return await self._endpoint().chain_id()

    async def balances(self, account: str | None = None, *, tokens: Sequence[str] = ()) -> WalletBalances:
        """What an account has, or all of them: ether, and the tokens of which there are some.

        :param tokens: addresses of contracts that are asked besides those that :meth:`tokens` has.
        :raises LocalError: there is no such account, not an address, or no ``endpoint``.
        :raises RemoteError: the node cannot be asked, or answers nonsense; there is no token at an address.

        Implements: ET-2
        """
        from pystatus.ethereum.drafts import Holding, WalletBalances

        accounts = self.accounts() if account is None else [self.account(account)]
        asked = [await self.look_up_token(one) for one in tokens]
        endpoint, money = self._connected()
        chain_id = await endpoint.chain_id()
        known = {one.address: one for one in (*self.tokens(chain_id), *asked)}
        found = await money.balances([one.address for one in accounts], list(known.values()))
        wanted = {one.address for one in asked}
        held = [
            Holding(one.account, one.amount, known[one.token])
            for one in found.tokens
            if one.amount or one.token in wanted
        ]
        ether = [Holding(one.address, found.ether[one.address]) for one in accounts]
        heard = {one.token for one in found.tokens}
        silent = tuple(
            one.address
            for one in known.values()
            if accounts and one.address not in heard and (one.is_own or one.address in wanted)
        )
        return WalletBalances(chain_id, found.head.number, (*ether, *held), silent)

    async def prices(self, currency: str) -> Sequence[TokenPrice]:
        """What ether and the tokens of the main chain that the app of Status knows cost. There are no prices of others:
        a service tells tokens apart by symbols, which anybody can use. It is asked for all of them each time.

        :param currency: three letters of ISO 4217.
        :raises LocalError: that is no currency, or the client was opened without ``prices``.
        :raises RemoteError: the service cannot be asked, or gives no prices.

        Implements: ET-14
        """
        from pystatus.ethereum.prices import typed_currency

        wanted = typed_currency(currency)
        return await named_prices(self._access.taking.prices).prices(wanted)

    async def collectibles(self, account: str, contract: str) -> Collection:
        """What an account has of the collectibles of one contract (ERC-721).

        :raises LocalError: there is no such account, not an address, or no ``endpoint``.
        :raises RemoteError: the node cannot be asked, or the contract has none.

        Implements: ET-3
        """
        from pystatus.ethereum import collectibles

        address, made_by = self.account(account).address, typed_address(contract)
        return await self._endpoint().carry_out(collectibles.collection(made_by, address))

    def tokens(self, chain_id: int) -> Sequence[Token]:
        """The tokens of a chain that are asked for: those that the app of Status knows, and those that were added.

        :raises LocalError: the client is not open.

        Implements: ET-4
        """
        from pystatus.ethereum.tokens import offered

        return offered(chain_id, self._read(lambda wallet: wallet.own_tokens(chain_id)))

    async def look_up_token(self, address: str) -> Token:
        """What is known of a token, or what its contract says of itself. That proves nothing; its address does.

        :raises LocalError: not an address, or no ``endpoint``.
        :raises RemoteError: the node cannot be asked, or there is no token.

        Implements: ET-4
        """
        from pystatus.ethereum import tokens

        wanted, endpoint = typed_address(address), self._endpoint()
        chain_id = await endpoint.chain_id()
        own = self._read(lambda wallet: wallet.own_tokens(chain_id))
        known = next((one for one in (*tokens.default_tokens(chain_id), *own) if one.address == wanted), None)
        return await endpoint.carry_out(tokens.look_up(chain_id, wanted)) if known is None else known

    async def add_token(self, address: str) -> Token:
        """Add a token by the address of its contract: it is asked for with every balance from then on.

        :raises LocalError: not an address, it is there already, there are too many, or no ``endpoint``.
        :raises RemoteError: the node cannot be asked, or there is no token.

        Implements: ET-4
        """
        found = await self.look_up_token(address)
        if not found.is_own and found in self.tokens(found.chain_id):
            raise LocalError(f"The token {found.symbol} ({found.shown_address}) is known already. Nothing was changed.")
        return await self._do(lambda wallet, now: wallet.add_token(found))

    async def remove_token(self, address: str, chain_id: int) -> Token:
        """Forget a token that was added, on one chain alone.

        :raises LocalError: not an address, or it was not added there.

        Implements: ET-4
        """
        wanted = typed_address(address)
        return await self._do(lambda wallet, now: wallet.remove_token(chain_id, wanted))

    # sending

    async def draft(self, account: str, to: str, value: Amount, *, token: str = "") -> TransactionDraft:
        """Try to pay ether or a token. Nothing is signed, and nothing is sent: show what comes back, and give it to
        :meth:`send`.

        :param to: the address of who is paid.
        :param value: in base units: wei, or those of the token.
        :param token: the address of its contract; empty: ether.
        :raises LocalError: there is no such account, it has not so much ether, not an address, or no ``endpoint``.
        :raises RemoteError: the node cannot be asked; it would fail, and why; there is no token.

        Implements: ET-1
        """
        from pystatus.ethereum import abi, meaning
        from pystatus.ethereum.transactions import Payment

        recipient = typed_address(to)
        if not token:
            return await self._try(account, Payment(recipient, value))
        if value < 0:
            raise LocalError("Less than nothing cannot be paid. Give a positive amount.")
        what = await self.look_up_token(token)
        payment = Payment(what.address, 0, abi.call_data(meaning.TRANSFER, recipient, value))
        return await self._try(account, payment, what)

    async def draft_collectible(self, account: str, to: str, contract: str, number: Amount) -> TransactionDraft:
        """Try to give a collectible away, as :meth:`draft`.

        :raises LocalError, RemoteError: as :meth:`draft`.

        Implements: ET-3
        """
        from pystatus.ethereum import collectibles

        sender, made_by, recipient = self.account(account).address, typed_address(contract), typed_address(to)
        return await self._try(account, collectibles.transfer(made_by, sender, recipient, number))

    async def draft_call(self, account: str, to: str, data: bytes, value: Amount = 0) -> TransactionDraft:
        """Try to call a contract, as :meth:`draft`. What it does is said as far as it is known.

        :raises LocalError, RemoteError: as :meth:`draft`.

        Implements: ET-1
        """
        from pystatus.ethereum.transactions import Payment

        return await self._try(account, Payment(typed_address(to), value, data))

    async def draft_speed_up(self, transaction_hash: bytes) -> TransactionDraft:
        """Try to send a transaction that is in no block yet with a higher fee, in its own place.

        :raises LocalError: it was not sent from here, is in a block already, or the account has not so much.
        :raises RemoteError: the node cannot be asked.
        """
        return await self._replaced(transaction_hash, cancel=False)

    async def draft_cancel(self, transaction_hash: bytes) -> TransactionDraft:
        """Try to put one that pays nothing in the place of a transaction that is in no block yet.

        :raises LocalError, RemoteError: as :meth:`draft_speed_up`.
        """
        return await self._replaced(transaction_hash, cancel=True)

    async def send(self, draft: TransactionDraft, password: str) -> SentTransaction:
        """Sign what was drafted, and send it: that payment, and no higher fee. The password opens the key for this
        alone. It is followed from then on: see :class:`SentTransactionChanged`.

        :param password: of the profile.
        :raises WrongPassword: nothing was signed.
        :raises LocalError: the key is not here, it was sent already, or the node is of another chain.
        :raises RemoteError: the node does not take it. :class:`~pystatus.chain.failures.PerhapsSent`: nobody knows.

        Implements: ET-1, ET-12
        """
        from pystatus.storage import wallet_keys

        key = await asyncio.to_thread(wallet_keys.wallet_key, self._access.profile, password, draft.sender)
        for _ in range(MAX_SIGNED):
            found = await self.submit(draft, key.sign(draft.digest))
            if isinstance(found, SentTransaction):
                return found
            if replace(found, nonce=draft.nonce) != draft:
                raise LocalError("Something else was to be signed than what was shown. Nothing was sent.")
            draft = found
        raise LocalError("Other transactions of this account are being sent all the time. Nothing was sent; try again.")

    async def submit(self, draft: TransactionDraft, signature: bytes) -> SentTransaction | TransactionDraft:
        """Send what was signed elsewhere. Where another transaction has its number by now, nothing is sent: what comes
        back is the same with the next number, to be signed anew.

        :param signature: of :attr:`TransactionDraft.digest`: 65 bytes, the last of them 0 or 1.
        :raises LocalError: it was sent already, of no account of the wallet, or the node is of another chain.
        :raises RemoteError: the sender has not signed this, or as :meth:`send`.

        Implements: ET-1
        """
        from pystatus.client.submitting import Submitting

        self.account(to_hex(draft.sender))
        endpoint, money = self._connected()
        found = await endpoint.chain_id()
        if found != draft.chain_id:
            raise LocalError(
                f"This is for the chain {draft.chain_id}, and the node is of the chain {found}. Nothing was sent."
            )
        return await Submitting(self._do, self._read, draft, self._refused).submit(money, signature)

    def sent(self, chain_id: int | None = None, *, waiting: bool = False) -> Sequence[SentTransaction]:
        """What was sent from here, the newest first: 1,000 at most.

        :param chain_id: on one chain; ``None``: on all.
        :param waiting: only what is in no block yet.
        :raises LocalError: the client is not open.
        """
        return self._read(lambda wallet: wallet.sent_transactions(chain_id, waiting=waiting))

    async def update_sent(self) -> Sequence[SentTransaction]:
        """Ask the node what became of what was sent, now: while something waits, the client asks by itself every ten
        seconds. What is in no block yet then, and what was dropped.

        :raises LocalError: no ``endpoint``.
        :raises RemoteError: the node cannot be asked, or answers nonsense.
        """
        from pystatus.chain import sent

        waiting = self._read(lambda wallet: wallet.open_sent())
        findings = await sent.look_up(self._endpoint(), waiting)
        await self._do(lambda wallet, now: wallet.looked_up(findings, now))
        states = (SentState.WAITING, SentState.DROPPED)
        return [one for one in self.sent() if one.state in states]

    # favourites

    def favourites(self) -> Sequence[Favourite]:
        """Addresses that are kept by name, in the order of their names.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda wallet: wallet.favourites())

    async def save_favourite(self, address: str, name: str) -> Favourite:
        """Keep an address by a name, or give it another one.

        :raises LocalError: not an address, the name is taken or none, or there are too many.
        """
        wanted = typed_address(address)
        return await self._do(lambda wallet, now: wallet.save_favourite(wanted, name))

    async def remove_favourite(self, address: str) -> Favourite:
        """Forget a favourite.

        :raises LocalError: not an address, or it is none.
        """
        wanted = typed_address(address)
        return await self._do(lambda wallet, now: wallet.remove_favourite(wanted))

    # what all of them do

    def _endpoint(self) -> Endpoint:
        return named(self._access.session.endpoint)

    def _connected(self) -> tuple[Endpoint, Money]:
        """The node, and what is done on it: one for all calls, as it knows the numbers of what was sent."""
        endpoint = self._endpoint()
        if self._money is None or self._money[0] is not endpoint:
            from pystatus.chain.wallet import Wallet as Money  # a client that asks no node loads nothing of it

            self._money = endpoint, Money(endpoint)
        return self._money

    async def _try(self, account: str, payment: Payment, token: Token | None = None) -> TransactionDraft:
        from pystatus.client.submitting import known_tokens, supplies

        sender = self.account(account).address
        endpoint, money = self._connected()
        drafted = await money.draft(sender, payment)
        chain_id = drafted.transaction.chain_id
        own = self._read(lambda wallet: wallet.own_tokens(chain_id))
        tokens = await known_tokens(endpoint, chain_id, payment, own, token)
        return self._shown(drafted, tokens, await supplies(endpoint, payment))

    async def _replaced(self, transaction_hash: bytes, *, cancel: bool) -> TransactionDraft:
        from pystatus.chain.wallet import Sent
        from pystatus.client.submitting import known_tokens
        from pystatus.ethereum.drafts import transaction_of

        before = self._read(lambda wallet: wallet.sent.get(transaction_hash))
        endpoint, money = self._connected()
        if before.chain_id != await endpoint.chain_id():
            raise LocalError(f"This was sent on the chain {before.chain_id}. Name a node of that chain.")
        if before.state is SentState.REPLACED:
            raise LocalError("Another transaction has taken its place already. Nothing was done.")
        inner = Sent(before.hash, transaction_of(before))
        drafted = await money.draft_replacement(inner, before.sender, cancel=cancel)
        own = self._read(lambda wallet: wallet.own_tokens(before.chain_id))
        tokens = await known_tokens(endpoint, before.chain_id, drafted.transaction.payment, own, None)
        return self._shown(drafted, tokens, {}, before.hash, cancel=cancel)

    def _shown(
        self,
        drafted: Draft,
        tokens: Mapping[bytes, Token],
        supplies: Mapping[bytes, int],
        replaces: bytes | None = None,
        *,
        cancel: bool = False,
    ) -> TransactionDraft:
        from pystatus.client.submitting import shown

        return shown(drafted, tokens, supplies, self.signing_phrase(), replaces, cancel=cancel)
