"""``pystatus account``: making, importing, recovering, listing and showing."""

import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pystatus import LocalError, Profiles
from pystatus.account import key_encoding
from pystatus.account.account import Account
from pystatus.crypto.keys import PrivateKey
from pystatus.faces import terminal
from pystatus.wording import columns
from tests.apps.support import PASSWORD, Cli, contents, process_environment

WORDS = "test test test test test test test test test test test junk"
KEY = "c0ffee" + "00" * 28 + "01"
SHAPE = {
    "name", "alias", "chat_key", "public_key", "key_uid", "chat_address", "wallet_root", "default_wallet",
    "eip1581_root", "color", "directory", "last_login_ms",
}  # fmt: skip


def test_a_new_account_shows_its_words_and_they_bring_it_back(cli: Cli, tmp_path: Path) -> None:
    made = cli.object("account", "create", "alice")
    assert made.keys() == SHAPE | {"mnemonic"}
    assert len(made["mnemonic"].split()) == 12
    words = made.pop("mnemonic")
    assert cli.object("account", "show", "alice") == made

    elsewhere = Cli(tmp_path / "another machine")
    recovered = elsewhere.object("account", "recover", "again", "--words-file", "-", input=f"{words}\n")
    assert recovered == {**made, "name": "again", "directory": recovered["directory"]}


def test_people_are_told_what_to_do_with_the_words(cli: Cli) -> None:
    shown = cli.text("account", "create")
    assert "Write them down on paper and keep them secret." in shown
    assert "They are kept here until you have checked your list:\npystatus account backup" in shown
    rows = [line for line in shown.splitlines() if line.startswith("    ")]
    assert [len(row.split()) for row in rows] == [4, 4, 4]
    words = " ".join(rows)
    key = cli.object("account", "show", cli.objects("account", "list")[0]["name"])["public_key"]
    assert Account.from_mnemonic(words).public_key.hex == key


def test_the_list_has_columns_whatever_the_names_are_written_in(cli: Cli) -> None:
    names = ["alice", "\u5361\u7f57\u5c14 \U0001f98a", "m\u00e4dchen"]
    for name in names:
        cli.add_profile(name)
    lines = cli.text("account", "list").splitlines()
    assert len(lines) == len(names)
    assert {columns(line[: line.index("zQ3sh")]) for line in lines} == {11}


def test_words_that_nobody_could_see_make_no_account(cli: Cli) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pystatus", "account", "create"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=process_environment(cli.data_dir, PYSTATUS_PASSWORD=PASSWORD),
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "The output cannot be written: No space left on device. No account was made.\n"
    assert contents(cli.data_dir) == {}


def test_without_a_name_an_account_is_called_by_its_three_words(cli: Cli) -> None:
    made = cli.object("account", "import", "--key-file", "-", input=KEY)
    assert made["name"] == made["alias"] == Account.from_private_key(PrivateKey(bytes.fromhex(KEY))).record.alias


def test_an_imported_key_has_a_chat_key_and_no_wallet(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"0x{KEY}\n")
    file.chmod(0o600)
    made = cli.object("account", "import", "imported", "--key-file", str(file))
    assert made["public_key"] == PrivateKey(bytes.fromhex(KEY)).public_key.hex
    assert made["wallet_root"] is made["default_wallet"] is made["eip1581_root"] is None
    assert "Wallet" not in cli.text("account", "show", "imported")


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("not a key", "A private key is 64 hexadecimal digits, with or without 0x. Check what you entered."),
        ("00" * 32, "This number is not a private key: it is zero or too large. Check what you entered."),
    ],
)
def test_what_is_no_private_key_is_refused_without_repeating_it(cli: Cli, key: str, sentence: str) -> None:
    assert cli.error("account", "import", "--key-file", "-", input=key) == sentence
    assert contents(cli.data_dir) == {}


