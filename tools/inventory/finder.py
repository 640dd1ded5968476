"""Finds in the source what can grow: an attribute, a table, a timer that is set, a place where something is sent.

It reads the syntax alone. What it takes for granted is that a container is made where its attribute is assigned, or
that an annotation says what it is.
"""

from __future__ import annotations

import ast
import functools
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
    r"\bCREATE\s+(?:TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)*(?:TABLE|MATERIALIZED\s+VIEW)\s+"
    r"(?:IF\s+NOT\s+EXISTS\s+)?(?!IF\b)[\"`\[]?([\w{}.%]+)",
    re.IGNORECASE,
)

TIMERS = frozenset(
    {
        "add_signal_handler",
        "call_at",
        "call_later",
        "call_soon",
        "call_soon_threadsafe",
        "setitimer",
        "Timer",
    }
)
TASKS = frozenset(
    {
        "Popen", "ProcessPoolExecutor", "Process", "TaskGroup", "Thread", "ThreadPoolExecutor", "add_reader",
        "add_writer", "apply_async", "as_completed", "check_call", "check_output", "connect_accepted_socket",
        "create_connection", "create_datagram_endpoint", "create_pool",
        "create_server", "create_subprocess_exec", "create_subprocess_shell", "create_task", "create_unix_connection",
        "create_unix_server", "ensure_future", "fork", "gather", "getaddrinfo", "getnameinfo", "open_connection",
        "open_unix_connection", "posix_spawn", "run_coroutine_threadsafe", "run_in_executor", "sock_accept",
        "sock_connect", "socketpair", "start_connection", "start_server", "start_unix_server", "to_thread",
    }
)  # fmt: skip
CACHES = frozenset({"lru_cache", "cache"})
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
LOGGER = re.compile(r"^_?(log|logger|logging)$", re.I)
LOGS = frozenset({"call_exception_handler", "echo", "print", "print_exc", "secho", "syslog", "warn"})
"""What else writes a line."""
ANSWERS = frozenset(
    {
        "Publish", "Response", "StreamResponse", "_send", "_send_message", "add_once", "add_packet", "json_response",
        "pong", "send_bytes", "send_fds", "send_json", "send_request", "send_str", "sendall", "sendfile", "sendmsg",
        "sendto", "sock_sendall",
    }
)  # fmt: skip
"""Methods by whatever name they are called on."""
WRITERS = re.compile(r"(transport|writer|socket|connection|link|peer|response|stream|stdout|stderr|os)$", re.I)
"""On what ``write`` and ``send`` put something on the way."""
HOOKS = {"atexit": {"register"}, "weakref": {"finalize"}}
"""What is done later, when something ends, by the module that it is called on."""
POOLS = re.compile(r"(pool|executor)$", re.I)
"""On what ``submit`` gives work to others."""
REQUESTS = frozenset({"delete", "get", "head", "patch", "post", "put", "request"})
CALLERS = re.compile(r"^(_?http|requests|httpx)$", re.I)
"""On what these ask another machine."""
FILES = frozenset(
    {
        "FileHandler", "NamedTemporaryFile", "RotatingFileHandler", "TemporaryDirectory", "TemporaryFile", "copyfile",
        "copytree", "hardlink_to", "makedirs", "mkdir", "mkdtemp", "mkstemp", "open",
        "symlink", "symlink_to", "write_bytes", "write_text",
    }
)  # fmt: skip
KEPT_ON_DISK = {
    "pickle": {"dump"},
    "shelve": {"open"},
    "dbm": {"open"},
    "os": {"link"},
    "shutil": {"copy", "copy2", "move"},
    "sqlite3": {"connect"},
    "zipfile": {"ZipFile"},
}
"""What else makes a file, by the module that it is called on."""
READING = frozenset({"get", "items", "keys", "values", "index", "count", "copy"})
"""Methods that leave a container as it is."""

