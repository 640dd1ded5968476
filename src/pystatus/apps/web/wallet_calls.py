"""Calls about the wallet of the profile that is open: what there is, and sending some of it.

What is to be signed is drafted first, and kept here: the page is given the question in words, and gives back the
password with the name of the draft. So nothing else can be signed than what was shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.apps.web import shapes
from pystatus.apps.web.calls import Calls
from pystatus.apps.web.drafts import Draft
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.viewer import Viewer
from pystatus.client.features.names import NameDraft
from pystatus.client.features.wallet import Token, TransactionDraft, Wallet, WalletBalances
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import to_hex
from pystatus.faces import wallet_acting
from pystatus.faces.wallet_acting import Money
from pystatus.faces.wallet_page import (
    Known,
    account_row,
    holding_row,
    known_addresses,
    removal_words,
    sent_row,
    symbol,
    transfer_row,
)
from pystatus.faces.wallet_question import SigningQuestion, signing_question
from pystatus.messenger.transaction_records import hash_bytes
from pystatus.rpc.session import Session

TRANSFERS = 200
"""Transfers that are listed. Ours: more than somebody looks through; the command lists all."""


class WalletCalls(Calls):
    """Of one server."""

    WAITING = frozenset(
        {
            "web_wallet_money", "web_wallet_account", "web_wallet_search", "web_wallet_collectibles",
            "web_wallet_token", "web_wallet_draft", "web_wallet_give", "web_wallet_replace", "web_wallet_sign",
            "web_wallet_ask",
        }
    )  # fmt: skip
    """Those that wait for a node of Ethereum."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def _wallet(self, session: Session) -> tuple[Viewer, Wallet]:
        viewer = self._page.viewer(session)
        return viewer, viewer.opened.client.feature(Wallet)

    # what there is

    def web_wallet(self, session: Session) -> PageValue:
        """The accounts, favourites, and by what somebody knows who asks: all that is known without the chain."""
        viewer, wallet = self._wallet(session)
        return {
            "accounts": [_account(one, viewer) for one in wallet.accounts()],
            "favourites": [{"address": one.shown_address, "name": one.name} for one in wallet.favourites()],
            "note": viewer.texts.wallet_phrase_note(phrase=wallet.signing_phrase()),
            "waiting": len(wallet.sent(waiting=True)),
        }

    async def web_wallet_money(self, session: Session) -> PageValue:
        """The ether of each account."""
        viewer, wallet = self._wallet(session)
        money = await wallet_acting.read_money(wallet, viewer.texts)
        rows = [account_row(one, money.ether(one.address), viewer.texts) for one in wallet.accounts()]
        return {**_standing(money, viewer), "ether": {row.account.shown_address: row.ether for row in rows}}

    async def web_wallet_account(self, session: Session, account: str) -> PageValue:
        """What one account has, and what is stored of what came and went."""
        viewer, wallet = self._wallet(session)
        found = wallet.account(account)
        chain_id, problem = await wallet_acting.chain_of(wallet, viewer.texts)
        money = Money(None, problem)
        if chain_id is not None:
            money = await wallet_acting.read_money(wallet, viewer.texts, account)
        balances = money.balances
        holdings = [] if balances is None else [holding_row(one) for one in balances.holdings]
        return {
            **_standing(money, viewer),
            "account": _account(found, viewer),
            "holdings": [
                {
                    "token": row.token,
                    "amount": row.amount,
                    "symbol": row.symbol,
                    "name": row.name,
                    "own": row.is_own,
                    "collectible": row.is_collectible,
                }
                for row in holdings
            ],
            "silent": [] if balances is None else _silent(wallet, balances, viewer),
            "transfers": [] if chain_id is None else self._transfers(viewer, wallet, account, chain_id),
            "qr": shapes.qr_rows(found.shown_address),
        }

    @staticmethod
    def _transfers(viewer: Viewer, wallet: Wallet, account: str, chain_id: int) -> list[PageValue]:
        called, tokens = known(wallet), {one.address: one for one in wallet.tokens(chain_id)}
        rows = [
            transfer_row(one, tokens, called, viewer.opened.today, viewer.texts)
            for one in wallet.history(account, chain_id, TRANSFERS)
        ]
        return [
            {
                "id": to_hex(row.transfer.id),
                "sign": row.sign,
                "title": row.title,
                "who": row.who,
                "moment": row.moment,
                "failed": row.failed,
            }
            for row in rows
        ]

    async def web_wallet_search(self, session: Session, account: str, older: bool = False) -> bool:
        """Search the chain for what came and went."""
        _, wallet = self._wallet(session)
        await wallet.update_history(account, older=older)
        return True

    async def web_wallet_collectibles(self, session: Session, account: str, contract: str) -> PageValue:
        """What an account has of the collectibles of a contract."""
        viewer, wallet = self._wallet(session)
        found = await wallet.collectibles(account, contract)
        texts = viewer.texts
        return {
            "text": texts.wallet_collectibles_count(n=found.count, contract=contract),
            "listed": [
                {"number": str(one.number), "title": texts.wallet_collectible(number=str(one.number))}
                for one in found.listed
            ],
        }

    async def web_wallet_token(self, session: Session, address: str, remove: bool = False) -> str:
        """Add a token by the address of its contract, or forget one. What happened, in a sentence."""
        viewer, wallet = self._wallet(session)
        if remove:
            return symbol(await wallet.remove_token(address, await wallet.chain_id()))
        return viewer.texts.wallet_token_added(token=symbol(await wallet.add_token(address)))

    # accounts

    def web_wallet_doubt(self, phrase: str) -> str:
        """Why a phrase is none that a wallet has made; empty: it is one."""
        return wallet_acting.phrase_doubt(phrase)

    async def web_wallet_add(
        self, session: Session, kind: str, secret: str, password: str, name: str = "", colour: str = ""
    ) -> PageValue:
        """Add an account; its key is sealed with the password of the profile."""
        viewer, _ = self._wallet(session)
        try:
            wanted = WalletKind(kind)
        except ValueError:
            kinds = ", ".join(one.value for one in WalletKind)
            raise LocalError(f"An account comes from one of these: {kinds}.") from None
        client = viewer.opened.client
        return _account(await wallet_acting.add_account(client, wanted, secret, password, name, colour), viewer)

    def web_wallet_removal(self, session: Session, account: str) -> str:
        """What it means to remove an account."""
        viewer, wallet = self._wallet(session)
        return removal_words(wallet.account(account), viewer.texts)

    # sending

    def web_wallet_sent(self, session: Session) -> list[PageValue]:
        """What was sent from here, the newest first."""
        viewer, wallet = self._wallet(session)
        rows = [sent_row(one, viewer.opened.today, viewer.texts) for one in wallet.sent()]
        return [
            {
                "hash": to_hex(row.transaction.hash),
                "words": row.words,
                "state": row.transaction.state.value,
                "text": row.state,
                "moment": row.moment,
                "waits": row.waits,
            }
            for row in rows
        ]

    async def web_wallet_ask(self, session: Session) -> bool:
        """Ask the chain now what became of what was sent."""
        _, wallet = self._wallet(session)
        await wallet.update_sent()
        return True

    async def web_wallet_draft(
        self, session: Session, account: str, to: str, amount: str, token: str = ""
    ) -> PageValue:
        """Try to send ether or a token. The question to ask before it is signed."""
        viewer, wallet = self._wallet(session)
        what: Token | None = await wallet.look_up_token(token) if token else None
        address = await wallet_acting.recipient(to, viewer.opened.client, viewer.texts)
        value = wallet_acting.units(amount, what, viewer.texts)
        return _asked(viewer, wallet, await wallet.draft(account, address, value, token=token))

    async def web_wallet_give(self, session: Session, account: str, contract: str, number: str, to: str) -> PageValue:
        """Try to give a collectible away. The question to ask before it is signed."""
        viewer, wallet = self._wallet(session)
        address = await wallet_acting.recipient(to, viewer.opened.client, viewer.texts)
        wanted = wallet_acting.collectible_number(number, viewer.texts)
        return _asked(viewer, wallet, await wallet.draft_collectible(account, address, contract, wanted))

    async def web_wallet_replace(self, session: Session, transaction: str, cancel: bool) -> PageValue:
        """Try to send one with a higher fee in the place of what waits, or one that takes it back."""
        viewer, wallet = self._wallet(session)
        sent = hash_bytes(transaction)
        draft = await (wallet.draft_cancel(sent) if cancel else wallet.draft_speed_up(sent))
        return _asked(viewer, wallet, draft)

    async def web_wallet_sign(self, session: Session, draft: str, password: str) -> str:
        """Sign what was shown, and send it. With a wrong password nothing is signed, and it can be tried again."""
        viewer, wallet = self._wallet(session)
        self._page.touch()
        kept = viewer.drafts.get(draft)
        if isinstance(kept, NameDraft):
            await viewer.opened.names.send(kept, password)
        else:
            await wallet.send(kept, password)
        viewer.drafts.forget(draft)
        return viewer.texts.wallet_sent_told()


