"""Between what a client says of names and what the chain says: loaded when a name is asked for."""

from __future__ import annotations

from dataclasses import replace

from pystatus.account.address import checksummed
from pystatus.chain.naming import Naming, Planned, taken
from pystatus.client import name_drafts
from pystatus.client.name_drafts import NameDraft
from pystatus.client.name_values import EnsName, NameOffer
from pystatus.crypto.keys import PublicKey
from pystatus.ethereum import name_entries, names
from pystatus.ethereum.drafts import TransactionDraft
from pystatus.ethereum.name_entries import Standing
from pystatus.ethereum.name_states import NameState
from pystatus.messenger.name_records import NameAction


async def resolved(naming: Naming, text: str, own: PublicKey) -> EnsName:
    """What ENS says of a name."""
    entry = await naming.entry(text)
    return EnsName(
        entry.name,
        await naming.chain_id(),
        _shown(entry.owner),
        _shown(entry.resolver),
        _shown(entry.address),
        entry.chat_key,
        "" if entry.content is None else entry.content.url,
        entry.chat_key == own,
        tuple(f"{problem[:1].upper()}{problem[1:]}." for problem in entry.problems),
    )


async def offered(naming: Naming, text: str, account: bytes | None, own: PublicKey) -> NameOffer:
    """Whether a name can be had."""
    name = names.whole_name(text)
    username = name_entries.username_of(name)
    refusal = "" if username is None else name_entries.refusal(username)
    if refusal:  # nobody is asked
        return NameOffer(name, await naming.chain_id(), NameState.REFUSED, refusal)
    standing = await naming.standing(name, account)
    state = standing.state(account, own)
    refusal = name_entries.refusal(username, standing.terms) if username is not None else ""
    if refusal and state is NameState.FREE:
        state = NameState.REFUSED
    terms, registration = standing.terms, standing.registration
    return NameOffer(
        name,
        await naming.chain_id(),
        state,
        refusal if state is NameState.REFUSED else _problem(standing, state),
        0 if terms is None else terms.price,
        "" if terms is None else checksummed(terms.token),
        standing.symbol,
        standing.decimals,
        standing.balance,
        _shown(standing.entry.owner),
        None if registration is None else min(registration.expires, 2**53),
    )


def _problem(standing: Standing, state: NameState) -> str:
    if state is not NameState.FREE:
        return taken(standing.entry, state)
    if standing.terms is None:
        return (
            f"{standing.entry.name} is free, and is given elsewhere. Status gives names that end with .stateofus.eth."
        )
    return ""


def drafted(action: NameAction, planned: Planned, tried: TransactionDraft, value: str) -> NameDraft:
    """A change that the wallet has tried, with what it means for the name in place of what the wallet sees in it."""
    made = NameDraft(
        action,
        planned.name,
        tried,
        value,
        planned.price,
        _shown(planned.token) or "",
        planned.symbol,
        planned.decimals,
    )
    words = name_drafts.words(made, checksummed(tried.sender))
    warnings = (*name_drafts.warnings(made), *tried.warnings)
    return replace(made, transaction=replace(tried, words=words, warnings=warnings))


def _shown(address: bytes | None) -> str | None:
    return None if address is None else checksummed(address)
