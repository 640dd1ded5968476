"""What a transaction does, in words, for the person who is about to sign it (ethereum.md §3.4).

The calls by which tokens are paid, or are given out of hand, are read: ``transfer``, ``approve``, ``approveAndCall`` of
ERC-20, and ``safeTransferFrom`` of ERC-721. One is only taken for what it looks like if nothing else is in it: it is
written again from what was read, and has to come out the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pystatus.account.address import checksummed
from pystatus.arguments import checked
from pystatus.ethereum import abi
from pystatus.ethereum.quantities import Amount, BadAnswer
from pystatus.ethereum.tokens import Token, in_ether, shown_amount
from pystatus.ethereum.transactions import Payment
from pystatus.wording import counted

TRANSFER = "transfer(address,uint256)"
APPROVE = "approve(address,uint256)"
APPROVE_AND_CALL = "approveAndCall(address,uint256,bytes)"
SAFE_TRANSFER = "safeTransferFrom(address,address,uint256)"
UNLIMITED = 2**255
"""An allowance from here on is one without an end, whatever there is of a token: programs ask for 2^256 - 1."""


class MeaningKind(Enum):
    """What a transaction does."""

    ETHER = "ether"
    """It pays ether."""
    TOKEN = "token"  # noqa: S105 - of a contract, and no secret
    """It pays some of a token."""
    COLLECTIBLE = "collectible"
    """It gives one away that is one of a kind."""
    APPROVE = "approve"
    """It lets somebody take some of a token."""
    APPROVE_AND_CALL = "approve-and-call"
    """The same, and calls them at once."""
    CALL = "call"
    """It calls a contract in a way that is not known here."""
    CONTRACT = "contract"
    """It makes a contract."""
    CANCEL = "cancel"
    """It does nothing, in the place of another one."""


@checked
@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of a transaction before it is signed."""

    kind: MeaningKind
    recipient: bytes | None = None
    """Who is paid, or may take something."""
    amount: Amount | None = None
    """Base units, or the number of a collectible."""
    contract: bytes | None = None
    """That is called."""
    token: Token | None = None
    """What its contract says of itself, where that is known."""
    is_unlimited: bool = False
    """Somebody may take all that there is of the token, now and later."""


def meaning(
    payment: Payment, sender: bytes, tokens: Mapping[bytes, Token], supplies: Mapping[bytes, int] | None = None
) -> Meaning:
    """What a transaction does.

    :param tokens: those that are known, by address.
    :param supplies: how much there is of some of them, in base units.
    """
    to = payment.to
    if to is None:
        return Meaning(MeaningKind.CONTRACT)
    if not payment.data:
        return Meaning(MeaningKind.ETHER, to, payment.value)
    token = tokens.get(to)
    if (found := _read(TRANSFER, payment.data)) is not None:
        return Meaning(MeaningKind.TOKEN, found[0], found[1], to, token)
    if (found := _read(SAFE_TRANSFER, payment.data)) is not None and found[0] == sender:
        return Meaning(MeaningKind.COLLECTIBLE, found[1], found[2], to, token)
    for kind, signature in ((MeaningKind.APPROVE, APPROVE), (MeaningKind.APPROVE_AND_CALL, APPROVE_AND_CALL)):
        if (found := _read(signature, payment.data)) is not None:
            most = min((supplies or {}).get(to) or UNLIMITED, UNLIMITED)
            return Meaning(kind, found[0], found[1], to, token, is_unlimited=found[1] >= most)
    return Meaning(MeaningKind.CALL, None, None, to, token)


def inner_data(payment: Payment) -> bytes:
    """What a transaction has the one called with that it approves; empty: it calls nobody."""
    found = _read(APPROVE_AND_CALL, payment.data)
    return b"" if found is None else found[2]


def words(it: Meaning, payment: Payment, sender: bytes, chain_id: int, max_fee: int) -> str:
    """What will be signed, in one sentence.

    :param max_fee: wei that it costs at most.

    Implements: ET-1
    """
    what = _what(it, payment)
    if payment.value and it.kind is not MeaningKind.ETHER:
        what += f", and pays {in_ether(payment.value)} with it"
    return f"{checksummed(sender)} {what} on the chain {chain_id}; the fee is at most {in_ether(max_fee)}."


def _what(it: Meaning, payment: Payment) -> str:
    recipient = "" if it.recipient is None else checksummed(it.recipient)
    contract = "" if it.contract is None else checksummed(it.contract)
    match it.kind:
        case MeaningKind.ETHER:
            return f"pays {in_ether(payment.value)} to {recipient}"
        case MeaningKind.TOKEN:
            return f"pays {_of_token(it)} to {recipient}"
        case MeaningKind.COLLECTIBLE:
            return f"gives number {it.amount} of {contract} to {recipient}"
        case MeaningKind.APPROVE if it.amount == 0:
            return f"takes back what {recipient} may take of {_named(it)}"
        case MeaningKind.APPROVE:
            return f"lets {recipient} take {_allowed(it)} from it, at any time"
        case MeaningKind.APPROVE_AND_CALL:
            size = counted(len(inner_data(payment)), "byte")
            return f"lets {recipient} take {_allowed(it)} from it, at any time, and calls it with {size} of data"
        case MeaningKind.CALL:
            size = counted(len(payment.data), "byte")
            return f"calls the contract {contract} with {size} of data that begin with 0x{payment.data[:4].hex()}"
        case MeaningKind.CONTRACT:
            return f"makes a contract of {counted(len(payment.data), 'byte')}"
        case MeaningKind.CANCEL:
            return "pays nothing to itself, in the place of a transaction that it takes back,"


def warnings(it: Meaning) -> tuple[str, ...]:
    """What a person may overlook, each in one sentence or two."""
    found = []
    if it.is_unlimited:
        found.append(
            "This is without a limit: all of this token that the account has, and all that it will ever get, can be "
            "taken without asking again. Allow the amount that is needed instead."
        )
    if it.kind in (MeaningKind.TOKEN, MeaningKind.COLLECTIBLE) and it.recipient == it.contract:
        found.append("This goes to the contract of the token itself, from which nobody gets it back.")
    if it.kind is MeaningKind.CALL:
        found.append("What this contract does with it is not known here. Sign it only if you know that yourself.")
    if it.kind is MeaningKind.TOKEN and it.token is None:
        found.append("The token is not known here: the amount is in its base units.")
    return tuple(found)


def _read(signature: str, data: bytes) -> tuple[Any, ...] | None:
    """The arguments of a call; ``None``: it is another one, or more is in it than that."""
    try:
        found = abi.arguments(signature, data)
    except BadAnswer:
        return None
    return found if abi.call_data(signature, *found) == data else None


def _allowed(it: Meaning) -> str:
    return f"ALL of {_named(it)}, without a limit," if it.is_unlimited else f"up to {_of_token(it)}"


def _of_token(it: Meaning) -> str:
    if it.token is None:
        return f"{it.amount} base units of {_named(it)}"
    return f"{shown_amount(it.amount or 0, it.token.decimals)} {_named(it)}"


def _named(it: Meaning) -> str:
    """What a token calls itself proves nothing; its address does."""
    contract = "" if it.contract is None else checksummed(it.contract)
    return contract if it.token is None or not it.token.symbol else f"{it.token.symbol} ({contract})"
