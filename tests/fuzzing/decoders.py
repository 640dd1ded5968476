"""Finds the decoders in the source: what takes bytes or text of others, and refuses them with a RemoteError."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pystatus

SOURCE = Path(pystatus.__file__).parent
OUTSIDE = {
    "apps", "faces", "settings", "simulation", "testing", "metrics", "logs", "workers", "storage", "accounting.py",
    "inspector", "imaging", "client", "rpc", "node",
}  # fmt: skip
"""What people, operators and our own processes and files say. What comes from peers has passed a decoder below."""

_GIVEN = re.compile(r"\b(bytes|bytearray|memoryview|str|AnyText|Item)\b")
_NAMES = re.compile(
    r"(?:decode|parse|read|from_bytes|from_xy|recover|unwrap|unpack|unseal|decrypt|decompress|receive_data|split)"
    r"(?:_[a-z0-9_]+)?"
)
_CLASS = re.compile(r"^ *class (\w+)\(([^)]*)\)", re.MULTILINE)
_FORMS = ("bytes", "bytearray", "memoryview")


def decoders() -> Iterator[str]:
    """All of them, as ``wire/rlp.py:decode``: public functions with an argument of bytes or text that document or
    raise a :class:`~pystatus.errors.RemoteError`, and those that are called as decoders are and take bytes."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}
    family = _remote_errors(sources.values())
    wanted = re.compile(rf"\b({'|'.join(family)})\b|\bdef {_NAMES.pattern}\(")
    for path, source in sources.items():
        name = path.relative_to(SOURCE).as_posix()
        outside = name.partition("/")[0] in OUTSIDE or name.endswith("_pb2.py")
        if not outside and wanted.search(source):  # others need not be parsed, which takes most of the time
            for qualified, function in _functions(ast.parse(source), ""):
                if _is_decoder(function, family):
                    yield f"{name}:{qualified}"


def exists(decoder: str) -> bool:
    """Whether there is such a function, which need not look like a decoder."""
    name, _, qualified = decoder.partition(":")
    path = SOURCE / name
    return path.is_file() and qualified in dict(_functions(ast.parse(path.read_text(encoding="utf-8")), ""))


def _remote_errors(sources: Iterable[str]) -> frozenset[str]:
    """RemoteError and all classes below it, by name."""
    bases = {
        name: {base.strip().rpartition(".")[2] for base in above.split(",")}
        for source in sources
        for name, above in _CLASS.findall(source)
    }
    family = {"RemoteError"}
    while new := {name for name, above in bases.items() if above & family} - family:
        family |= new
    return frozenset(family)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child


def _is_decoder(function: ast.FunctionDef, family: frozenset[str]) -> bool:
    if function.name.startswith("_"):
        return False
    arguments = [one for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]
    forms = [ast.unparse(one.annotation) if one.annotation else "" for one in arguments]
    if not any(_GIVEN.search(form) for form in forms):
        return False
    is_named = bool(_NAMES.fullmatch(function.name)) and any(form in _FORMS for form in forms)
    return is_named or _refuses(function, family)


def _refuses(function: ast.FunctionDef, family: frozenset[str]) -> bool:
    documented = re.findall(r":raises (\w+):", ast.get_docstring(function) or "")
    raised = {
        ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and node.exc is not None
    }
    return bool(family & {*documented, *raised})
