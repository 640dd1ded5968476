"""What somebody reads before they sign: what will happen, what it costs at most, what to look out for, and the words by
which they know that it is pystatus who asks (AC-35)."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.account.address import checksummed
from pystatus.client.features.names import NameAction, NameDraft
from pystatus.client.features.wallet import Meaning, MeaningKind, TransactionDraft
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.tokens import shown_amount
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.names_page import deposit_words
from pystatus.faces.wallet_page import Known, address_words, ether_words, symbol
from pystatus.sanitise import one_line

SELECTOR = 4
"""Bytes of the data of a call that say which function is called."""


@dataclass(frozen=True, slots=True)
class SigningQuestion:
    """What is shown before the password is asked for. Each of them is a sentence."""

    what: str
    cost: str
    warnings: tuple[str, ...]
    phrase: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, in the order in which it is read."""
        return (self.what, self.cost, *self.warnings, self.phrase)


def signing_question(draft: TransactionDraft, known: Known, texts: Catalogue) -> SigningQuestion:
    """What to ask about a transaction that was tried and is not signed.

    Implements: AC-35
    """
    what = _what(draft, known, texts)
    if draft.value and draft.meaning.kind is not MeaningKind.ETHER:
        what = f"{what} {texts.wallet_ask_with_it(amount=ether_words(draft.value))}"
    if draft.replaces is not None and draft.meaning.kind is not MeaningKind.CANCEL:
        what = f"{what} {texts.wallet_ask_faster()}"
    return SigningQuestion(
        what, _cost(draft, texts), _warnings(draft.meaning, texts), phrase_words(draft.signing_phrase, texts)
    )


def name_question(draft: NameDraft, known: Known, texts: Catalogue) -> SigningQuestion:
    """The same about a transaction that changes a name."""
    it = draft.transaction
    account, name, value = address_words(it.sender, known), one_line(draft.name), one_line(draft.value)
    match draft.action:
        case NameAction.REGISTER:
            what = texts.names_ask_register(account=account, name=name, price=deposit_words(draft))
        case NameAction.CONNECT:
            what = texts.names_ask_connect(account=account, name=name)
        case NameAction.SET_ADDRESS:
            what = texts.names_ask_set_address(account=account, name=name, value=value)
        case NameAction.SET_CONTENT if value:
            what = texts.names_ask_set_content(account=account, name=name, value=value)
        case NameAction.SET_CONTENT:
            what = texts.names_ask_no_content(account=account, name=name)
        case NameAction.TAKE_OVER:
            what = texts.names_ask_take_over(account=account, name=name)
        case NameAction.RELEASE:
            what = texts.names_ask_release(account=account, name=name)
        case NameAction.RESERVE_SLASH:
            what = texts.names_ask_reserve_slash(account=account, name=name)
        case NameAction.SLASH:
            what = texts.names_ask_slash(account=account, name=name)
    return SigningQuestion(what, _cost(it, texts), it.warnings, phrase_words(it.signing_phrase, texts))


def _cost(draft: TransactionDraft, texts: Catalogue) -> str:
    return texts.wallet_ask_cost(
        chain=str(draft.chain_id), fee=ether_words(draft.max_fee), balance=ether_words(draft.balance)
    )


def phrase_words(phrase: str, texts: Catalogue) -> str:
    """The signing phrase, in a sentence."""
    return texts.wallet_ask_phrase(phrase=phrase)


def _what(draft: TransactionDraft, known: Known, texts: Catalogue) -> str:
    it = draft.meaning
    account = address_words(draft.sender, known)
    to = "" if it.recipient is None else address_words(it.recipient, known)
    contract = "" if it.contract is None else checksummed(it.contract)
    match it.kind:
        case MeaningKind.ETHER:
            return texts.wallet_ask_pay(account=account, amount=ether_words(draft.value), to=to)
        case MeaningKind.TOKEN:
            return texts.wallet_ask_pay(account=account, amount=_amount(it, texts), to=to)
        case MeaningKind.COLLECTIBLE:
            return texts.wallet_ask_collectible(account=account, number=str(it.amount), contract=contract, to=to)
        case MeaningKind.APPROVE if it.amount == 0:
            return texts.wallet_ask_take_back(account=account, token=_named(it), to=to)
        case MeaningKind.APPROVE if it.is_unlimited:
            return texts.wallet_ask_approve_all(account=account, token=_named(it), to=to)
        case MeaningKind.APPROVE:
            return texts.wallet_ask_approve(account=account, amount=_amount(it, texts), to=to)
        case MeaningKind.APPROVE_AND_CALL if it.is_unlimited:
            return texts.wallet_ask_approve_all_and_call(account=account, token=_named(it), to=to)
        case MeaningKind.APPROVE_AND_CALL:
            return texts.wallet_ask_approve_and_call(account=account, amount=_amount(it, texts), to=to)
        case MeaningKind.CALL:
            return texts.wallet_ask_call(account=account, contract=contract, data=to_hex(draft.data[:SELECTOR]))
        case MeaningKind.CONTRACT:
            return texts.wallet_ask_contract(account=account)
        case MeaningKind.CANCEL:
            return texts.wallet_ask_cancel(account=account)


def _warnings(it: Meaning, texts: Catalogue) -> tuple[str, ...]:
    found = []
    if it.is_unlimited:
        found.append(texts.wallet_warn_unlimited())
    if it.kind in (MeaningKind.TOKEN, MeaningKind.COLLECTIBLE) and it.recipient == it.contract:
        found.append(texts.wallet_warn_own_contract())
    if it.kind is MeaningKind.CALL:
        found.append(texts.wallet_warn_unknown_call())
    if it.kind is MeaningKind.TOKEN and it.token is None:
        found.append(texts.wallet_warn_unknown_token())
    return tuple(found)


def _amount(it: Meaning, texts: Catalogue) -> str:
    if it.token is None:
        return texts.wallet_base_units(amount=str(it.amount), what=_named(it))
    return f"{shown_amount(it.amount or 0, it.token.decimals)} {_named(it)}"


def _named(it: Meaning) -> str:
    """What a token calls itself proves nothing; its address does."""
    contract = "" if it.contract is None else checksummed(it.contract)
    return contract if it.token is None or not it.token.symbol else f"{symbol(it.token)} ({contract})"
