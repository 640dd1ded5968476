"""The names of people in the profile database, in the form in which they are looked up: by their beginning, or whole.

It follows the table of contacts: whatever is stored there of a person is written here, too, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pystatus.account.alias import alias
from pystatus.account.names import ens_text, searched
from pystatus.messenger.contact_records import Contact

Execute = Callable[..., Any]
"""Runs one statement, with its values."""


def write_names(execute: Execute, contact: Contact) -> None:
    """What somebody is called, in place of what was known before. Who is blocked can be found by no name, nor who only
    claims one."""
    identity = contact.key.compressed
    execute("DELETE FROM person_names WHERE identity = ?", (identity,))
    if contact.blocked or not contact.is_shown:
        return
    ens = ens_text(contact.ens_name) if contact.ens_verified else ""
    is_contact = contact.added or bool(contact.nickname)
    for name in {searched(one) for one in (contact.nickname, ens, alias(contact.key)) if one}:
        execute("INSERT INTO person_names (name, identity, is_contact) VALUES (?, ?, ?)", (name, identity, is_contact))
