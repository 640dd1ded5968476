"""What ``pystatus config`` does."""

from __future__ import annotations

import json

from pystatus.apps import relay_options
from pystatus.apps.output import Output
from pystatus.settings import mapping
from pystatus.settings.model import ENTRIES, Entry
from pystatus.settings.sources import DEFAULT, Effective

SECRET = "********"  # noqa: S105 - what is shown in place of a secret


def check(effective: Effective, out: Output) -> None:
    """Say that the settings are good; they have been read by now.

    :raises Refused: together they make no node.
    """
    mapping.check(effective.settings)
    relay_options.warn_of_unknown()
    given = sum(origin != DEFAULT for origin in effective.origins.values())
    out.result({"ok": True, "settings": given}, f"The settings are good: {given} of {len(ENTRIES)} are set.")


def show(effective: Effective, out: Output, *, everything: bool) -> None:
    """Print each setting with its source, those with their default only if ``everything`` is asked for."""
    relay_options.warn_of_unknown()
    keys = [key for key in ENTRIES if everything or effective.origins[key] != DEFAULT]
    width = max((len(key) for key in keys), default=0)
    for key in keys:
        shown = _shown(ENTRIES[key], effective.values[key])
        origin = effective.origins[key]
        out.result(
            {"key": key, "value": shown, "source": origin},
            f"{key:{width}} = {json.dumps(shown, ensure_ascii=False)}  # {origin}",
        )
    if not keys:
        out.note("Nothing is set: every setting has its default. --effective shows them.")


def _shown(entry: Entry, value: object) -> str | int | float | bool | list[str] | None:
    if value is None:
        return None
    if entry.about.secret:
        return SECRET
    plain = entry.about.kind.to_toml(value)
    if isinstance(plain, list):
        return [str(one) for one in plain]
    assert isinstance(plain, str | int | float | bool), "kinds make plain values"
    return plain