_EXAMPLES = {"container": "list", "queue": "Queue", "waiters": "Lock"}
"""A type of each sort."""

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
    types.classes = {one.name for tree in modules.values() for one in nodes_of(tree) if isinstance(one, ast.ClassDef)}
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
        self._known_in: dict[Function, dict[str, ast.expr | None]] = {}

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
        for target, annotation, value in _assignments(scope):
            if not isinstance(target, ast.Name) or last_name(annotation) == "TypeAlias":
                continue
            name = target.id
            sort = self._types.annotated(annotation) or self._types.value(value, {})
            grows = self._may_grow(name, value)
            grows = grows or (annotation is not None and (value is None or fields)) or _made_anew(value)
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
        replaceable |= {
            target.id
            for target, _, value in _assignments(scope)
            if isinstance(target, ast.Name) and self._types.replaceable(None, value)
        }
        methods = [node for node in ast.walk(scope) if isinstance(node, Function)]
        for method in methods:
            is_kept = any(last_name(one) == "cached_property" for one in method.decorator_list)
            if is_kept and (self._types.annotated(method.returns) or self._types.replaceable(method.returns, None)):
                yield Thing(self._path, prefix + method.name, "cache")
            parameters = self._known(method)
            for target, annotation, value in _assignments(method):
                if not (isinstance(target, ast.Attribute) and last_name(target.value) in {"self", "cls"}):
                    continue
                sort = self._types.annotated(annotation) or self._types.value(value, parameters)
                sort = sort or self._types.kept(value)
                told = _parameters(method).get(value.id) if isinstance(value, ast.Name) else None
                if sort is not None:
                    yield Thing(self._path, prefix + target.attr, sort)
                elif self._types.replaceable(annotation or told, value):
                    replaceable.add(target.attr)
        for method in methods:
            for name, put in _put(method):
                sort = self._types.value(put, self._known(method)) or self._types.kept(put)
                if sort is not None:
                    yield Thing(self._path, prefix + name, sort)
            if method.name in {"__init__", "__post_init__", "__new__"}:
                continue
            for bitmap in _bitmaps(method):
                yield Thing(self._path, prefix + bitmap, "container")
            for target in _replaced(method):
                if not isinstance(target, ast.Attribute) or last_name(target.value) != "self":
                    continue
                if target.attr in replaceable:
                    yield Thing(self._path, prefix + target.attr, "container")

    def _known(self, function: Function) -> dict[str, ast.expr | None]:
        """What the parameters of a function are, and what of its variables holds a number of things."""
        known = self._known_in.get(function)
        if known is not None:
            return known
        known = self._known_in[function] = _parameters(function)
        for target, annotation, value in _assignments(function):
            sort = self._types.annotated(annotation) or self._types.value(value, known)
            if isinstance(target, ast.Name) and sort is not None:
                known[target.id] = ast.Name(_EXAMPLES[sort])
        return known

    def _kept_elsewhere(self, function: Function, name: str) -> Iterator[Thing]:
        """What a function puts into another object, a variable of its module, or the defaults of its parameters."""
        arguments = function.args
        for value in (*arguments.defaults, *arguments.kw_defaults):
            sort = self._types.value(value, {})
            if sort is not None:
                yield Thing(self._path, f"{name}: default {ast.unparse(value or function)}", sort)
        of_module = {one for node in _inside(function) if isinstance(node, ast.Global) for one in node.names}
        around = {one for node in _inside(function) if isinstance(node, ast.Nonlocal) for one in node.names}
        parameters = self._known(function)
        for target, annotation, value in _assignments(function):
            sort = self._types.annotated(annotation) or self._types.value(value, parameters)
            if sort is None and isinstance(target, ast.Attribute) and target.attr in self._types.replaced:
                sort = None if isinstance(value, ast.Constant) else "container"
            if sort is None:
                continue
            if isinstance(target, ast.Name) and target.id in of_module:
                yield Thing(self._path, target.id, sort)
            elif isinstance(target, ast.Name) and target.id in around:
                yield Thing(self._path, f"{name}: {target.id}", sort)
            elif isinstance(target, ast.Attribute) and last_name(target.value) not in {"self", "cls"}:
                yield Thing(self._path, f"{name}: {ast.unparse(target)}", sort)

    def _assigned_names(self, function: Function) -> Iterator[tuple[str, str]]:
        parameters = self._known(function)
        for target, annotation, value in _assignments(function):
            sort = self._types.annotated(annotation) or self._types.value(value, parameters)
            if isinstance(target, ast.Name) and sort is not None:
                yield target.id, sort
        texts = {
            target.id
            for target, _, value in _assignments(function)
            if isinstance(target, ast.Name) and (_is_text(value) or isinstance(value, ast.Tuple))
        }
        for node in _inside(function):
            if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and last_name(node.target) in texts:
                yield last_name(node.target) or "", "container"
        for target, _, value in _assignments(function):
            parts = value.elts if isinstance(value, ast.Tuple) and isinstance(target, ast.Name) else []
            if any(isinstance(one, ast.Starred) and last_name(one.value) == last_name(target) for one in parts):
                yield last_name(target) or "", "container"

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
            elif isinstance(node, ast.Lambda):
                for value in (*node.args.defaults, *node.args.kw_defaults):
                    default = self._types.value(value, {})
                    if default is not None:
                        yield Thing(self._path, f"{where}: default {ast.unparse(value or node)}", default)
            elif isinstance(node, ast.BinOp):
                for table in TABLE.findall(_without_comments(_joined(node))):
                    yield Thing(self._path, table, "table")
            elif isinstance(node, ast.Call):
                called = last_name(node.func) or ""
                sort = _sort_of_call(node, called)
                if sort == "label":
                    series = _joined(node.args[0]) if node.args else "{}"
                    for label in _labels(node):
                        yield Thing(self._path, f"{series}: label {label}", sort)
                elif sort is not None:
                    calls[f"{where}: {called}()", sort] += 1
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                level = node.value  # a name for what writes a line
                if level.attr in LEVELS and LOGGER.match(last_name(level.value) or ""):
                    calls[f"{where}: {level.attr}", "log"] += 1
        for (what, sort), count in calls.items():
            yield Thing(self._path, what if count == 1 else f"{what} x{count}", sort)


