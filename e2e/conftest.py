"""The browser, the stage, and pages that fail their test if anything goes wrong in them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

import tests.support.cheap_keys
import tests.support.files_in_memory  # noqa: F401 - for their effects
from e2e.browsing import SWITCHES
from e2e.scenes import CAMERA_SHOWS, PATIENCE, Scene, make_profiles, staged
from e2e.stage import Stage, stage
from e2e.watching import Watch
from pystatus.account.key_encoding import encode
from pystatus.links.qr_code import QrCode
from tests.support.longest_first import pytest_collection_modifyitems  # noqa: F401 - a hook

expect.set_options(timeout=PATIENCE * 1_000)
SIZE = {"width": 1_280, "height": 800}
NARROW = {"width": 390, "height": 844}


def filmed(text: str, width: int = 320, height: int = 240) -> bytes:
    """A film of one picture: a QR code, as YUV4MPEG2, which Chromium shows in place of what a camera sees."""
    code = QrCode(text).modules()
    scale = (height - 40) // len(code)
    light = [bytearray(b"\xeb" * width) for _ in range(height)]
    for y, row in enumerate(code):
        for x, is_dark in enumerate(row):
            if is_dark:
                for line in light[20 + y * scale : 20 + (y + 1) * scale]:
                    line[60 + x * scale : 60 + (x + 1) * scale] = b"\x10" * scale
    colour = b"\x80" * (width * height // 2)
    return b"YUV4MPEG2 W%d H%d F5:1 Ip A1:1 C420jpeg\nFRAME\n" % (width, height) + b"".join(light) + colour


@pytest.fixture(scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """One Chromium for all tests."""
    home = str(tmp_path_factory.mktemp("home"))
    film = tmp_path_factory.mktemp("camera") / "code.y4m"
    film.write_bytes(filmed(f"https://join.status.im/u/{encode(CAMERA_SHOWS.public_key)}"))
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=os.environ["PYSTATUS_CHROMIUM"],
            args=[*SWITCHES, f"--use-file-for-fake-video-capture={film}"],
            env=environment,
        )
        yield launched
        await launched.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser that has never seen the page: wide, light, in English, and without movement."""
    made = await browser.new_context(
        viewport=SIZE, locale="en-GB", color_scheme="light", reduced_motion="reduce", device_scale_factor=1
    )
    made.set_default_timeout(15_000)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A stage for all tests that do not mind what others have said: each uses a chat of its own."""
    async with stage(tmp_path_factory.mktemp("stage")) as built:
        yield built


@pytest.fixture
async def own_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage for one test, with no profile of Alice: for the first start."""
    async with stage(tmp_path, alice=False) as built:
        yield built


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Profiles that were made once."""
    directory = tmp_path_factory.mktemp("profiles")
    make_profiles(directory)
    return directory


@pytest.fixture
async def scene(tmp_path: Path, made: Path, browser: Browser) -> AsyncIterator[Scene]:
    """A network of one test, with people and windows as it needs them."""
    async with staged(tmp_path, made, browser) as one:
        yield one


@pytest.fixture
async def page(context: BrowserContext, shared: Stage) -> AsyncIterator[Page]:
    """The page with Alice's profile open in it."""
    await shared.open()
    async for one in opened(context, shared):
        yield one


@pytest.fixture
async def first_page(context: BrowserContext, own_stage: Stage) -> AsyncIterator[Page]:
    """The page where no profile is."""
    async for one in opened(context, own_stage):
        yield one


async def opened(context: BrowserContext, built: Stage) -> AsyncIterator[Page]:
    """The page of a stage in a new tab; at the end nothing may have gone wrong in it."""
    one = await context.new_page()
    watch = await Watch.on(one, built.url)
    one.watch = watch  # type: ignore[attr-defined]  # for tests that mean something to go wrong
    await one.goto(built.served.server.address())
    yield one
    faults = watch.faults
    await one.close()
    assert not faults, "\n".join(faults)
