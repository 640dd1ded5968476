"""The port to what a server stores: registrations, and the ids of requests that were answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from pystatus.errors import LocalError


class RegistrationsError(LocalError):
    """They can be neither read nor written at present; nothing was stored. The message is a sentence for the
    operator."""


@dataclass(frozen=True, slots=True)
class Row:
    """The registration of one device."""

    key_hash: bytes
    """Of its owner, 64 bytes."""
    installation_id: str
    version: int
    """Below 2^63: databases have no larger numbers."""
    registration: bytes | None = field(repr=False)
    """The protobuf as it came; ``None`` when the device was unregistered, and only its version is known."""


class Stored(Enum):
    """What became of a row."""

    STORED = "stored"
    OLDER = "older"
    """There is one of the same version, or a newer one."""
    FULL = "full"
    """There is no room for another device, and none that may give way."""


class Registrations(Protocol):
    """Stores rows and finds them again. All methods may be called at the same time.

    What strangers can fill has bounds, and nobody can choose what gives way:

    * of one key there are at most :data:`~pystatus.push.server.limits.MAX_DEVICES` rows; the one that was stored
      longest ago gives way, so nobody can make another's go;
    * of all together as many as the operator says. For a new one beyond that, one drawn at random gives way among those
      that are new themselves, for less than :data:`~pystatus.push.server.limits.NEW_SECONDS`. What has been here longer
      never goes, whoever registers whatever number of devices.
    """

    async def version(self, key_hash: bytes, installation_id: str) -> int:
        """The version of a device's row, unregistered ones included; 0: there is none.

        :raises RegistrationsError: it cannot be read.
        """
        ...

    async def store(self, row: Row, now: float) -> Stored:
        """Store a row durably if it is newer than the one that is there, in one transaction.

        :raises RegistrationsError: nothing was stored.
        """
        ...

    async def of_keys(self, key_hashes: Sequence[bytes]) -> Sequence[Row]:
        """The rows of these people that are registered, those stored last first.

        :raises RegistrationsError: they cannot be read.
        """
        ...

    async def find(self, key_hash: bytes, installation_id: str) -> bytes | None:
        """The registration of one device; ``None``: it has none.

        :raises RegistrationsError: it cannot be read.
        """
        ...

    def key_hashes(self) -> AsyncIterator[bytes]:
        """Everybody of whom a device is registered, each once: for whom to listen after a start.

        :raises RegistrationsError: they cannot be read.
        """
        ...

    async def is_answered(self, request_id: bytes) -> bool:
        """Whether the request with this id (32 bytes) was answered.

        :raises RegistrationsError: it cannot be read.
        """
        ...

    async def answered(self, request_id: bytes, now: float) -> None:
        """It was. Of more than :data:`~pystatus.push.server.limits.MAX_ANSWERED` ids the oldest go.

        :raises RegistrationsError: it was not stored.
        """
        ...
