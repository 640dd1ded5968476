"""The file with the own record."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus.devp2p.local_record import LocalRecord
from pystatus.errors import LocalError
from pystatus.storage.node_record import MAX_FILE_SIZE, RecordFile
from tests.devp2p.support import ALICE


def test_it_is_kept_as_text(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "made" / "node.enr")
    assert file.load() is None
    record = LocalRecord(ALICE, file, 7).set({b"tcp": 1})
    assert file.path.read_text() == f"{record}\n"
    assert LocalRecord(ALICE, file, 7).record == record


@pytest.mark.parametrize("contents", [b"", b"enr:", b"enr:!", b"\xff\xfe", b"enr:" + b"A" * 1000])
def test_something_else_is_in_the_file(tmp_path: Path, contents: bytes) -> None:
    file = RecordFile(tmp_path / "node.enr")
    file.path.write_bytes(contents)
    assert LocalRecord(ALICE, file, 1_800_000_000).record.seq == 1_800_000_000


def test_it_cannot_be_read_or_written(tmp_path: Path) -> None:
    file = RecordFile(tmp_path / "node.enr")
    file.path.write_bytes(bytes(MAX_FILE_SIZE + 1))
    with pytest.raises(LocalError, match="cannot be read"):
        file.load()
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match="cannot be stored"):
        RecordFile(tmp_path / "file" / "node.enr").save(b"")
