"""What the log of a command shows of what libraries log."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from pystatus.log_texts import get_logger
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.logs.stderr_log import MAX_LIBRARY_LINE, MAX_LINE, LogFormat

RUNTIME = Path(__file__).resolve().parents[2] / "requirements" / "runtime.txt"
LIBRARIES = sorted(
    {name.replace("-", "_") for name in re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", RUNTIME.read_text(), re.MULTILINE)}
    | {"asyncio", "concurrent", "dns", "PIL", "urllib3"}
)
"""Every package that runs in our processes, by the name that its loggers most likely begin with. What counts is that it
is not ours."""
log = get_logger("pystatus.net")
SECRET = "Authorization: Bearer 0123456789abcdef"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Other tests log as before."""
    root, ours = logging.getLogger(), logging.getLogger("pystatus")
    before = (root.handlers[:], root.level, ours.level)
    yield
    for handler in set(root.handlers).difference(before[0]):
        handler.close()
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])


def fail_inside(library: str) -> None:
    """Log as a library does that has caught an error of its own."""
    try:
        raise ConnectionResetError("the peer sent " + SECRET + "\x1b[31m" + "x" * 5_000)
    except ConnectionResetError:
        logging.getLogger(f"{library}.inner").exception("Error handling %r", b"\x16\x03\x01" * 1_000)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_gets_a_line_and_no_traceback(
    library: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # All in one second: on a busy machine fifty of them take longer, and the next line says how many there were.
    monkeypatch.setattr(stderr_log, "time", SimpleNamespace(monotonic=lambda: 0.0))
    stderr_log.set_up(Levels("debug"), LogFormat.CONSOLE, as_json=False)
    logging.getLogger(library).debug("what it is about to do")
    logging.getLogger(f"{library}.inner").info("what it has done")
    for _ in range(50):
        fail_inside(library)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert f"ERROR   {library}.inner: Error handling " in lines[0]
    assert len(lines[0]) < MAX_LIBRARY_LINE + 100


def test_ours_are_shown_as_the_level_says(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels("debug"), LogFormat.CONSOLE, as_json=False)
    log.debug("dialled")
    log.debug("connected")
    shown = capsys.readouterr().err
    assert "dialled" in shown
    assert "connected" in shown


def test_what_is_repeated_is_one_line_and_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels("info"), LogFormat.CONSOLE, as_json=False)
    for number in range(313):
        log.info("connected: %d", number)
    assert capsys.readouterr().err.count("connected") == 1
    logging.getLogger().handlers[0].close()
    (last,) = capsys.readouterr().err.splitlines()
    assert re.search(r"INFO    pystatus\.net: connected: \d+ \(… 311 more like this in \d+ s\)$", last)


def test_what_is_repeated_is_written_soon_though_nothing_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels("info"), LogFormat.CONSOLE, as_json=False)
    for number in range(2):
        log.info("connected: %d", number)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, stderr_log._Handler)
    assert handler._timer is not None
    handler._timer.join()
    assert [line.rpartition("connected: ")[2] for line in capsys.readouterr().err.splitlines()] == ["0", "1"]


def test_a_module_that_the_level_names_at_debug_says_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    named = Levels.parse("info,pystatus.net=debug,pystatus.node=info")
    try:
        stderr_log.set_up(named, LogFormat.CONSOLE, as_json=False)
        for _ in range(3):
            get_logger("pystatus.net.manager").info("connected")
            get_logger("pystatus.node.node").info("ready")
        shown = capsys.readouterr().err
        assert (shown.count("connected"), shown.count("ready")) == (3, 1)
    finally:
        stderr_log.set_levels(Levels(), named)


@pytest.mark.parametrize("form", LogFormat)
def test_a_line_is_bounded_in_every_format(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels("info"), form, as_json=False)
    for piece in ("\N{GRINNING FACE}", "\x00", "\x1b[31m", '"', "\\", "\u202e", "\n", "\N{REPLACEMENT CHARACTER}"):
        get_logger(f"pystatus.{ord(piece[0]):x}").warning("%s, %s and %s", *[piece * 1_000_000] * 3)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 8
    assert max(map(len, lines)) < 12 * MAX_LINE + 200


def test_a_library_that_the_level_names_is_shown_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        stderr_log.set_up(Levels.parse("info,asyncpg=debug"), LogFormat.CONSOLE, as_json=False)
        logging.getLogger("asyncpg.pool").debug("connecting")
        for _ in range(2):
            fail_inside("asyncpg")
        shown = capsys.readouterr().err
        assert "connecting" in shown
        assert shown.count("| ConnectionResetError") == 2
    finally:
        stderr_log.set_levels(Levels(), Levels.parse("info,asyncpg=debug"))
    fail_inside("asyncpg")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_was_left_out_of_a_library_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels(), LogFormat.CONSOLE, as_json=False)
    for name in ("asyncpg.pool", "asyncpg.pool", "asyncpg.connection", "aiohttp.server"):
        logging.getLogger(name).error("down")
    assert [line.split()[3] for line in capsys.readouterr().err.splitlines()] == ["asyncpg.pool:", "aiohttp.server:"]
    logging.getLogger().handlers[0].close()
    assert "down (… 1 more like this in " in capsys.readouterr().err


async def test_a_mistake_of_ours_that_a_library_reports_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """asyncio is told of tasks that crash, and of call-backs."""
    stderr_log.set_up(Levels(), LogFormat.CONSOLE, as_json=False)
    try:
        Levels.parse(None)  # type: ignore[arg-type]
    except AttributeError as error:
        asyncio.get_running_loop().call_exception_handler({"message": "a dialler has crashed", "exception": error})
    shown = capsys.readouterr().err
    assert "a dialler has crashed" in shown
    assert "| AttributeError: 'NoneType' object has no attribute " in shown


def test_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels(), LogFormat.JSON, as_json=False)
    fail_inside("aiohttp")
    record = json.loads(capsys.readouterr().err)
    assert (record["logger"], record["level"], "traceback" in record) == ("aiohttp.inner", "error", False)
    assert len(record["message"]) <= MAX_LIBRARY_LINE


def test_to_people_who_chat_a_warning_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    stderr_log.set_up(Levels(), None, as_json=False, plain=True)
    logging.getLogger("pystatus.net.rendezvous_client").warning("nobody answers: %s", "Connection refused")
    logging.getLogger("pystatus.net.rendezvous_client").error("the disk is full")
    logging.getLogger("aiohttp.server").warning("down")
    first, second, third = capsys.readouterr().err.splitlines()
    assert first == "Warning: Nobody answers: Connection refused."
    assert second.endswith("ERROR   pystatus.net.rendezvous_client: the disk is full")
    assert third.endswith("WARNING aiohttp.server: down")
    stderr_log.set_up(Levels(), LogFormat.CONSOLE, as_json=False, plain=True)
    logging.getLogger("pystatus.net").warning("as it was asked for")
    assert capsys.readouterr().err.endswith("WARNING pystatus.net: as it was asked for\n")
