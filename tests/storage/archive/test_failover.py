"""The PostgreSQL archive when its server can no longer be written, goes away, or gives its place to another one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from pystatus.mailserver.server.archive import ArchiveAway, ArchiveBusy, ArchiveError, ArchiveReadOnly
from pystatus.storage.archive import postgres as module
from pystatus.storage.archive import postgres_hosts
from pystatus.storage.archive.postgres import PostgresArchive
from pystatus.storage.archive.postgres_hosts import single_hosts, wants_another_server
from tests.mailserver.support import DAY
from tests.storage.archive.support import START, envelope, everything, hashes, read
from tests.support.postgres import PostgresServer

PATIENCE = 30.0


@pytest.fixture
async def server() -> AsyncIterator[PostgresServer]:
    """A server of the test's own."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
async def other(server: PostgresServer) -> AsyncIterator[PostgresServer]:
    """A standby of it."""
    other = PostgresServer(server)
    yield other
    other.close()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port of this machine where nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def both(server: PostgresServer, other: PostgresServer, database: str = "postgres") -> str:
    return f"postgresql://pystatus@/{database}?host={server.directory},{other.directory}"


async def until_read_only(archive: PostgresArchive, number: int) -> None:
    """A change of the settings, or the end of a server that was killed, reaches the sessions a moment later."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await archive.add([envelope(number)])
            except ArchiveReadOnly:
                return
            except ArchiveAway:
                continue


async def until_stored(archive: PostgresArchive, number: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await archive.add([envelope(number)])
            except ArchiveError:
                await asyncio.sleep(0.01)  # as the archiver does, which waits longer
            else:
                return


async def test_a_server_that_is_read_only_serves_history_and_is_written_again_later(server: PostgresServer) -> None:
    archive = await PostgresArchive.open(server.url())
    await archive.add([envelope(1)])
    await server.set_read_only(True)
    await until_read_only(archive, 2)
    assert len(read(await archive.page(everything()))) >= 1
    with pytest.raises(ArchiveReadOnly, match=r"is read-only\. If another server took its place, name both"):
        await archive.add([envelope(3)])
    with pytest.raises(ArchiveReadOnly):
        await archive.prune(START + 10 * DAY)
    await server.set_read_only(False)
    await until_stored(archive, 4)
    await archive.close()


async def test_after_a_failover_the_new_primary_is_written(server: PostgresServer, other: PostgresServer) -> None:
    """The old primary stays up, as a server that can only be read: its open connections look well."""
    archive = await PostgresArchive.open(both(server, other))
    await archive.add([envelope(1)])
    await asyncio.gather(*(archive.page(everything()) for _ in range(4)))  # each with a connection of its own
    await server.set_read_only(True)
    other.promote()
    await until_stored(archive, 2)
    # All that follows goes there as well, at once: none of the other connections is used any more.
    await asyncio.gather(*(archive.add([envelope(number)]) for number in range(10, 20)))
    for _ in range(10):  # whichever of them answers first
        connection = await postgres_hosts.connect(both(server, other))
        assert await connection.fetchval("SHOW transaction_read_only") == "off"
        await connection.close()
    alone = await PostgresArchive.open(other.url())
    assert {envelope(number).hash for number in (2, *range(10, 20))} <= await hashes(alone)
    await alone.close()
    await archive.close()


async def test_a_standby_serves_history_as_long_as_there_is_no_primary(
    server: PostgresServer, other: PostgresServer
) -> None:
    archive = await PostgresArchive.open(both(server, other))
    await archive.add([envelope(1)])
    async with asyncio.timeout(PATIENCE):
        copy = await asyncpg.connect(other.url())
        # The table comes to the standby first, and then what is in it.
        while await copy.fetchval("SELECT to_regclass('envelopes') IS NULL") or not await copy.fetchval(
            "SELECT count(*) FROM envelopes"
        ):
            await asyncio.sleep(0.01)
        await copy.close()
    server.kill()
    await until_read_only(archive, 2)
    assert envelope(1).hash in {one.hash for one in read(await archive.page(everything()))}
    other.promote()
    await until_stored(archive, 2)
    assert await hashes(archive) == {envelope(1).hash, envelope(2).hash}
    await archive.close()


async def test_a_url_may_insist_on_a_server_that_can_be_written(server: PostgresServer, other: PostgresServer) -> None:
    url = f"{both(server, other)}&target_session_attrs=read-write"
    archive = await PostgresArchive.open(url)
    await archive.add([envelope(1)])
    server.stop("immediate")
    for _ in range(2):  # what breaks the open connection, and then that there is no server to connect to
        with pytest.raises(ArchiveAway):
            await archive.page(everything())
    await archive.close()


async def test_a_server_that_never_answers_is_passed_over(
    server: PostgresServer, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    connect = asyncpg.connect

    async def through_the_socket(url: str, **options: object) -> object:
        tried.append(url)
        return await connect(server.url() if "good" in url else url, **options)

    monkeypatch.setattr(asyncpg, "connect", through_the_socket)
    async with asyncio.timeout(postgres_hosts.HOST_TIMEOUT):
        archive = await PostgresArchive.open(f"postgresql://pystatus@127.0.0.1:{silent},good/postgres")
        await archive.add([envelope(1)])
        await archive.close()
    assert f"postgresql://pystatus@127.0.0.1:{silent}/postgres" in tried


async def test_all_servers_and_their_reasons_are_named(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_hosts, "HOST_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
    url = f"postgresql://somebody:secret@127.0.0.1:{silent},127.0.0.1:{free}/postgres"
    with pytest.raises(ArchiveAway) as told:
        await PostgresArchive.open(url)
    assert f"127.0.0.1:{silent}: no answer in time; 127.0.0.1:{free}: " in str(told.value)
    assert "Connect" in str(told.value)
    assert "Errno" not in str(told.value)
    assert "secret" not in str(told.value)


async def test_a_pool_without_a_free_connection_is_busy_not_away(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await PostgresArchive.open(server.url())
    monkeypatch.setattr(module, "CONNECT_TIMEOUT", 0.05)
    async with asyncio.timeout(PATIENCE):
        held = [archive._connection() for _ in range(module.CONNECTIONS)]
        monkeypatch.setattr(module, "CONNECT_TIMEOUT", 5.0)
        for one in held:
            await one.__aenter__()
        monkeypatch.setattr(module, "CONNECT_TIMEOUT", 0.05)
        with pytest.raises(ArchiveBusy, match="too busy"):
            await archive.page(everything())
        for one in held:
            await one.__aexit__(None, None, None)
    monkeypatch.setattr(module, "CONNECT_TIMEOUT", 5.0)
    assert (await archive.page(everything())).envelopes == []
    await archive.close()


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CrashShutdownError("terminating connection because of crash of another server process"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.SerializationError("canceling statement due to conflict with recovery"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.ConnectionFailureError("no route"),
        asyncpg.PostgresConnectionError("any other of class 08"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_that_mean_not_this_server_any_more(error: Exception) -> None:
    assert wants_another_server(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DiskFullError("could not extend file"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.CheckViolationError("no partition"),
        asyncpg.LockNotAvailableError("lock timeout"),
        asyncpg.InsufficientPrivilegeError("not the owner"),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_that_the_next_server_would_give_as_well(error: Exception) -> None:
    assert not wants_another_server(error)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@a/db", ["postgresql://u:p@a/db"]),
        ("postgresql://u:p@a,b:5433/db?x=1", ["postgresql://u:p@a/db?x=1", "postgresql://u:p@b:5433/db?x=1"]),
        ("postgresql://[::1]:1,[::2]/db", ["postgresql://[::1]:1/db", "postgresql://[::2]/db"]),
        ("postgresql://u@/db?host=/r/a,/r/b", ["postgresql://u@/db?host=/r/a", "postgresql://u@/db?host=/r/b"]),
        ("postgresql:///db?host=a,b&port=1,2", ["postgresql:///db?host=a&port=1", "postgresql:///db?host=b&port=2"]),
        ("postgresql:///db?host=a,b&port=1", ["postgresql:///db?host=a&port=1", "postgresql:///db?host=b&port=1"]),
        ("postgresql:///db", ["postgresql:///db"]),
        ("nonsense", ["nonsense"]),
    ],
)
def test_the_servers_of_a_url(url: str, expected: list[str]) -> None:
    assert single_hosts(url) == expected
