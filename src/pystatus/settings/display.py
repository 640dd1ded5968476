"""Settings as they are shown, without their secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from pystatus.records import dataclass
from pystatus.settings.kinds import FLEET
from pystatus.settings.model import ENTRIES, Entry
from pystatus.settings.sources import DEFAULT, Effective

Plain: TypeAlias = str | int | float | bool | list[str] | None
"""What JSON and TOML can hold."""
SECRET = "********"  # noqa: S105 - what is shown in place of a secret


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting, for people and programs."""

    key: str
    value: Plain
    origin: str
    """Where it comes from: see :attr:`~pystatus.settings.sources.Effective.origins`."""


def shown(effective: Effective, *, everything: bool) -> Iterator[Shown]:
    """Each setting, in the order of the documentation; those with their default only if ``everything`` is asked for."""
    for key, entry in ENTRIES.items():
        origin = effective.origins[key]
        if everything or origin != DEFAULT:
            yield Shown(key, _plain(entry, effective.values[key]), origin)


def _is_invitation(entry: Entry, value: object) -> bool:
    """One that stands where a fleet may: it may hold the password of its mailservers, as that of ``join``."""
    if entry.about.kind is not FLEET:
        return False
    from pystatus.fleets.invitation import is_invitation

    return is_invitation(str(value))


def _plain(entry: Entry, value: object) -> Plain:
    if value is None:
        return None
    if entry.about.secret or _is_invitation(entry, value):
        return SECRET
    plain = entry.about.kind.to_toml(value)
    if isinstance(plain, list):
        return [str(one) for one in plain]
    assert isinstance(plain, str | int | float | bool), "kinds make plain values"
    return plain
