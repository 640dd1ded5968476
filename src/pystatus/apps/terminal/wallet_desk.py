"""What the pages of the wallet ask somebody, and how a transaction gets from a draft to the chain."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from pystatus.account.keystore import WrongPassword
from pystatus.apps.terminal.dialogs.windows import PageWindow
from pystatus.apps.terminal.face import Face
from pystatus.client.features.wallet import Token, TransactionDraft, Wallet
from pystatus.faces import wallet_acting
from pystatus.faces.wallet_page import ETHER, Known, known_addresses, symbol
from pystatus.faces.wallet_question import SigningQuestion, signing_question


class Desk(Protocol):
    """The screen, as far as the pages of the wallet need it."""

    face: Face

    async def confirm(self, question: str) -> bool: ...
    async def ask(self, title: str, question: str, value: str = "") -> str | None: ...
    async def ask_secret(self, title: str, question: str) -> str | None:
        """Ask for a line that is not shown; ``None``: somebody went back."""

    async def ask_to_sign(self, question: SigningQuestion) -> str | None:
        """Show what will be signed. The password; ``None``: it is not to be."""

    async def choose(self, title: str, choices: Sequence[str]) -> str | None: ...
    async def go_into(self, page: PageWindow) -> None:
        """Show a page over the one that is there, until it is closed."""

    def show_code(self, title: str, text: str) -> None: ...
    def tell(self, sentence: str) -> None: ...


def wallet_of(face: Face) -> Wallet:
    """The wallet of the client of a face."""
    return wallet_acting.wallet_of(face.client)


def known(face: Face) -> Known:
    """What addresses are called here."""
    wallet = wallet_of(face)
    return known_addresses(wallet.accounts(), wallet.favourites())


async def sign_and_send(desk: Desk, drafting: Awaitable[TransactionDraft]) -> bool:
    """Show what was drafted, and send it if the person gives the password. Whether it was sent.

    :raises StatusError: it cannot be sent, and why.

    Implements: AC-35
    """
    face, draft = desk.face, await drafting
    question = signing_question(draft, known(face), face.texts)
    return await ask_and_send(desk, question, lambda password: wallet_of(face).send(draft, password))


async def ask_and_send(desk: Desk, question: SigningQuestion, send: Callable[[str], Awaitable[object]]) -> bool:
    """Ask for the password, and send it with that. Whether it was sent.

    A wrong password is asked for again: the keys of the window below would take what somebody types once more.

    :raises StatusError: it cannot be sent, and why.
    """
    face = desk.face
    while (password := await desk.ask_to_sign(question)) is not None:
        try:
            await send(password)
        except WrongPassword as wrong:
            desk.tell(str(wrong))
            continue
        desk.tell(face.texts.wallet_sent_told())
        return True
    desk.tell(face.texts.wallet_nothing_sent())
    return False


async def send(desk: Desk, account: str, token: Token | None, to: str = "") -> None:
    """Ask to whom and how much, and send it.

    :param token: what is sent; ``None``: ether.
    :param to: whom, where that is said already.
    :raises StatusError: nobody is called so, that is no amount, or it cannot be sent.
    """
    face = desk.face
    texts, wallet = face.texts, wallet_of(face)
    title = texts.wallet_send_title()
    found = to or await desk.ask(title, texts.wallet_send_to())
    if not found:
        return
    address = await wallet_acting.recipient(found, face.client, texts)
    called = ETHER if token is None else symbol(token)
    amount = await desk.ask(title, texts.wallet_send_amount(symbol=called))
    if amount is None:
        return
    value = wallet_acting.units(amount, token, texts)
    contract = "" if token is None else token.shown_address
    await sign_and_send(desk, wallet.draft(account, address, value, token=contract))


async def give(desk: Desk, account: str, contract: str, number: int) -> None:
    """Ask to whom a collectible goes, and send it.

    :raises StatusError: nobody is called so, or it cannot be sent.
    """
    texts, wallet = desk.face.texts, wallet_of(desk.face)
    to = await desk.ask(texts.wallet_send_title(), texts.wallet_send_to())
    if to is not None:
        address = await wallet_acting.recipient(to, desk.face.client, texts)
        await sign_and_send(desk, wallet.draft_collectible(account, address, contract, number))
