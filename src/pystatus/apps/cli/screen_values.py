"""Values that the commands of a screen take, and of the notices that it gives."""

from __future__ import annotations

from datetime import time
from typing import NamedTuple

from pystatus import typed
from pystatus.apps.cli.values import text_kind
from pystatus.settings.kinds import number, one_of


class Hours(NamedTuple):
    """From when to when of each day; over midnight, if the end is the earlier one."""

    begin: time
    end: time


def _hours(text: str) -> Hours:
    begin, end = (time.fromisoformat(part.strip()) for part in typed.token(text).split("-"))
    if begin == end or begin.tzinfo or end.tzinfo:
        raise ValueError(text)
    return Hours(begin, end)


IMAGES = one_of("auto", "always", "never")
PAUSE = number(0, 60)
HOURS = text_kind("two times of day with a dash between them, 22:00-07:00", _hours)
