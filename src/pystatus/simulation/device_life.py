"""Further devices that people of a simulation begin to use: set up by hand, paired and enabled as their user would."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from pystatus.errors import LocalError
from pystatus.messenger.features.devices import Devices
from pystatus.simulation.clock import VirtualClock
from pystatus.simulation.device import Device, Down
from pystatus.simulation.expectations import Ledger
from pystatus.simulation.settings import MAX_DEVICES
from pystatus.simulation.users import Person

LOOKING = 20.0
"""Seconds between two looks at the devices of an account by somebody who has a new one."""
LOOKS = 60
"""Looks after which they think that there is nothing more to enable."""


class DeviceLife:
    """Who has a further device, and when."""

    def __init__(
        self,
        people: list[Person],
        make: Callable[[Person, Random], Device],
        connect: Callable[[Device], None],
        ledger: Ledger,
        clock: VirtualClock,
        random: Random,
    ) -> None:
        """
        :param make: makes another device of somebody, which is on, and in no chat.
        :param connect: connects it to the relays.
        """
        self.begun = 0
        """Devices that people have begun to use."""
        self.enabled = 0
        """Of these, those that have been enabled on another device of their owner, and have enabled one."""
        self._people = people
        self._make = make
        self._connect = connect
        self._ledger = ledger
        self._clock = clock
        self._random = random

    def pair(self) -> None:
        """Every device of a person says what it is called."""
        for person in self._people:
            for device in person.devices if len(person.devices) > 1 else ():
                self._introduce(device)

    def enable(self) -> None:
        """Every device of a person enables those that it knows of."""
        for person in self._people:
            for device in person.devices if len(person.devices) > 1 else ():
                self._enable(device)

    def begin_due(self, devices: int, done: float) -> None:
        """Let a device come if it is time: so many in all, spread over the messages, of which a share is ``done``."""
        if self.begun < min(devices, int(done * (devices + 1))):
            self.begin()

    def begin(self) -> None:
        """Somebody who has not as many as there may be begins to use another device. They have blocked nobody: they
        would have to do that there, too."""
        free = [person for person in self._people if len(person.devices) < MAX_DEVICES and not person.blocked]
        if not free:
            return
        person = self._random.choice(free)
        device = self._make(person, self._random)
        for conversation in person.conversations:
            if conversation.name is not None:
                device.join(conversation.name)
        self._ledger.add(device, person)
        person.devices.append(device)
        self._connect(device)
        self.begun += 1
        self._look(person, LOOKS)

    def _look(self, person: Person, looks: int) -> None:
        """Say on each device what it is called, and enable on each those that it knows of, until all know all."""
        for one in person.devices:
            try:
                self._introduce(one)
                self._enable(one)
            except (Down, LocalError):  # it is off, or there are as many as may be
                continue
        if all(self._knows(one, len(person.devices)) for one in person.devices):
            self.enabled += 1
        elif looks:
            self._clock.after(LOOKING, lambda: self._look(person, looks - 1))

    @staticmethod
    def _introduce(device: Device) -> None:
        pair = device.messenger.feature(Devices).pair
        device.do(partial(pair, f"device {device.name}", device.now))

    @staticmethod
    def _enable(device: Device) -> None:
        devices = device.messenger.feature(Devices)
        for other in devices.all():
            if not other.enabled:
                device.do(partial(devices.set_enabled, other.installation_id, True, device.now))

    @staticmethod
    def _knows(device: Device, count: int) -> bool:
        """Whether all devices of the account are enabled on one of them."""
        return device.up and sum(one.enabled for one in device.messenger.feature(Devices).all()) >= count
