"""The port to an archive: what the server needs of it. :mod:`pystatus.storage.archive` has the adapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.errors import LocalError
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.cursor import Key
from pystatus.records import dataclass
from pystatus.waku.envelope import Envelope

MAX_BATCH = 1_000
"""Envelopes that are stored in one transaction."""
MAX_BATCH_SECONDS = 0.2
"""Seconds that an envelope waits for others to be stored with."""


class ArchiveError(LocalError):
    """The archive cannot do it now; what it has stored is untouched. The message is a sentence for the operator."""


class ArchiveFull(ArchiveError):
    """There is no room for more. What is stored can still be read."""


class ArchiveReadOnly(ArchiveError):
    """It takes nothing at present. What is stored can still be read."""


class ArchiveAway(ArchiveError):
    """It can be neither read nor written at present."""


class ArchiveBusy(ArchiveError):
    """A search takes too long. Unlike those of other errors, the message is meant for whoever asked."""


@dataclass(frozen=True, slots=True)
class ArchiveQuery:
    """A page to read, from the newest envelope to the oldest."""

    lower: int
    """Unix second, inclusive."""
    before: Key
    """Only what stands before this key."""
    limit: int
    """Envelopes at most."""
    max_bytes: int
    """Bytes of RLP at most; an envelope that is larger alone comes alone."""
    topics: frozenset[bytes] | None = None
    """Only these, or all."""
    bloom: bytes | None = None
    """Without topics: only those whose bloom is within these 64 bytes (the assigned form, waku.md D9)."""


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a query."""

    envelopes: Sequence[bytes]
    """In RLP, newest first."""
    more: bool
    """Whether there is more behind the last one."""


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """How full an archive is."""

    envelopes: int
    """Roughly, where counting would take long."""
    bytes: int
    """On disk."""
    oldest: int | None
    """Unix second of the first envelope."""
    newest: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the ledger, as an archive keeps it."""

    keeper: bytes
    """Node id of the mailserver whose entry it is, 64 bytes: several may fill one archive."""
    entry: CoverageEntry
    """Of all topics together."""


class Archive(Protocol):
    """Stores envelopes and finds them again. All methods may be called at the same time."""

    async def add(self, envelopes: Sequence[Envelope]) -> int:
        """Store up to :data:`MAX_BATCH` envelopes in one transaction, and say how many of them were new.

        :raises ArchiveFull: no room; nothing was stored.
        :raises ArchiveError: nothing was stored, as far as one can tell. Adding the same again is harmless.

        Implements: WM-2, WM-3
        """
        ...

    async def page(self, query: ArchiveQuery) -> Page:
        """Read a page.

        :raises ArchiveError: it cannot be read, or takes too long.

        Implements: WU-28
        """
        ...

    async def ledger(self) -> Sequence[Kept]:
        """All entries that :meth:`keep` was given, of all keepers.

        :raises ArchiveError: it cannot be read.
        """
        ...

    async def removed_before(self) -> int:
        """The Unix second before which envelopes gave way to the archive's set size: nothing of that time can be said
        to be here. 0: none did.

        :raises ArchiveError: it cannot be read.
        """
        ...

    async def keep(self, keeper: bytes, entries: Sequence[CoverageEntry]) -> None:
        """Store entries of the ledger of one mailserver, each in place of its former one of the same server and day,
        durably after every envelope that was added before. One that covers nothing is removed.

        :param keeper: its node id, 64 bytes.
        :raises ArchiveError: nothing was stored.
        """
        ...

    async def prune(self, before: int, after: int | None = None) -> int:
        """Remove what was sent before Unix second ``before``, what claims to be sent at ``after`` or later and, the
        oldest first, what is beyond the archive's set size; give room back. Says how many envelopes went, roughly where
        counting would take long.

        :raises ArchiveError: it cannot be done now.
        """
        ...

    async def vouched_time(self) -> int | None:
        """The Unix second that :meth:`keep_vouched_time` was given last, or ``None``: see
        :class:`pystatus.vouched_time.VouchedTime`.

        :raises ArchiveError: it cannot be read.
        """
        ...

    async def keep_vouched_time(self, second: int) -> None:
        """Store it.

        :raises ArchiveError: nothing was stored.
        """
        ...

    async def state(self) -> ArchiveState:
        """
        :raises ArchiveError: it cannot be read.
        """
        ...

    async def close(self) -> None:
        """Finish what is being done, and let go of it."""
        ...
