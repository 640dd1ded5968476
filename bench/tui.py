"""The terminal client: what somebody waits for, and what it takes while nobody does anything."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from textual.events import Key

from bench.harness import Measurement
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.client import Client
from pystatus.storage.profiles import Profiles

PASSWORD = "benchmark"
SIZE = (120, 40)
"""Columns and rows: those of a large window."""
MESSAGES = 10_000
CHAT = "long"
JUMPS = 100
"""Frames that are measured while somebody pages through the chat."""
KEYS = "the quick brown fox jumps over the lazy dog "
IDLE_SECONDS = 10.0
"""How long nobody does anything; the cursor blinks."""
STARTS = 5
TEXT = "A message of some length, with *emphasis*, `code` and https://status.im/ in it, so that it is wrapped. "

START = f"""
import asyncio, sys
from pystatus.apps.terminal import loading
loading.begin()
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.face import Face
from pystatus.client import Client

async def end(pilot):
    while not pilot.app.screen.composer.has_focus:
        await asyncio.sleep(0.001)
    pilot.app.exit()

async def main():
    async with Client.open("bench", "{PASSWORD}", data_dir=sys.argv[1], state_dir=sys.argv[1]) as client:
        await ChatApp(Face(client)).run_async(headless=True, size={SIZE}, auto_pilot=end)

asyncio.run(main())
"""
"""A process that ends as soon as somebody could write."""
ATTACH = f"""
import asyncio, sys
from pathlib import Path
from pystatus.apps.terminal import loading
loading.begin()
from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.face import Face
from pystatus.faces.attach.attached import AttachedClient
from pystatus.storage.profiles import Profiles

async def end(pilot):
    while not pilot.app.screen.composer.has_focus:
        await asyncio.sleep(0.001)
    pilot.app.exit()

async def main():
    async with AttachedClient(Profiles(Path(sys.argv[1])).find("bench")) as client:
        await ChatApp(Face(client)).run_async(headless=True, size={SIZE}, auto_pilot=end)

asyncio.run(main())
"""
"""The same, attached to a process that has the profile open: :data:`HOLD`."""
HOLD = f"""
import asyncio, sys
from pystatus.faces.attach.holder import SharedClient

async def main():
    async with SharedClient.open("bench", "{PASSWORD}", data_dir=sys.argv[1], state_dir=sys.argv[1]):
        print("open", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
"""Has the profile open until its input ends."""
NOTHING = "import sys"
"""What Python takes by itself."""
DERIVE = f"""
import asyncio, sys
from pystatus.client import Client

async def main():
    async with Client.open("bench", "{PASSWORD}", data_dir=sys.argv[1], state_dir=sys.argv[1]):
        pass

asyncio.run(main())
"""
"""The same without a screen: what is between them is the screen, and what it imports."""


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def fill(client: Client) -> None:
    await client.join("short")
    await client.join(CHAT)
    for number in range(MESSAGES):
        await client.send_text(CHAT, f"{number} {TEXT * (1 + number % 3)}")


async def on_screen(client: Client) -> dict[str, float]:
    found: dict[str, float] = {}
    app = ChatApp(Face(client, wishes=Wishes()), start="short")
    async with app.run_test(size=SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        await pilot.pause()

        def draw() -> None:
            screen._compositor.reflow(screen, screen.size)
            screen._compositor.render_strips(screen.size)

        started = time.perf_counter()
        screen.change_chat(CHAT)
        draw()
        found["tui.open_10k"] = time.perf_counter() - started
        await pilot.pause()

        frames = []
        for jump in range(JUMPS):
            started = time.perf_counter()
            screen.action_scroll_messages(-1 if jump < JUMPS * 3 // 4 else 1)
            draw()
            frames.append(time.perf_counter() - started)
            await pilot.pause()
        found["tui.frame_ms"] = 1_000 * percentile(frames, 0.95)

        started = time.perf_counter()
        await pilot.resize_terminal(90, 30)
        draw()
        found["tui.resize_10k"] = time.perf_counter() - started
        await pilot.resize_terminal(*SIZE)

        screen.composer.focus()
        await pilot.pause()
        presses = []
        for letter in KEYS:
            before = len(screen.composer.text)
            started = time.perf_counter()
            app.post_message(Key("space" if letter == " " else letter, letter))
            while len(screen.composer.text) == before:  # noqa: ASYNC110 - nothing else says that it is there
                await asyncio.sleep(0)
            draw()
            presses.append(time.perf_counter() - started)
        found["tui.key_ms"] = 1_000 * percentile(presses, 0.95)

        process = psutil.Process()
        used = sum(process.cpu_times()[:2])
        await asyncio.sleep(IDLE_SECONDS)
        found["tui.idle"] = 100 * (sum(process.cpu_times()[:2]) - used) / IDLE_SECONDS
        found["tui.memory"] = process.memory_info().rss / (1 << 20)
    return found


def seconds(code: str, directory: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, directory], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def seconds_attached(directory: str) -> list[float]:
    """Of the whole process, without what Python takes to start."""
    command = [sys.executable, "-c", HOLD, directory]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        found = [seconds(ATTACH, directory) for _ in range(STARTS)]
        holder.stdin.close()
    return found


def measure() -> Iterator[Measurement]:
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    with tempfile.TemporaryDirectory() as directory:
        Profiles(Path(directory)).create_account("bench", PASSWORD)

        async def run() -> dict[str, float]:
            async with Client.open("bench", PASSWORD, data_dir=directory, state_dir=directory) as client:
                await fill(client)
                return await on_screen(client)

        found = asyncio.run(run())
        started = [seconds(START, directory) for _ in range(STARTS)]
        attached = seconds_attached(directory)
        python = [seconds(NOTHING, directory) for _ in range(STARTS)]
        bare = [seconds(DERIVE, directory) for _ in range(STARTS)]
    yield Measurement("tui.frame_ms", round(found["tui.frame_ms"], 1), "ms", "a page further, p95; 120 x 40")
    yield Measurement("tui.open_10k", round(found["tui.open_10k"], 3), "s", "to open a chat of 10,000 messages")
    yield Measurement("tui.resize_10k", round(found["tui.resize_10k"], 3), "s", "to draw it at another width")
    yield Measurement("tui.key_ms", round(found["tui.key_ms"], 1), "ms", "from a key to its letter, p95")
    prompt = statistics.median(started) - statistics.median(bare)
    yield Measurement("tui.start", round(prompt, 2), "s", "to a usable prompt, above a client without a screen")
    whole = statistics.median(attached) - statistics.median(python)
    yield Measurement("tui.start_attached", round(whole, 2), "s", "to a usable prompt, attached, above Python itself")
    yield Measurement(
        "tui.idle", round(found["tui.idle"], 2), "%", "of a core while nobody does anything, cursor blinking"
    )
    yield Measurement("tui.memory", round(found["tui.memory"], 1), "MiB", "with the chat open, the client included")
