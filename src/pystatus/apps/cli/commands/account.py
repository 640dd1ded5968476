"""``pystatus account``: make, import, recover, back up, move, list, show, rename and delete accounts."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pystatus.account.key_encoding import encode
from pystatus.apps.cli import passwords, qr_codes, views
from pystatus.apps.cli.account_backup import back_up, in_rows
from pystatus.apps.cli.account_storing import store
from pystatus.apps.cli.options import AsJson, DataDir, PasswordFile, ProfileArgument, QrFile, one_reader_of_stdin
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import BASE, PICTURE, PROFILE_NAME, argument, option
from pystatus.errors import LocalError
from pystatus.faces import terminal
from pystatus.settings.kinds import PATH
from pystatus.storage.descriptions import Profile
from pystatus.wording import columns

SUMMARY = "Make, recover, move and delete accounts, change passwords."
PLACE = 10

ADVICE = """\
Your recovery words:

{words}

Write them down on paper and keep them secret. Whoever has them is you; without them nobody can
restore the account, not even with the password. They are kept here until you have checked your list:
pystatus account backup {name}"""

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
    from pystatus.storage.profiles import Profiles

    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    if name is not None:
        profiles.check_free(name)  # before somebody thinks of a password in vain
    password = passwords.new_password(password_file)
    made = profiles.create_account(name, password)
    fields = views.account_fields(made.profile)
    advice = ADVICE.format(words=in_rows(made.phrase), name=shlex.quote(made.profile.name))
    try:
        out.result({**fields, "mnemonic": made.phrase}, f"{views.account_text(fields)}\n\n{advice}")
    except BaseException as error:
        # Nobody has seen the words, so the account would be lost with this machine: better to have none yet.
        profiles.delete(made.profile)
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
        passphrase = passwords.secret(passphrase_file, f"Passphrase{passwords.NOT_SHOWN}", "--passphrase-file")
    account, out = Account.from_mnemonic(phrase, passphrase), Output(as_json=as_json)
    store(account, name, password_file, Profiles(data_dir), out, again=set_password)


@app.command()
def backup(
    profile: ProfileArgument,
    words_file: Annotated[
        Path | None,
        option(
            PATH,
            metavar="FILE",
            help="Do not show the words: read your list of them from FILE (- is standard input), and compare.",
        ),
    ] = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show recovery words again, and check your list.

    They are kept of an account that was made here. Three of them are asked back; when they are right, they are all
    deleted here, for good.
    """
    from pystatus.storage.profiles import Profiles

    one_reader_of_stdin(words_file, password_file)
    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    found = profiles.find(profile)
    back_up(profiles, found, words_file, password_file, out)


@app.command()
def export(
    profile: ProfileArgument,
    file: Annotated[Path, argument(PATH, metavar="FILE", help="The file to write.")],
    file_password_file: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="Read the new password of the file from FILE instead of asking."),
    ] = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a profile into one encrypted file.

    To keep or to move it, also while another process has the profile open. The file has a password of its own. What is
    in it, and what is not: docs/accounts.md.
    """
    from pystatus.storage.profiles import Profiles

    one_reader_of_stdin(password_file, file_password_file)
    check_target("FILE", file, overwrite=False, may_overwrite=False)
    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    found = profiles.find(profile)
    given = passwords.password(password_file, partial(profiles.check_password, found))
    profiles.check_password(found, given)  # before somebody thinks of a new one in vain
    chosen = passwords.another_password(file_password_file, "New password of the file", "--file-password-file")
    profiles.export(found, given, file, chosen)
    size = file.stat().st_size
    text = f"The profile {found.name!r} is in {file}, {size / 1e6:.1f} MB. Restore it with: pystatus account restore"
    out.result({**views.account_fields(found), "file": str(file), "bytes": size}, text)


@app.command()
def restore(
    file: Annotated[Path, argument(PATH, metavar="FILE", help="A file that account export has written.")],
    name: Annotated[
        str | None,
        argument(PROFILE_NAME, metavar="NAME", help="What to call it on this machine. Default: as it was called."),
    ] = None,
    file_password_file: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="Read the password of the file from FILE instead of asking."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a profile of an exported file.

    It opens with the password that it had, and is a new device of its account.
    """
    from pystatus.storage import backups
    from pystatus.storage.profiles import Profiles

    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    if name is not None:
        profiles.check_free(name)  # before somebody types a password in vain
    backups.check_file(file)
    given = passwords.password_of_file(file_password_file, partial(backups.check_password, file))
    restored = profiles.restore(file, given, name)
    views.show_account(restored, out)
    out.note(
        f"The profile {restored.name!r} opens with the password that it had. It becomes a new device of its account: "
        "introduce it to your other ones with pystatus device pair."
    )


@app.command("list")
def list_accounts(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the accounts here, the last used one first."""
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
    link: Annotated[bool, typer.Option("--link", help="Show the link to it, too, https://join.status.im/u/…")] = False,
    qr: Annotated[bool, typer.Option("--qr", help="Draw the chat key as a QR code; with --link, the link.")] = False,
    qr_file: QrFile = None,
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
    shared = found.account.chat_key
    if link:
        from pystatus.links.values import UserLink

        shared = extra["link"] = str(UserLink(found.account.public_key))
    views.show_account(found, out, {**extra, **qr_codes.write(shared, qr_file)})
    qr_codes.draw(shared, out, wanted=qr)


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
def vacuum(
    profile: ProfileArgument, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Make the database of a profile as small as it can be.

    What nobody needs any more goes; no message does. A client does most of it by itself while it is idle.
    """
    from pystatus.storage.profiles import Profiles

    out, profiles = Output(as_json=as_json), Profiles(data_dir)
    found = profiles.find(profile)
    profiles.check_unused(found)
    given = passwords.password(password_file, partial(profiles.check_password, found))
    done = profiles.vacuum(found, given)
    fields = {"event": "vacuumed", "name": found.name, "bytes_before": done.size_before, "bytes": done.size}
    text = f"The database of {found.name!r} has {done.size / 1e6:.1f} MB, {done.won / 1e6:.1f} MB less than before."
    out.result({**fields, "bytes_won": done.won, "rows_removed": done.removed}, text)


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


def _write_picture(profile: Profile, file: Path) -> None:
    from pystatus.storage.files import explained_files, write_private

    picture = profile.account.identicon
    data = picture.png() if file.suffix.lower() == ".png" else picture.svg().encode()
    with explained_files(f"The picture {file} cannot be written"):
        write_private(file, data)
