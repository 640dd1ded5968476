"""Typed data (EIP-712) as ``eth_signTypedData`` and its version 3 know it: structures without lists (ethereum.md §7).

Of the libraries, eth-account reads 90 of the reference's 228 requests differently: it guesses the primary type, signs
lists as version 4 does, and takes text for structures. What is signed here is what the request says, and nothing else:
a number out of the range of its type, bytes of another length and ``null`` are refused, where the reference signs them.

Implements: EI-1
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from pystatus.crypto.hashing import keccak256
from pystatus.errors import RemoteError

DOMAIN = "EIP712Domain"
"""The type of the domain, which every request describes."""
MAX_REQUEST = 256 << 10
"""Bytes of a request. Ours: the longest orders of exchanges have some ten thousand."""
MAX_DEPTH = 32
"""Structures in one another. Ours: real requests have four."""
MAX_HASHED = 100_000
"""Words of one request that are hashed: each structure and member, and each 32 bytes of a text. Ours: a request has
room for 34,000 if it says everything once. A type may have thousands of members of one name, and all of them the same
structure or text."""
MAX_TYPES = 200
"""Types of a request. Ours: the hash of each looks at all that it is made of."""
MAX_CHAIN_ID = 2**63 - 1
"""The highest chain id that the reference compares."""

_NUMBER = re.compile(r"(u?int)([1-9][0-9]{0,2})")
_FIXED_BYTES = re.compile(r"bytes([1-9][0-9]?)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,77})")
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{1,64}")
_BYTES = re.compile(r"(?:0[xX](?:[0-9a-fA-F]{2})*)?")
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAMES = ("types", "primaryType", "domain", "message")


class BadTypedData(RemoteError):
    """A request cannot be signed."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a type."""

    name: str
    type: str


