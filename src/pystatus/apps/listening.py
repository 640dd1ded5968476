"""What ``pystatus listen`` does."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import signal
from collections.abc import Sequence

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.apps import chats, views
from pystatus.apps.fetching import progress_fields
from pystatus.apps.output import Output, as_sentence
from pystatus.apps.reaching import Reaching
from pystatus.apps.signals import on_signal
from pystatus.client import (
    Client,
    ClockAgrees,
    ClockSuspected,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
)
from pystatus.errors import LocalError
from pystatus.messenger.events import (
    ChatLeft,
    ChatOpened,
    CopySuspected,
    DeviceFound,
    DeviceRenewed,
    MessageReceived,
    MessageStateChanged,
    MessageUndecryptable,
)
from pystatus.messenger.features.devices import DeviceNamed
from pystatus.payloads.chats import is_public_chat_name
from pystatus.waku.relay.clock_offset import duration
from pystatus.wording import counted


class Listener:
    """Prints the events of one client."""

    def __init__(self, client: Client, out: Output, wanted: set[str] | None, count: int | None) -> None:
        self._client = client
        self._out = out
        self._wanted = wanted
        self._awaited = count
        self._printed = 0
        self._events: asyncio.Queue[object] = asyncio.Queue()
        self._reaching = Reaching(out, aside=False)
        client.on(object)(self._events.put_nowait)  # before the client starts, so that nothing is missed

    async def listen(self, join: Sequence[chats.Place], seconds: float | None) -> None:
        """Join, and print until a signal, the time or the number of messages says that it is enough.

        :raises LocalError: the client failed, or fewer messages than awaited came in time.
        """
        events = self._events
        async with self._client as client:
            with on_signal(lambda: events.put_nowait(None), signal.SIGTERM), self._reaching:
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
                if closed.done():
                    closed.result()
                closed.cancel()
        if self._awaited is not None and self._printed < self._awaited and seconds is not None:
            raise LocalError(
                f"{self._printed} of {counted(self._awaited, 'message')} came within {counted(seconds, 'second')}."
            )

    def _check_joined(self, chat_id: str) -> None:
        """A one-to-one chat begins with its first message; a public one has to be joined."""
        if is_public_chat_name(chat_id) and not any(
            chat.id == chat_id and chat.active for chat in self._client.chats()
        ):
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

    def tell(self, event: object) -> None:
        """Print one event."""
        out, own = self._out, self._client.public_key
        match event:
            case MessageReceived(message, chat):
                if self._wanted is None or chat.id in self._wanted:
                    out.result(views.message_fields(message, chat, own), views.message_text(message, chat, own, out))
                    self._printed += 1
            case MessageStateChanged(message_id, state):
                name, text = state.name.lower(), views.hex_id(message_id)
                out.event({"event": "state", "id": text, "state": name}, f"{name} {text}")
            case ChatOpened(chat):
                out.event({"event": "chat-opened", **views.chat_fields(chat)}, f"In {views.chat_label(chat)}")
            case ChatLeft(chat):
                out.event({"event": "chat-left", **views.chat_fields(chat)}, f"Left {views.chat_label(chat)}")
            case MessageUndecryptable(sender, reason, installation_id, count):
                fields = {"author": sender.hex, "author_name": alias(sender), "reason": reason}
                out.event(
                    {"event": "undecryptable", **fields, "installation_id": installation_id, "count": count},
                    views.undecryptable_text(event),
                )
            case DeviceRenewed(installation_id, why):
                if out.as_json:  # people have it from the log, whatever command it was
                    out.result({"event": "device-renewed", "installation_id": installation_id, "reason": why.value}, "")
            case CopySuspected(witness):
                out.event(
                    {"event": "copy-suspected", "witness": witness.hex, "witness_name": alias(witness)},
                    views.copy_suspected_text(event, own, self._client.profile.name),
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
            case HistoryProgress(missing, _, envelopes, problem, lacking):
                if out.as_json:
                    out.result(progress_fields(event), "")
                elif problem is not None:
                    out.note(f"History: {problem}")
                elif not missing and envelopes:
                    rest = f"{duration(lacking)} are on no mailserver" if lacking else "nothing is missing"
                    out.note(f"History: {counted(envelopes, 'envelope')} came, {rest}.")
            case ClockSuspected(offset, peers, sentence):
                out.event(
                    {"event": "clock", "suspected": True, "offset_seconds": offset, "peers": peers},
                    f"{as_sentence(sentence)}. Set the clock: until then messages get lost.",
                )
            case ClockAgrees():
                out.event({"event": "clock", "suspected": False}, "The clock agrees with those of the relays again.")
            case PeerDialled() | PeerUnreachable():
                self._reaching.tell(event)
            case PeerConnected(node_id):
                self._reaching.tell(event)
                out.event(
                    {"event": "peer-connected", "node_id": node_id}, f"Connected to {self._reaching.name(node_id)}"
                )
            case PeerDisconnected(node_id, reason):
                self._reaching.tell(event)
                out.event(
                    {"event": "peer-disconnected", "node_id": node_id, "reason": reason},
                    f"Lost {self._reaching.name(node_id)}: {reason}",
                )
