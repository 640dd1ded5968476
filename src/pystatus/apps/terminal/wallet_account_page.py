"""The page of one account of the wallet: what is there, and what came and went."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.account.wallet_accounts import WalletAccount
from pystatus.apps.terminal.dialogs.windows import Act, Entry, PageWindow
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.wallet_desk import Desk, give, known, send, wallet_of
from pystatus.client.features.wallet import Collection, Token, Transfer
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import to_hex
from pystatus.faces import wallet_acting
from pystatus.faces.moments import local
from pystatus.faces.wallet_acting import Money
from pystatus.faces.wallet_page import HoldingRow, account_row, holding_row, symbol, transfer_row

TRANSFERS = 200
"""Transfers that are listed; of more, the older ones are listed by ``pystatus wallet history``."""
ETHER_ENTRY = "ether"
"""What the entry of ether is called, where those of tokens have their addresses."""


class AccountReading:
    """What is known of one account at the moment."""

    def __init__(self, face: Face, account: WalletAccount) -> None:
        self.face = face
        self.account = account
        self.named = to_hex(account.address)
        self._wallet = wallet_of(face)
        self._money = Money(None, face.texts.wallet_reading())
        self._chain_id: int | None = None

    async def load(self) -> None:
        """Ask the chain what there is."""
        self._chain_id, problem = await wallet_acting.chain_of(self._wallet, self.face.texts)
        self._money = Money(None, problem)
        if self._chain_id is not None:
            self._money = await wallet_acting.read_money(self._wallet, self.face.texts, self.named)

    async def search(self, *, older: bool = False) -> None:
        """Search the chain for transfers.

        :raises StatusError: no node is named, or it cannot be asked.
        """
        self._chain_id = await self._wallet.update_history(self.named, older=older)
        await self.load()

    @property
    def chain_id(self) -> int:
        """
        :raises LocalError: it is not known.
        """
        if self._chain_id is None:
            raise LocalError(self._money.problem)
        return self._chain_id

    @property
    def note(self) -> str:
        """Whose it is, and of which block the figures are."""
        texts, balances = self.face.texts, self._money.balances
        lines = [self.account.shown_address, account_row(self.account, None, texts).detail]
        if balances is None:
            return "\n".join([*lines, self._money.problem])
        lines.append(texts.wallet_as_of(block=str(balances.block_number), chain=str(balances.chain_id)))
        named = {one.address: symbol(one) for one in self._wallet.tokens(balances.chain_id)}
        lines += [texts.wallet_silent(token=named.get(one, to_hex(one))) for one in balances.silent]
        return "\n".join(lines)

    @property
    def holdings(self) -> Sequence[HoldingRow]:
        """What is there."""
        balances = self._money.balances
        return [] if balances is None else [holding_row(one) for one in balances.holdings]

    def token(self, entry: str) -> Token | None:
        """What an entry is of; ``None``: ether, or no holding."""
        balances = self._money.balances
        held = () if balances is None else balances.holdings
        return next((one.token for one in held if one.token is not None and one.token.shown_address == entry), None)

    @property
    def transfers(self) -> Sequence[Transfer]:
        """What is stored of what came and went."""
        return [] if self._chain_id is None else self._wallet.history(self.named, self._chain_id, TRANSFERS)

    def entries(self) -> Sequence[Entry]:
        """The lines of the page."""
        texts = self.face.texts
        found = [
            Entry(
                row.token or ETHER_ENTRY, f"{row.amount} {row.symbol}", f"{row.name} · {row.token}" if row.token else ""
            )
            for row in self.holdings
        ]
        if self._chain_id is None:
            return found
        today = local(int(self.face.client.now * 1_000)).date()
        tokens = {one.address: one for one in self._wallet.tokens(self._chain_id)}
        rows = [transfer_row(one, tokens, known(self.face), today, texts) for one in self.transfers]
        found.append(Entry("", texts.wallet_history() if rows else texts.wallet_history_empty()))
        for row in rows:
            failed = f" · {row.failed}" if row.failed else ""
            title = f"{row.sign} {row.title}  {row.moment}"
            found.append(Entry(f"transfer {to_hex(row.transfer.id)}", title, f"{row.who}{failed}"))
        return found


def account_page(desk: Desk, account: WalletAccount) -> PageWindow:
    """Of one account."""
    face = desk.face
    texts, wallet = face.texts, wallet_of(face)
    here = AccountReading(face, account)

    async def pay(entry: str) -> None:
        if not account.can_sign:
            raise LocalError(texts.wallet_cannot_sign(account=account.name))
        token = here.token(entry)
        if token is not None and token.is_nft:
            await desk.go_into(
                collection_page(desk, account, await wallet.collectibles(here.named, token.shown_address))
            )
        else:
            await send(desk, here.named, token)
        await here.load()

    async def receive(_: str) -> None:
        desk.show_code(texts.wallet_address_of(account=account.name), account.shown_address)

    async def update(_: str) -> None:
        await here.search()

    async def older(_: str) -> None:
        await here.search(older=True)

    async def add_token(_: str) -> None:
        address = await desk.ask(texts.wallet_title(), texts.wallet_ask_token())
        if address is not None:
            added = await wallet.add_token(address)
            desk.tell(texts.wallet_token_added(token=symbol(added)))
            await here.load()

    async def forget_token(entry: str) -> None:
        token = here.token(entry)
        if token is not None:
            await wallet.remove_token(token.shown_address, here.chain_id)
            await here.load()

    async def collectibles(_: str) -> None:
        contract = await desk.ask(texts.wallet_collectibles(), texts.wallet_ask_collectible_contract())
        if contract is not None:
            await desk.go_into(collection_page(desk, account, await wallet.collectibles(here.named, contract)))

    return PageWindow(
        account.name,
        here.entries,
        [
            Act("s", texts.terminal_act_send(), pay, needs_entry=False),
            Act("e", texts.terminal_act_receive(), receive, needs_entry=False),
            Act("u", texts.terminal_act_update(), update, needs_entry=False),
            Act("o", texts.terminal_act_older(), older, needs_entry=False),
            Act("t", texts.terminal_act_token(), add_token, needs_entry=False),
            Act("x", texts.terminal_act_forget_token(), forget_token),
            Act("c", texts.terminal_act_collectibles(), collectibles, needs_entry=False),
        ],
        texts.wallet_history_empty(),
        lambda: here.note,
        here.load,
    )


def collection_page(desk: Desk, account: WalletAccount, found: Collection) -> PageWindow:
    """The collectibles of one contract."""
    texts = desk.face.texts
    contract = to_hex(found.contract)

    def read() -> Sequence[Entry]:
        return [Entry(str(one.number), texts.wallet_collectible(number=str(one.number))) for one in found.listed]

    async def hand_over(number: str) -> None:
        if not account.can_sign:
            raise LocalError(texts.wallet_cannot_sign(account=account.name))
        await give(desk, to_hex(account.address), contract, int(number))

    return PageWindow(
        texts.wallet_collectibles(),
        read,
        [Act("s", texts.terminal_act_give(), hand_over)],
        texts.terminal_nothing_found(),
        texts.wallet_collectibles_count(n=found.count, contract=contract),
    )
