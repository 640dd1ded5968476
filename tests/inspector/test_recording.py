"""Captures as files, and what a disk may refuse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pystatus.errors import LocalError
from pystatus.inspector.recording import Recorder


def test_a_recording_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be written"):
        Recorder(tmp_path / "none" / "file")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Recorder(tmp_path / "file") as recorder:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, recorder._file.fileno())
        os.close(full)
        recorder.record(1.0, b"\xc0")
        with pytest.raises(LocalError, match=f"file cannot be written: {os.strerror(28)}"):
            recorder.flush()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, recorder._file.fileno())
        os.close(null)


def test_a_recording_has_a_largest_size(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with Recorder(file, limit=12 + 13 + 5) as recorder:
        recorder.record(1.0, b"\xc0")
        assert not recorder.is_full
        recorder.record(2.0, b"\xc0")
        assert recorder.is_full
        recorder.record(3.0, b"\xc0")
    assert file.stat().st_size == 25
