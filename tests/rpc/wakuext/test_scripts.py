"""Scripts that were written against status-go, run against daemons of pystatus: processes of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from pystatus import Account, PrivateKey, Profiles
from tests.apps.support import PASSWORD, Running
from tests.rpc.wakuext import scripts
from tests.rpc.wakuext.support import house, relay


class Daemons:
    """Processes, each with a profile of its own, on one relay."""

    def __init__(self, folder: Path, enode: str, stack: AsyncExitStack) -> None:
        self._folder = folder
        self._enode = enode
        self._stack = stack

    async def url(self, name: str, key: PrivateKey | None = None) -> str:
        """Where a new one answers, with its token in the path."""
        return await asyncio.to_thread(self._start, name, key or PrivateKey.generate(os.urandom))

    def _start(self, name: str, key: PrivateKey) -> str:
        folder = self._folder / name
        Profiles(folder).create(Account.from_private_key(key), PASSWORD, name)
        options = ("--json", "--port", "0", "--peer", self._enode, "--mailserver", self._enode)
        process = Running(folder, "daemon", name, *options, PYSTATUS_PASSWORD=PASSWORD)
        self._stack.enter_context(process)
        told = process.event("serving")
        return f"{told['url']}/{Path(told['token_file']).read_text().strip()}"


@pytest.fixture
async def daemons(tmp_path: Path) -> AsyncIterator[Daemons]:
    async with relay(tmp_path) as node, AsyncExitStack() as stack:
        yield Daemons(tmp_path, str(node.enode), stack)


async def test_two_people_talk_over_the_calls_of_status_go(daemons: Daemons) -> None:
    alice, bob = await daemons.url("alice"), await daemons.url("bob")
    await asyncio.to_thread(scripts.start, alice, bob)
    for script in scripts.SCRIPTS:
        await asyncio.to_thread(script, alice, bob)
    await asyncio.to_thread(scripts.start, alice, bob)  # where it runs already, it goes on


async def test_two_devices_of_one_person_are_paired_over_the_calls_of_status_go(tmp_path: Path) -> None:
    """In one process, as it is the same from here on."""
    key = PrivateKey.generate(os.urandom)
    async with house(tmp_path) as here:
        phone, desk = await here.url("phone", key), await here.url("desk", key)
        await asyncio.to_thread(scripts.start, phone, desk)
        await asyncio.to_thread(scripts.pairing, phone, desk)