@dataclass(frozen=True)
class TypedData:
    """One request, checked as far as its shape."""

    types: Mapping[str, tuple[Field, ...]]
    primary_type: str
    domain: Mapping[str, Any]
    message: Mapping[str, Any]
    _left: list[int] = field(default_factory=lambda: [MAX_HASHED], compare=False, repr=False)
    _hashes: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def parse(cls, text: str | bytes) -> TypedData:
        """
        :param text: JSON. Numbers that are not written as whole ones are no numbers of a type.
        :raises BadTypedData: it is none, or a part is missing.
        """
        if len(text) > MAX_REQUEST:
            raise BadTypedData(f"the request has more than {MAX_REQUEST} bytes")
        try:
            request = json.loads(text, parse_float=Decimal, parse_int=_integer, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadTypedData("the request is no JSON") from error
        parts = _parts(request)
        types = _types(parts.get("types"))
        primary = parts.get("primaryType")
        domain, message = parts.get("domain"), parts.get("message")
        if not isinstance(primary, str) or primary not in types:
            raise BadTypedData("the primary type is not among the types")
        if not isinstance(domain, dict) or not isinstance(message, dict):
            raise BadTypedData("domain and message are structures")
        return cls(types, primary, domain, message)

    def check_chain(self, chain_id: int) -> None:
        """Refuse what another chain would count, too.

        :raises BadTypedData: the domain names no chain, or another one.

        Implements: EI-13
        """
        found = self.domain.get("chainId")
        if isinstance(found, bool) or not isinstance(found, int) or abs(found) > MAX_CHAIN_ID:
            raise BadTypedData("the domain names no chain, so that every chain would count what is signed")
        if found != chain_id:
            raise BadTypedData(f"it is for the chain {found}, and {chain_id} is the one in use")

    def digest(self) -> bytes:
        """What is signed: 32 bytes.

        :raises BadTypedData: a value does not fit its type, or one is missing.

        Implements: EI-13
        """
        return keccak256(b"\x19\x01" + self.domain_separator() + self.message_hash())

    def domain_separator(self) -> bytes:
        """The hash of the domain."""
        return self.struct_hash(DOMAIN, self.domain)

    def message_hash(self) -> bytes:
        """The hash of the message."""
        return self.struct_hash(self.primary_type, self.message)

    def dependencies(self, name: str) -> list[str]:
        """The other types that a type is made of, in the order of their bytes."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for member in self.types[waiting.pop()]:
                if member.type in self.types and member.type not in found and member.type != name:
                    found.add(member.type)
                    waiting.append(member.type)
        return sorted(found, key=lambda one: one.encode("utf-8", "surrogatepass"))

    def encode_type(self, name: str) -> str:
        """A type as text, with those that it is made of behind it."""
        return "".join(
            f"{each}({','.join(f'{member.type} {member.name}' for member in self.types[each])})"
            for each in (name, *self.dependencies(name))
        )

    def type_hash(self, name: str) -> bytes:
        """The hash of that."""
        if name not in self._hashes:
            self._hashes[name] = keccak256(_utf8(self.encode_type(name)))
        return self._hashes[name]

    def struct_hash(self, name: str, values: Mapping[str, Any], depth: int = 0) -> bytes:
        """The hash of a structure.

        :raises BadTypedData: a value does not fit its type, or one is missing.
        """
        if depth > MAX_DEPTH:
            raise BadTypedData(f"more than {MAX_DEPTH} structures are in one another")
        self._spend(1)
        words = [self.type_hash(name)]
        for member in self.types[name]:
            if member.name not in values:
                raise BadTypedData(f"a value of {name} is missing")
            words.append(self._word(member.type, values[member.name], depth))
        return keccak256(b"".join(words))

    def _word(self, kind: str, value: Any, depth: int) -> bytes:
        if kind in self.types and kind not in ("string", "bytes"):
            if not isinstance(value, dict):
                raise _unfit(kind)
            return self.struct_hash(kind, value, depth + 1)
        self._spend(1 + (len(value) // 32 if isinstance(value, str) else 0))
        return _encoded(kind, value)

    def _spend(self, words: int) -> None:
        self._left[0] -= words
        if self._left[0] < 0:
            raise BadTypedData(f"more than {MAX_HASHED} words are to be hashed")


def _encoded(kind: str, value: Any) -> bytes:
    """The word of a value that is no structure."""
    if kind == "string" and isinstance(value, str):
        return keccak256(_utf8(value))
    if kind == "bytes" and isinstance(value, str) and _BYTES.fullmatch(value):
        return keccak256(bytes.fromhex(value[2:]))
    if kind == "bool" and isinstance(value, bool):
        return int(value).to_bytes(32, "big")
    if kind == "address" and isinstance(value, str) and _ADDRESS.fullmatch(value):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    if fixed := _FIXED_BYTES.fullmatch(kind):
        return _fixed(kind, int(fixed[1]), value)
    if number := _NUMBER.fullmatch(kind):
        return _number(kind, number[1] == "int", int(number[2]), value)
    if "[" in kind:
        raise BadTypedData("it has a list, which only version 4 of typed data knows")
    if kind in ("string", "bytes", "bool", "address"):
        raise _unfit(kind)
    raise BadTypedData("one of its types is unknown")


def _fixed(kind: str, size: int, value: Any) -> bytes:
    if size > 32:
        raise BadTypedData("one of its types is unknown")
    if not isinstance(value, str) or not value or not _BYTES.fullmatch(value) or len(value) != 2 + 2 * size:
        raise _unfit(kind)
    return bytes.fromhex(value[2:]).ljust(32, b"\0")


def _number(kind: str, is_signed: bool, bits: int, value: Any) -> bytes:
    if bits > 256 or bits % 8:
        raise BadTypedData("one of its types is unknown")
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value) and not _HEXADECIMAL.fullmatch(value):
            raise _unfit(kind)
        value = int(value, 16 if value[:2] in ("0x", "0X") else 10)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unfit(kind)
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)
    if not lowest <= value <= highest:
        raise BadTypedData(f"a number is out of the range of {kind}")
    return value.to_bytes(32, "big", signed=is_signed)


def _parts(request: Any) -> dict[str, Any]:
    """The parts of a request, whose names the reference takes in any case."""
    if not isinstance(request, dict):
        raise BadTypedData("the request is no structure")
    known = {name.lower(): name for name in _NAMES}
    parts: dict[str, Any] = {}
    for name, value in request.items():
        meant = known.get(name.lower())
        if meant is not None:
            if meant in parts:
                raise BadTypedData(f"the request has {meant} twice")
            parts[meant] = value
    return parts


def _types(value: Any) -> dict[str, tuple[Field, ...]]:
    if not isinstance(value, dict) or DOMAIN not in value:
        raise BadTypedData(f"the types lack {DOMAIN}")
    if len(value) > MAX_TYPES:
        raise BadTypedData(f"the request has more than {MAX_TYPES} types")
    return {name: tuple(_field(member) for member in _members(members)) for name, members in value.items()}


def _members(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadTypedData("a type is a list of its members")
    return value


def _field(value: Any) -> Field:
    if isinstance(value, dict):
        name, kind = value.get("name"), value.get("type")
        if isinstance(name, str) and isinstance(kind, str) and name and kind:
            return Field(name, kind)
    raise BadTypedData("each member of a type has a name and a type")


def _unfit(kind: str) -> BadTypedData:
    return BadTypedData(f"a value is no {kind}")


def _utf8(text: str) -> bytes:
    """Half a pair of UTF-16 becomes the character for what is unknown, as in the reference."""
    return _SURROGATE.sub("\ufffd", text).encode()


def _integer(text: str) -> int:
    if len(text) > 100:  # more digits than 256 bits have; converting them takes time by their square
        raise BadTypedData("a number has more than 256 bits")
    return int(text)


def _no_constant(text: str) -> NoReturn:
    raise BadTypedData(f"{text} is no number")
