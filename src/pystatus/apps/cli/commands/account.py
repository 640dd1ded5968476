"""``pystatus account``: make, import, recover, list, show, rename and delete accounts, and change their passwords."""

from __future__ import annotations

import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus import typed
from pystatus.account.key_encoding import encode
from pystatus.apps.cli import passwords, views
from pystatus.apps.cli.options import AsJson, DataDir, PasswordFile, ProfileArgument, one_reader_of_stdin
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import BASE, PICTURE, PROFILE_NAME, argument, option
from pystatus.errors import LocalError
from pystatus.faces import terminal
from pystatus.settings.kinds import PATH
from pystatus.storage.descriptions import Profile
from pystatus.wording import columns

if TYPE_CHECKING:
    from pystatus.account.account import Account
    from pystatus.storage.profiles import Profiles

SUMMARY = "Make, recover, show and delete accounts, change passwords."
PLACE = 10

WORDS_IN_A_ROW = 4
"""Recovery words on a line: four of the longest, eight letters, stand within 40 columns, and no terminal splits one."""
ADVICE = """\
Your recovery words:

{words}

Write them down on paper and keep them secret. They are shown this once. Whoever has them is you;
without them nobody can restore the account, not even with the password."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

NewName = Annotated[
    str | None,
    argument(PROFILE_NAME, metavar="NAME", help="What to call it on this machine. Default: its three-word name."),
]
SetPassword = Annotated[
    bool,
    typer.Option(
        "--set-password",
        help="If the account is here already, set a new password without asking. What was said until now is lost, "
        "unless the new password is the old one.",
    ),
]


@app.command()
def create(
    name: NewName = None, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Make a new account and show its twelve recovery words."""
    from pystatus.account.account import Account
    from pystatus.account.mnemonic import new_phrase
    from pystatus.storage.profiles import Profiles

    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    if name is not None:
        profiles.check_free(name)  # before somebody thinks of a password in vain
    password = passwords.new_password(password_file)
    phrase = new_phrase(os.urandom)
    profile = profiles.create(Account.from_mnemonic(phrase), password, name)
    fields = views.account_fields(profile)
    try:
        out.result(
            {**fields, "mnemonic": phrase}, f"{views.account_text(fields)}\n\n{ADVICE.format(words=_in_rows(phrase))}"
        )
    except BaseException as error:
        # Nobody has seen the words, so the account would be lost with this machine: better to have none yet.
        profiles.delete(profile)
        if isinstance(error, LocalError):
            raise LocalError(f"{error} No account was made.") from error
        raise


