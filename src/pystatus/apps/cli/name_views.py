"""What is shown of names: fields for programs, lines for people. Amounts for programs are texts in base units."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.address import checksummed
from pystatus.account.key_encoding import encode
from pystatus.apps.cli.output import Fields
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import shown_amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pystatus.client.name_drafts import NameDraft
    from pystatus.client.name_values import EnsName, NameOffer
    from pystatus.messenger.name_records import NameChange, OwnName

_STATES = {
    NameState.FREE: "is free",
    NameState.OWNED: "is yours, and leads to no chat key",
    NameState.CONNECTED: "is yours, and leads to your chat key",
    NameState.OTHER_KEY: "is yours, and leads to another chat key",
    NameState.TAKEN: "belongs to somebody else",
    NameState.REFUSED: "cannot be had",
}
_ACTIONS = {  # by their values: the help of a command loads no messenger
    "register": "register",
    "connect": "lead to your chat key",
    "set_address": "lead to an address",
    "set_content": "other content",
    "take_over": "tell the registrar",
    "release": "release",
    "reserve_slash": "reserve, to take it away",
    "slash": "take away",
}
_OUTCOMES = {
    "waiting": "in no block yet",
    "mined": "done",
    "failed": "failed",
    "replaced": "another transaction took its place",
    "dropped": "no node has it any more",
}


def name_fields(found: EnsName) -> Fields:
    """What ENS says of a name."""
    return {
        "name": found.name,
        "chain_id": found.chain_id,
        "owner": found.owner,
        "resolver": found.resolver,
        "address": found.address,
        "chat_key": None if found.chat_key is None else encode(found.chat_key),
        "content": found.content or None,
        "is_ours": found.is_ours,
        "problems": list(found.problems),
    }


def name_text(found: EnsName) -> str:
    """The same for people."""
    return "\n".join(_lines(found))


def _lines(found: EnsName) -> Iterator[str]:
    yield sanitise.one_line(found.name)
    if found.owner is None:
        yield "  nobody has registered it"
        return
    yield f"  belongs to   {found.owner}"
    if found.address is not None:
        yield f"  address      {found.address}"
    if found.chat_key is not None:
        yield f"  chat key     {encode(found.chat_key)}{'  (yours)' if found.is_ours else ''}"
    if found.content:
        yield f"  content      {sanitise.one_line(found.content)}"
    for problem in found.problems:
        yield f"  {problem}"


def offer_fields(found: NameOffer) -> Fields:
    """Whether a name can be had."""
    return {
        "name": found.name,
        "chain_id": found.chain_id,
        "state": found.state.value,
        "problem": found.problem or None,
        "price": str(found.price),
        "token": found.token or None,
        "symbol": found.symbol,
        "decimals": found.decimals,
        "balance": str(found.balance),
        "owner": found.owner,
        "releasable": found.releasable,
    }


def offer_text(found: NameOffer) -> str:
    """The same for people."""
    name = sanitise.one_line(found.name)
    if found.state is NameState.FREE and not found.problem:
        price, there = (shown_amount(one, found.decimals) for one in (found.price, found.balance))
        return f"{name} is free. It costs a deposit of {price} {found.symbol}; you have {there}."
    released = ""
    if found.releasable and found.state not in (NameState.TAKEN, NameState.FREE):
        day = datetime.fromtimestamp(min(found.releasable, 2**33), UTC).strftime("%Y-%m-%d")
        released = f" It can be released after {day}."
    why = "" if found.state in (NameState.CONNECTED, NameState.TAKEN) or not found.problem else f" {found.problem}"
    return f"{name} {_STATES[found.state]}.{why}{released}"


def draft_fields(draft: NameDraft) -> Fields:
    """What would be signed."""
    it = draft.transaction
    return {
        "event": "tried",
        "action": draft.action.value,
        "name": draft.name,
        "chain_id": it.chain_id,
        "from": checksummed(it.sender),
        "to": None if it.to is None else checksummed(it.to),
        "data": to_hex(it.data),
        "value": draft.value or None,
        "price": str(draft.price),
        "token": draft.token or None,
        "gas": it.gas,
        "max_fee": str(it.max_fee),
    }


def draft_text(draft: NameDraft) -> str:
    """What will be signed, in words."""
    return " ".join((draft.transaction.words, *draft.transaction.warnings))


def change_fields(change: NameChange, event: str) -> Fields:
    """What was sent."""
    it = change.transaction
    return {
        "event": event,
        "action": change.action.value,
        "name": change.name,
        "chain_id": it.chain_id,
        "from": checksummed(it.sender),
        "value": change.value or None,
        "transaction": to_hex(it.hash),
        "state": it.state.value,
        "sent": int(it.sent_at),
    }


def change_text(change: NameChange) -> str:
    """The same for people."""
    name, it = sanitise.one_line(change.name), change.transaction
    return f"{name}  {_ACTIONS[change.action.value]}: {_OUTCOMES[it.state.value]}  {to_hex(it.hash)}"


def own_fields(own: OwnName) -> Fields:
    """A name of ours."""
    return {"event": "name", "name": own.name, "chain_id": own.chain_id, "is_preferred": own.is_preferred}


def own_text(own: OwnName) -> str:
    """The same for people."""
    seen = "  (contacts see it)" if own.is_preferred else ""
    return f"{sanitise.one_line(own.name)}{seen}"
