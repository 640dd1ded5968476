"""What a client can do, by the names by which faces call it."""

from __future__ import annotations

from pystatus.client import Client
from pystatus.client.features.contacts import Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.devices import Devices
from pystatus.client.features.groups import Groups
from pystatus.client.features.links import Links
from pystatus.client.features.media import Media
from pystatus.client.features.mentions import Mentions
from pystatus.client.features.names import Names
from pystatus.client.features.reactions import Reactions
from pystatus.client.features.search import Search
from pystatus.messenger.records import Chat


class Parts:
    """The features of one client that a face of people needs."""

    client: Client

    @property
    def contacts(self) -> Contacts:
        return self.client.feature(Contacts)

    @property
    def conversations(self) -> Conversations:
        return self.client.feature(Conversations)

    @property
    def devices(self) -> Devices:
        return self.client.feature(Devices)

    @property
    def groups(self) -> Groups:
        return self.client.feature(Groups)

    @property
    def links(self) -> Links:
        return self.client.feature(Links)

    @property
    def media(self) -> Media:
        return self.client.feature(Media)

    @property
    def mentions(self) -> Mentions:
        return self.client.feature(Mentions)

    @property
    def names(self) -> Names:
        return self.client.feature(Names)

    @property
    def reactions(self) -> Reactions:
        return self.client.feature(Reactions)

    @property
    def search(self) -> Search:
        return self.client.feature(Search)

    def chat(self, chat_id: str | None) -> Chat | None:
        """The chat with this id as it is now; ``None``: there is none any more."""
        return None if chat_id is None else self.client.chat(chat_id)
