"""Which expressions and annotations mean a container: something that holds a number of things that can change."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

MUTABLE = frozenset(
    {
        "BytesIO", "ChainMap", "Counter", "MutableMapping", "MutableSequence", "MutableSet", "OrderedDict", "StringIO",
        "UserDict", "UserList", "WeakKeyDictionary", "WeakSet", "WeakValueDictionary", "array", "bytearray",
        "defaultdict", "deque", "dict", "list", "set", "LRUCache", "SortedDict", "SortedList", "TTLCache",
    }
)  # fmt: skip
"""Names of types whose instances grow."""
QUEUES = frozenset({"Queue", "LifoQueue", "PriorityQueue", "SimpleQueue"})
WAITERS = frozenset(
    {"Barrier", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition", "Future", "create_future"}
)
"""Who waits for one of these is remembered by it; so it is by an :class:`asyncio.Event`, but events of ours have that
name too."""
FROZEN = frozenset({"tuple", "frozenset", "bytes", "str", "Sequence", "Mapping", "Set", "Collection"})
"""Names of types whose instances do not grow, but can be replaced by larger ones."""
GIVE_MANY = frozenset({"findall", "loads", "rsplit", "sorted", "split", "splitlines"})
"""Functions that give as much as there is in what they are given."""
KEEP_MANY = frozenset(
    {
        "asdict", "chain", "cycle", "decode_json", "deepcopy", "filter", "islice", "map", "nlargest", "nsmallest",
        "read", "read_bytes", "read_text", "readlines", "tee", "zip",
    }
)  # fmt: skip
"""Functions whose results are as large, and are looked for where an object keeps them: in others they come and go."""
INSIDE = frozenset(
    {
        "AsyncExitStack", "ContextVar", "ExitStack", "SimpleNamespace", "StreamReader", "compressobj",
        "create_string_buffer", "decompressobj", "memoryview", "mmap",
    }
)  # fmt: skip
"""Types that hold others, or bytes, without being called containers."""
_TYPING = frozenset({"Callable", "Type", "type"})
"""Containers in their parameters are none."""


def last_name(node: ast.expr | None) -> str | None:
    """``deque`` of ``collections.deque[int]``."""
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def alternatives(annotation: ast.expr | None) -> Iterable[ast.expr]:
    """``A`` and ``B`` of ``A | B``, ``Optional[A]``, ``Final[A]``, ``ClassVar[A]`` or a quoted annotation."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        yield from alternatives(ast.parse(annotation.value, mode="eval").body)
    elif isinstance(annotation, ast.BinOp):
        yield from alternatives(annotation.left)
        yield from alternatives(annotation.right)
    elif isinstance(annotation, ast.Subscript) and last_name(annotation) in {
        "Optional", "Union", "Final", "ClassVar", "Annotated",
    }:  # fmt: skip
        inner = annotation.slice
        for one in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
            yield from alternatives(one)
    elif annotation is not None:
        yield annotation


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes in a tree that tell a type: its assignments, classes and functions. They are asked for again and
    again."""
    kinds = ast.AnnAssign | ast.Assign | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return tuple(node for node in ast.walk(tree) if isinstance(node, kinds))


def _annotated(scope: ast.ClassDef) -> Iterable[tuple[str, ast.expr | None]]:
    """The attributes of a class whose types are told, by an annotation or by that of the parameter they are given."""
    for node in nodes_of(scope):
        if isinstance(node, ast.AnnAssign):
            yield last_name(node.target) or "", node.annotation
        elif isinstance(node, ast.FunctionDef) and node.name == "__init__":
            arguments = {one.arg: one.annotation for one in (*node.args.args, *node.args.kwonlyargs)}
            for one in nodes_of(node):
                if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and one.value.id in arguments:
                    yield last_name(one.targets[0]) or "", arguments[one.value.id]


@dataclass
class Types:
    """What the whole source says about its own names."""

    mutable: set[str] = field(default_factory=lambda: set(MUTABLE))
    """Types that grow, own subclasses and aliases included."""
    aliases: set[str] = field(default_factory=set)
    """Other names of such types, which a class of the same name elsewhere hides."""
    classes: set[str] = field(default_factory=set)
    returning: dict[str, set[str]] = field(default_factory=dict)
    """The sorts that functions of this name give back; empty: none."""
    holders: set[str] = field(default_factory=set)
    """Types whose instances do not grow, but hold as much as they were given."""
    replaced: set[str] = field(default_factory=set)
    """Names of attributes that hold as much as they were given: whoever has the object may give them more."""
    constants: dict[str, str] = field(default_factory=dict)
    """The types of variables of modules that are made of a holder."""

    def learn(self, tree: ast.Module) -> None:
        """Note the classes, aliases and functions of a module."""
        for node in nodes_of(tree):
            if isinstance(node, ast.ClassDef):
                if any(self.sort_of_type(base) == "container" for base in node.bases):
                    self.mutable.add(node.name)
                if any(isinstance(one, ast.AnnAssign) and self._holds(one.annotation) for one in node.body):
                    self.holders.add(node.name)
                self.replaced |= {name for name, told in _annotated(node) if self._holds(told)}
                made = [one.value for one in nodes_of(node) if isinstance(one, ast.Assign)]
                if any(isinstance(one, ast.Call) and last_name(one.func) in {"tuple", "frozenset"} for one in made):
                    self.holders.add(node.name)
            elif isinstance(node, ast.Assign) and self._names_container(node.value):
                self.aliases |= {one.id for one in node.targets if isinstance(one, ast.Name)}
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                if last_name(node.value.func) in self.holders and isinstance(node.targets[0], ast.Name):
                    self.constants[node.targets[0].id] = last_name(node.value.func) or ""
            elif isinstance(node, ast.AnnAssign) and last_name(node.annotation) == "TypeAlias":
                if isinstance(node.target, ast.Name) and node.value and self.annotated(node.value) == "container":
                    self.mutable.add(node.target.id)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.returning.setdefault(node.name, set()).add(self.annotated(node.returns) or "")

    def _names_container(self, value: ast.expr) -> bool:
        """Whether it is a name for a type of containers: ``dict[str, int]``, or a new type made of one."""
        if isinstance(value, ast.Call) and last_name(value.func) == "NewType" and len(value.args) == 2:
            value = value.args[1]
        return (
            isinstance(value, ast.Subscript)
            and isinstance(value.value, ast.Name)
            and self.sort_of_type(value) == "container"
        )

    def kept(self, value: ast.expr | None) -> str | None:
        """The sort of what an object keeps of a value that is as large as what it was made of."""
        match value:
            case ast.GeneratorExp():
                return "container"
            case ast.Await(value=inner):
                return self.kept(inner)
            case ast.Call(func=ast.Attribute(attr="decode", value=ast.Attribute(attr="json" | "msgpack"))):
                return "container"
            case ast.Call(func=func) if last_name(func) in KEEP_MANY:
                return "container"
        return None

    def _holds(self, annotation: ast.expr | None) -> bool:
        return any(last_name(one) in FROZEN | self.mutable | self.holders for one in alternatives(annotation))

    def sort_of_type(self, node: ast.expr | None) -> str | None:
        """The sort of thing that instances of a type are."""
        name = last_name(node)
        if name in QUEUES:
            return "queue"
        if name in WAITERS or (name == "Event" and isinstance(node, ast.Attribute)):
            return "waiters"
        return "container" if name in self.mutable or name in self.aliases - self.classes else None

    def annotated(self, annotation: ast.expr | None) -> str | None:
        """The sort that an annotation tells."""
        for one in alternatives(annotation):
            sort = self.sort_of_type(one)
            if sort is not None:
                return sort
            if isinstance(one, ast.Subscript) and last_name(one) in {"tuple", *FROZEN}:
                inner = one.slice.elts if isinstance(one.slice, ast.Tuple) else [one.slice]
                for part in inner:
                    if last_name(part) not in _TYPING and self.annotated(part):
                        return self.annotated(part)
        return None

    def value(self, value: ast.expr | None, parameters: dict[str, ast.expr | None]) -> str | None:
        """The sort of thing that an expression makes, or passes on from a parameter."""
        match value:
            case ast.List() | ast.Dict() | ast.Set() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                return "container"
            case ast.Name(id=name):
                return self.annotated(parameters.get(name))
            case ast.BoolOp(values=values):
                return next(filter(None, (self.value(one, parameters) for one in values)), None)
            case ast.IfExp(body=body, orelse=orelse):
                return self.value(body, parameters) or self.value(orelse, parameters)
            case ast.BinOp(left=left, right=right):
                return self.value(left, parameters) or self.value(right, parameters)
            case ast.Subscript(value=inner, slice=ast.Slice()):
                return self.value(inner, parameters)
            case ast.Tuple(elts=elements):
                return next(filter(None, (self.value(one, parameters) for one in elements)), None)
            case ast.NamedExpr(value=inner) | ast.Await(value=inner) | ast.Starred(value=inner):
                return self.value(inner, parameters)
            case ast.Call(func=func, keywords=keywords):
                called = last_name(func) or ""
                if called in GIVE_MANY | INSIDE or (called in {"copy", "fromkeys"} and isinstance(func, ast.Attribute)):
                    return "container"
                for keyword in keywords:  # a field, of which each object has its own
                    if keyword.arg in {"default_factory", "factory"}:
                        made = keyword.value.body if isinstance(keyword.value, ast.Lambda) else None
                        return self.value(made, {}) if made else self.sort_of_type(keyword.value)
                given = self.returning.get(called, set())
                return self.sort_of_type(func) or (next(iter(given)) or None if len(given) == 1 else None)
        return None

    def replaceable(self, annotation: ast.expr | None, value: ast.expr | None) -> bool:
        """Whether an attribute holds things that do not grow, but may be replaced by longer ones."""
        if any(last_name(one) in FROZEN | self.holders for one in alternatives(annotation)):
            return True
        match value:
            case ast.Constant(value=bytes() | str()) | ast.Tuple():
                return True
            case ast.Name(id=name):
                return name in self.constants
            case ast.Call(func=func):
                return last_name(func) in FROZEN | self.holders
        return False
