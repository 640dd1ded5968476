"""What a push notification server stores in SQLite, and what gives way when strangers fill it."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from pystatus.push.server import limits
from pystatus.push.server.registrations import RegistrationsError, Row, Stored
from pystatus.storage import push_registrations
from pystatus.storage.push_registrations import SqliteRegistrations

NOW = 1_600_000_000.0
LATER = NOW + limits.NEW_SECONDS


def owner(number: int) -> bytes:
    return number.to_bytes(64, "big")


def row(number: int, *, device: str = "phone", version: int = 1) -> Row:
    return Row(owner(number), device, version, b"registration")


@asynccontextmanager
async def opened(path: Path, most: int = 1_000, seed: int = 1) -> AsyncIterator[SqliteRegistrations]:
    registrations = await SqliteRegistrations.open(path / "push.sqlite", Random(seed).randbytes, most)
    try:
        yield registrations
    finally:
        await registrations.close()


async def owners(registrations: SqliteRegistrations) -> set[int]:
    return {int.from_bytes(key_hash, "big") async for key_hash in registrations.key_hashes()}


async def test_a_newer_version_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as registrations:
        assert await registrations.store(row(1, version=5), NOW) is Stored.STORED
        for version in (4, 5):
            assert await registrations.store(row(1, version=version), NOW) is Stored.OLDER
        assert await registrations.store(row(1, version=2**63 - 1), NOW) is Stored.STORED
        assert await registrations.version(owner(1), "phone") == 2**63 - 1
        assert await registrations.version(owner(1), "pad") == 0


async def test_it_is_all_there_after_a_restart(tmp_path: Path) -> None:
    unregistered = replace(row(2), registration=None)
    async with opened(tmp_path) as registrations:
        await asyncio.gather(*(registrations.store(one, NOW) for one in (row(1), unregistered, row(3))))
        await registrations.answered(b"a", NOW)
    async with opened(tmp_path) as registrations:
        assert await owners(registrations) == {1, 3}
        assert list(await registrations.of_keys([owner(1), owner(2)])) == [row(1)]
        assert await registrations.find(owner(1), "phone") == b"registration"
        assert await registrations.find(owner(2), "phone") is None
        assert await registrations.version(owner(2), "phone") == 1
        assert await registrations.is_answered(b"a")
        assert not await registrations.is_answered(b"b")


async def test_of_one_key_the_device_stored_longest_ago_gives_way(tmp_path: Path) -> None:
    async with opened(tmp_path) as registrations:
        await registrations.store(row(2), NOW)
        for number in range(limits.MAX_DEVICES):
            await registrations.store(row(1, device=f"d{number}"), NOW)
        await registrations.store(row(1, device="d0", version=2), NOW)  # it is the one stored last now
        await registrations.store(row(1, device="one more"), NOW)

        found = [one.installation_id for one in await registrations.of_keys([owner(1)])]
        assert found == ["one more", "d0", *(f"d{number}" for number in reversed(range(2, limits.MAX_DEVICES)))]
        assert await registrations.find(owner(2), "phone") is not None


async def test_a_million_devices_displace_only_each_other(tmp_path: Path) -> None:
    """Who was here for a week stays, whoever comes."""
    async with opened(tmp_path, most=50) as registrations:
        for number in range(30):
            await registrations.store(row(number), NOW)
        flood = [registrations.store(row(1_000 + number), LATER) for number in range(500)]
        assert set(await asyncio.gather(*flood)) == {Stored.STORED}

        left = await owners(registrations)
        assert set(range(30)) <= left
        assert len(left) == 50
        assert await registrations.store(row(1_000_000), LATER) is Stored.STORED


async def test_nobody_can_tell_which_new_one_gives_way(tmp_path: Path) -> None:
    """The same devices come in the same order: who is left differs with the lots."""
    left = []
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        async with opened(tmp_path / str(seed), most=20, seed=seed) as registrations:
            for number in range(60):
                await registrations.store(row(number), NOW)
            left.append(await owners(registrations))
    assert left[0] != left[1]
    assert left[0] & set(range(40))  # not simply the last ones that came
    assert left[1] & set(range(40))


async def test_where_nobody_may_give_way_there_is_no_room(tmp_path: Path) -> None:
    async with opened(tmp_path, most=3) as registrations:
        for number in range(3):
            await registrations.store(row(number), NOW)
        assert await registrations.store(row(9), LATER) is Stored.FULL
        # Those who are here can go on.
        assert await registrations.store(row(1, version=2), LATER) is Stored.STORED
    async with opened(tmp_path, most=4) as registrations:
        assert await registrations.store(row(9), LATER) is Stored.STORED


async def test_a_device_that_registers_anew_is_not_new(tmp_path: Path) -> None:
    async with opened(tmp_path, most=2) as registrations:
        await registrations.store(row(1), NOW)
        await registrations.store(row(1, version=2), LATER)
        await registrations.store(row(2), LATER)
        for number in range(10, 20):
            await registrations.store(row(number), LATER)
        assert 1 in await owners(registrations)


async def test_ids_of_requests_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_registrations, "MAX_ANSWERED", 3)
    async with opened(tmp_path) as registrations:
        for number in range(5):
            await registrations.answered(bytes([number]), NOW)
        assert [await registrations.is_answered(bytes([number])) for number in range(5)] == [False] * 2 + [True] * 3


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as registrations:
        await registrations.store(row(1), NOW)
        for name in ("push.sqlite", "push.sqlite-wal"):
            assert stat.S_IMODE((tmp_path / name).lstat().st_mode) == 0o600


async def test_what_is_no_file_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "push.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE something (id)")
    other.close()
    with pytest.raises(RegistrationsError, match="none of a push server"):
        await SqliteRegistrations.open(path, Random(1).randbytes)

    path.write_bytes(b"no database at all, but a text of some length" * 100)
    with pytest.raises(RegistrationsError, match="damaged, or no database"):
        await SqliteRegistrations.open(path, Random(1).randbytes)


async def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    newer = sqlite3.connect(tmp_path / "push.sqlite")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(RegistrationsError, match="Update pystatus"):
        async with opened(tmp_path):
            pass


async def test_what_cannot_be_stored_is_said_to_each(tmp_path: Path) -> None:
    async with opened(tmp_path) as registrations:
        await registrations.store(row(1), NOW)
        locked = sqlite3.connect(tmp_path / "push.sqlite")
        locked.execute("DROP TABLE registrations")
        locked.close()
        failed = await asyncio.gather(
            *(registrations.store(row(number), NOW) for number in (2, 3)), return_exceptions=True
        )
        assert [type(one) for one in failed] == [RegistrationsError] * 2
