"""Deleting many messages at once, without much work for the words of each in the index of the search.

The index takes the words of a deleted message out of all places where they stand, so that nothing is left of what a
user deletes. That is 60 ms for the longest text, two hundred times what it took to put it in: too much for what
strangers send so that others of theirs give way, and for a chat that somebody has filled. Of such messages the index
notes that they are gone, which takes 1 ms, and their words leave it when its parts are merged; until then it has up to
three times the size of what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MAX_THOROUGH_BYTES = 128 << 10
"""Bytes of texts that are taken out of the index at once with all their words, about two seconds if each of them has
the longest ones. Ours."""

_SET = "INSERT INTO message_index (message_index, rank) VALUES ('secure-delete', ?)"


@contextmanager
def quick_unindexing(execute: Callable[..., Any]) -> Iterator[None]:
    """Within a transaction: messages that are deleted in the block leave words in the index for a while. For those that
    give way to others.

    :param execute: of the connection.
    """
    execute(_SET, (0,))
    try:
        yield
    finally:
        execute(_SET, (1,))


def merge_index(execute: Callable[..., Any]) -> None:
    """Within a transaction: nothing is left in the index of messages that are gone. A second for 30 MB of it."""
    execute("INSERT INTO message_index (message_index) VALUES ('optimize')")
