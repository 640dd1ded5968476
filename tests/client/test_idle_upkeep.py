"""The upkeep of a database has its turn when nobody else needs one."""

from __future__ import annotations

import itertools
import os

from pystatus.client.idle_upkeep import EVERY, FIRST, PAUSE
from pystatus.messenger.installation import VOUCHED_TIME
from pystatus.messenger.records import SEEN_RETENTION
from pystatus.storage.upkeep import ROWS
from pystatus.testing import Network, run


def test_a_client_that_is_idle_removes_what_nobody_needs() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        session = alice.client._access.session
        store, begun = session.store, network.clock.now()
        taken: list[float] = []
        step = store.tidy

        def noted(now: float) -> int | None:
            taken.append(network.clock.now())
            return step(now)

        store.tidy = noted  # type: ignore[method-assign]
        with store.transaction():
            store.save_setting(VOUCHED_TIME, int(begun + FIRST))
            for _ in range(3 * ROWS):
                store._execute(
                    "INSERT INTO sent_envelopes VALUES (?, x'', ?)", (os.urandom(32), int(begun) - SEEN_RETENTION - 10)
                )
        await network.wait(FIRST - 60)
        assert taken == [], "what is waiting for a client comes first"
        await network.wait(120)
        assert len(taken) >= 4
        assert all(later - earlier >= PAUSE for earlier, later in itertools.pairwise(taken))
        assert store._execute("SELECT count(*) FROM sent_envelopes").fetchone() == (0,)
        done = len(taken)
        await network.wait(EVERY - 300)
        assert len(taken) == done
        await network.wait(600)
        assert len(taken) > done
        assert taken[done] - begun >= EVERY

    run(story)


def test_a_client_that_is_busy_goes_on_first() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        session = alice.client._access.session
        taken: list[bool] = []
        session.store.tidy = lambda now: taken.append(True)  # type: ignore[method-assign]
        await alice.client.join("news")
        await network.wait(FIRST - 1)
        session.inputs._waiting.append(session.inputs._waiting)  # type: ignore[arg-type] # something that waits
        assert not session.inputs.is_idle
        session._upkeep._work()
        assert taken == []
        session.inputs._waiting.clear()
        await network.wait(10)
        assert taken

    run(story)


def test_a_client_that_is_closed_leaves_its_database_alone() -> None:
    async def story(network: Network) -> None:
        async with network.client("alice") as client:
            session = client._access.session
        assert session._upkeep._timer is not None
        assert session._upkeep._timer.cancelled()
        await network.wait(2 * FIRST)

    run(story)
