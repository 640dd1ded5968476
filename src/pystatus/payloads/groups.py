"""Messages of private groups (7/GROUP-CHAT; payloads.md §3.3). What events do to a group is not decided here."""

from __future__ import annotations

from typing import ClassVar

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import SIGNATURE_SIZE, PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.checks import MAX_TEXT, check, check_clock, check_line, check_not_future
from pystatus.payloads.codec import WirePayload
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.messages import ChatMessage, EmojiReaction
from pystatus.payloads.payload import Author, Payload
from pystatus.payloads.wrapper import recover_author
from pystatus.records import dataclass
from pystatus.wire.proto import payloads_pb2


@dataclass(frozen=True, slots=True)
class MembershipUpdateEvent(WirePayload):
    """One change of a group. ``members`` are key texts ``0x04…``, ``type`` is one of
    :class:`~pystatus.payloads.kinds.EventType`.
    """

    WIRE = payloads_pb2.MembershipUpdateEvent

    clock: int = 0
    members: tuple[str, ...] = ()
    name: str = ""
    type: int = 0


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event with its proven author. ``raw`` is signature (65 bytes) ‖ event, kept and forwarded as received."""

    raw: bytes
    author: PublicKey
    event: MembershipUpdateEvent

    @classmethod
    def sign(cls, event: MembershipUpdateEvent, chat_id: str, author: PrivateKey) -> SignedEvent:
        """``author`` declares ``event`` in the group ``chat_id``."""
        encoded = event.encode()
        return cls(author.sign(keccak256(chat_id.encode() + encoded)) + encoded, author.public_key, event)

    @classmethod
    def decode(cls, raw: bytes, chat_id: str) -> SignedEvent:
        """Read an event of the group ``chat_id``. An event made for another group seems to come from another author.

        :raises RemoteError: no event behind the signature, or a signature that gives no author.
        """
        if len(raw) <= SIGNATURE_SIZE:
            raise RemoteError("a membership event is longer than its signature")
        signature, encoded = raw[:SIGNATURE_SIZE], raw[SIGNATURE_SIZE:]
        author = recover_author(chat_id.encode() + encoded, signature)
        return cls(raw, author, MembershipUpdateEvent.decode(encoded))

    def encode(self) -> bytes:
        """The bytes as they were signed; never made anew."""
        return self.raw


@dataclass(frozen=True, slots=True)
class MembershipUpdateMessage(Payload):
    """The history of a group, alone or with a message or a reaction for it. ``events`` are :attr:`SignedEvent.raw`.

    Anybody may hand it on: each event has a signature of its own, and what is carried names the group that it is for.
    """

    TYPE = PayloadType.MEMBERSHIP_UPDATE_MESSAGE
    WIRE = payloads_pb2.MembershipUpdateMessage
    NESTED: ClassVar = {"message": ChatMessage, "emoji_reaction": EmojiReaction}

    chat_id: str = ""
    events: tuple[bytes, ...] = ()
    message: ChatMessage | None = None
    emoji_reaction: EmojiReaction | None = None

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        for raw in self.events:
            try:
                event = MembershipUpdateEvent.decode(raw[SIGNATURE_SIZE:])
            except RemoteError:
                # One that cannot be read has no effect on the group, and none on others (decisions.md "Groups and
                # payloads").
                continue
            check_clock(event.clock, now_ms)


@dataclass(frozen=True, slots=True)
class GroupChatInvitation(Payload):
    """Asking to join a group by its link, and the answer. ``state`` is one of
    :class:`~pystatus.payloads.kinds.InvitationState`.
    """

    TYPE = PayloadType.GROUP_CHAT_INVITATION
    AUTHOR = Author.SENDER  # an answer does not say whom it is for: handed on, it would refuse somebody else, too
    WIRE = payloads_pb2.GroupChatInvitation

    clock: int = 0
    chat_id: str = ""
    introduction_message: str = ""
    state: int = 0

    def check(self, sent_ms: int, now_ms: int) -> None:
        """See :meth:`Payload.check`."""
        check_not_future(self.clock, sent_ms)
        check_line("chat_id", self.chat_id)
        check(len(self.introduction_message) <= MAX_TEXT, "introduction too long")
