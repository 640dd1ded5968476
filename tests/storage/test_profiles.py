"""Profiles on disk: made whole or not at all, found by any name, opened by one password and one writer."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from pystatus.account import keystore, mnemonic
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword, named_address
from pystatus.account.password import hashed
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.storage import descriptions, sealing
from pystatus.storage.database import Database
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import DamagedDatabase, ProfileInUse, StorageError
from pystatus.storage.files import explained_files
from pystatus.storage.paths import default_data_directory
from pystatus.storage.profiles import Profiles, UnknownProfile

PASSWORD = "correct horse"
NOW = 1_600_000_000.0


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path)


def make(profiles: Profiles, name: str | None = "alice") -> tuple[Account, Profile]:
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    return account, profiles.create(account, PASSWORD, name)


def test_a_profile_comes_back_with_its_key(profiles: Profiles) -> None:
    account, profile = make(profiles)
    assert profiles.list() == [profile]
    with profiles.unlock(profile, PASSWORD) as unlocked:
        assert unlocked.account.key == account.key
        assert unlocked.database.connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_the_wallet_keys_are_there_when_they_are_asked_for(profiles: Profiles) -> None:
    account = Account.from_mnemonic(mnemonic.new_phrase(os.urandom))
    profile = profiles.create(account, PASSWORD)
    assert profile.name == account.record.alias
    with profiles.unlock(profile, PASSWORD) as unlocked:
        assert unlocked.account.wallet_root is None
    with profiles.unlock(profile, PASSWORD, wallet=True) as unlocked:
        assert unlocked.account.wallet_root == account.wallet_root


def test_only_the_owner_may_look(profiles: Profiles) -> None:
    _, profile = make(profiles)
    assert stat.S_IMODE(profiles.directory.stat().st_mode) == 0o700
    for path in (profile.directory, *profile.directory.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.requirement("AC-27")
def test_each_account_has_a_database_that_only_its_own_password_opens(profiles: Profiles) -> None:
    """Key files are sealed with the hash of the password, as the app does; the databases have keys of their own."""
    (account, alice), (_, bob) = make(profiles, "alice"), make(profiles, "bob")
    with profiles.unlock(alice, PASSWORD) as unlocked, unlocked.database.transaction():
        unlocked.database.connection.execute("CREATE TABLE said AS SELECT 'nobody else reads this' AS text")
    database = (alice.directory / "profile.db").read_bytes()
    assert b"nobody else reads this" not in database
    assert not database.startswith(b"SQLite format 3")
    (key_file,) = (alice.directory / "keystore").iterdir()
    assert keystore.open_file(key_file.read_bytes(), hashed(PASSWORD)).key == account.key
    shutil.copy(alice.directory / "profile.db", bob.directory / "profile.db")
    with pytest.raises(DamagedDatabase), profiles.unlock(bob, PASSWORD):
        pass


def test_no_file_shows_the_key(profiles: Profiles) -> None:
    account, profile = make(profiles)
    for file in profile.directory.rglob("*"):
        if file.is_file():
            contents = file.read_bytes()
            assert account.key.secret not in contents
            assert account.key.secret.hex().encode() not in contents
            assert PASSWORD.encode() not in contents


@pytest.mark.parametrize("select", ["alice", "ALICE", " alice "])
def test_found_by_name(profiles: Profiles, select: str) -> None:
    _, profile = make(profiles)
    assert profiles.find(select) == profile


def test_found_by_key_and_by_the_beginning_of_the_key_uid(profiles: Profiles) -> None:
    account, profile = make(profiles)
    make(profiles, "bob")
    assert profiles.find(account.public_key.hex) == profile
    assert profiles.find(account.record.chat_key) == profile
    assert profiles.find(account.record.key_uid[:20]) == profile


def test_what_cannot_be_found_is_told_with_what_there_is(profiles: Profiles) -> None:
    with pytest.raises(UnknownProfile, match="Make one with: pystatus account create"):
        profiles.find("alice")
    make(profiles)
    with pytest.raises(UnknownProfile, match=r"no profile 'carol'\. There are: 'alice'"):
        profiles.find("carol")


def test_an_ambiguous_beginning_is_refused(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    make(profiles)
    make(profiles, "bob")
    monkeypatch.setattr("pystatus.storage.descriptions.MIN_UID_PREFIX", 0)
    with pytest.raises(UnknownProfile, match="Several"):
        profiles.find("0x")


def test_an_account_is_stored_once_and_a_name_given_once(profiles: Profiles) -> None:
    account, _ = make(profiles)
    with pytest.raises(LocalError, match="here already, as the profile 'alice'"):
        profiles.create(account, PASSWORD, "other")
    with pytest.raises(LocalError, match="called 'alice' already"):
        make(profiles, "Alice")
    assert len(profiles.list()) == 1


@pytest.mark.parametrize("name", ["a/b", "two\nlines"])
def test_odd_names_are_refused(profiles: Profiles, name: str) -> None:
    with pytest.raises(LocalError, match="profile name"):
        make(profiles, name)
    assert profiles.list() == []


def test_a_short_password_is_refused(profiles: Profiles) -> None:
    account = Account.from_private_key(PrivateKey.generate(os.urandom))
    with pytest.raises(LocalError, match="at least 6 characters"):
        profiles.create(account, "short")
    assert profiles.list() == []


def test_a_wrong_password_changes_nothing(profiles: Profiles) -> None:
    _, profile = make(profiles)
    before = {file: file.read_bytes() for file in profile.directory.rglob("*") if file.is_file()}
    with pytest.raises(WrongPassword, match="password of 'alice' is wrong"), profiles.unlock(profile, "guess"):
        pass
    assert {file: file.read_bytes() for file in profile.directory.rglob("*") if file.is_file()} == before
    with profiles.unlock(profile, PASSWORD):
        pass


def test_one_writer_and_any_number_of_readers(profiles: Profiles) -> None:
    _, profile = make(profiles)
    with profiles.unlock(profile, PASSWORD):
        with pytest.raises(ProfileInUse), profiles.unlock(profile, PASSWORD):
            pass
        with profiles.unlock(profile, PASSWORD, shared=True):
            pass
    with profiles.unlock(profile, PASSWORD):
        pass


def test_a_profile_that_could_not_be_finished_leaves_nothing(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "open", refuse)
        with pytest.raises(StorageError, match="No space left on device"):
            make(profiles)
    assert [entry.name for entry in profiles.directory.iterdir()] == ["lock"]
    make(profiles)


def test_what_a_killed_attempt_left_is_no_profile(profiles: Profiles) -> None:
    _, profile = make(profiles)
    (profiles.directory / ".0xabc.new").mkdir()
    (profiles.directory / ".0xabd.new").symlink_to(profile.directory)
    (profiles.directory / "a file").touch()
    assert profiles.list() == [profile]
    _, other = make(profiles, "bob")
    assert [entry.name for entry in profiles.directory.iterdir() if entry.name.endswith(".new")] == []
    assert profiles.list() == [profile, other]


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "an empty account.json": (lambda profile: (profile / "account.json").write_bytes(b""), "is damaged"),
    "another account.json": (lambda profile: (profile / "account.json").write_bytes(b"{}"), "is damaged"),
    "a long account.json": (lambda profile: (profile / "account.json").write_bytes(b" " * 10_000), "cannot be read"),
    "an empty profile.json": (lambda profile: (profile / "profile.json").write_bytes(b""), "is damaged"),
    "a list in profile.json": (lambda profile: (profile / "profile.json").write_bytes(b"[1]"), "is damaged"),
    "deep nesting": (lambda profile: (profile / "profile.json").write_bytes(b"[" * 4_000), "is damaged"),
    "no text": (lambda profile: (profile / "profile.json").write_bytes(b"\xff"), "is damaged"),
    "no account.json": (lambda profile: (profile / "account.json").unlink(), "is incomplete"),
    "no profile.json": (lambda profile: (profile / "profile.json").unlink(), "is incomplete"),
    "a pipe": (lambda profile: replaced_by_pipe(profile / "account.json"), "cannot be read: it is no file"),
    "a directory": (lambda profile: replaced_by_directory(profile / "profile.json"), "cannot be read: it is no file"),
    "a copy beside it": (lambda profile: profile.rename(f"{profile} (copy)"), "is a copy of the profile 'alice'"),
    "nothing in it": (shutil.rmtree, ""),
}
"""What may become of a profile, and what is said about it."""


@pytest.mark.parametrize("unreadable", ["profile.json", "account.json"])
def test_a_profile_of_another_user_is_not_called_damaged_beyond_repair(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch, unreadable: str
) -> None:
    make(profiles)
    refuse_reading(monkeypatch, descriptions, lambda path: path.name == unreadable)

    (one,) = profiles.scan()[1]
    assert (
        "cannot be read: Permission denied. If the files are another user's, as after sudo, run this as" in one.problem
    )
    assert "backup" not in one.problem  # nothing is lost: no advice to replace anything


def test_a_key_file_that_is_there_and_cannot_be_read_is_not_called_missing(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, profile = make(profiles)
    needed = account.record.chat_address
    with monkeypatch.context() as patch:
        refuse_reading(patch, sealing, lambda path: named_address(path.name) == needed)
        with pytest.raises(StorageError, match=r"The key file .* cannot be read: Permission denied\. If the files"):
            profiles.check_password(profile, PASSWORD)
    with monkeypatch.context() as patch:  # one that is not needed costs nobody but itself
        refuse_reading(patch, sealing, lambda path: named_address(path.name) != needed)
        profiles.check_password(profile, PASSWORD)


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EACCES, "make them yours with chown"),
        (errno.EPERM, "make them yours with chown"),
        (errno.ENOSPC, "Make room and try again"),
        (errno.EDQUOT, "Make room and try again"),
        (errno.EROFS, "Make it writable, or choose another directory"),
    ],
)
def test_what_the_system_refuses_is_said_with_what_to_do(number: int, advice: str) -> None:
    with pytest.raises(StorageError) as told, explained_files("The file cannot be written"):
        raise OSError(number, os.strerror(number))
    assert str(told.value).startswith("The file cannot be written: ")
    assert str(told.value).endswith(f"{advice}.")


def refuse_reading(patch: pytest.MonkeyPatch, module: ModuleType, of: Callable[[Path], bool]) -> None:
    """Let the system refuse ``module`` the files that ``of`` names, as it does those of another user."""
    read = module.read_small

    def refused(path: Path, size: int) -> bytes:
        if of(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return bytes(read(path, size))

    patch.setattr(module, "read_small", refused)


def replaced_by_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def replaced_by_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("what", DAMAGE)
def test_one_bad_entry_costs_nobody_but_itself(profiles: Profiles, what: str) -> None:
    account, bad = make(profiles)
    _, good = make(profiles, "bob")
    (profiles.directory / "@eaDir").mkdir()  # what the file server of a NAS puts everywhere
    damage, problem = DAMAGE[what]
    damage(bad.directory)

    found, damaged = profiles.scan()
    assert found == profiles.list() == [good]
    assert profiles.find("bob") == good
    stray, *others = sorted(damaged, key=lambda one: one.directory.name != "@eaDir")
    assert stray.problem == f"{stray.directory} is no profile. If it is not of use to anybody, remove it."
    if not problem:
        assert others == []
        return
    (told,) = others
    assert problem in told.problem
    assert str(told.directory) in told.problem
    for selector in (account.record.key_uid[:12], *([told.name] if told.name else [])):
        with pytest.raises(StorageError) as refusal:
            profiles.find(selector)
        assert str(refusal.value) == told.problem
    with pytest.raises(UnknownProfile, match=r"There are: 'bob'\. What is damaged is listed by: pystatus account list"):
        profiles.find("carol")
    if told.directory == bad.directory:  # nothing is written over it
        with pytest.raises(StorageError) as refusal:
            profiles.create(account, PASSWORD, "again")
        assert str(refusal.value) == told.problem
        bad.directory.rename(bad.directory.with_name(".away"))
    profiles.create(account, PASSWORD, "again")
    assert {one.name for one in profiles.list()} == {"again", "bob"}


def test_a_copy_beside_a_profile_does_not_make_its_name_ambiguous(profiles: Profiles) -> None:
    _, profile = make(profiles)
    shutil.copytree(profile.directory, profile.directory.with_name("before the update"))
    assert profiles.find("alice") == profile


def test_bad_entries_in_a_keystore_cost_nobody_but_themselves(
    profiles: Profiles, caplog: pytest.LogCaptureFixture
) -> None:
    account, profile = make(profiles)
    (good,) = (profile.directory / "keystore").iterdir()
    address = good.name.rpartition("--")[2]
    (profile.directory / "keystore" / "@eaDir").mkdir()
    (profile.directory / "keystore" / "README").write_text("not a key file")
    (profile.directory / "keystore" / f"UTC--2030--{'5a' * 20}").mkdir()
    (profile.directory / "keystore" / f"UTC--2031--{address}").write_bytes(b" " * 100_000)
    os.mkfifo(profile.directory / "keystore" / f"UTC--2032--{address}")
    (profile.directory / "keystore" / f"UTC--2033--{address}").write_bytes(b"")  # newer, and damaged
    with profiles.unlock(profile, PASSWORD) as unlocked:
        assert unlocked.account.key == account.key
    told = sorted(record.getMessage() for record in caplog.records)
    assert [text.partition("UTC--")[2][:4] for text in told] == ["2030", "2031", "2032"]  # of other names nothing


def test_a_damaged_key_file_is_told(profiles: Profiles) -> None:
    _, profile = make(profiles)
    (file,) = (profile.directory / "keystore").iterdir()
    file.write_bytes(b"{}")
    with pytest.raises(StorageError, match="key file of 'alice' is damaged"), profiles.unlock(profile, PASSWORD):
        pass


def test_a_missing_key_file_is_told(profiles: Profiles) -> None:
    _, profile = make(profiles)
    (file,) = (profile.directory / "keystore").iterdir()
    file.unlink()
    with pytest.raises(LocalError, match="key file of this account is missing"), profiles.unlock(profile, PASSWORD):
        pass
    (profile.directory / "keystore").rmdir()
    with pytest.raises(StorageError, match="cannot be read"), profiles.unlock(profile, PASSWORD):
        pass


def test_a_damaged_database_is_told_apart_from_a_wrong_password(profiles: Profiles) -> None:
    _, profile = make(profiles)
    (profile.directory / "profile.db").write_bytes(os.urandom(8192))
    with pytest.raises(DamagedDatabase), profiles.unlock(profile, PASSWORD):
        pass


def test_the_data_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PYSTATUS_DATA_DIR", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_data_directory() == tmp_path / ".local" / "share" / "pystatus"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert default_data_directory() == tmp_path / "xdg" / "pystatus"
    monkeypatch.setenv("PYSTATUS_DATA_DIR", str(tmp_path / "here"))
    assert Profiles().directory == tmp_path / "here" / "profiles"
