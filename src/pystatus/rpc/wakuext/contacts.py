"""People, and what they learn of us."""

from __future__ import annotations

from base64 import b64decode

import msgspec

from pystatus.client.features.contacts import Contacts
from pystatus.client.features.our_profile import OurProfile
from pystatus.errors import LocalError
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.chats import known_chat
from pystatus.rpc.wakuext.reading import GivenContact, person, read_object
from pystatus.rpc.wakuext.view import ADDED, BLOCKED

MAX_PICTURE = 1 << 20
"""Characters of a picture that a caller gives of us. Ours: the app gives some 10,000."""

_URI = "data:image/"


class ContactCalls(Calls):
    """The calls about people."""

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_contacts": self.contacts,
            "wakuext_getContactByID": self.contact_by_id,
            "wakuext_saveContact": self.save_contact,
            "wakuext_blockContact": self.block_contact,
            "wakuext_sendContactUpdate": self.send_contact_update,
            "wakuext_sendContactUpdates": self.send_contact_updates,
        }

    @property
    def _contacts(self) -> Contacts:
        return self._client.feature(Contacts)

    def contacts(self) -> list[shapes.Contact] | None:
        """Everybody who was added, has added us, is blocked, or has a nickname."""
        return self._view.contacts(self._contacts.all()) or None

    def contact_by_id(self, id: str) -> shapes.Contact | None:
        """A person; ``null``: nothing is known of them, and there is no chat with them."""
        found = self._contacts.get(person(id))
        is_known = found.is_shown or found.ens_name or known_chat(self._client, found.key.hex)
        return self._view.contact(found) if is_known else None

    async def save_contact(self, contact: msgspec.Raw) -> None:
        """Add a person, remove, block and unblock them, as the tags say, and give them a nickname."""
        given = read_object(contact, GivenContact, "the contact")
        tags = set(given.system_tags)
        found, contacts = self._contacts.get(person(given.id)), self._contacts
        if found.blocked and BLOCKED not in tags:
            found = await contacts.unblock(found)
        if ADDED in tags and not found.added:
            found = await contacts.add(found)
        elif ADDED not in tags and found.added:
            found = await contacts.remove(found)
        if given.local_nickname is not None and given.local_nickname != found.nickname:
            found = await contacts.set_nickname(found, given.local_nickname)
        if BLOCKED in tags and not found.blocked:
            await contacts.block(found)

    async def block_contact(self, contact: msgspec.Raw) -> list[shapes.Chat] | None:
        """Take nothing of a person any more, and delete what they have written; the chats that there are then."""
        given = read_object(contact, GivenContact, "the contact")
        await self._contacts.block(person(given.id))
        return [chat for chat in self._view.chat_list() if chat.active] or None

    async def send_contact_update(
        self,
        id: str,
        name: str | None = None,
        picture: str | None = None,
    ) -> shapes.Answer:
        """Tell a person our name and picture, which are those of our profile from then on."""
        key = person(id)
        await self.set_profile(name, picture)
        contact = await self._contacts.introduce(key)
        chat = known_chat(self._client, contact.key.hex)
        chats = None if chat is None else [self._view.chat(chat)]
        return shapes.Answer(chats=chats, contacts=[self._view.contact(contact)])

    async def send_contact_updates(self, name: str | None = None, picture: str | None = None) -> None:
        """Have another name or picture: all whom we have added are told, by themselves, as they are every 48 hours."""
        await self.set_profile(name, picture)

    async def set_profile(self, name: str | None, picture: str | None) -> None:
        """What is no name of ENS is not taken for one: the app gives three words. What is empty changes nothing.

        :raises LocalError: the picture is none that can be sent.
        """
        profile = self._client.feature(OurProfile)
        before = profile.get()
        if name and name.endswith(".eth") and name != before.ens_name:
            await profile.set_name(name)
        if picture and picture.startswith(_URI) and picture != before.picture:
            await profile.set_picture(_picture(picture))


def _picture(uri: str) -> bytes:
    """
    :raises LocalError: too long, or not base64.
    """
    kind, _, data = uri.partition(";base64,")
    if len(uri) > MAX_PICTURE:
        raise LocalError(f"A picture has at most {MAX_PICTURE} characters. Use a smaller one.")
    try:
        return b64decode(data, validate=True)
    except ValueError:
        raise LocalError(f"The picture is not {kind}: its data is not base64.") from None
