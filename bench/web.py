"""The page of ``pystatus web`` in a real Chromium, with a profile of 100,000 messages: what somebody waits for."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.harness import Measurement
from bench.profile import fill_opened
from bench.support.conversations import Conversations
from pystatus.account.account import Account
from pystatus.payloads.chats import ChatKind
from pystatus.storage.changeover import DATABASE
from pystatus.storage.database import Database
from pystatus.storage.profiles import Profiles
from pystatus.storage.sealing import database_key
from tools import web_tests
from tools.web import MANIFEST, STATIC
from tools.webpage.weight import weigh

MESSAGES = int(os.environ.get("PYSTATUS_WEB_MESSAGES", 100_000))
"""In the profile. Fewer make a quicker run, whose figures are others."""
CHATS = 200


def large_profile(directory: Path, password: str) -> None:
    """A profile of 100,000 messages in 200 chats."""
    made = Conversations.of(CHATS)
    chats = [one for one in made.chats if one.kind is not ChatKind.PRIVATE_GROUP]  # which have more than messages
    conversations = replace(made, chats=chats)
    profile = Profiles(directory).create(Account.from_private_key(conversations.identity), password, "alice")
    with contextlib.closing(Database.open(profile.directory / DATABASE, database_key(profile, password))) as database:
        fill_opened(database, conversations, MESSAGES)


def measure() -> Iterator[Measurement]:
    first, everything = weigh(STATIC, MANIFEST)
    yield Measurement("web.assets_gzip", round(first / 1_024, 1), "KiB", f"first load; all: {everything / 1_024:.1f}")
    program = web_tests.browser(os.environ)
    if program is None or not web_tests.install():
        print(f"The page itself is not measured. {web_tests.NO_BROWSER}", file=sys.stderr)
        return
    sys.path.insert(0, str(web_tests.PACKAGES))
    with tempfile.TemporaryDirectory() as directory:
        in_browser = importlib.import_module("e2e.measuring")  # it needs what was just installed
        note = f"{MESSAGES:,} messages"
        yield from asyncio.run(in_browser.measure(program, Path(directory), note, large_profile))
