"""What became of those who were attacked."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from typing import Any, Self

from pystatus.waku.envelope import Envelope
from tests.support.people import Person


def contents(person: Person) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the person's database."""
    execute = person.database.connection.execute
    tables = [name for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def steps(person: Person, action: Callable[[], object]) -> int:
    """How many hundred steps of the database's virtual machine ``action`` takes: its work, whatever else the machine
    does at that time."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    person.database.connection.set_progress_handler(step, 100)
    try:
        action()
    finally:
        person.database.connection.set_progress_handler(None, 0)
    return count


def feed(person: Person, envelopes: Iterable[Envelope], *, archived: bool = False, batch: int = 200) -> None:
    """Hand envelopes to a messenger as its client does: live or from a mailserver, so many in one transaction."""
    messenger, now = person.messenger, person.network.now
    receive = messenger.receive_from_history if archived else messenger.receiver.receive
    waiting = iter(envelopes)
    while part := list(islice(waiting, batch)):
        person.do_all([partial(receive, envelope, now) for envelope in part])


def count(person: Person, table: str) -> int:
    """Rows of a table."""
    (rows,) = person.database.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert isinstance(rows, int)
    return rows


class Memory:
    """Bytes that Python takes for what happens while this is entered::

    with Memory() as memory:
        relay.receive_packet(peer, code, body, now)
    assert memory.peak < 1_000_000
    """

    peak: int
    """The most at any time."""
    held: int
    """What was not given back in the end."""

    def __enter__(self) -> Self:
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.held, self.peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