@app.command("import")
def import_key(
    name: NewName = None,
    key_file: Annotated[
        Path | None,
        option(
            PATH,
            metavar="FILE",
            help="Read the private key, 64 hexadecimal digits, from FILE (- is standard input) instead of asking.",
        ),
    ] = None,
    set_password: SetPassword = False,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an account of a raw private key. It has no recovery words: keep a copy of the key."""
    from pystatus.account.account import Account
    from pystatus.storage.profiles import Profiles

    one_reader_of_stdin(key_file, password_file)
    key = passwords.private_key(key_file)
    account, out = Account.from_private_key(key), Output(as_json=as_json)
    store(account, name, password_file, Profiles(data_dir), out, again=set_password)


@app.command()
def recover(
    name: NewName = None,
    words_file: Annotated[
        Path | None,
        option(
            PATH,
            metavar="FILE",
            help="Read the recovery words from FILE (- is standard input) instead of asking.",
        ),
    ] = None,
    ask_passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase, too. The apps never use one.")
    ] = False,
    passphrase_file: Annotated[Path | None, option(PATH, metavar="FILE", help="Read the passphrase from FILE.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take words that no wallet has made without asking.")] = False,
    set_password: SetPassword = False,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Restore an account from its recovery words.

    There are 12, 15, 18, 21 or 24 of them. Also for an account that is here, whose password is forgotten.
    """
    from pystatus.account.account import Account
    from pystatus.account.mnemonic import warning
    from pystatus.storage.profiles import Profiles

    one_reader_of_stdin(words_file, passphrase_file, password_file)
    phrase = passwords.words(words_file)
    doubt = warning(phrase)
    if doubt is not None and not yes:
        if not terminal.is_there():
            raise LocalError(f"{doubt} Nothing was done; with --yes it is taken as it is.")
        terminal.tell(doubt)
        if not terminal.confirm("Recover the account of exactly these words?"):
            raise LocalError("Nothing was done. Check the words and try again.")
    passphrase = ""
    if ask_passphrase or passphrase_file is not None:
        passphrase = passwords.secret(passphrase_file, "Passphrase (not shown)", "--passphrase-file")
    account, out = Account.from_mnemonic(phrase, passphrase), Output(as_json=as_json)
    store(account, name, password_file, Profiles(data_dir), out, again=set_password)


@app.command("list")
def list_accounts(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts on this machine."""
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found, damaged = profiles.scan()
    width = max((columns(profile.name) for profile in found), default=0)
    for profile in found:
        fields = views.account_fields(profile)
        colour = profile.account.identicon.rgb
        name = profile.name + " " * (width - columns(profile.name))
        out.result(fields, f"{name}  {fields['chat_key']}  {out.paint(profile.account.alias, colour)}")
    for one in damaged:
        out.result(views.damaged_fields(one), views.damaged_text(one))
    if not found and not damaged:
        out.note(f"There is no account below {profiles.directory.parent}. Make one with: pystatus account create")


@app.command()
def show(
    profile: ProfileArgument,
    base: Annotated[
        str | None,
        option(
            BASE,
            metavar="BASE",
            help="Show the chat key in another multibase as well, named by its character: f, b, k, z, u, …",
        ),
    ] = None,
    identicon: Annotated[
        Path | None,
        option(PICTURE, metavar="FILE", help="Write the picture to FILE, a .png or an .svg."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show an account: its chat key, names and addresses. Nothing of it is secret."""
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    found = Profiles(data_dir).find(profile)
    extra = {"key_in_base": encode(found.account.public_key, base)} if base is not None else {}
    if identicon is not None:
        _write_picture(found, identicon)
        extra["identicon"] = str(identicon)
    views.show_account(found, out, extra)


@app.command()
def rename(
    profile: ProfileArgument,
    name: Annotated[str, argument(PROFILE_NAME, metavar="NAME", help="What to call it from now on, on this machine.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call a profile otherwise. Other people see nothing of it: they see the three-word name."""
    from pystatus.storage.profiles import Profiles

    profiles = Profiles(data_dir)
    before = profiles.find(profile)
    after = profiles.rename(before, name)
    text = f"The profile {before.name!r} is called {after.name!r} now."
    Output(as_json=as_json).result(views.account_fields(after), text)


@app.command()
def password(
    profile: ProfileArgument,
    new_password_file: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="Read the new password from FILE instead of asking."),
    ] = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change the password: key files and history are encrypted anew. Who has forgotten it: pystatus account recover.

    The old password opens copies that were made before, backups for example, as ever.
    """
    from pystatus.storage.profiles import Profiles

    one_reader_of_stdin(password_file, new_password_file)
    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    found = profiles.find(profile)
    profiles.check_unused(found)
    old = passwords.password(password_file, partial(profiles.check_password, found))
    profiles.check_password(found, old)  # before somebody thinks of a new one in vain
    changed = profiles.change_password(found, old, passwords.another_password(new_password_file))
    out.result(views.account_fields(changed), f"The password of {changed.name!r} was changed.")


@app.command()
def delete(
    profile: ProfileArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Delete a profile with its keys and its history. Only its recovery words, or its private key, bring it back.

    What was in its files is overwritten as far as the disk allows: flash, snapshots and backups may keep it.
    """
    from pystatus.storage.profiles import Profiles

    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    found = profiles.find(profile)
    doomed = f"The profile {found.name!r} ({found.account.alias}) is deleted with its keys and its history."
    if not yes:
        profiles.check_unused(found)
        if not terminal.is_there():
            raise LocalError(f"Nothing was done. With --yes, this happens: {doomed}")
        terminal.tell(f"{doomed} Only its recovery words, or its private key, bring the account back.")
        if not terminal.confirm("Delete it?"):
            raise LocalError("Nothing was done. The profile is what it was.")
    profiles.delete(found)
    out.result({**views.account_fields(found), "deleted": True}, f"The profile {found.name!r} was deleted.")


def _in_rows(phrase: str) -> str:
    words = phrase.split()
    rows = (words[at : at + WORDS_IN_A_ROW] for at in range(0, len(words), WORDS_IN_A_ROW))
    return "\n".join("    " + " ".join(row) for row in rows)


def _write_picture(profile: Profile, file: Path) -> None:
    from pystatus.storage.files import explained_files, write_private

    picture = profile.account.identicon
    data = picture.png() if file.suffix.lower() == ".png" else picture.svg().encode()
    with explained_files(f"The picture {file} cannot be written"):
        write_private(file, data)


LOST = "its history, its chats, and what was waiting to be sent"
"""What is encrypted with a password, and so is gone when that is forgotten."""


def store(
    account: Account, name: str | None, password_file: Path | None, profiles: Profiles, out: Output, *, again: bool
) -> None:
    """Make a profile of ``account``, or set a new password for the one that it has, and print it.

    :param again: set a new password without asking; at a terminal the person is asked.
    :raises LocalError: it is here and is called otherwise, or nobody agreed to a new password, or there is none.
    """
    here = profiles.with_keys_of(account)
    if here is None:
        profiles.check_free(name or account.record.alias)  # before somebody thinks of a password in vain
        profile = profiles.create(account, passwords.new_password(password_file), name)
        views.show_account(profile, out)
        return
    if name is not None and not typed.is_same_name(name, here.name):
        raise LocalError(
            f"This account is here already, as the profile {here.name!r}, so it is not stored as {name!r}. Leave the "
            f"name out to set a new password, or rename it: pystatus account rename {shlex.quote(here.name)} NAME"
        )
    profiles.check_unused(here)
    if not again:
        _ask(here, passwords.source(password_file))
    profile, is_kept = profiles.recover(account, passwords.new_password(password_file))
    views.show_account(profile, out, {"history": "kept" if is_kept else "lost"})
    if is_kept:
        out.note(f"The profile {profile.name!r} opens with this password, and nothing of it was lost.")
    else:
        out.note(f"The profile {profile.name!r} has a new password, and begins anew: {LOST} are gone.")


def _ask(here: Profile, source: str | None) -> None:
    """
    :param source: where the new password is, if that is not to be asked for.
    :raises LocalError: the person says no, or cannot be asked.
    """
    found = (
        f"This account is here already, as the profile {here.name!r}. With the old password, {LOST} are kept (it is "
        "changed with: pystatus account password); with any other one they are lost."
    )
    if not terminal.is_there():
        raise LocalError(f"{found} Nothing was done; with --set-password it gets the password that you give.")
    terminal.tell(found)
    if not terminal.confirm("Set a new password for it" + (f", the one in {source}?" if source is not None else "?")):
        raise LocalError("Nothing was done. The profile and its password are what they were.")
