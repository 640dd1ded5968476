"""What simulations have found, as short stories."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.events import Event, MessageReceived
from pystatus.messenger.records import MessageState
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Device
from pystatus.simulation.network import Link, Network
from pystatus.simulation.profile import Profile
from pystatus.simulation.randomness import stream
from pystatus.simulation.settings import Conditions
from pystatus.waku.envelope import Envelope
from tests.simulation.support import KEYS

ALICE, BOB = PrivateKey(bytes([7] * 32)), PrivateKey(bytes([8] * 32))
DAY = 86_400.0


class World(Network[Device]):
    """Relays and devices by name."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        super().__init__(self.clock, Conditions(), stream(1, "network"))
        self.heard: dict[str, list[str]] = {}

    def device(self, name: str, identity: PrivateKey, restored: Profile | None = None) -> Device:
        index = len(self.heard)
        self.heard[name] = []
        profile = Profile(KEYS, restored=restored)
        device = Device(name, index, identity, profile, self.clock, self, stream(1, name), on_event=self.hear)
        self.connect(device)
        return device

    def hear(self, device: Device, event: Event) -> None:
        if isinstance(event, MessageReceived):
            self.heard[device.name].append(event.message.text)

    def wait(self, seconds: float) -> None:
        self.clock.wait(seconds)


class LyingRelay(World):
    """Says that everything was sent long ago, and lives long; expiry and ttl are protected by nothing."""

    def give(self, link: Link[Device], envelope: Envelope) -> None:
        now = self.clock.now()
        forged = Envelope.mine(now - 400, 410, envelope.topic, envelope.data, 0.0)
        self.clock.after(0.01, lambda: self.deliver(link, forged.raw))
        super().give(link, envelope)


def test_a_relay_that_changes_the_time_of_an_envelope_cannot_make_a_message_vanish() -> None:
    world = LyingRelay()
    alice, bob = world.device("alice", ALICE), world.device("bob", BOB)
    world.wait(5)
    message = alice.say(alice.meet(bob.key).id, "important")
    world.wait(3_600)
    stored = alice.store.message(message.id)
    assert stored is not None
    assert (world.heard["bob"], stored.state) == (["important"], MessageState.DELIVERED)


def test_a_device_that_has_only_replied_with_its_bundle_is_reached() -> None:
    world = World()
    alice = world.device("alice", ALICE)
    alice.meet(BOB.public_key)
    bob = world.device("bob", BOB)
    world.wait(5)
    backup = bob.profile.backup()
    alice.say(bob.key.hex, "one")
    world.wait(1)
    bob.say(alice.key.hex, "two")
    world.wait(1)
    bob.stop()
    world.device("bob restored", BOB, restored=backup)  # it gets "one", which is not for this device, and replies
    world.wait(1)
    alice.say(bob.key.hex, "three")
    world.wait(DAY)
    assert world.heard["bob restored"] == ["three"]
