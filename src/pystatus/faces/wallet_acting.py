"""What faces do with the wallet when somebody has typed something: find who is meant, read an amount, add an account,
and ask the chain, which may not answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pystatus import typed
from pystatus.account import mnemonic
from pystatus.account.key_encoding import parse_private_key
from pystatus.account.keystore import StoredKey
from pystatus.account.wallet_accounts import (
    DEFAULT_COLOUR,
    FIRST_PATH,
    WalletAccount,
    WalletKind,
    checked_path,
    derived_path,
    of_phrase,
)
from pystatus.client import Client
from pystatus.client.features.names import NameAction, NameDraft, Names
from pystatus.client.features.wallet import Token, Wallet, WalletBalances, add_with_key
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum.quantities import to_hex, typed_address
from pystatus.ethereum.tokens import ETHER_DECIMALS, base_units
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.sentences import as_sentence
from pystatus.faces.wallet_page import ETHER, symbol
from pystatus.storage import wallet_keys


@dataclass(frozen=True, slots=True)
class Money:
    """What the chain says, or why it says nothing."""

    balances: WalletBalances | None
    problem: str
    """A sentence; empty where there is none."""

    def ether(self, account: bytes) -> int | None:
        """Wei of an account; ``None``: not known."""
        held = () if self.balances is None else self.balances.holdings
        return next((one.amount for one in held if one.account == account and one.token is None), None)


def wallet_of(client: Client) -> Wallet:
    """The wallet of a client."""
    return client.feature(Wallet)


async def chain_of(wallet: Wallet, texts: Catalogue) -> tuple[int | None, str]:
    """The chain that is asked; ``None`` and a sentence: none can be."""
    try:
        return await wallet.chain_id(), ""
    except LocalError:  # that no node is named is all that our own side can do wrong here
        return None, texts.wallet_no_node()
    except RemoteError as error:
        return None, as_sentence(str(error))


async def read_money(wallet: Wallet, texts: Catalogue, account: str | None = None) -> Money:
    """What an account has, or all of them: of views, which say what is wrong and go on."""
    chain_id, problem = await chain_of(wallet, texts)
    if chain_id is None:
        return Money(None, problem)
    try:
        return Money(await wallet.balances(account), "")
    except RemoteError as error:
        return Money(None, as_sentence(str(error)))


async def recipient(text: str, client: Client, texts: Catalogue) -> str:
    """The address that somebody means: an address, a favourite, an account of ours, or what a name of ENS leads to.

    :raises LocalError: nobody is called so.
    :raises RemoteError: the chain cannot be asked for a name.
    """
    wallet = client.feature(Wallet)
    wanted = typed.token(text)
    if wanted[:2].lower() == "0x":
        return to_hex(typed_address(wanted))
    called = [(one.name, one.address) for one in wallet.accounts()]
    called += [(one.name, one.address) for one in wallet.favourites()]
    for name, address in called:
        if typed.is_same_name(name, text):
            return to_hex(address)
    if "." in wanted:
        found = await client.feature(Names).resolve(wanted)
        if found.address is None:
            raise LocalError(texts.wallet_no_address(name=found.name))
        return found.address
    raise LocalError(texts.wallet_nobody(name=typed.name(text)))


def units(text: str, token: Token | None, texts: Catalogue) -> int:
    """The base units of an amount that somebody has typed.

    :param token: of which; ``None``: ether.
    :raises LocalError: it is none, or finer than what it is of.
    """
    decimals = ETHER_DECIMALS if token is None else token.decimals
    found = base_units(typed.token(text).replace(",", "."), decimals)
    if found is None or found <= 0:
        raise LocalError(texts.wallet_bad_amount(n=decimals, symbol=ETHER if token is None else symbol(token)))
    return found


def collectible_number(text: str, texts: Catalogue) -> int:
    """
    :raises LocalError: it is none.
    """
    wanted = typed.token(text)
    if not (wanted.isascii() and wanted.isdecimal()) or len(wanted) > len(str(2**256)):
        raise LocalError(texts.wallet_bad_number())
    return int(wanted)


def phrase_doubt(phrase: str) -> str:
    """Why a phrase is none that a wallet has made, as a sentence; empty: it is one.

    :raises LocalError: it has another number of words than one has.
    """
    return mnemonic.warning(phrase) or ""


async def add_account(
    client: Client,
    kind: WalletKind,
    secret: str,
    password: str,
    name: str = "",
    colour: str = "",
) -> WalletAccount:
    """Add an account. Its key is sealed in this process, also where another one has the profile open.

    :param secret: the phrase, the key, or the address; nothing for the next one of our own phrase.
    :raises WrongPassword: nothing was changed.
    :raises LocalError: the secret is none, the account is there already, or its name is taken.
    """
    wallet, colour = client.feature(Wallet), colour or DEFAULT_COLOUR
    if kind is WalletKind.WATCHED:
        return await wallet.watch(secret, name, colour)
    path = ""
    if kind is WalletKind.KEY:
        stored = StoredKey(parse_private_key(secret))
    elif kind is WalletKind.PHRASE:
        path = checked_path(FIRST_PATH)
        stored = await asyncio.to_thread(of_phrase, secret, path)
    else:
        number = wallet.next_index()
        path = derived_path(number)
        stored = await asyncio.to_thread(wallet_keys.derived_key, client.profile, password, number)
    made = WalletAccount(stored.address, kind, name, colour, path)
    return await add_with_key(wallet, client.profile, password, stored, made, client.now)


async def drafted_name(client: Client, action: NameAction, name: str, value: str = "") -> NameDraft:
    """Draft what is to be done with a name.

    :param value: the address or the content that it is to have.
    :raises LocalError: it cannot be done.
    :raises RemoteError: the chain refuses it, or cannot be asked.
    """
    names = client.feature(Names)
    match action:
        case NameAction.REGISTER:
            return await names.register(name)
        case NameAction.CONNECT:
            return await names.connect(name)
        case NameAction.SET_ADDRESS:
            return await names.set_address(name, value)
        case NameAction.SET_CONTENT:
            return await names.set_content(name, value)
        case NameAction.TAKE_OVER:
            return await names.take_over(name)
        case NameAction.RELEASE:
            return await names.release(name)
        case NameAction.RESERVE_SLASH:
            return await names.reserve_slash(name)
        case NameAction.SLASH:
            return await names.slash(name)
