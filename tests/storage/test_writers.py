"""Nothing but :mod:`pystatus.storage.files` makes files. Every other call that could is listed, with its reason."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

import pystatus

SOURCE = Path(pystatus.__file__).parent
HELPER = "storage/files.py"

ALLOWED = {
    ("apps/web/browser.py", "unlink"): "a file that has led a browser to the page goes",
    ("apps/web/running_servers.py", "unlink"): "the note of a server that has ended goes",
    ("apps/web/server.py", "unlink"): "an export goes that was read",
    ("apps/web/chat_calls.py", "touch"): "no file: somebody is there",
    ("apps/web/wallet_calls.py", "touch"): "no file: somebody is there",
    ("apps/web/page.py", "touch"): "no file: somebody is there",
    ("storage/profiles.py", "rename"): "a directory that was made by the helper gets its own name",
    ("storage/profiles.py", "rmtree"): "what was not finished goes",
    ("apps/cli/own_network.py", "rename"): "a directory that was made by the helper gets its own name",
    ("apps/cli/own_network.py", "rmtree"): "what was not finished goes",
    ("storage/profile_list.py", "unlink"): "what was not finished goes",
    ("storage/changeover.py", "rename"): "a directory that was made by the helper gets its own name",
    ("storage/changeover.py", "replace"): "a file that was made by the helper takes the place of another one",
    ("storage/changeover.py", "rmdir"): "a directory goes whose files are all in their places",
    ("storage/changeover.py", "unlink"): "what SQLite kept beside a database that was replaced goes",
    ("storage/erasing.py", "os.open"): "what goes is overwritten",
    ("storage/erasing.py", "unlink"): "what was overwritten goes",
    ("storage/erasing.py", "rmtree"): "directories go whose files are gone",
    ("apps/cli/commands/account.py", "rename"): "a profile, whose description the helper writes",
    ("apps/cli/commands/group.py", "rename"): "a group",
    ("client/features/groups.py", "rename"): "a group",
    ("storage/features/search.py", "connect"): "a database in memory",
    ("testing/network.py", "TemporaryDirectory"): "a directory of its own, for its owner alone",
    ("storage/database.py", "connect"): "a database, whose file the helper has prepared",
    ("storage/traffic.py", "connect"): "a database, whose file the helper has prepared",
    ("storage/cached_peers.py", "connect"): "a database, whose file the helper has prepared",
    ("storage/archive/sqlite_file.py", "connect"): "a database, whose file the helper has prepared",
    ("storage/push_registrations.py", "connect"): "a database, whose file the helper has prepared",
    ("storage/archive/sources.py", "DB"): "the LevelDB of a status-go mailserver, which exists",
    ("storage/archive/sources.py", "TemporaryDirectory"): "a directory of its own, for its owner alone",
    ("storage/archive/sources.py", "symlink_to"): "links in that directory",
    ("storage/locks.py", "os.open"): "to read: what is locked where no lock file can be made",
    ("faces/terminal.py", "os.open"): "the terminal",
    ("faces/attach/place.py", "os.open"): "a directory, by which a socket in it is called shorter",
    ("faces/attach/place.py", "connect"): "a socket of another process",
    ("faces/attach/forwarding.py", "bind"): "arguments, no file",
    ("faces/terminal.py", "open"): "the terminal",
    ("apps/cli/streams.py", "os.open"): "the null device",
    ("apps/terminal/signals.py", "os.open"): "the null device",
    ("apps/terminal/chat_actions.py", "TemporaryDirectory"): "a directory of its own, for its owner alone",
    ("apps/terminal/obeying.py", "rename"): "a group",
    (
        "apps/terminal/opening.py",
        "mkdtemp",
    ): "a directory of its own, for its owner alone, under a name nobody can foresee",
    ("apps/terminal/opening.py", "rmtree"): "that directory goes",
    ("apps/terminal/opening.py", "unlink"): "the oldest file there goes",
    ("apps/cli/commands/notify.py", "open"): "the terminal",
    ("apps/terminal/pages.py", "rename"): "a group or a device",
    ("apps/demo/stage.py", "mkdtemp"): "a directory of its own, for its owner alone, under a name nobody can foresee",
    ("apps/demo/stage.py", "rmtree"): "that directory goes",
    ("apps/demo/echo.py", "rmtree"): "that directory goes",
    ("simulation/subjects.py", "TemporaryDirectory"): "a directory of its own, for its owner alone",
    ("storage/archive/backlog_file.py", "unlink"): "a file goes whose envelopes are stored",
    ("apps/cli/commands/archive.py", "unlink"): "the position of a copy that is complete goes",
    ("rpc/ipc.py", "unlink"): "the socket of a process that has ended goes",
    ("simulation/profile.py", "connect"): "a database, whose file the helper has prepared",
    ("rpc/wakuext/groups.py", "rename"): "a group",
    ("rpc/wakuext/devices.py", "rename"): "a device, which has another name from then on",
    ("rpc/wakuext/local_files.py", "os.open"): "to read: no link of a path is followed",
    ("client/features/devices.py", "rename"): "a device, which has another name from then on",
    ("apps/cli/commands/device.py", "rename"): "a device, which has another name from then on",
    ("net/listening.py", "bind"): "an address, no file",
    ("client/handlers.py", "bind"): "arguments, no file",
    ("devchain/server.py", "bind"): "an address, no file",
    ("workers/supervisor.py", "bind"): "an address, no file",
    ("net/pmp_router.py", "bind"): "a socket of UDP",
    ("net/upnp_router.py", "bind"): "a socket of UDP",
    ("net/routes.py", "connect"): "a socket of UDP, to see which way packets would go",
    ("rpc/ipc.py", "connect"): "a socket of somebody else, to see whether they listen",
}
"""Where such a call stands outside of the helper, and why it may. By the file below ``src/pystatus``."""

MAKERS = {
    *("write_text", "write_bytes", "touch", "mkdir", "makedirs", "mknod", "mkfifo", "symlink_to", "hardlink_to"),
    *("symlink", "link", "rename", "renames", "chmod", "lchmod", "fchmod", "chown", "fchown", "truncate", "unlink"),
    *("remove", "rmdir", "removedirs", "rmtree", "move", "copy", "copy2", "copyfile", "copytree", "copyfileobj"),
    *("mkstemp", "mkdtemp", "mktemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
    *("TemporaryDirectory", "FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"),
    *("start_unix_server", "create_unix_server", "bind", "connect", "DB", "fdopen", "sendfile", "ZipFile", "TarFile"),
}
MODULES = {
    "os", "shutil", "tempfile", "logging", "sqlite3", "sqlcipher", "socket", "asyncio", "plyvel", "Path", "zipfile"
}  # fmt: skip
HARMLESS = {
    ("asyncio", "start_unix_server"): "is given a socket that the helper has bound",
    ("asyncpg", "connect"): "another machine's files",
    ("os", "fdopen"): "a descriptor that is there already",
}
METHODS_OF_PATHS = {
    *("write_text", "write_bytes", "touch", "mkdir", "symlink_to", "hardlink_to", "rename", "chmod", "lchmod"),
    *("unlink", "rmdir", "bind"),
}
"""Names that are taken for those of a path or a socket, whatever they are called on."""


def writers(source: str) -> Counter[str]:
    """What a module uses that may make, change or remove a file, by name, called or handed to somebody who calls it."""
    found: Counter[str] = Counter()
    for node in ast.walk(ast.parse(source)):
        name = made_by(node) if isinstance(node, ast.Call) else of_a_module(node)
        if name is not None:
            found[name] += 1
    return found


def of_a_module(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return None
    owner = node.value.id
    return node.attr if owner in MODULES and node.attr in MAKERS and (owner, node.attr) not in HARMLESS else None


def made_by(call: ast.Call) -> str | None:
    function = call.func
    if isinstance(function, ast.Name):
        if function.id == "open" and may_write(call, 1):
            return "open"
        return function.id if function.id in MAKERS - {"copy", "connect", "bind", "link", "remove", "move"} else None
    if not isinstance(function, ast.Attribute):
        return None
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    name = function.attr
    if (owner, name) in HARMLESS:
        return None
    if name == "open":
        if owner == "os":
            return "os.open"
        return "open" if has_mode(call) and may_write(call, 0) else None
    if name == "replace":  # of a path; texts have two arguments, dataclasses and dates names
        return "replace" if len(call.args) == 1 and not call.keywords and owner not in ("dataclasses", "self") else None
    if name in METHODS_OF_PATHS:
        return name
    return "connect" if name == "connect" and owner == "probe" else None


def has_mode(call: ast.Call) -> bool:
    """Whether an ``open`` is given a mode: only files have one."""
    return any(keyword.arg == "mode" for keyword in call.keywords) or (
        len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    )


def may_write(call: ast.Call, place: int) -> bool:
    modes = [keyword.value for keyword in call.keywords if keyword.arg == "mode"] + call.args[place : place + 1]
    return any(not isinstance(mode, ast.Constant) or bool(set(str(mode.value)) & set("wax+")) for mode in modes)


def test_no_other_module_makes_files() -> None:
    found = {
        (str(path.relative_to(SOURCE)), name)
        for path in SOURCE.rglob("*.py")
        if str(path.relative_to(SOURCE)) != HELPER
        for name in writers(path.read_text())
    }
    assert found - set(ALLOWED) == set(), "make files by pystatus.storage.files, or say here why not"
    assert set(ALLOWED) - found == set(), "these are gone: take them out of the list"


@pytest.mark.parametrize(
    "planted",
    [
        'open("key", "w")',
        'open("key", mode="xb")',
        "open(name, mode)",
        'path.open("wb")',
        'path.open(mode="a")',
        'path.write_text("x")',
        "(directory / name).write_bytes(data)",
        "path.touch(0o600)",
        "path.parent.mkdir(parents=True)",
        "os.open(path, flags)",
        "os.rename(one, other)",
        "scratch.replace(path)",
        "tempfile.NamedTemporaryFile()",
        "NamedTemporaryFile()",
        "sqlite3.connect(path)",
        "logging.FileHandler(path)",
        "listener.bind(str(path))",
        "shutil.copy(one, other)",
        "path.symlink_to(other)",
        "stack.callback(shutil.rmtree, path)",
    ],
)
def test_a_new_writer_is_found(planted: str) -> None:
    assert writers(f"def planted():\n    {planted}\n")


@pytest.mark.parametrize(
    "harmless",
    [
        'open("key")',
        'path.open("rb")',
        "SqliteArchive.open(path)",
        "gcm.open(sealed)",
        'text.replace("a", "b")',
        "dataclasses.replace(settings, port=1)",
        "path.read_bytes()",
    ],
)
def test_what_makes_no_file_is_not_found(harmless: str) -> None:
    assert not writers(harmless)
