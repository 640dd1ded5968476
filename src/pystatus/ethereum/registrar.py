"""Names under stateofus.eth: registering, updating, releasing them, and what may be slashed (ethereum.md §4.2, §4.3).

A name that breaks a rule can be taken away from whoever has paid for it, so it is refused before anything is paid.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from pystatus.account.address import checksummed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, Refused
from pystatus.ethereum import abi, names
from pystatus.ethereum.plan import Plan, ask_all
from pystatus.ethereum.quantities import data
from pystatus.ethereum.transactions import Payment
from pystatus.wording import counted

REGISTRARS = {
    1: bytes.fromhex("db5ac1a559b02e12f29fc0ec0e37be8e046def49"),
    3: bytes.fromhex("11d9f481effd20d76cee832559bd9aca25405841"),
}
"""The registrar of each chain, as version 1.7 of the app has it."""
SHORTEST = 4
"""Characters of a name, at least, whatever the contract allows: what the app asks for."""
ADDRESS_LIKE_FROM = 12
"""Characters above which a name may not begin as an address does."""
RELEASE_DELAY = 365 * 24 * 3600
"""Seconds for which the deposit of a name stays, at least."""

_ALLOWED = re.compile(r"[a-z0-9]+")
_ADDRESS_LIKE = re.compile(r"0x[0-9a-f]{5}.*", re.DOTALL)


class State(Enum):
    """Whether a registrar takes names."""

    INACTIVE = 0
    ACTIVE = 1
    MOVED = 2
    """To another registrar: the names there stay, and can be released at any time."""


class Rule(Enum):
    """Why a name may be taken away."""

    INVALID = "it has other characters than a to z and 0 to 9"
    ADDRESS_LIKE = "it begins as an address does"
    RESERVED = "it is reserved"
    SMALL = "it is too short"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a registrar asks for."""

    price: int
    """Base units of the token."""
    token: bytes
    resolver: bytes
    shortest: int
    reserved_root: bytes
    state: State


@dataclass(frozen=True, slots=True)
class Registration:
    """A name that was registered."""

    owner: bytes
    balance: int
    created: int
    """Unix seconds."""
    expires: int
    """When it can be released, Unix seconds."""


def broken_rule(username: str, shortest: int = SHORTEST) -> Rule | None:
    """The first rule that a name breaks.

    :param shortest: characters that the contract asks for.

    Implements: ET-8
    """
    if not _ALLOWED.fullmatch(username):
        return Rule.INVALID
    if len(username) < shortest:
        return Rule.SMALL
    if len(username) > ADDRESS_LIKE_FROM and _ADDRESS_LIKE.match(username):
        return Rule.ADDRESS_LIKE
    return Rule.RESERVED if username in reserved() else None


def check_username(username: str, terms: Terms | None = None) -> None:
    """Refuse a name that could be taken away.

    :raises LocalError: it could be.

    Implements: ET-8
    """
    rule = broken_rule(username, max(SHORTEST, terms.shortest if terms else 0))
    if rule is not None:
        raise Refused(
            f"This name would be taken away again, and what was paid with it: {rule.value}. Choose another one."
        )
    if terms is not None and terms.reserved_root != reserved_root():
        raise LocalError(
            "The contract has another list of reserved names than this program, so it cannot say whether this name is "
            "safe. Get a newer version of pystatus, or register elsewhere."
        )


def terms_of(registrar: bytes) -> Plan[Terms]:
    """What a registrar asks for.

    Implements: ET-7
    """
    signatures = ("price()", "token()", "resolver()", "usernameMinLength()", "reservedUsernamesMerkleRoot()", "state()")
    answers = yield from ask_all([abi.call(registrar, signature) for signature in signatures])
    price, token, resolver, shortest, root, state = (
        abi.word(data(answer, "what a registrar says")) for answer in answers
    )
    number = int.from_bytes(state, "big")
    return Terms(
        int.from_bytes(price, "big"),
        token[12:],
        resolver[12:],
        int.from_bytes(shortest, "big"),
        root,
        State(number) if number in (1, 2) else State.INACTIVE,
    )


def registration_of(registrar: bytes, username: str) -> Plan[Registration | None]:
    """What a registrar knows of a name; ``None``: nobody has registered it there.

    Implements: ET-7
    """
    label = names.label_hash(username)
    signatures = (
        "getAccountOwner(bytes32)",
        "getAccountBalance(bytes32)",
        "getCreationTime(bytes32)",
        "getExpirationTime(bytes32)",
    )
    answers = yield from ask_all([abi.call(registrar, signature, label) for signature in signatures])
    owner, *numbers = (abi.word(data(answer, "what a registrar says")) for answer in answers)
    balance, created, expires = (int.from_bytes(number, "big") for number in numbers)
    return Registration(owner[12:], balance, created, expires) if created else None


def register_call(username: str, account: bytes, key: PublicKey) -> bytes:
    """The data with which a registrar is called: the name leads to the address and the chat key then."""
    point = key.xy
    return abi.call_data(
        "register(bytes32,address,bytes32,bytes32)", names.label_hash(username), account, point[:32], point[32:]
    )


