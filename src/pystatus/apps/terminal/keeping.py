"""What has been seen, what was begun, and where somebody was: kept for each chat."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual import work

from pystatus.errors import LocalError
from pystatus.messenger.features.conversations import Draft
from pystatus.messenger.records import Chat, Cursor, Message

if TYPE_CHECKING:
    from textual.screen import Screen

    from pystatus.apps.terminal.conversation import Conversation
    from pystatus.apps.terminal.face import Face
    from pystatus.apps.terminal.widgets.composer import Composer
    from pystatus.apps.terminal.widgets.message_view import MessageView

    _Base = Screen[None]
else:
    _Base = object

DRAFT_SECONDS = 1.0
"""How long after a key a draft is stored."""


class Keeping(_Base):
    """A part of the chat screen."""

    face: Face
    view: MessageView
    conversation: Conversation
    composer: Composer
    current: str | None
    reply_to: Message | None
    places: dict[str, Cursor]
    drafts: frozenset[str]
    _dirty: set[str]
    _stored = ""
    """What is kept for the chat that is open, as far as is known: another text in the composer was written here."""

    if TYPE_CHECKING:

        def show_chats(self) -> None: ...

    def drafts_changed(self) -> None:
        """Another face may have begun something, or has sent or deleted it. It is shown here, too, unless something is
        being written here."""
        self.drafts = frozenset(self.face.conversations.drafted_chats())
        chat = self.face.chat(self.current)
        if chat is None or chat.id in self._dirty or self.composer.text != self._stored:
            return
        draft = self.face.conversations.draft(chat)
        if self._stored != ("" if draft is None else draft.text):
            self.show_draft(draft)

    def show_draft(self, draft: Draft | None) -> None:
        """Put what was begun in the chat into the composer, and below what it replies to."""
        self._stored = "" if draft is None else draft.text
        self.composer.fill(self._stored)
        self.reply_to = None
        if draft is not None and draft.response_to is not None:
            self.reply_to = self.face.client.message(draft.response_to)

    def _keep_place(self) -> None:
        if self.current is None:
            return
        visible = self.view.visible_messages()
        if self.view.follows or not visible:
            self.places.pop(self.current, None)
        else:
            self.places[self.current] = visible[0].cursor

    # what is seen

    def mark_seen(self) -> None:
        """Count what is in view as read, if somebody looks."""
        chat = self.face.chat(self.current)
        if chat is None or not chat.unread or not self.app.app_focus or not self.is_current:
            return
        unseen = 0
        if not self.view.follows:
            visible = {one.id for one in self.view.visible_messages()}
            own = self.face.client.public_key
            for message in reversed(self.conversation.timeline.messages):
                if message.id in visible:
                    break
                unseen += message.author != own
        if self.conversation.timeline.has_newer:
            return
        if unseen < chat.unread:
            self._mark_read(chat, chat.unread - unseen)

    @work
    async def _mark_read(self, chat: Chat, messages: int) -> None:
        with contextlib.suppress(LocalError):  # a stranger's chat may be gone: others needed the room
            await self.face.conversations.mark_read(chat, messages)
        self.show_chats()

    def _draft_soon(self) -> None:
        if (timer := getattr(self, "_draft_timer", None)) is not None:
            timer.stop()
        self._draft_timer = self.set_timer(DRAFT_SECONDS, self.keep_draft)

    def keep_draft(self) -> None:
        """Store what was begun, if it has changed."""
        if self.current in self._dirty:
            self._dirty.discard(self.current)
            self._stored = self.composer.text
            self._store_draft(self.current, self.composer.text, self.reply_to)

    @work
    async def _store_draft(self, chat_id: str, text: str, reply_to: Message | None) -> None:
        with contextlib.suppress(LocalError):  # the chat is gone, and the draft with it
            draft = await self.face.conversations.set_draft(chat_id, text, reply_to)
            self.drafts = self.drafts | {chat_id} if draft is not None else self.drafts - {chat_id}
