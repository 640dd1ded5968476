"""What the log of a command shows of what libraries log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.apps import logs
from pystatus.apps.levels import Levels
from pystatus.apps.logs import LIBRARY_SECONDS, MAX_LIBRARY_LINE, Libraries
from pystatus.apps.options import LogFormat

RUNTIME = Path(__file__).resolve().parents[2] / "requirements" / "runtime.txt"
LIBRARIES = sorted(
    {name.replace("-", "_") for name in re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", RUNTIME.read_text(), re.MULTILINE)}
    | {"asyncio", "concurrent", "dns", "PIL", "urllib3"}
)
"""Every package that runs in our processes, by the name that its loggers most likely begin with. What counts is that it
is not ours."""
SECRET = "Authorization: Bearer 0123456789abcdef"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Other tests log as before."""
    root, ours = logging.getLogger(), logging.getLogger("pystatus")
    before = (root.handlers[:], root.level, ours.level)
    yield
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


def fail_inside(library: str) -> None:
    """Log as a library does that has caught an error of its own."""
    try:
        raise ConnectionResetError("the peer sent " + SECRET + "\x1b[31m" + "x" * 5_000)
    except ConnectionResetError:
        logging.getLogger(f"{library}.inner").exception("Error handling %r", b"\x16\x03\x01" * 1_000)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_gets_a_line_and_no_traceback(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Levels("debug"), LogFormat.CONSOLE, as_json=False)
    logging.getLogger(library).debug("what it is about to do")
    logging.getLogger(f"{library}.inner").info("what it has done")
    for _ in range(50):
        fail_inside(library)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert f"ERROR   {library}.inner: Error handling " in lines[0]
    assert len(lines[0]) < MAX_LIBRARY_LINE + 100


def test_ours_are_shown_as_the_level_says(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Levels("debug"), LogFormat.CONSOLE, as_json=False)
    for _ in range(3):
        logging.getLogger("pystatus.net").debug("dialled")
    assert capsys.readouterr().err.count("dialled") == 3


def test_a_library_that_the_level_names_is_shown_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        logs.set_up(Levels.parse("info,asyncpg=debug"), LogFormat.CONSOLE, as_json=False)
        logging.getLogger("asyncpg.pool").debug("connecting")
        for _ in range(2):
            fail_inside("asyncpg")
        shown = capsys.readouterr().err
        assert "connecting" in shown
        assert shown.count("| ConnectionResetError") == 2
    finally:
        logs.set_levels(Levels(), Levels.parse("info,asyncpg=debug"))
    fail_inside("asyncpg")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_was_left_out_is_counted_in_the_next_line() -> None:
    time = [100.0]
    libraries = Libraries(lambda: time[0])

    def log(name: str) -> str | None:
        shown = libraries.shown(logging.makeLogRecord({"name": name, "levelno": logging.ERROR, "msg": "down"}))
        return None if shown is None else shown.getMessage()

    assert log("asyncpg.pool") == "down"
    assert [log("asyncpg.pool"), log("asyncpg.connection"), log("aiohttp.server")] == [None, None, "down"]
    time[0] += LIBRARY_SECONDS
    assert log("asyncpg") == "down (2 more lines of asyncpg before it)"
    time[0] += LIBRARY_SECONDS
    assert log("asyncpg") == "down"


async def test_a_mistake_of_ours_that_a_library_reports_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """asyncio is told of tasks that crash, and of call-backs."""
    logs.set_up(Levels(), LogFormat.CONSOLE, as_json=False)
    try:
        Levels.parse(None)  # type: ignore[arg-type]
    except AttributeError as error:
        asyncio.get_running_loop().call_exception_handler({"message": "a dialler has crashed", "exception": error})
    shown = capsys.readouterr().err
    assert "a dialler has crashed" in shown
    assert "| AttributeError: 'NoneType' object has no attribute 'split'" in shown


def test_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Levels(), LogFormat.JSON, as_json=False)
    fail_inside("aiohttp")
    record = json.loads(capsys.readouterr().err)
    assert (record["logger"], record["level"], "traceback" in record) == ("aiohttp.inner", "error", False)
    assert len(record["message"]) <= MAX_LIBRARY_LINE
