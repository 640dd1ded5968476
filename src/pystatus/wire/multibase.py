"""Multibase: text whose first character names the base of the rest (github.com/multiformats/multibase).

``py-multibase`` 2.0.0 is not used, because what it writes is not what others read: octal and z-base-32 are aligned to
the wrong end, leading zero bytes vanish from base 2, 8, 10, 16, 36 and 58, and wrong padding and spare bits pass.
"""

from __future__ import annotations

import math
from typing import Protocol

from pystatus.errors import LocalError, RemoteError

MAX_LENGTH = 4096
"""Characters of a text to decode. A key of 2/ACCOUNT needs at most 1,553 (BLS12-381 G2 in base 2), and the bases that
are no power of two take quadratic time."""

_HEX = "0123456789abcdef"
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_HEX = "0123456789abcdefghijklmnopqrstuv"
_BASE32_Z = "ybndrfg8ejkmcpqxot1uwisza345h769"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE58_BTC = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_FLICKR = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64_URL = _BASE64[:-2] + "-_"


class _Codec(Protocol):
    def encode(self, data: bytes) -> str: ...
    def decode(self, text: str) -> bytes: ...


class _Digits:
    """The digits of one base, with the values of its characters."""

    def __init__(self, alphabet: str, *, any_case: bool = False) -> None:
        self.alphabet = alphabet
        self._values = {character: value for value, character in enumerate(alphabet)}
        if any_case:
            self._values.update({character.swapcase(): value for value, character in enumerate(alphabet)})

    def number(self, text: str) -> int:
        """``text`` as one number.

        :raises RemoteError: a character outside the alphabet.
        """
        base = len(self.alphabet)
        number = 0
        for position, character in enumerate(text, 1):
            value = self._values.get(character)
            if value is None:
                raise RemoteError(f"character {position} is not a digit of base {base}")
            number = number * base + value
        return number


class _Identity:
    """Bytes as they are; a text holds each as the character of the same number."""

    def encode(self, data: bytes) -> str:
        return data.decode("latin-1")

    def decode(self, text: str) -> bytes:
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError as error:
            raise RemoteError("a character is no byte") from error


class _Bits(_Digits):
    """A base that is a power of two: each digit holds the next bits, the last is filled up with zeros (RFC 4648)."""

    def __init__(self, alphabet: str, *, padded: bool = False, any_case: bool = False) -> None:
        super().__init__(alphabet, any_case=any_case)
        self._bits = len(alphabet).bit_length() - 1
        self._group = math.lcm(8, self._bits) // self._bits if padded else 1

    def encode(self, data: bytes) -> str:
        size = -(-8 * len(data) // self._bits)
        number = int.from_bytes(data, "big") << (size * self._bits - 8 * len(data))
        mask = len(self.alphabet) - 1
        text = "".join(self.alphabet[number >> self._bits * i & mask] for i in reversed(range(size)))
        return text + "=" * (-size % self._group)

    def decode(self, text: str) -> bytes:
        digits = text.rstrip("=") if self._group > 1 else text
        if len(text) - len(digits) != -len(digits) % self._group:
            raise RemoteError("wrong padding")
        number = self.number(digits)
        spare = len(digits) * self._bits % 8
        if spare >= self._bits or number & ((1 << spare) - 1):
            raise RemoteError("bits are left over behind the last byte")
        return (number >> spare).to_bytes(len(digits) * self._bits // 8, "big")


class _Number(_Digits):
    """A base that is no power of two: one big number, behind a zero digit for every leading zero byte."""

    def encode(self, data: bytes) -> str:
        number = int.from_bytes(data, "big")
        digits: list[str] = []
        while number:
            number, digit = divmod(number, len(self.alphabet))
            digits.append(self.alphabet[digit])
        zeros = len(data) - len(data.lstrip(b"\0"))
        return self.alphabet[0] * zeros + "".join(reversed(digits))

    def decode(self, text: str) -> bytes:
        zeros = len(text) - len(text.lstrip(self.alphabet[0]))
        number = self.number(text)
        return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


_CODECS: dict[str, _Codec] = {
    "\0": _Identity(),
    "0": _Bits("01"),
    "7": _Bits("01234567"),
    "9": _Number("0123456789"),
    "f": _Bits(_HEX, any_case=True),
    "F": _Bits(_HEX.upper(), any_case=True),
    "v": _Bits(_BASE32_HEX, any_case=True),
    "V": _Bits(_BASE32_HEX.upper(), any_case=True),
    "t": _Bits(_BASE32_HEX, padded=True, any_case=True),
    "T": _Bits(_BASE32_HEX.upper(), padded=True, any_case=True),
    "b": _Bits(_BASE32, any_case=True),
    "B": _Bits(_BASE32.upper(), any_case=True),
    "c": _Bits(_BASE32, padded=True, any_case=True),
    "C": _Bits(_BASE32.upper(), padded=True, any_case=True),
    "h": _Bits(_BASE32_Z),
    "k": _Number(_BASE36, any_case=True),
    "K": _Number(_BASE36.upper(), any_case=True),
    "z": _Number(_BASE58_BTC),
    "Z": _Number(_BASE58_FLICKR),
    "m": _Bits(_BASE64),
    "M": _Bits(_BASE64, padded=True),
    "u": _Bits(_BASE64_URL),
    "U": _Bits(_BASE64_URL, padded=True),
}

BASES = frozenset(_CODECS)
"""The characters that name a base: all of 2/ACCOUNT."""


def check_base(base: str) -> None:
    """
    :raises LocalError: there is no base that the character ``base`` names.
    """
    if base not in _CODECS:
        raise LocalError(f"There is no multibase {base!r}. Known are: {', '.join(sorted(BASES - {chr(0)}))}.")


def encode(base: str, data: bytes) -> str:
    """``data`` in the base that the character ``base`` names, that character in front.

    :raises LocalError: there is no such base.
    """
    check_base(base)
    return base + _CODECS[base].encode(data)


def decode(text: str) -> bytes:
    """The bytes of a multibase text. Base 16, 32 and 36 may be in either case, or mixed.

    :raises RemoteError: empty, too long, an unknown base, or not canonical in its base.
    """
    codec, body = _split(text)
    return codec.decode(body)


def decode_number(text: str) -> bytes:
    """Like :func:`decode`, but any base (not identity) is read as one big number, without leading zero bytes.

    Older drafts of multibase wrote octal so, and ``py-multibase`` still writes octal and z-base-32 so.

    :raises RemoteError: as :func:`decode`.
    """
    codec, body = _split(text)
    if not isinstance(codec, _Digits):
        raise RemoteError("identity is not a number")
    number = codec.number(body)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _split(text: str) -> tuple[_Codec, str]:
    if not 0 < len(text) <= MAX_LENGTH:
        raise RemoteError(f"a multibase text has 1 to {MAX_LENGTH} characters")
    codec = _CODECS.get(text[0])
    if codec is None:
        raise RemoteError("unknown multibase character")
    return codec, text[1:]
