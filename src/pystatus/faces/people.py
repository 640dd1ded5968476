"""People on a page: who wants to write to us, whom we know, who is blocked, and what a name tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from pystatus import sanitise
from pystatus.account.key_encoding import encode
from pystatus.account.names import Names, Page, ShownName, searched
from pystatus.crypto.keys import PublicKey
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.faces.imitation import Known
from pystatus.messenger.contact_records import Contact
from pystatus.records import dataclass


class PersonAction(Enum):
    """What can be done about somebody."""

    ACCEPT = "accept"
    """``client.contacts.add``: they wait for it."""
    ADD = "add"
    DISMISS = "dismiss"
    REMOVE = "remove"
    NAME = "name"
    BLOCK = "block"
    UNBLOCK = "unblock"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """Somebody. ``states`` are words; ``imitates`` is who else their name looks like."""

    contact: Contact
    name: ShownName
    states: Sequence[str]
    imitates: ShownName | None = None

    @property
    def chat_key(self) -> str:
        """``zQ3sh…``, all of it."""
        return encode(self.contact.key)

    @property
    def label(self) -> str:
        """The name, with the beginning of the key where somebody else is called alike."""
        return f"{self.name.name} ({self.name.key_prefix})" if self.name.shared or self.imitates else self.name.name

    @property
    def actions(self) -> Sequence[PersonAction]:
        """What can be done, the likeliest first."""
        contact = self.contact
        if contact.blocked:
            return (PersonAction.UNBLOCK,)
        if contact.is_request:
            return (PersonAction.ACCEPT, PersonAction.DISMISS, PersonAction.BLOCK)
        known = PersonAction.REMOVE if contact.added else PersonAction.ADD
        return (PersonAction.WRITE, known, PersonAction.NAME, PersonAction.BLOCK)

    def warning(self, texts: Catalogue) -> str:
        """What to look at twice; empty: nothing."""
        return "" if self.imitates is None else texts.person_imitates(name=self.imitates.full)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """All people, each in one place."""

    requests: Sequence[PersonEntry]
    contacts: Sequence[PersonEntry]
    others: Sequence[PersonEntry]
    """Those who have a name or have added us, and are neither."""
    blocked: Sequence[PersonEntry]


def people_page(
    contacts: Iterable[Contact], names: Names, own: PublicKey, texts: Catalogue | None = None
) -> PeoplePage:
    """The page of ``client.contacts.all()``."""
    everybody = list(contacts)
    page = Page(names, [own, *(contact.key for contact in everybody)])
    known = Known([page.of(own), *(page.of(contact.key) for contact in everybody if contact.added)])
    entries = sorted(
        (_entry(contact, page, known, texts or texts_in()) for contact in everybody),
        key=lambda entry: (searched(entry.name.name), entry.contact.key.compressed),
    )
    return PeoplePage(
        requests=[one for one in entries if one.contact.is_request],
        contacts=[one for one in entries if one.contact.added and not one.contact.blocked],
        others=[one for one in entries if not (one.contact.is_request or one.contact.added or one.contact.blocked)],
        blocked=[one for one in entries if one.contact.blocked],
    )


def _entry(contact: Contact, names: Names, known: Known, texts: Catalogue) -> PersonEntry:
    name = names.of(contact.key)
    return PersonEntry(contact, name, person_states(contact, texts), known.imitated(name))


def person_states(contact: Contact, texts: Catalogue | None = None) -> Sequence[str]:
    """``added``, ``has added you``: at least one, and what nobody has checked at the end."""
    texts = texts or texts_in()
    states = {
        texts.person_blocked(): contact.blocked,
        texts.person_added(): contact.added,
        texts.person_has_added(): contact.has_added_us and not contact.is_request,
        texts.person_waits(): contact.is_request,
    }
    return [state for state, is_so in states.items() if is_so] or [texts.person_neither()]


def claimed_name(contact: Contact, texts: Catalogue | None = None) -> str:
    """``says to be alice.eth, which nobody has checked``; empty: they claim nothing, or it was checked."""
    if not contact.ens_name or contact.ens_verified:
        return ""
    return (texts or texts_in()).person_claims(name=sanitise.name(contact.ens_name))
