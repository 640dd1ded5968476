"""A new password, and a profile that goes: what is in the new files, and what is left of the old ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pystatus.account import mnemonic
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword, file_name
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.storage import changeover
from pystatus.storage.database import Database
from pystatus.storage.descriptions import Profile
from pystatus.storage.erasing import CHUNK, erase, erase_tree
from pystatus.storage.errors import StorageError
from pystatus.storage.profiles import AccountIsHere, Profiles, UnknownProfile
from tests.support.read_only import read_only

OLD, NEW = "the old password", "the new password"


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path)


@pytest.fixture
def account() -> Account:
    return Account.from_mnemonic(mnemonic.new_phrase(os.urandom))


@pytest.fixture
def profile(profiles: Profiles, account: Account) -> Profile:
    made = profiles.create(account, OLD, "alice")
    with profiles.unlock(made, OLD) as unlocked, unlocked.database.transaction():
        execute = unlocked.database.connection.execute
        execute("INSERT INTO settings VALUES ('number', 7), ('bytes', x'00ff'), ('text', 'it''s')")
        for number in range(3):
            execute("INSERT INTO seen_from_strangers (hash) VALUES (?)", (bytes([number]) * 32,))
            execute("INSERT INTO strangers VALUES (?, NULL, ?)", (bytes([number]) * 33, number))
        execute("DELETE FROM seen_from_strangers WHERE number = 3")
    return made


def everything(database: Database) -> dict[str, object]:
    execute = database.connection.execute
    tables = [row[0] for row in execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {
        "schema": execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall(),
        "version": execute("PRAGMA user_version").fetchall(),
        **{name: sorted(map(repr, execute(f'SELECT * FROM "{name}"'))) for name in tables},
    }


@pytest.mark.requirement("AC-32")
def test_a_new_password_keeps_everything(profiles: Profiles, profile: Profile) -> None:
    with profiles.unlock(profile, OLD, wallet=True) as unlocked:
        before, account = everything(unlocked.database), unlocked.account
    changed = profiles.change_password(profile, OLD, NEW)
    assert changed.salt != profile.salt
    assert profiles.list() == [changed]
    with profiles.unlock(profile, NEW, wallet=True) as unlocked:  # also for somebody who found it before
        assert everything(unlocked.database) == before
        unlocked.database.check()
        assert unlocked.account.wallet_root == account.wallet_root
        assert unlocked.database.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    for password in (OLD, f"{NEW} "):
        with pytest.raises(WrongPassword), profiles.unlock(profile, password):
            pass
    assert [path.name for path in profile.directory.iterdir() if not path.is_file()] == ["keystore"]
    assert {path.stat().st_mode & 0o77 for path in profile.directory.rglob("*")} == {0}


def test_a_profile_whose_password_was_changed_can_be_written_and_changed_again(
    profiles: Profiles, profile: Profile
) -> None:
    for old, new in ((OLD, NEW), (NEW, OLD), (OLD, OLD)):
        profile = profiles.change_password(profile, old, new)
        with profiles.unlock(profile, new) as unlocked, unlocked.database.transaction():
            unlocked.database.connection.execute("INSERT INTO settings VALUES (hex(randomblob(8)), 1)")
    with profiles.unlock(profile, OLD, shared=True) as unlocked:
        assert unlocked.database.connection.execute("SELECT count(*) FROM settings").fetchone() == (6,)


def test_who_is_reading_meanwhile_reads_to_the_end(profiles: Profiles, profile: Profile) -> None:
    with profiles.unlock(profile, OLD, shared=True) as reader:
        before = everything(reader.database)
        profiles.change_password(profile, OLD, NEW)
        with profiles.unlock(profile, NEW) as unlocked:
            assert everything(unlocked.database) == before
        assert everything(reader.database) == before


def test_of_the_old_key_files_and_the_old_salt_nothing_is_left(profiles: Profiles, profile: Profile) -> None:
    old = [
        (profile.directory / "profile.json").open("rb"),
        *(f.open("rb") for f in (profile.directory / "keystore").iterdir()),
    ]
    profiles.change_password(profile, OLD, NEW)
    for file in old:
        with file:
            assert set(file.read()) == {0}


def test_what_is_no_key_of_the_profile_stays_as_it_is(
    profiles: Profiles, profile: Profile, caplog: pytest.LogCaptureFixture
) -> None:
    keystore = profile.directory / "keystore"
    stranger = Account.from_private_key(PrivateKey.generate(os.urandom))
    foreign = stranger.key_files("of somebody else", os.urandom, 0.0)
    damaged = file_name(profile.account.chat_address, 4e9)
    for name, contents in {**foreign, damaged: b"{}", "README": b"mine"}.items():
        (keystore / name).write_bytes(contents)
    profiles.change_password(profile, OLD, NEW)
    assert {name: (keystore / name).read_bytes() for name in foreign} == foreign
    assert ((keystore / damaged).read_bytes(), (keystore / "README").read_bytes()) == (b"{}", b"mine")
    assert len(caplog.records) == 2
    with profiles.unlock(profile, NEW):
        pass


@pytest.mark.parametrize("password", ["short", ""])
def test_a_short_new_password_changes_nothing(
    profiles: Profiles, profile: Profile, account: Account, password: str
) -> None:
    with pytest.raises(LocalError, match="at least 6 characters"):
        profiles.change_password(profile, OLD, password)
    with pytest.raises(LocalError, match="at least 6 characters"):
        profiles.recover(account, password)
    profiles.check_password(profile, OLD)


def test_a_disk_that_is_full_changes_nothing(
    profiles: Profiles, profile: Profile, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = {
        path: path.read_bytes() for path in profile.directory.rglob("*") if path.is_file() and path.name != "lock"
    }
    with monkeypatch.context() as patch:
        patch.setattr("pystatus.storage.profiles.write_private", refuse)
        with pytest.raises(StorageError, match="cannot be changed: No space left on device"):
            profiles.change_password(profile, OLD, NEW)
        with pytest.raises(StorageError, match="cannot be set: No space left on device"):
            profiles.recover(account, NEW)
        with pytest.raises(StorageError, match="cannot be renamed: No space left on device"):
            profiles.rename(profile, "bob")
    assert {path: path.read_bytes() for path in before} == before
    assert not [path for path in profile.directory.iterdir() if path.name.startswith(".")]


def half_done(profiles: Profiles, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new password of which the last part was not done: the disk refused."""
    with monkeypatch.context() as patch:
        patch.setattr(changeover, "settle", lambda directory: None)
        profiles.change_password(profile, OLD, NEW)
    assert (profile.directory / "next").is_dir()


