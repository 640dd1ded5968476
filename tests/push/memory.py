"""What a push notification server stores, in memory. Implements the port of
:mod:`pystatus.push.server.registrations`, without bounds."""

from collections.abc import AsyncIterator, Sequence

from pystatus.push.server.gateway import GatewayError
from pystatus.push.server.registrations import RegistrationsError, Row, Stored


class RegistrationsInMemory:
    def __init__(self) -> None:
        self.rows: dict[tuple[bytes, str], Row] = {}
        self.requests: dict[bytes, float] = {}
        self.is_broken = False

    def _check(self) -> None:
        if self.is_broken:
            raise RegistrationsError("The disk is full.")

    async def version(self, key_hash: bytes, installation_id: str) -> int:
        row = self.rows.get((key_hash, installation_id))
        return row.version if row else 0

    async def store(self, row: Row, now: float) -> Stored:
        self._check()
        if row.version <= await self.version(row.key_hash, row.installation_id):
            return Stored.OLDER
        self.rows.pop((row.key_hash, row.installation_id), None)
        self.rows[row.key_hash, row.installation_id] = row
        return Stored.STORED

    async def of_keys(self, key_hashes: Sequence[bytes]) -> Sequence[Row]:
        self._check()
        found = [row for row in self.rows.values() if row.key_hash in key_hashes and row.registration is not None]
        return found[::-1]

    async def find(self, key_hash: bytes, installation_id: str) -> bytes | None:
        self._check()
        row = self.rows.get((key_hash, installation_id))
        return row.registration if row else None

    async def key_hashes(self) -> AsyncIterator[bytes]:
        for key_hash in dict.fromkeys(row.key_hash for row in self.rows.values() if row.registration is not None):
            yield key_hash

    async def is_answered(self, request_id: bytes) -> bool:
        self._check()
        return request_id in self.requests

    async def answered(self, request_id: bytes, now: float) -> None:
        self._check()
        self.requests[request_id] = now


class RecordingGateway:
    """Takes calls, or fails as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.fails = False

    async def notify(self, body: bytes) -> None:
        if self.fails:
            raise GatewayError("The gateway does not answer.")
        self.bodies.append(body)
