"""``pystatus listen``: print what arrives, as it arrives."""

from __future__ import annotations

import contextlib
import shlex
import signal
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pystatus import sanitise
from pystatus.apps.cli import chats, contact_views, group_views, transaction_views, views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import (
    DailyHistory,
    KeepUnread,
    count_option,
    for_option,
)
from pystatus.apps.cli.output import Fields, Output
from pystatus.apps.cli.said import author_fields
from pystatus.apps.cli.values import CHAT, argument, option
from pystatus.errors import LocalError
from pystatus.faces.sentences import as_sentence
from pystatus.waku.relay.clock_judgement import duration
from pystatus.wording import counted

if TYPE_CHECKING:
    import asyncio

    from pystatus.client import Client, ClockSuspected, TimeServersHeard
    from pystatus.faces.places import Place
    from pystatus.messenger.media_keeping import Attachment
    from pystatus.messenger.records import Chat, Message
    from pystatus.messenger.transaction_records import Transaction

SUMMARY = "Print messages as they arrive."
PLACE = 40


@grouped
def listen(
    given: NetworkOptions,
    logs: LogOptions,
    enter: Annotated[
        list[str] | None,
        argument(CHAT, metavar="CHAT", help="Chats to join first: public ones, '#name' in quotes, or chat keys."),
    ] = None,
    daily_history: DailyHistory = None,
    only: Annotated[
        list[str] | None,
        option(
            CHAT,
            "--chat",
            metavar="CHAT",
            help="Print messages of this chat only. May be given several times. Default: of all chats.",
        ),
    ] = None,
    count: Annotated[int | None, count_option("messages")] = None,
    seconds: Annotated[float | None, for_option("messages")] = None,
    keep_unread: KeepUnread = False,
) -> None:
    """Print messages as they arrive, until it is interrupted. Without --json, only messages go to standard output.

    What is shown counts as read from then on.
    """
    from pystatus.net.loop import run

    given.check()
    logs.set_up(as_json=given.as_json)
    places = given.access.to_enter(enter or (), may_ask=not given.as_json)
    wanted = {chats.id_of(place) for place in given.access.to_read(only)} if only else None
    client = given.client(daily_megabytes=daily_history)
    listener = Listener(client, given.out, wanted, count, mark_read=not keep_unread)
    run(listener.listen(places, seconds))


