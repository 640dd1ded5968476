"""Names on the chain on a page: those that are ours, what a search finds, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Protocol

from pystatus.client.features.names import EnsName, NameAction, NameChange, NameOffer, NameState, OwnName
from pystatus.ethereum.tokens import MAX_SYMBOL, shown_amount
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import moment_text
from pystatus.faces.sentences import as_sentence
from pystatus.faces.wallet_page import sent_row
from pystatus.sanitise import one_line

OURS = frozenset({NameState.OWNED, NameState.CONNECTED, NameState.OTHER_KEY})


class Deposit(Protocol):
    """What is paid for a name."""

    @property
    def price(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def decimals(self) -> int: ...


@dataclass(frozen=True, slots=True)
class NamePage:
    """One name: what is known of it, as sentences, and what can be done with it."""

    name: str
    sentences: Sequence[str]
    problem: str
    """Why it cannot be had; empty where nothing is against it."""
    actions: Sequence[NameAction]
    can_add: bool
    """It leads to our chat key, and is none of our names here yet."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One transaction that changes a name."""

    change: NameChange
    title: str
    state: str
    moment: str


def deposit_words(it: Deposit) -> str:
    """``10 SNT (0x…)``: what a token calls itself proves nothing, its address does."""
    return f"{shown_amount(it.price, it.decimals)} {_token(it)}"


def _token(it: Deposit) -> str:
    called = one_line(it.symbol, MAX_SYMBOL)
    return f"{called} ({it.token})" if called else it.token


def action_words(action: NameAction, texts: Catalogue) -> str:
    """What is done with a name, in two words."""
    return {
        NameAction.REGISTER: texts.names_act_register,
        NameAction.CONNECT: texts.names_act_connect,
        NameAction.SET_ADDRESS: texts.names_act_set_address,
        NameAction.SET_CONTENT: texts.names_act_set_content,
        NameAction.TAKE_OVER: texts.names_act_take_over,
        NameAction.RELEASE: texts.names_act_release,
        NameAction.RESERVE_SLASH: texts.names_act_reserve_slash,
        NameAction.SLASH: texts.names_act_slash,
    }[action]()


def name_page(
    offer: NameOffer,
    found: EnsName,
    own: Sequence[OwnName],
    today: date,
    texts: Catalogue,
    zone: tzinfo | None = None,
) -> NamePage:
    """The page of a name that was searched for, and of what ENS says of it."""
    name = one_line(offer.name)
    sentences = [_state(offer, name, texts)]
    if found.owner is not None and offer.state not in OURS:
        sentences.append(texts.names_owner(owner=found.owner))
    if found.address is not None:
        sentences.append(texts.names_pays(address=found.address))
    if found.content:
        sentences.append(texts.names_content(content=one_line(found.content)))
    if offer.state in OURS and offer.releasable is not None:
        moment = moment_text(offer.releasable * 1_000, today, texts, zone)
        sentences.append(texts.names_releasable(moment=moment))
    sentences += [as_sentence(one) for one in found.problems]
    is_known = any(one.name == offer.name and one.chain_id == offer.chain_id for one in own)
    problem = as_sentence(offer.problem) if offer.problem and offer.state not in OURS else ""
    return NamePage(name, sentences, problem, _actions(offer), found.is_ours and not is_known)


def _state(offer: NameOffer, name: str, texts: Catalogue) -> str:
    match offer.state:
        case NameState.FREE:
            has = f"{shown_amount(offer.balance, offer.decimals)} {one_line(offer.symbol, MAX_SYMBOL)}"
            return texts.names_state_free(name=name, price=deposit_words(offer), balance=has)
        case NameState.OWNED:
            return texts.names_state_owned(name=name)
        case NameState.CONNECTED:
            return texts.names_state_connected(name=name)
        case NameState.OTHER_KEY:
            return texts.names_state_other_key(name=name)
        case NameState.TAKEN:
            return texts.names_state_taken(name=name)
        case NameState.REFUSED:
            return texts.names_state_refused(name=name)


def _actions(offer: NameOffer) -> Sequence[NameAction]:
    """What can be done by whoever has the account; each is tried again before anything is signed."""
    if offer.state is NameState.FREE:
        return [] if offer.problem else [NameAction.REGISTER]
    if offer.state not in OURS:
        return []
    connect = [] if offer.state is NameState.CONNECTED else [NameAction.CONNECT]
    return [*connect, NameAction.SET_ADDRESS, NameAction.SET_CONTENT, NameAction.RELEASE]


def change_row(change: NameChange, today: date, texts: Catalogue, zone: tzinfo | None = None) -> ChangeRow:
    """What became of a change."""
    sent = sent_row(change.transaction, today, texts, zone)
    title = texts.names_change(action=action_words(change.action, texts), name=one_line(change.name))
    return ChangeRow(change, title, sent.state, sent.moment)
