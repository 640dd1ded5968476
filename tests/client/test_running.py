"""A program runs until it is ended, and says in a sentence what went wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from pystatus import LocalError, run_bot
from tests.support.environment import clean_environment


async def nothing() -> None:
    """A program that is over at once."""


def test_a_program_that_is_over_returns() -> None:
    ran = []

    async def main() -> None:
        ran.append(asyncio.get_running_loop())

    run_bot(main)
    assert len(ran) == 1


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_a_program_breaks_it_off_where_it_waits_and_lets_it_tidy_up(end: signal.Signals) -> None:
    tidied = []

    async def main() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), end)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(end)

    run_bot(main)
    assert tidied == [end]


def test_an_error_of_ours_is_its_sentence_and_exit_code_1() -> None:
    program = (
        "from pystatus import LocalError, run_bot\n"
        "async def main():\n    raise LocalError('Give another one.')\n"
        "run_bot(main)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=clean_environment(), check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "Give another one.\n")


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
def test_what_is_no_error_of_ours_comes_out(error: type[BaseException]) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(error):
        run_bot(main)


async def test_where_an_event_loop_runs_it_says_what_to_write() -> None:
    with pytest.raises(LocalError, match=r"Write `await main\(\)` in place of run_bot"):
        run_bot(nothing)


def test_in_another_thread_no_signal_would_come() -> None:
    said = []

    def call() -> None:
        try:
            run_bot(nothing)
        except LocalError as error:
            said.append(str(error))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert "main thread" in said[0]


def test_the_function_is_given_and_not_called() -> None:
    called: Callable[[], object] = nothing
    with pytest.raises(TypeError, match=r"main of run_bot\(\) is to be a function.*leave out the \(\) behind its name"):
        run_bot(called())  # type: ignore[arg-type]
