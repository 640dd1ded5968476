"""The wallet on a page: accounts, what they have, what came and went, and what was sent from here and waits.

What a token calls itself is somebody else's text, and proves nothing: its address stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from pystatus import sanitise
from pystatus.account.address import checksummed
from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.client.features.wallet import Asset, Favourite, Holding, SentState, SentTransaction, Token, Transfer
from pystatus.ethereum.tokens import ETHER_DECIMALS, MAX_SYMBOL, shown_amount
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import moment_text

ETHER = "ETH"
"""What ether is called behind an amount."""
SHORT = 10
"""Characters of an address that stand for it where there is no room: 0x and eight digits."""

Known = Mapping[bytes, str]
"""What addresses are called here: accounts of the wallet and favourites."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account."""

    account: WalletAccount
    name: str
    detail: str
    """Where its key comes from."""
    brief: str
    """The same in two words, or as the path of the key."""
    ether: str
    """Empty: not known yet."""


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """What an account has of one thing. ``token`` is the address of its contract, empty for ether."""

    token: str
    amount: str
    symbol: str
    name: str
    is_own: bool = False
    """The token was added here, and can be removed."""
    is_collectible: bool = False


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer in the history of an account. ``sign`` is ``+`` or ``-``."""

    transfer: Transfer
    sign: str
    title: str
    who: str
    moment: str
    failed: str
    """Says that it came to nothing; empty where it did not."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """One transaction that was sent from here."""

    transaction: SentTransaction
    words: str
    state: str
    moment: str

    @property
    def waits(self) -> bool:
        """Whether another one can take its place."""
        return self.transaction.state is SentState.WAITING


def known_addresses(accounts: Sequence[WalletAccount], favourites: Sequence[Favourite]) -> Known:
    """What addresses are called here; an account of ours goes before a favourite."""
    kept = {one.address: sanitise.name(one.name) for one in favourites}
    return kept | {one.address: sanitise.name(one.name) for one in accounts}


def address_words(address: bytes, known: Known) -> str:
    """An address, after the name that it has here."""
    shown = checksummed(address)
    name = known.get(address)
    return shown if name is None else f"{name} ({shown})"


def account_row(account: WalletAccount, ether: int | None, texts: Catalogue) -> AccountRow:
    """
    :param ether: wei; ``None``: not known.
    """
    match account.kind:
        case WalletKind.DERIVED:
            detail, brief = texts.wallet_kind_derived(path=account.path), account.path
        case WalletKind.PHRASE:
            detail, brief = texts.wallet_kind_phrase(path=account.path), account.path
        case WalletKind.KEY:
            detail, brief = texts.wallet_kind_key(), texts.wallet_brief_key()
        case WalletKind.WATCHED:
            detail, brief = texts.wallet_kind_watched(), texts.wallet_brief_watched()
    shown = "" if ether is None else ether_words(ether)
    return AccountRow(account, sanitise.name(account.name), detail, brief, shown)


def ether_words(wei: int) -> str:
    """``0.25 ETH``."""
    return f"{shown_amount(wei, ETHER_DECIMALS)} {ETHER}"


def symbol(token: Token) -> str:
    """What a token calls itself, or the beginning of its address."""
    return sanitise.one_line(token.symbol, MAX_SYMBOL) or f"{token.shown_address[:SHORT]}…"


def holding_row(holding: Holding) -> HoldingRow:
    """What there is of one thing."""
    token = holding.token
    if token is None:
        return HoldingRow("", shown_amount(holding.amount, ETHER_DECIMALS), ETHER, "Ether")
    return HoldingRow(
        token.shown_address,
        shown_amount(holding.amount, token.decimals),
        symbol(token),
        sanitise.one_line(token.name, MAX_SYMBOL * 2),
        token.is_own,
        token.is_nft,
    )


def transfer_row(
    transfer: Transfer,
    tokens: Mapping[bytes, Token],
    known: Known,
    today: date,
    texts: Catalogue,
    zone: tzinfo | None = None,
) -> TransferRow:
    """
    :param tokens: those of the chain that are known.
    """
    is_inbound = transfer.is_inbound
    other = transfer.sender if is_inbound else transfer.recipient
    if other is None:
        who = texts.wallet_made_contract()
    elif is_inbound:
        who = texts.wallet_from(who=address_words(other, known))
    else:
        who = texts.wallet_to(who=address_words(other, known))
    return TransferRow(
        transfer,
        "+" if is_inbound else "-",
        _transferred(transfer, tokens, texts),
        who,
        moment_text(transfer.timestamp * 1_000, today, texts, zone),
        "" if transfer.succeeded else texts.wallet_transfer_failed(),
    )


def _transferred(transfer: Transfer, tokens: Mapping[bytes, Token], texts: Catalogue) -> str:
    if transfer.asset is Asset.ETHER:
        return ether_words(transfer.amount or 0)
    contract = transfer.contract or b""
    token = tokens.get(contract)
    what = checksummed(contract) if token is None else symbol(token)
    if transfer.amount is None:
        return texts.wallet_unknown_amount(what=what)
    if transfer.asset is Asset.COLLECTIBLE:
        return texts.wallet_number(number=str(transfer.amount), what=what)
    if token is None:
        return texts.wallet_base_units(amount=str(transfer.amount), what=what)
    return f"{shown_amount(transfer.amount, token.decimals)} {what}"


def sent_row(transaction: SentTransaction, today: date, texts: Catalogue, zone: tzinfo | None = None) -> SentRow:
    """What became of a transaction that was sent from here."""
    block = str(transaction.block_number)
    state = {
        SentState.WAITING: texts.wallet_sent_waiting,
        SentState.MINED: lambda: texts.wallet_sent_mined(block=block),
        SentState.FAILED: lambda: texts.wallet_sent_failed(block=block),
        SentState.REPLACED: texts.wallet_sent_replaced,
        SentState.DROPPED: texts.wallet_sent_dropped,
    }[transaction.state]()
    moment = moment_text(int(transaction.sent_at * 1_000), today, texts, zone)
    return SentRow(transaction, sanitise.one_line(transaction.words), state, moment)


def removal_words(account: WalletAccount, texts: Catalogue) -> str:
    """What it means to remove an account, before it is done."""
    name, address = sanitise.name(account.name), account.shown_address
    if not account.can_sign:
        return texts.wallet_remove_watched(account=name, address=address)
    again = texts.wallet_remove_again() if account.kind is WalletKind.DERIVED else texts.wallet_remove_copy()
    return f"{texts.wallet_remove_question(account=name, address=address)} {again}"
