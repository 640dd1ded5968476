"""At a real terminal: hidden questions, colours, and the keys that interrupt."""

import os
import signal
from pathlib import Path

import pytest

from pystatus import PrivateKey
from pystatus.account.account import Account
from pystatus.faces import terminal
from tests.apps.support import PASSWORD, Cli, Terminal, contents

WORDS = "test test test test test test test test test test test junk"
KEY = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
CLEAR_SCREEN = "\x1b[2J"


def test_making_an_account_asks_for_its_password_twice_and_shows_neither(cli: Cli) -> None:
    with Terminal(cli.data_dir, "account", "create", "alice") as screen:
        screen.expect("New password: ")
        screen.type("short\n")
        screen.expect("A password has at least 6 characters. Choose a longer one.")
        screen.expect("New password: ")
        screen.type(f"{PASSWORD}\n")
        screen.expect("The same again: ")
        screen.type("another one\n")
        screen.expect("The two differ. Type it again.")
        for question in ("New password: ", "The same again: "):
            screen.expect(question)
            screen.type(f"{PASSWORD}\n")
        screen.expect("Your recovery words:")
        assert screen.wait() == 0
    assert PASSWORD not in screen.screen
    assert "another one" not in screen.screen
    assert cli.objects("history", "alice") == []


def test_doubtful_words_are_taken_after_a_yes_only(cli: Cli) -> None:
    for answer, code in (("\n", 1), ("y\n", 0)):
        with Terminal(cli.data_dir, "account", "recover", "mine", PYSTATUS_PASSWORD=PASSWORD) as screen:
            screen.expect("Recovery words (not shown): ")
            screen.type(WORDS.replace("junk", "custom") + "\n")
            screen.expect("The checksum of the phrase is wrong")
            screen.expect("Recover the account of exactly these words? [y/N] ")
            screen.type(answer)
            assert screen.wait() == code
        assert "custom " not in screen.screen.replace("custom phrase", "")
        assert bool(contents(cli.data_dir)) is (code == 0)


