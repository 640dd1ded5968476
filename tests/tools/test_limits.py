"""Nothing in the source that can grow is left out of docs/limits.md, and what the lists say of it is so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import limits
from tools.inventory.constants import Constants, shown
from tools.inventory.entries import Fault, areas, unlisted
from tools.inventory.finder import things
from tools.inventory.page import page

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "pystatus"
SOURCE = '''
"""A queue."""
LIMIT = 4 << 10
KEPT = LIMIT // 2


class Peer:
    def __init__(self) -> None:
        self.waiting = []
'''
TEST = "def test_it_is_bounded(): ...\n"
LIST = """
title = "Peers"
about = "What they do."

[[bounded]]
what = "what waits"
things = { "peer.py" = ["Peer.waiting"] }
who = ["peer"]
count = "{peer.py:LIMIT}"
size = "{peer.py:KEPT|bytes}"
gives_way = "the oldest"
tests = ["tests/test_peer.py::test_it_is_bounded"]
"""


@dataclass
class Tree:
    """A small repository."""

    root: Path

    @property
    def package(self) -> Path:
        return self.root / "src" / "pystatus"

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def add(self, text: str, name: str = "peer.py") -> None:
        """Write more source."""
        file = self.package / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        self.write(f"src/pystatus/{name}", before + text)

    def faults(self) -> list[str]:
        return list(limits.faults(self.root, areas(self.root / "lists"), things(self.package)))

    def run(self, *options: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["limits.py", *options])
            return limits.main(self.root, self.root / "lists")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    tree = Tree(tmp_path)
    tree.add(SOURCE)
    tree.write("tests/test_peer.py", TEST)
    tree.write("lists/10_peers.toml", LIST)
    tree.write("docs/limits.md", "")
    return tree


def test_ours_is_complete() -> None:
    assert list(limits.faults(ROOT, areas(), things(PACKAGE))) == []


def test_a_tree_whose_things_are_listed_has_no_faults(tree: Tree) -> None:
    assert tree.faults() == []


PLANTED = {
    "table": ("ROWS = 'CREATE TABLE IF NOT EXISTS rows (id)'\n", "rows"),
    "table in pieces": ("def make(name):\n    return f'CREATE TABLE {name} (id)'\n", "{}"),
    "attribute": ("class B:\n    def f(self):\n        self.seen = set()\n", "B.seen"),
    "annotated attribute": ("class B:\n    def f(self, x):\n        self.seen: dict[int, int] = x\n", "B.seen"),
    "parameter that is kept": ("class B:\n    def __init__(self, all: list[int]):\n        self.all = all\n", "B.all"),
    "field": ("@dataclass\nclass B:\n    seen: list[int] = field(default_factory=list)\n", "B.seen"),
    "slot": ("class B:\n    seen: deque[int]\n", "B.seen"),
    "attribute of a class": ("class B:\n    seen = {}\n", "B.seen"),
    "own subclass": ("class Own(dict):\n    pass\nclass B:\n    def f(self):\n        self.seen = Own()\n", "B.seen"),
    "given back": (
        "def new() -> dict[int, int]: ...\nclass B:\n    def f(self):\n        self.seen = new()\n",
        "B.seen",
    ),
    "bytes that grow": (
        "class B:\n    def __init__(self):\n        self.buffer = b''\n    def f(self, x):\n        self.buffer += x\n",
        "B.buffer",
    ),
    "value that is replaced by a longer one": (
        "@dataclass(frozen=True)\nclass V:\n    all: tuple[int, ...]\n"
        "class B:\n    def __init__(self):\n        self.v = V()\n    def f(self, x):\n        self.v = V(x)\n",
        "B.v",
    ),
    "module": ("SEEN = {}\n", "SEEN"),
    "module that is changed": ("SEEN = {1: 2}\ndef f(x):\n    SEEN[x] = x\n", "SEEN"),
    "local of a coroutine": ("async def f():\n    seen = []\n    await g(seen)\n", "f(): seen"),
    "local of a closure": ("def f():\n    seen = []\n    return lambda x: seen.append(x)\n", "f(): seen"),
    "in another object": ("def f(other):\n    other.unheard_of = []\n", "f: other.unheard_of"),
    "given to another object": (
        "class V:\n    def __init__(self, all: frozenset[int]):\n        self.all = all\n"
        "def f(v, x):\n    v.all = g(v.all, x)\n",
        "f: v.all",
    ),
    "default": ("def f(x, seen={}):\n    seen[x] = x\n", "f: default {}"),
    "global": ("def f():\n    global seen\n    seen = []\n", "seen"),
    "queue": ("class B:\n    def f(self):\n        self.news = asyncio.Queue()\n", "B.news"),
    "cache": ("@lru_cache(maxsize=None)\ndef f(x):\n    return x\n", "f"),
    "lock": ("class B:\n    def f(self):\n        self.lock = asyncio.Lock()\n", "B.lock"),
    "timer": ("def f(loop):\n    loop.call_later(1, g)\n", "f: call_later()"),
    "task": ("def f():\n    asyncio.create_task(g())\n", "f: create_task()"),
    "thread": ("def f():\n    ThreadPoolExecutor(1)\n", "f: ThreadPoolExecutor()"),
    "name that is resolved": ("async def f(loop):\n    await loop.getaddrinfo('a', 1)\n", "f: getaddrinfo()"),
    "connection that is taken over": (
        "async def f(loop):\n    await loop.connect_accepted_socket(g, s)\n",
        "f: connect_accepted_socket()",
    ),
    "reader of a socket": ("def f(loop):\n    loop.add_reader(1, g)\n", "f: add_reader()"),
    "log line": ("def f():\n    log.info('somebody came')\n", "f: info()"),
    "line by a logger without a name": ("def f():\n    getLogger('x').info('so')\n", "f: info()"),
    "answer": ("def f(self):\n    self._transport.write(b'so')\n", "f: write()"),
    "table in quotation marks": ("ROWS = 'CREATE TABLE \"rows\" (id)'\n", "rows"),
    "table in two texts": ("ROWS = 'CREATE ' + 'TABLE rows (id)'\n", "rows"),
    "table by a sign": ("def make(name):\n    return 'CREATE TABLE %s (id)' % name\n", "%s"),
    "table whose name has a beginning": (
        "def make(n):\n    return f'CREATE TABLE IF NOT EXISTS {n}_rows (id)'\n",
        "{}_rows",
    ),
    "attribute of a class in a class": (
        "class A:\n    class B:\n        seen = []\n        def f(self):\n            self.seen.append(1)\n",
        "A.B.seen",
    ),
    "attribute by way of a variable": (
        "class B:\n    def f(self):\n        seen = []\n        self.seen = seen\n",
        "B.seen",
    ),
    "parts of a text": ("class B:\n    def f(self, x):\n        self.seen = x.split()\n", "B.seen"),
    "JSON": ("class B:\n    def f(self, x):\n        self.seen = json.loads(x)\n", "B.seen"),
    "field of any type": ("@dataclass\nclass B:\n    seen: Any = field(default_factory=lambda: [])\n", "B.seen"),
    "field without a type": ("class B:\n    seen = attr.ib(factory=list)\n", "B.seen"),
    "several at once": ("class B:\n    def f(self):\n        self.one, self.seen = 1, {}\n", "B.seen"),
    "tuple that grows": ("class B:\n    seen = ()\n    def f(self, x):\n        self.seen += (x,)\n", "B.seen"),
    "bytes of a class that grow": (
        "class B:\n    seen = b''\n    def f(self, x):\n        self.seen = self.seen + x\n",
        "B.seen",
    ),
    "weak references": ("class B:\n    def f(self):\n        self.seen = WeakValueDictionary()\n", "B.seen"),
    "queue of a length": ("class B:\n    def f(self):\n        self.seen = deque(maxlen=3)\n", "B.seen"),
    "what a library keeps": ("class B:\n    def f(self):\n        self.seen = zlib.decompressobj()\n", "B.seen"),
    "barrier": ("class B:\n    def f(self):\n        self.seen = asyncio.Barrier(2)\n", "B.seen"),
    "module, perhaps": ("try:\n    SEEN = {}\nfinally:\n    pass\n", "SEEN"),
    "module, two at once": ("ONE, SEEN = 1, []\n", "SEEN"),
    "variable of a function around": (
        "def f():\n    seen = None\n    def g(x):\n        nonlocal seen\n        seen = [x]\n    g(1)\n",
        "f.g: seen",
    ),
    "variable of a context": ("SEEN = ContextVar('seen')\ndef f(x):\n    SEEN.set(x)\n", "SEEN"),
    "default of a lambda": ("f = lambda x, seen=[]: g(x)\n", "module: default []"),
    "value that is made once": (
        "class B:\n    @cached_property\n    def seen(self) -> list[int]:\n        return g()\n",
        "B.seen",
    ),
    "cache by a call": ("f = functools.cache(g)\n", "module: cache()"),
    "alarm": ("def f():\n    signal.setitimer(1, 2)\n", "f: setitimer()"),
    "program that is run": ("def f():\n    subprocess.run(['ls'])\n", "f: run()"),
    "pair of sockets": ("def f():\n    socket.socketpair()\n", "f: socketpair()"),
    "line by a logger that is made there": ("def f():\n    get_logger('x').info('so')\n", "f: info()"),
    "line by another name": ("def f():\n    say = log.info\n    say('so')\n", "f: info"),
    "line on standard error": ("def f():\n    sys.stderr.write('so')\n", "f: write()"),
    "traceback": ("def f():\n    traceback.print_exc()\n", "f: print_exc()"),
    "label of a metric": ("S = Series('x_total', 'counter', 'So.', ('client',))\n", "x_total: label client"),
    "label of a metric by its name": ("S = Series('x', 'gauge', 'So.', labels=('topic',))\n", "x: label topic"),
    "answer to a Ping": ("def f(socket, x):\n    socket.pong(x)\n", "f: pong()"),
    "answer in pieces": ("def f(response, x):\n    response.write(x)\n", "f: write()"),
    "answer by a socket of the system": (
        "async def f(loop, s, x):\n    await loop.sock_sendall(s, x)\n",
        "f: sock_sendall()",
    ),
    "file in a mode that nobody knows": ("def f(path, mode):\n    open(path, mode)\n", "f: open()"),
    "directory for a while": ("def f():\n    tempfile.mkdtemp()\n", "f: mkdtemp()"),
    "database": ("def f(path):\n    sqlite3.connect(path)\n", "f: connect()"),
    "file": ("def f(path):\n    path.open('ab')\n", "f: open()"),
    "exit stack": (
        "class B:\n"
        "    def __init__(self):\n"
        "        self.stack = contextlib.ExitStack()\n"
        "    def f(self, peer):\n"
        "        self.stack.callback(peer.close)\n",
        "B.stack",
    ),
    "dict of an object": (
        "class B:\n    def f(self, x):\n        self.__dict__.setdefault('recent', []).append(x)\n",
        "B.recent",
    ),
    "setattr": (
        "def f(peer, name, value):\n    setattr(peer, name, value)\n",
        "f: setattr()",
    ),
    "directory for each": (
        "def f(path, peer):\n    (path / peer).mkdir(exist_ok=True)\n",
        "f: mkdir()",
    ),
    "work for a pool": (
        "class B:\n    def f(self, x):\n        self._pool.submit(work, x)\n",
        "B.f: submit()",
    ),
    "msgspec": (
        "class B:\n    def f(self, raw):\n        self.state = msgspec.json.decode(raw)\n",
        "B.state",
    ),
    "body": (
        "class B:\n    async def f(self, response):\n        self.page = await response.read()\n",
        "B.page",
    ),
    "chain": (
        "class B:\n    def f(self, x):\n        self.rest = itertools.chain(self.rest, x)\n",
        "B.rest",
    ),
    "text of a coroutine": (
        "async def f(reader):\n"
        "    body = b''\n"
        "    while data := await reader.read(9):\n"
        "        body += data\n"
        "    return body\n",
        "f(): body",
    ),
    "number as a bitmap": (
        "class B:\n    def __init__(self):\n        self.seen = 0\n    def f(self, n):\n        self.seen |= 1 << n\n",
        "B.seen",
    ),
    "generator": (
        "class B:\n    def f(self, xs):\n        self.pages = (one for one in xs)\n",
        "B.pages",
    ),
    "finalize": (
        "def f(peer):\n    weakref.finalize(peer, gone)\n",
        "f: finalize()",
    ),
    "atexit": (
        "def f(peer):\n    atexit.register(peer.close)\n",
        "f: register()",
    ),
    "pickle": (
        "def f(x, file):\n    pickle.dump(x, file)\n",
        "f: dump()",
    ),
    "deepcopy": (
        "class B:\n    def f(self, x):\n        self.saved = copy.deepcopy(x)\n",
        "B.saved",
    ),
    "readlines": (
        "class B:\n    def f(self, x):\n        self.lines = x.readlines()\n",
        "B.lines",
    ),
    "frozen": (
        "@dataclass(frozen=True)\n"
        "class B:\n"
        "    def __post_init__(self):\n"
        "        object.__setattr__(self, '_seen', {})\n",
        "B._seen",
    ),
    "urlopen": (
        "def f(url):\n    urllib.request.urlopen(url)\n",
        "f: urlopen()",
    ),
    "local tuple": (
        "async def f(q):\n    seen = ()\n    while True:\n        seen = (*seen, await q.get())\n",
        "f(): seen",
    ),
    "asdict": (
        "class B:\n    def f(self, x):\n        self.saved = asdict(x)\n",
        "B.saved",
    ),
    "read_bytes": (
        "class B:\n    def f(self, p):\n        self.data = p.read_bytes()\n",
        "B.data",
    ),
    "alias": (
        "Peers = dict[str, int]\nclass B:\n    def __init__(self):\n        self.known: Peers = load()\n",
        "B.known",
    ),
    "new type": (
        "Peers = NewType('Peers', dict[str, int])\n"
        "class B:\n"
        "    def __init__(self):\n"
        "        self.known: Peers = load()\n",
        "B.known",
    ),
}
"""Source, and what is found in it."""


@pytest.mark.parametrize(("planted", "name"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(tree: Tree, planted: str, name: str) -> None:
    tree.add(planted)
    assert tree.faults() == [
        f"peer.py: {name} is in no list: say in tools/inventory/lists who can make it grow and what bounds it"
    ]
    assert tree.run("--check") == 1


def test_a_table_of_a_migration_is_found_and_its_comments_are_not(tree: Tree) -> None:
    tree.add("-- not a CREATE TABLE told (id)\nCREATE TABLE rows (id);\n", "0001.sql")
    assert [one.split(" is in")[0] for one in tree.faults()] == ["0001.sql: rows"]


@pytest.mark.parametrize(
    "harmless",
    [
        "NAMES = ['one', 'two']\ndef f():\n    return NAMES[0]\n",
        "Handler: TypeAlias = Callable[[int], None]\n",
        "def f(xs):\n    found = []\n    for x in xs:\n        found.append(x)\n    return found\n",
        "class B:\n    def __init__(self):\n        self.name = ''\n",
        "class V:\n    all: frozenset[int]\ndef f(v):\n    v.all = None\n",
        "def f(path):\n    return path.open('rb')\n",
    ],
)
def test_what_cannot_grow_is_left_alone(tree: Tree, harmless: str) -> None:
    tree.add(harmless)
    assert tree.faults() == []


def test_a_second_call_of_the_same_sort_in_a_function_is_noticed(tree: Tree) -> None:
    once = LIST + '\n[fixed.one]\n"timer.py" = ["f: call_later()"]\n'
    tree.add("def f(loop):\n    loop.call_later(1, g)\n", "timer.py")
    tree.write("lists/10_peers.toml", once)
    assert tree.faults() == []
    tree.add("    loop.call_later(2, g)\n", "timer.py")
    assert [one.split(" is ")[0] for one in tree.faults()] == [
        "Peers: timer.py: f: call_later()",
        "timer.py: f: call_later() x2",
    ]


def test_what_is_gone_from_the_source_is_gone_from_the_lists(tree: Tree) -> None:
    tree.write("src/pystatus/peer.py", SOURCE.replace("self.waiting = []", "pass"))
    assert tree.faults() == ["Peers: peer.py: Peer.waiting is listed, and is not in the source any more"]


@pytest.mark.parametrize("reason", ["one", "owner", "of listed", "code"])
def test_a_star_hides_nothing_of_what_strangers_reach(tree: Tree, reason: str) -> None:
    """What is added to such a file later would be in no list, and nobody would see it."""
    tree.add("class Screen:\n    def f(self):\n        self.told = set()\n", "screen.py")
    tree.write("lists/10_peers.toml", LIST + f'\n[fixed."{reason}"]\n"screen.py" = ["*"]\n')
    assert tree.faults() == ['Peers: screen.py: * is for whatever comes there, too: name what is meant: "Screen.told"']
    tree.write(
        "lists/10_peers.toml", LIST.replace('"Peer.waiting"', '"Peer.*"') + '\n[fixed.tool]\n"screen.py" = ["*"]\n'
    )
    assert [one.rpartition(": ")[2] for one in tree.faults()] == ['"Peer.waiting"']


def test_nothing_is_listed_twice(tree: Tree) -> None:
    tree.write("lists/10_peers.toml", LIST + '\n[fixed.tool]\n"*" = ["Peer.*"]\n')
    assert tree.faults() == ["Peers: peer.py: Peer.waiting is listed twice"]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("LIMIT = 4 << 10", "MOST = 4 << 10", "peer.py:LIMIT is named as a bound, and is not in the source"),
        ("4 << 10", "'four'", "peer.py:LIMIT is named as a bound, and is no number"),
    ],
)
def test_a_constant_that_is_gone(tree: Tree, before: str, after: str, fault: str) -> None:
    tree.write("src/pystatus/peer.py", SOURCE.replace(before, after))
    assert f"Peers: what waits: {fault}" in tree.faults()


@pytest.mark.parametrize("left", ["def test_something_else(): ...\n", None])
def test_a_test_that_is_gone(tree: Tree, left: str | None) -> None:
    if left is None:
        (tree.root / "tests" / "test_peer.py").unlink()
    else:
        tree.write("tests/test_peer.py", left)
    assert tree.faults() == ["Peers: what waits: there is no test tests/test_peer.py::test_it_is_bounded"]


def test_a_test_in_a_class(tree: Tree) -> None:
    tree.write("tests/test_peer.py", "class TestPeer:\n    async def test_it(self): ...\n")
    assert limits.exists(tree.root, "tests/test_peer.py::TestPeer::test_it")
    assert not limits.exists(tree.root, "tests/test_peer.py::TestPeer::test_more")
    assert not limits.exists(tree.root, "tests/test_peer.py")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("who = ", "whom = ", "has an entry without 'who'"),
        ('who = ["peer"]', 'who = ["somebody"]', "'somebody' is none of"),
        ('gives_way = "the oldest"', 'gives_way = ""', "nothing may be left empty"),
        ("{peer.py:LIMIT}", "many", "bounds it"),
        ("[[bounded]]", "[fixed.luck]\n[[bounded]]", "'luck' is none of"),
        ("title", "title title", "is no TOML"),
    ],
)
def test_a_list_that_says_too_little(tree: Tree, before: str, after: str, fault: str) -> None:
    text = LIST.replace(before, after)
    if fault == "bounds it":
        text = text.replace("{peer.py:KEPT|bytes}", "much")
    tree.write("lists/10_peers.toml", text)
    with pytest.raises(Fault, match=fault):
        tree.faults()
    assert tree.run("--check") == 1


def test_the_page_is_written_and_compared(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("--check") == 1
    assert "run `make limits`" in capsys.readouterr().err
    assert (tree.root / "docs" / "limits.md").read_text() == ""
    assert tree.run("--write") == 0
    written = (tree.root / "docs" / "limits.md").read_text()
    assert "| what waits | peer | 4,096 | 2 KiB | the oldest | peer.py: `Peer.waiting` |" in written
    assert tree.run("--check") == 0
    tree.write("src/pystatus/peer.py", SOURCE.replace("4 << 10", "8 << 10"))
    assert tree.run("--check") == 1


def test_constants_of_classes_and_of_other_modules(tree: Tree) -> None:
    tree.add(
        "from pystatus.peer import LIMIT\nclass C:\n    most: int = 3 * LIMIT\n    rest: float = field(default=0.5)\n",
        "c.py",
    )
    constants = Constants(tree.package)
    assert constants.value("c.py:C.most") == 3 * 4096
    assert constants.filled_in("{c.py:C.most|bytes} and {c.py:C.rest}") == "12 KiB and 0.5"
    with pytest.raises(Fault, match=r"there is no file none\.py"):
        constants.value("none.py:X")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3_600, "s", "1 hour"), (7_200, "s", "2 hours"), (90, "s", "90 seconds"), (1.0, "s", "1 second"),
        (1 << 30, "bytes", "1 GiB"), (1_000, "bytes", "1,000 bytes"), (1_000_000, None, "1,000,000"),
    ],
)  # fmt: skip
def test_numbers_as_people_read_them(value: float, unit: str | None, text: str) -> None:
    assert shown(value, unit) == text


def placed() -> Iterator[str]:
    """What is listed as bounded."""
    for area in areas():
        for entry in area.bounded:
            yield from entry.things


def test_the_page_has_everything_that_others_can_make_grow() -> None:
    package = ROOT / "src" / "pystatus"
    written = page(things(package), areas(), Constants(package))
    for thing in placed():
        assert f"`{thing.partition(': ')[2]}`" in written
    assert list(unlisted([], [])) == []
