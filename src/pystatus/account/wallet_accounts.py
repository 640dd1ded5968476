"""The accounts of a wallet: where their keys come from, and what they are called here (account.md §2.3, §3.2)."""

from __future__ import annotations

import re
from enum import Enum

from pystatus import typed
from pystatus.account.address import ADDRESS_SIZE, checksummed
from pystatus.account.hd import DEFAULT_WALLET, MASTER, ExtendedKey, Path, wallet_path
from pystatus.account.keystore import StoredKey
from pystatus.account.mnemonic import seed
from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.sanitise import one_line

MAX_ACCOUNTS = 100
"""Accounts of one wallet. Ours: each has a key file, and is asked for with every balance."""
MAX_NAME = 60
"""Characters of the name of an account. Ours: one line on a phone."""
MAX_INDEX = 2**31 - 1
"""The last account that can be derived (BIP-32)."""
MAX_PATH_STEPS = 10
"""Steps of the path to an account of another phrase. Ours: wallets use five."""
MAX_PATH = 2 + 12 * MAX_PATH_STEPS
"""Characters of such a path: each number has ten digits at most."""
DEFAULT_NAME = "Status account"
"""What the app calls the first account."""
FIRST_PATH = str(DEFAULT_WALLET)
"""Where the first account of Ethereum is below a phrase (BIP-44)."""
DEFAULT_COLOUR = "#4360df"
"""The first colour that the app offers for an account."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class WalletKind(Enum):
    """Where the key of an account comes from."""

    DERIVED = "derived"
    """From the recovery phrase of the profile."""
    PHRASE = "phrase"
    """From another phrase."""
    KEY = "key"
    """It was given as such."""
    WATCHED = "watched"
    """Nobody here has it: what the account has is shown, and nothing is sent."""


@checked
@dataclass(frozen=True, slots=True)
class WalletAccount:
    """One account of a wallet. Nothing in it is secret."""

    address: bytes
    kind: WalletKind
    name: str
    colour: str = DEFAULT_COLOUR
    """``#rrggbb``."""
    path: str = ""
    """By which its key follows from a phrase; empty: from none."""

    def __post_init__(self) -> None:
        if len(self.address) != ADDRESS_SIZE:
            raise LocalError(f"The address of an account has {ADDRESS_SIZE} bytes, not {len(self.address)}.")

    @property
    def shown_address(self) -> str:
        """The address with its checksum (EIP-55)."""
        return checksummed(self.address)

    @property
    def can_sign(self) -> bool:
        """Whether its key is here."""
        return self.kind is not WalletKind.WATCHED

    @property
    def is_default(self) -> bool:
        """Whether it is the first one of the profile, which every account of Status has."""
        return self.kind is WalletKind.DERIVED and self.path == FIRST_PATH


def checked_name(text: str) -> str:
    """The name of an account as it is stored.

    :raises LocalError: it can be none.
    """
    name = typed.name(text)
    if not name or len(name) > MAX_NAME or one_line(name) != name:
        raise LocalError(f"The name of an account is 1 to {MAX_NAME} characters on one line. Choose another one.")
    if name[:2].lower() == "0x":
        raise LocalError("A name that begins with 0x could be taken for an address. Choose another one.")
    return name


def checked_colour(text: str) -> str:
    """A colour as it is stored.

    :raises LocalError: it is none.
    """
    colour = typed.token(text).lower()
    if not _COLOUR.fullmatch(colour):
        raise LocalError("A colour is # and six hexadecimal digits: #4360df, for example.")
    return colour


def checked_index(index: int) -> int:
    """The number of a derived account.

    :raises LocalError: there is none with this number.
    """
    if not 0 <= index <= MAX_INDEX:
        raise LocalError(f"The accounts of a phrase have the numbers 0 to {MAX_INDEX}. Give one of them.")
    return index


def derived(wallet_root: ExtendedKey, index: int) -> StoredKey:
    """The key of account ``index`` of the phrase of the profile, counted from 0, without the phrase.

    :raises LocalError: there is none with this number.

    Implements: AC-30
    """
    return StoredKey(wallet_root.child(checked_index(index)).key)


def index_of(account: WalletAccount) -> int | None:
    """The number of an account that follows from the phrase of the profile."""
    return Path.parse(account.path).indexes[-1] if account.kind is WalletKind.DERIVED else None


def derived_path(index: int) -> str:
    """Where that account is below the phrase."""
    return str(wallet_path(checked_index(index)))


def checked_path(text: str) -> str:
    """The path of an account below another phrase, as it is stored.

    :raises LocalError: it is none from a master key.
    """
    token = typed.token(text)
    if len(token) <= MAX_PATH:
        found = Path.parse(token)
        if found.start is MASTER.start and len(found.indexes) <= MAX_PATH_STEPS:
            return str(found)
    raise LocalError(f"The path of an account begins with m/ and has at most {MAX_PATH_STEPS} steps: m/44'/60'/0'/0/0.")


def of_phrase(phrase: str, path: str = FIRST_PATH) -> StoredKey:
    """The key of an account of another phrase.

    :param phrase: as somebody has typed it.
    :param path: from its master key; by default the first account of Ethereum.
    :raises LocalError: the phrase has another number of words than one has, or the path is none from a master key.

    Implements: AC-30
    """
    return StoredKey(ExtendedKey.from_seed(seed(phrase)).derive(checked_path(path)).key)
