"""What attacks on a whole client look at."""

from __future__ import annotations

from typing import Any

from tests.support.people import Person


def contents(person: Person) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the person's database."""
    execute = person.database.connection.execute
    tables = [name for (name,) in execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(execute(f"SELECT * FROM {name}"), key=repr) for name in tables}
