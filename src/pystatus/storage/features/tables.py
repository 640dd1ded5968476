"""The base of what a feature keeps in the profile database."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.messenger.features.feature import Feature
from pystatus.storage.memory import Memory


class FeatureTables:
    """Implements the port of one feature on an open database. Beginning and ending transactions is the caller's
    business."""

    NAME: ClassVar[str]
    """What the version of the schema is stored under; it never changes."""
    FEATURE: ClassVar[type[Feature[Any]]]
    """Whose they are."""
    TABLES: ClassVar[tuple[str, ...]]
    """The names of its tables; no other feature has one of them."""
    STEPS: ClassVar[tuple[str, ...]] = ()
    """SQL scripts that made these tables, each of a later version than the one before. One that was released stays as
    it is."""
    PEOPLE: ClassVar[Mapping[tuple[str, str], int | str]] = MappingProxyType({})
    """Of these tables, each that names people, with the column of compressed keys (33 bytes) that does: about how many
    bytes of the file a row takes, a number or SQL. Strangers share a budget for them, and their rows go when it is
    exceeded."""
    OF_MESSAGES: ClassVar[Mapping[tuple[str, str], str]] = MappingProxyType({})
    """Of these tables, each whose rows belong to messages, with the column of message ids, or ``number`` if it has the
    numbers of messages: SQL for about how many bytes of the file a row takes. They count with their message, and its
    budget; and they go with it, which a foreign key sees to."""

    def __init__(self, connection: sqlcipher.Connection, memory: Memory) -> None:
        """
        :param memory: what is remembered of the database.
        """
        self._execute = connection.execute
        self._executemany = connection.executemany
        self._memory = memory
