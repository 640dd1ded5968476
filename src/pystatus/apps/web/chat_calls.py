"""Calls about chats and messages of the profile that is open: what is shown, searched and sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pystatus import sanitise
from pystatus.apps.web import shapes
from pystatus.apps.web.calls import Calls, message_id
from pystatus.apps.web.message_rows import MessageRows
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.timeline_view import TimelineView
from pystatus.apps.web.viewer import Viewer
from pystatus.errors import LocalError
from pystatus.faces import completion, pasting
from pystatus.faces.chat_list import Order, destinations
from pystatus.faces.chat_names import badge, chat_title
from pystatus.faces.completion import Kind, Offer
from pystatus.faces.composer import room
from pystatus.faces.delivery import Circumstances, explanation, state_words
from pystatus.faces.link_check import check_link
from pystatus.faces.meant import Meant
from pystatus.faces.message_tree import tree
from pystatus.faces.moments import moment_text
from pystatus.faces.outbox import outbox, withdraw
from pystatus.faces.searching import result_pieces
from pystatus.faces.timeline_rows import MessageRow
from pystatus.links.values import ChatLink, GroupLink, PublicChatLink, UserLink
from pystatus.messenger import message_text
from pystatus.messenger.features.names import people_on
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.emoji import emoji_names
from pystatus.rpc.session import Session

RESULTS = 50
"""Messages that a search shows. Ours: more than somebody looks through."""
MAX_EMOJI = 60
"""Emoji that are shown at a time. Ours: what fits into a picker."""
GAP_DAYS = 30
"""Days that mailservers keep, beyond which nothing is asked for."""


class ChatCalls(Calls):
    """Of one server."""

    WAITING = frozenset({"web_fetch", "web_fetch_gap"})
    """Those that wait for the network."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def _viewer(self, session: Session) -> Viewer:
        viewer = self._page.viewer(session)
        viewer.opened  # noqa: B018 - it says that no profile is open
        return viewer

    def _timeline(self, session: Session) -> tuple[Viewer, TimelineView]:
        viewer = self._viewer(session)
        if viewer.timeline is None:
            raise LocalError("No chat is open. Open one with web_timeline.")
        return viewer, viewer.timeline

    @staticmethod
    def _message(viewer: Viewer, given: str) -> Message:
        found = viewer.opened.client.message(message_id(given))
        if found is None:
            raise LocalError("This message is not here.")
        return found

    # chats

    def web_chats(
        self, session: Session, order: Literal["unread-first", "latest-first", "steady"] | None = None
    ) -> PageValue:
        """The list of chats, whose changes are sent from now on."""
        return self._viewer(session).chats(Order(order or self._page.settings.now.order))

    def web_next_unread(self, session: Session, chat: str | None = None) -> str | None:
        """The chat to read next."""
        return self._viewer(session).chat_list.next_unread(chat)

    def web_switch(self, session: Session, query: str) -> list[PageValue]:
        """Chats and people that fit some letters, the best first."""
        viewer = self._viewer(session)
        profile = viewer.opened
        found = destinations(query, viewer.chat_list.entries, profile.people.values(), profile.names)
        return [
            {
                "chat": None if one.chat is None else one.chat.id,
                "kind": "person" if one.chat is None else shapes.kind(one.chat.kind),
                "person": None if one.person is None else profile.of_key(one.person),
                "title": one.title,
                "badge": "" if one.chat is None else badge(one.chat.unread),
            }
            for one in found
        ]

    # the chat that is open

    def web_timeline(
        self, session: Session, chat: str, around: str | None = None, date: str | None = None
    ) -> PageValue:
        """Open a chat: at its new messages, around a message, or at a day. From now on changes of it are sent."""
        viewer = self._viewer(session)
        found = viewer.opened.client.find_chat(chat)
        place = None if around is None else self._message(viewer, around)
        day = None if date is None else _day(date)
        timeline = viewer.open(found)
        shown = timeline.open() if place is None and day is None else None
        if place is not None:
            shown = timeline.go_to(place)
        elif day is not None:
            shown = timeline.go_to_day(day)
        assert shown is not None, "it is one of the three"
        return viewer.whole(shown)

    def web_timeline_close(self, session: Session) -> bool:
        """No chat is shown."""
        self._viewer(session).timeline = None
        return True

    def web_older(self, session: Session) -> bool:
        """Read the page before the first message; it is sent before the answer, which says whether there was one."""
        return self._timeline(session)[1].read_older()

    def web_newer(self, session: Session) -> bool:
        """Read the page behind the last message, likewise."""
        return self._timeline(session)[1].read_newer()

    def web_hold(self, session: Session, message: str | None = None) -> bool:
        """Somebody looks at this message first; without one, at the end."""
        return self._timeline(session)[1].hold(None if message is None else message_id(message))

    def web_end(self, session: Session) -> PageValue:
        """Show the end of the chat."""
        viewer, timeline = self._timeline(session)
        return viewer.whole(timeline.go_to_end())

    def web_go(self, session: Session, message: str) -> PageValue:
        """Show a message, in whatever chat it is."""
        viewer = self._viewer(session)
        found = self._message(viewer, message)
        if viewer.open_chat != found.chat_id:
            viewer.open(viewer.opened.client.find_chat(found.chat_id))
        viewer, timeline = self._timeline(session)
        return viewer.whole(timeline.go_to(found))

    def web_go_date(self, session: Session, date: str) -> PageValue:
        """Show what was said on a day."""
        viewer, timeline = self._timeline(session)
        return viewer.whole(timeline.go_to_day(_day(date)))

    async def web_fetch(self, session: Session, days: float) -> bool:
        """Ask mailservers for what they have kept of the chat that is open, so far back."""
        viewer, timeline = self._timeline(session)
        await viewer.opened.client.fetch_history(timeline.chat, days)
        return True

    async def web_fetch_gap(self, session: Session, lower: int) -> bool:
        """Ask them for what is missing since this Unix second."""
        viewer, timeline = self._timeline(session)
        client = viewer.opened.client
        days = min(GAP_DAYS, max(0.0, (client.now - lower) / 86_400))
        await client.fetch_history(timeline.chat, days)
        return True

    # messages

    def web_explain(self, session: Session, message: str) -> PageValue:
        """All that is known of a message, as sentences."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        found = self._message(viewer, message)
        chat = profile.chat(found.chat_id)
        delivery = None
        if chat is not None and chat.kind is ChatKind.PRIVATE_GROUP and found.state is not None:
            try:
                delivery = profile.groups.delivery(found)
            except LocalError:  # another device of ours has sent it
                delivery = None
        known = Circumstances(
            is_public=chat is not None and chat.kind in (ChatKind.PUBLIC, ChatKind.PROFILE),
            today=profile.today,
            delivery=delivery,
            waits_for_relay=not profile.network.connected,
        )
        state = "" if found.state is None else state_words(found.state, texts)
        return {
            "author": profile.of_key(found.author),
            "state": state,
            "sentences": list(explanation(found, known, texts)),
            "id": shapes.hex_id(found.id),
        }

    def web_raw(self, session: Session, message: str) -> PageValue:
        """The text of a message with everything named that cannot be seen."""
        found = self._message(self._viewer(session), message)
        return {"text": message_text.named(found.text), "id": shapes.hex_id(found.id)}

    def web_reactions(self, session: Session, message: str) -> list[PageValue]:
        """Who has put what under a message."""
        profile = self._viewer(session).opened
        found = profile.reactions.by(message_id(message))
        names = profile.page([one.author for one in found])
        return [{"person": profile.person(names.of(one.author)), "emoji": one.emoji} for one in found]

    def web_outbox(self, session: Session) -> PageValue:
        """Messages of ours that are under way or could not be sent, and how many are not among them."""
        viewer = self._viewer(session)
        profile = viewer.opened
        found = outbox(profile.client)
        rows = [
            {
                "chat": chat.id,
                "title": chat_title(chat, profile.names, viewer.texts),
                "message": _row(viewer, chat, message),
            }
            for chat, message in found.listed
        ]
        return {"rows": rows, "more": found.more}

    async def web_withdraw(self, session: Session, message: str) -> bool:
        """Take a message back that has not left. Whether it is begun anew as the draft of its chat."""
        viewer = self._viewer(session)
        profile = viewer.opened
        found = self._message(viewer, message)
        return await withdraw(profile.client, found, lambda person: profile.names.of(person).label)

    # writing

    def web_chat_link(self, session: Session, chat: str) -> PageValue:
        """The link to a chat, and its QR code."""
        link = str(self._viewer(session).opened.links.to(chat))
        return {"link": link, "qr": shapes.qr_rows(link)}

    async def web_send(self, session: Session, chat: str, text: str, reply_to: str | None = None) -> PageValue:
        """Send a text as somebody has typed it: names become mentions, and names of emoji become emoji."""
        profile = self._viewer(session).opened
        self._page.touch()
        found = profile.client.find_chat(chat)
        sent = profile.mentions.typed(found, text)
        receipt = await profile.client.send_text(found, sent, None if reply_to is None else message_id(reply_to))
        return {"id": shapes.hex_id(receipt.message.id)}

    def web_preview(self, session: Session, chat: str, text: str) -> list[PageValue]:
        """What a text will look like."""
        profile = self._viewer(session).opened
        sent = profile.mentions.typed(chat, text)
        return list(tree(sent, profile.own, lambda person: profile.names.of(person).label))

    def web_room(self, session: Session, chat: str, text: str) -> PageValue:
        """How much of the longest message is left; ``text`` is empty where it need not be said."""
        viewer = self._viewer(session)
        left = room(viewer.opened.mentions.typed(chat, text))
        return {"left": left.left, "text": left.text(viewer.texts) if left.is_shown else ""}

    def web_complete(self, session: Session, chat: str, text: str, cursor: int) -> PageValue | None:
        """What can be put in before the cursor; ``None``: nothing is begun there."""
        profile = self._viewer(session).opened
        begun = completion.begun(text, cursor, can_be_command=False)
        if begun is None:
            return None
        offers: Sequence[Offer]
        if begun.kind is Kind.PERSON:
            offers = completion.people(profile.mentions.complete(chat, begun.beginning, completion.OFFERED))
        else:
            offers = completion.emoji(begun)
        return {
            "kind": begun.kind.value,
            "start": begun.start,
            "end": cursor,
            "offers": [
                {
                    "label": one.label,
                    "hint": one.hint,
                    "replacement": one.replacement,
                    "person": None if one.person is None else profile.of_key(one.person.key),
                }
                for one in offers
            ],
        }

    def web_paste(self, session: Session, text: str) -> PageValue | None:
        """What to ask about something that is pasted; ``None``: nothing, it is put in as it is."""
        texts = self._viewer(session).texts
        paste = pasting.pasted(text)
        if not paste.choices:
            return None
        choices = [
            {"choice": one.value, "text": one.label(texts), "result": paste.result(one)} for one in paste.choices
        ]
        return {"lines": paste.lines, "question": paste.question(texts), "choices": choices}

    def web_emoji(self, query: str = "") -> list[PageValue]:
        """Emoji in whose name the letters stand, those first whose name begins so."""
        wanted = query.strip().lower()
        found = sorted(
            (name for name in emoji_names() if wanted in name), key=lambda name: (not name.startswith(wanted), name)
        )
        by_emoji: dict[str, str] = {}
        for name in found:
            by_emoji.setdefault(emoji_names()[name], name)
            if len(by_emoji) == MAX_EMOJI:
                break
        return [{"emoji": emoji, "name": name} for emoji, name in by_emoji.items()]

    # links and search

    def web_link(self, session: Session, url: str, shown: str | None = None) -> PageValue:
        """What is to be said before a link is opened."""
        viewer = self._viewer(session)
        found = check_link(url, shown)
        return {
            "url": found.url,
            "host": sanitise.one_line(found.host),
            "can_be_opened": found.can_be_opened,
            "sentences": list(found.sentences(viewer.texts)),
            "inside": None if found.inside is None else {"kind": _leads_to(found.inside)},
        }

    async def web_go_link(self, session: Session, url: str, introduction: str = "") -> PageValue:
        """Go where a link leads in this program: to a chat, or to the admin of a group, who is asked."""
        done = await self._viewer(session).opened.links.open(url, introduction)
        return {"chat": done.id} if isinstance(done, Chat) else {"asked": True}

    def web_search(self, session: Session, query: str, chat: str | None = None) -> PageValue:
        """Messages in which words stand; ``from:``, ``in:``, ``has:``, ``before:`` and ``after:`` narrow it."""
        viewer = self._viewer(session)
        profile, texts = viewer.opened, viewer.texts
        found = Meant(profile.client, texts).messages(query, chat, RESULTS)
        names = profile.page(people_on([one.message for one in found]))
        titles = {one.id: chat_title(one, profile.names, texts) for one in profile.client.chats()}
        return {
            "results": [
                {
                    "id": shapes.hex_id(one.message.id),
                    "chat": one.message.chat_id,
                    "title": titles.get(one.message.chat_id, ""),
                    "author": profile.person(names.of(one.message.author)),
                    "time": moment_text(one.message.sent_ms, profile.today, texts),
                    "pieces": shapes.pieces(result_pieces(one, names.label)),
                }
                for one in found
            ]
        }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LocalError("A day is written as 2026-11-20.") from None


def _leads_to(link: object) -> str:
    match link:
        case PublicChatLink():
            return "public"
        case UserLink() | ChatLink():
            return "person"
        case GroupLink():
            return "group"
        case _:
            return "other"


def _row(viewer: Viewer, chat: Chat, message: Message) -> PageValue:
    rows = MessageRows(viewer.opened, viewer.texts, chat)
    rows.load([message], {})
    return rows.rows([MessageRow(message, True, message.sent_ms)])[0]