class Listener:
    """Prints the events of one client."""

    def __init__(
        self, client: Client, out: Output, wanted: set[str] | None, count: int | None, *, mark_read: bool = True
    ) -> None:
        """
        :param wanted: the chats of which messages are printed; None: all.
        :param count: messages after which it is enough.
        :param mark_read: what is printed is no longer unread.
        """
        import asyncio

        self._mark_read = mark_read
        self._seen: Counter[str] = Counter()
        """Messages that were printed and are still unread, by chat: they are marked as read when nothing waits."""
        self._client = client
        self._out = out
        self._wanted = wanted
        self._awaited = count
        self._printed = 0
        self._events: asyncio.Queue[object] = asyncio.Queue()
        self._connections = ConnectionProgress(out, aside=False)
        client.on(object)(self._events.put_nowait)  # before the client starts, so that nothing is missed

    async def listen(self, join: Sequence[Place], seconds: float | None) -> None:
        """Join, and print until a signal, the time or the number of messages says that it is enough.

        :raises LocalError: the client failed, or fewer messages than awaited came in time.
        """
        import asyncio

        from pystatus.net.signals import on_signal

        events = self._events
        async with self._client as client:
            with on_signal(lambda: events.put_nowait(None), signal.SIGTERM), self._connections:
                for place in join:
                    await chats.enter(client, place)
                for chat in self._wanted or ():
                    self._check_joined(chat)
                self._print_beginning()
                closed = asyncio.ensure_future(client.run_forever())
                closed.add_done_callback(lambda _: events.put_nowait(None))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        while self._printed != self._awaited and (event := await events.get()) is not None:
                            self.tell(event)
                            if events.empty():
                                await self._mark_seen()
                if closed.done():
                    closed.result()
                closed.cancel()
                await self._mark_seen()
        if self._awaited is not None and self._printed < self._awaited and seconds is not None:
            raise LocalError(
                f"{self._printed} of {counted(self._awaited, 'message')} came within {counted(seconds, 'second')}."
            )

    async def _mark_seen(self) -> None:
        for chat_id in list(self._seen):
            await self._client.mark_read(chat_id, self._seen.pop(chat_id))

    def _check_joined(self, chat_id: str) -> None:
        """A one-to-one chat begins with its first message; a public one has to be joined."""
        from pystatus.payloads.chats import is_public_chat_name

        if not is_public_chat_name(chat_id):
            return
        chat = self._client.chat(chat_id)
        if chat is None or not chat.active:
            profile = shlex.quote(self._client.profile.name)
            raise LocalError(f"You are not in #{chat_id}. Join it: pystatus listen {profile} '#{chat_id}'")

    def _print_beginning(self) -> None:
        name, profile = self._client.name, self._client.profile
        fields = {
            "event": "listening",
            "profile": profile.name,
            "alias": name,
            "chat_key": profile.account.chat_key,
            "public_key": profile.account.public_key.hex,
        }
        self._out.event(fields, f"Listening as {name}, chat key {profile.account.chat_key}")
        found = self._client.chats() if self._wanted is None else map(self._client.chat, set(self._wanted))
        unread = sum(chat.unread for chat in found if chat is not None)
        if unread:
            came = counted(unread, "message that came before is", "messages that came before are")
            self._out.note(f"{came} unread. See: pystatus history {shlex.quote(profile.name)}")

    def _stored(self, message_id: bytes) -> Message | None:
        try:
            return self._client.message(message_id)
        except LocalError:  # the client has stopped since: listen() says why
            return None

    def _place(self, message: Message | None) -> Chat | None:
        if message is None:
            return None
        try:
            return self._client.find_chat(message.chat_id)
        except LocalError:  # as above, or the chat was deleted meanwhile
            return None

    def _attachment(self, message: Message) -> Attachment | None:
        from pystatus.client.features.media import Media

        try:
            return self._client.feature(Media).about(message)
        except LocalError:  # the client has stopped since: listen() says why
            return None

    def _transaction(self, message: Message) -> Transaction | None:
        from pystatus.client.features.transactions import Transactions

        try:
            return self._client.feature(Transactions).get(message)
        except LocalError:  # the client has stopped since: listen() says why
            return None

    def tell(self, event: object) -> None:
        """Print one event."""
        from pystatus.apps.cli.names_while_open import NamesWhileOpen
        from pystatus.client import (
            ClockAgrees,
            ClockSuspected,
            DiscoveryStarted,
            DiscoveryStopped,
            HistoryProgress,
            PeerConnected,
            PeerDialled,
            PeerDisconnected,
            PeerUnreachable,
            TimeServersHeard,
        )
        from pystatus.mailserver.time_ranges import TimeRanges
        from pystatus.messenger.announcements import AnnouncementChanged
        from pystatus.messenger.events import (
            ChatLeft,
            ChatOpened,
            CopySuspected,
            DeviceFound,
            DeviceRenewed,
            MessagePosted,
            MessageReceived,
            MessageStateChanged,
            MessageSynced,
            MessageUndecryptable,
        )
        from pystatus.messenger.features.device_sync import DeviceSynced
        from pystatus.messenger.features.devices import DeviceNamed
        from pystatus.messenger.features.reactions import ReactionReceived
        from pystatus.messenger.features.unknown_payloads import UnknownPayloadReceived

        out, own, names = self._out, self._client.public_key, NamesWhileOpen(self._client)
        match event:
            case MessageReceived(message, chat, is_late):
                if self._wanted is None or chat.id in self._wanted:
                    carried, step = self._attachment(message), self._transaction(message)
                    out.result(
                        {
                            **views.message_fields(message, chat, own, names, carried, self._stored, step),
                            "late": is_late,
                        },
                        views.message_text(
                            message, chat, own, names, out, carried, self._stored, step, is_late=is_late
                        ),
                    )
                    self._printed += 1
                    if self._mark_read and message.author != own:
                        self._seen[chat.id] += 1
            case MessageStateChanged(message_id):
                sent = self._stored(message_id)
                out.event(views.state_fields(event, sent), views.state_text(event, sent, self._place(sent), names))
            case ReactionReceived(reaction, chat):
                if self._wanted is None or chat.id in self._wanted:
                    answered = self._stored(reaction.message_id)
                    text = views.reaction_text(reaction, chat, own, names, answered)
                    out.event(views.reaction_fields(reaction, chat, own, names), text)
            case UnknownPayloadReceived(payload):
                if self._wanted is None or payload.chat_id in self._wanted:
                    out.event(
                        views.unknown_payload_fields(payload, names), views.unknown_payload_text(payload, own, names)
                    )
            case AnnouncementChanged(announcement):
                if self._wanted is None or announcement.chat_id in self._wanted:
                    out.event(
                        transaction_views.announcement_fields(announcement, names),
                        transaction_views.announcement_text(announcement, names),
                    )
            case ChatOpened(chat):
                out.event(
                    {"event": "chat-opened", **views.chat_fields(chat, names)}, f"In {views.chat_label(chat, names)}"
                )
            case ChatLeft(chat):
                out.event(
                    {"event": "chat-left", **views.chat_fields(chat, names)}, f"Left {views.chat_label(chat, names)}"
                )
            case MessageUndecryptable(sender, reason, installation_id, count):
                fields = {"author": sender.hex, **author_fields(sender, names), "reason": reason}
                out.event(
                    {"event": "undecryptable", **fields, "installation_id": installation_id, "count": count},
                    views.undecryptable_text(event, names),
                )
            case DeviceRenewed(installation_id, why):
                if out.as_json:  # people have it from the log, whatever command it was
                    out.result({"event": "device-renewed", "installation_id": installation_id, "reason": why.value}, "")
            case CopySuspected(witness):
                out.event(
                    {"event": "copy-suspected", "witness": witness.hex, "witness_name": names.of(witness).name},
                    views.copy_suspected_text(event, own, names, self._client.profile.name),
                )
            case DeviceFound(installation_id):
                out.event(
                    {"event": "device-found", "installation_id": installation_id},
                    f"Another device uses this account: {installation_id}. If it is yours: pystatus device enable",
                )
            case DeviceNamed(installation_id, device_name, device_type):
                fields = {"name": device_name, "device_type": device_type}
                out.event(
                    {"event": "device-named", "installation_id": installation_id, **fields},
                    f"The device {installation_id} is called {sanitise.name(device_name)}",
                )
            case MessageSynced(message, chat) | MessagePosted(message, chat):
                if out.as_json and (self._wanted is None or chat.id in self._wanted):
                    shown = views.message_fields(message, chat, own, names, self._attachment(message), self._stored)
                    name = "message-synced" if isinstance(event, MessageSynced) else "message-posted"
                    out.result({**shown, "event": name}, "")
            case DeviceSynced(installation_id):
                out.event(
                    {"event": "device-synced", "installation_id": installation_id},
                    f"The device {installation_id} has everything that was here before",
                )
            case HistoryProgress(missing, _, envelopes, problem, lacking):
                if out.as_json:
                    out.result(views.history_fields(event), "")
                elif problem is not None:
                    out.note(f"History: {problem}")
                elif not missing and envelopes:
                    gaps = TimeRanges(self._client.history_gaps()) if lacking else TimeRanges()
                    rest = f"{duration(gaps.seconds)} are on no mailserver" if gaps else "nothing is missing"
                    out.note(f"History: {counted(envelopes, 'envelope')} came, {rest}.")
            case ClockSuspected() | TimeServersHeard():
                out.event(_clock_fields(event), f"{as_sentence(event.sentence)}. {event.advice}")
            case ClockAgrees():
                out.event({"event": "clock", "suspected": False}, "The clock agrees with those of the relays again.")
            case DiscoveryStarted(topics):
                out.event({"event": "discovery-started", "topics": list(topics)}, "Looking for relays.")
            case DiscoveryStopped(satisfied):
                out.event(
                    {"event": "discovery-stopped", "satisfied": satisfied},
                    "There are enough relays."
                    if satisfied
                    else "Nobody was found for a while. The search goes on later.",
                )
            case PeerDialled() | PeerUnreachable():
                self._connections.tell(event)
            case PeerConnected(node_id):
                self._connections.tell(event)
                out.event(
                    {"event": "peer-connected", "node_id": node_id}, f"Connected to {self._connections.name(node_id)}"
                )
            case PeerDisconnected(node_id, reason):
                self._connections.tell(event)
                out.event(
                    {"event": "peer-disconnected", "node_id": node_id, "reason": reason},
                    f"Lost {self._connections.name(node_id)}: {reason}",
                )
            case _:
                group_views.tell(event, names, out)
                contact_views.tell(event, out)


def _clock_fields(event: ClockSuspected | TimeServersHeard) -> Fields:
    """What is said of the clock, for programs."""
    from pystatus.client import ClockSuspected

    fields: Fields = {"event": "clock", "offset_seconds": event.offset, "servers": event.servers}
    if isinstance(event, ClockSuspected):
        return {**fields, "suspected": True, "peers": event.peers, "relays_are_wrong": event.relays_are_wrong}
    return {**fields, "suspected": False, "corrected": event.used}