def register(registrar: bytes, terms: Terms, username: str, account: bytes, key: PublicKey) -> Payment:
    """The transaction with which a name is registered: the token gives the price to the registrar, and calls it.

    :raises LocalError: the name breaks a rule, or the registrar takes none.

    Implements: AC-8, ET-7, ET-8
    """
    if terms.state is not State.ACTIVE:
        raise LocalError(f"The registrar {checksummed(registrar)} takes no names any more. Name the one that does.")
    check_username(username, terms)
    inner = register_call(username, account, key)
    return Payment(
        terms.token, 0, abi.call_data("approveAndCall(address,uint256,bytes)", registrar, terms.price, inner)
    )


def set_key(resolver: bytes, name: str, key: PublicKey) -> Payment:
    """The transaction that makes a name lead to another chat key.

    Implements: ET-7
    """
    call = abi.call_data("setPubkey(bytes32,bytes32,bytes32)", names.namehash(name), key.xy[:32], key.xy[32:])
    return Payment(resolver, 0, call)


def set_address(resolver: bytes, name: str, address: bytes) -> Payment:
    """The transaction that makes a name lead to another address.

    Implements: ET-7
    """
    return Payment(resolver, 0, abi.call_data("setAddr(bytes32,address)", names.namehash(name), address))


def set_content(resolver: bytes, name: str, content: bytes) -> Payment:
    """The transaction that gives a name other content for browsers (EIP-1577); empty: none.

    Implements: EI-19
    """
    return Payment(resolver, 0, abi.call_data("setContenthash(bytes32,bytes)", names.namehash(name), content))


def update_owner(registrar: bytes, username: str) -> Payment:
    """After a name was given to somebody in ENS: what makes the registrar know, so that nobody else can release it.

    Implements: ET-7
    """
    return Payment(registrar, 0, abi.call_data("updateAccountOwner(bytes32)", names.label_hash(username)))


def release(
    registrar: bytes,
    terms: Terms,
    username: str,
    registration: Registration,
    account: bytes,
    now: float,
    owner: bytes | None = None,
) -> Payment:
    """The transaction that gives a name back, and the deposit to whom it belongs.

    :param owner: of the name in ENS, who releases it where the registrar is the one that gives names; ``None``: the one
        whom the registrar knows. Where names have moved to another registrar it is always that one.
    :raises LocalError: it is not yet time, or it is somebody else's.

    Implements: ET-7
    """
    if terms.state is State.ACTIVE and now <= registration.expires:
        days = int((registration.expires - now) // 86_400) + 1
        raise LocalError(
            f"This name can be released in {counted(days, 'day')}, a year after it was registered. Wait until then."
        )
    holder = registration.owner if owner is None or terms.state is not State.ACTIVE else owner
    if holder != account:
        raise LocalError(f"This name belongs to {checksummed(holder)}. Only that account releases it.")
    return Payment(registrar, 0, abi.call_data("release(bytes32)", names.label_hash(username)))


def reserve_slash(registrar: bytes, username: str, created: int, secret: int) -> Payment:
    """The first of two transactions that take a name away: who says so first, without saying of which name.

    Implements: ET-9
    """
    packed = (
        names.child_node(names.namehash(names.USERNAMES), username)
        + created.to_bytes(32, "big")
        + secret.to_bytes(32, "big")
    )
    return Payment(registrar, 0, abi.call_data("reserveSlash(bytes32)", keccak256(packed)))


def slash(registrar: bytes, username: str, rule: Rule, secret: int) -> Payment:
    """The second one, in a later block: which name, and which rule it breaks.

    Implements: ET-9
    """
    match rule:
        case Rule.INVALID:
            # the contract counts bytes
            position = next(
                number for number, byte in enumerate(username.encode()) if not _ALLOWED.fullmatch(chr(byte))
            )
            call = abi.call_data("slashInvalidUsername(string,uint256,uint256)", username, position, secret)
        case Rule.RESERVED:
            proof = merkle_proof(username)
            call = abi.call_data("slashReservedUsername(string,bytes32[],uint256)", username, proof, secret)
        case Rule.ADDRESS_LIKE:
            call = abi.call_data("slashAddressLikeUsername(string,uint256)", username, secret)
        case Rule.SMALL:
            call = abi.call_data("slashSmallUsername(string,uint256)", username, secret)
    return Payment(registrar, 0, call)


@functools.cache
def reserved() -> frozenset[str]:
    """The names that nobody can have: the list of ens-usernames at 47c4c6c."""
    from importlib import resources  # loaded late: it costs 10 ms

    text = resources.files(__package__).joinpath("data", "reserved_usernames.json").read_text("utf-8")
    return frozenset(json.loads(text))


@functools.cache
def _levels() -> list[list[bytes]]:
    """The tree over their hashes, the leaves first."""
    return merkle_levels(sorted(keccak256(name.encode()) for name in reserved()))


def merkle_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """A tree of hashes; of two that belong together the smaller stands first, and one alone moves up."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [below[place : place + 2] for place in range(0, len(below), 2)]
        levels.append([keccak256(b"".join(sorted(pair))) if len(pair) == 2 else pair[0] for pair in pairs])
    return levels


def reserved_root() -> bytes:
    """The root of that tree, which the contract has."""
    return _levels()[-1][0]


def merkle_proof(username: str) -> list[bytes]:
    """The hashes that lead from a reserved name to the root.

    :raises LocalError: it is not reserved.
    """
    if username not in reserved():
        raise LocalError("This name is not reserved, so that it cannot be taken away for that. Choose another rule.")
    levels = _levels()
    place = levels[0].index(keccak256(username.encode()))
    proof = []
    for level in levels[:-1]:
        other = place ^ 1
        if other < len(level):
            proof.append(level[other])
        place //= 2
    return proof
