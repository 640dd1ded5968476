"""The command line itself: help, usage errors, pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus.apps import cli as command_line
from pystatus.errors import RemoteError
from pystatus.version import VERSION
from tests.apps.support import Cli, contents, process_environment


def commands_of(cli: Cli, *group: str) -> list[str]:
    """The commands that the help of a group lists; none for a command that is no group."""
    listed = cli.text(*group, "--help").partition("Commands:\n")[2]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]


def test_help_lists_every_command_and_each_takes_json(cli: Cli) -> None:
    names = commands_of(cli)
    assert {"account", "send", "listen", "history", "node", "demo"} <= set(names)
    of_accounts = [
        "create",
        "import",
        "recover",
        "backup",
        "export",
        "restore",
        "list",
        "show",
        "rename",
        "password",
        "vacuum",
        "delete",
    ]
    assert commands_of(cli, "account") == of_accounts
    for name in names:
        for command in commands_of(cli, name) or [""]:
            shown = cli.text(name, *filter(None, [command]), "-h")
            assert shown.startswith("Usage: pystatus")
            assert "--json" in shown or name == "demo", (name, command)


def test_version(cli: Cli) -> None:
    assert cli.text("--version") == f"pystatus {VERSION}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("receive",), "There is no command 'receive': pystatus listen does that."),
        (("listContacts",), "There is no command 'listContacts': pystatus contact list does that."),
        (("acount",), "No such command 'acount'."),
        (("account", "list", "--jsn"), "No such option: --jsn (Possible options: --json)"),
        (("simulate", "network", "--loss", "5"), "No such option: --loss. See: pystatus simulate network --help"),
        (
            ("simulate", "chat", "--mailservers", "2"),
            "No such option: --mailservers. See: pystatus simulate chat --help",
        ),
        (("history",), "PROFILE is missing."),
        (("send", "alice"), "CHAT is missing. Quote the name of a public chat and a text of several words: '#status'"),
        (("send", "alice", "#status"), "TEXT is missing. Quote the name of a public chat"),
        (
            ("send", "alice", "#status", "-; hello"),
            "No such option: -;. A text that begins with a hyphen goes behind --, and after all options. See: ",
        ),
        (("send", "alice", "#status", "two", "words"), "Got unexpected extra argument(s) (words). Quote the name of"),
        (("account", "show"), "PROFILE is missing. See: pystatus account show --help"),
        (("history", "alice", "--limit", "0"), "--limit must be a whole number from 1 to 100000, not '0'."),
        (("listen", "alice", "--count", "many"), "--count must be a whole number "),
        (("node", "--log-level", "loud"), "--log-level must be "),
    ],
)
def test_mistakes_on_the_command_line_are_explained(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    assert cli.error(*arguments, code=2).startswith(said)


@pytest.mark.parametrize("arguments", [("--json", "account", "list"), ("account", "--json", "list")])
def test_where_the_option_for_programs_stands(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli.run(*arguments)
    assert result.exit_code == 2
    said = json.loads(result.stderr)["error"]
    assert said.startswith("--json stands behind the command, as in: pystatus account list --json. See: pystatus")


def test_what_stands_behind_two_hyphens_is_no_option(cli: Cli) -> None:
    result = cli.run("account", "show", "--", "--json")
    assert (result.exit_code, result.stderr) == (
        1,
        f"There is no profile below {cli.data_dir}. Make one with: pystatus account create\n",
    )


def test_an_unexpected_exception_is_not_hidden(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pystatus.storage.profiles.Profiles.scan", broken)
    with pytest.raises(ZeroDivisionError):
        cli.run("account", "list")


def test_a_remote_error_that_gets_this_far_is_a_sentence_too(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise RemoteError("account record is damaged\x1b[31m")

    monkeypatch.setattr("pystatus.storage.profiles.Profiles.scan", damaged)
    assert cli.error("account", "list") == "Account record is damaged"


def test_the_module_is_the_command(cli: Cli) -> None:
    done = subprocess.run([sys.executable, "-m", "pystatus", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"pystatus {VERSION}\n"


def test_a_reader_that_has_seen_enough_is_no_traceback(cli: Cli) -> None:
    cli.add_profile("alice")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody_reads:
        done = subprocess.run(
            [sys.executable, "-m", "pystatus", "account", "list", "--json"],
            stdout=nobody_reads,
            stderr=subprocess.PIPE,
            env=process_environment(cli.data_dir),
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(
    ("closed", "code", "said"),
    [
        (0, 0, ""),
        (1, 1, "Standard output is closed. If nobody wants it, redirect it to /dev/null.\n"),
        (2, 0, ""),
    ],
)
def test_a_closed_stream(cli: Cli, closed: int, code: int, said: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'exec "$@" {closed}>&-', "closing", sys.executable, "-m", "pystatus", "account", "list"],
        env=process_environment(cli.data_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    empty = f"There is no account below {cli.data_dir}. Make one with: pystatus account create\n"
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == (said or ("" if closed == 2 else empty))


def test_a_full_disk_behind_standard_output_is_told(cli: Cli) -> None:
    cli.add_profile("alice")
    before = contents(cli.data_dir)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pystatus", "account", "show", "alice"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=process_environment(cli.data_dir),
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "The output cannot be written: No space left on device.\n")
    assert contents(cli.data_dir) == before


def test_a_terminal_that_knows_few_letters_gets_question_marks(cli: Cli) -> None:
    made = cli.object("account", "import", "Zoë 猫", "--key-file", "-", input="c0ffee" + "00" * 28 + "01")
    done = subprocess.run(
        [sys.executable, "-m", "pystatus", "account", "list"],
        env=process_environment(cli.data_dir, PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode("latin-1").startswith(f"Zoë ?  {made['chat_key']}")


@pytest.mark.parametrize(("arguments", "script"), [((), False), (("--script",), True)])
def test_the_demo_decides_the_exit_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], script: bool
) -> None:
    played: list[bool] = []

    def run(script: bool) -> int:
        played.append(script)
        return 7

    monkeypatch.setattr("pystatus.apps.demo.run", run)
    assert cli.run("demo", *arguments).exit_code == 7
    assert played == [script]


def test_the_entry_point_is_what_the_distribution_names() -> None:
    assert callable(command_line.main)


@pytest.mark.parametrize(
    ("misspelt", "meant", "command"),
    [
        ("PYSTATUS_PEER", "PYSTATUS_PEERS", ("send", "alice", "#status", "hello")),
        ("PYSTATUS_PEER", "PYSTATUS_PEERS", ("listen", "alice")),
        ("PYSTAUS_PEERS", "PYSTATUS_PEERS", ("device", "pair", "alice")),
        ("PYSTATUS_MAILSERVER", "PYSTATUS_MAILSERVERS", ("fetch", "alice")),
        ("PYSTATUS_PASSWD", "PYSTATUS_PASSWORD", ("history", "alice")),
        ("PYSTATUS_PASSWORT", "PYSTATUS_PASSWORD", ("account", "create", "carol")),
    ],
)
def test_a_misspelt_variable_is_named_where_its_value_is_missed(
    cli: Cli, misspelt: str, meant: str, command: tuple[str, ...]
) -> None:
    cli.add_profile("alice")
    del cli.environment["PYSTATUS_PASSWORD"]
    refused = cli.run(*command)
    assert refused.exit_code in (1, 2)
    assert "there is no such variable" not in refused.stderr
    cli.environment[misspelt] = "enode://nothing"
    refused = cli.run(*command)
    assert refused.exit_code in (1, 2)
    assert f" {misspelt} is set, but there is no such variable: {meant} is meant? " in refused.stderr
    assert "nothing" not in refused.stderr  # it may be a password
