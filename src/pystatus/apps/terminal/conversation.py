"""The chat that is open: its messages, page by page, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pystatus.apps.terminal.drawing import MAX_NAMES, Drawing
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.pictures import Pictures
from pystatus.apps.terminal.widgets.message_view import MessageView
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.faces import media
from pystatus.faces.timeline import MAX_MESSAGES, Timeline
from pystatus.faces.timeline_rows import NewRow
from pystatus.messenger.features.names import people_on
from pystatus.messenger.records import Chat, Cursor, Message, MessageState
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.kinds import ContentType

PAGE = 100
"""Messages that are read at a time: more than a large screen shows, some 2 ms."""
MAX_BESIDE = 1_000
"""Messages beyond those of the window of which it is kept what is shown beside them, before it is thrown away together:
it takes some ms, and would else be done for each message that comes. Ours."""
NOTED = (ContentType.IMAGE, ContentType.AUDIO, ContentType.STICKER)
"""What has a line of its own above its text."""
MAX_FIRST = 1_000
"""Messages that are read when a chat is opened of which many are unread: the line above them is to be among them."""


class Conversation:
    """Reads what the view shows. One chat at a time is open."""

    def __init__(self, face: Face, view: MessageView) -> None:
        self._face = face
        self._view = view
        self.timeline = Timeline("")
        self.chat: Chat | None = None
        self.pictures = Pictures(face)
        view.drawing.extras.pixels = self.pictures.pixels

    @property
    def _drawing(self) -> Drawing:
        return self._view.drawing

    # which part

    def open(self, chat: Chat | None) -> None:
        """Show a chat: where its new messages begin, else its end."""
        self.chat = chat
        self._drawing.extras.open.clear()
        self._drawing.private = chat is not None and chat.kind in (ChatKind.ONE_TO_ONE, ChatKind.PRIVATE_GROUP)
        timeline = Timeline("" if chat is None else chat.id)
        if chat is None:
            self._use(timeline)
            return
        limit = min(PAGE + chat.unread, MAX_FIRST)
        page = self._face.client.history(chat, limit)
        timeline.show(page, has_older=len(page) == limit)
        timeline.set_unread(chat.unread, self._face.client.public_key)
        self._use(timeline)
        self._read_gaps()
        first_new = next((row for row in timeline.rows if isinstance(row, NewRow)), None)
        if first_new is not None and not self._view.sees_row(first_new.key):
            self._view.go_to_row(first_new.key)

    def _use(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._load(timeline.messages, fresh=True)
        self._show(keep=False)

    def _show(self, *, keep: bool = True) -> None:
        timeline = self.timeline
        rows = timeline.rows if self.chat is not None else ()
        self._view.show(rows, older=timeline.has_older, newer=timeline.has_newer, keep=keep)

    def hold(self) -> None:
        """The model is to keep what is in view, whatever has to give way."""
        if self._view.follows:
            self.timeline.follow()
        elif visible := self._view.visible_messages():
            self.timeline.hold(visible[0].id)

    def read_older(self) -> None:
        """Put the page before the first message that is held."""
        oldest = self.timeline.oldest
        if self.chat is None or not self.timeline.has_older or oldest is None:
            return
        page = self._face.client.history(self.chat, PAGE, before=oldest)
        self._load(page)
        self.hold()
        self.timeline.add_older(oldest, page, has_older=len(page) == PAGE)
        self._show()

    def read_newer(self) -> None:
        """Put the page behind the last message that is held."""
        newest = self.timeline.newest
        if self.chat is None or not self.timeline.has_newer or newest is None:
            return
        page = self._face.client.history(self.chat, PAGE, after=newest)
        self._load(page)
        self.hold()
        self.timeline.add_newer(newest, page, has_newer=len(page) == PAGE)
        self._show()

    def go_to_end(self) -> None:
        """Show the end of the chat, whatever is held."""
        if self.timeline.has_newer and self.chat is not None:
            page = self._face.client.history(self.chat, PAGE)
            timeline = Timeline(self.chat.id)
            timeline.show(page, has_older=len(page) == PAGE)
            self._use(timeline)
        self._view.go_to_end()

    def go_to(self, place: Message | Cursor) -> bool:
        """Show a message of this chat with what is around it, or what is nearest; whether there is anything."""
        if self._view.go_to(place.id):
            return True
        if self.chat is None:
            return False
        page = self._face.client.history(self.chat, PAGE, around=place)
        if not page:
            return False
        newer = bool(self._face.client.history(self.chat, 1, after=page[0]))
        timeline = Timeline(self.chat.id)
        timeline.show(page, has_older=len(page) >= PAGE // 2, has_newer=newer, anchor=place.id)
        self._use(timeline)
        if not self._view.go_to(place.id):
            wanted = place.cursor if isinstance(place, Message) else place
            nearest = next((one for one in timeline.messages if one.cursor >= wanted), timeline.messages[-1])
            self._view.go_to(nearest.id)
        return True

    # what happens

    def add(self, messages: Iterable[Message]) -> None:
        """Messages have come, or were sent."""
        fitting = [message for message in messages if message.chat_id == self.timeline.chat_id]
        if not fitting:
            return
        self.hold()
        before = self.timeline.revision
        self._load(fitting)
        self.timeline.add(fitting)
        self._show_if_changed(before)

    def set_states(self, states: Mapping[bytes, MessageState]) -> None:
        """How far some of our own messages got."""
        before = self.timeline.revision
        for message_id, state in states.items():
            self.timeline.set_state(message_id, state)
        if self.timeline.revision != before:
            self._load([found for one in states if (found := self.timeline.message(one)) is not None])
        self._show_if_changed(before)

    def remove(self, message_id: bytes) -> None:
        """A message was deleted."""
        before = self.timeline.revision
        self.timeline.delete([message_id])
        self._show_if_changed(before)

    def remove_of(self, author: PublicKey) -> None:
        """Somebody was blocked, and all of theirs is deleted."""
        before = self.timeline.revision
        self.timeline.delete_of(author)
        self._show_if_changed(before)

    def cleared(self, chat: Chat) -> None:
        """The history of a chat was deleted."""
        if chat.id == self.timeline.chat_id:
            before = self.timeline.revision
            self.timeline.clear(chat.cleared_clock)
            self._show_if_changed(before)

    def history_came(self) -> None:
        """Something was fetched of mailservers, or could not be."""
        before = self.timeline.revision
        self._read_gaps()
        self._show_if_changed(before)

    def _read_gaps(self) -> None:
        if self.chat is None:
            return
        try:
            gaps = self._face.client.history_gaps(self.chat)
        except LocalError:  # no mailserver is asked: nothing is known to be missing
            return
        before = self.timeline.revision
        self.timeline.set_gaps(gaps)
        self._show_if_changed(before)

    def _show_if_changed(self, before: int) -> None:
        if self.timeline.revision != before:
            self._show()

    def reload(self, message_ids: Iterable[bytes] | None = None) -> None:
        """What belongs to messages has changed: of some, or names, which are of all."""
        if message_ids is None:
            self._load(self.timeline.messages)
        else:
            self._load([found for one in message_ids if (found := self.timeline.message(one)) is not None], names=False)
        self._view.redraw()

    def set_open(self, message: Message) -> None:
        """Show a long message whole, or short again."""
        opened = self._drawing.extras.open
        if message.id in opened:
            opened.discard(message.id)
        else:
            opened.add(message.id)
        self._view.redraw()

    # what belongs to messages

    def _load(self, messages: Sequence[Message], *, fresh: bool = False, names: bool = True) -> None:
        """Read, for a page together, what is shown beside messages.

        :param fresh: forget what was known of others.
        """
        extras, face = self._drawing.extras, self._face
        if fresh:
            extras.names, extras.quoted, extras.below, extras.notes, extras.pictures = {}, {}, {}, {}, {}
        if not messages:
            return
        held = {one.id: one for one in (*self.timeline.messages, *messages)}
        if len(extras.below) > MAX_MESSAGES + MAX_BESIDE or len(extras.names) > 2 * MAX_NAMES:
            extras.keep(list(held.values()))
        wanted = {one.response_to for one in messages if one.response_to is not None}
        quoted = {one: held.get(one) or face.client.message(one) for one in wanted if one not in extras.quoted}
        extras.quoted = {**extras.quoted, **quoted}
        if names:
            also = [one for one in quoted.values() if one is not None]
            extras.names = {**extras.names, **face.names.of_people(people_on([*messages, *also]))}
        below = {one.id: self._delivered(one) for one in messages}
        for message_id, counts in face.reactions.of_all(messages).items():
            signs = ((face.reaction(one.type, one.emoji), one) for one in counts)
            shown = [f"{sign} {count.count}{'*' if count.own else ''}" for sign, count in signs]
            below[message_id] = "  ".join(filter(None, (below[message_id], *shown)))
        extras.below = {**extras.below, **below}
        noted = [one for one in messages if one.content_type in NOTED]
        if noted:
            self._load_media(noted)

    def _load_media(self, messages: Sequence[Message]) -> None:
        """What pictures, sounds and stickers are, and how large those are that are drawn."""
        extras, face = self._drawing.extras, self._face
        authors = {message.author for message in messages}
        added = {one for one in authors if one == face.client.public_key or face.contacts.get(one).added}
        notes, sizes = {}, {}
        for message in messages:
            about = face.media.about(message)
            note = media.row(message, about, face.texts)
            if note is not None:
                notes[message.id] = note
            if about is not None and not about.problem and self.pictures.is_shown(message, added):
                sizes[message.id] = about.width, about.height
        extras.notes = {**extras.notes, **notes}
        extras.pictures = {**extras.pictures, **sizes}

    def undecoded(self, messages: Sequence[Message]) -> list[Message]:
        """Those of which a picture is drawn that nobody has decoded yet."""
        shown = self._drawing.extras.pictures
        return [one for one in messages if one.id in shown and self.pictures.pixels(one.id) is None]

    def _delivered(self, message: Message) -> str:
        """How many members of a group have a message of ours; empty: it is of no group, or nobody was to get it."""
        if self.chat is None or self.chat.kind != ChatKind.PRIVATE_GROUP or message.state is None:
            return ""
        try:
            delivery = self._face.groups.delivery(message)
        except LocalError:  # another device of ours has sent it
            return ""
        if not delivery.members:
            return ""
        return self._face.texts.terminal_delivered_to(
            mark=self._face.signs.state(MessageState.DELIVERED), n=delivery.delivered, members=delivery.members
        )
