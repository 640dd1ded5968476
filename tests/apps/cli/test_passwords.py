"""Where passwords and other secrets come from."""

import os
from pathlib import Path

import pytest

from pystatus.apps.cli import passwords
from pystatus.faces import terminal
from tests.apps.support import PASSWORD, Cli, contents

MISSING = "Password cannot be asked for: there is no terminal. Use --password-file, or set PYSTATUS_PASSWORD."


def private(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def locked(cli: Cli) -> Cli:
    """A profile, and nothing in the environment that opens it."""
    cli.add_profile("alice")
    cli.environment["PYSTATUS_PASSWORD"] = None
    return cli


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_password_file_holds_the_password_and_perhaps_the_end_of_its_line(
    locked: Cli, tmp_path: Path, end: bytes
) -> None:
    file = private(tmp_path / "password", PASSWORD.encode() + end)
    assert locked.objects("history", "alice", "--password-file", file) == []
    assert locked.objects("history", "alice", "--password-file", "-", input=PASSWORD.encode() + end) == []


def test_only_one_end_of_line_is_taken_off(locked: Cli, tmp_path: Path) -> None:
    file = private(tmp_path / "password", PASSWORD.encode() + b"\n\n")
    assert locked.error("history", "alice", "--password-file", file).startswith("The password of 'alice' is wrong.")


def test_the_file_goes_before_the_environment(locked: Cli, tmp_path: Path) -> None:
    locked.environment["PYSTATUS_PASSWORD"] = "another one"
    file = private(tmp_path / "password", PASSWORD.encode())
    assert locked.objects("history", "alice", "--password-file", file) == []
    assert locked.error("history", "alice").startswith("The password of 'alice' is wrong.")


@pytest.mark.parametrize("value", [None, ""])
def test_without_any_password_and_terminal_the_command_says_what_to_do(locked: Cli, value: str | None) -> None:
    locked.environment["PYSTATUS_PASSWORD"] = value
    assert locked.error("history", "alice") == MISSING


def test_a_file_that_others_can_read_is_warned_about(locked: Cli, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    file.chmod(0o640)
    result = locked.run("history", "alice", "--password-file", str(file))
    assert result.exit_code == 0
    (warning, _) = result.stderr.splitlines()
    assert warning == f"Warning: {file} can be read by other people on this machine. Run: chmod 600 {file}"


def test_a_pipe_is_as_good_as_a_file(locked: Cli) -> None:
    reading, writing = os.pipe()
    os.write(writing, PASSWORD.encode() + b"\n")
    os.close(writing)
    try:
        assert locked.objects("history", "alice", "--password-file", f"/dev/fd/{reading}") == []
    finally:
        os.close(reading)


def test_files_that_hold_no_password_are_refused(locked: Cli, tmp_path: Path) -> None:
    def refused(file: str) -> str:
        return locked.error("history", "alice", "--password-file", file)

    missing = tmp_path / "missing"
    assert refused(str(missing)) == f"The file {missing} cannot be read: No such file or directory."
    assert refused(str(tmp_path)) == f"The file {tmp_path} cannot be read: Is a directory."
    long = private(tmp_path / "long", b"x" * 4_097)
    assert refused(long) == f"The file {long} is too long for a secret. Check that it is the right file."
    binary = private(tmp_path / "binary", b"\xff\xfa")
    assert refused(binary) == f"The file {binary} is not text in UTF-8. Check that it is the right file."
    empty = private(tmp_path / "empty", b"\n")
    assert refused(empty) == "The password is empty. Enter the password of this account."


@pytest.mark.parametrize(
    "command",
    [
        ("account", "import", "--key-file", "notes"),
        ("archive", "show", "notes"),
        ("config", "check", "notes"),
        ("history", "alice", "--password-file", "notes"),
        ("history", "alice", "--password-file", "nothing"),
        ("inspect", "notes"),
        ("inspect", "nothing"),
        ("node", "--config", "nothing"),
        ("node", "--key-file", "nothing"),
        ("node", "--key-file", "folder"),
        ("node", "--config", "settings"),
    ],
    ids=" ".join,
)
def test_a_file_is_named_as_it_is_called(
    locked: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A name that could be a word of a sentence, too, keeps its letters: another one would be another file."""
    monkeypatch.chdir(tmp_path)
    private(Path("notes"), b"\xff what is of no use to any of these commands")
    private(Path("settings"), b"no_such_setting = 1")
    Path("folder").mkdir()
    result = locked.run(*command)
    assert result.exit_code in (1, 2)
    assert command[-1] in result.stderr
    assert command[-1].capitalize() not in result.stderr


def test_standard_input_is_read_by_one_reader_only(cli: Cli) -> None:
    sentence = "Only one thing can be read from standard input. Put the others into files."
    both = ("--password-file", "-")
    assert cli.error("account", "import", "--key-file", "-", *both, input="x", code=2) == sentence
    assert cli.error("account", "recover", "--words-file", "-", *both, input="x", code=2) == sentence
    assert cli.error("send", "alice", "#status", "-", *both, input="x", code=2) == sentence


def test_a_new_password_has_to_be_long_enough(cli: Cli) -> None:
    cli.environment["PYSTATUS_PASSWORD"] = "short"
    assert cli.error("account", "create") == "A password has at least 6 characters. Choose a longer one."
    assert contents(cli.data_dir) == {}


def test_at_a_terminal_a_new_password_is_asked_until_it_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["short", "long enough", "something else", "long enough", "long enough"]
    asked: list[str] = []
    told: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return answers.pop(0)

    monkeypatch.delenv("PYSTATUS_PASSWORD", raising=False)
    monkeypatch.setattr(terminal, "is_there", lambda: True)
    monkeypatch.setattr(terminal, "ask_hidden", answer)
    monkeypatch.setattr(terminal, "tell", told.append)
    assert passwords.new_password(None) == "long enough"
    assert asked == ["New password", "New password", "The same again", "New password", "The same again"]
    assert told == ["A password has at least 6 characters. Choose a longer one.", "The two differ. Type it again."]


def test_secrets_are_no_arguments(cli: Cli) -> None:
    """A command's arguments are seen by every user of the machine, and kept in the shell's history."""
    for arguments in (("create", "--password", "x"), ("import", "--key", "x"), ("recover", "--mnemonic", "x")):
        assert cli.run("account", *arguments).exit_code == 2
