"""``pystatus wallet accounts``, ``add``, ``change`` and ``remove``; the signing phrase at a terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.account.test_wallet_accounts import KNOWN, PHRASE
from tests.apps.support import PASSWORD, Cli
from tests.support.holding import Holder

OTHERS_PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def private(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    found = Cli(tmp_path / "data")
    found.object("account", "recover", "alice", "--words-file", private(tmp_path / "words", PHRASE))
    return found


@pytest.mark.requirement("AC-30")
def test_accounts_are_added_changed_listed_and_removed(cli: Cli, tmp_path: Path) -> None:
    assert cli.object("wallet", "add", "alice")["address"] == KNOWN[1]
    savings = cli.object("wallet", "add", "alice", "--name", "Savings", "--index", "2", "--colour", "#00ff00")
    assert (savings["address"], savings["path"]) == (KNOWN[2], "m/44'/60'/0'/0/2")
    words_file = private(tmp_path / "others", OTHERS_PHRASE)
    other = cli.object("wallet", "add", "alice", "--words-file", words_file, "--path", "m/44'/60'/0'/0/5")
    assert (other["kind"], other["path"]) == ("phrase", "m/44'/60'/0'/0/5")
    key_file = private(tmp_path / "key", os.urandom(32).hex())
    assert cli.object("wallet", "add", "alice", "--key-file", key_file, "--name", "Old key")["can_sign"] is True
    assert cli.object("wallet", "add", "alice", "--watch", "0x" + "5a" * 20)["can_sign"] is False
    assert cli.object("wallet", "change", "alice", "savings", "--name", "Holidays")["colour"] == "#00ff00"
    listed = cli.objects("wallet", "accounts", "alice")
    assert [one["name"] for one in listed] == [
        "Status account", "Account 1", "Holidays", "Account 2", "Old key", "Account 3",
    ]  # fmt: skip
    sentence = cli.error("wallet", "remove", "alice", "Old key")
    assert sentence.startswith("Nothing was removed. With --yes, this happens: The key of Old key (0x")
    assert sentence.endswith("is deleted here. Keep a copy of its key.")
    cli.object("wallet", "remove", "alice", "Old key", "--yes")
    cli.object("wallet", "remove", "alice", "Account 3")
    assert [one["name"] for one in cli.objects("wallet", "accounts", "alice")] == [one["name"] for one in listed[:4]]
    shown = cli.run("wallet", "accounts", "alice").stdout.splitlines()
    assert shown[2] == f"{KNOWN[2]}  Holidays  (derived  m/44'/60'/0'/0/2)"


def test_what_does_not_go_together(cli: Cli, tmp_path: Path) -> None:
    add = ("wallet", "add", "alice")
    assert "one of --phrase, --key and --watch" in cli.error(*add, "--key", "--watch", KNOWN[1], code=2)
    assert "--index is of an account of your own phrase" in cli.error(*add, "--key", "--index", "3", code=2)
    assert "--path is below another phrase" in cli.error(*add, "--path", "m/1", code=2)
    assert "Give --name, --colour, or both" in cli.error("wallet", "change", "alice", "x", code=2)
    assert "There is no such account in this wallet" in cli.error("wallet", "change", "alice", "x", "--name", "y")
    mistyped = private(tmp_path / "mistyped", OTHERS_PHRASE.replace("yellow", "winner"))
    assert "Nothing was done. Check the words" in cli.error(*add, "--words-file", mistyped)
    assert len(cli.objects("wallet", "accounts", "alice")) == 1


@pytest.mark.requirement("AC-30")
def test_beside_a_process_that_has_the_profile_open_no_secret_passes(cli: Cli) -> None:
    held = Holder(cli.data_dir, PASSWORD)
    held.start()
    try:
        assert cli.object("wallet", "add", "alice", "--name", "Savings")["address"] == KNOWN[1]
        cli.environment["PYSTATUS_PASSWORD"] = None
        assert [one["name"] for one in cli.objects("wallet", "accounts", "alice")] == ["Status account", "Savings"]
        assert "password" in cli.error("wallet", "add", "alice").lower()
    finally:
        held.stop()
