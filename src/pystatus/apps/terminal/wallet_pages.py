"""Pages of the wallet: all accounts, what was sent from here, and favourites."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus import sanitise
from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.apps.terminal.dialogs.windows import Act, Entry, PageWindow
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.names_pages import names_page
from pystatus.apps.terminal.wallet_account_page import account_page
from pystatus.apps.terminal.wallet_desk import Desk, send, sign_and_send, wallet_of
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import to_hex
from pystatus.faces import wallet_acting
from pystatus.faces.moments import local
from pystatus.faces.wallet_acting import Money
from pystatus.faces.wallet_page import account_row, removal_words, sent_row

SQUARE = ("██", "██")
"""The colour of an account, beside its two lines."""


def wallet_page(desk: Desk) -> PageWindow:
    """The accounts, each with its ether."""
    face = desk.face
    texts, wallet = face.texts, wallet_of(face)
    money = Money(None, texts.wallet_reading())

    def read() -> Sequence[Entry]:
        return [entry(face, one, money) for one in wallet.accounts()]

    def note() -> str:
        phrase = texts.wallet_phrase_note(phrase=wallet.signing_phrase())
        return f"{standing(face, money)}\n{phrase}"

    async def load() -> None:
        nonlocal money
        money = await wallet_acting.read_money(wallet, texts)

    async def show(account: str) -> None:
        await desk.go_into(account_page(desk, wallet.account(account)))

    async def add(_: str) -> None:
        await _add(desk)
        await load()

    async def rename(account: str) -> None:
        before = wallet.account(account).name
        name = await desk.ask(texts.wallet_title(), texts.wallet_ask_name(), before)
        if name is not None:
            await wallet.change(account, name=name)

    async def colour(account: str) -> None:
        wanted = await desk.ask(texts.wallet_title(), texts.wallet_ask_colour(), wallet.account(account).colour)
        if wanted is not None:
            await wallet.change(account, colour=wanted)

    async def remove(account: str) -> None:
        if await desk.confirm(removal_words(wallet.account(account), texts)):
            await wallet.remove(account)

    async def sent(_: str) -> None:
        await desk.go_into(sent_page(desk))

    async def favourites(_: str) -> None:
        await desk.go_into(favourites_page(desk))

    async def names(_: str) -> None:
        await desk.go_into(names_page(desk))

    return PageWindow(
        texts.wallet_title(),
        read,
        [
            Act("Enter", texts.terminal_act_open(), show),
            Act("a", texts.terminal_act_account(), add, needs_entry=False),
            Act("n", texts.terminal_act_name(), rename),
            Act("c", texts.terminal_act_colour(), colour),
            Act("x", texts.terminal_act_drop(), remove),
            Act("p", texts.terminal_act_pending(), sent, needs_entry=False),
            Act("f", texts.terminal_act_favourites(), favourites, needs_entry=False),
            Act("m", texts.terminal_act_names(), names, needs_entry=False),
        ],
        texts.wallet_empty(),
        note,
        load,
    )


def entry(face: Face, account: WalletAccount, money: Money) -> Entry:
    """An account in a list."""
    row = account_row(account, money.ether(account.address), face.texts)
    title = f"{row.name}  {row.ether}".rstrip()
    detail = f"{account.shown_address} · {row.brief}"
    return Entry(to_hex(account.address), title, detail, picture=SQUARE, color=account.colour)


def standing(face: Face, money: Money) -> str:
    """Of which block and chain the figures are, or why there are none."""
    if money.balances is None:
        return money.problem
    found = money.balances
    return face.texts.wallet_as_of(block=str(found.block_number), chain=str(found.chain_id))


async def lines(face: Face) -> list[str]:
    """The accounts as lines, for ``--plain``."""
    found, wallet = [], wallet_of(face)
    money = await wallet_acting.read_money(wallet, face.texts)
    for account in wallet.accounts():
        row = account_row(account, money.ether(account.address), face.texts)
        found.append(f"{row.name}  {row.ether}  {account.shown_address}  {row.detail}".replace("    ", "  "))
    return [*found, standing(face, money), face.texts.terminal_plain_wallet()]


async def _add(desk: Desk) -> None:
    face = desk.face
    texts = face.texts
    kinds = {
        texts.wallet_add_derived(): WalletKind.DERIVED,
        texts.wallet_add_phrase(): WalletKind.PHRASE,
        texts.wallet_add_key(): WalletKind.KEY,
        texts.wallet_add_watched(): WalletKind.WATCHED,
    }
    title = texts.wallet_add_title()
    chosen = await desk.choose(title, list(kinds))
    if chosen is None:
        return
    kind, secret, password = kinds[chosen], "", ""
    if kind is WalletKind.WATCHED:
        secret = await desk.ask(title, texts.wallet_ask_address()) or ""
    elif kind is not WalletKind.DERIVED:
        question = texts.wallet_ask_key() if kind is WalletKind.KEY else texts.wallet_ask_other_phrase()
        secret = await desk.ask_secret(title, question) or ""
    if not secret and kind is not WalletKind.DERIVED:
        return
    if kind is WalletKind.PHRASE:
        doubt = wallet_acting.phrase_doubt(secret)
        if doubt and not await desk.confirm(texts.wallet_take_phrase(doubt=doubt)):
            return
    name = await desk.ask(title, texts.wallet_ask_name())
    if kind is not WalletKind.WATCHED:
        password = await desk.ask_secret(title, texts.wallet_ask_account_password()) or ""
        if not password:
            return
    await wallet_acting.add_account(face.client, kind, secret, password, name or "")


def sent_page(desk: Desk) -> PageWindow:
    """What was sent from here, and what can still be done about it."""
    face = desk.face
    texts, wallet = face.texts, wallet_of(face)

    def read() -> Sequence[Entry]:
        today = local(int(face.client.now * 1_000)).date()
        rows = [sent_row(one, today, texts) for one in wallet.sent()]
        return [
            Entry(to_hex(row.transaction.hash), row.words, f"{row.moment} · {row.state}", bold=row.waits)
            for row in rows
        ]

    async def faster(transaction: str) -> None:
        await sign_and_send(desk, wallet.draft_speed_up(bytes.fromhex(transaction[2:])))

    async def cancel(transaction: str) -> None:
        await sign_and_send(desk, wallet.draft_cancel(bytes.fromhex(transaction[2:])))

    async def again(_: str) -> None:
        await wallet.update_sent()

    return PageWindow(
        texts.wallet_sent_title(),
        read,
        [
            Act("u", texts.terminal_act_faster(), faster),
            Act("c", texts.terminal_act_cancel(), cancel),
            Act("r", texts.terminal_act_again(), again, needs_entry=False),
        ],
        texts.wallet_sent_empty(),
    )


def favourites_page(desk: Desk) -> PageWindow:
    """Addresses that are kept by name."""
    face = desk.face
    texts, wallet = face.texts, wallet_of(face)

    def read() -> Sequence[Entry]:
        return [Entry(to_hex(one.address), sanitise.name(one.name), one.shown_address) for one in wallet.favourites()]

    async def pay(address: str) -> None:
        payer = next((one for one in wallet.accounts() if one.can_sign), None)
        if payer is None:
            raise LocalError(texts.wallet_empty())
        await send(desk, to_hex(payer.address), None, address)

    async def keep(_: str) -> None:
        address = await desk.ask(texts.wallet_favourites(), texts.wallet_ask_address())
        name = None if address is None else await desk.ask(texts.wallet_favourites(), texts.wallet_ask_name())
        if address is not None and name is not None:
            await wallet.save_favourite(address, name)

    async def rename(address: str) -> None:
        before = next((one.name for one in wallet.favourites() if to_hex(one.address) == address), "")
        name = await desk.ask(texts.wallet_favourites(), texts.wallet_ask_name(), before)
        if name is not None:
            await wallet.save_favourite(address, name)

    return PageWindow(
        texts.wallet_favourites(),
        read,
        [
            Act("s", texts.terminal_act_send(), pay),
            Act("a", texts.terminal_act_keep(), keep, needs_entry=False),
            Act("n", texts.terminal_act_name(), rename),
            Act("x", texts.terminal_act_drop(), wallet.remove_favourite),
        ],
        texts.wallet_favourites_empty(),
    )
