"""All that ENS says of one name, and whether it could be ours (ethereum.md §4). A resolver is anybody's program: what
it says is read strictly, and where one record of it is wrong the others count all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum import abi, content_hash, names, registrar, tokens
from pystatus.ethereum.content_hash import Content
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.names import NoName
from pystatus.ethereum.plan import Plan, Refusal, ask_all, try_all
from pystatus.ethereum.quantities import BadAnswer, data
from pystatus.ethereum.registrar import Registration, State, Terms

SUFFIX = f".{names.USERNAMES}"
"""What the names that Status gives end with."""

_ZERO = bytes(20)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the registry and the resolver of a name say."""

    name: str
    owner: bytes | None
    """``None``: nobody has registered it."""
    resolver: bytes | None = None
    address: bytes | None = None
    chat_key: PublicKey | None = None
    content: Content | None = None
    problems: tuple[str, ...] = ()
    """What the resolver says that cannot be, each a clause."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a name that somebody would like to have."""

    entry: Entry
    terms: Terms | None
    """What the registrar asks for; ``None``: the name is not one of those that it gives."""
    registration: Registration | None = None
    symbol: str = ""
    decimals: int = 0
    balance: int = 0
    """Base units of the token that the account has."""

    def state(self, account: bytes | None, key: PublicKey) -> NameState:
        """Whether it can be ours.

        :param account: of the wallet; ``None``: there is none.
        :param key: our chat key.
        """
        owner = self.entry.owner
        if owner is None:
            return NameState.FREE if self.registration is None else NameState.TAKEN
        if owner != account:
            return NameState.TAKEN
        if self.entry.chat_key is None:
            return NameState.OWNED
        return NameState.CONNECTED if self.entry.chat_key == key else NameState.OTHER_KEY


def username_of(name: str) -> str | None:
    """The part of a name that Status gives which is chosen; ``None``: it is no such name."""
    username = name.removesuffix(SUFFIX)
    return username if username != name and "." not in username else None


def entry_of(registry: bytes, name: str) -> Plan[Entry]:
    """All that ENS says of a name.

    Implements: EI-6, EI-19
    """
    try:
        record = yield from names.record_of(registry, name)
    except NoName:
        return Entry(name, None)
    if record.resolver is None:
        return Entry(name, record.owner, problems=("it has no resolver, and leads nowhere",))
    signatures = ("addr(bytes32)", "pubkey(bytes32)", "contenthash(bytes32)", "content(bytes32)")
    answers = yield from try_all([abi.call(record.resolver, signature, record.node) for signature in signatures])
    problems: list[str] = []
    readers = (_address, _chat_key, _content, _old_content)
    address, key, content, old = (
        _read(reader, answer, problems) for reader, answer in zip(readers, answers, strict=True)
    )
    return Entry(name, record.owner, record.resolver, address, key, content or old, tuple(problems))


def registrar_of(registry: bytes, chain_id: int, *, is_own: bool) -> Plan[bytes]:
    """The registrar of the names that Status gives.

    :param is_own: the registry is not the one that everybody uses on this chain, so that its registrar is not, either:
        it owns the name under which it gives others.
    :raises NoName: there is none.

    Implements: ET-7
    """
    known = registrar.REGISTRARS.get(chain_id)
    if known is not None and not is_own:
        return known
    return (yield from names.record_of(registry, names.USERNAMES)).owner


def standing_of(registry: bytes, at: bytes | None, name: str, account: bytes | None, chain_id: int) -> Plan[Standing]:
    """Whether a name is free, and what it costs.

    :param at: the registrar; ``None``: the name is not one of those that Status gives.

    Implements: ET-7
    """
    entry = yield from entry_of(registry, name)
    username = username_of(name)
    if at is None or username is None:
        return Standing(entry, None)
    terms = yield from registrar.terms_of(at)
    registration = yield from registrar.registration_of(at, username)
    token = terms.token
    symbol, decimals = yield from _money(chain_id, token)
    balance = 0
    if account is not None:
        [answer] = yield from ask_all([abi.call(token, "balanceOf(address)", account)])
        balance = int.from_bytes(abi.word(data(answer, "a balance")), "big")
    return Standing(entry, terms, registration, symbol, decimals, balance)


def _money(chain_id: int, token: bytes) -> Plan[tuple[str, int]]:
    """What a token is called, and its decimals. One that says more of these than there can be, or none, is shown in its
    base units."""
    if (known := tokens.default_token(chain_id, token)) is not None:
        return known.symbol, known.decimals
    said = yield from try_all([abi.call(token, "symbol()"), abi.call(token, "decimals()")])
    symbol = "" if isinstance(said[0], Refusal) else tokens.symbol_of(data(said[0], "a symbol"))
    decimals = 0 if isinstance(said[1], Refusal) else int.from_bytes(abi.word(data(said[1], "decimals")), "big")
    return symbol, decimals if decimals <= tokens.MAX_DECIMALS else 0


def refusal(username: str, terms: Terms | None = None) -> str:
    """Why a name is not to be registered, as a sentence; empty: nothing is against it."""
    try:
        registrar.check_username(username, terms)
    except LocalError as error:
        return str(error)
    if terms is not None and terms.state is not State.ACTIVE:
        return "The registrar takes no names any more. Wait for the new one, or get a newer version of pystatus."
    return ""


def _read(reader: Any, answer: Any, problems: list[str]) -> Any:
    """One record; a resolver that does not know the question has none."""
    if isinstance(answer, Refusal):
        return None
    try:
        return reader(answer)
    except BadAnswer as error:
        problems.append(str(error))
        return None


def _address(answer: Any) -> bytes | None:
    found = data(answer, "an address")
    if not found:  # what has no code answers so
        return None
    word = abi.word(found)
    if any(word[:12]):
        raise BadAnswer("its resolver gives an address of more than 20 bytes")
    return None if word[12:] == _ZERO else word[12:]


def _chat_key(answer: Any) -> PublicKey | None:
    found = data(answer, "a public key")
    if not found:
        return None
    abi.word(found)
    if len(found) < 2 * abi.WORD:
        raise BadAnswer("its resolver gives half a public key")
    point = found[: 2 * abi.WORD]
    if not any(point):
        return None
    try:
        return PublicKey.from_xy(point)
    except RemoteError as error:
        raise BadAnswer("what its resolver gives is no public key") from error


def _content(answer: Any) -> Content | None:
    found = data(answer, "a content hash")
    if not found:
        return None
    value: bytes = abi.decoded(["bytes"], found)[0]
    return content_hash.parse(value)


def _old_content(answer: Any) -> Content | None:
    """Before EIP-1577 it was a hash of 32 bytes, of IPFS."""
    found = data(answer, "a content hash")
    if len(found) != abi.WORD or not any(found):
        return None
    return content_hash.of_ipfs(found)
