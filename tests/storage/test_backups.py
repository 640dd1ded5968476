"""A profile as one file: whole or not at all, opened by one password, and a device of its own when it is back."""

from __future__ import annotations

import errno
import itertools
import os
import resource
import shutil
import stat
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from pystatus.account import mnemonic
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.messenger.copies import INSTALLATION_ID
from pystatus.messenger.events import RenewalReason
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.secure_transport.store import OwnPreKey
from pystatus.storage import backups
from pystatus.storage.backup_file import CHUNK, BackupDamaged, SealedReader, SealedWriter
from pystatus.storage.database import Database
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import StorageError
from pystatus.storage.generations import Generations
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import AccountIsHere, Profiles

PASSWORD, FILE_PASSWORD = "correct horse", "battery staple"
DEVICE = "3f0c"
MACHINE = b"this machine"


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path / "elsewhere")


@pytest.fixture
def alice(profiles: Profiles) -> Profile:
    return filled(profiles)


def filled(profiles: Profiles) -> Profile:
    """Alice, with a message, a device and its keys."""
    account = Account.from_mnemonic(mnemonic.new_phrase(os.urandom))
    profile = profiles.create(account, PASSWORD, "alice")
    with profiles.unlock(profile, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            store.save_setting(INSTALLATION_ID, DEVICE)
            store.save_chat(Chat("status", ChatKind.PUBLIC))
            say(store, account, 1)
            store.encryption.add_own_pre_key(DEVICE, OwnPreKey(bytes(33), b"a secret prekey" * 2, 1, 1.0))
    return profile


def say(store: SqlMessengerStore, account: Account, number: int) -> None:
    message_id = number.to_bytes(32)
    store.add_message(Message(message_id, "status", account.public_key, number, number, number, 1, "hello", b""))


def said(profiles: Profiles, profile: Profile) -> list[str]:
    with profiles.unlock(profile, PASSWORD, wallet=True) as unlocked:
        unlocked.database.check()
        assert unlocked.account.default_wallet is not None
        return [one.text for one in SqlMessengerStore(unlocked.database).messages("status", 10_000)]


def exported(profiles: Profiles, profile: Profile, path: Path) -> Path:
    return profiles.export(profile, PASSWORD, path / "alice.backup", FILE_PASSWORD)


def left(profiles: Profiles) -> set[str]:
    """What lies among the profiles."""
    return {one.name for one in profiles.directory.iterdir()} - {"lock"} if profiles.directory.exists() else set()


def test_a_profile_moves_in_one_file(profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path) -> None:
    file = exported(profiles, alice, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restored = elsewhere.restore(file, FILE_PASSWORD)
    assert (restored.name, restored.account) == ("alice", alice.account)
    assert elsewhere.list() == [restored]
    assert said(elsewhere, restored) == said(profiles, alice) == ["hello"]
    assert left(elsewhere) == left(profiles) == {alice.account.key_uid}
    for path in (restored.directory, *restored.directory.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_file_shows_nothing(profiles: Profiles, alice: Profile, tmp_path: Path) -> None:
    data = exported(profiles, alice, tmp_path).read_bytes()
    for secret in (b"alice", alice.account.key_uid.encode(), b"keystore", b"SQLite", b"hello", PASSWORD.encode()):
        assert secret not in data
    assert exported(profiles, alice, tmp_path / "here").read_bytes() != data, "each file has a key of its own"


def test_keys_of_the_device_stay_with_it(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path
) -> None:
    """Ratchet sessions and prekeys do not come along, on any machine: the profile becomes another device."""
    state = tmp_path / "state"
    with profiles.unlock(alice, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        before = Generations(store, state, os.urandom, MACHINE)
        with store.transaction():
            following = before.prepare(DEVICE)
        before.publish(DEVICE, following)
        assert before.finding(DEVICE) is None
    restored = elsewhere.restore(exported(profiles, alice, tmp_path), FILE_PASSWORD)
    with elsewhere.unlock(restored, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        assert store.encryption.own_pre_key(DEVICE) is None
        assert Generations(store, state, os.urandom, MACHINE).finding(DEVICE) is RenewalReason.RESTORED
        assert Generations(store, None, os.urandom, b"").finding(DEVICE) is RenewalReason.COPIED
    with profiles.unlock(alice, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        assert store.encryption.own_pre_key(DEVICE) is not None
        assert Generations(store, state, os.urandom, MACHINE).finding(DEVICE) is None


def test_another_name(profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path) -> None:
    file = exported(profiles, alice, tmp_path)
    elsewhere.create(Account.from_private_key(PrivateKey.generate(os.urandom)), PASSWORD, "Alice")
    with pytest.raises(LocalError, match="There is a profile called 'Alice' already"):
        elsewhere.restore(file, FILE_PASSWORD)
    assert elsewhere.restore(file, FILE_PASSWORD, "anna").name == "anna"


def test_a_profile_that_is_here_is_not_touched(profiles: Profiles, alice: Profile, tmp_path: Path) -> None:
    file = exported(profiles, alice, tmp_path)
    with profiles.unlock(alice, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        with store.transaction():
            say(store, unlocked.account, 2)
    for name in (None, "another one"):
        with pytest.raises(AccountIsHere, match="as the profile 'alice'"):
            profiles.restore(file, FILE_PASSWORD, name)
    assert said(profiles, alice) == ["hello", "hello"]
    assert left(profiles) == {alice.account.key_uid}


def test_two_profiles_of_one_key_are_two_devices(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path
) -> None:
    """Recovered from its words in one place and restored from a file in another one, nothing of them mixes."""
    file = exported(profiles, alice, tmp_path)
    restored = elsewhere.restore(file, FILE_PASSWORD)
    with elsewhere.unlock(restored, PASSWORD) as there, profiles.unlock(alice, PASSWORD) as here:
        assert there.account.key == here.account.key
        store = SqlMessengerStore(there.database)
        with store.transaction():
            say(store, there.account, 2)
    assert (len(said(elsewhere, restored)), len(said(profiles, alice))) == (2, 1)


@pytest.mark.parametrize("other", ["guessed", f"{FILE_PASSWORD} ", PASSWORD])
def test_a_wrong_password_stores_nothing(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path, other: str
) -> None:
    file = exported(profiles, alice, tmp_path)
    with pytest.raises(WrongPassword, match="is wrong, or the file was changed") as error:
        elsewhere.restore(file, other)
    assert other not in str(error.value)
    assert left(elsewhere) == set()
    with pytest.raises(WrongPassword, match="The password of 'alice' is wrong"):
        profiles.export(alice, "guessed", tmp_path / "other", FILE_PASSWORD)
    assert not (tmp_path / "other").exists()


def test_a_password_of_a_file_is_the_same_in_every_form(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path
) -> None:
    file = profiles.export(alice, PASSWORD, tmp_path / "file", "\ufeffZoe\u0308 and Anna\r\n")
    assert elsewhere.restore(file, "Zo\u00eb and Anna").name == "alice"


def test_a_short_password_of_a_file_is_refused(profiles: Profiles, alice: Profile, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="at least 6 characters"):
        profiles.export(alice, PASSWORD, tmp_path / "file", "short")
    assert not (tmp_path / "file").exists()


def test_what_is_there_is_not_replaced(profiles: Profiles, alice: Profile, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "led to")
    for name in ("file", "link"):
        with pytest.raises(LocalError, match="is there already"):
            profiles.export(alice, PASSWORD, tmp_path / name, FILE_PASSWORD)
    assert (tmp_path / "file").read_text() == "kept"
    assert not (tmp_path / "led to").exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "here", "link"]


def test_a_profile_that_is_written_to_is_exported_as_of_one_moment(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process writes all the time, between any two steps of the copying."""
    with profiles.unlock(alice, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        numbers = itertools.count(2)

        def write_on(*_: object) -> int:
            with store.transaction():
                store.save_setting("number", number := next(numbers))
                say(store, unlocked.account, number)
            return 0

        write_on()
        copy_to = Database.copy_to

        def busy(database: Database, path: Path, key: bytes) -> None:
            database.connection.set_progress_handler(write_on, 100)
            try:
                copy_to(database, path, key)
            finally:
                database.connection.set_progress_handler(None, 0)

        monkeypatch.setattr(Database, "copy_to", busy)
        file = exported(profiles, alice, tmp_path)
    restored = elsewhere.restore(file, FILE_PASSWORD)
    with elsewhere.unlock(restored, PASSWORD) as unlocked:
        store = SqlMessengerStore(unlocked.database)
        assert next(numbers) > 5
        assert len(store.messages("status", 10_000)) == store.setting("number")


def mended(data: bytes, **changes: int) -> bytes:
    """A file with another number in its header."""
    layout = struct.Struct(">16sHBBB32s")
    magic, version, log_n, r, p, salt = layout.unpack(data[: layout.size])
    fields = {"version": version, "log_n": log_n, "r": r, "p": p} | changes
    return layout.pack(magic, *fields.values(), salt) + data[layout.size :]


def test_a_damaged_file_says_so_and_leaves_nothing(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path
) -> None:
    data = exported(profiles, alice, tmp_path).read_bytes()
    assert len(data) > 3 * CHUNK
    sealed = CHUNK + 16
    first, second = data[53 : 53 + sealed], data[53 + sealed : 53 + 2 * sealed]
    bad = {
        "empty": b"",
        "another file": b"PK" + data[2:],
        "a text": b"Hello",
        "only its beginning": data[:16],
        "only its header": data[:53],
        "a chunk that is cut off": data[: 53 + 100],
        "without its last byte": data[:-1],
        "without its last chunk": data[: 53 + (len(data) - 53) // sealed * sealed],
        "with one byte more": data + b"\0",
        "with a chunk more": data + second,
        "two chunks exchanged": data[:53] + second + first + data[53 + 2 * sealed :],
        "a chunk left out": data[: 53 + sealed] + data[53 + 2 * sealed :],
        "a bit of a chunk": data[: 2 * sealed] + bytes([data[2 * sealed] ^ 1]) + data[2 * sealed + 1 :],
        "the last bit": data[:-1] + bytes([data[-1] ^ 1]),
        "the salt": data[:52] + bytes([data[52] ^ 1]) + data[53:],
        "a newer version": mended(data, version=2),
        "an older version": mended(data, version=0),
        "other parameters": mended(data, r=9),
        "a dear password": mended(data, log_n=30),
        "another cost": mended(data, log_n=2),
    }
    sentences = {}
    for name, contents in bad.items():
        file = tmp_path / "bad"
        file.write_bytes(contents)
        with pytest.raises(LocalError) as error:
            elsewhere.restore(file, FILE_PASSWORD)
        sentences[name] = str(error.value)
        assert str(file) in sentences[name]
        assert left(elsewhere) == set()
    assert "is no exported profile" in sentences["a text"]
    assert "was made by a newer pystatus (format 2, known 1)" in sentences["a newer version"]
    assert all("damaged" in sentences[name] for name in ("an older version", "other parameters", "a dear password"))
    assert "cut off" in sentences["only its header"]
    assert elsewhere.restore(tmp_path / "alice.backup", FILE_PASSWORD).name == "alice", "nothing is in its way"


@pytest.mark.parametrize("parts", [
    [["account.json", 10]],
    [["account.json", 10], ["profile.json", 10], ["profile.db", 10]],
    [["account.json", 10], ["profile.json", 10], ["../escaped", 10], ["profile.db", 10]],
    [["account.json", 10], ["profile.json", 10], ["keystore/../escaped", 10], ["profile.db", 10]],
    [["account.json", 1 << 62], ["profile.json", 10], ["profile.db", 10]],
    [["account.json", 10], ["profile.json", -10], ["profile.db", 10]],
    [["account.json", 10.5], ["profile.json", 10], ["profile.db", 10]],
    [["account.json", 10, 10]],
    [["account.json", 10], ["profile.json", 10], [["a list"], 10], ["profile.db", 10]],
    [[]],
    "parts",
    None,
])  # fmt: skip
def test_whoever_has_the_password_of_a_file_cannot_make_us_write_elsewhere(
    elsewhere: Profiles, tmp_path: Path, parts: object
) -> None:
    import json

    file = tmp_path / "made up"
    with file.open("wb") as opened:
        writer = SealedWriter(opened, FILE_PASSWORD, os.urandom)
        listed = json.dumps({"parts": parts}).encode()
        writer.write(len(listed).to_bytes(4) + listed + b"{}" * 50)
        writer.close()
    with pytest.raises(BackupDamaged, match="it holds no profile"):
        elsewhere.restore(file, FILE_PASSWORD)
    assert left(elsewhere) == set()
    assert [one.name for one in tmp_path.iterdir()] == ["made up"]


@pytest.mark.parametrize("name", [f"UTC--a\0--{40 * '0'}", f"UTC--a\n--{40 * '0'}", f"UTC--{300 * 'x'}--{40 * '0'}"])
def test_nor_give_a_key_file_a_name_that_no_file_has(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path, name: str
) -> None:
    import json

    own = alice.account.chat_address.hex()
    contents = [alice.account.encode(), alice.encode(), b"{}", b"{}", b"{}"]
    names = ["account.json", "profile.json", f"keystore/UTC--x--{own}", f"keystore/{name}", "profile.db"]
    file = tmp_path / "made up"
    with file.open("wb") as opened:
        writer = SealedWriter(opened, FILE_PASSWORD, os.urandom)
        listed = json.dumps({"parts": [[one, len(data)] for one, data in zip(names, contents, strict=True)]}).encode()
        writer.write(len(listed).to_bytes(4) + listed + b"".join(contents))
        writer.close()
    with pytest.raises(BackupDamaged, match="it holds no profile"):
        elsewhere.restore(file, FILE_PASSWORD)
    assert left(elsewhere) == set()


def test_a_list_that_says_it_is_long_is_not_read(elsewhere: Profiles, tmp_path: Path) -> None:
    file = tmp_path / "made up"
    with file.open("wb") as opened:
        writer = SealedWriter(opened, FILE_PASSWORD, os.urandom)
        writer.write((1 << 31).to_bytes(4))
        writer.close()
    with pytest.raises(BackupDamaged):
        elsewhere.restore(file, FILE_PASSWORD)


@pytest.mark.parametrize("size", [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_the_stream_comes_back_as_it_was_written(tmp_path: Path, size: int) -> None:
    text = os.urandom(size)
    file = tmp_path / "file"
    with file.open("wb") as opened:
        writer = SealedWriter(opened, FILE_PASSWORD, os.urandom)
        for start in range(0, size, 1_000):
            writer.write(text[start : start + 1_000])
        writer.close()
    with file.open("rb") as opened:
        reader = SealedReader(opened, FILE_PASSWORD, "The file")
        assert reader.size == size
        assert reader.read_exactly(size) == text
        with pytest.raises(BackupDamaged, match="it ends too early"):
            reader.read(1)


def test_a_full_disk_leaves_no_file(profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path) -> None:
    file = exported(profiles, alice, tmp_path)
    child = os.fork()
    if not child:  # whose files may have 100,000 bytes: the system refuses more, as a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        refused = 0
        for attempt in (
            lambda: exported(profiles, alice, tmp_path / "here"),
            lambda: elsewhere.restore(file, FILE_PASSWORD),
        ):
            try:
                attempt()
            except StorageError:
                refused += 1
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert not (tmp_path / "here" / "alice.backup").exists()
    assert left(elsewhere) == set()
    assert left(profiles) == {alice.account.key_uid}


def test_a_disk_without_room_is_told_before_anything_is_written(
    profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = exported(profiles, alice, tmp_path)
    usage = shutil.disk_usage(tmp_path)._replace(free=backups.LEAST_ROOM)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="Make room and try again"):
        elsewhere.restore(file, FILE_PASSWORD)
    assert left(elsewhere) == set()


def test_memory_is_bounded(profiles: Profiles, elsewhere: Profiles, alice: Profile, tmp_path: Path) -> None:
    with profiles.unlock(alice, PASSWORD) as unlocked, unlocked.database.transaction():
        unlocked.database.connection.execute("CREATE TABLE large AS SELECT randomblob(40000000) AS data")
    tracemalloc.start()
    try:
        file = exported(profiles, alice, tmp_path)
        restored = elsewhere.restore(file, FILE_PASSWORD)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert file.stat().st_size > 40_000_000
    assert peak < 8_000_000
    with elsewhere.unlock(restored, PASSWORD) as unlocked:
        assert unlocked.database.connection.execute("SELECT length(data) FROM large").fetchone() == (40_000_000,)


def test_what_the_disk_says_is_told(profiles: Profiles, alice: Profile, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file or directory"):
        profiles.export(alice, PASSWORD, tmp_path / "nowhere" / "file", FILE_PASSWORD)
    with pytest.raises(StorageError, match="No such file or directory"):
        profiles.restore(tmp_path / "nowhere", FILE_PASSWORD)
    with pytest.raises(StorageError, match="it is no file"):
        profiles.restore(tmp_path, FILE_PASSWORD)
    assert left(profiles) == {alice.account.key_uid}


@pytest.mark.parametrize("refusal", [errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT])
def test_a_file_system_without_nameless_files_has_the_same_in_the_end(
    profiles: Profiles,
    elsewhere: Profiles,
    alice: Profile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal: int,
) -> None:
    real = os.open

    def refusing(path: object, flags: int, *more: object, **named: object) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(refusal, os.strerror(refusal))
        return real(path, flags, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)
    file = exported(profiles, alice, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["alice.backup", "here"]
    assert elsewhere.restore(file, FILE_PASSWORD).name == "alice"


@pytest.mark.parametrize("action", ["export", "restore"])
def test_killed_at_any_step(tmp_path: Path, action: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage.killed_backups", action, str(tmp_path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps, *outcomes = done.stdout.splitlines()
    assert outcomes == ["nothing", "all of it"]
    assert int(steps) > 5
