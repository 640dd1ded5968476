"""``pystatus account``: make, import, recover, list and show accounts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps import passwords, terminal, views
from pystatus.apps.kinds import PATH
from pystatus.apps.options import AsJson, DataDir, PasswordFile, ProfileArgument, one_reader_of_stdin
from pystatus.apps.output import Output
from pystatus.apps.values import BASE, PICTURE, PROFILE_NAME, argument, option
from pystatus.errors import LocalError

if TYPE_CHECKING:  # loaded by the commands that need them
    from pystatus.account.account import Account
    from pystatus.storage.profiles import Profile

ADVICE = """\
Your recovery words:

    {words}

Write them down on paper and keep them secret. They are shown this once. Whoever has them is you;
without them nobody can restore the account, not even with the password."""

app = typer.Typer(help="Make, import, recover, list and show accounts.", no_args_is_help=True)

NewName = Annotated[
    str | None,
    argument(PROFILE_NAME, metavar="NAME", help="What to call it on this machine. Default: its three-word name."),
]


@app.command()
def create(
    name: NewName = None, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Make a new account and show its twelve recovery words."""
    from pystatus.account.account import Account
    from pystatus.account.mnemonic import new_phrase

    out = Output(as_json=as_json)
    password = passwords.new_password(password_file)
    phrase = new_phrase(os.urandom)
    profile = _store(Account.from_mnemonic(phrase), password, name, data_dir)
    fields = views.account_fields(profile)
    try:
        out.result({**fields, "mnemonic": phrase}, f"{views.account_text(fields)}\n\n{ADVICE.format(words=phrase)}")
    except BaseException as error:
        # Nobody has seen the words, so the account would be lost with this machine: better to have none yet.
        shutil.rmtree(profile.directory)
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
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an account of a raw private key. It has no recovery words: keep a copy of the key."""
    from pystatus.account.account import Account
    from pystatus.account.keytext import parse_private_key

    one_reader_of_stdin(key_file, password_file)
    key = parse_private_key(passwords.secret(key_file, "Private key (not shown)", "--key-file"))
    password = passwords.new_password(password_file)
    _show(_store(Account.from_private_key(key), password, name, data_dir), Output(as_json=as_json))


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
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Restore an account from its 12, 15, 18, 21 or 24 recovery words."""
    from pystatus.account.account import Account
    from pystatus.account.mnemonic import warning

    one_reader_of_stdin(words_file, passphrase_file, password_file)
    phrase = passwords.secret(words_file, "Recovery words (not shown)", "--words-file")
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
    password = passwords.new_password(password_file)
    _show(_store(Account.from_mnemonic(phrase, passphrase), password, name, data_dir), Output(as_json=as_json))


@app.command("list")
def list_accounts(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts on this machine."""
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    profiles = Profiles(data_dir)
    found, damaged = profiles.scan()
    width = max((len(profile.name) for profile in found), default=0)
    for profile in found:
        fields = views.account_fields(profile)
        colour = profile.account.identicon.rgb
        out.result(fields, f"{profile.name:<{width}}  {fields['chat_key']}  {out.paint(profile.account.alias, colour)}")
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
    """Show an account: what to give to other people, and its addresses. Nothing of it is secret."""
    from pystatus.account.keytext import encode
    from pystatus.storage.profiles import Profiles

    out = Output(as_json=as_json)
    found = Profiles(data_dir).find(profile)
    extra = {"key_in_base": encode(found.account.public_key, base)} if base is not None else {}
    if identicon is not None:
        _write_picture(found, identicon)
        extra["identicon"] = str(identicon)
    _show(found, out, extra)


def _store(account: Account, password: str, name: str | None, data_dir: Path | None) -> Profile:
    from pystatus.storage.profiles import Profiles

    return Profiles(data_dir).create(account, password, name)


def _show(profile: Profile, out: Output, extra: dict[str, str] | None = None) -> None:
    fields = views.account_fields(profile)
    text = views.account_text(fields)
    if out.in_colour:
        text = f"{views.identicon(profile.account.public_key, out)}\n{text}"
    for label, value in (extra or {}).items():
        text += f"\n{label.replace('_', ' ').capitalize() + ':':<15}{value}"
    out.result({**fields, **(extra or {})}, text)


def _write_picture(profile: Profile, file: Path) -> None:
    from pystatus.storage.files import explained_files, write_private

    picture = profile.account.identicon
    data = picture.png() if file.suffix.lower() == ".png" else picture.svg().encode()
    with explained_files(f"The picture {file} cannot be written"):
        write_private(file, data)
