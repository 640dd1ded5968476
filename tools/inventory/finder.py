"""Finds in the source what can grow: an attribute, a table, a timer that is set, a place where something is sent.

It reads the syntax alone. What it takes for granted is that a container is made where its attribute is assigned, or
that an annotation says what it is.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from tools.inventory.things import Thing
from tools.inventory.types import Types, last_name, nodes_of

GENERATED = "_pb2.py"
TABLE = re.compile(
    r"\bCREATE\s+(?:TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w{}.]+)", re.IGNORECASE
)

TIMERS = frozenset({"call_later", "call_at", "call_soon", "call_soon_threadsafe", "Timer"})
TASKS = frozenset(
    {
        "Popen", "ProcessPoolExecutor", "Process", "TaskGroup", "Thread", "ThreadPoolExecutor", "add_reader",
        "add_writer", "connect_accepted_socket", "create_connection", "create_datagram_endpoint", "create_pool",
        "create_server", "create_subprocess_exec", "create_subprocess_shell", "create_task", "create_unix_connection",
        "create_unix_server", "ensure_future", "gather", "getaddrinfo", "getnameinfo", "open_connection",
        "open_unix_connection", "run_coroutine_threadsafe", "run_in_executor", "start_connection",
        "start_server", "start_unix_server", "to_thread",
    }
)  # fmt: skip
CACHES = frozenset({"lru_cache", "cache"})
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
LOGGER = re.compile(r"^_?(log|logger|logging)$", re.I)
LOGS = frozenset({"call_exception_handler", "print", "warn"})
"""What else writes a line."""
ANSWERS = frozenset(
    {
        "Publish", "Response", "_send", "_send_message", "add_once", "add_packet", "send_bytes", "send_fds",
        "send_json", "send_request", "send_str", "sendall", "sendto",
    }
)  # fmt: skip
"""Methods by whatever name they are called on."""
WRITERS = re.compile(r"(transport|writer|socket|connection|link|peer)$", re.I)
"""On what ``write`` and ``send`` put something on the way."""
FILES = frozenset(
    {"open", "write_text", "write_bytes", "FileHandler", "RotatingFileHandler", "mkstemp", "NamedTemporaryFile"}
)
READING = frozenset({"get", "items", "keys", "values", "index", "count", "copy"})
"""Methods that leave a container as it is."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def things(package: Path) -> list[Thing]:
    """Everything that can grow in the source below ``package``, in the order of its files."""
    try:
        return _things(package)
    finally:  # they keep the trees
        _inside.cache_clear()
        nodes_of.cache_clear()


def _things(package: Path) -> list[Thing]:
    modules = {
        path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
        if not path.name.endswith(GENERATED)
    }
    types = Types()
    for _ in range(3):  # a class may come before what it is made of, and that before its parts
        for tree in modules.values():
            types.learn(tree)
    changed = {name for tree in modules.values() for name in _changed(tree)}
    found = {thing for path, tree in modules.items() for thing in Module(path, tree, types, changed).things()}
    # What is put into an attribute from elsewhere is found with its class, if that says what it is.
    attributes = {thing.name.rpartition(".")[2] for thing in found if ":" not in thing.name}
    found = {thing for thing in found if thing.sort != "container" or not _is_of(thing.name, attributes)}
    for path in sorted(package.rglob("*.sql")):
        where = path.relative_to(package).as_posix()
        found |= {Thing(where, name, "table") for name in TABLE.findall(_without_comments(path.read_text("utf-8")))}
    return sorted(found)


def _is_of(name: str, attributes: set[str]) -> bool:
    function, _, target = name.partition(": ")
    return bool(target) and not function.endswith("()") and target.rpartition(".")[2] in attributes


def _without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*", "", sql)


def _changed(tree: ast.Module) -> Iterator[str]:
    """Names of what anything in a module calls a method of, assigns into or adds to."""
    for node in ast.walk(tree):
        target: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr not in READING:
            target = node.func.value
        elif isinstance(node, ast.AugAssign):
            target = node.target
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            target = node.value
        elif isinstance(node, ast.Global):
            yield from node.names
        name = last_name(target)
        if name is not None:
            yield name


