"""The simulated relays do what relays do."""

from __future__ import annotations

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.messenger.events import Event, MessageReceived, MessageStateChanged
from pystatus.messenger.records import MessageState
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Crash, Device, Down
from pystatus.simulation.network import Network
from pystatus.simulation.profile import Profile
from pystatus.simulation.randomness import stream
from pystatus.simulation.settings import Conditions
from pystatus.transport.sealing import TTL
from tests.simulation.support import KEYS


class World:
    """Two devices that know each other's public chat."""

    def __init__(self, conditions: Conditions | None = None) -> None:
        self.clock = VirtualClock()
        self.network: Network[Device] = Network(self.clock, conditions or Conditions(), stream(1, "network"))
        self.events: dict[str, list[Event]] = {"alice": [], "bob": []}
        self.alice, self.bob = self.device("alice", 0), self.device("bob", 1)
        for device in (self.alice, self.bob):
            self.network.connect(device)
            device.join("room")
        self.wait(30)

    def device(self, name: str, index: int) -> Device:
        random = stream(1, name)
        identity = PrivateKey.generate(random.randbytes)
        return Device(
            name,
            index,
            identity,
            Profile(KEYS),
            self.clock,
            self.network,
            random,
            on_event=lambda device, event: self.events[device.name].append(event),
        )

    def wait(self, seconds: float) -> None:
        self.clock.wait(seconds)

    @property
    def heard(self) -> list[str]:
        return [event.message.text for event in self.events["bob"] if isinstance(event, MessageReceived)]

    def states(self) -> list[MessageState]:
        return [event.state for event in self.events["alice"] if isinstance(event, MessageStateChanged)]


def test_an_envelope_takes_its_time() -> None:
    world = World(Conditions(delay=0.4))
    world.alice.say("room", "hello")
    world.wait(0.39)
    assert world.heard == []
    world.wait(0.82)
    assert world.heard == ["hello"]
    assert world.network.traffic.envelopes == 3  # two contact codes
    assert world.states() == [MessageState.SENT, MessageState.SEEN]


def test_relays_keep_an_envelope_for_those_who_come_before_it_expires() -> None:
    world = World()
    world.network.disconnect(world.bob)
    world.alice.say("room", "soon")
    world.wait(TTL - 2)
    world.network.connect(world.bob)
    world.wait(1)
    assert world.heard == ["soon"]
    world.network.disconnect(world.bob)
    world.alice.say("room", "late")
    world.wait(TTL + 2)
    world.network.connect(world.bob)
    world.wait(1)
    assert world.heard == ["soon"]


def test_what_is_on_a_connection_is_lost_with_it() -> None:
    world = World()
    world.alice.say("room", "never")
    world.network.disconnect(world.alice)
    world.wait(1)
    assert world.heard == []
    assert world.network.traffic.cut == 1
    world.network.connect(world.alice)
    world.wait(TTL + 5)
    assert world.heard == ["never"]


def test_what_is_written_offline_goes_out_when_there_is_a_connection() -> None:
    world = World()
    world.network.disconnect(world.alice)
    world.alice.say("room", "in the train")
    world.wait(3_600)
    world.network.connect(world.alice)
    world.wait(1)
    assert world.heard == ["in the train"]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [(Conditions(loss=0.999), "lost"), (Conditions(corruption=0.999), "corrupted")],
)
def test_faults_are_counted(conditions: Conditions, count: str) -> None:
    world = World(conditions)
    for number in range(20):
        world.alice.say("room", f"number {number}")
    world.wait(10)
    assert getattr(world.network.traffic, count) >= 19
    assert len(world.heard) <= 10


def test_late_deliveries_are_overtaken() -> None:
    world = World(Conditions(reorder=0.5))
    texts = [f"number {number}" for number in range(30)]
    for text in texts:
        world.alice.say("room", text)
        world.wait(0.1)
    world.wait(10)
    assert world.heard != texts
    assert sorted(world.heard) == sorted(texts)
    assert 5 < world.network.traffic.late < 25


def test_without_reordering_everything_keeps_its_order() -> None:
    world = World(Conditions(delay=2.0, duplicates=0.3))
    texts = [f"number {number}" for number in range(30)]
    for text in texts:
        world.alice.say("room", text)
        world.wait(2.5)
    world.wait(10)
    assert world.heard == texts
    assert world.network.traffic.duplicated > 2


def test_a_clock_that_is_too_wrong_talks_to_nobody() -> None:
    world = World()
    world.alice.clock_error = -(TTL + 2)
    world.alice.say("room", "from yesterday")
    world.wait(5)
    assert world.heard == []
    assert world.network.traffic.refused == 1


def test_a_crash_before_the_commit_undoes_all() -> None:
    world = World()
    world.alice.crash = Crash.BEFORE_COMMIT
    with pytest.raises(Down):
        world.alice.say("room", "never was")
    assert not world.alice.up
    with pytest.raises(Down):
        world.alice.say("room", "nor this")
    world.alice.start()
    assert world.alice.store.messages("room", 10, None) == []
    assert world.alice.store.chat("room") is not None


def test_a_crash_after_the_commit_loses_nothing() -> None:
    world = World()
    world.alice.crash = Crash.AFTER_COMMIT
    world.alice.say("room", "stored")
    world.wait(30)
    assert world.heard == []
    world.alice.start()
    world.network.connect(world.alice)
    world.wait(1)
    assert world.heard == ["stored"]


def test_a_crash_of_the_receiver_is_no_loss_for_its_user() -> None:
    world = World()
    world.bob.crash = Crash.AFTER_COMMIT
    world.alice.say("room", "found in the history")
    world.wait(1)
    assert not world.bob.up
    assert world.heard == ["found in the history"]
    world.bob.start()
    world.network.connect(world.bob)
    world.wait(1)
    assert world.heard == ["found in the history"]


def test_a_restored_backup_is_another_device() -> None:
    world = World()
    world.alice.say("room", "kept")
    backup = world.alice.profile.backup()
    world.alice.say("room", "lost")
    own = world.alice.store.setting("installation_id")
    restored = Device(
        "alice", 2, world.alice.identity, Profile(KEYS, restored=backup), world.clock, world.network, stream(1, "a")
    )
    assert [message.text for message in restored.store.messages("room", 10, None)] == ["kept"]
    assert restored.store.setting("installation_id") != own
