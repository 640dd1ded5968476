"""One's own keys: ``keys.toml`` in the data directory, with a preset and what is to be otherwise.

preset = "vi"

[everywhere]
people = "F7"
search = ["Ctrl-F", "F10"]

[messages]
delete = []
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pystatus import sanitise
from pystatus.apps.terminal.keys import (
    BY_ID,
    CHATS,
    EVERYWHERE,
    MESSAGES,
    SECTIONS,
    TABLE,
    WINDOWS,
    WRITING,
    Keys,
    Row,
    label,
    names,
)
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue

NAME = "keys.toml"
MAX_SIZE = 65_536
"""Bytes of the file; with all keys and a remark at each it has some 5,000. Ours."""
MAX_KEYS = 8
"""Keys of one thing. Ours: the help shows them in a line."""
MAX_FAULTS = 5
"""Faults that are told at once. Ours."""

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "standard": {},
    "vi": {
        f"{WRITING}.back": (),
        f"{WRITING}.to_messages": ("escape",),
        f"{MESSAGES}.write": ("i", "a"),
        f"{MESSAGES}.command": ("colon",),
        f"{MESSAGES}.explain": ("K",),
        f"{MESSAGES}.page_up": ("pageup", "ctrl+u", "ctrl+b"),
        f"{MESSAGES}.page_down": ("pagedown", "ctrl+d"),
        f"{MESSAGES}.unread": ("m",),
        f"{MESSAGES}.delete": ("d", "x"),
        f"{CHATS}.write": ("enter", "i", "l"),
        f"{CHATS}.first": ("home", "g"),
        f"{CHATS}.last": ("end", "G"),
        f"{WINDOWS}.up": ("up", "ctrl+p"),
        f"{WINDOWS}.down": ("down", "ctrl+n"),
    },
}
"""Keys for people who have others in their fingers."""

_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "strg": "ctrl", "alt": "alt", "meta": "alt", "shift": "shift"}
_NAMED = {
    "return": "enter",
    "esc": "escape",
    "pageup": "pageup",
    "pagedown": "pagedown",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    "ins": "insert",
    **{one: one for one in ("enter", "escape", "tab", "space", "up", "down", "left", "right", "home", "end")},
    **{one: one for one in ("delete", "insert", "backspace")},
    **{f"f{number}": f"f{number}" for number in range(1, 25)},
}
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
"""Terminals send the same for both."""
_NEEDED = (f"{EVERYWHERE}.help", f"{EVERYWHERE}.quit", f"{WRITING}.send")
"""What nobody is to be without."""
_SPLIT = re.compile(r"(?<=[^-+])[-+](?=.)")


class KeyFile:
    """Reads the file, and says what is wrong in it."""

    def __init__(self, path: Path, texts: Catalogue) -> None:
        self._path = path
        self._texts = texts

    def read(self) -> Keys:
        """The keys of somebody; those of everybody where there is no file.

        :raises LocalError: it cannot be read, or something in it is wrong: each sentence says what and where.
        """
        import tomllib  # loaded late: few have such a file

        texts, shown = self._texts, str(self._path)
        try:
            with self._path.open("rb") as file:
                data = file.read(MAX_SIZE + 1)
        except FileNotFoundError:
            return Keys()
        except OSError as error:
            raise LocalError(texts.keys_unreadable(file=shown, problem=error.strerror or str(error))) from None
        if len(data) > MAX_SIZE:
            raise LocalError(texts.keys_too_long(file=shown, n=MAX_SIZE))
        try:
            content = tomllib.loads(data.decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise LocalError(texts.keys_unreadable(file=shown, problem=sanitise.one_line(str(error)))) from None
        return self.checked(content)

    def checked(self, content: Mapping[str, Any]) -> Keys:
        """The keys that a file asks for.

        :raises LocalError: something in it is wrong.
        """
        faults: list[str] = []
        preset = "standard"
        changed: dict[str, tuple[str, ...]] = {}
        for name, value in content.items():
            if name == "preset":
                if isinstance(value, str) and value in PRESETS:
                    preset = value
                else:
                    faults.append(self._texts.keys_no_preset(name=_shown(value), names=", ".join(PRESETS)))
            elif name not in SECTIONS or not isinstance(value, Mapping):
                faults.append(self._texts.keys_no_section(name=_shown(name), names=", ".join(SECTIONS)))
            else:
                changed.update(self._section(name, value, faults))
        keys = Keys({**PRESETS[preset], **changed}, preset)
        faults += self.conflicts(keys)
        if faults:
            raise LocalError(self._texts.keys_wrong(file=str(self._path), faults=" ".join(faults[:MAX_FAULTS])))
        return keys

    def _section(
        self, section: str, content: Mapping[str, Any], faults: list[str]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, value in content.items():
            row = BY_ID.get(f"{section}.{name}")
            if row is None or row.fixed:
                faults.append(self._unknown(section, name))
                continue
            texts = [value] if isinstance(value, str) else value
            if not isinstance(texts, list) or len(texts) > MAX_KEYS or not all(isinstance(one, str) for one in texts):
                faults.append(self._texts.keys_no_list(name=row.id))
                continue
            found = []
            for one in texts:
                key = parsed(one)
                if key is None:
                    faults.append(self._texts.keys_no_key(typed=_shown(one), name=row.id))
                elif key in _SAME:
                    faults.append(self._texts.keys_same(typed=label(key), other=label(_SAME[key]), name=row.id))
                else:
                    found.append(key)
            yield row.id, tuple(dict.fromkeys(found))

    def _unknown(self, section: str, name: str) -> str:
        known = [one.partition(".")[2] for one in names() if one.startswith(f"{section}.")]
        near = get_close_matches(name, known, n=1)
        if near:
            return self._texts.keys_unknown_near(section=section, name=_shown(name), near=near[0])
        return self._texts.keys_unknown(section=section, name=_shown(name), names=", ".join(known))

    def conflicts(self, keys: Keys) -> Iterator[str]:
        """A sentence for each key that would do two things, or stop people from writing, and for what lacks a key."""
        taken: dict[tuple[str, str], Row] = {}
        for row in sorted(TABLE, key=lambda one: one.section != EVERYWHERE):
            reached = (row.section,) if row.section == WINDOWS else (EVERYWHERE, row.section)
            for key in keys.of(row):
                others = (taken.get((section, key)) for section in reached)
                other = next((one for one in others if one is not None), None)
                if other is not None:
                    yield self._texts.keys_conflict(typed=label(key), one=other.id, other=row.id)
                elif row.section in (EVERYWHERE, WRITING, WINDOWS) and _is_written(key):
                    yield self._texts.keys_is_written(typed=label(key), name=row.id)
                if row.id != f"{EVERYWHERE}.focus":  # where nothing else is done with it
                    taken[row.section, key] = row
            if row.id in _NEEDED and not keys.of(row):
                yield self._texts.keys_needed(name=row.id)


def parsed(text: str) -> str | None:
    """A key as people write it (``Ctrl-K``, ``alt+up``, ``+``, ``G``), as textual does; ``None``: it is none."""
    from textual.keys import _character_to_key  # textual's own names of signs: there is no public way to them

    *modifiers, last = _SPLIT.split(text.strip())
    known = [_MODIFIERS.get(one.lower()) for one in modifiers]
    name = _NAMED.get(last.lower().replace(" ", "").replace("_", ""))
    if None in known or (name is None and (len(last) != 1 or not last.isprintable())):
        return None
    if name is None:
        name = (last.lower() if known else last) if last.isalnum() else _character_to_key(last)
    parts = sorted({one for one in known if one is not None})  # textual writes alt before ctrl before shift
    if parts == ["shift"] and len(name) == 1:
        return name.upper()
    return "+".join([*parts, name])


def _is_written(key: str) -> bool:
    """Whether somebody who presses it wants the character."""
    return "+" not in key and key not in set(_NAMED.values()) - {"space"}


def _shown(value: object) -> str:
    return sanitise.name(str(value))
