"""Standard streams of all sorts, beside what test_hardship tries with all commands."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pystatus.apps.cli.exits import Exit
from tests.apps.support import PATIENCE, Cli, process_environment


def start(cli: Cli, *arguments: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    """A command behind ``bash``, which does with its descriptors what ``shell`` says."""
    return subprocess.run(
        ["bash", "-c", f'"$@" {shell}', "bash", sys.executable, "-m", "pystatus", *arguments],
        env=process_environment(cli.data_dir),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("node", "--help"), ("config", "show", "--effective")]
)
def test_help_too_is_told_that_nobody_reads(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = start(cli, *arguments, shell="| true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) in ((Exit.NO_READER, ""), (Exit.DONE, ""))  # it was written before that
    full = start(cli, *arguments, shell=">/dev/full")
    assert (full.returncode, full.stderr) == (
        Exit.FAILED,
        "The output cannot be written: No space left on device.\n",
    )


def test_no_file_gets_the_number_of_a_standard_stream(cli: Cli) -> None:
    """What is written to standard error by its number would be in the middle of a database."""
    script = (
        "import os, sys\nfrom pystatus.apps.cli import streams\nstreams.set_up()\nprint(os.open('/', os.O_RDONLY) > 2)"
    )
    done = subprocess.run(
        ["bash", "-c", 'exec "$@" 0<&- 2>&-', "bash", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "True\n")


def test_a_pipe_that_refuses_to_wait_gets_all_of_it(cli: Cli) -> None:
    """As a parent process leaves it that reads from it without waiting."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    script = "import sys\nfrom pystatus.apps.cli import streams\nstreams.set_up()\nprint('x' * 1_000_000)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        said: list[bytes] = []

        def read() -> None:
            with os.fdopen(reading, "rb") as pipe:
                said.append(pipe.read())

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(PATIENCE)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    assert said == [b"x" * 1_000_000 + b"\n"]


@pytest.mark.parametrize("script", [(), ("--script",)])
def test_the_demo_says_that_its_output_is_lost(cli: Cli, script: tuple[str, ...]) -> None:
    full = start(cli, "demo", *script, shell=">/dev/full 0<&-")
    assert full.returncode == Exit.FAILED
    assert full.stderr.splitlines()[-1] == "The output cannot be written: No space left on device."
    assert "Traceback" not in full.stderr


def test_standard_input_that_is_only_for_writing_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    done = start(cli, "account", "import", "--key-file", "-", shell=f"0> {tmp_path / 'file'}")
    assert (done.returncode, done.stderr) == (Exit.FAILED, "Standard input cannot be read: Bad file descriptor.\n")
