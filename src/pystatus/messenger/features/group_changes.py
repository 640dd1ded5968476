"""What follows when a group has changed: its chat, what is shown of it, whom we listen for, what the user is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.effects import Continue, Notify
from pystatus.messenger.events import ChatLeft, ChatOpened, Event
from pystatus.messenger.features.feature import Core
from pystatus.messenger.features.group_deliveries import GroupDeliveries
from pystatus.messenger.group_book import GroupBook, Known
from pystatus.messenger.group_records import GroupStore
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import ChatKind, key_from_text
from pystatus.payloads.checks import MAX_CLOCK_AHEAD_MS
from pystatus.payloads.clocks import advance
from pystatus.payloads.group_events import text_of
from pystatus.payloads.group_history import Folded, system_message_id
from pystatus.payloads.groups import SignedEvent
from pystatus.payloads.kinds import ContentType, EventType, InvitationState
from pystatus.records import dataclass


@checked
@dataclass(frozen=True, slots=True)
class AddedToGroup(Event):
    """We are a member of a group that ``by`` has told us of, and get its messages once we join."""

    chat: Chat
    by: PublicKey


@checked
@dataclass(frozen=True, slots=True)
class GroupChanged(Event):
    """A group has another name or other members than before. ``news`` says what happened, as the chat shows it."""

    chat: Chat
    news: tuple[Message, ...]


class GroupChanges:
    """Called inside transactions."""

    def __init__(self, core: Core, store: GroupStore, book: GroupBook, deliveries: GroupDeliveries) -> None:
        self._core = core
        self._store = store
        self._book = book
        self._deliveries = deliveries
        self._own = core.own.hex

    @staticmethod
    def bounded(clock: int, now_ms: int) -> int:
        """A clock, no further ahead than what everybody takes of us after it."""
        return min(clock, now_ms + MAX_CLOCK_AHEAD_MS // 2)

    def apply(
        self,
        chat_id: str,
        before: Known,
        after: Folded,
        now_ms: int,
        by: PublicKey,
        *,
        sending: bytes | None = None,
    ) -> Chat:
        """Store a group as it is from now on.

        :param by: who brought the news.
        :param sending: the id of the message that shows what we send to others; None: nothing is sent.
        """
        core, old, new = self._core, before.folded.group, after.group
        chat = core.store.chat(chat_id) or Chat(chat_id, ChatKind.PRIVATE_GROUP, active=False)
        if after.history == before.folded.history:  # something that may count one day
            self._book.save(chat_id, after)
            return chat
        was_member, is_member = self._own in old.members, self._own in new.members
        last_clock = max((event.event.clock for event in after.history), default=0)
        changed = replace(
            chat,
            name=new.name,
            active=(chat.active or not was_member) if is_member else chat.active and not self._left(after),
            last_clock=advance(chat.last_clock, self.bounded(last_clock, now_ms)),
            updated_ms=max(chat.updated_ms, now_ms),
        )
        self._book.save(chat_id, after)
        core.store.save_chat(changed)
        news = self._show(changed, before.folded, after, now_ms, sending)
        self._listen(chat_id, frozenset(old.members) if self._own in old.joined else frozenset(), after)
        members = frozenset(new.members)
        gone = [key_from_text(member).compressed for member in old.members if member not in members]
        if gone:
            self._deliveries.expect_nothing_of(chat_id, gone)
        self._tell(chat, changed, news, by, is_new_member=is_member and not was_member)
        return changed

    def put_away(self, chat: Chat) -> Chat:
        """The user is done with a group of which we are no member: we were removed, or an earlier version of ours has
        taken more events of it than this one."""
        changed = replace(chat, active=False)
        self._core.store.save_chat(changed)
        self._core.batch.add(Notify(ChatLeft(changed)))
        return changed

    def _left(self, after: Folded) -> bool:
        """Whether it was we who took us out of the group, on whichever of our devices."""
        removals = [event for event in after.history if event.event.type == EventType.MEMBER_REMOVED]
        ours = [event for event in removals if event.event.members == (self._own,)]
        return bool(ours) and ours[-1].author == self._core.own

    def _tell(self, chat: Chat, changed: Chat, news: list[Message], by: PublicKey, *, is_new_member: bool) -> None:
        if changed.active and not chat.active:
            self._core.batch.add(Notify(ChatOpened(changed)))
        if is_new_member:
            self._approve(changed.id)
            if by != self._core.own:
                self._core.batch.add(Notify(AddedToGroup(changed, by)))
        if news:
            self._core.batch.add(Notify(GroupChanged(changed, tuple(news))))
        if chat.active and not changed.active:
            self._core.batch.add(Notify(ChatLeft(changed)))

    def _show(self, chat: Chat, before: Folded, after: Folded, now_ms: int, sending: bytes | None) -> list[Message]:
        """Store a message for each event that counts from now on, and remove those of events that count no longer.

        Implements: GC-11
        """
        store = self._core.store
        counted, counts = {event.raw for event in before.history}, {event.raw for event in after.history}
        gone = [self._line_id(chat.id, event)[0] for event in before.history if event.raw not in counts]
        store.people.displace_messages(gone)  # an admin may let them come and go as often as they like
        news = []
        for event in after.history:
            if event.raw in counted or event.event.clock <= chat.cleared_clock:
                continue
            line_id, is_shown = self._line_id(chat.id, event)
            if is_shown:
                continue
            message = self._message(chat.id, line_id, event, now_ms)
            if message.id == sending:
                message = replace(message, state=MessageState.SENDING)
            store.add_message(message)
            news.append(message)
        return news

    def _line_id(self, chat_id: str, event: SignedEvent) -> tuple[bytes, bool]:
        """The id of the line that shows an event in this chat, and whether it is there. It is the same for everybody,
        unless somebody has put the signature of the event, which is all that it depends on, into another group."""
        shared = system_message_id(event)
        held = self._core.store.message(shared)
        if held is None or held.chat_id == chat_id:
            return shared, held is not None
        own = keccak256(chat_id.encode() + shared)
        return own, self._core.store.has_message(own)

    @staticmethod
    def _message(chat_id: str, line_id: bytes, event: SignedEvent, now_ms: int) -> Message:
        return Message(
            id=line_id,
            chat_id=chat_id,
            author=event.author,
            clock=event.event.clock,
            sent_ms=event.event.clock,
            received_ms=now_ms,
            content_type=ContentType.SYSTEM_PRIVATE_GROUP,
            text=text_of(event),
            payload=b"",
        )

    def _approve(self, chat_id: str) -> None:
        """What we have asked for was granted."""
        for request in self._store.requests(chat_id):
            if request.person == self._core.own:
                self._store.save_request(replace(request, state=InvitationState.APPROVED))

    # whom we listen for

    def start(self) -> None:
        """Of a profile of an earlier version: note once whom we listen for."""
        for chat_id in self._store.groups_without_people():
            known = self._book.find(chat_id)
            if known is not None:
                self._note(chat_id, known.folded)

    def heard(self, chat_id: str | None = None) -> frozenset[PublicKey]:
        """The other members of groups that we have joined: of one, or of all."""
        return frozenset(map(PublicKey.from_bytes, self._store.people(chat_id)))

    def _note(self, chat_id: str, folded: Folded) -> list[PublicKey]:
        group = folded.group
        others = [key_from_text(member) for member in group.members if member != self._own]
        people = others if self._own in group.joined else []
        self._store.save_people(chat_id, [person.compressed for person in people])
        return people

    def _listen(self, chat_id: str, before: frozenset[str], after: Folded) -> None:
        """The members of a joined group are people that we know; how many that can be is bounded for each group: see
        :data:`~pystatus.payloads.group_history.MAX_PEOPLE`."""
        core, group = self._core, after.group
        people = self._note(chat_id, after)
        if self._own in group.joined:
            self._store.set_inviter(chat_id, None)
            for person in people:
                core.people.know(person)
            self._listen_to(people)
        others = {key_from_text(member) for member in before - {self._own}}
        if others and (before - frozenset(group.members) or self._own not in group.joined):
            gone = others - self.heard()
            core.channels.stop_listening_to_people(sorted(gone, key=lambda person: person.compressed))

    def _listen_to(self, people: Sequence[PublicKey]) -> None:
        """Relays are told once, when all keys are derived."""
        if self._core.channels.derive(people):
            self._core.batch.add(Continue(lambda _: self._listen_to(people)))
        else:
            self._core.channels.listen_to_people(people)
