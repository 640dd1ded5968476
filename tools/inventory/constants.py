"""Values of constants, read from the source, so that no page is older than the code."""

from __future__ import annotations

import ast
import operator
from functools import cache
from pathlib import Path
from typing import Final

from tools.inventory.entries import REFERENCE, Fault

_OPERATIONS: Final = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}
_UNITS: Final = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
_TIMES: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))


class Constants:
    """Constants of the source below a package."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._tree = cache(lambda path: ast.parse((package / path).read_text(encoding="utf-8")))

    def filled_in(self, text: str) -> str:
        """``text`` with the values of the constants that it names.

        :raises Fault: there is no such constant.
        """
        return REFERENCE.sub(lambda found: shown(self.value(found[1]), found[2]), text)

    def value(self, reference: str) -> int | float:
        """Of ``path.py:NAME`` or ``path.py:Class.field``.

        :raises Fault: there is no such constant, or it is no number.
        """
        path, _, name = reference.partition(":")
        if not (self._package / path).is_file():
            raise Fault(f"{reference} is named as a bound, and there is no file {path}")
        body: list[ast.stmt] = self._tree(path).body
        *classes, last = name.split(".")
        for one in classes:
            found = [node for node in body if isinstance(node, ast.ClassDef) and node.name == one]
            body = found[0].body if found else []
        for node in body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == last:
                return self._evaluated(node.value, path, reference)
        raise Fault(f"{reference} is named as a bound, and is not in the source")

    def _evaluated(self, node: ast.expr, path: str, reference: str) -> int | float:
        match node:
            case ast.Constant(value=int() | float() as value):
                return value
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                done = _OPERATIONS[type(op)]
                return done(self._evaluated(left, path, reference), self._evaluated(right, path, reference))  # type: ignore[no-any-return]  # of numbers it makes numbers
            case ast.Call(func=ast.Name(id="field"), keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "default":
                        return self._evaluated(keyword.value, path, reference)
            case ast.Name(id=name):
                return self.value(f"{self._home(name, path)}:{name}")
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                home = self._home(owner, path)
                return self.value(f"{path}:{owner}.{name}" if home == path else f"{home}:{owner}.{name}")
        raise Fault(f"{reference} is named as a bound, and is no number")

    def _home(self, name: str, path: str) -> str:
        """The file in which a name that is used in another is defined."""
        for node in self._tree(path).body:
            if isinstance(node, ast.ImportFrom) and node.module and any(one.name == name for one in node.names):
                return node.module.removeprefix(f"{self._package.name}.").replace(".", "/") + ".py"
        return path


def shown(value: int | float, unit: str | None) -> str:
    """A number as people read it; ``unit`` is ``bytes``, ``s`` (seconds) or nothing."""
    if unit == "bytes":
        for name, size in _UNITS:
            if value >= size and not value % size:
                return f"{int(value // size):,} {name}"
        return f"{int(value):,} bytes"
    if unit == "s":
        for name, length in _TIMES:
            if value >= length and not value % length:
                count = int(value // length)
                return f"{count} {name}" + "s" * (count != 1)
        return f"{value:g} second" + "s" * (value != 1)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
