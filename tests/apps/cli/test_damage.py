"""Damaged files and full disks: one sentence that says what to do, an exit code, and untouched data."""

from pathlib import Path

import pytest

from pystatus.apps.cli.commands.archive import Position
from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver.cursor import Key
from pystatus.storage.archive.copying import START, Copied
from tests.apps.support import PASSWORD, Cli, Running, contents

ENODE = f"enode://{PrivateKey(bytes(31) + bytes([1])).public_key.xy.hex()}@127.0.0.1:1"
COMMANDS = (
    ("history", "alice", "status"),
    ("send", "alice", "#status", "hello", "--peer", ENODE),
    ("listen", "alice", "--peer", ENODE),
)


@pytest.fixture
def profile(cli: Cli) -> Path:
    return Path(cli.add_profile("alice")["directory"])


def assert_all_say(cli: Cli, sentence: str) -> None:
    """Every command that opens the profile says ``sentence`` last, as its only sentence, and changes nothing."""
    before = contents(cli.data_dir)
    for command in COMMANDS:
        assert cli.error(*command) == sentence
    assert contents(cli.data_dir) == before


def garble(file: Path, start: int, size: int) -> None:
    data = bytearray(file.read_bytes())
    data[start : start + size] = bytes(byte ^ 0xA5 for byte in data[start : start + size])
    file.write_bytes(data)


def test_a_garbled_database(cli: Cli, profile: Path) -> None:
    garble(profile / "profile.db", 0, 4_096)
    assert_all_say(
        cli,
        f"The profile database {profile}/profile.db is damaged: file is not a database. "
        "Restore it from a backup, or recover the account from its words.",
    )


def test_a_truncated_database(cli: Cli, profile: Path) -> None:
    with (profile / "profile.db").open("r+b") as file:
        file.truncate(5_000)
    assert_all_say(
        cli,
        f"The profile database {profile}/profile.db is damaged: database disk image is malformed. "
        "Restore it from a backup, or recover the account from its words.",
    )


def test_a_database_that_is_garbled_where_its_messages_are(cli: Cli, profile: Path) -> None:
    size = (profile / "profile.db").stat().st_size
    garble(profile / "profile.db", 8_192, size)
    before = contents(cli.data_dir)
    for command in COMMANDS:
        assert "is damaged: " in cli.error(*command)
    assert contents(cli.data_dir) == before


def test_a_missing_database(cli: Cli, profile: Path) -> None:
    (profile / "profile.db").unlink()
    assert_all_say(cli, f"The profile database {profile}/profile.db is missing. Restore it, or recover the account.")


def test_a_damaged_key_file(cli: Cli, profile: Path) -> None:
    (key_file,) = (profile / "keystore").iterdir()
    key_file.write_text("{")
    assert_all_say(cli, "A key file of 'alice' is damaged: key file is not JSON. Restore it from a backup.")
    key_file.unlink()
    assert_all_say(cli, "The key file of this account is missing. Restore it, or recover the account from its phrase.")


def test_a_damaged_profile_is_listed_and_costs_no_other(cli: Cli, profile: Path) -> None:
    good = cli.add_profile("bob")
    (profile / "account.json").write_text("")
    (stray := profile.parent / "@eaDir\x1b[31m").mkdir()
    sentence = (
        f"The profile in {profile} is damaged. Restore account.json and profile.json from a backup; or move the "
        "directory away and recover the account from its words."
    )
    assert_all_say(cli, sentence)
    nobody = f"{stray} is no profile. If it is not of use to anybody, remove it."
    assert cli.objects("account", "list") == [
        good,
        *(
            {"damaged": True, "name": name, "directory": str(directory), "problem": problem}
            for directory, name, problem in sorted([(profile, "alice", sentence), (stray, None, nobody)])
        ),
    ]
    lines = cli.text("account", "list").splitlines()
    assert lines[0].startswith("bob  zQ3sh")
    assert f"[damaged] {sentence}" in lines
    assert not any("\x1b" in line for line in lines)
    assert cli.objects("history", "bob") == []
    assert cli.text("account", "show", "bob").startswith("Profile:")
    assert cli.error("history", "carol").endswith(
        "There are: 'bob'. What is damaged is listed by: pystatus account list"
    )


def test_only_damaged_profiles(cli: Cli, profile: Path) -> None:
    (profile / "profile.json").unlink()
    (damaged,) = cli.objects("account", "list")
    assert damaged["problem"].startswith(f"The profile in {profile} is incomplete. Restore ")
    assert cli.error("history", "alice") == (
        f"There is no profile below {cli.data_dir} that can be read. "
        "What is damaged is listed by: pystatus account list"
    )


def limited(kilobytes: int) -> tuple[str, ...]:
    """A prefix under which no file can become larger: what a program sees of a full disk."""
    return ("bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "limited")


def test_no_room_for_a_new_account(tmp_path: Path) -> None:
    with Running(tmp_path, "account", "create", prefix=limited(8), PYSTATUS_PASSWORD=PASSWORD) as creating:
        assert creating.wait() == 1
        (sentence,) = creating.errors()
        assert creating.rest() == []
    assert sentence.startswith("The profile database ")
    assert contents(tmp_path) == {}


def test_no_room_for_a_message(cli: Cli, profile: Path) -> None:
    before = contents(profile)["profile.db"]
    with Running(
        cli.data_dir, *COMMANDS[1], "--timeout", "0", prefix=limited(2), PYSTATUS_PASSWORD=PASSWORD
    ) as sending:
        assert sending.wait() == 1
        (sentence,) = sending.errors()
        assert sending.rest() == []
    assert sentence.startswith("The profile database ")
    assert contents(profile)["profile.db"] == before
    assert cli.objects("history", "alice") == []


@pytest.mark.parametrize("written", [b"", b"{}", b"[1]", b"[" * 4_000, b"\xff", b" " * 5_000, b'{"reached": "00"}'])
def test_a_copy_whose_position_is_damaged_begins_anew(tmp_path: Path, written: bytes) -> None:
    position = Position(tmp_path, "source", "target")
    position.write(Copied(Key(1, bytes(32)), 5, 5, 0))
    assert position.read().read == 5
    (file,) = tmp_path.iterdir()
    file.write_bytes(written)
    assert position.read() == START
