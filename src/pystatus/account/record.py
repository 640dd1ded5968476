"""What is known of an account without its password (account.md §3.1), and its addresses (account.md §3.3)."""

from __future__ import annotations

import json
import re
from typing import Any

from pystatus.account import key_encoding
from pystatus.account.address import ADDRESS_SIZE, address_of
from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import RemoteError
from pystatus.records import dataclass

MAX_SIZE = 4096
"""Bytes of an encoded record to decode; ours have about 500."""

_VERSION = 1
# Strict, because the key uid becomes the name of files and directories.
_KEY_UID = re.compile(r"0x[0-9a-f]{64}")


@checked
@dataclass(frozen=True, slots=True)
class AccountRecord:
    """The line of one account in the list of the login screen. Nothing in it is secret."""

    key_uid: str
    """``0x`` and 64 hexadecimal digits: the name of the account on this machine."""
    public_key: PublicKey
    """The chat key."""
    wallet_root: bytes | None = None
    """Addresses of 20 bytes. All three are None for an imported private key, which has no children."""
    eip1581_root: bytes | None = None
    default_wallet: bytes | None = None

    @property
    def chat_address(self) -> bytes:
        """The address of the chat key, 20 bytes."""
        return address_of(self.public_key)

    @property
    def alias(self) -> str:
        """The three-word name.

        Implements: AC-16
        """
        return alias(self.public_key)

    @property
    def identicon(self) -> Identicon:
        """The picture.

        Implements: AC-15
        """
        return Identicon.of(self.public_key)

    @property
    def chat_key(self) -> str:
        """``zQ3sh…``: what to give to other people.

        Implements: AC-22, AC-25
        """
        return key_encoding.chat_key(self.public_key)

    def encode(self) -> bytes:
        """JSON."""
        contents = {
            "version": _VERSION,
            "key_uid": self.key_uid,
            "public_key": self.public_key.hex,
            "wallet_root": _hex(self.wallet_root),
            "eip1581_root": _hex(self.eip1581_root),
            "default_wallet": _hex(self.default_wallet),
        }
        return json.dumps(contents, indent=1).encode()

    @classmethod
    def decode(cls, data: bytes) -> AccountRecord:
        """
        :raises RemoteError: not an encoded record.
        """
        if len(data) > MAX_SIZE:
            raise RemoteError("account record is too long")
        try:
            contents: dict[str, Any] = json.loads(data)
            if contents["version"] != _VERSION or not _KEY_UID.fullmatch(contents["key_uid"]):
                raise RemoteError("account record of another version, or without a key uid")
            return cls(
                contents["key_uid"],
                PublicKey.from_bytes(bytes.fromhex(contents["public_key"].removeprefix("0x"))),
                wallet_root=_address(contents["wallet_root"]),
                eip1581_root=_address(contents["eip1581_root"]),
                default_wallet=_address(contents["default_wallet"]),
            )
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise RemoteError("account record is damaged") from error


def _hex(address: bytes | None) -> str | None:
    return None if address is None else address.hex()


def _address(text: str | None) -> bytes | None:
    if text is None:
        return None
    address = bytes.fromhex(text)
    if len(address) != ADDRESS_SIZE:
        raise RemoteError("account record with a damaged address")
    return address
