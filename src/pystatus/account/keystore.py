"""Key files: keystore version 3 with Status' extended key, as the mobile app writes them (account.md §5).

What geth, eth-account, ethers and MyCrypto open is opened, too. Each is lenient in its own way: names, hexadecimal
digits and the names of functions in any case, ``0x`` before digits, numbers as text, and no address, id or ``dklen``.

Bytes in, bytes out: who reads and writes files is not decided here. The passwords of this module are those that a file
is sealed with; the apps seal with :func:`pystatus.account.password.hashed`.

Implements: AC-26
"""

from __future__ import annotations

import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from pystatus.account.address import ADDRESS_SIZE, address_of
from pystatus.account.hd import ExtendedKey
from pystatus.crypto.ciphers import aes_cbc_decrypt, aes_ctr, equal
from pystatus.crypto.hashing import KECCAK_SIZE, keccak256
from pystatus.crypto.kdf import PBKDF2_HASHES, pbkdf2, scrypt
from pystatus.crypto.keys import PRIVATE_KEY_SIZE, PrivateKey
from pystatus.crypto.random import RandomSource, random_uuid
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass

SCRYPT_N = 4096
SCRYPT_R = 8
SCRYPT_P = 6
"""What the app writes ("light"): 4 MiB of memory, 32 ms a run."""
SALT_SIZE = 32
IV_SIZE = 16
DERIVED_KEY_SIZE = 32

MAX_FILE_SIZE = 64 * 1024
"""Bytes of a key file. Ours have 1 kB; the rest is for files that others annotated."""
MAX_SCRYPT_MEMORY = 257 * 1024 * 1024
"""Bytes that scrypt may take for a foreign file, 128 * r * (n + p): go-ethereum's "standard" files (n = 262144, r = 8)
need 256 MiB and a little."""
MAX_SCRYPT_WORK = 1 << 22
"""n * r * p of a foreign file: twice go-ethereum's "standard" files and eth-account's, about one second."""
MAX_PBKDF2_ROUNDS = 10_000_000
"""Rounds of a foreign file: about one second; wallets that write PBKDF2 use 10,240 to 1,000,000."""

MAX_DIGITS = 20
"""Characters of a number that is written as text."""

_NUMBER: Final = re.compile(r"0x[0-9a-f]+|[0-9]+")
_FILE_NAME: Final = re.compile(r"UTC--[^/]*--([0-9a-f]{40})")
_CTR: Final = "aes-128-ctr"
_CBC: Final = "aes-128-cbc"
_NO_EXTENDED_KEY: Final = b"Zeroed extended key"  # what the reference seals in place of a missing one
_EMPTY_SECTION: Final = {
    "cipher": "",
    "ciphertext": "",
    "cipherparams": {"iv": ""},
    "kdf": "",
    "kdfparams": None,
    "mac": "",
}

_Json = dict[str, Any]


class WrongPassword(LocalError):
    """The password does not open this key file. Nothing was changed."""


@dataclass(frozen=True, slots=True, repr=False)
class StoredKey:
    """What is in a key file."""

    key: PrivateKey
    extended: ExtendedKey | None = None
    """The same key with its chain code, if children can be derived from it."""

    def __post_init__(self) -> None:
        if self.extended is not None and self.extended.key != self.key:
            raise LocalError("The extended key of a key file is the extended form of the same key.")

    @property
    def address(self) -> bytes:
        """20 bytes."""
        return address_of(self.key.public_key)

    def __repr__(self) -> str:
        return f"StoredKey(address={self.address.hex()})"


