"""Whatever ends the demo, no process and no file of it is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pystatus import LocalError
from pystatus.apps.demo import stage
from pystatus.apps.demo.stage import Child, Stage
from tests.support.environment import clean_environment

PATIENCE = 60.0
"""Seconds until a test that hangs is ended."""

PLAY = """
import asyncio, sys
from pystatus.apps.terminal.signals import run_until_signal
from pystatus.apps.demo.stage import Stage

async def main():
    async with Stage() as stage:
        print(stage.relay.process.pid, stage.echo.process.pid, flush=True)
        if "crash" in sys.argv:
            raise RuntimeError("crash")
        if "end" not in sys.argv:
            await asyncio.Event().wait()

run_until_signal(main())
"""


def left_in(directory: Path) -> list[Path]:
    """What is in it."""
    return list(directory.iterdir())


def start(directory: Path, *arguments: str) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A process that sets the stage below ``directory``, and the processes of the demo."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PLAY, *arguments],
        env=clean_environment(TMPDIR=str(directory)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout as lines:
        children = [psutil.Process(int(pid)) for pid in lines.readline().split()]
    assert len(children) == 2
    return parent, children


def ended(processes: list[psutil.Process]) -> bool:
    """Whether all have ended, or do. Where nobody collects orphans they stay zombies: that is an end too."""

    def alive(process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    waited = 0.0
    while any(alive(process) for process in processes) and waited < PATIENCE:
        psutil.wait_procs(processes, timeout=0.1)
        waited += 0.1
    return not any(alive(process) for process in processes)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    parent, children = start(tmp_path)
    assert left_in(tmp_path) != []
    parent.send_signal(number)
    code = parent.wait(PATIENCE)
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    assert ended(children)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("how", "code"), [("end", 0), ("crash", 1)])
def test_an_end_of_its_own(tmp_path: Path, how: str, code: int) -> None:
    parent, children = start(tmp_path, how)
    assert parent.wait(PATIENCE) == code
    assert ended(children)
    assert left_in(tmp_path) == []


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stage in this process has its files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


async def test_both_processes_end_well_and_the_command_lines_hold_no_password(directory: Path) -> None:
    async with Stage() as staged:
        children = [psutil.Process(child.process.pid) for child in (staged.relay, staged.echo)]
        for child in children:
            assert child.cmdline()[-2:] in (["-m", "pystatus.apps.demo.relay"], ["-m", "pystatus.apps.demo.echo"])
        assert staged.client.find_chat(staged.echo_key.hex).active
    assert staged.exit_codes == [0, 0]
    assert ended(children)
    assert left_in(directory) == []


async def test_a_process_that_does_not_start_is_a_sentence(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LocalError, match=r"The (relay|echo) process of the demo ended: it gave no reason\."):
        async with Stage():
            pass
    assert left_in(directory) == []


async def test_a_process_that_fails_says_why(directory: Path) -> None:
    child = await Child.start("no_such_module", directory)
    with pytest.raises(LocalError, match=r"No module named .*no_such_module"):
        await child.ready()
    assert await child.stop() == 1


async def test_a_process_that_is_not_ready_in_time_is_a_sentence_and_killed(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "START_SECONDS", 0.01)
    monkeypatch.setattr(stage, "STOP_SECONDS", 0.01)
    with pytest.raises(LocalError, match="was not ready within 0 seconds"):
        async with Stage():
            pass
    assert left_in(directory) == []


async def test_no_room_for_files_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(LocalError, match="The demo cannot make a directory for its files: No such file"):
        async with Stage():
            pass
