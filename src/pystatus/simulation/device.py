"""One device of a person: a real messenger on a real store, with a clock and connections that are made up."""

from __future__ import annotations

import enum
from collections.abc import Callable
from random import Random
from typing import Protocol, TypeVar

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.effects import Continue, Effect, InterestChanged, Notify, Publish, RequestHistory, VerifyNames
from pystatus.messenger.events import Event
from pystatus.messenger.features.chats import Chats
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.messenger import Messenger
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.kinds import ContentType, ImageType
from pystatus.payloads.messages import ChatMessage, Image
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.profile import Profile
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import Admission

T = TypeVar("T")

_SETTLED = 1.0
"""Seconds after its expiry at which a node says that an own envelope has expired, as ``waku.relay`` does."""


class Crash(enum.Enum):
    """When a device dies in the next input that it handles."""

    BEFORE_COMMIT = "before the commit"
    """Nothing of the input has happened."""
    AFTER_COMMIT = "after the commit"
    """All of it is stored, and nothing of it has left the device."""


class _PowerCut(BaseException):
    """Ends an input before its transaction is committed."""


class Down(Exception):
    """The device is off, or died while it handled the input; nothing of the input has happened."""


class Uplink(Protocol):
    """The network, as a device sees it."""

    def interest_changed(self, device: Device) -> None: ...

    def hand_over(self, device: Device, envelope: Envelope) -> None: ...

    def cut(self, device: Device) -> None: ...