class Module:
    """One file of the source."""

    def __init__(self, path: str, tree: ast.Module, types: Types, changed: set[str]) -> None:
        self._path = path
        self._tree = tree
        self._types = types
        self._changed = changed

    def things(self) -> Iterator[Thing]:
        """What is in it, once or more often."""
        yield from self._of_scope(self._tree, "")

    def _of_scope(self, scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[Thing]:
        yield from self._names(scope, prefix)
        if isinstance(scope, ast.ClassDef):
            yield from self._attributes(scope, prefix)
        yield from self._actions(scope, prefix)
        for node in _inside(scope):
            if isinstance(node, ast.ClassDef):
                yield from self._of_scope(node, f"{prefix}{node.name}.")
            elif isinstance(node, Function):
                yield from self._of_function(node, prefix)

    def _of_function(self, function: Function, prefix: str) -> Iterator[Thing]:
        name = f"{prefix}{function.name}"
        for decorator in function.decorator_list:
            plain = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(plain) in CACHES:
                yield Thing(self._path, name, "cache")
        yield from self._actions(function, name)
        yield from self._kept_elsewhere(function, name)
        if _stays(function):
            for target, sort in self._assigned_names(function):
                yield Thing(self._path, f"{name}(): {target}", sort)
        for node in _inside(function):
            if isinstance(node, ast.ClassDef):
                yield from self._of_scope(node, f"{name}.{node.name}.")
            elif isinstance(node, Function):
                yield from self._of_function(node, f"{name}.")

    # Containers

    def _names(self, scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[Thing]:
        """Variables of a module or class. What has contents and is changed nowhere is a constant."""
        fields = isinstance(scope, ast.ClassDef) and _has_fields(scope)
        for node in scope.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if last_name(node.annotation) == "TypeAlias":
                    continue
                sort = self._types.annotated(node.annotation) or self._types.value(node.value, {})
                name, value = node.target.id, node.value
                grows = node.value is None or fields or self._may_grow(name, value)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, value = node.targets[0].id, node.value
                sort, grows = self._types.value(value, {}), self._may_grow(name, value)
            else:
                continue
            if sort is not None and grows and name not in {"__slots__", "__all__"}:
                yield Thing(self._path, prefix + name, sort)

    def _may_grow(self, name: str, value: ast.expr | None) -> bool:
        if isinstance(value, ast.List | ast.Set):
            empty = not value.elts
        elif isinstance(value, ast.Dict):
            empty = not value.keys
        else:
            empty = isinstance(value, ast.Call) and not value.args and not value.keywords
        return empty or name in self._changed

    def _attributes(self, scope: ast.ClassDef, prefix: str) -> Iterator[Thing]:
        """Attributes that methods give to ``self``."""
        replaceable: set[str] = set()
        annotations = {
            node.target.id: node.annotation
            for node in scope.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        }
        replaceable |= {name for name, told in annotations.items() if self._types.replaceable(told, None)}
        methods = [node for node in ast.walk(scope) if isinstance(node, Function)]
        for method in methods:
            parameters = _parameters(method)
            for target, annotation, value in _assignments(method):
                if not (isinstance(target, ast.Attribute) and last_name(target.value) in {"self", "cls"}):
                    continue
                sort = self._types.annotated(annotation) or self._types.value(value, parameters)
                told = parameters.get(value.id) if isinstance(value, ast.Name) else None
                if sort is not None:
                    yield Thing(self._path, prefix + target.attr, sort)
                elif self._types.replaceable(annotation or told, value):
                    replaceable.add(target.attr)
        for method in methods:
            if method.name in {"__init__", "__post_init__", "__new__"}:
                continue
            for target in _replaced(method):
                if not isinstance(target, ast.Attribute) or last_name(target.value) != "self":
                    continue
                if target.attr in replaceable:
                    yield Thing(self._path, prefix + target.attr, "container")

    def _kept_elsewhere(self, function: Function, name: str) -> Iterator[Thing]:
        """What a function puts into another object, a variable of its module, or the defaults of its parameters."""
        arguments = function.args
        for value in (*arguments.defaults, *arguments.kw_defaults):
            sort = self._types.value(value, {})
            if sort is not None:
                yield Thing(self._path, f"{name}: default {ast.unparse(value or function)}", sort)
        of_module = {one for node in _inside(function) if isinstance(node, ast.Global) for one in node.names}
        parameters = _parameters(function)
        for target, annotation, value in _assignments(function):
            sort = self._types.annotated(annotation) or self._types.value(value, parameters)
            if sort is None and isinstance(target, ast.Attribute) and target.attr in self._types.replaced:
                sort = None if isinstance(value, ast.Constant) else "container"
            if sort is None:
                continue
            if isinstance(target, ast.Name) and target.id in of_module:
                yield Thing(self._path, target.id, sort)
            elif isinstance(target, ast.Attribute) and last_name(target.value) not in {"self", "cls"}:
                yield Thing(self._path, f"{name}: {ast.unparse(target)}", sort)

    def _assigned_names(self, function: Function) -> Iterator[tuple[str, str]]:
        parameters = _parameters(function)
        for target, annotation, value in _assignments(function):
            sort = self._types.annotated(annotation) or self._types.value(value, parameters)
            if isinstance(target, ast.Name) and sort is not None:
                yield target.id, sort

    # What is done

    def _actions(self, scope: ast.AST, name: str) -> Iterator[Thing]:
        where = name.rstrip(".") or "module"
        calls: Counter[tuple[str, str]] = Counter()
        decorators = scope.decorator_list if isinstance(scope, Function) else []
        for node in _inside(scope):
            if node in decorators:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for table in TABLE.findall(_without_comments(node.value)):
                    yield Thing(self._path, table, "table")
            elif isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                for table in TABLE.findall(_without_comments(text)):
                    yield Thing(self._path, table, "table")
            elif isinstance(node, ast.Call):
                called = last_name(node.func) or ""
                sort = _sort_of_call(node, called)
                if sort is not None:
                    calls[f"{where}: {called}()", sort] += 1
        for (what, sort), count in calls.items():
            yield Thing(self._path, what if count == 1 else f"{what} x{count}", sort)


def _sort_of_call(call: ast.Call, called: str) -> str | None:
    on = None
    if isinstance(call.func, ast.Attribute):
        of = call.func.value
        on = "logging" if isinstance(of, ast.Call) and last_name(of.func) == "getLogger" else last_name(of)
    if called in TIMERS:
        return "timer"
    if called in TASKS:
        return "task"
    if called in CACHES:
        return "cache"
    if called == "create_future":
        return "waiters"
    if called in LOGS or (called in LEVELS and on is not None and LOGGER.match(on)):
        return "log"
    if called in ANSWERS or (called in {"write", "writelines", "send"} and on is not None and WRITERS.search(on)):
        return "answer"
    if called in FILES and _writes(call, called):
        return "file"
    return None


def _writes(call: ast.Call, called: str) -> bool:
    """Whether a file is opened to write."""
    if called != "open":
        return True
    words = [ast.unparse(argument) for argument in (*call.args, *(keyword.value for keyword in call.keywords))]
    return any(re.search(r"O_(RDWR|WRONLY|CREAT)|^'[rbt]*[wax+]", word) for word in words)


@cache
def _inside(scope: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a scope, without those of functions and classes in it, but with these themselves.

    Each scope is asked for it a dozen times, and going through the tree is most of the work here."""
    found: list[ast.AST] = []
    waiting = [ast.iter_child_nodes(scope)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            continue
        found.append(child)
        if not isinstance(child, ast.ClassDef | Function):
            waiting.append(ast.iter_child_nodes(child))
    return tuple(found)


def _stays(function: Function) -> bool:
    """Whether what a function holds outlives a turn of the event loop: it waits, gives away what it has step by step,
    or has functions in it that use it."""
    kinds = ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith | Function | ast.Lambda
    return any(isinstance(node, kinds) for node in _inside(function) if node not in function.decorator_list)


def _has_fields(scope: ast.ClassDef) -> bool:
    told = [*scope.decorator_list, *scope.bases]
    return any(re.search(r"dataclass|NamedTuple|Struct|attrs", ast.unparse(one)) for one in told)


def _parameters(function: Function) -> dict[str, ast.expr | None]:
    arguments = function.args
    return {one.arg: one.annotation for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def _assignments(function: Function) -> Iterator[tuple[ast.expr, ast.expr | None, ast.expr | None]]:
    """(target, annotation, value) for each assignment of a function, those with several targets one by one."""
    for node in _inside(function):
        if isinstance(node, ast.AnnAssign):
            yield node.target, node.annotation, node.value
        elif isinstance(node, ast.NamedExpr):
            yield node.target, None, node.value
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple):
                    values: Iterable[ast.expr | None] = (
                        node.value.elts if isinstance(node.value, ast.Tuple) else [None] * len(target.elts)
                    )
                    yield from ((one, None, value) for one, value in zip(target.elts, values, strict=False))
                else:
                    yield target, None, node.value


def _replaced(function: Function) -> Iterator[ast.expr]:
    for node in _inside(function):
        if isinstance(node, ast.AugAssign):
            yield node.target
    yield from (target for target, _, _ in _assignments(function))