def _is_text(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bytes | str)


def _put(method: Function) -> Iterator[tuple[str, ast.expr]]:
    """What a method gives to its object by the name of an attribute."""
    for node in _inside(method):
        match node:
            case ast.Call(func=ast.Attribute(attr="__setattr__"), args=[_, ast.Constant(value=str(name)), value]):
                yield name, value
            case ast.Call(
                func=ast.Attribute(attr="setdefault", value=ast.Attribute(attr="__dict__")),
                args=[ast.Constant(value=str(name)), value],
            ):
                yield name, value


def _bitmaps(method: Function) -> Iterator[str]:
    """Attributes in which numbers of others become bits: a number of n bits has n / 8 bytes."""
    for node in _inside(method):
        match node:
            case ast.AugAssign(target=ast.Attribute(attr=name), op=ast.BitOr(), value=ast.BinOp(op=ast.LShift())):
                yield name


def _joined(text: ast.expr) -> str:
    """What a text is that is put together of several."""
    match text:
        case ast.Constant(value=str(value)):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(left) + _joined(right)
        case ast.BinOp(left=left, op=ast.Mod()):
            return _joined(left)
    return "{}"


def _sort_of_call(call: ast.Call, called: str) -> str | None:
    on = None
    if isinstance(call.func, ast.Attribute):
        of = call.func.value
        on = (
            "logging"
            if isinstance(of, ast.Call) and last_name(of.func) in {"getLogger", "get_logger"}
            else last_name(of)
        )
    if called in TIMERS or called in HOOKS.get(on or "", ()):
        return "timer"
    if called in TASKS or (called == "submit" and on is not None and POOLS.search(on)):
        return "task"
    if called in REQUESTS and on is not None and CALLERS.search(on):
        return "task"
    if called in {"urlopen", "ws_connect"} or (called == "post" and on in {"session", "_session"}):
        return "task"
    if called == "setattr" and len(call.args) == 3 and not isinstance(call.args[1], ast.Constant):
        return "container"
    if called in CACHES:
        return "cache"
    if called == "create_future":
        return "waiters"
    if called in LOGS or (called in LEVELS and on is not None and LOGGER.match(on)):
        return "log"
    if called == "Series" and _labels(call):
        return "label"
    if called == "run" and on == "subprocess":
        return "task"
    if called in ANSWERS or (called in {"write", "writelines", "send"} and on is not None and WRITERS.search(on)):
        return "answer"
    if (called in FILES and _writes(call, called)) or called in KEPT_ON_DISK.get(on or "", ()):
        return "file"
    return None


def _labels(series: ast.Call) -> list[str]:
    """The names of the labels of a series of metrics: for each value of each there is a line."""
    told = next((one.value for one in series.keywords if one.arg == "labels"), None) or (
        series.args[3] if len(series.args) > 3 else None
    )
    if told is None or (isinstance(told, ast.Tuple) and not told.elts):
        return []
    return [
        str(one.value) if isinstance(one, ast.Constant) else ast.unparse(one) for one in getattr(told, "elts", [told])
    ]


def _writes(call: ast.Call, called: str) -> bool:
    """Whether a file is opened to write."""
    if called != "open":
        return True
    mode = next((one.value for one in call.keywords if one.arg == "mode"), None)
    if isinstance(call.func, ast.Name) and len(call.args) > 1:
        mode = call.args[1]
    if mode is not None and not isinstance(mode, ast.Constant):
        return True  # nobody knows
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


def _made_anew(value: ast.expr | None) -> bool:
    """Whether each object gets one of its own: the field of a class that has no annotation which says so."""
    return isinstance(value, ast.Call) and any(one.arg in {"default_factory", "factory"} for one in value.keywords)


def _has_fields(scope: ast.ClassDef) -> bool:
    told = [*scope.decorator_list, *scope.bases]
    return any(re.search(r"dataclass|NamedTuple|Struct|attrs", ast.unparse(one)) for one in told)


def _parameters(function: Function) -> dict[str, ast.expr | None]:
    arguments = function.args
    return {one.arg: one.annotation for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


Assignment: TypeAlias = tuple[ast.expr, ast.expr | None, ast.expr | None]
"""Target, annotation and value."""


@functools.cache
def _assignments(scope: Function | ast.Module | ast.ClassDef) -> tuple[Assignment, ...]:
    """Each assignment of a function, module or class, those with several targets one by one."""
    return tuple(one for node in _inside(scope) for one in _assigned(node))


def _assigned(node: ast.AST) -> Iterator[Assignment]:
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