def _asked(viewer: Viewer, wallet: Wallet, draft: TransactionDraft) -> PageValue:
    return asked(viewer, draft, signing_question(draft, known(wallet), viewer.texts))


def asked(viewer: Viewer, draft: Draft, question: SigningQuestion) -> PageValue:
    """The question about a draft, which is kept until somebody has answered."""
    return {
        "draft": viewer.drafts.keep(draft),
        "what": question.what,
        "cost": question.cost,
        "warnings": list(question.warnings),
        "phrase": question.phrase,
    }


def known(wallet: Wallet) -> Known:
    """What addresses are called here."""
    return known_addresses(wallet.accounts(), wallet.favourites())


def _account(account: WalletAccount, viewer: Viewer) -> PageValue:
    row = account_row(account, None, viewer.texts)
    return {
        "address": account.shown_address,
        "name": row.name,
        "colour": account.colour,
        "detail": row.detail,
        "can_sign": account.can_sign,
        "first": account.is_default,
    }


def _standing(money: Money, viewer: Viewer) -> PageValue:
    """Of which block and chain the figures are, or why there are none."""
    found = money.balances
    if found is None:
        return {"standing": "", "problem": money.problem}
    return {
        "standing": viewer.texts.wallet_as_of(block=str(found.block_number), chain=str(found.chain_id)),
        "problem": "",
    }


def _silent(wallet: Wallet, balances: WalletBalances, viewer: Viewer) -> Sequence[str]:
    named = {one.address: symbol(one) for one in wallet.tokens(balances.chain_id)}
    return [viewer.texts.wallet_silent(token=named.get(one, to_hex(one))) for one in balances.silent]
