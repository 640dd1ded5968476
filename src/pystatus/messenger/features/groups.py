"""Private groups: made, changed and left by us and by others, and how what is said in them travels (7/GROUP-CHAT).

What a group is follows from its events alone (:mod:`pystatus.payloads.group_history`); here it is kept, shown and sent.
Everything that goes to a group carries its whole history: one update, the same bytes for all, sealed for each member
alone. News goes to all members, and to who is removed; messages go to who has joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import random_uuid
from pystatus.errors import LocalError, RemoteError
from pystatus.messenger.chat_names import group_name
from pystatus.messenger.dispatch import Incoming, Sent
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.features.group_changes import GroupChanges
from pystatus.messenger.features.group_deliveries import GroupDeliveries
from pystatus.messenger.features.group_invitations import GroupInvitations, InvitationLimits
from pystatus.messenger.features.group_telling import GroupTelling, update_of
from pystatus.messenger.group_book import NOTHING, GroupBook, Known
from pystatus.messenger.group_records import Delivery, GroupMember, GroupState, GroupStore, JoinRequest
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind, KnownChat, group_chat_id, key_from_text
from pystatus.payloads.group_events import lacking, with_event
from pystatus.payloads.group_history import Folded, fold, system_message_id, verified
from pystatus.payloads.groups import GroupChatInvitation, MembershipUpdateEvent, MembershipUpdateMessage
from pystatus.payloads.kinds import EventType, MessageType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.payload import Payload
from pystatus.sanitise import quoted


class Groups(Feature[GroupStore]):
    """The groups of this account."""

    PAYLOADS = (MembershipUpdateMessage, GroupChatInvitation)
    CARRIES = ChatKind.PRIVATE_GROUP

    def __init__(self, core: Core, tables: GroupStore, now: float) -> None:
        super().__init__(core, tables, now)
        self._own = core.own.hex
        self._book = GroupBook(tables)
        self.deliveries = GroupDeliveries(core, tables)
        self._telling = GroupTelling(core, self._book, self.deliveries)
        self._changes = GroupChanges(core, tables, self._book, self.deliveries)
        self._invitations = GroupInvitations(core, tables, InvitationLimits())

    def started(self, now: float) -> None:
        """Listen for the members of all groups that we have joined."""
        self._changes.start()
        self._core.channels.listen_to_people(sorted(self.people(), key=lambda person: person.compressed))

    def next_timer(self) -> float | None:
        """See :meth:`Feature.next_timer`."""
        return self._telling.next_timer()

    def on_timer(self, now: float) -> None:
        """See :meth:`Feature.on_timer`."""
        self._telling.on_timer(now)

    # what there is

    def members(self, chat_id: str) -> list[GroupMember]:
        """Who is in a group, in the order in which they were added.

        :raises LocalError: there is no such group."""
        return self._find(chat_id).members

    def states(self, chat_ids: Sequence[str]) -> Mapping[str, GroupState]:
        """Who is in several groups, and what made them so; nothing for what is no group."""
        return {chat_id: known.state for chat_id in chat_ids if (known := self._book.find(chat_id)) is not None}

    def delivery(self, message_id: bytes) -> Delivery:
        """How many of the members have a message of ours.

        :raises LocalError: it was not sent to a group by this device."""
        return self.deliveries.of(message_id)

    # what we do

    def create(self, name: str, people: Sequence[PublicKey], now: float) -> Chat:
        """Make a group. Others are members at once, and join if they like.

        :raises LocalError: not a name, or too many people.

        Implements: GC-1, GC-2
        """
        chat_id = group_chat_id(random_uuid(self._core.random), self._core.own)
        events = [_event(EventType.CHAT_CREATED, name=group_name(name))]
        others = self._others(people)
        if others:
            events.append(_event(EventType.MEMBERS_ADDED, *others))
        return self._make(chat_id, events, now)

    def rename(self, chat_id: str, name: str, now: float) -> Chat:
        """Give a group another name.

        :raises LocalError: not a group that we are an admin of, or not a name.
        """
        return self._make(chat_id, [_event(EventType.NAME_CHANGED, name=group_name(name))], now)

    def add(self, chat_id: str, people: Sequence[PublicKey], now: float) -> Chat:
        """Add people to a group, also such as were in it before.

        :raises LocalError: not a group that we are an admin of, nobody is given, or there is no room for them.
        """
        chat = self._make(chat_id, [_event(EventType.MEMBERS_ADDED, *self._some(self._others(people)))], now)
        for person in people:
            self._invitations.approved(chat_id, person)
        return chat

    def remove(self, chat_id: str, person: PublicKey, now: float) -> Chat:
        """Remove somebody from a group. They hear of it, and of nothing else any more.

        :raises LocalError: not a group that we are an admin of, or not a member who is no admin.

        Implements: GC-8
        """
        if person == self._core.own:
            raise LocalError("That is yourself. Leave the group instead.")
        return self._make(chat_id, [_event(EventType.MEMBER_REMOVED, person.hex)], now)

    def promote(self, chat_id: str, people: Sequence[PublicKey], now: float) -> Chat:
        """Make members admins.

        :raises LocalError: not a group that we are an admin of, or they are no members.
        """
        targets = self._some([person.hex for person in people])
        return self._make(chat_id, [_event(EventType.ADMINS_ADDED, *targets)], now)

    def step_down(self, chat_id: str, now: float) -> Chat:
        """Be an admin of a group no longer.

        :raises LocalError: we are none.
        """
        return self._make(chat_id, [_event(EventType.ADMIN_REMOVED, self._own)], now)

    def join(self, chat_id: str, now: float) -> Chat:
        """Take part in a group to which we were added. Its members are people that we know from now on.

        :raises LocalError: we were not added, or have joined already.

        Implements: GC-6
        """
        return self._make(chat_id, [_event(EventType.MEMBER_JOINED)], now)

    def leave(self, chat_id: str, now: float) -> Chat:
        """Leave a group, or decline to join it. Before we have joined, only those are told that we know, and who has
        brought us the group: strangers learn it from them. Where we are no member any more nobody is told.

        :raises LocalError: we are not in it.
        """
        known, chat = self._find(chat_id), self._core.store.chat(chat_id)
        if self._own not in known.folded.group.members and chat is not None and chat.active:
            return self._changes.put_away(chat)
        if self._own in known.folded.group.joined:
            return self._make(chat_id, [_event(EventType.MEMBER_REMOVED, self._own)], now)
        inviter = dict(self._tables.invitations()).get(chat_id)
        people = [key_from_text(member) for member in known.folded.group.members]
        told = [one for one in people if one.compressed == inviter or self._core.people.is_known(one)]
        return self._make(chat_id, [_event(EventType.MEMBER_REMOVED, self._own)], now, told)

    def _make(
        self, chat_id: str, events: Sequence[MembershipUpdateEvent], now: float, told: Sequence[PublicKey] | None = None
    ) -> Chat:
        """Let events of ours happen, one after the other, and tell the members.

        :param told: whom instead.
        """
        core, now_ms = self._core, int(now * 1000)
        is_new = events[0].type == EventType.CHAT_CREATED
        before = NOTHING if is_new else self._find(chat_id)
        chat = core.store.chat(chat_id)
        after = before.folded
        for event in events:
            after = with_event(
                chat_id,
                after,
                event,
                lambda made: core.sender.sign(made, chat_id),
                last_clock=0 if chat is None else self._changes.bounded(chat.last_clock, now_ms),
                now_ms=now_ms,
            )
        everybody = dict.fromkeys((*before.folded.group.members, *after.group.members))
        people = [key_from_text(member) for member in everybody] if told is None else told
        others = [person for person in people if person != core.own]
        shown_as = system_message_id(after.history[-1]) if others else None
        changed = self._changes.apply(chat_id, before, after, now_ms, core.own, sending=shown_as)
        self._telling.tell(chat_id, after, others, now, shown_as)
        return changed

    # invitation links

    def invitation_link(self, chat_id: str) -> str:
        """A link by which people ask us to be taken into a group.

        :raises LocalError: not a group that we are an admin of.
        """
        self._check_admin(chat_id)
        chat = self._core.store.chat(chat_id)
        return self._invitations.link(chat_id, "" if chat is None else chat.name)

    def request_to_join(self, link: str, introduction: str, now: float) -> JoinRequest:
        """Ask the admin that a link names.

        :raises LocalError: not a link, or we are a member already.
        """
        return self._invitations.ask(link, introduction, self._is_member, now)

    def requests(self, chat_id: str | None = None) -> Sequence[JoinRequest]:
        """Who asks to be taken into our groups, and what we have asked for."""
        return self._tables.requests(chat_id)

    def approve(self, request_id: bytes, now: float) -> Chat:
        """Take somebody into the group that they have asked for.

        :raises LocalError: there is no such request, or we are no admin any more.
        """
        request = self._invitations.asked_of_us(request_id)
        return self.add(request.chat_id, [request.person], now)

    def reject(self, request_id: bytes, now: float) -> JoinRequest:
        """Tell somebody that they are not taken into the group.

        :raises LocalError: there is no such request.
        """
        return self._invitations.reject(request_id, now)

    # what comes

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """The news of a group, perhaps with a message; or a request to join one."""
        if incoming.public_name is not None:
            raise RemoteError("what is for a group travels in private")
        if isinstance(payload, GroupChatInvitation):
            self._invitations.receive(payload, incoming, self._admins)
            return
        assert isinstance(payload, MembershipUpdateMessage)
        self._take_events(payload, incoming)
        self._take_entity(payload, incoming)

    def _take_events(self, update: MembershipUpdateMessage, incoming: Incoming) -> None:
        """
        :raises RemoteError: there are none, or they are of no group of ours.

        Implements: GC-1, GC-2, GC-11
        """
        if not update.events:
            raise RemoteError("an update of a group without its history")
        chat_id, core = update.chat_id, self._core
        before = self._book.find(chat_id)
        new = [raw for raw in dict.fromkeys(update.events) if before is None or raw not in before.raws]
        if not new:
            return
        self._invitations.check_size(chat_id, new, () if before is None else before.raws, incoming.author)
        earlier = before or NOTHING
        folded = earlier.folded
        after = fold(chat_id, (*folded.history, *folded.waiting, *verified(new, chat_id)))
        if self._own not in after.people:
            raise RemoteError("the news of a group that has nothing to do with us")
        if (after.history, after.waiting) == (folded.history, folded.waiting):
            return
        by = core.own if incoming.device is not None else incoming.author
        self._changes.apply(chat_id, earlier, after, incoming.now_ms, by)
        if before is None and self._own not in after.group.joined:
            self._invitations.invited(chat_id, by)
        if self._has_ever_joined(after):  # who has left meanwhile is the only one who can tell those who were added
            missing = sorted(lacking(chat_id, core.own, incoming.author, frozenset(update.events), folded, after))
            if missing:
                self._telling.tell_lacking(chat_id, after, missing, incoming.now_ms / 1000)

    def _take_entity(self, update: MembershipUpdateMessage, incoming: Incoming) -> None:
        """A message or a reaction has the id of what carried it. It is for this group and for no other chat.

        :raises RemoteError: it is for another one, or refused.
        """
        entity = update.message or update.emoji_reaction
        if entity is None:
            return
        if entity.chat_id != update.chat_id or entity.message_type != MessageType.PRIVATE_GROUP:
            raise RemoteError("a group carries what is said in another chat")
        entity.check(incoming.now_ms, incoming.now_ms)
        carried = replace(incoming.message, type=int(entity.TYPE), payload=entity.encode())
        self._core.dispatch.take(entity, replace(incoming, message=carried, group=update.chat_id))

    def person_blocked(self, person: PublicKey, now: float) -> None:
        """Nothing is expected of somebody who is blocked; their requests, and the groups that they have brought and we
        have not joined, are forgotten. A group that we are in keeps them as a member."""
        self._invitations.forget(person)
        for chat_id in self._tables.groups():
            self.deliveries.expect_nothing_of(chat_id, [person.compressed])

    # what the group carries: see ChatCarrier

    def known(self, chat: Chat) -> KnownChat:
        """See :meth:`ChatCarrier.known`."""
        known = self._book.find(chat.id)
        return KnownChat(chat.kind, known.folded.group.joined if known is not None else frozenset())

    def people(self, chat: Chat | None = None) -> frozenset[PublicKey]:
        """See :meth:`ChatCarrier.people`: the other members of groups that we have joined."""
        return self._changes.heard(None if chat is None else chat.id)

    def carried(self, message_ids: Sequence[bytes]) -> Set[bytes]:
        """See :meth:`ChatCarrier.carried`."""
        return self.deliveries.to_groups(message_ids)

    def acknowledged(self, message_id: bytes, person: PublicKey) -> bool:
        """See :meth:`ChatCarrier.acknowledged`."""
        return self.deliveries.acknowledged(message_id, person)

    def send(self, chat: Chat, payload: Payload, now: float) -> Sent:
        """See :meth:`ChatCarrier.send`.

        :raises LocalError: we have not joined, or nobody else has.

        Implements: GC-6, GC-8, GC-10, GC-12
        """
        assert isinstance(payload, ChatMessage)
        folded, people = self._audience(chat)
        update = update_of(chat.id, folded, message=payload)
        sent = self._core.sender.send_to(people, update, now)
        self.deliveries.sent(sent.message_id, chat.id, update, people)
        return sent

    def send_once(self, chat: Chat, payload: Payload, now: float) -> None:
        """See :meth:`ChatCarrier.send_once`.

        :raises LocalError: we have not joined, or nobody else has.
        """
        assert isinstance(payload, EmojiReaction)
        folded, people = self._audience(chat)
        self._core.sender.send_once_to(people, update_of(chat.id, folded, reaction=payload), now)

    def resend(self, chat: Chat, message: Message, now: float) -> Sent:
        """See :meth:`ChatCarrier.resend`: to those who lack it, with the history as it was, so that it is the same
        message.

        :raises LocalError: all have it, or another device has sent it.
        """
        update, people = self.deliveries.unfinished(message.id)
        sent = self._core.sender.send_to(people, update, now, shown_as=message.id)
        return replace(sent, message_id=message.id)

    def _audience(self, chat: Chat) -> tuple[Folded, list[PublicKey]]:
        """A group, and to whom a message goes: who has joined, but for ourselves."""
        folded = self._find(chat.id).folded
        joined = folded.group.joined
        if self._own not in joined:
            raise LocalError(f"You have not joined the group {quoted(chat.name)}. Join it first.")
        people = [key_from_text(member) for member in folded.group.members if member in joined and member != self._own]
        if not people:
            raise LocalError(
                f"Nobody else has joined the group {quoted(chat.name)} yet, and who joins later does not get what was "
                "said before. Wait until somebody has."
            )
        return folded, people

    def _find(self, chat_id: str) -> Known:
        known = self._book.find(chat_id)
        if known is None:
            raise LocalError(f"There is no group {quoted(chat_id)}. See the list of your groups.")
        return known

    def _admins(self, chat_id: str) -> frozenset[str]:
        """Nobody, if it is no group that we have joined: anybody can make one and us an admin of it."""
        known = self._book.find(chat_id)
        if known is None or self._own not in known.folded.group.joined:
            return frozenset()
        return known.folded.group.admins

    def _has_ever_joined(self, folded: Folded) -> bool:
        """Whether we take part in a group, or did: its members know us."""
        kinds = (EventType.CHAT_CREATED, EventType.MEMBER_JOINED)
        return any(event.author == self._core.own and event.event.type in kinds for event in folded.history)

    def _is_member(self, chat_id: str) -> bool:
        known = self._book.find(chat_id)
        return known is not None and self._own in known.folded.group.members

    def _check_admin(self, chat_id: str) -> None:
        if self._own not in self._find(chat_id).folded.group.admins:
            raise LocalError("Only an admin of the group can invite people. Ask one of them.")

    def _others(self, people: Sequence[PublicKey]) -> list[str]:
        return list(dict.fromkeys(person.hex for person in people if person != self._core.own))

    @staticmethod
    def _some(people: list[str]) -> list[str]:
        if not people:
            raise LocalError("Say who, by chat key.")
        return people


def _event(kind: EventType, *members: str, name: str = "") -> MembershipUpdateEvent:
    return MembershipUpdateEvent(members=members, name=name, type=kind)
