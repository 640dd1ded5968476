"""Those who bring much wait for each other, and nobody else for more than one of them."""

from __future__ import annotations

import asyncio
from functools import partial

from pystatus.net.scheduler import Scheduler


async def test_one_goes_on_in_each_turn_of_the_event_loop() -> None:
    turns = Scheduler()
    said: list[str] = []

    def talk(name: str, times: int) -> None:
        said.append(name)
        if times > 1:
            turns.wait(partial(talk, name, times - 1))

    for name, times in (("a", 3), ("b", 1), ("c", 2)):
        turns.wait(partial(talk, name, times))
    heard = []
    for _ in range(7):
        await asyncio.sleep(0)
        heard.append("".join(said))
    assert heard == ["a", "ab", "abc", "abca", "abcac", "abcaca", "abcaca"]


async def test_whoever_fails_does_not_keep_the_others_waiting() -> None:
    turns = Scheduler()
    problems: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context["exception"]))
    done = asyncio.Event()
    failure = ValueError("wrong")

    def fail() -> None:
        raise failure

    turns.wait(fail)
    turns.wait(done.set)
    await done.wait()
    assert problems == [failure]
