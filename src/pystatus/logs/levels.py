"""How much the log says: a level for everything, and others for single modules."""

from __future__ import annotations

from pystatus import typed
from pystatus.records import dataclass

NAMES = {
    "debug": "debug", "info": "info", "warning": "warning", "error": "error",
    "trace": "debug", "warn": "warning", "crit": "error",
}  # fmt: skip
"""Levels by every name they go by: first ours, then what else operators of the reference write."""
ALLOWED = "debug, info, warning or error, and module=level behind commas: info,pystatus.net=debug"


DEFAULT = "warning"


@dataclass(frozen=True, slots=True)
class Levels:
    """``level`` for all modules but those in ``modules``, each of which speaks for the modules below it, too."""

    level: str = DEFAULT
    modules: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Levels:
        """Read ``info`` or ``info,pystatus.net=debug``; upper and lower case are the same.

        :raises ValueError: something else.
        """
        level = DEFAULT
        modules: dict[str, str] = {}
        for position, part in enumerate(typed.token(text).split(",")):
            module, equals, name = part.rpartition("=")
            name = name.strip().lower()
            if name not in NAMES or (equals and not _is_module(module.strip())) or (not equals and position):
                raise ValueError(text)
            if equals:
                modules[module.strip()] = NAMES[name]
            else:
                level = NAMES[name]
        return cls(level, tuple(sorted(modules.items())))

    def __str__(self) -> str:
        return ",".join((self.level, *(f"{module}={level}" for module, level in self.modules)))


def _is_module(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))
