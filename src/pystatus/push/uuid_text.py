"""Which texts count as UUIDs: those that the reference's library reads (push-notifications.md §15, 2)."""

from __future__ import annotations

import re

_PLAIN = rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_FORMS = re.compile(rb"%b|[0-9a-fA-F]{32}|(?i:urn:uuid:)%b|(?s:.)%b(?s:.)" % (_PLAIN, _PLAIN, _PLAIN))


def is_uuid(text: str) -> bool:
    """Whether it is one, in any of four forms: with dashes, without, behind ``urn:uuid:``, and between any two bytes.
    Version and variant are not looked at."""
    return _FORMS.fullmatch(text.encode()) is not None
