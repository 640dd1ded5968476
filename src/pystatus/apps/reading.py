"""What the commands do that only read a profile: beside a process that writes to it, and on a read-only disk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pystatus import typed
from pystatus.apps import views
from pystatus.apps.output import Output
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.messenger.copies import INSTALLATION_ID
from pystatus.messenger.features.devices import Device, Devices, stored_devices
from pystatus.messenger.records import Chat, Cursor
from pystatus.storage.changeover import DATABASE
from pystatus.storage.database import explained
from pystatus.storage.descriptions import Profile
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.profiles import Profiles

_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f]{64})")  # 18 digits are always within the 64 bits of the database


@contextmanager
def opened(profiles: Profiles, profile: Profile, password: str) -> Iterator[Reader]:
    """The contents of a profile, for reading while another process may write.

    :raises WrongPassword: nothing was changed.
    :raises StorageError: a file is missing or damaged.
    """
    with profiles.unlock(profile, password, shared=True) as unlocked, explained(profile.directory / DATABASE):
        yield Reader(SqlMessengerStore(unlocked.database), unlocked.account.public_key)


class Reader:
    """Prints what is stored in one profile."""

    def __init__(self, store: SqlMessengerStore, own: PublicKey) -> None:
        self._store = store
        self._own = own

    def chats(self) -> Sequence[Chat]:
        """All chats, the most recently used first."""
        return self._store.chats()

    def devices(self) -> list[Device]:
        """The devices of the account, this one first; none if the profile was never opened here."""
        installation_id = self._store.setting(INSTALLATION_ID)
        if installation_id is None:
            return []
        return stored_devices(self._store, self._store.tables(Devices), self._own, str(installation_id))

    def print_chats(self, out: Output) -> None:
        """All chats, the most recently used first."""
        chats = self.chats()
        if not chats:
            out.note("This profile is in no chat yet. Begin one with: pystatus listen, or pystatus send")
        for chat in chats:
            fields = {
                **views.chat_fields(chat),
                "active": chat.active,
                "unread": chat.unread,
                "updated_ms": chat.updated_ms,
            }
            remarks = [f"{chat.unread} unread"] if chat.unread else []
            remarks += [] if chat.active else ["left"]
            out.result(fields, views.chat_label(chat) + (f" [{', '.join(remarks)}]" if remarks else ""))

    def print_page(self, chat_id: str, limit: int, before: Cursor | None, out: Output) -> None:
        """At most ``limit`` messages of a chat, newest first, and where the next page begins.

        :raises LocalError: there is no such chat.
        """
        chat = self._store.chat(chat_id)
        if chat is None:
            raise LocalError("There is no such chat in this profile. Without a chat, this command lists what there is.")
        page = self._store.messages(chat.id, limit + 1, before)
        if not page:
            out.note("Nothing was said there yet." if before is None else "There are no older messages.")
        for message in page[:limit]:
            out.result(
                views.message_fields(message, chat, self._own), views.message_text(message, chat, self._own, out)
            )
        if len(page) > limit:
            out.note(f"There are older messages: --before {views.cursor_text(page[limit - 1].cursor)}")


def cursor(text: str) -> Cursor:
    """The place in a chat that ``text`` names.

    :raises LocalError: none.
    """
    match = _CURSOR.fullmatch(typed.token(text))
    if match is None:
        raise LocalError(f"{text!r} is no cursor. Copy the one that the page before ended with.")
    return Cursor(int(match[1]), bytes.fromhex(match[2]))