def test_what_was_half_done_is_read_where_nothing_can_be_written(
    profiles: Profiles, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_done(profiles, profile, monkeypatch)
    monkeypatch.setattr("pystatus.storage.holding.settle", lambda directory: (_ for _ in ()).throw(OSError(30, "no")))
    with read_only(profile.directory), profiles.unlock(profile, NEW, shared=True) as unlocked:
        assert len(everything(unlocked.database)["settings"]) == 3  # type: ignore[arg-type]


def test_what_was_half_done_is_finished_by_the_next_one(
    profiles: Profiles, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_done(profiles, profile, monkeypatch)
    with profiles.unlock(profile, NEW, shared=True):
        assert not (profile.directory / "next").exists()


def test_the_account_that_is_here_is_named(profiles: Profiles, profile: Profile, account: Account) -> None:
    with pytest.raises(AccountIsHere, match="here already, as the profile 'alice'") as refusal:
        profiles.create(account, NEW)
    assert refusal.value.profile == profile
    assert profiles.with_keys_of(account) == profile


def test_recovering_needs_a_profile(profiles: Profiles, profile: Profile) -> None:
    other = Account.from_private_key(PrivateKey.generate(os.urandom))
    assert profiles.with_keys_of(other) is None
    with pytest.raises(UnknownProfile, match="has no profile here"):
        profiles.recover(other, NEW)


def test_recovering_brings_back_keys_and_database_that_are_gone(
    profiles: Profiles, profile: Profile, account: Account
) -> None:
    shutil.rmtree(profile.directory / "keystore")
    (profile.directory / "profile.db").unlink()
    recovered, is_kept = profiles.recover(account, OLD)
    assert not is_kept
    with profiles.unlock(recovered, OLD, wallet=True) as unlocked:
        assert unlocked.account.default_wallet == account.default_wallet


def test_what_a_killed_deletion_left_goes_with_the_next_one(profiles: Profiles, profile: Profile) -> None:
    left = profiles.directory / ".0xabc.5a.new"
    (left / "keystore").mkdir(parents=True)
    (left / "profile.db").write_bytes(bytes(9))
    profiles.delete(profile)
    assert [path.name for path in profiles.directory.iterdir()] == ["lock"]


def test_a_file_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(os.urandom(CHUNK + 5))
    with file.open("rb") as opened:
        erase(file)
        assert opened.read() == bytes(CHUNK + 5)
    assert not file.exists()


def test_what_has_another_name_elsewhere_is_not_overwritten(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not mine alone")
    (tmp_path / "tree" / "below").mkdir(parents=True)
    (tmp_path / "tree" / "below" / "link").symlink_to(elsewhere)
    (tmp_path / "tree" / "hard").hardlink_to(elsewhere)
    (tmp_path / "tree" / "directory").symlink_to(tmp_path, target_is_directory=True)
    erase_tree(tmp_path / "tree", first=("hard", "missing", "below"))
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
    assert elsewhere.read_text() == "not mine alone"
