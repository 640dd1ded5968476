"""Calls of contracts: what is sent to them and what they return, by the library eth-abi, loaded on first use."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from pystatus.crypto.hashing import keccak256
from pystatus.errors import library_missing
from pystatus.ethereum.plan import Question
from pystatus.ethereum.quantities import BadAnswer, to_hex
from pystatus.sanitise import one_line

WORD = 32
"""Bytes of each value."""
MAX_RETURNED = 64 << 10
"""Bytes of an answer that are decoded. Ours: the longest of the contracts that are called here, a list of rights or a
text, has some hundred."""
MAX_TEXT = 256
"""Characters of a text that a contract gives of itself. Ours: the longest symbol of the default tokens has nine."""


@functools.cache
def selector(signature: str) -> bytes:
    """The first four bytes of a call: ``transfer(address,uint256)``."""
    return keccak256(signature.encode())[:4]


def call_data(signature: str, *arguments: Any) -> bytes:
    """A call with its arguments; addresses are their 20 bytes."""
    if not arguments:
        return selector(signature)
    encoded: bytes = _library().encode(_types(signature), arguments)
    return selector(signature) + encoded


def call(to: bytes, signature: str, *arguments: Any, block: int | str = "latest") -> Question:
    """Asks a contract for something that it tells without a transaction.

    :param block: in the state after which.
    """
    where = to_hex(block) if isinstance(block, int) else block
    return Question("eth_call", ({"to": to_hex(to), "data": to_hex(call_data(signature, *arguments))}, where))


def decoded(types: Sequence[str], returned: bytes) -> tuple[Any, ...]:
    """What a contract has returned, addresses as their 20 bytes.

    :raises BadAnswer: something else.
    """
    if len(returned) > MAX_RETURNED:
        raise BadAnswer(f"a contract returns more than {MAX_RETURNED} bytes")
    library = _library()
    try:
        values = library.decode(list(types), returned)
    except (library.exceptions.DecodingError, OverflowError, ValueError) as error:
        raise BadAnswer("a contract returns something else than it should") from error
    return tuple(
        bytes.fromhex(value[2:]) if kind == "address" else value for kind, value in zip(types, values, strict=True)
    )


def arguments(signature: str, data: bytes) -> tuple[Any, ...]:
    """The arguments of a call that somebody else has made.

    :raises BadAnswer: it is another call, or these are no such arguments.
    """
    if not data.startswith(selector(signature)):
        raise BadAnswer("it is another call")
    return decoded(_types(signature), data[4:])


def word(value: bytes) -> bytes:
    """The first value of what a contract has returned.

    :raises BadAnswer: it has returned less than one, or no whole number of them.
    """
    if not value or len(value) % WORD:
        raise BadAnswer("a contract returns no whole number of words")
    return value[:WORD]


def text(returned: bytes, most: int = MAX_TEXT) -> str:
    """A text that a contract gives of itself, on one line: as a string, or as 32 bytes, which the first tokens did.

    :param most: characters of it that are shown.
    :raises BadAnswer: neither.
    """
    raw = returned.rstrip(b"\0") if len(returned) == WORD else decoded(["bytes"], returned)[0]
    return one_line(raw.decode("utf-8", "replace"), most)


def _types(signature: str) -> list[str]:
    inside = signature[signature.index("(") + 1 : -1]
    return inside.split(",") if inside else []


@functools.cache
def _library() -> Any:
    try:
        import eth_abi
        import eth_abi.exceptions
    except ModuleNotFoundError as error:
        if error.name != "eth_abi":
            raise
        raise library_missing("The wallet", "eth-abi") from error
    return eth_abi
