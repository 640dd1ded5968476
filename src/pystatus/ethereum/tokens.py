"""Tokens: those that the apps of Status know, and what a contract says of itself (ethereum.md §3.1).

What a contract says is somebody else's text: it is made one line, and shown beside the address, never instead of it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pystatus.account.address import checksummed
from pystatus.arguments import checked
from pystatus.errors import RemoteError
from pystatus.ethereum import abi
from pystatus.ethereum.plan import Plan, Question, Refusal, ask_all, try_all
from pystatus.ethereum.quantities import MAX_UINT256, BadAnswer, data, quantity, to_hex

ETHER_DECIMALS = 18
"""Of ether: one is 10^18 wei."""
MAX_DECIMALS = 77
"""Decimals of a token: 10^78 is more than its amounts can be. Ours; one that says more is shown in base units."""
MAX_SYMBOL = 20
"""Characters of the symbol of a token. Ours: those of known ones have twelve at most."""

_NETWORKS = {"mainnet": 1, "ropsten": 3, "rinkeby": 4, "xdai": 100}
"""The chain ids of the lists of default tokens."""
_SOURCE = "default_tokens.json"


@checked
@dataclass(frozen=True, slots=True)
class Token:
    """A contract whose units can be had. Symbol and name are what it says of itself, each on one line."""

    chain_id: int
    address: bytes
    symbol: str
    name: str
    decimals: int
    is_nft: bool = False
    """Each of its units is one of a kind (ERC-721)."""
    hidden: bool = False
    """Known in the history, and not offered."""
    is_own: bool = False
    """Our user has added it."""

    @property
    def shown_address(self) -> str:
        """The address with its checksum."""
        return checksummed(self.address)


class NoToken(RemoteError):
    """There is no token at an address."""


@functools.cache
def default_tokens(chain_id: int) -> tuple[Token, ...]:
    """The tokens that version 1.7 of the app knows of a network; none of one that it does not know.

    Implements: ET-4
    """
    network = next((name for name, number in _NETWORKS.items() if number == chain_id), None)
    return tuple(
        Token(
            chain_id,
            bytes.fromhex(entry["address"][2:]),
            entry["symbol"],
            entry["name"],
            entry["decimals"] or 0,
            entry.get("nft", False),
            entry.get("hidden", False),
        )
        for entry in _list().get(network or "", ())
    )


def offered(chain_id: int, own: Sequence[Token]) -> list[Token]:
    """The tokens that are asked for with every balance: those that the app offers, and those that were added.

    Implements: ET-4
    """
    return [*(one for one in default_tokens(chain_id) if not one.hidden), *own]


def shown_amount(amount: int, decimals: int) -> str:
    """An amount of base units with a point where its decimals begin, exactly, without zeros behind the last digit."""
    if not 0 < decimals <= MAX_DECIMALS:
        return str(amount)
    digits = str(abs(amount)).rjust(decimals + 1, "0")
    whole, fraction = digits[:-decimals], digits[-decimals:].rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


def in_ether(wei: int) -> str:
    """An amount of ether, exactly, with its unit."""
    return f"{shown_amount(wei, ETHER_DECIMALS)} ether"


def base_units(text: str, decimals: int) -> int | None:
    """The base units of an amount with a point, exactly; ``None``: it is no number, finer than the decimals, or more
    than there can be."""
    whole, point, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    is_number = (whole + fraction).isdecimal() and (whole + fraction).isascii() and (whole or not point)
    if not is_number or len(fraction) > decimals or len(whole) > len(str(MAX_UINT256)):
        return None
    amount = int(whole + fraction.ljust(decimals, "0"))
    return amount if amount <= MAX_UINT256 else None


def default_token(chain_id: int, address: bytes) -> Token | None:
    """What the app knows of a token; ``None``: nothing. It counts more than what a node says in the name of its
    contract, by which it chooses how large an amount looks."""
    return next((one for one in default_tokens(chain_id) if one.address == address), None)


def look_up(chain_id: int, address: bytes) -> Plan[Token]:
    """What is known of a token that somebody has pasted the address of, or what its contract says of itself.

    :raises NoToken: it is no token, or does not say into how many parts it is divided.

    Implements: EI-3, ET-4
    """
    if (known := default_token(chain_id, address)) is not None:
        return known
    signatures = ("totalSupply()", "name()", "symbol()", "decimals()")
    answers = yield from try_all([abi.call(address, signature) for signature in signatures])
    supply, *texts, decimals = (_returned(answer) for answer in answers)
    if supply is None or len(supply) < abi.WORD:
        raise NoToken("there is no token at this address: it does not say how much of it there is")
    if decimals is None or len(decimals) < abi.WORD:
        raise NoToken("this token does not say into how many parts it is divided")
    divided = int.from_bytes(decimals[: abi.WORD], "big")
    if divided > MAX_DECIMALS:
        raise NoToken(f"this token says that it has more than {MAX_DECIMALS} decimals, which none can have")
    name, symbol = _text(texts[0]), symbol_of(texts[1])
    return Token(chain_id, address, symbol, name, divided)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has of a token, in base units."""

    account: bytes
    token: bytes
    amount: int


def ether_balances(accounts: Sequence[bytes], block: int) -> Plan[dict[bytes, int]]:
    """Wei of accounts after a block.

    Implements: ET-2
    """
    answers = yield from ask_all([Question("eth_getBalance", (to_hex(account), to_hex(block))) for account in accounts])
    return {account: quantity(answer, "a balance") for account, answer in zip(accounts, answers, strict=True)}


def token_balances(accounts: Sequence[bytes], tokens: Sequence[bytes], block: int) -> Plan[list[Balance]]:
    """What accounts have of tokens after a block. A token that does not answer, or with something that is no number, is
    left out: that it is nothing is not said of it.

    Implements: EI-3, ET-2
    """
    pairs = [(account, token) for account in dict.fromkeys(accounts) for token in dict.fromkeys(tokens)]
    answers = yield from try_all(
        [abi.call(token, "balanceOf(address)", account, block=block) for account, token in pairs]
    )
    found = []
    for (account, token), answer in zip(pairs, answers, strict=True):
        returned = _returned(answer)
        try:
            if returned is not None:
                found.append(Balance(account, token, int.from_bytes(abi.word(returned), "big")))
        except BadAnswer:
            continue
    return found


def _returned(answer: Any) -> bytes | None:
    """What a contract has returned; ``None``: it refuses the call, or the node says nonsense in its name."""
    if isinstance(answer, Refusal):
        return None
    try:
        return data(answer, "what a contract returns")
    except BadAnswer:
        return None


def symbol_of(returned: bytes | None) -> str:
    """The symbol that a contract gives itself, as one short word: it stands within a sentence about what is signed, and
    with blanks it could write another sentence there."""
    return "".join(_text(returned).split())[:MAX_SYMBOL]


def _text(returned: bytes | None) -> str:
    try:
        return "" if returned is None else abi.text(returned)
    except BadAnswer:
        return ""


@functools.cache
def _list() -> dict[str, list[dict[str, Any]]]:
    """The file of the app's version 1.7, which names its source."""
    from importlib import resources  # loaded late: it costs 10 ms

    contents: dict[str, Any] = json.loads(resources.files(__package__).joinpath("data", _SOURCE).read_text("utf-8"))
    tokens: dict[str, list[dict[str, Any]]] = contents["tokens"]
    return tokens
