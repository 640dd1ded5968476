"""Which commands there are: each module of :mod:`pystatus.apps.cli.commands` is one.

A module is imported when its command is called, so a command may import what it needs. For the list of all commands two
constants of a module are read from its text: ``SUMMARY``, a sentence, and ``PLACE``, by which the list is ordered. What
is called is ``app`` where there are commands below the command, otherwise the function with the name of the module.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import typer
import typer.main

from pystatus.apps.cli import commands
from pystatus.records import dataclass

_SUMMARY = re.compile(r'^SUMMARY = "(.+)"$', re.MULTILINE)
_PLACE = re.compile(r"^PLACE = (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One command in the list of all."""

    name: str
    module: str
    """In the package of commands."""
    summary: str
    place: int


def entries() -> list[Entry]:
    """All commands, in the order of the list."""
    found = [_entry(one) for one in pkgutil.iter_modules(commands.__path__)]
    return sorted(found, key=lambda entry: (entry.place, entry.name))


def _entry(found: pkgutil.ModuleInfo) -> Entry:
    module = f"{commands.__name__}.{found.name}"
    name = found.name.replace("_", "-")
    spec = found.module_finder.find_spec(module, None)
    source = getattr(spec and spec.loader, "get_source", lambda _: None)(module)
    if source is None:  # the distribution has no sources
        loaded = importlib.import_module(module)
        return Entry(name, found.name, loaded.SUMMARY, loaded.PLACE)
    summary, place = _SUMMARY.search(source), _PLACE.search(source)
    assert summary is not None, f"{module} has a line SUMMARY"
    assert place is not None, f"{module} has a line PLACE"
    return Entry(name, found.name, summary[1], int(place[1]))


class Commands(Mapping[str, Any]):
    """The commands of typer by name, each imported when it is looked up."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The list of all, by name."""
        return {entry.name: entry for entry in entries()}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _command(self.entries[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def _command(entry: Entry) -> Any:
    module = importlib.import_module(f"{commands.__name__}.{entry.module}")
    made = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    group = getattr(module, "app", None)
    if group is None:
        made.command(entry.name)(getattr(module, entry.module))
        return typer.main.get_command(made)
    made.add_typer(group, name=entry.name)
    return typer.main.get_group(made).commands[entry.name]
