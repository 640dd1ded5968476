"""What the options and arguments of the wallet may hold, beside those that others have, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.apps.cli.values import text_kind

if TYPE_CHECKING:
    from pystatus.chain.endpoint_url import EndpointUrl

SELECTOR_SIZE = 4
"""Bytes by which a contract knows what is called."""

_HASH_BEGINNING = re.compile(r"0x[0-9a-f]{4,64}")
_DECIMAL = re.compile(r"[0-9]{1,78}(?:\.[0-9]{1,77})?")


def _endpoint(text: str) -> EndpointUrl:
    from pystatus.chain.endpoint_url import EndpointUrl

    return EndpointUrl.parse(text)


def _prices(text: str) -> EndpointUrl:
    from pystatus.chain.prices import service_url

    return service_url(text)


def _currency(text: str) -> str:
    from pystatus.ethereum.prices import typed_currency

    return typed_currency(text)


def _decimal(text: str) -> str:
    """An amount with a point, as text: what it is of has so many decimals as is known later."""
    found = typed.token(text)
    if not _DECIMAL.fullmatch(found):
        raise ValueError(text)
    return found


def _account(text: str) -> str:
    found = typed.name(text)
    if not found or not found.isprintable():
        raise ValueError
    return found


def _colour(text: str) -> str:
    from pystatus.account.wallet_accounts import checked_colour

    return checked_colour(text)


def _path(text: str) -> str:
    from pystatus.account.wallet_accounts import checked_path

    return checked_path(text)


def _account_name(text: str) -> str:
    from pystatus.account.wallet_accounts import checked_name

    return checked_name(text)


def _recipient(text: str) -> str:
    """An address, checked by its capital letters, or a name."""
    found = _account(text)
    if found[:2].lower() == "0x":
        from pystatus.ethereum.quantities import typed_address

        typed_address(found)
    return found


def _call_data(text: str) -> bytes:
    found = typed.token(text)
    if found[:2] != "0x" or len(found) < 2 + 2 * SELECTOR_SIZE:
        raise ValueError
    return bytes.fromhex(found[2:])


def _hash_beginning(text: str) -> str:
    found = typed.token(text).lower()
    if not _HASH_BEGINNING.fullmatch(found):
        raise ValueError
    return found


ENDPOINT = text_kind("the address of a node of Ethereum, https://HOST/PATH", _endpoint)
PRICES = text_kind("the address of a service of prices, https://HOST", _prices)
CURRENCY = text_kind("three letters of a currency, EUR for example", _currency)
DECIMAL = text_kind("an amount, for example 0.25", _decimal)
ACCOUNT = text_kind("the name or the address of an account of the wallet", _account)
ACCOUNT_NAME = text_kind("a name for an account of the wallet", _account_name)
COLOUR = text_kind("a colour, #4360df for example", _colour)
KEY_PATH = text_kind("a path below a phrase, m/44'/60'/0'/0/0 for example", _path)
RECIPIENT = text_kind("an address, or the name of a favourite", _recipient)
CALL_DATA = text_kind("the data of a call, 0x and eight hexadecimal digits or more", _call_data)
HASH_BEGINNING = text_kind("the hash of a transaction, 0x…, or its beginning, four digits or more", _hash_beginning)
