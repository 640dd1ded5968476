"""Small private files: whole or not there, made once, and readable by whoever has to read them."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from pystatus.storage.errors import StorageError
from pystatus.storage.files import explained_files, make_private, why_refused, why_unwritable, write_private

MAKERS = 16


def _refuse(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _names(directory: Path) -> list[str]:
    return [entry.name for entry in directory.iterdir()]


def test_a_file_that_is_written_replaces_the_old_one_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_private(file, b"the old contents, which are longer")
    write_private(file, b"the new ones")

    assert file.read_bytes() == b"the new ones"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert _names(tmp_path) == ["key"]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    write_private(file, b"the old contents")

    monkeypatch.setattr(os, "fsync", _refuse)
    with pytest.raises(OSError, match="No space"):
        write_private(file, b"the new ones")

    assert file.read_bytes() == b"the old contents"
    assert _names(tmp_path) == ["key"]


def test_of_many_who_make_a_file_at_once_one_wins_and_all_find_its_contents(tmp_path: Path) -> None:
    file = tmp_path / "not there yet" / "key"
    together = threading.Barrier(MAKERS)

    def make(number: int) -> bytes:
        together.wait()
        make_private(file, b"%d" % number * 1_000)
        return file.read_bytes()

    with ThreadPoolExecutor(MAKERS) as makers:
        found = set(makers.map(make, range(MAKERS)))

    assert len(found) == 1
    assert found == {file.read_bytes()}
    assert _names(file.parent) == ["key"]


def test_a_file_that_exists_is_not_made_again(tmp_path: Path) -> None:
    file = tmp_path / "key"
    make_private(file, b"the first")
    make_private(file, b"the second")
    assert file.read_bytes() == b"the first"


def test_a_file_that_could_not_be_made_is_made_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", _refuse)
        with pytest.raises(OSError, match="No space"):
            make_private(file, b"contents that are longer than those of the second attempt")
    assert not file.exists()

    make_private(file, b"contents")
    assert file.read_bytes() == b"contents"
    assert _names(tmp_path) == ["key"]


def test_a_file_is_made_once_where_the_disk_has_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory card, or what another system shares."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    make_private(tmp_path / "key", b"the first")
    make_private(tmp_path / "key", b"the second")
    assert (tmp_path / "key").read_bytes() == b"the first"
    (tmp_path / "token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        make_private(tmp_path / "token", b"contents")
    assert sorted(_names(tmp_path)) == ["key", "token"]


def test_what_keeps_a_file_from_being_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        make_private(tmp_path / "key", b"contents")
    assert _names(tmp_path) == []


@pytest.mark.parametrize("write", [write_private, make_private])
def test_what_root_writes_into_the_directory_of_a_service_belongs_to_the_service(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ``sudo pystatus enode`` does when it comes before the service's own first start."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _descriptor, user, group: given.append((user, group)))

    write(tmp_path / "key", b"contents")

    directory = tmp_path.stat()
    assert given == [(directory.st_uid, directory.st_gid)]


def test_what_anybody_else_writes_is_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    monkeypatch.delattr(os, "fchown")  # nobody but root may give files away
    write_private(tmp_path / "key", b"contents")
    assert (tmp_path / "key").read_bytes() == b"contents"


def test_a_read_only_disk_is_a_sentence_with_what_to_do() -> None:
    with (
        pytest.raises(StorageError, match=r"^It cannot be stored: the disk is read-only\. Make it writable, or choose"),
        explained_files("It cannot be stored"),
    ):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_why_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "archive.db"
    assert why_unwritable(file) is None
    assert why_unwritable(tmp_path / "nowhere" / "archive.db") is None  # that is another problem
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert why_unwritable(file) == (
        f"is in a directory that this user may not write to. Change that for {tmp_path}, or choose another place"
    )
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert why_unwritable(file) == "is on a read-only disk. Make the disk writable, or choose another place"


@pytest.mark.parametrize("refusal", [errno.EROFS, errno.EOPNOTSUPP, errno.ENOSPC])
def test_a_disk_that_refuses_after_an_error_is_read_only_whatever_it_is_called(
    tmp_path: Path, refusal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "archive.db"
    assert why_refused(path) is None
    assert not list(tmp_path.iterdir())

    def refuse(*_: object) -> int:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(os, "open", refuse)
    told = why_refused(path)
    assert (told is not None and "has become read-only. Make" in told) is (refusal == errno.EROFS)
