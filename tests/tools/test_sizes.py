"""A source file that is too long is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.sizes import LONGEST_FILE, main


@pytest.mark.parametrize(("lines", "is_too_long"), [(LONGEST_FILE, False), (LONGEST_FILE + 1, True)])
def test_a_file_may_have_so_many_lines_and_no_more(
    lines: int, is_too_long: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "src" / "pystatus" / "relay" / "pool.py"
    file.parent.mkdir(parents=True)
    file.write_text("pass\n" * lines)
    assert main(["--check"], tmp_path) == int(is_too_long)
    said = capsys.readouterr().err
    assert ("src/pystatus/relay/pool.py has 401 lines; 400 is the most" in said) == is_too_long


def test_what_is_generated_may_be_longer(tmp_path: Path) -> None:
    file = tmp_path / "src" / "pystatus" / "wire" / "proto" / "payloads_pb2.py"
    file.parent.mkdir(parents=True)
    file.write_text("pass\n" * (LONGEST_FILE + 1))
    assert main(["--check"], tmp_path) == 0
