"""The sorts of things that are found in the source."""

from __future__ import annotations

from typing import Final, NamedTuple

SORTS: Final = {
    "table": "table",
    "container": "container",
    "cache": "cache",
    "queue": "queue",
    "waiters": "lock or future",
    "timer": "timer",
    "task": "task or thread",
    "log": "log line",
    "label": "label of a metric",
    "answer": "place where something is sent",
    "file": "file that is written",
}
"""Each sort, in words."""


class Thing(NamedTuple):
    """Something that can grow, or that is done again and again."""

    path: str
    """Of its file, below the package."""
    name: str
    """What it is called in the lists: ``Peer.queue``, ``Relay.__init__: call_later()``, ``chats``."""
    sort: str

    def __str__(self) -> str:
        return f"{self.path}: {self.name} ({SORTS[self.sort]})"
