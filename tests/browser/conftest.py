"""One browser for all tests, and for each test a network of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.stage import PATIENCE, Stage, make_profiles, staged

expect.set_options(timeout=PATIENCE * 1_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests run in one event loop, as the browser belongs to it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Profiles that were made once."""
    directory = tmp_path_factory.mktemp("profiles")
    make_profiles(directory)
    yield directory


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium of the system."""
    path = os.environ.get("PYSTATUS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "There is no Chromium: apt-get install chromium fonts-noto-color-emoji"
    options = ["--disable-features=Translate", "--force-color-profile=srgb", "--use-fake-ui-for-media-stream"]
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path, made: Path, browser: Browser) -> AsyncIterator[Stage]:
    """A network of one test."""
    async with staged(tmp_path, made, browser) as one:
        yield one