class Device:
    """A messenger and what a client has around it: the own node's pool, the timer, the user."""

    def __init__(
        self,
        name: str,
        index: int,
        identity: PrivateKey,
        profile: Profile,
        clock: VirtualClock,
        network: Uplink,
        random: Random,
        *,
        clock_error: float = 0.0,
        config: MessengerConfig | None = None,
        on_event: Callable[[Device, Event], None] = lambda device, event: None,
    ) -> None:
        self.name = name
        self.index = index
        self.identity = identity
        self.profile = profile
        self.random = random
        self.clock_error = clock_error
        """Seconds that the device's clock is ahead of the true time."""
        self.topics: frozenset[bytes] = frozenset()
        self.link: int | None = None
        """The connection to the relays, by its number; None: offline."""
        self.crash: Crash | None = None
        """How the next input ends, if it is not to end well."""
        self.up = False
        self._config = config
        self._clock = clock
        self._network = network
        self._on_event = on_event
        self._admission = Admission()
        self._posted: dict[bytes, Envelope] = {}
        self._runs = 0
        self._timer_at: float | None = None
        self.start()

    @property
    def now(self) -> float:
        """What the device's clock says, Unix seconds."""
        return self._clock.now() + self.clock_error

    @property
    def key(self) -> PublicKey:
        """The person's chat key."""
        return self.identity.public_key

    # on and off

    def start(self) -> None:
        """Open the profile, as a client does. Only what was committed is there."""
        self._runs += 1
        self.store = self.profile.reopen()
        self.up = True
        self.messenger, effects = Messenger.start(
            self.identity, self.store, self.random.randbytes, self._config, now=self.now
        )
        for effect in effects:
            self._carry_out(effect)
        self._set_timer()

    def stop(self) -> None:
        """The process is gone, with all that it had in memory; what is under way from it is lost."""
        if self.link is not None:
            self._network.cut(self)
        self.up = False
        self.link = None
        self.crash = None
        self.topics = frozenset()
        self._posted.clear()
        self._timer_at = None

    def connected(self, link: int) -> None:
        """There is a connection to the relays."""
        self.link = link
        waiting = list(self._posted.values())
        self.hear(lambda: self.messenger.relay_ready(link, self.now))
        if self.link == link:  # else it died over this
            for envelope in waiting:
                self._hand_over(envelope)

    def disconnected(self) -> None:
        """The connection is lost; the process goes on."""
        link, self.link = self.link, None
        self.hear(lambda: self.messenger.relay_lost(link, self.now))

    # inputs

    def do(self, handle: Callable[[], T]) -> T:
        """One input of the user, its effects carried out.

        :raises Down: nothing of it has happened.
        :raises LocalError: the messenger refuses.
        """
        outcome = self._run(handle)
        if outcome is None:
            raise Down
        result, error = outcome
        if error is not None:
            raise error
        return result

    def hear(self, handle: Callable[[], object]) -> None:
        """One input of the network or of the clock. As in a client, its error is only for the log."""
        if self.up:
            self._run(handle)

    def _run(self, handle: Callable[[], T]) -> tuple[T, Exception | None] | None:
        if not self.up:
            return None
        crash, self.crash = self.crash, None
        try:
            inputs = [_cut(handle) if crash is Crash.BEFORE_COMMIT else handle]
            (outcome,), effects = self.messenger.run(inputs, self.now)
        except _PowerCut:
            self.stop()
            return None
        if crash is Crash.AFTER_COMMIT:
            self.stop()
            # What it was about to tell, its user finds in the history afterwards.
            effects = [effect for effect in effects if isinstance(effect, Notify)]
        for effect in effects:
            self._carry_out(effect)
        if self.up:
            self._set_timer()
        return outcome.result, outcome.error

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Publish(envelope):
                self._post(envelope)
            case RequestHistory() | VerifyNames():
                pass  # nobody keeps envelopes here, and there is no chain
            case Continue(rest):
                run = self._runs
                self._clock.after(0.0, lambda: self._continue(rest, run))
            case InterestChanged(topics):
                self.topics = topics
                if self.link is not None:
                    self._network.interest_changed(self)
            case Notify(event):
                self._on_event(self, event)

    def _continue(self, rest: Callable[[float], None], run: int) -> None:
        if run == self._runs:
            self.hear(lambda: rest(self.now))

    # the own node

    def receive(self, envelope: Envelope) -> bool:
        """An envelope from the relays; False if the node refuses it. One that came before is taken again: history does
        that to messengers too."""
        if envelope.topic not in self.topics or self._admission.refuse_own(envelope, int(self.now)) is not None:
            return False
        self.hear(lambda: self.messenger.receiver.receive(envelope, self.now))
        return True

    def _post(self, envelope: Envelope) -> None:
        self._posted[envelope.hash] = envelope
        run = self._runs
        self._clock.at(envelope.expiry + _SETTLED - self.clock_error, lambda: self._expire(envelope.hash, run))
        if self.link is not None:
            self._hand_over(envelope)

    def _hand_over(self, envelope: Envelope) -> None:
        link, run = self.link, self._runs
        self._network.hand_over(self, envelope)

        def handed_over() -> None:
            if run == self._runs:
                self.hear(lambda: self.messenger.envelope_handed_over(envelope.hash, link, self.now))

        self._clock.after(0.0, handed_over)

    def confirmed(self, envelope: Envelope) -> None:
        """The relays say that they have an envelope of ours, if it was posted since the last start."""
        if envelope.hash in self._posted and self.up:
            self.hear(lambda: self.messenger.envelope_confirmed(envelope.hash))

    def _expire(self, envelope_hash: bytes, run: int) -> None:
        if run == self._runs and self.up:
            self._posted.pop(envelope_hash, None)
            self.hear(lambda: self.messenger.envelope_expired(envelope_hash, self.now))

    # time

    def _set_timer(self) -> None:
        due = self.messenger.next_timer()
        if due is None:
            return
        at = max(due - self.clock_error, self._clock.now())
        if self._timer_at is None or at < self._timer_at:
            self._timer_at = at
            run = self._runs
            self._clock.at(at, lambda: self._tick(at, run))

    def _tick(self, at: float, run: int) -> None:
        if run != self._runs or not self.up or at != self._timer_at:
            return
        self._timer_at = None
        self.hear(lambda: self.messenger.on_timer(self.now))

    # the user

    def join(self, name: str) -> Chat:
        return self.do(lambda: self.messenger.feature(Chats).join(name, self.now))

    def meet(self, person: PublicKey) -> Chat:
        """Open, or find, the chat with ``person``."""
        return self.do(lambda: self.messenger.feature(Chats).open_one_to_one(person, self.now))

    def say(self, chat_id: str, text: str, response_to: bytes | None = None) -> Message:
        messages = self.messenger.feature(Messages)
        return self.do(lambda: messages.send_text(chat_id, text, response_to=response_to, now=self.now))

    def show(self, chat_id: str, text: str, picture: bytes, response_to: bytes | None = None) -> Message:
        """Send a PNG."""
        content = ChatMessage(
            text=text,
            response_to=f"0x{response_to.hex()}" if response_to else "",
            content_type=ContentType.IMAGE,
            image=Image(picture, ImageType.PNG),
        )
        messages = self.messenger.feature(Messages)
        return self.do(lambda: messages.send(chat_id, content, self.now))


def _cut(handle: Callable[[], object]) -> Callable[[], object]:
    def dies() -> object:
        handle()
        raise _PowerCut

    return dies
