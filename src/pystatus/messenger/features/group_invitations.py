"""Groups that strangers bring us, and requests to join one by its link (payloads.md §10).

Anybody can make groups and name us in them, and anybody who knows the id of a group can ask to be taken into it. So a
bounded number is kept of groups that strangers have brought and that we have not joined, and of requests for one group.
What gives way is drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from pystatus.arguments import checked
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.links.parsing import parse_group_link
from pystatus.links.values import GroupLink
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import ChatLeft, Event
from pystatus.messenger.features.feature import Core
from pystatus.messenger.group_records import GroupStore, JoinRequest
from pystatus.messenger.records import Chat
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.groups import GroupChatInvitation
from pystatus.payloads.kinds import InvitationState
from pystatus.records import dataclass

MAX_INVITATIONS = 64
"""Groups of strangers that are kept until we join or leave them. Ours: more than anybody looks through."""
MAX_INVITATION_BYTES = 32 << 10
"""Bytes of the events of such a group, and of those that a stranger brings at once to any other. Ours: a group of a
hundred members has two thirds of it."""
MAX_INVITATION_EVENTS = 120
"""Events of it: some 10 ms to verify. Each has a line in the chat, and takes about 800 bytes of the file with it and
with its words: all invitations together 6 MB, as the messages of strangers do. Ours: a hundred members join."""
MAX_REQUESTS = 100
"""Requests for one group that are kept. Ours: as many as a group has members."""
MAX_INTRODUCTION = 1_000
"""Code points that are kept of what somebody writes with a request. Ours: the app has 100."""


@checked
@dataclass(frozen=True, slots=True)
class JoinRequested(Event):
    """Somebody asks to be taken into a group of which we are an admin."""

    request: JoinRequest
    chat: Chat


@checked
@dataclass(frozen=True, slots=True)
class JoinRequestRejected(Event):
    """The admin whom we asked does not take us into a group. That they do is told by ``AddedToGroup``."""

    request: JoinRequest


@dataclass(frozen=True, slots=True)
class InvitationLimits:
    """The bounds. Tests have smaller ones."""

    invitations: int = MAX_INVITATIONS
    requests: int = MAX_REQUESTS


def request_id(person: PublicKey, chat_id: str) -> bytes:
    """The 32-byte id of a request of ``person``: a later one takes its place."""
    return keccak256(f"{person.hex}{chat_id}".encode())


class GroupInvitations:
    """Called inside transactions."""

    def __init__(self, core: Core, store: GroupStore, limits: InvitationLimits) -> None:
        self._core = core
        self._store = store
        self._limits = limits

    # groups of strangers

    def check_size(self, chat_id: str, new: Sequence[bytes], held: Collection[bytes], author: PublicKey) -> None:
        """Before anything of an update is verified. A stranger's is bounded, and with it all of a group that a stranger
        has brought, however many updates it grows by.

        :param new: the events that we do not have.
        :param held: those of the group that we have.
        :raises RemoteError: more than is looked at, or kept, of strangers.
        """
        if self._core.people.is_known(author):
            return
        counted = [*new, *held] if chat_id in dict(self._store.invitations()) else new
        if len(counted) > MAX_INVITATION_EVENTS or sum(map(len, counted)) > MAX_INVITATION_BYTES:
            raise RemoteError("a stranger brings a large group")

    def invited(self, chat_id: str, author: PublicKey) -> None:
        """Somebody has brought a group that was not known. Others of strangers give way if there are too many."""
        people = self._core.people
        if people.is_known(author):
            return
        self._store.set_inviter(chat_id, author.compressed)
        others = [
            one
            for one, inviter in self._store.invitations()
            if one != chat_id and not people.is_known(PublicKey.from_bytes(inviter))
        ]
        lots = people.lots(len(others))
        too_many = max(0, len(others) + 1 - self._limits.invitations)
        for place in sorted(range(len(others)), key=lots.__getitem__)[:too_many]:
            self._store.forget_group(others[place])

    def forget(self, person: PublicKey) -> None:
        """Nothing is left of what somebody has asked for or brought."""
        for chat_id, inviter in self._store.invitations():
            if inviter == person.compressed:
                chat = self._core.store.chat(chat_id)
                self._store.forget_group(chat_id)
                if chat is not None and chat.active:
                    self._core.batch.add(Notify(ChatLeft(replace(chat, active=False))))
        for request in self._store.requests():
            if request.person == person:
                self._store.forget_request(request.id)

    # asking others

    def link(self, chat_id: str, name: str) -> str:
        """Names us as the one to ask."""
        return str(GroupLink(self._core.own, name, chat_id))

    def ask(self, text: str, introduction: str, is_member: Callable[[str], bool], now: float) -> JoinRequest:
        """
        :raises LocalError: not a link, one of our own, or to a group that we are in.

        Implements: GC-13
        """
        link, own = parse_group_link(text), self._core.own
        if link.admin == own:
            raise LocalError("This is a link of yours. Give it to those who are to join the group.")
        if is_member(link.chat_id):
            raise LocalError("You are a member of this group already.")
        introduction = introduction.strip()
        if len(introduction) > MAX_INTRODUCTION:
            raise LocalError(f"The introduction has more than {MAX_INTRODUCTION} characters. Shorten it.")
        number = request_id(own, link.chat_id)
        before = self._store.request(number)
        clock = max(int(now * 1000), 0 if before is None else before.clock + 1)
        request = JoinRequest(
            number, link.chat_id, own, link.admin, introduction, link.name, clock, InvitationState.REQUEST
        )
        self._store.save_request(request)
        self._send(link.admin, request, now)
        return request

    def _send(self, person: PublicKey, request: JoinRequest, now: float) -> None:
        is_request = request.state == InvitationState.REQUEST
        payload = GroupChatInvitation(
            request.clock, request.chat_id, request.introduction if is_request else "", request.state
        )
        self._core.sender.send(Chat(person.hex, ChatKind.ONE_TO_ONE), payload, now)

    # being asked

    def asked_of_us(self, number: bytes) -> JoinRequest:
        """
        :raises LocalError: there is no such request, or it was answered.
        """
        request = self._store.request(number)
        if request is None or request.person == self._core.own or request.state != InvitationState.REQUEST:
            raise LocalError("There is no such request. See the list of requests.")
        return request

    def approved(self, chat_id: str, person: PublicKey) -> None:
        """Somebody is a member now: if they have asked for it, that is granted."""
        request = self._store.request(request_id(person, chat_id))
        if request is not None:
            self._store.save_request(replace(request, state=InvitationState.APPROVED))

    def reject(self, number: bytes, now: float) -> JoinRequest:
        """
        :raises LocalError: there is no such request.

        Implements: GC-13
        """
        request = self.asked_of_us(number)
        clock = max(int(now * 1000), request.clock + 1)
        rejected = replace(request, state=InvitationState.REJECTED, clock=clock)
        self._store.save_request(rejected)
        self._send(request.person, rejected, now)
        return rejected

    def receive(
        self, payload: GroupChatInvitation, incoming: Incoming, admins: Callable[[str], frozenset[str]]
    ) -> None:
        """Of what may come two things count: a request to us as an admin of the group, and a refusal of the admin whom
        we asked. That we are taken in, the group says itself.

        :param admins: of a group; nobody, if it is none of ours.

        Implements: GC-13
        """
        author, own = incoming.author, self._core.own
        if payload.state == InvitationState.REQUEST and author != own and own.hex in admins(payload.chat_id):
            self._take_request(payload, author)
        elif payload.state == InvitationState.REJECTED:
            request = self._store.request(request_id(own, payload.chat_id))
            if request is None or request.admin != author or payload.clock <= request.clock:
                return
            if request.state == InvitationState.REQUEST:
                rejected = replace(request, state=InvitationState.REJECTED, clock=payload.clock)
                self._store.save_request(rejected)
                self._core.batch.add(Notify(JoinRequestRejected(rejected)))

    def _take_request(self, payload: GroupChatInvitation, author: PublicKey) -> None:
        number, chat = request_id(author, payload.chat_id), self._core.store.chat(payload.chat_id)
        before = self._store.request(number)
        if chat is None or (before is not None and before.clock >= payload.clock):
            return
        request = JoinRequest(
            number,
            payload.chat_id,
            author,
            self._core.own,
            payload.introduction_message[:MAX_INTRODUCTION],
            "",
            payload.clock,
            InvitationState.REQUEST,
        )
        others = self._store.requests_of_others(payload.chat_id, self._core.own.compressed) if before is None else ()
        if len(others) >= self._limits.requests:
            lots = self._core.people.lots(len(others))
            self._store.forget_request(others[lots.index(min(lots))])
        self._store.save_request(request)
        self._core.batch.add(Notify(JoinRequested(request, chat)))
