"""What a client knows, in the shapes of status-go. A page is read with one call for each kind of thing on it."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.client.client import Client
from pystatus.client.features.contacts import Contact, Contacts
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.devices import Device, Devices
from pystatus.client.features.groups import GroupEvent, Groups, GroupState, JoinRequest
from pystatus.client.features.reactions import Reaction
from pystatus.crypto.keys import SIGNATURE_SIZE, PublicKey
from pystatus.errors import RemoteError
from pystatus.messenger.features.chats import ListenedChannel
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.payloads.chats import MESSAGE_TYPES, ChatKind, key_from_text
from pystatus.payloads.kinds import ContentType, InvitationState, MessageType
from pystatus.payloads.markdown.reference import reference_text
from pystatus.payloads.messages import ChatMessage
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.contents import Contents
from pystatus.transport.channels import ChannelKind

ADDED, REQUEST_RECEIVED, BLOCKED = ":contact/added", ":contact/request-received", ":contact/blocked"
"""The tags of a contact (payloads.md §8)."""
INSTALLATION_VERSION = 1
"""Of the protocol of bundles that a device speaks; there is no other."""
MAX_PICTURES = 1_024
"""Pictures of chat keys that are kept ready, about 500 bytes each: those of some pages. Ours."""
SHORT_KEY = 8
"""Characters of a chat key by which status-go calls a chat of two."""

_COLOURS = ("#fa6565", "#887af9", "#fe8f59", "#7cda00", "#51d0f0", "#d37ef4")
_OF_MANY_SCRIPTS = frozenset("\u060c\u061b\u061c\u061f\u0640\u0670\u06dd\ufd3e\ufd3f") | frozenset(
    map(chr, range(0x64B, 0x656))
)
"""Signs that are called Arabic and used by others, too (Unicode's Scripts.txt: Common and Inherited)."""
_STATES = {
    MessageState.SENDING: "sending",
    MessageState.SENT: "sent",
    MessageState.SEEN: "sent",
    MessageState.ARCHIVED: "sent",
    MessageState.DELIVERED: "delivered",
    MessageState.UNCONFIRMED: "not-sent",
    MessageState.FAILED: "not-sent",
}


class View:
    """Of one client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def own(self) -> PublicKey:
        """Our chat key."""
        return self._client.public_key

    # chats

    def chats(self, chats: Sequence[Chat]) -> list[shapes.Chat]:
        """Several chats, each with its last message."""
        last, contents = self._client.feature(Conversations).last_messages(chats), Contents(self._client)
        groups = [chat for chat in chats if chat.kind is ChatKind.PRIVATE_GROUP]
        states = self._client.feature(Groups).states(groups) if groups else {}
        shown_last = {chat.id: self._last(last[chat.id], chat, contents) for chat in chats if chat.id in last}
        return [self._chat(chat, shown_last.get(chat.id), states.get(chat.id)) for chat in chats]

    def chat(self, chat: Chat) -> shapes.Chat:
        """One of them."""
        return self.chats([chat])[0]

    def chat_list(self) -> list[shapes.Chat]:
        """All of them; those that were left and deleted are there no more, and groups that we have asked to be taken
        into are there already."""
        shown = [one for one in self.chats(self._client.chats()) if one.active or one.last_message is not None]
        known = {one.id for one in shown}
        asked = self._client.feature(Groups).requests()
        return shown + [
            self.asked_group(one.chat_id, one.name, one.admin, one.clock)
            for one in asked
            if one.person == self.own and one.chat_id not in known and one.state == InvitationState.REQUEST
        ]

    def asked_group(self, chat_id: str, name: str, admin: PublicKey, time_ms: int) -> shapes.Chat:
        """A group that we are not in yet."""
        chat = Chat(chat_id, ChatKind.PRIVATE_GROUP, updated_ms=time_ms, name=name)
        shown = self._chat(chat, None, None)
        shown.invitation_admin = admin.hex
        return shown

    def _chat(self, chat: Chat, last: shapes.Message | None, state: GroupState | None) -> shapes.Chat:
        shown = shapes.Chat(
            id=chat.id,
            name=chat.name or chat.id,
            color=colour(chat.id),
            active=chat.active,
            chat_type=int(chat.kind),
            timestamp=chat.updated_ms,
            last_clock_value=chat.last_clock,
            deleted_at_clock_value=chat.cleared_clock,
            unviewed_messages_count=chat.unread,
            last_message=last,
            members=None,
            membership_update_events=None,
            identicon="",
            muted=chat.muted,
        )
        if chat.kind is ChatKind.ONE_TO_ONE:
            person = key_from_text(chat.id)
            shown.name, shown.alias, shown.identicon = chat.id[:SHORT_KEY], alias(person), identicon(person)
        elif chat.kind is ChatKind.PROFILE:
            shown.profile = chat.id.removeprefix("@")
        if state is not None:
            shown.members = [
                shapes.Member(id=one.person.hex, admin=one.is_admin, joined=one.has_joined) for one in state.members
            ]
            shown.membership_update_events = [_event(chat.id, event) for event in state.events]
        return shown

    # messages

    def page(self, messages: Sequence[Message], chat: Chat) -> list[shapes.Message]:
        """Messages of one chat."""
        answered = [message.response_to for message in messages if message.response_to is not None]
        conversations = self._client.feature(Conversations)
        quoted = conversations.messages(answered) if answered else {}
        unread = conversations.first_unread(chat) if chat.unread else None
        contents = Contents(self._client)
        return [self._message(message, chat, quoted, unread, contents) for message in messages]

    def with_replies(self, message: Message, chat: Chat, *, new: bool = False) -> list[shapes.Message]:
        """A message, and before it the one that it replies to."""
        replied = None if message.response_to is None else self._client.message(message.response_to)
        together = [message] if replied is None or replied.chat_id != chat.id else [replied, message]
        shown = self.page(together, chat)
        shown[-1].new = new
        return shown

    def _message(
        self,
        message: Message,
        chat: Chat,
        quoted: Mapping[bytes, Message],
        unread: Message | None,
        contents: Contents,
    ) -> shapes.Message:
        own = message.author == self.own
        replied = quoted.get(message.response_to or b"")
        shown = self._plain(message, chat, contents)
        shown.seen = own or unread is None or message.cursor < unread.cursor or _is_news(message)
        shown.quoted_message = None if replied is None else contents.quoted(replied)
        if not own:
            shown.alias, shown.identicon = alias(message.author), identicon(message.author)
        return shown

    def _last(self, message: Message, chat: Chat, contents: Contents) -> shapes.Message:
        """As a chat shows its last one: with the name that its author claims, and without what it replies to."""
        shown = self._plain(message, chat, contents)
        shown.seen = message.author == self.own or not chat.unread or _is_news(message)
        shown.alias, shown.identicon = alias(message.author), identicon(message.author)
        content = _content(message)
        shown.ens_name = "" if content is None else content.ens_name
        return shown

    def _plain(self, message: Message, chat: Chat, contents: Contents) -> shapes.Message:
        own, news = message.author == self.own, _is_news(message)
        text, content = reference_text(message.text), _content(message)
        written = message.received_ms if news else message.sent_ms
        shown = shapes.Message(
            id=to_hex(message.id),
            whisper_timestamp=message.received_ms,
            sender=message.author.hex,
            alias="",
            identicon="",
            ens_name="",
            seen=True,
            quoted_message=None,
            rtl=is_right_to_left(message.text),
            parsed_text=list(text.parsed_text),
            line_count=message.text.count("\n"),
            text=message.text,
            chat_id=self.own.hex if chat.kind is ChatKind.ONE_TO_ONE and not own else chat.id,
            local_chat_id=chat.id,
            clock=message.clock,
            replace="",
            response_to=_response_to(message, content),
            sticker=None,
            command_parameters=None,
            timestamp=written,
            content_type=message.content_type,
            message_type=int(MessageType.SYSTEM_PRIVATE_GROUP if news else MESSAGE_TYPES[chat.kind]),
            outgoing_status=_STATES[message.state] if message.state is not None and not news else "",
            links=list(text.links) or None,
            mentions=list(text.mentions) or None,
        )
        contents.add_to(shown, message)
        return shown

    # people and devices

    def contacts(self, contacts: Iterable[Contact]) -> list[shapes.Contact]:
        """Several people."""
        return [self.contact(contact) for contact in contacts]

    def contact(self, contact: Contact) -> shapes.Contact:
        """One of them."""
        tags = {ADDED: contact.added, REQUEST_RECEIVED: contact.has_added_us, BLOCKED: contact.blocked}
        picture = self._client.feature(Contacts).picture(contact) if contact.has_picture else None
        return shapes.Contact(
            id=contact.key.hex,
            identicon=identicon(contact.key),
            last_updated=contact.last_updated,
            system_tags=[tag for tag, is_so in tags.items() if is_so] or None,
            device_info=None,
            ens_verified=contact.ens_verified,
            ens_verified_at=contact.ens_checked_s if contact.ens_verified else 0,
            last_ens_clock_value=contact.ens_clock,
            ens_verification_retries=contact.ens_retries,
            name=contact.ens_name,
            alias=alias(contact.key),
            photo_path="" if picture is None else picture.data_uri,
            local_nickname=contact.nickname,
        )

    def devices(self) -> list[shapes.Installation]:
        """The devices of the account, this one first."""
        return [self._device(device) for device in self._client.feature(Devices).all()]

    def _device(self, device: Device) -> shapes.Installation:
        metadata = shapes.InstallationMetadata(name=device.name, device_type=device.device_type, fcm_token="")
        return shapes.Installation(
            id=device.installation_id,
            identity="" if device.is_this else self.own.hex,
            version=INSTALLATION_VERSION,
            enabled=device.enabled,
            timestamp=0 if device.last_active is None else round(device.last_active * 1e9),
            metadata=metadata if device.name else None,
        )

    # the rest

    def reaction(self, reaction: Reaction, *, is_listed: bool = False) -> shapes.EmojiReaction:
        """
        :param is_listed: as a list has it, without the type of message.
        """
        kind = self._client.find_chat(reaction.chat_id).kind
        return shapes.EmojiReaction(
            id=to_hex(reaction.id),
            sender=reaction.author.hex,
            clock=reaction.clock,
            chat_id=self.own.hex if kind is ChatKind.ONE_TO_ONE and reaction.author != self.own else reaction.chat_id,
            local_chat_id=reaction.chat_id,
            message_id=to_hex(reaction.message_id),
            message_type=0 if is_listed else int(MESSAGE_TYPES[kind]),
            emoji_id=reaction.type,
            retracted=reaction.retracted,
        )

    @staticmethod
    def invitation(request: JoinRequest) -> shapes.Invitation:
        return shapes.Invitation(
            id=to_hex(request.id),
            sender=request.person.hex,
            chat_id=request.chat_id,
            introduction_message=request.introduction,
            state=int(request.state),
        )

    @staticmethod
    def filter(channel: ListenedChannel) -> shapes.Filter:
        """A channel has no ids that a caller could use: its name and its topic stand for those of filter and key."""
        peer = "" if channel.peer is None else channel.peer.hex.removeprefix("0x")
        is_shared = channel.kind in (ChannelKind.PUBLIC, ChannelKind.CONTACT_CODE, ChannelKind.NEGOTIATED)
        return shapes.Filter(
            chat_id=channel.name,
            filter_id=f"{channel.name}/{channel.topic.hex()}",
            identity=peer,
            sym_key_id=channel.name if is_shared else "",
            topic=to_hex(channel.topic),
            one_to_one=channel.kind in (ChannelKind.PARTITIONED, ChannelKind.NEGOTIATED),
            discovery=channel.kind is ChannelKind.PERSONAL_DISCOVERY,
            negotiated=channel.kind is ChannelKind.NEGOTIATED,
            listen=True,
        )


@lru_cache(MAX_PICTURES)
def identicon(key: PublicKey) -> str:
    """The picture of a chat key as a ``data:`` address."""
    return Identicon.of(key).data_uri()


def colour(chat_id: str) -> str:
    """The colour of a chat, one of the six of the apps, which draw it by lot: here it follows from the id."""
    return _COLOURS[sum(chat_id.encode()) % len(_COLOURS)]


def is_right_to_left(text: str) -> bool:
    """Whether a text begins with a sign of Hebrew or Arabic, or says so (payloads.md §13)."""
    if not text or text[0] in _OF_MANY_SCRIPTS:
        return False
    return unicodedata.name(text[0], "").startswith(("HEBREW", "ARABIC")) or text[0] == "\u200f"


def _is_news(message: Message) -> bool:
    """Whether it is a line that says what happened to a group."""
    return message.content_type == ContentType.SYSTEM_PRIVATE_GROUP


def _content(message: Message) -> ChatMessage | None:
    """What was sent; ``None``: it was nothing of that kind, or is not kept."""
    if not message.payload or message.content_type == ContentType.TRANSACTION_COMMAND:
        return None
    try:
        return ChatMessage.decode(message.payload)
    except RemoteError:  # of a newer client
        return None


def _response_to(message: Message, content: ChatMessage | None) -> str:
    """As it was written: what is no id of a message is shown as well."""
    if content is not None:
        return content.response_to
    return "" if message.response_to is None else to_hex(message.response_to)


def _event(chat_id: str, event: GroupEvent) -> shapes.MembershipEvent:
    return shapes.MembershipEvent(
        chat_id=chat_id,
        clock_value=event.clock,
        sender=event.author.hex,
        type=event.type,
        raw_payload=base64.b64encode(event.raw[SIGNATURE_SIZE:]).decode(),
        signature=base64.b64encode(event.raw[:SIGNATURE_SIZE]).decode(),
        members=[member.hex for member in event.members] or None,
        name=event.name,
    )
