"""The profile that is open behind the page: what all windows share of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pystatus.account.names import Page, ShownName
from pystatus.apps.web import shapes
from pystatus.client import Client, Event
from pystatus.client.features.contacts import ContactChanged, ContactRequested
from pystatus.crypto.keys import PublicKey
from pystatus.faces.attach.attached import AttachedClient
from pystatus.faces.imitation import Known
from pystatus.faces.moments import local
from pystatus.faces.network_view import NetworkView
from pystatus.faces.outbox import waiting_ids
from pystatus.faces.parts import Parts
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import MessagePosted, MessageStateChanged
from pystatus.messenger.records import UNSENT


class OpenProfile(Parts):
    """A client that is open, and what was read of it for all windows."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.network = NetworkView(client.now)
        self._contacts: Mapping[PublicKey, Contact] | None = None
        self._known: Known | None = None
        self._waiting: set[bytes] = set()

    def begin(self) -> None:
        """Read what there is: before the first event, and when events were lost."""
        self._contacts = self._known = None
        self.network.show(self.client.network(), self.client.now)
        self._waiting = waiting_ids(self.client)
        self.network.set_waiting(len(self._waiting))

    @property
    def is_attached(self) -> bool:
        """Whether another process holds the profile."""
        return isinstance(self.client, AttachedClient)

    @property
    def own(self) -> PublicKey:
        return self.client.public_key

    @property
    def today(self) -> date:
        """The day that it is on the clock of the client."""
        return local(int(self.client.now * 1_000)).date()

    @property
    def time_on_the_wall(self) -> datetime:
        """The same with its time."""
        return local(int(self.client.now * 1_000))

    @property
    def people(self) -> Mapping[PublicKey, Contact]:
        """Everybody of whom something is kept."""
        if self._contacts is None:
            self._contacts = {one.key: one for one in self.contacts.all()}
        return self._contacts

    def added(self, person: PublicKey | None) -> frozenset[PublicKey]:
        """The person, if they were added."""
        return frozenset() if person is None or not self.contacts.get(person).added else frozenset({person})

    def imitated(self, name: ShownName) -> ShownName | None:
        """Whom of those that we know somebody's name looks like; ``None``: nobody, or we know that one, too."""
        if self._known is None:
            known = [key for key, one in self.people.items() if one.is_decided and not one.blocked]
            names = self.names.of_people([*known, self.own])
            self._known = Known(names.values())
        return self._known.imitated(name)

    def person(self, name: ShownName) -> shapes.PageValue:
        """Somebody, as the page is given them."""
        return shapes.person(name, self.people.get(name.key))

    def of_key(self, key: PublicKey) -> shapes.PageValue:
        """The same."""
        return self.person(self.names.of(key))

    def page(self, people: Iterable[PublicKey]) -> Page:
        """The names of several people, asked for together."""
        return Page(self.names, people)

    def note(self, event: Event) -> bool:
        """Something has happened; whether it is anything of the network."""
        match event:
            case ContactChanged() | ContactRequested():
                self._contacts = self._known = None
            case MessagePosted(message, _) if message.state in UNSENT:
                self._waiting.add(message.id)
            case MessageStateChanged(message_id, state):
                if state in UNSENT:
                    self._waiting.add(message_id)
                else:
                    self._waiting.discard(message_id)
            case _:
                return self.network.note(event, self.client.now)
        if self.network.waiting == len(self._waiting):
            return False
        self.network.set_waiting(len(self._waiting))
        return True
