"""An account: the keys of one person, where they come from and the key files that keep them (account.md §2 to §5)."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus.account import keystore, mnemonic
from pystatus.account.hd import CHAT, DEFAULT_WALLET, EIP1581_ROOT, MASTER, WALLET_ROOT, ExtendedKey, key_uid
from pystatus.account.keystore import StoredKey
from pystatus.account.password import hashed
from pystatus.account.record import AccountRecord
from pystatus.arguments import checked
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass


@checked
@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """The unlocked keys of an account. Its ``repr`` never shows a secret.

    The three keys beside the chat key are None for an imported private key, and where they were not unlocked.
    """

    record: AccountRecord
    chat: StoredKey
    wallet_root: StoredKey | None = None
    eip1581_root: StoredKey | None = None
    default_wallet: StoredKey | None = None

    @classmethod
    def from_mnemonic(cls, phrase: str, passphrase: str = "") -> Account:
        """The account of a recovery phrase, new or old; ask :func:`pystatus.account.mnemonic.warning` about it first.

        :raises LocalError: the phrase has not 12, 15, 18, 21 or 24 words.

        Implements: ST-45, AC-1, AC-2, AC-29
        """
        master = ExtendedKey.from_seed(mnemonic.seed(phrase, passphrase))
        keys = (master.derive(path) for path in (MASTER, CHAT, WALLET_ROOT, EIP1581_ROOT, DEFAULT_WALLET))
        root, chat, *wallets = (StoredKey(key.key, key) for key in keys)
        record = AccountRecord(
            key_uid(root.key.public_key), chat.key.public_key, *(wallet.address for wallet in wallets)
        )
        return cls(record, chat, *wallets)

    @classmethod
    def from_private_key(cls, key: PrivateKey) -> Account:
        """The account of an imported private key: a chat key and nothing that can be derived from it."""
        return cls(AccountRecord(key_uid(key.public_key), key.public_key), StoredKey(key))

    @property
    def key(self) -> PrivateKey:
        """The identity key: signs every payload."""
        return self.chat.key

    @property
    def public_key(self) -> PublicKey:
        """The chat key that other people know."""
        return self.record.public_key

    def key_files(self, password: str, random: RandomSource, now: float) -> dict[str, bytes]:
        """The key files of this account by file name, to be kept under ``keystore/<key-uid>/`` (60 ms each).

        :param password: as the person typed it; the files are sealed with its hash, as the apps do.
        :param now: the time in their names, Unix seconds.
        :raises LocalError: an empty password, or a key of this account was not unlocked.

        Implements: AC-26
        """
        secret = hashed(password)
        record = self.record
        wanted = {
            record.chat_address: self.chat,
            record.wallet_root: self.wallet_root,
            record.eip1581_root: self.eip1581_root,
            record.default_wallet: self.default_wallet,
        }
        files = {}
        for address, stored in wanted.items():
            if address is None:
                continue
            if stored is None:
                raise LocalError("A key of this account is locked. Unlock all of it before its key files are written.")
            files[keystore.file_name(address, now)] = keystore.seal(stored, secret, random)
        return files

    @classmethod
    def unlock(
        cls, record: AccountRecord, key_files: Mapping[str, bytes], password: str, *, wallet: bool = True
    ) -> Account:
        """Open the key files of ``record`` with the password that the person typed.

        Other files may be among them; they are not opened. ``wallet=False`` opens the chat key alone, which is all that
        chatting needs and eight times as fast.

        :raises WrongPassword: it does not open the chat key. Nothing was changed.
        :raises LocalError: there is no file with the chat key.
        :raises RemoteError: a file is not a key file, damaged, swapped, or costs more to open than is reasonable.
        """
        secret = hashed(password)

        def opened(address: bytes | None, *, extended: bool = True) -> StoredKey | None:
            """Of two files with one key the newer counts, unless it is damaged."""
            names = sorted((name for name in key_files if keystore.named_address(name) == address), reverse=True)
            problem: RemoteError | None = None
            for name in names if address is not None else ():
                try:
                    return keystore.open_file(key_files[name], secret, address=address, extended=extended)
                except RemoteError as error:
                    problem = problem or error
            if problem is not None:
                raise problem
            return None

        chat = opened(record.chat_address, extended=wallet)
        if chat is None:
            raise LocalError(
                "The key file of this account is missing. Restore it, or recover the account from its phrase."
            )
        if not wallet:
            return cls(record, chat)
        return cls(record, chat, opened(record.wallet_root), opened(record.eip1581_root), opened(record.default_wallet))

    def __repr__(self) -> str:
        return f"Account({self.record.alias!r}, {self.public_key!r})"


def change_password(key_files: Mapping[str, bytes], old: str, new: str, random: RandomSource) -> dict[str, bytes]:
    """The same key files sealed with the password ``new``; both passwords as the person types them.

    :raises WrongPassword: ``old`` does not open one of them. Nothing was changed.
    :raises RemoteError: as :meth:`Account.unlock`.
    """
    old_secret, new_secret = hashed(old), hashed(new)
    return {name: keystore.change_password(data, old_secret, new_secret, random) for name, data in key_files.items()}
