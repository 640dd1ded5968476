"""What others say in the log: bounded whoever logs it, and whoever shows it."""

from __future__ import annotations

import ast
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import pystatus
from pystatus.log_texts import MAX_ARGUMENT, MAX_TEMPLATE, MAX_TRACEBACK, about, bound, get_logger

SOURCES = Path(pystatus.__file__).parent
LONG = "\x1b[31m" + "x" * 5_800_000

log = get_logger("pystatus.texts_under_test")


class Told:
    def __repr__(self) -> str:
        return LONG


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    """What a program shows that uses pystatus as a library and has a handler of its own."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    yield stream
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


@pytest.mark.parametrize("template", ["%s", "%r", "%-10s", "%s and %%"])
@pytest.mark.parametrize(
    "value",
    [LONG, LONG.encode(), bytearray(LONG.encode()), ValueError(LONG), Told(), [LONG], {"name": LONG}],
    ids=["text", "bytes", "bytearray", "error", "object", "list", "mapping"],
)
def test_an_argument(shown: io.StringIO, template: str, value: object) -> None:
    log.warning(f"{template}, says a peer", value)
    line = shown.getvalue()
    assert line.endswith("says a peer\n")
    assert "xxxxx" in line
    assert line.removesuffix("\n").isprintable()
    assert len(line) < MAX_ARGUMENT + 30


def test_several_arguments_by_name(shown: io.StringIO) -> None:
    log.warning("%(who)s says %(what)r", {"who": LONG, "what": LONG})
    assert len(shown.getvalue()) < 2 * MAX_ARGUMENT + 30


def test_numbers_stay_numbers(shown: io.StringIO) -> None:
    log.warning("%d of %05.1f, %x, %s", 7, 3.14159, 255, None)
    assert shown.getvalue() == "7 of 003.1, ff, None\n"


@pytest.mark.parametrize("message", [LONG, ValueError(LONG), "100 %" + LONG])
def test_a_message_without_arguments(shown: io.StringIO, message: object) -> None:
    log.warning(message)
    assert len(shown.getvalue()) <= MAX_TEMPLATE + 1
    assert "\x1b" not in shown.getvalue()


@pytest.mark.parametrize("template", ["%d peers", "%s %s", "%(x)s", "%q"])
def test_a_line_that_cannot_be_joined_is_its_template(shown: io.StringIO, template: str) -> None:
    log.warning(template, LONG)
    assert shown.getvalue() == f"{template}\n"


def test_a_traceback(shown: io.StringIO) -> None:
    try:
        raise ValueError(LONG)
    except ValueError:
        log.exception("a handler of %s failed", "MessageReceived", stack_info=True)
    text = shown.getvalue()
    assert text.startswith("a handler of MessageReceived failed\nTraceback (most recent call last):\n")
    assert "\x1b" not in text
    assert len(text) < 2 * MAX_TRACEBACK + 100


def test_what_is_bounded_stays_as_it_is() -> None:
    record = logging.makeLogRecord({"msg": "%s and %r", "args": ("a\nb", "c")})
    bound(record)
    bound(record)
    assert record.getMessage() == "a b and 'c'"


def test_what_a_line_is_about_is_no_part_of_it(shown: io.StringIO) -> None:
    log.warning("connected", extra=about("a static peer"))
    assert shown.getvalue() == "connected\n"


# The kind: nobody goes another way.


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCES.rglob("*.py")):
        yield path.relative_to(SOURCES).as_posix(), ast.parse(path.read_text())


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def test_every_logger_is_one_whose_texts_are_bounded() -> None:
    others = {
        (module, name)
        for module, tree in trees()
        for name, _ in calls(tree)
        if name in {"logging.getLogger", "getLogger", "logging.Logger", "warnings.warn"}
        or (name.removeprefix("logging.") in METHODS and name.startswith("logging."))
    }
    assert others == {("log_texts.py", "logging.getLogger"), ("logs/stderr_log.py", "logging.getLogger")}


def test_every_line_has_a_template_of_ours() -> None:
    """What is joined before the call was not cut before it was joined."""
    for module, tree in trees():
        for name, call in calls(tree):
            owner, _, method = name.rpartition(".")
            if method in METHODS and owner in {"log", "self._log"}:
                template = call.args[1 if method == "log" else 0]
                is_literal = isinstance(template, ast.Constant) and isinstance(template.value, str)
                assert is_literal, f"{module}:{call.lineno}: {ast.unparse(call)}"


def test_every_machine_output_is_known() -> None:
    """Each of these cuts texts of others, or has none; :mod:`pystatus.apps.cli.output` is where a new one belongs."""
    found = {module for module, tree in trees() for name, _ in calls(tree) if name.startswith("json.dump")}
    assert found == {
        "account/keystore.py",  # a file of ours
        "account/record.py",  # a file of ours
        "apps/cli/own_network.py",  # settings of a network that its user makes
        "fleets/fleet_file.py",  # likewise, and the name of a wrong key, escaped and cut
        "fleets/status_go.py",  # settings made of a fleet, whose texts are bounded
        "push/server/gateway.py",  # what a gateway of push notifications is sent
        "apps/cli/commands/rpc.py",  # an answer of the user's own node, for people
        "apps/cli/commands/config.py",  # a setting, for people
        "apps/cli/commands/archive.py",  # a file of ours
        "apps/demo/child.py",  # between the processes of the demo
        "apps/demo/stage.py",  # between the processes of the demo
        "imaging/child.py",  # between a client and the process that decodes for it
        "logs/stderr_log.py",
        "messenger/transcript/as_json.py",  # a chat that its owner writes down, whole
        "apps/cli/output.py",
        "simulation/sample_file.py",  # numbers of a simulation
        "apps/cli/commands/dns_list.py",  # records that were checked: base32, base64 and numbers
        "storage/backups.py",  # a file of ours
        "storage/locks.py",  # a file of ours
        "storage/descriptions.py",  # a file of ours
    }