def test_recovery_words_are_pasted_in_the_rows_in_which_they_were_shown(cli: Cli) -> None:
    """What a terminal has taken up behind the first row must neither be lost nor go to the shell."""
    with Terminal(cli.data_dir, "account", "create", "alice", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Your recovery words:")
        assert screen.wait() == 0
    shown = screen.screen.split("Your recovery words:")[1].split("Write them down")[0].replace("\r", "").strip("\n")
    assert len(shown.splitlines()) == 3
    assert max(map(len, shown.splitlines())) <= 40
    assert cli.run("account", "delete", "alice", "--yes").exit_code == 0
    with Terminal(cli.data_dir, "account", "recover", "again", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Recovery words (not shown): ")
        screen.type(f"{shown}\n")
        screen.expect("4 words so far. The next ones, or Enter alone if these are all (not shown): ")
        screen.expect("8 words so far.")
        assert screen.wait() == 0
    # Whole rows: a single word of theirs may be one of the prompt's, too.
    assert not [row for row in shown.splitlines() if row.strip() in screen.screen]
    assert cli.objects("account", "list")[0]["name"] == "again"


def test_recovery_words_that_are_too_few_are_asked_for_again(cli: Cli) -> None:
    """A person types them again, and if not here, into the shell, which shows and keeps them."""
    with Terminal(cli.data_dir, "account", "recover", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Recovery words (not shown): ")
        screen.type(WORDS.removesuffix(" junk") + "\n")
        screen.expect("11 words so far.")
        screen.type("\n")
        screen.expect("A recovery phrase has 12, 15, 18, 21 or 24 words, this one has 11.")
        screen.expect("Recovery words (not shown): ")
        screen.type(f"{WORDS}\n")
        assert screen.wait() == 0
    assert "junk" not in screen.screen


def test_rows_of_words_without_a_checksum_are_told_apart_by_an_empty_line(cli: Cli) -> None:
    custom = WORDS.replace("junk", "test")
    with Terminal(cli.data_dir, "account", "recover", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Recovery words (not shown): ")
        screen.type("test test test test test test\n" * 2)
        screen.expect("12 words so far.")
        screen.type("\n")
        screen.expect("The checksum of the phrase is wrong")
        screen.expect("Recover the account of exactly these words? [y/N] ")
        screen.type("y\n")
        assert screen.wait() == 0
    assert cli.objects("account", "list")[0]["public_key"] == Account.from_mnemonic(custom).public_key.hex


def test_a_new_password_that_is_given_is_named_in_the_question(cli: Cli) -> None:
    """Somebody who expects to be asked for it would lose the history to a password that they do not know."""
    cli.object("account", "recover", "alice", "--words-file", "-", input=WORDS)
    for environment, question in (
        ({"PYSTATUS_PASSWORD": "another one"}, "Set a new password for it, the one in PYSTATUS_PASSWORD? [y/N] "),
        ({}, "Set a new password for it? [y/N] "),
    ):
        with Terminal(cli.data_dir, "account", "recover", **environment) as screen:
            screen.expect("Recovery words (not shown): ")
            screen.type(f"{WORDS}\n")
            screen.expect(question)
            screen.type("n\n")
            assert screen.wait() == 1


def test_a_private_key_that_is_none_is_asked_for_again(cli: Cli) -> None:
    with Terminal(cli.data_dir, "account", "import", "bot", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Private key (not shown): ")
        screen.type(KEY[:-1] + "\n")
        screen.expect("A private key is 64 hexadecimal digits")
        screen.expect("Private key (not shown): ")
        screen.type(f"{KEY}\n")
        assert screen.wait() == 0
    assert KEY[:16] not in screen.screen


@pytest.mark.parametrize("command", ["history", "device list", "device renew", "account password"])
def test_a_wrong_password_is_asked_for_again(cli: Cli, command: str) -> None:
    cli.add_profile("alice")
    new = ("--new-password-file", "-") if command == "account password" else ()
    with Terminal(cli.data_dir, *command.split(), "alice", *new) as screen:
        for attempt in ("wrong one", "wrong two", PASSWORD):
            screen.expect("Password: ")
            screen.type(f"{attempt}\n")
            if attempt != PASSWORD:
                screen.expect("The password of 'alice' is wrong.")
        if new:
            screen.expect("Standard input (not shown): ")
            screen.type(f"{PASSWORD}\n")
        assert screen.wait() == 0
    assert "wrong one" not in screen.screen


def test_three_wrong_passwords_are_the_end(cli: Cli) -> None:
    cli.add_profile("alice")
    with Terminal(cli.data_dir, "history", "alice") as screen:
        for _ in range(3):
            screen.expect("Password: ")
            screen.type("wrong one\n")
            screen.expect("The password of 'alice' is wrong.")
        assert screen.wait() == 1


def test_a_passphrase_is_asked_for_when_it_is_wished(cli: Cli) -> None:
    with Terminal(cli.data_dir, "account", "recover", "--passphrase", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Recovery words (not shown): ")
        screen.type(f"{WORDS}\n")
        screen.expect("Passphrase (not shown): ")
        screen.type("TREZOR\n")
        assert screen.wait() == 0
    assert "TREZOR" not in screen.screen
    assert cli.objects("account", "list")[0]["default_wallet"] != "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def test_ctrl_c_at_a_question_ends_quietly_and_changes_nothing(cli: Cli) -> None:
    with Terminal(cli.data_dir, "account", "create") as screen:
        screen.expect("New password: ")
        screen.type("\x03")
        assert screen.wait() == 128 + signal.SIGINT
    assert "Traceback" not in screen.screen
    assert contents(cli.data_dir) == {}


def test_a_name_that_is_taken_is_told_before_a_secret_is_asked_for(cli: Cli) -> None:
    cli.add_profile("alice")
    taken = "There is a profile called 'alice' already. Choose another name."
    with Terminal(cli.data_dir, "account", "create", "Alice") as screen:
        screen.expect(taken)
        assert screen.wait() == 1
    with Terminal(cli.data_dir, "account", "recover", "alice") as screen:
        screen.expect("Recovery words (not shown): ")  # they might be those of that profile
        screen.type(f"{WORDS}\n")
        screen.expect(taken)
        assert screen.wait() == 1
    assert "password" not in screen.screen


def test_a_message_that_is_typed_is_asked_for(cli: Cli) -> None:
    """Somebody who sees nothing waits for the question for the password, and types that instead."""
    cli.add_profile("alice")
    nobody = f"enode://{PrivateKey.generate(os.urandom).public_key.xy.hex()}@127.0.0.1:1"
    with Terminal(cli.data_dir, "send", "alice", "#status", "-", "--peer", nobody, "--timeout", "0") as screen:
        screen.expect("Write the message. Ctrl-D on a line of its own ends it.")
        screen.type("one line\nanother\n\x04")
        screen.expect("Password: ")
        screen.type(f"{PASSWORD}\n")
        assert screen.wait() == 3
    assert [one["text"] for one in cli.objects("history", "alice", "status")] == ["one line\nanother"]


def test_a_secret_is_not_shown_where_standard_input_is_the_terminal(cli: Cli) -> None:
    with Terminal(cli.data_dir, "account", "create", "alice", "--password-file", "-") as screen:
        screen.expect("Standard input (not shown): ")
        screen.type(f"{PASSWORD}\n")
        assert screen.wait() == 0
    assert PASSWORD not in screen.screen
    assert cli.objects("history", "alice") == []


@pytest.mark.parametrize("typed", ["", "\n"])
def test_the_end_of_the_input_at_a_question_ends_with_a_sentence(cli: Cli, typed: str) -> None:
    with Terminal(cli.data_dir, "account", "recover", PYSTATUS_PASSWORD=PASSWORD) as screen:
        screen.expect("Recovery words (not shown): ")
        screen.type(WORDS.replace("junk", "custom") + "\n" if typed else "\x04")
        if typed:
            screen.expect("[y/N] ")
            screen.type("\x04")
        screen.expect("Nothing was done: the input ended before the question was answered.")
        assert screen.wait() == 1
    assert contents(cli.data_dir) == {}


def test_an_account_is_shown_with_its_picture_in_colour(cli: Cli) -> None:
    made = cli.object("account", "recover", "alice", "--words-file", "-", input=WORDS)
    red, green, blue = bytes.fromhex(made["color"][1:])
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Terminal(cli.data_dir, "account", "show", "alice", **environment) as screen:
            assert screen.wait() == 0
        assert (f"\x1b[38;2;{red};{green};{blue}m" in screen.screen) is coloured
        assert ("█" in screen.screen) is coloured
        assert made["chat_key"] in screen.screen


def test_json_is_never_coloured(cli: Cli) -> None:
    cli.add_profile("alice")
    with Terminal(cli.data_dir, "account", "show", "alice", "--json") as screen:
        assert screen.wait() == 0
    assert "\x1b" not in screen.screen


def test_whether_there_is_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(terminal, "_TERMINAL", tmp_path / "none")
    assert terminal.is_there() is False
