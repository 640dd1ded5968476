"""Accounts: made, kept as key files, unlocked (account.md §2 to §5)."""

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account import account as account_module
from pystatus.account import hd, keystore, mnemonic, password
from pystatus.account.account import Account
from pystatus.account.address import checksummed
from pystatus.account.keystore import WrongPassword
from pystatus.account.record import MAX_SIZE, AccountRecord
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from tests.support.vectors import Case, case_id, cases, unhex

PHRASE = "abandon " * 11 + "about"
NOW = 1601553600.0
ACCOUNT = Account.from_mnemonic(PHRASE)
FILES = ACCOUNT.key_files("qwerty", os.urandom, NOW)


@pytest.mark.requirement("ST-45", "AC-1", "AC-29")
@pytest.mark.parametrize("case", [case for case in cases("hd") if "derived" in case], ids=case_id)
def test_recovery_gives_the_same_keys(case: Case) -> None:
    account = Account.from_mnemonic(case["mnemonic"], case["passphrase"])
    derived = case["derived"]
    assert account.record.key_uid == case["key_uid"]
    assert account.key.secret == unhex(derived["chat"]["private_key"])
    assert account.public_key.hex == derived["chat"]["public_key"]
    assert checksummed(account.record.chat_address) == derived["chat"]["address"]
    for name, stored, address in [
        ("chat", account.chat, account.record.chat_address),
        ("wallet_root", account.wallet_root, account.record.wallet_root),
        ("eip1581", account.eip1581_root, account.record.eip1581_root),
        ("wallet", account.default_wallet, account.record.default_wallet),
    ]:
        assert stored is not None
        assert stored.extended is not None
        assert stored.key.secret == stored.extended.key.secret == unhex(derived[name]["private_key"])
        assert stored.address == address
        assert address is not None
        assert checksummed(address) == derived[name]["address"]


def test_new_account() -> None:
    phrase = mnemonic.new_phrase(os.urandom)
    account = Account.from_mnemonic(phrase)
    assert Account.from_mnemonic(f"  {phrase.upper()} ") == account
    assert len(account.record.alias.split()) == 3
    assert account.record.chat_key.startswith("zQ3sh")


@pytest.mark.requirement("AC-25", "AC-29")
def test_what_the_login_screen_shows() -> None:
    record = ACCOUNT.record
    assert record.alias == "Darkviolet Overcooked Bittern"
    assert record.chat_key == "zQ3shgXaXEtHSFVhHgTUiCSNAXYKeKryUVnPZZJLBMDutaWHB"
    assert record.identicon.rgb == (140, 217, 210)


def test_wallet_accounts_can_be_added_without_the_phrase() -> None:
    assert ACCOUNT.wallet_root is not None
    assert ACCOUNT.wallet_root.extended is not None
    master = hd.ExtendedKey.from_seed(mnemonic.seed(PHRASE))
    assert ACCOUNT.wallet_root.extended.child(1) == master.derive(hd.wallet_path(1))


def test_wrong_number_of_words() -> None:
    with pytest.raises(LocalError, match="this one has 3"):
        Account.from_mnemonic("one two three")


class TestImportedPrivateKey:
    account = Account.from_private_key(PrivateKey(b"\xaa" * 32))

    @pytest.mark.parametrize("case", cases("identity", "identity")[:3], ids=case_id)
    def test_key_uid_is_that_of_the_key_itself(self, case: Case) -> None:
        assert self.account.record.key_uid == hd.key_uid(self.account.public_key)
        assert len(case["key_uid"]) == len(self.account.record.key_uid)

    def test_it_has_no_children(self) -> None:
        assert self.account.chat.extended is None
        assert self.account.wallet_root is self.account.eip1581_root is self.account.default_wallet is None
        assert self.account.record == AccountRecord(self.account.record.key_uid, self.account.public_key)

    def test_kept_in_one_file(self) -> None:
        files = self.account.key_files("qwerty", os.urandom, NOW)
        assert list(files) == [keystore.file_name(self.account.record.chat_address, NOW)]
        assert Account.unlock(self.account.record, files, "qwerty") == self.account


