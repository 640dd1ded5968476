"""A profile and the file outside of it: every copy is noticed, and nothing else is taken for one."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from io import IOBase
from pathlib import Path

import pytest

from pystatus.messenger.events import RenewalReason
from pystatus.storage import files, generations
from pystatus.storage.generations import MAX_MACHINES, Generations, machine_id

LAPTOP, TOWER = b"laptop", b"tower"


class PowerCut(BaseException):
    """The machine is off."""


class Profile:
    """A profile as far as its generation is concerned: settings that are committed, and a place outside."""

    def __init__(self, outside: Path | None, machine: bytes = LAPTOP) -> None:
        self.outside = outside
        self.machine = machine
        self.committed: dict[str, int | str | bytes] = {}
        self.installation_id: str | None = None
        self.installations = 0

    def setting(self, name: str) -> int | str | bytes | None:
        return self.committed.get(name)

    def save_setting(self, name: str, value: int | str | bytes) -> None:
        self.committed[name] = value

    def copy(self, outside: Path | None, machine: bytes = LAPTOP) -> Profile:
        """A copy of the data directory, used in that place."""
        copy = Profile(outside, machine)
        copy.restore(self)
        return copy

    def restore(self, backup: Profile) -> None:
        """The contents of a backup take the place of ours."""
        self.committed = dict(backup.committed)
        self.installation_id = backup.installation_id

    def open(self) -> RenewalReason | None:
        """One run, without its end."""
        run = Generations(self, self.outside, os.urandom, self.machine)
        finding = run.finding(self.installation_id)
        if self.installation_id is None or finding is not None:
            self.installation_id = os.urandom(16).hex()
        self.advance(run)
        return finding

    def advance(self, run: Generations | None = None) -> None:
        run = run or Generations(self, self.outside, os.urandom, self.machine)
        assert self.installation_id is not None
        run.publish(self.installation_id, run.prepare(self.installation_id))

    def files(self) -> list[Path]:
        assert self.outside is not None
        return sorted(self.outside.iterdir())


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "state" / "generations"


@pytest.fixture
def profile(outside: Path) -> Profile:
    """Opened and closed some times."""
    profile = Profile(outside)
    for _ in range(3):
        assert profile.open() is None
        profile.advance()
    return profile


def test_a_profile_that_goes_on_is_not_a_copy(profile: Profile) -> None:
    for _ in range(3):
        assert profile.open() is None


def test_the_file_outside_is_for_its_owner_and_says_nothing(profile: Profile, outside: Path) -> None:
    (file,) = profile.files()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(outside.stat().st_mode) == 0o700
    assert len(file.read_bytes()) == 33
    assert str(profile.installation_id) not in file.name + file.read_text()


@pytest.mark.parametrize("at_the_end", [False, True], ids=["while it ran", "after its end"])
def test_an_older_copy_that_takes_its_place(profile: Profile, at_the_end: bool) -> None:
    profile.open()
    if at_the_end:
        profile.advance()
    backup = profile.copy(profile.outside)
    profile.open() if at_the_end else profile.advance()
    before = profile.installation_id
    profile.restore(backup)
    assert profile.open() is RenewalReason.RESTORED
    assert profile.installation_id != before
    assert profile.open() is None


def test_a_backup_that_was_the_last_state_goes_on(profile: Profile) -> None:
    backup = profile.copy(profile.outside)
    profile.restore(backup)
    assert profile.open() is None


def test_a_backup_from_before_a_renewal(profile: Profile) -> None:
    backup = profile.copy(profile.outside)
    profile.open()
    profile.restore(backup)
    assert profile.open() is RenewalReason.RESTORED
    profile.restore(backup)
    assert profile.open() is RenewalReason.RESTORED


def test_a_copy_on_another_machine(profile: Profile, tmp_path: Path) -> None:
    copy = profile.copy(tmp_path / "elsewhere", TOWER)
    assert copy.open() is RenewalReason.COPIED
    assert copy.open() is None
    assert profile.open() is None


def test_a_copy_on_a_machine_with_the_same_directories(profile: Profile, outside: Path) -> None:
    """The file is left at home; the path is the same on both."""
    shutil.rmtree(outside)
    assert profile.copy(outside, TOWER).open() is RenewalReason.COPIED


def test_a_copy_of_a_whole_home_directory(profile: Profile, outside: Path) -> None:
    assert profile.copy(outside, TOWER).open() is RenewalReason.COPIED


def test_a_copy_for_another_user_of_this_machine(profile: Profile, tmp_path: Path) -> None:
    assert profile.copy(tmp_path / "bot" / "state").open() is RenewalReason.COPIED


def test_a_copy_that_is_used_beside_the_other_becomes_a_device_once(profile: Profile) -> None:
    copy = profile.copy(profile.outside)
    assert profile.open() is None
    assert copy.open() is RenewalReason.RESTORED
    for _ in range(3):
        assert (profile.open(), copy.open()) == (None, None)


def test_a_home_directory_that_several_machines_share(profile: Profile) -> None:
    """Each of them is new once."""
    profile.machine = TOWER
    assert profile.open() is RenewalReason.COPIED
    for machine in (LAPTOP, TOWER, LAPTOP):
        profile.machine = machine
        assert profile.open() is None


def test_the_machines_that_are_remembered_are_few(profile: Profile) -> None:
    for number in range(2 * MAX_MACHINES):
        profile.machine = b"%d" % number
        profile.open()
    assert len(str(profile.setting("generation_machines")).split()) == MAX_MACHINES


# what is no copy


def test_a_profile_of_before_gets_a_generation_without_a_word(outside: Path) -> None:
    old = Profile(outside)
    old.installation_id = "since long ago"
    backup = old.copy(outside)
    assert old.open() is None
    assert old.open() is None
    assert old.installation_id == "since long ago"
    old.restore(backup)  # it has no generation, and the file has one
    assert old.open() is RenewalReason.RESTORED


def test_a_state_directory_that_was_emptied(profile: Profile, outside: Path) -> None:
    for _ in range(3):
        shutil.rmtree(outside)
        assert profile.open() is None


@pytest.mark.parametrize("machine", [LAPTOP, b""], ids=["a machine with a name", "a container"])
def test_without_any_place_outside(machine: bytes) -> None:
    profile = Profile(None, machine)
    for _ in range(3):
        assert profile.open() is None


@pytest.mark.parametrize("contents", [b"", b"\x00" * 33, b"f" * 31, b"F" * 32, b"0" * 10_000, "ä".encode() * 16])
def test_a_damaged_file_is_like_none(profile: Profile, contents: bytes) -> None:
    (file,) = profile.files()
    file.write_bytes(contents)
    assert profile.open() is None
    assert profile.open() is None


def closed(outside: Path) -> None:
    outside.rename(outside.with_name("away"))
    outside.write_bytes(b"")  # no directory: whatever is done below it fails


def opened(outside: Path) -> None:
    outside.unlink()
    outside.with_name("away").rename(outside)


def test_a_place_that_is_out_of_reach_for_a_while(
    profile: Profile, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    closed(outside)
    for _ in range(3):
        assert profile.open() is None
    assert all("may go unnoticed" in record.message for record in caplog.records)
    assert len(caplog.records) == 3  # once a run
    opened(outside)
    assert profile.open() is None


def test_it_is_said_once_in_a_run(profile: Profile, outside: Path, caplog: pytest.LogCaptureFixture) -> None:
    closed(outside)
    run = Generations(profile, outside, os.urandom, LAPTOP)
    for _ in range(5):
        profile.advance(run)
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_link_is_neither_read_nor_followed(profile: Profile, tmp_path: Path) -> None:
    (file,) = profile.files()
    victim = tmp_path / "victim"
    victim.write_bytes(b"0" * 32)  # as good as a generation
    file.unlink()
    file.symlink_to(victim)
    assert profile.open() is None
    assert victim.read_bytes() == b"0" * 32
    assert not file.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_no_file_does_not_hold_anything_up(profile: Profile) -> None:
    (file,) = profile.files()
    file.unlink()
    os.mkfifo(file)
    assert profile.open() is None


# crashes

STEPS = (
    "prepare",
    "commit",
    "make_directory",
    "create_private",
    "fchmod",
    "fsync",
    "replace",
    "sync_directory",
    "unlink",
)


def broken(monkeypatch: pytest.MonkeyPatch, step: str, how: BaseException, *, after: bool) -> None:
    """The first call of ``step`` ends so, before or after it has done its work."""

    def wrap(owner: object, name: str) -> None:
        done: Callable[..., object] = getattr(owner, name)
        waiting = [how]

        def call(*arguments: object, **named: object) -> object:
            if waiting and not after:
                raise waiting.pop()
            result = done(*arguments, **named)
            if waiting:
                if isinstance(result, IOBase):
                    result.close()
                raise waiting.pop()
            return result

        monkeypatch.setattr(owner, name, call)

    match step:
        case "prepare":
            wrap(Profile, "save_setting")
        case "commit":
            wrap(Generations, "publish") if not after else wrap(Generations, "prepare")
        case "unlink" | "replace":
            wrap(Path, step)
        case "make_directory":
            wrap(generations, step)
        case "create_private" | "sync_directory":
            wrap(files, step)
        case _:
            wrap(os, step)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("ran", [0, 1, 3])
def test_a_power_cut_at_any_point_is_no_copy(
    outside: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, ran: int
) -> None:
    profile = Profile(outside)
    for _ in range(ran):
        profile.open()
    profile.installation_id = profile.installation_id or "new"
    committed = dict(profile.committed)
    with monkeypatch.context() as patch:
        broken(patch, step, PowerCut(), after=after)
        with pytest.raises(PowerCut):
            profile.open()
    if step == "prepare":  # the transaction was not committed
        profile.committed = committed
    for _ in range(3):
        assert profile.open() is None


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("prepare", "commit")])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_full_disk_at_any_point_is_no_copy(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    with monkeypatch.context() as patch:
        broken(patch, step, OSError(28, "No space left on device"), after=after)
        assert profile.open() is None
    for _ in range(3):
        assert profile.open() is None
    backup = profile.copy(profile.outside)
    profile.open()
    profile.restore(backup)
    assert profile.open() is RenewalReason.RESTORED  # and it still works


def test_the_name_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing, empty, named = tmp_path / "missing", tmp_path / "empty", tmp_path / "named"
    empty.write_bytes(b"\n")
    named.write_bytes(b"8f4e1c\n")
    monkeypatch.setattr(generations, "MACHINE_ID_FILES", (missing, empty))
    assert machine_id() == b""
    monkeypatch.setattr(generations, "MACHINE_ID_FILES", (missing, empty, named))
    assert machine_id() == b"8f4e1c"
    named.write_bytes(b"x" * 65)
    assert machine_id() == b""
