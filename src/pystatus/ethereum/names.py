"""ENS: names, their normal form and their hash, and what the contracts on the chain say of them (ethereum.md §4)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError, library_missing
from pystatus.ethereum import abi
from pystatus.ethereum.plan import Plan, QuestionRefused, Refusal, ask_all, try_all
from pystatus.ethereum.quantities import BadAnswer, data

REGISTRIES = {
    1: bytes.fromhex("00000000000c2e074ec69a0dfb2997ba6c7d2e1e"),
    3: bytes.fromhex("112234455c3a32fd11230c42e7bccd4a84e02010"),
    4: bytes.fromhex("e7410170f87102df0055eb195163a03b7f2bff4a"),
    5: bytes.fromhex("112234455c3a32fd11230c42e7bccd4a84e02010"),
}
"""The registry of each chain that has one, as the reference knows them."""
MAX_NAME = 255
"""Characters of a name: as many as DNS has bytes. Ours."""
USERNAMES = "stateofus.eth"
"""Under it Status gives names."""
SUPPORTS_INTERFACE = bytes.fromhex("01ffc9a7")
"""The interface that tells of interfaces (EIP-165)."""

_ZERO = bytes(20)


class NoName(RemoteError):
    """A name is not registered, or leads nowhere."""


def label_hash(label: str) -> bytes:
    """The hash of one part of a name. One that looks like hexadecimal digits is text all the same."""
    return keccak256(label.encode())


def child_node(parent: bytes, label: str) -> bytes:
    """The hash of a name under another one."""
    return keccak256(parent + label_hash(label))


@functools.lru_cache(maxsize=1_000)
def namehash(name: str) -> bytes:
    """The hash of a name in its normal form (EIP-137).

    Implements: EI-6
    """
    node = bytes(32)
    for label in reversed(name.split(".")) if name else ():
        node = child_node(node, label)
    return node


def normalised(text: str) -> str:
    """The normal form of a name (ENSIP-15): one for all that look the same, none for what is made to deceive.

    :raises LocalError: it has none. The sentence says what to do.

    Implements: EI-6
    """
    library = _library()
    if not text or len(text) > MAX_NAME:
        raise LocalError(f"An ENS name has 1 to {MAX_NAME} characters. Copy it once more.")
    try:
        name: str = library.ens_normalize(text)
    except library.DisallowedSequence as error:
        reason = str(error).partition("\n")[0]
        raise LocalError(f"This is no ENS name: {reason}. Ask for the name again, and type it.") from error
    return name


def is_normal(name: str) -> bool:
    """Whether a name is in its normal form: another one may look the same and be somebody else's."""
    try:
        return normalised(name) == name
    except LocalError:
        return False


def whole_name(text: str) -> str:
    """The name that is meant: without a dot one that Status gives.

    :raises LocalError: there is no such name.
    """
    return normalised(text if "." in text else f"{text}.{USERNAMES}")


def registry_of(chain_id: int) -> bytes:
    """The registry of a chain.

    :raises LocalError: none is known.
    """
    if chain_id not in REGISTRIES:
        raise LocalError(
            f"No registry of ENS is known on the chain {chain_id}. Name its address with --registry, in "
            "PYSTATUS_REGISTRY, or as registry=… where a client is opened."
        )
    return REGISTRIES[chain_id]


@dataclass(frozen=True, slots=True)
class Record:
    """What the registry says of a name."""

    node: bytes
    owner: bytes
    resolver: bytes | None
    """``None``: none is set."""


def record_of(registry: bytes, name: str) -> Plan[Record]:
    """Whom a name belongs to, and which contract tells where it leads.

    :raises NoName: nobody has registered it.
    """
    node = namehash(name)
    answers = yield from ask_all(
        [abi.call(registry, "owner(bytes32)", node), abi.call(registry, "resolver(bytes32)", node)]
    )
    owner, resolver = (_address(answer) for answer in answers)
    if owner == _ZERO:
        raise NoName("nobody has registered this name")
    return Record(node, owner, None if resolver == _ZERO else resolver)


def chat_key_of(registry: bytes, name: str) -> Plan[PublicKey | None]:
    """The chat key that a name leads to; ``None``: it leads to none.

    :raises NoName: nobody has registered it, or it has no resolver.
    :raises BadAnswer: what its resolver says is no key.

    Implements: AC-17
    """
    record = yield from record_of(registry, name)
    [answer] = yield from ask_all([abi.call(_resolver(record), "pubkey(bytes32)", record.node)])
    returned = data(answer, "a public key")
    abi.word(returned)
    if len(returned) < 2 * abi.WORD:
        raise BadAnswer("a resolver gives half a public key")
    point = returned[: 2 * abi.WORD]
    if not any(point):
        return None
    try:
        return PublicKey.from_xy(point)
    except RemoteError as error:
        raise BadAnswer("what a resolver gives is no public key") from error


def address_of(registry: bytes, name: str) -> Plan[bytes]:
    """The address that is paid when a name is paid.

    :raises NoName: it has none.

    Implements: EI-6
    """
    record = yield from record_of(registry, name)
    [answer] = yield from ask_all([abi.call(_resolver(record), "addr(bytes32)", record.node)])
    found = _address(answer)
    if found == _ZERO:
        raise NoName("this name leads to no address")
    return found


def name_of(registry: bytes, address: bytes) -> Plan[str | None]:
    """The name that an address gives itself, if that name leads back to it; ``None``: it has none that counts.

    Implements: EI-9
    """
    reverse = f"{address.hex()}.addr.reverse"
    try:
        record = yield from record_of(registry, reverse)
        [answer] = yield from ask_all([abi.call(_resolver(record), "name(bytes32)", record.node)])
        name = abi.text(data(answer, "a name"))
        if not name or not is_normal(name):
            return None
        forward = yield from address_of(registry, name)
    except (NoName, QuestionRefused, BadAnswer):
        return None
    return name if forward == address else None


def content_of(registry: bytes, name: str) -> Plan[bytes]:
    """What a name has for browsers, as it is written (EIP-1577): nothing if there is none.

    Implements: EI-19
    """
    record = yield from record_of(registry, name)
    [answer] = yield from ask_all([abi.call(_resolver(record), "contenthash(bytes32)", record.node)])
    found: bytes = abi.decoded(["bytes"], data(answer, "a content hash"))[0]
    return found


def supports(contract: bytes, interface: bytes) -> Plan[bool]:
    """Whether a contract says that it has an interface; one that does not know the question has none.

    Implements: EI-8
    """
    signature = "supportsInterface(bytes4)"
    questions = [abi.call(contract, signature, one) for one in (SUPPORTS_INTERFACE, b"\xff" * 4, interface)]
    told = [_said(answer) for answer in (yield from try_all(questions))]
    return told[0] and not told[1] and told[2]


def _said(answer: Any) -> bool:
    if isinstance(answer, Refusal):
        return False
    try:
        return bool(abi.decoded(["bool"], data(answer))[0])
    except BadAnswer:
        return False


def _resolver(record: Record) -> bytes:
    if record.resolver is None:
        raise NoName("this name has no resolver, and leads nowhere")
    return record.resolver


def _address(answer: object) -> bytes:
    """An address that a contract has returned; what stands before it in its word is not looked at."""
    return abi.word(data(answer, "an address"))[12:]


@functools.cache
def _library() -> Any:
    try:
        import ens_normalize
    except ModuleNotFoundError as error:
        if error.name != "ens_normalize":
            raise
        raise library_missing("ENS", "ens-normalize") from error
    return ens_normalize
