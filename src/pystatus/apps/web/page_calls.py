"""Calls about people, groups, devices and the network of the profile that is open."""

from __future__ import annotations

from pystatus import sanitise
from pystatus.apps.web import shapes
from pystatus.apps.web.calls import Calls
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.viewer import Viewer
from pystatus.client.features.backup import Backup
from pystatus.errors import LocalError
from pystatus.faces.device_page import device_page, stolen_words
from pystatus.faces.group_page import GroupAction, group_page
from pystatus.faces.people import PersonEntry, claimed_name, people_page, person_states
from pystatus.payloads.chats import ChatKind
from pystatus.rpc.session import Session


class PageCalls(Calls):
    """Of one server."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def _viewer(self, session: Session) -> Viewer:
        viewer = self._page.viewer(session)
        viewer.opened  # noqa: B018 - it says that no profile is open
        return viewer

    # people

    def web_people(self, session: Session) -> PageValue:
        """Everybody, each in one place."""
        viewer = self._viewer(session)
        profile = viewer.opened
        page = people_page(profile.people.values(), profile.names, profile.own, viewer.texts)
        groups = {"requests": page.requests, "contacts": page.contacts, "others": page.others, "blocked": page.blocked}
        return {name: [self._entry(viewer, one) for one in found] for name, found in groups.items()}

    @staticmethod
    def _entry(viewer: Viewer, entry: PersonEntry) -> PageValue:
        return viewer.person_entry(entry, claimed_name(entry.contact, viewer.texts))

    def web_person(self, session: Session, person: str) -> PageValue:
        """One of them, by a chat key in any form."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        contact = profile.contacts.get(person)
        name = profile.names.of(contact.key)
        imitates = None if contact.key == profile.own else profile.imitated(name)
        entry = PersonEntry(contact, name, person_states(contact, texts), imitates)
        chat = profile.chat(contact.key.hex)
        link = profile.links.own() if contact.key == profile.own else None
        return {
            **self._entry(viewer, entry),
            "own": contact.key == profile.own,
            "chat": None if chat is None else chat.id,
            "link": "" if link is None else str(link),
            "messages": profile.contacts.count_messages(contact.key),
        }

    def web_own(self, session: Session) -> PageValue:
        """Ourselves, and the link that others find us by."""
        profile = self._viewer(session).opened
        link = str(profile.links.own())
        due = profile.client.feature(Backup).is_due()
        return {"person": profile.of_key(profile.own), "link": link, "qr": shapes.qr_rows(link), "due": due}

    def web_qr(self, text: str) -> PageValue:
        """A text as a QR code."""
        return {"rows": shapes.qr_rows(text)}

    # groups

    def web_group(self, session: Session, chat: str) -> PageValue:
        """Who is in a group, and what can be done."""
        viewer = self._viewer(session)
        profile = viewer.opened
        found = profile.client.find_chat(chat)
        if found.kind is not ChatKind.PRIVATE_GROUP:
            raise LocalError("This chat is no group.")
        members, requests = profile.groups.members(found), profile.groups.requests(found)
        page = group_page(found, members, profile.own, profile.names, viewer.texts, requests)
        link = profile.groups.invitation_link(found) if GroupAction.INVITATION_LINK in page.actions else None
        return {
            "title": page.title,
            "standing": page.standing.value,
            "standing_text": page.standing_text,
            "summary": page.summary,
            "members": [
                {
                    "person": profile.person(one.name),
                    "role": one.role,
                    "own": one.is_own,
                    "admin": one.member.is_admin,
                    "joined": one.member.has_joined,
                    "actions": [action.value for action in one.actions],
                }
                for one in page.members
            ],
            "actions": [one.value for one in page.actions],
            "requests": [
                {
                    "id": shapes.hex_id(request.id),
                    "person": profile.person(name),
                    "text": sanitise.one_line(request.introduction),
                }
                for request, name in page.requests
            ],
            "link": link,
            "qr": None if link is None else shapes.qr_rows(link),
        }

    # devices

    def web_devices(self, session: Session) -> PageValue:
        """The devices of the account, and what is to be done with each."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        page = device_page(profile.devices.all(), profile.devices.progress(), profile.today, texts)
        return {
            "devices": [
                {
                    "id": one.device.installation_id,
                    "title": one.title,
                    "state": one.state.value,
                    "text": one.state_text,
                    "here": list(one.here),
                    "there": list(one.there),
                    "this": one.device.is_this,
                    "enabled": one.device.enabled,
                }
                for one in page.devices
            ],
            "can_enable": page.can_enable,
            "question": page.question,
            "stolen": list(stolen_words(texts)),
        }

    # the network

    def web_network(self, session: Session) -> PageValue:
        """How it is connected, which is sent again whenever it changes."""
        return self._viewer(session).network()
