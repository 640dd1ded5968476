"""Between what a client says of names and what the chain says: loaded when a name is asked for."""

from __future__ import annotations

from dataclasses import replace

from pystatus.account.address import checksummed
from pystatus.chain.naming import Naming, Planned, taken
from pystatus.chain.wallet import Draft, Wallet
from pystatus.client import name_words
from pystatus.client.name_values import EnsName, NameDraft, NameOffer
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.ethereum import name_entries, names
from pystatus.ethereum.name_entries import Standing
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.quantities import to_hex, typed_address
from pystatus.ethereum.transactions import FeeTransaction, LegacyTransaction, Payment, Transaction
from pystatus.messenger.name_records import NameAction, NameChange, NameChangeState


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


async def drafted(
    naming: Naming, money: Wallet, action: NameAction, planned: Planned, account: bytes, value: str, phrase: str
) -> NameDraft:
    """The transaction, tried on the chain.

    :param phrase: the signing phrase of the profile.
    """
    draft = await money.draft(account, planned.payment)
    transaction = draft.transaction
    assert planned.payment.to is not None
    made = NameDraft(
        action,
        planned.name,
        checksummed(account),
        await naming.chain_id(),
        transaction.max_fee,
        draft.balance,
        checksummed(planned.payment.to),
        to_hex(planned.payment.data),
        *_fees(transaction),
        value=value,
        price=planned.price,
        token=_shown(planned.token) or "",
        symbol=planned.symbol,
        decimals=planned.decimals,
        signing_phrase=phrase,
    )
    return replace(made, words=name_words.words(made), warnings=name_words.warnings(made))


def _fees(transaction: Transaction) -> tuple[int, int, int | None, int]:
    if isinstance(transaction, LegacyTransaction):
        return transaction.gas, transaction.gas_price, None, transaction.nonce
    return transaction.gas, transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas, transaction.nonce


def draft_of(draft: NameDraft) -> Draft:
    """What is signed for it.

    :raises LocalError: it is none that was drafted here.
    """
    try:
        payment = Payment(typed_address(draft.to), 0, bytes.fromhex(draft.data.removeprefix("0x")))
    except ValueError:
        raise LocalError("This is no draft of a change of a name. Draft it once more.") from None
    transaction: Transaction
    if draft.tip is None:
        transaction = LegacyTransaction(draft.chain_id, draft.nonce, draft.fee_per_gas, draft.gas, payment)
    else:
        transaction = FeeTransaction(draft.chain_id, draft.nonce, draft.tip, draft.fee_per_gas, draft.gas, payment)
    return Draft(typed_address(draft.account), transaction, draft.balance)


async def ready(naming: Naming, money: Wallet, draft: NameDraft) -> NameDraft:
    """With the nonce that is the next one now, and the digest that is signed.

    :raises LocalError: the node is of another chain than the one that it was drafted for.
    """
    chain_id = await naming.chain_id()
    if chain_id != draft.chain_id:
        raise LocalError(
            f"This was drafted for the chain {draft.chain_id}, and the node is of the chain {chain_id}. Nothing was "
            "signed. Draft it once more."
        )
    found = await money.ready(draft_of(draft))
    return replace(draft, nonce=found.transaction.nonce, digest=to_hex(found.transaction.digest()))


async def sent(money: Wallet, draft: NameDraft, signature: bytes, now: float) -> NameChange:
    """Hand over what was signed."""
    found = await money.submit(draft_of(draft), signature)
    return NameChange(
        to_hex(found.hash),
        draft.chain_id,
        draft.action,
        draft.name,
        draft.account,
        found.transaction.nonce,
        int(now),
        draft.value,
    )


async def outcome(naming: Naming, change: NameChange) -> NameChangeState:
    """What became of a change; of one on another chain nothing is known here."""
    if await naming.chain_id() != change.chain_id:
        return NameChangeState.PENDING
    name, sender = bytes.fromhex(change.transaction_hash[2:]), typed_address(change.account)
    return NameChangeState((await naming.outcome(name, sender, change.nonce)).value)


def _shown(address: bytes | None) -> str | None:
    return None if address is None else checksummed(address)
