"""Requests to pay as text (EIP-681, EIP-831): ``ethereum:0x…?value=2.014e18`` (ethereum.md §8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from urllib.parse import quote, unquote

from pystatus.account.address import checksummed
from pystatus.errors import LocalError
from pystatus.ethereum.quantities import MAX_CHAIN_ID, MAX_UINT256, BadAnswer, data, to_hex, typed_address

MAX_URI = 2_048
"""Characters of a request. Ours: longer ones fit into no QR code."""
MAX_ARGUMENTS = 16
"""Names and values behind the question mark. Ours."""
MAINNET = 1
TRANSFER = "transfer"
"""The function of a token that is paid (ERC-20)."""

_URI = re.compile(
    r"ethereum:(?P<prefix>[a-z]+-)?(?P<target>[^@/?]+)(?:@(?P<chain>[0-9]{1,19}))?"
    r"(?:/(?P<function>[A-Za-z_][A-Za-z0-9_]*))?(?:\?(?P<query>.*))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\+?(?P<number>[0-9]{1,78}(?:\.[0-9]{1,78})?(?:[eE]\+?[0-9]{1,2})?)(?P<unit>ETH)?")
_NAME = re.compile(r"(?:[^\s.]+\.)+eth", re.IGNORECASE)
_DIGITS = 160
"""Digits that are kept while a number is worked out: more than any that is read here has."""
_WEI = Decimal(10**18)


class NotARequest(LocalError):
    """Text is no request to pay. The sentence says what to do."""


@dataclass(frozen=True, slots=True)
class PaymentUri:
    """What somebody asks to be paid. ENS names in it are looked up before it is used."""

    target: str
    """An address with its checksum, or an ENS name: who is paid, or the contract that is called."""
    chain_id: int = MAINNET
    function: str | None = None
    """Of a contract; ``None``: ether is paid."""
    value: int | None = None
    """Wei."""
    gas: int | None = None
    gas_price: int | None = None
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    """Of the function, by their types."""
    data: bytes = b""
    """That is sent along, where there is no function: what requests had before functions were named (EIP-67)."""

    @property
    def is_token(self) -> bool:
        """Whether a token is paid; ``target`` is its contract then."""
        return self.function == TRANSFER and set(self.arguments) == {"address", "uint256"}

    @property
    def recipient(self) -> str:
        """Who is paid: an address or an ENS name."""
        return str(self.arguments["address"]) if self.is_token else self.target

    @property
    def amount(self) -> int | None:
        """Wei, or base units of the token."""
        return int(self.arguments["uint256"]) if self.is_token else self.value

    def __str__(self) -> str:
        return write(self)


def parse(text: str) -> PaymentUri:
    """
    :param text: a request, or an address alone.
    :raises NotARequest: it is neither, or asks for something impossible.

    Implements: EI-5, EI-12, EI-15
    """
    if len(text) > MAX_URI:
        raise NotARequest(f"A request to pay has at most {MAX_URI} characters. Ask for a shorter one.")
    if text[:2].lower() == "0x":
        return PaymentUri(_target(text, is_pay=False))
    match = _URI.fullmatch(text)
    if match is None:
        raise NotARequest("This is no request to pay, which begins with ethereum: and an address. Ask for it again.")
    prefix = (match["prefix"] or "").lower()
    if prefix not in ("", "pay-"):
        raise NotARequest(
            f"Requests of the kind {prefix[:20]} are not known. Ask for one that begins with ethereum:0x."
        )
    chain_id = int(match["chain"] or MAINNET)
    if not 0 < chain_id <= MAX_CHAIN_ID:
        raise NotARequest("This request names a chain that cannot be. Ask for it again.")
    given = _query(match["query"] or "")
    value, price = _amount(given.pop("value", None)), _amount(given.pop("gasPrice", None))
    carried = given.pop("data", None) if match["function"] is None else None
    limit, gas = given.pop("gasLimit", None), given.pop("gas", None)
    function = match["function"]
    return PaymentUri(
        _target(match["target"], is_pay=prefix == "pay-"),
        chain_id,
        function,
        value,
        _amount(limit if gas is None else gas),
        price,
        {} if function is None else {name: _argument(name, given[name]) for name in given},
        _data(carried),
    )


def write(uri: PaymentUri) -> str:
    """A request as text.

    Implements: EI-12
    """
    fields: dict[str, str | int | None] = dict(uri.arguments)
    fields |= {"value": uri.value, "gas": uri.gas, "gasPrice": uri.gas_price}
    fields["data"] = to_hex(uri.data) if uri.data else None
    query = "&".join(f"{name}={quote(str(value))}" for name, value in fields.items() if value is not None)
    target = uri.target if uri.target.startswith("0x") else f"pay-{uri.target}"
    chain = "" if uri.chain_id == MAINNET else f"@{uri.chain_id}"
    return f"ethereum:{target}{chain}{f'/{uri.function}' if uri.function else ''}{f'?{query}' if query else ''}"


def token_request(contract: bytes, recipient: bytes, amount: int, chain_id: int = MAINNET) -> PaymentUri:
    """A request for a token, in base units.

    Implements: EI-12
    """
    arguments: dict[str, str | int] = {"address": checksummed(recipient), "uint256": amount}
    return PaymentUri(checksummed(contract), chain_id, TRANSFER, arguments=arguments)


def _target(text: str, *, is_pay: bool) -> str:
    """
    :raises NotARequest: neither an address nor a name.
    """
    if text[:2].lower() == "0x":
        return _address(text)
    name = unquote(text)
    if _NAME.fullmatch(name):  # the EIP allows a name without pay-, too
        return name
    what = "pay- and a name that ends with .eth" if is_pay else "an address, 0x and 40 digits"
    raise NotARequest(f"This request names nobody who can be paid: {what} should stand there. Ask for it again.")


def _address(text: str) -> str:
    try:
        return checksummed(typed_address(text))
    except LocalError as error:
        raise NotARequest(str(error)) from error


def _query(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in text.split("&") if text else ():
        name, equals, value = part.partition("=")
        if not equals or not name or name in given or len(given) == MAX_ARGUMENTS:
            raise NotARequest("A part of this request is unreadable, or stands there twice. Ask for it again.")
        given[name] = unquote(value)
    return given


def _amount(text: str | None) -> int | None:
    """A number of the EIP: decimal, perhaps with an exponent, exact.

    :raises NotARequest: no whole number from 0 to 2^256 - 1.
    """
    if text is None:
        return None
    bad = NotARequest("An amount in this request is no number that can be paid. Ask for it again.")
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise bad
    with localcontext() as context:
        context.prec = _DIGITS
        try:
            number = Decimal(match["number"]) * (_WEI if match["unit"] else 1)
        except InvalidOperation as error:
            raise bad from error
        if number != number.to_integral_value() or number > MAX_UINT256:
            raise bad
        return int(number)


def _data(text: str | None) -> bytes:
    try:
        return b"" if text is None else data(text)
    except BadAnswer as error:
        raise NotARequest("The data of this request are no hexadecimal text. Ask for it again.") from error


def _argument(name: str, text: str) -> str | int:
    if name == "address":
        return _target(text, is_pay=True)
    if name.startswith("uint"):
        amount = _amount(text)
        assert amount is not None
        return amount
    return text
