"""People, as their user has decided about them: ``client.contacts``."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence

from pystatus.client.features.feature import ClientFeature
from pystatus.client.features.media import Image
from pystatus.crypto.keys import PublicKey
from pystatus.media.errors import InvalidMedia
from pystatus.media.reading import check_image, image_type
from pystatus.messenger.contact_finding import find_person
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.features.contacts import ContactChanged, ContactRequested
from pystatus.messenger.features.contacts import Contacts as ContactsFeature

__all__ = ["Contact", "ContactChanged", "ContactRequested", "Contacts"]

_DATA_URI = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/]+={0,2})")


class Contacts(ClientFeature[ContactsFeature]):
    """Whom the user knows, and of whom nothing is to come.

    People are given as a contact, by chat key in any form, or by a name that only one contact has: a nickname, a
    verified name, or the three words of the key.
    """

    NAME = "contacts"

    def all(self) -> Sequence[Contact]:
        """Everybody who was added, has added us, is blocked, or has a nickname or a verified name.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda contacts: [contact for contact in contacts.all() if contact.is_shown])

    def requests(self) -> Sequence[Contact]:
        """Those who have added us and wait for an answer: :meth:`add` or :meth:`dismiss`.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda contacts: [contact for contact in contacts.all() if contact.is_request])

    def get(self, person: Contact | PublicKey | str) -> Contact:
        """What is kept of a person; one of whom nothing is kept is neither added nor blocked.

        :raises LocalError: not a chat key or the name of one contact, or the client is not open.
        """
        return self._read(lambda contacts: contacts.get(_key(contacts, person)))

    def picture(self, person: Contact | PublicKey | str) -> Image | None:
        """The picture that a person has sent of themselves; ``None``: none, or none that can be shown. Nothing has
        decoded it: see :class:`Image`.

        :raises LocalError: not a chat key or the name of one contact, or the client is not open.
        """
        text = self._read(lambda contacts: contacts.picture(_key(contacts, person)))
        match = _DATA_URI.fullmatch(text)
        if match is None:
            return None
        try:
            data = b64decode(match[1], validate=True)
            kind = image_type(data)
            found = check_image(data, kind)
        except (ValueError, InvalidMedia):  # they may send any text
            return None
        return Image(data, kind, found.width, found.height, found.frames)

    def count_messages(self, person: Contact | PublicKey | str) -> int:
        """How many messages of a person are kept here, in all chats: as many as :meth:`block` deletes.

        :raises LocalError: not a chat key or the name of one contact, or the client is not open.
        """
        return self._read(lambda contacts: contacts.count_messages(_key(contacts, person)))

    async def add(self, person: Contact | PublicKey | str, nickname: str | None = None) -> Contact:
        """Add a person, under a nickname if one is given. They are told, and see our name and picture.

        :raises LocalError: not a chat key, ourselves, blocked, or not a nickname.
        """
        return await self._do(lambda contacts, now: contacts.add(_key(contacts, person), now, nickname))

    async def introduce(self, person: Contact | PublicKey | str) -> Contact:
        """Tell a person our name and picture now. Those whom we have added are told by themselves; others take it for
        being added.

        :raises LocalError: not a chat key, ourselves, or blocked.
        """
        return await self._do(lambda contacts, now: contacts.introduce(_key(contacts, person), now))

    async def remove(self, person: Contact | PublicKey | str) -> Contact:
        """Take back that a person was added. They do not learn of it.

        :raises LocalError: not a chat key or the name of one contact, or they were not added.
        """
        return await self._do(lambda contacts, now: contacts.remove(_key(contacts, person), now))

    async def dismiss(self, person: Contact | PublicKey | str) -> Contact:
        """Decline to add a person who has added us. They do not learn of it.

        :raises LocalError: not a chat key or the name of one contact, or they have not asked.
        """
        return await self._do(lambda contacts, now: contacts.dismiss(_key(contacts, person), now))

    async def block(self, person: Contact | PublicKey | str) -> Contact:
        """Take nothing of a person any more. What they have written, in groups and public chats, too, is deleted, and
        the chat with them. They do not learn of it.

        :raises LocalError: not a chat key or the name of one contact, or ourselves.
        """
        return await self._do(lambda contacts, now: contacts.block(_key(contacts, person), now))

    async def unblock(self, person: Contact | PublicKey | str) -> Contact:
        """Take what comes of a person from now on. What was deleted does not come back.

        :raises LocalError: not a chat key or the name of one contact, or they were not blocked.
        """
        return await self._do(lambda contacts, now: contacts.unblock(_key(contacts, person), now))

    async def set_nickname(self, person: Contact | PublicKey | str, nickname: str) -> Contact:
        """Call a person so, for ourselves; an empty name takes it back.

        :raises LocalError: not a chat key or the name of one contact, ourselves, or not a nickname.
        """
        return await self._do(lambda contacts, now: contacts.set_nickname(_key(contacts, person), nickname, now))


def _key(contacts: ContactsFeature, person: Contact | PublicKey | str) -> PublicKey:
    """
    :raises LocalError: no such person.
    """
    if isinstance(person, Contact):
        return person.key
    return person if isinstance(person, PublicKey) else find_person(contacts.all, person)
