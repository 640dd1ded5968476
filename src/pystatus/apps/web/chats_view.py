"""The list of chats in one window of the page: sent whole once, and from then on what differs from what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pystatus.apps.web.chat_shapes import chat_entry
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.shapes import PageValue
from pystatus.client import Event
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.chat_list import Change, ChatList, Order


class ChatsView:
    """Of one window."""

    def __init__(self, profile: OpenProfile, texts: Catalogue, order: Order = Order.UNREAD_FIRST) -> None:
        self._profile = profile
        self._texts = texts
        self.list = ChatList(order, texts)
        self._sent: Sequence[PageValue] | None = None
        self._revision = 0
        self.read()

    @property
    def is_shown(self) -> bool:
        """Whether the window has the list, and is to be told of changes."""
        return self._sent is not None

    def read(self) -> None:
        """Read all chats anew."""
        client, conversations = self._profile.client, self._profile.conversations
        found = client.chats()
        last = conversations.last_messages([one for one in found if one.active])
        self.list.show(found, self._profile.names, conversations.drafted_chats(), last)

    def note(self, event: Event) -> Change:
        """See :meth:`pystatus.faces.chat_list.ChatList.note`."""
        return self.list.note(event)

    def whole(self) -> PageValue:
        """All of it."""
        self._sent = self._entries()
        self._revision += 1
        return {"entries": self._sent, **self._totals()}

    def change(self) -> PageValue:
        """What differs from what was sent: ``removed`` entries from ``start`` on give way to ``rows``, each of which is
        an entry, or ``[place, count]``: as many entries of the list before, from that place on."""
        assert self._sent is not None, "the window has the list"
        before, now = self._sent, self._entries()
        self._sent = now
        self._revision += 1
        start, end = 0, 0
        most = min(len(before), len(now))
        while start < most and before[start] == now[start]:
            start += 1
        while end < most - start and before[-1 - end] == now[-1 - end]:
            end += 1
        places = {one["id"]: place for place, one in enumerate(before)}
        rows = _pieces(now[start : len(now) - end], before, places)
        return {"start": start, "removed": len(before) - start - end, "rows": rows, **self._totals()}

    def _entries(self) -> Sequence[PageValue]:
        entries = self.list.entries
        people = [one.person for one in entries if one.person is not None]
        people += [one.last.author for one in entries if one.last is not None]
        names = self._profile.page(people)
        return [chat_entry(one, self._profile, names, self._texts) for one in entries]

    def _totals(self) -> PageValue:
        return {
            "revision": self._revision,
            "unread": self.list.unread,
            "mentions": self.list.mentions,
            "window_title": self.list.window_title(self._texts),
            "requests": sum(one.is_request for one in self._profile.people.values()),
        }


def _pieces(
    wanted: Sequence[PageValue], before: Sequence[PageValue], places: Mapping[str, int]
) -> list[PageValue | list[int]]:
    """Entries that are as before are named by their places, those that follow each other together."""
    found: list[PageValue | list[int]] = []
    run: list[int] | None = None
    for one in wanted:
        place = places.get(one["id"])
        if place is None or before[place] != one:
            found.append(one)
            run = None
        elif run is not None and run[0] + run[1] == place:
            run[1] += 1
        else:
            run = [place, 1]
            found.append(run)
    return found
