"""Making a profile of an account that somebody has: a new one, or a new password for the one that is here."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.apps.cli import passwords, views
from pystatus.apps.cli.output import Output
from pystatus.errors import LocalError
from pystatus.faces import terminal

if TYPE_CHECKING:
    from pystatus.account.account import Account
    from pystatus.storage.descriptions import Profile
    from pystatus.storage.profiles import Profiles

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
