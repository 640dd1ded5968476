"""A change of a name before it is signed, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.arguments import checked
from pystatus.ethereum.drafts import TransactionDraft
from pystatus.ethereum.names import MAX_NAME
from pystatus.ethereum.quantities import Amount
from pystatus.ethereum.tokens import ETHER_DECIMALS, shown_amount
from pystatus.messenger.name_records import NameAction
from pystatus.sanitise import one_line


@checked
@dataclass(frozen=True, slots=True)
class NameDraft:
    """A transaction that would change a name. ``value`` is the address, the content or the chat key that the name leads
    to afterwards; ``price`` is a deposit, in base units of ``token``. What a person is shown before it is signed is in
    ``transaction``, as with everything that a wallet signs: ``words``, ``warnings`` and ``signing_phrase``.
    """

    action: NameAction
    name: str
    transaction: TransactionDraft
    value: str = ""
    price: Amount = 0
    token: str = ""
    symbol: str = ""
    decimals: int = 0


def words(draft: NameDraft, account: str) -> str:
    """What will be signed, in one sentence."""
    fee = shown_amount(draft.transaction.max_fee, ETHER_DECIMALS)
    chain_id = draft.transaction.chain_id
    return f"{account} {_done(draft)} on the chain {chain_id}; the fee is at most {fee} ether."


def _done(draft: NameDraft) -> str:
    name = f"“{one_line(draft.name, MAX_NAME)}”"
    match draft.action:
        case NameAction.REGISTER:
            price = f"{shown_amount(draft.price, draft.decimals)} {draft.symbol}".rstrip()
            return (
                f"registers the name {name} for a deposit of {price} ({draft.token}), and lets it lead to this account "
                f"and to your chat key {draft.value},"
            )
        case NameAction.CONNECT:
            return f"lets the name {name} lead to your chat key {draft.value}"
        case NameAction.SET_ADDRESS:
            return f"lets the name {name} lead to the address {draft.value}"
        case NameAction.SET_CONTENT:
            return f"gives the name {name} {f'the content {draft.value}' if draft.value else 'no content any more'}"
        case NameAction.TAKE_OVER:
            return f"tells the registrar that the name {name} is its own"
        case NameAction.RELEASE:
            return f"gives the name {name} back, and gets its deposit"
        case NameAction.RESERVE_SLASH:
            return "says that it knows a name which breaks a rule, without saying which,"
        case NameAction.SLASH:
            return f"takes the name {name} away, as it breaks a rule, and gets two thirds of its deposit"


def warnings(draft: NameDraft) -> tuple[str, ...]:
    """What else the person has to know before."""
    match draft.action:
        case NameAction.REGISTER:
            return (
                "The deposit stays for a year at least; then it comes back when you release the name.",
                "Everybody can see on the chain that this account and this chat key belong together.",
            )
        case NameAction.RELEASE:
            return ("Anybody can register the name afterwards, and is called so then.",)
    return ()
