"""What a change of a name is, in words: what a person reads before it is signed."""

from __future__ import annotations

from pystatus.client.name_values import NameDraft
from pystatus.ethereum.names import MAX_NAME
from pystatus.ethereum.tokens import ETHER_DECIMALS, shown_amount
from pystatus.messenger.name_records import NameAction
from pystatus.sanitise import one_line


def words(draft: NameDraft) -> str:
    """What will be signed, as a sentence or two."""
    fee = shown_amount(draft.max_fee, ETHER_DECIMALS)
    return f"{draft.account} {_done(draft)} on the chain {draft.chain_id}; the fee is at most {fee} ether."


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