def test_the_well_known_words_give_the_well_known_account(cli: Cli) -> None:
    made = cli.object("account", "recover", "hardhat", "--words-file", "-", input=f"  {WORDS.upper()} \n")
    assert made["default_wallet"] == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def test_a_passphrase_makes_another_account(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("TREZOR\n")
    file.chmod(0o600)
    with_it = cli.object("account", "recover", "a", "--words-file", "-", "--passphrase-file", str(file), input=WORDS)
    assert with_it["public_key"] == Account.from_mnemonic(WORDS, "TREZOR").public_key.hex
    assert with_it["public_key"] != Account.from_mnemonic(WORDS).public_key.hex


HERE = (
    "This account is here already, as the profile 'alice'. With the old password, its history, its chats, and what was"
    " waiting to be sent are kept (it is changed with: pystatus account password); with any other one they are lost."
    " Nothing was done; with --set-password it gets the password that you give."
)
CUSTOM = WORDS.replace("junk", "custom")
CHECKSUM = "The checksum of the phrase is wrong: a word is mistaken or misplaced, or this is a custom phrase."


def test_words_of_no_wallet_need_a_yes(cli: Cli) -> None:
    arguments = ("account", "recover", "mine", "--words-file", "-")
    unknown = CUSTOM.replace("custom", "statusim")
    assert cli.error(*arguments, input=unknown) == (
        "Word 12 is not in the English word list. Correct the phrase, or confirm that it is a custom one. "
        "Nothing was done; with --yes it is taken as it is."
    )
    assert cli.error(*arguments, input=CUSTOM).startswith(CHECKSUM)
    assert contents(cli.data_dir) == {}
    made = cli.object(*arguments, "--yes", input=CUSTOM)
    assert made["public_key"] == Account.from_mnemonic(CUSTOM).public_key.hex


@pytest.mark.parametrize("yes", [True, False])
def test_at_a_terminal_the_person_decides_about_them(cli: Cli, monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    told: list[str] = []
    monkeypatch.setattr(terminal, "is_there", lambda: True)
    monkeypatch.setattr(terminal, "tell", told.append)
    monkeypatch.setattr(terminal, "confirm", lambda question: yes)
    result = cli.run("account", "recover", "--words-file", "-", "--json", input=CUSTOM)
    assert told == [CHECKSUM]
    assert result.exit_code == (0 if yes else 1)
    assert bool(contents(cli.data_dir)) is yes


def test_a_wrong_number_of_words_is_no_phrase_at_all(cli: Cli) -> None:
    assert cli.error("account", "recover", "--yes", "--words-file", "-", input="one two three") == (
        "A recovery phrase has 12, 15, 18, 21 or 24 words, this one has 3. Write all of its words."
    )


def test_the_same_account_or_name_is_not_stored_twice(cli: Cli) -> None:
    cli.object("account", "import", "alice", "--key-file", "-", input=KEY)
    before = contents(cli.data_dir)
    assert cli.error("account", "import", "--key-file", "-", input=KEY) == HERE
    assert cli.error("account", "import", "ALICE", "--key-file", "-", input=KEY) == HERE
    for more in ((), ("--set-password",)):  # what was asked for is not done by halves
        assert cli.error("account", "import", "bob", "--key-file", "-", *more, input=KEY) == (
            "This account is here already, as the profile 'alice', so it is not stored as 'bob'. Leave the name out to "
            "set a new password, or rename it: pystatus account rename alice NAME"
        )
    assert cli.error("account", "create", "Alice") == "There is a profile called 'alice' already. Choose another name."
    assert cli.error("account", "create", "a/b", code=2) == (
        "NAME: A profile name is one line without slashes, of at most 64 characters. Choose another one."
    )
    assert contents(cli.data_dir) == before


@pytest.mark.parametrize(
    "name",
    ["#x", "0x", "0Xab", "zQ3shabc", "ZQ3SH", "enode://x", "enrtree:x", "-x", ".", "..", "./x", "~", "~/x", "a\\b"],
)
def test_a_profile_is_not_called_like_something_else(cli: Cli, name: str) -> None:
    cli.add_profile("alice")
    before = contents(cli.data_dir)
    for command in (("create",), ("rename", "alice"), ("import",), ("recover",)):
        refused = cli.run("account", *command, "--", name)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert refused.stderr.startswith("NAME: A profile ")
    with pytest.raises(LocalError, match="A profile "):
        Profiles(cli.data_dir).create_account(name, PASSWORD)
    assert contents(cli.data_dir) == before


def test_a_profile_that_was_called_so_before_still_opens(cli: Cli) -> None:
    cli.add_profile("alice")
    profiles = Profiles(cli.data_dir)
    profile = profiles.find("alice")
    (profile.directory / "profile.json").write_bytes(replace(profile, name="#x").encode())
    assert cli.object("account", "show", "#x")["name"] == "#x"
    assert cli.objects("history", "#x") == []
    assert cli.object("account", "rename", "#x", "anna")["name"] == "anna"


def test_a_change_of_an_account_is_one_line(cli: Cli, tmp_path: Path) -> None:
    cli.add_profile("alice")
    assert cli.text("account", "rename", "alice", "anna") == "The profile 'alice' is called 'anna' now.\n"
    new = tmp_path / "new"
    new.write_text("another password")
    new.chmod(0o600)
    changed = cli.text("account", "password", "anna", "--new-password-file", str(new))
    assert changed == "The password of 'anna' was changed.\n"


def test_listing_needs_no_password_and_shows_all(cli: Cli) -> None:
    assert cli.objects("account", "list") == []
    empty = cli.run("account", "list")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert empty.stderr == f"There is no account below {cli.data_dir}. Make one with: pystatus account create\n"

    keys = {name: cli.add_profile(name)["chat_key"] for name in ("bob", "Alice")}
    cli.environment["PYSTATUS_PASSWORD"] = None
    assert [(one["name"], one["chat_key"]) for one in cli.objects("account", "list")] == [
        ("Alice", keys["Alice"]),
        ("bob", keys["bob"]),
    ]
    first, second = cli.text("account", "list").splitlines()
    assert first.startswith(f"Alice  {keys['Alice']}  ")
    assert second.startswith(f"bob    {keys['bob']}  ")


def test_an_account_is_found_by_name_key_and_key_uid(cli: Cli) -> None:
    made = cli.add_profile("alice")
    cli.add_profile("bob")
    for selector in ("ALICE", made["chat_key"], made["public_key"], made["key_uid"], made["key_uid"][:12]):
        assert cli.object("account", "show", selector) == made


def test_an_account_shows_itself_to_people(cli: Cli) -> None:
    made = cli.object("account", "recover", "alice", "--words-file", "-", input=WORDS)
    assert cli.text("account", "show", "alice").splitlines() == [
        "Profile:       alice",
        f"Name:          {made['alias']}",
        f"Chat key:      {made['chat_key']}",
        f"Public key:    {made['public_key']}",
        f"Key uid:       {made['key_uid']}",
        f"Chat address:  {made['chat_address']}",
        f"Wallet:        {made['default_wallet']}",
        f"Wallet root:   {made['wallet_root']}",
        f"EIP-1581 root: {made['eip1581_root']}",
        f"Directory:     {made['directory']}",
    ]


@pytest.mark.requirement("AC-25")
def test_the_key_that_is_shown_to_be_given_to_others_is_the_compressed_one(cli: Cli) -> None:
    made = cli.add_profile("alice")
    assert key_encoding.serialize("fe701" + made["public_key"][2:]) == made["chat_key"]
    assert made["chat_key"] in cli.text("account", "show", "alice")
    assert made["chat_key"] in cli.text("account", "list")


def test_the_chat_key_is_shown_in_any_base(cli: Cli) -> None:
    made = cli.add_profile("alice")
    shown = cli.object("account", "show", "alice", "--base", "f")
    assert shown == {**made, "key_in_base": f"fe701{compressed(made['public_key'])}"}
    assert f"Key in base:   {shown['key_in_base']}" in cli.text("account", "show", "alice", "--base", "f").splitlines()
    refused = cli.error("account", "show", "alice", "--base", "x", code=2)
    assert refused.startswith("--base: There is no multibase 'x'. Known are: ")


def compressed(public_key: str) -> str:
    x, y = public_key[4:68], public_key[68:]
    return ("03" if int(y, 16) % 2 else "02") + x


def test_the_picture_is_written_as_png_and_svg(cli: Cli, tmp_path: Path) -> None:
    cli.add_profile("alice")
    png, svg, other = tmp_path / "alice.PNG", tmp_path / "alice.svg", tmp_path / "alice.gif"
    assert cli.object("account", "show", "alice", "--identicon", str(png))["identicon"] == str(png)
    assert png.read_bytes().startswith(b"\x89PNG")
    cli.text("account", "show", "alice", "--identicon", str(svg))
    assert svg.read_text().startswith("<svg")
    refused = cli.error("account", "show", "alice", "--identicon", str(other), code=2)
    assert refused.startswith("--identicon must be a path that ends with .png or .svg, not ")
    assert cli.error("account", "show", "alice", "--identicon", str(tmp_path / "none" / "a.png")).endswith(
        "a.png cannot be written: No such file or directory."
    )


def test_profiles_are_readable_by_their_owner_only(cli: Cli) -> None:
    cli.add_profile("alice")
    assert stat.S_IMODE((cli.data_dir / "profiles").stat().st_mode) == 0o700


def test_data_goes_where_it_is_told_then_below_xdg_then_home(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "variable")
    given = cli.object("account", "import", "--key-file", "-", "--data-dir", str(tmp_path / "option"), input=KEY)
    assert Path(given["directory"]).parent == tmp_path / "option" / "profiles"
    cli.environment |= {"PYSTATUS_DATA_DIR": None, "XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert Path(cli.add_profile("a")["directory"]).parent == tmp_path / "xdg" / "pystatus" / "profiles"
    cli.environment |= {"XDG_DATA_HOME": None, "HOME": str(tmp_path)}
    assert Path(cli.add_profile("a")["directory"]).parent == tmp_path / ".local/share/pystatus/profiles"


def test_no_secret_is_in_clear_in_any_file(cli: Cli) -> None:
    made = cli.object("account", "create", "alice")
    secrets = [made["mnemonic"], PASSWORD, Account.from_mnemonic(made["mnemonic"]).key.secret.hex()]
    for data in contents(cli.data_dir).values():
        assert not any(secret.encode() in data for secret in secrets)
        assert Account.from_mnemonic(made["mnemonic"]).key.secret not in data


def test_the_data_directory_may_not_be_a_file(cli: Cli) -> None:
    cli.data_dir.write_text("in the way")
    assert cli.error("account", "create") == (
        f"The profile cannot be stored below {cli.data_dir}/profiles: Not a directory."
    )
    assert cli.data_dir.read_text() == "in the way"