class TestUnlocking:
    def test_four_files_sealed_as_the_apps_do(self) -> None:
        names = [keystore.named_address(name) for name in FILES]
        record = ACCOUNT.record
        assert names == [record.chat_address, record.wallet_root, record.eip1581_root, record.default_wallet]
        chat_file = FILES[keystore.file_name(record.chat_address, NOW)]
        assert keystore.open_file(chat_file, password.hashed("qwerty")) == ACCOUNT.chat

    def test_everything(self) -> None:
        assert Account.unlock(ACCOUNT.record, FILES, "qwerty") == ACCOUNT

    def test_only_what_chatting_needs(self) -> None:
        account = Account.unlock(ACCOUNT.record, FILES, "qwerty", wallet=False)
        assert account.key == ACCOUNT.key
        assert account.chat.extended is None
        assert account.wallet_root is account.eip1581_root is account.default_wallet is None
        with pytest.raises(LocalError, match="Unlock all of it"):  # it would lose the extended keys
            account.key_files("qwerty", os.urandom, NOW)

    def test_other_files_do_not_disturb(self) -> None:
        other = {"README": b"", ".DS_Store": b"\0", keystore.file_name(bytes(20), NOW): b"damaged"}
        assert Account.unlock(ACCOUNT.record, other | FILES, "qwerty", wallet=False).key == ACCOUNT.key

    def test_of_two_files_the_newer_counts(self) -> None:
        later = {
            keystore.file_name(ACCOUNT.record.chat_address, NOW + 1): keystore.seal(
                ACCOUNT.chat, password.hashed("newer"), os.urandom
            )
        }
        for files in (later | FILES, FILES | later):
            assert Account.unlock(ACCOUNT.record, files, "newer", wallet=False).key == ACCOUNT.key

    def test_wrong_password(self) -> None:
        before = dict(FILES)
        for wallet in (True, False):
            with pytest.raises(WrongPassword, match="The password is wrong"):
                Account.unlock(ACCOUNT.record, FILES, "Qwerty", wallet=wallet)
        assert before == FILES

    def test_missing_files(self) -> None:
        chat_name = keystore.file_name(ACCOUNT.record.chat_address, NOW)
        with pytest.raises(LocalError, match=r"key file of this account is missing\. Restore it"):
            Account.unlock(ACCOUNT.record, {name: data for name, data in FILES.items() if name != chat_name}, "qwerty")
        account = Account.unlock(ACCOUNT.record, {chat_name: FILES[chat_name]}, "qwerty")
        assert account.chat == ACCOUNT.chat
        assert account.default_wallet is None

    def test_swapped_files(self) -> None:
        chat_name, *_, wallet_name = FILES
        with pytest.raises(RemoteError, match="another key"):
            Account.unlock(ACCOUNT.record, {chat_name: FILES[wallet_name]}, "qwerty")
        with pytest.raises(RemoteError, match="another key"):
            Account.unlock(ACCOUNT.record, {chat_name: FILES[chat_name], wallet_name: FILES[chat_name]}, "qwerty")

    def test_new_password(self) -> None:
        account = Account.from_private_key(PrivateKey(b"\xbb" * 32))
        before = account.key_files("qwerty", os.urandom, NOW)
        after = account_module.change_password(before, "qwerty", "azerty", os.urandom)
        assert list(after) == list(before)
        assert Account.unlock(account.record, after, "azerty") == account
        with pytest.raises(WrongPassword):
            account_module.change_password(after, "qwerty", "azerty", os.urandom)

    def test_secrets_do_not_show(self) -> None:
        shown = f"{ACCOUNT!r} {ACCOUNT} {[ACCOUNT]}"
        assert "Darkviolet Overcooked Bittern" in shown
        for stored in (ACCOUNT.chat, ACCOUNT.wallet_root, ACCOUNT.eip1581_root, ACCOUNT.default_wallet):
            assert stored is not None
            assert stored.key.secret.hex() not in shown
            assert repr(stored.key.secret) not in shown


class TestRecord:
    def test_round_trip(self) -> None:
        for record in (ACCOUNT.record, TestImportedPrivateKey.account.record):
            assert AccountRecord.decode(record.encode()) == record
            assert len(record.encode()) < MAX_SIZE

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("version", 2),
            ("version", None),
            ("key_uid", "0x" + "AA" * 32),
            ("key_uid", "../../" + "aa" * 29),
            ("key_uid", "0x" + "aa" * 31),
            ("key_uid", 7),
            ("public_key", ""),
            ("public_key", "0x04" + "00" * 64),
            ("public_key", None),
            ("wallet_root", "00" * 19),
            ("eip1581_root", "zz" * 20),
            ("default_wallet", 7),
        ],
    )
    def test_damaged(self, name: str, value: object) -> None:
        contents: dict[str, Any] = json.loads(ACCOUNT.record.encode())
        with pytest.raises(RemoteError):
            AccountRecord.decode(json.dumps(contents | {name: value}).encode())
        del contents[name]
        with pytest.raises(RemoteError):
            AccountRecord.decode(json.dumps(contents).encode())

    @pytest.mark.parametrize("data", [b"", b"[]", b"7", b"null", b'"x"', b"[" * 4000, b" " * (MAX_SIZE + 1), b"\xff"])
    def test_no_record(self, data: bytes) -> None:
        with pytest.raises(RemoteError):
            AccountRecord.decode(data)

    @given(st.binary(max_size=200))
    def test_any_bytes(self, data: bytes) -> None:
        with pytest.raises(RemoteError):
            AccountRecord.decode(data)

    def test_records_differ_by_their_keys(self) -> None:
        assert replace(ACCOUNT.record, default_wallet=None) != ACCOUNT.record
