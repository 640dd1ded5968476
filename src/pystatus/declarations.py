"""What the modules of a package declare: how payloads, features and their tables are found without a list of them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def names(package: ModuleType) -> Sequence[str]:
    """Those of the modules of a package, of which none is loaded for it, in their order."""
    return [module.name for module in pkgutil.iter_modules(package.__path__)]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a package, each loaded, in the order of their names."""
    for name in names(package):
        yield import_module(f"{package.__name__}.{name}")


def declared(package: ModuleType, base: type[T]) -> Iterator[type[T]]:
    """The classes below ``base`` that modules of a package declare, in the order of the modules; without ``base``, and
    without those that a module has only imported."""
    for module in modules(package):
        yield from declared_in(module, base)


def declared_in(module: ModuleType, base: type[T]) -> Iterator[type[T]]:
    """Those that one module declares."""
    for thing in vars(module).values():
        is_here = isinstance(thing, type) and thing.__module__ == module.__name__
        if is_here and issubclass(thing, base) and thing is not base:
            yield thing
