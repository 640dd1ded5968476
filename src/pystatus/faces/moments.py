"""Points in time and spans of it, as texts."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from pystatus.faces.catalogue import Catalogue

if TYPE_CHECKING:
    from pystatus.messenger.records import Message

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def shown_ms(message: Message) -> int:
    """When a message was written, in Unix milliseconds, as its author says; never later than it came here."""
    return min(message.sent_ms, message.received_ms)


def local(milliseconds: int, zone: tzinfo | None = None) -> datetime:
    """A time as the clocks on the wall show it. One that no calendar has is the first of Unix time.

    :param zone: None: of this machine.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1_000, zone).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, zone).astimezone(zone)


def time_text(milliseconds: int, zone: tzinfo | None = None) -> str:
    """``17:40``."""
    return f"{local(milliseconds, zone):%H:%M}"


def day_text(day: date, today: date, texts: Catalogue) -> str:
    """``Today``, ``Yesterday``, or ``Monday, 30 November 2026``."""
    if day == today:
        return texts.date_today()
    if day == today - timedelta(days=1):
        return texts.date_yesterday()
    weekdays = (
        texts.date_monday, texts.date_tuesday, texts.date_wednesday, texts.date_thursday, texts.date_friday,
        texts.date_saturday, texts.date_sunday,
    )  # fmt: skip
    months = (
        texts.date_month_01, texts.date_month_02, texts.date_month_03, texts.date_month_04, texts.date_month_05,
        texts.date_month_06, texts.date_month_07, texts.date_month_08, texts.date_month_09, texts.date_month_10,
        texts.date_month_11, texts.date_month_12,
    )  # fmt: skip
    return texts.date_day(
        weekday=weekdays[day.weekday()](), day=str(day.day), month=months[day.month - 1](), year=str(day.year)
    )


def moment_text(milliseconds: int, today: date, texts: Catalogue, zone: tzinfo | None = None) -> str:
    """``17:40`` of today, ``Yesterday, 17:40``, or the whole date and the time."""
    day = local(milliseconds, zone).date()
    time = time_text(milliseconds, zone)
    return time if day == today else texts.date_with_time(day=day_text(day, today, texts), time=time)


def span_text(seconds: float, texts: Catalogue) -> str:
    """How long something is, in its largest unit, at least one second: ``3 h``, ``2 days``."""
    whole = max(1, round(seconds))
    if whole < MINUTE:
        return texts.time_seconds(n=whole)
    if whole < HOUR:
        return texts.time_minutes(n=whole // MINUTE)
    if whole < 2 * DAY:
        return texts.time_hours(n=whole // HOUR)
    return texts.time_days(n=whole // DAY)