def file_name(address: bytes, created: float) -> str:
    """``UTC--2020-10-01T12-00-00.000000000Z--<address>`` for a key made at ``created`` (Unix seconds).

    :raises LocalError: there is no such time.
    """
    try:
        time = datetime.fromtimestamp(created, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise LocalError("The time of a new key is no time of a calendar. Set the clock of this machine.") from error
    # The apps write nanoseconds; a float has microseconds.
    return f"UTC--{time:%Y-%m-%dT%H-%M-%S.%f}000Z--{address.hex()}"


def named_address(name: str) -> bytes | None:
    """The address at the end of a file name that :func:`file_name` could have made; None if it is another name."""
    match = _FILE_NAME.fullmatch(name)
    return None if match is None else bytes.fromhex(match[1])


def seal(stored: StoredKey, password: str, random: RandomSource) -> bytes:
    """The key file of ``stored``: JSON, about 0.5 kB, or 1.2 kB with an extended key. Takes 30 or 60 ms."""
    extended: _Json = _EMPTY_SECTION
    section = _seal_section(stored.key.secret, password, random)
    if stored.extended is not None:
        extended = _seal_section(stored.extended.encode().encode(), password, random)
    contents = {
        "address": stored.address.hex(),
        "crypto": section,
        "id": random_uuid(random),
        "version": 3,
        "extendedkey": extended,
        "subaccountindex": 0,
    }
    return json.dumps(contents, separators=(",", ":")).encode()


def open_file(data: bytes, password: str, *, address: bytes | None = None, extended: bool = True) -> StoredKey:
    """Open a key file: version 3 with scrypt or PBKDF2, or version 1.

    :param address: the 20 bytes that the key must have, so that files cannot be swapped.
    :param extended: whether to open the extended key, too, which takes as long again.
    :raises WrongPassword: it does not open the file.
    :raises LocalError: it takes a library that is not installed, see :func:`pystatus.crypto.kdf.scrypt`.
    :raises RemoteError: not a key file, damaged, swapped, or more costly to open than is reasonable.
    """
    contents = _parse(data)
    version = _integer(contents, "version")
    if version not in (1, 3):
        raise RemoteError("not a key file of version 1 or 3")
    section = _object(contents, "crypto")
    secret = _open_section(section, password, legacy=version == 1)
    if not 0 < len(secret) <= PRIVATE_KEY_SIZE:
        raise RemoteError("key file holds something else than a private key")
    try:
        key = PrivateKey(secret.rjust(PRIVATE_KEY_SIZE, b"\0"))  # early wallets dropped leading zeros
    except LocalError as error:
        raise RemoteError("key file holds a number that is not a private key") from error
    for expected in (_address(contents), address):
        if expected is not None and expected != address_of(key.public_key):
            raise RemoteError(f"key file holds another key than that of address {expected.hex()}")
    extended_key = None
    if extended and version == 3 and _object(contents, "extendedkey", {}).get("ciphertext"):
        extended_key = _open_extended(_object(contents, "extendedkey"), password, key)
    return StoredKey(key, extended_key)


def change_password(data: bytes, old: str, new: str, random: RandomSource) -> bytes:
    """The key file ``data`` sealed anew with the password ``new``.

    :raises WrongPassword: ``old`` does not open it.
    :raises RemoteError: as :func:`open_file`.
    """
    return seal(open_file(data, old), new, random)


def _seal_section(plaintext: bytes, password: str, random: RandomSource) -> _Json:
    salt, iv = random(SALT_SIZE), random(IV_SIZE)
    derived = scrypt(_encoded(password), salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, size=DERIVED_KEY_SIZE)
    ciphertext = aes_ctr(derived[:16], iv, plaintext)
    return {
        "cipher": _CTR,
        "ciphertext": ciphertext.hex(),
        "cipherparams": {"iv": iv.hex()},
        "kdf": "scrypt",
        "kdfparams": {
            "dklen": DERIVED_KEY_SIZE,
            "n": SCRYPT_N,
            "p": SCRYPT_P,
            "r": SCRYPT_R,
            "salt": salt.hex(),
        },
        "mac": keccak256(derived[16:] + ciphertext).hex(),
    }


def _open_section(section: _Json, password: str, *, legacy: bool = False) -> bytes:
    cipher = _word(section, "cipher")
    if cipher != _CBC and (legacy or cipher != _CTR):
        raise RemoteError(f"key file is not sealed with {_CBC if legacy else _CTR}")
    ciphertext = _hex(section, "ciphertext")
    iv = _hex(_object(section, "cipherparams"), "iv")
    if not 0 < len(iv) <= IV_SIZE:
        raise RemoteError("'iv' of the key file is missing or has a wrong size")
    iv = iv.rjust(IV_SIZE, b"\0")  # eth-account writes it as a number, without zeros in front
    mac = _hex(section, "mac", KECCAK_SIZE)
    derived = _derived_key(section, password)
    if not equal(keccak256(derived[16:] + ciphertext), mac):
        raise WrongPassword("The password is wrong. Try again.")
    if cipher == _CTR:
        return aes_ctr(derived[:16], iv, ciphertext)
    return aes_cbc_decrypt(keccak256(derived[:16])[:16] if legacy else derived[:16], iv, ciphertext)


def _open_extended(section: _Json, password: str, key: PrivateKey) -> ExtendedKey | None:
    try:
        text = _open_section(section, password)
    except WrongPassword as error:
        raise RemoteError("the extended key of the key file is damaged, or sealed with another password") from error
    if text == _NO_EXTENDED_KEY:
        return None
    extended = ExtendedKey.decode(text.decode("latin-1"))
    if extended.key != key:
        raise RemoteError("the extended key of the key file is that of another key")
    return extended


def _derived_key(section: _Json, password: str) -> bytes:
    """The 32 bytes that a password gives. A file may want more; the first 32 are the same then, and enough.

    What it costs is known, and bounded, before anything of it is done.
    """
    parameters = _object(section, "kdfparams")
    salt = _hex(parameters, "salt")
    if _integer(parameters, "dklen", DERIVED_KEY_SIZE) < DERIVED_KEY_SIZE:
        raise RemoteError("key file wants a derived key of less than 32 bytes")
    kdf = _word(section, "kdf")
    if kdf == "scrypt":
        n, r, p = (_integer(parameters, name) for name in "nrp")
        if r < 1 or p < 1:
            raise RemoteError("key file has impossible parameters of scrypt")
        if 128 * r * (n + p) > MAX_SCRYPT_MEMORY or n * r * p > MAX_SCRYPT_WORK:
            raise RemoteError("key file would cost too much memory or time to open (scrypt)")
        if n < 2 or n & (n - 1):  # RFC 7914 §2: a power of two above 1
            raise RemoteError("key file has impossible parameters of scrypt")
        return scrypt(_encoded(password), salt, n=n, r=r, p=p, size=DERIVED_KEY_SIZE)
    if kdf == "pbkdf2":
        mac, _, hash_name = _word(parameters, "prf").partition("-")
        if mac != "hmac" or hash_name not in PBKDF2_HASHES:
            raise RemoteError("key file uses PBKDF2 with another function than HMAC with SHA-1 or SHA-2")
        rounds = _integer(parameters, "c")
        if not 0 < rounds <= MAX_PBKDF2_ROUNDS:
            raise RemoteError("key file would cost too much time to open, or none (PBKDF2)")
        return pbkdf2(hash_name, _encoded(password), salt, rounds, DERIVED_KEY_SIZE)
    raise RemoteError("key file derives its key in an unknown way")


def _encoded(password: str) -> bytes:
    try:
        return password.encode()
    except UnicodeEncodeError as error:
        raise LocalError("The password holds a character that is no text. Type it again.") from error


def _parse(data: bytes) -> _Json:
    if len(data) > MAX_FILE_SIZE:
        raise RemoteError(f"key file is longer than {MAX_FILE_SIZE} bytes")
    try:
        contents = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RemoteError("key file is not JSON") from error
    return _object({"": contents}, "")


def _object(parent: _Json, name: str, default: _Json | None = None) -> _Json:
    """The object called ``name``, its own names in lower case: early files say ``Crypto``, and Go does not mind."""
    value = parent.get(name)
    if value is None:
        value = default
    if not isinstance(value, dict):
        raise RemoteError(f"key file has no section {name!r}")
    return {key.lower(): member for key, member in value.items()}


def _hex(parent: _Json, name: str, size: int | None = None) -> bytes:
    value = parent.get(name)
    try:
        data = binascii.unhexlify(_without_0x(value)) if isinstance(value, str) else None
    except ValueError as error:
        raise RemoteError(f"{name!r} of the key file is not hexadecimal") from error
    if data is None or size not in (None, len(data)):
        raise RemoteError(f"{name!r} of the key file is missing or has a wrong size")
    return data


def _without_0x(text: str) -> str:
    return text[2:] if text[:2] in ("0x", "0X") else text


def _word(parent: _Json, name: str) -> str:
    """The name of a function, in lower case; empty if there is none."""
    value = parent.get(name)
    return value.lower() if isinstance(value, str) else ""


def _integer(parent: _Json, name: str, default: int | None = None) -> int:
    """An integer that may have passed through a floating-point number or a text on its way into the file."""
    value = parent.get(name, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    elif isinstance(value, str) and len(value) <= MAX_DIGITS and _NUMBER.fullmatch(value.lower()):
        value = int(value, 16 if value[:2] in ("0x", "0X") else 10)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RemoteError(f"{name!r} of the key file is not an integer")
    return value


def _address(contents: _Json) -> bytes | None:
    if contents.get("address") in (None, ""):
        return None
    return _hex(contents, "address", ADDRESS_SIZE)
