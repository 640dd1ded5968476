"""Locks on files: one holder, whom others can name, and whose end is the lock's end."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.storage import locks
from pystatus.storage.errors import InUse, ProfileInUse, StorageError
from pystatus.storage.locks import command, locked

WHAT, REMEDY = "The node key", "Stop that one first."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node.key.lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the lock."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom pystatus.storage.locks import locked\n"
        f"with locked(Path({str(path)!r}), 'It', 'Wait.'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()


@pytest.mark.parametrize("here", [None, "Close it here."])
def test_this_process_is_named_as_such_where_that_makes_a_difference(path: Path, here: str | None) -> None:
    with locked(path, WHAT, REMEDY), pytest.raises(InUse) as refusal, locked(path, WHAT, REMEDY, remedy_here=here):
        pass
    it = f"The node key is in use by process {os.getpid()} ({command()})"
    assert str(refusal.value) == (f"{it}. {REMEDY}" if here is None else f"{it}, which is this one. {here}")


def test_another_process_is_not_taken_for_this_one(path: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(InUse) as refusal, locked(path, WHAT, REMEDY, remedy_here="Close it here."):
        pass
    assert str(refusal.value) == f"The node key is in use by process {holder.pid} (-c). {REMEDY}"


def test_the_holder_is_named_with_what_to_do(path: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(InUse) as refusal, locked(path, WHAT, REMEDY):
        pass
    assert str(refusal.value) == f"The node key is in use by process {holder.pid} (-c). Stop that one first."
    with pytest.raises(ProfileInUse), locked(path, WHAT, REMEDY, error=ProfileInUse):
        pass


def test_the_end_of_a_process_is_the_end_of_its_lock(path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert json.loads(path.read_bytes())["pid"] == holder.pid
    with locked(path, WHAT, REMEDY):
        assert json.loads(path.read_bytes())["pid"] == os.getpid()
    assert path.read_bytes() == b""


def test_what_the_holder_starts_does_not_hold_it(path: Path) -> None:
    with locked(path, WHAT, REMEDY):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with locked(path, WHAT, REMEDY):
        pass
    child.communicate(b"")


def test_a_holder_that_fails_lets_go(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(path, WHAT, REMEDY):
        raise ZeroDivisionError
    with locked(path, WHAT, REMEDY):
        pass


@pytest.mark.parametrize(
    "written",
    [b"", b"\xff", b"[1]", b'{"pid": 1}', b'{"pid": "x", "command": "y", "host": "z"}', b"[" * 5_000],
)
def test_who_holds_it_may_be_unknown(path: Path, holder: subprocess.Popen[bytes], written: bytes) -> None:
    path.write_bytes(written)
    with pytest.raises(InUse, match="in use by another process"), locked(path, WHAT, REMEDY):
        pass


def test_a_process_that_is_gone_is_not_named(path: Path, holder: subprocess.Popen[bytes]) -> None:
    """Its successor has the lock, and has not yet said so."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, 1 << 80):
        path.write_text(json.dumps({"pid": pid, "command": "pystatus node", "host": socket.gethostname()}))
        with pytest.raises(InUse, match="in use by another process"), locked(path, WHAT, REMEDY):
            pass


def test_a_holder_on_another_machine_is_said_to_be_there(path: Path, holder: subprocess.Popen[bytes]) -> None:
    path.write_text(json.dumps({"pid": 1, "command": "pystatus " + "x" * 500, "host": "storage"}))
    with pytest.raises(InUse, match=r"process 1 on storage \(pystatus x{91}\)\."), locked(path, WHAT, REMEDY):
        pass


def test_a_full_disk_does_not_keep_anybody_from_locking(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", refuse)
    with locked(path, WHAT, REMEDY), pytest.raises(InUse, match="another process"), locked(path, WHAT, REMEDY):
        pass


@pytest.mark.parametrize("refusal", [errno.EROFS, errno.EACCES])
def test_where_no_lock_file_can_be_made_the_file_itself_is_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    """A relay only reads its key, so it runs on a read-only disk."""
    key = path.with_name("node.key")
    key.write_bytes(b"key")

    def refuse(_: Path) -> int:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(locks, "open_private", refuse)
    with locked(path, WHAT, REMEDY, fallback=key):
        with pytest.raises(InUse, match=r"in use by another process\. Stop"), locked(path, WHAT, REMEDY, fallback=key):
            pass
        assert key.read_bytes() == b"key"
    with pytest.raises(StorageError, match="The node key cannot be locked"), locked(path, WHAT, REMEDY):
        pass


def test_a_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "node.key.lock"
    with pytest.raises(StorageError, match=r"there is no directory .*/missing\. Make it"), locked(path, WHAT, REMEDY):
        pass


def test_a_lock_file_that_cannot_be_written_is_locked_all_the_same(
    path: Path, holder: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is read-only to us alone: a part of another one that is mounted so."""

    def refuse(_: Path) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(locks, "open_private", refuse)
    with (
        pytest.raises(InUse, match=rf"process {holder.pid} \("),
        locked(path, WHAT, REMEDY, fallback=path.parent / "key"),
    ):
        pass
    holder.kill()
    holder.wait()
    with locked(path, WHAT, REMEDY, fallback=path.parent / "key"):
        assert json.loads(path.read_bytes())["pid"] == holder.pid


def test_a_disk_without_locks_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StorageError, match="cannot be locked: No locks available"), locked(path, WHAT, REMEDY):
        pass


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["/usr/bin/pystatus", "mailserver", "--listen", "127.0.0.1:0"], "pystatus mailserver"),
        (["/src/pystatus/__main__.py", "dns-list"], "pystatus dns-list"),
        (["pystatus", "--version"], "pystatus"),
        (["bot.py", "a secret"], "bot.py"),
        (["/opt/pystatus", "0123"], "pystatus"),
        ([""], ""),
    ],
)
def test_a_command_is_named_without_what_it_was_given(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], shown: str
) -> None:
    """Arguments may be a message."""
    monkeypatch.setattr(sys, "argv", arguments)
    assert command() == shown
