"""The file that a profile is exported to: one stream, sealed with a password of its own.

    magic  version  scrypt: log2 n, r, p  salt      53 bytes, authenticated with every chunk
    chunk  chunk  …  last chunk                     AES-256-GCM, 64 KiB of plaintext each and a tag of 16 bytes

The nonce of a chunk is its number, and whether it is the last one: none can be left out, exchanged, repeated or put in
from another file (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The key comes from the
password and a random salt, so no key seals two files. Neither side has more than a chunk in memory. No I/O but on the
file that is given.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from pystatus import typed
from pystatus.account.keystore import WrongPassword
from pystatus.crypto.ciphers import GCM_NONCE_SIZE, GCM_TAG_SIZE, WrongTag, aes_gcm
from pystatus.crypto.kdf import scrypt
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError
from pystatus.records import dataclass

MAGIC = b"pystatus profile"
VERSION = 1
"""Of this format. A later one has another number, and an earlier pystatus says so."""
CHUNK = 64 * 1024
"""Bytes of plaintext in a chunk. Ours: the tags are a 4,096th of the file, and a chunk is sealed in 40 µs."""
SALT_SIZE = 32
SCRYPT_LOG_N = 16
SCRYPT_R = 8
SCRYPT_P = 1
"""Cost of the password of a file that is written: 0.2 s and 64 MiB, four times what a profile takes, as the file lies
where others may get at it. Ours."""
MAX_SCRYPT_LOG_N = 18
"""Of a file that is read, with the same r and p: 256 MiB. What says more is refused before it is computed (A47)."""

_HEADER = struct.Struct(f">{len(MAGIC)}sHBBB{SALT_SIZE}s")
_KEY_SIZE = 32


class BackupDamaged(LocalError):
    """The file is not what was exported: cut off, changed, or another file."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the chunks, not authenticated yet."""

    encoded: bytes
    salt: bytes
    log_n: int
    sealed: int
    """Bytes of all chunks."""


def read_header(file: BinaryIO, what: str) -> Header:
    """The beginning of a file that was just opened.

    :param what: the file, to begin a sentence with.
    :raises BackupDamaged: it is no such file, cut off, or of a newer version.
    """
    encoded = file.read(_HEADER.size)
    if len(encoded) < _HEADER.size or not encoded.startswith(MAGIC):
        raise BackupDamaged(f"{what} is no exported profile. Check that it is the right file.")
    _, version, log_n, r, p, salt = _HEADER.unpack(encoded)
    if version > VERSION:
        raise BackupDamaged(
            f"{what} was made by a newer pystatus (format {version}, known {VERSION}). Update pystatus."
        )
    if version < 1 or not 1 <= log_n <= MAX_SCRYPT_LOG_N or (r, p) != (SCRYPT_R, SCRYPT_P):
        raise BackupDamaged(f"{what} is damaged: its header was changed. Take another copy of it.")
    sealed = os.fstat(file.fileno()).st_size - _HEADER.size
    if sealed <= GCM_TAG_SIZE:
        raise BackupDamaged(f"{what} is cut off. Take another copy of it.")
    return Header(encoded, salt, log_n, sealed)


class SealedWriter:
    """Writes the stream into a file that was opened for it. :meth:`close` makes it complete."""

    def __init__(self, file: BinaryIO, password: str, random: RandomSource) -> None:
        salt = random(SALT_SIZE)
        self._file = file
        self._header = _HEADER.pack(MAGIC, VERSION, SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P, salt)
        self._cipher = aes_gcm(_key(password, salt, SCRYPT_LOG_N))
        self._number = 0
        self._waiting = bytearray()
        file.write(self._header)

    def write(self, data: bytes) -> None:
        """The next bytes of the stream.

        :raises OSError: the disk refused.
        """
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        """The stream ends here; the file stays open.

        :raises OSError: the disk refused.
        """
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, text: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), text, self._header))
        self._number += 1


class SealedReader:
    """Reads the stream of a file, and believes nothing of it that was not authenticated."""

    def __init__(self, file: BinaryIO, password: str, what: str) -> None:
        """
        :param what: the file, to begin a sentence with.
        :raises BackupDamaged: it is no such file, cut off, or of a newer version.
        :raises WrongPassword: it does not open its first chunk.
        """
        self._file = file
        self._what = what
        header = read_header(file, what)
        self._header = header.encoded
        self._left = -(-header.sealed // (CHUNK + GCM_TAG_SIZE))
        """Chunks that were not read yet."""
        self.size = header.sealed - self._left * GCM_TAG_SIZE
        """Bytes of the stream."""
        self._number = 0
        self._cipher = aes_gcm(_key(password, header.salt, header.log_n))
        try:
            self._open = self._next()
        except WrongTag:
            raise WrongPassword(
                f"The password of {what[:1].lower()}{what[1:]} is wrong, or the file was changed. Nothing was stored; "
                "try again. It is the password that was chosen for the file, not that of the profile."
            ) from None

    def read(self, size: int) -> bytes:
        """The next bytes of the stream: ``size`` of them, or fewer at the end of a chunk; never none.

        :raises BackupDamaged: they were changed, or there are none.
        """
        if not self._open:
            if not self._left:
                raise BackupDamaged(f"{self._what} is damaged: it ends too early. Take another copy of it.")
            try:
                self._open = self._next()
            except WrongTag:
                raise BackupDamaged(
                    f"{self._what} is damaged: a part of it was changed. Nothing was stored. Take another copy of it."
                ) from None
        text, self._open = self._open[:size], self._open[size:]
        return text

    def read_exactly(self, size: int) -> bytes:
        """The next ``size`` bytes, which fit into memory.

        :raises BackupDamaged: as :meth:`read`.
        """
        found = bytearray()
        while len(found) < size:
            found += self.read(size - len(found))
        return bytes(found)

    def _next(self) -> bytes:
        """
        :raises InvalidTag: the next chunk is not what was written.
        """
        self._left -= 1
        sealed = self._file.read(CHUNK + GCM_TAG_SIZE)
        nonce = _nonce(self._number, is_last=not self._left)
        self._number += 1
        return self._cipher.decrypt(nonce, sealed, self._header) if len(sealed) > GCM_TAG_SIZE else _cut_off()


def _cut_off() -> bytes:
    """It has become shorter since its size was asked for."""
    raise WrongTag


def _key(password: str, salt: bytes, log_n: int) -> bytes:
    secret = typed.password(password).encode()
    return scrypt(secret, salt, n=1 << log_n, r=SCRYPT_R, p=SCRYPT_P, size=_KEY_SIZE)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(GCM_NONCE_SIZE - 1) + bytes([is_last])
