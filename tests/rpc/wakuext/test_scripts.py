"""Scripts that were written against status-go, run against clients of pystatus."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pystatus import PrivateKey
from tests.rpc.wakuext import scripts
from tests.rpc.wakuext.support import house


async def test_two_people_talk_over_the_calls_of_status_go(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        alice, bob = await here.url("alice"), await here.url("bob")
        await asyncio.to_thread(scripts.start, alice, bob)
        for script in scripts.SCRIPTS:
            await asyncio.to_thread(script, alice, bob)
        await asyncio.to_thread(scripts.start, alice, bob)  # where it runs already, it goes on


async def test_two_devices_of_one_person_are_paired_over_the_calls_of_status_go(tmp_path: Path) -> None:
    key = PrivateKey.generate(os.urandom)
    async with house(tmp_path) as here:
        phone, desk = await here.url("phone", key), await here.url("desk", key)
        await asyncio.to_thread(scripts.start, phone, desk)
        await asyncio.to_thread(scripts.pairing, phone, desk)
