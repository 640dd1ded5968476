"""What ``pystatus inspect`` shows: objects for programs, lines and a table for people. All of it is safe to show."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from pystatus.inspector.display import Fields
from pystatus.inspector.names import TopicNames
from pystatus.inspector.statistics import RATE_SECONDS, Range, Statistics, TopicRow
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.wording import counted

PACKET_NAMES = {
    packets.STATUS: "status",
    packets.MESSAGES: "messages",
    packets.BATCH_ACKNOWLEDGED: "batch-acknowledged",
    packets.MESSAGE_RESPONSE: "message-response",
    packets.STATUS_UPDATE: "status-update",
    packets.P2P_REQUEST_COMPLETE: "p2p-request-complete",
    packets.P2P_REQUEST: "p2p-request",
    packets.P2P_MESSAGE: "p2p-message",
}
_NAME_WIDTH = 36


def packet_name(code: int) -> str:
    """What a packet is called in 6/WAKU1."""
    return PACKET_NAMES.get(code, f"code-{code}")


def envelope_fields(envelope: Envelope, at: float, name: str | None) -> Fields:
    """An envelope, for programs."""
    work = envelope.pow()
    return {
        "event": "envelope",
        "time": at,
        "hash": "0x" + envelope.hash.hex(),
        "topic": "0x" + envelope.topic.hex(),
        "name": name,
        "bytes": len(envelope.raw),
        "pow": work if work < math.inf else None,  # JSON knows no infinity
        "ttl": envelope.ttl,
        "expiry": envelope.expiry,
    }


def envelope_line(envelope: Envelope, at: float, name: str | None) -> str:
    """An envelope, for people who do not look at a terminal."""
    return (
        f"{_clock(at)}  0x{envelope.topic.hex()}  {len(envelope.raw):>8} B  pow {envelope.pow():<9.3g} "
        f"ttl {envelope.ttl:<6} {envelope.hash.hex()[:16]}  {name or ''}".rstrip()
    )


def topic_fields(row: TopicRow, name: str | None) -> Fields:
    """What came under one topic, for programs."""
    return {
        "event": "topic",
        "topic": "0x" + row.topic.hex(),
        "name": name,
        "envelopes": row.envelopes,
        "bytes": row.bytes,
        "pow_least": row.pow.least,
        "last": row.last,
    }


def summary_fields(statistics: Statistics) -> Fields:
    """Everything in all, for programs."""
    packet_fields = {
        f"packets_{packet_name(code).replace('-', '_')}": count for code, count in sorted(statistics.packets.items())
    }
    return {
        "event": "summary",
        "envelopes": statistics.envelopes,
        "repeated": statistics.repeated,
        "malformed": statistics.malformed,
        "topics": len(statistics.topics),
        "bytes": int(statistics.size.total),
        **_range_fields("bytes", statistics.size),
        **_range_fields("pow", statistics.pow),
        **_range_fields("ttl", statistics.ttl),
        "first": statistics.first,
        "last": statistics.last,
        "packets": statistics.packets.total(),
        "packet_bytes": statistics.packet_bytes.total(),
        **packet_fields,
    }


def table(statistics: Statistics, names: TopicNames, source: str, now: float, rows: int) -> list[str]:
    """The whole picture, for people: a few lines of totals, then the ``rows`` busiest topics."""
    per_second, bytes_per_second = statistics.rate.at(now)
    size, work, ttl = statistics.size, statistics.pow, statistics.ttl
    by_code = ", ".join(f"{packet_name(code)} {count}" for code, count in statistics.packets.most_common())
    lines = [
        source,
        f"packets    {statistics.packets.total():>9}  {_bytes(statistics.packet_bytes.total()):>9}  {by_code}".rstrip(),
        f"envelopes  {statistics.envelopes:>9}  {_bytes(size.total):>9}  "
        f"repeated {statistics.repeated}, malformed {statistics.malformed}",
        f"rate       {per_second:>7.1f}/s  {_bytes(bytes_per_second):>7}/s  over {RATE_SECONDS} seconds",
        f"size       {_bytes(size.least)} … {_bytes(size.greatest)}, mean {_bytes(size.mean)}",
        f"pow        {work.least:.3g} … {work.greatest:.3g}, mean {work.mean:.3g}",
        f"ttl        {ttl.least:.0f} … {ttl.greatest:.0f} s, mean {ttl.mean:.0f} s",
        "",
        f"{'topic':10}  {'envelopes':>9}  {'bytes':>9}  {'least pow':>9}  {'last':8}  name",
    ]
    for row in statistics.busiest(rows):
        lines.append(_row(f"0x{row.topic.hex()}", row, names.of(row.topic)))
    hidden = len(statistics.topics) - rows
    if hidden > 0 or statistics.other.envelopes:
        lines.append(
            f"… and {counted(max(hidden, 0), 'more topic')}, "
            f"{counted(statistics.other.envelopes, 'envelope')} of topics not counted"
        )
    return lines


def _row(topic: str, row: TopicRow, name: str | None) -> str:
    return (
        f"{topic:10}  {row.envelopes:>9}  {_bytes(row.bytes):>9}  {row.pow.least:>9.3g}  {_clock(row.last)}  "
        f"{(name or '')[:_NAME_WIDTH]}"
    ).rstrip()


def _range_fields(name: str, values: Range) -> dict[str, float]:
    return {f"{name}_least": values.least, f"{name}_mean": values.mean, f"{name}_greatest": values.greatest}


def _clock(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M:%S}"
    except (OverflowError, ValueError, OSError):  # a capture may hold any time
        return "--------"


def _bytes(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
