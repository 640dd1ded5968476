"""The file with what an archive could not take before its mailserver stopped."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.storage.archive import backlog_file as module
from pystatus.storage.archive.backlog_file import BacklogFile
from pystatus.storage.errors import StorageError


@pytest.fixture
def file(tmp_path: Path) -> BacklogFile:
    return BacklogFile(tmp_path / "data" / "archive.db.waiting")


def test_what_is_written_is_read_in_its_order_by_its_owner_alone(file: BacklogFile) -> None:
    envelopes = [os.urandom(size) for size in (1, 300, 70_000)]
    assert file.read() == []
    assert file.write(iter(envelopes)) == 3
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert file.read() == envelopes
    assert file.write(envelopes[:1]) == 1
    assert file.read() == envelopes[:1]
    assert os.listdir(file.path.parent) == [file.path.name]  # noqa: PTH208
    file.remove()
    file.remove()
    assert file.read() == []


def test_it_is_bounded_by_count_and_by_bytes(file: BacklogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENVELOPES", 5)
    assert file.write([b"x" * 10] * 9) == 5
    monkeypatch.setattr(module, "MAX_BYTES", 3 * (4 + 10) + 13)
    assert file.write([b"x" * 10] * 9) == 3
    assert file.read() == [b"x" * 10] * 3


def test_a_file_of_somebody_else_is_read_within_the_bounds(file: BacklogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write([b"x" * 10] * 9)
    monkeypatch.setattr(module, "MAX_ENVELOPES", 5)
    assert len(file.read()) == 5
    monkeypatch.setattr(module, "MAX_BYTES", 2 * (4 + 10))
    assert len(file.read()) == 2
    monkeypatch.setattr(module, "MAX_RECORD", 9)
    assert file.read() == []


@pytest.mark.parametrize("damage", [b"", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x05abcd", b"\x00"])
def test_what_follows_a_damage_is_left_out(file: BacklogFile, damage: bytes) -> None:
    file.write([b"good"])
    with file.path.open("ab") as opened:
        opened.write(damage)
    assert file.read() == [b"good"]


def test_another_file_a_link_and_a_pipe_are_refused(file: BacklogFile, tmp_path: Path) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(b"a letter")
    with pytest.raises(StorageError, match="cannot be read: it is another file"):
        file.read()
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(StorageError):
        file.read()
    file.path.unlink()
    file.path.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_bytes(b"a letter")
    with pytest.raises(StorageError):
        file.read()
    (file.path.parent / f".{file.path.name}.new").symlink_to(tmp_path / "elsewhere")
    file.write([b"good"])
    assert (tmp_path / "elsewhere").read_bytes() == b"a letter"
    assert file.read() == [b"good"]


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may have more than 1,000 bytes, which the system says as it says that a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_on_a_full_disk_it_holds_what_there_is_room_for(file: BacklogFile, small_disk: None) -> None:
    envelopes = [bytes([number]) * 300 for number in range(9)]
    assert file.write(envelopes) == 3
    assert file.read() == envelopes[:3]


def test_on_a_full_disk_what_was_there_stays(file: BacklogFile, small_disk: None) -> None:
    file.write([b"good"])
    with pytest.raises(StorageError, match=r"cannot be kept in .*: No space left"):
        file.write([bytes(2_000)])
    assert file.read() == [b"good"]
    assert os.listdir(file.path.parent) == [file.path.name]  # noqa: PTH208
