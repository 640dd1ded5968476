"""Copies envelopes into an archive. Doing it again, or from the middle, does no harm: what is known is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pystatus.mailserver.cursor import Key
from pystatus.mailserver.server.archive import Archive, Kept
from pystatus.mailserver.server.server import fits_a_packet
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from pystatus.records import dataclass
from pystatus.storage.archive.sources import FIRST, Source, decode
from pystatus.waku.envelope import Envelope

BATCH_BYTES = 8 << 20
"""Bytes that are stored in one transaction."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How far it is."""

    reached: Key
    """Everything that stands behind it, seen from the newest, is still to be copied."""
    read: int = 0
    new: int = 0
    """Envelopes that the target did not have."""
    unusable: int = 0
    """What is no envelope, or too large to be given to anybody."""


START = Copied(FIRST)
"""Nothing is copied yet."""


async def copy(source: Source, target: Archive, progress: Callable[[Copied], None], begin: Copied = START) -> Copied:
    """Copy what stands behind ``begin``, the state of an earlier attempt, and then what the source says of that time:
    of which seconds everything is there.

    :param progress: called after each batch, which is then stored.
    :raises ArchiveError: one of the two fails; what was reported is stored.
    """
    state = begin
    ledger = await source.ledger()  # before the envelopes: it may be in use
    async for reached, raws in source.batches(begin.reached):
        usable = [one for raw in raws if (one := decode(raw)) is not None and fits_a_packet(one)]
        new = 0
        for batch in _batches(usable):
            new += await target.add(batch)
        unusable = len(raws) - len(usable)
        state = Copied(reached, state.read + len(raws), state.new + new, state.unusable + unusable)
        progress(state)
    await _copy_ledger(ledger, target, TimeRanges([TimeRange(0, begin.reached.sent)]))
    return state


async def _copy_ledger(ledger: Sequence[Kept], target: Archive, copied: TimeRanges) -> None:
    known = {(one.keeper, one.entry.server, one.entry.day): one.entry.covered for one in await target.ledger()}
    for keeper in sorted({one.keeper for one in ledger}):
        entries = [
            replace(one, covered=(one.covered & copied) | known.get((keeper, one.server, one.day), NOTHING))
            for one in (kept.entry for kept in ledger if kept.keeper == keeper)
        ]
        await target.keep(keeper, entries)


def _batches(envelopes: list[Envelope]) -> list[list[Envelope]]:
    batches: list[list[Envelope]] = []
    size = BATCH_BYTES
    for envelope in envelopes:
        if size + len(envelope.raw) > BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(envelope)
        size += len(envelope.raw)
    return batches
