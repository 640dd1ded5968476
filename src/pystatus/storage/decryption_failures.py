"""What could not be opened, in the profile database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlcipher3 import dbapi2 as sqlcipher

from pystatus.messenger.decryption_failures import FailingDevice, Failure

_DEVICE = "number, identity, installation_id, known, told_s"


class SqlDecryptionFailureStore:
    """Implements :class:`~pystatus.messenger.decryption_failures.DecryptionFailureStore` on an open connection, without
    a cache: what a transaction rolls back is gone."""

    def __init__(self, connection: sqlcipher.Connection) -> None:
        self._execute = connection.execute

    def device(self, identity: bytes, installation_id: str) -> FailingDevice | None:
        row = self._execute(
            f"SELECT {_DEVICE} FROM failing_devices WHERE identity = ? AND installation_id = ?",
            (identity, installation_id),
        ).fetchone()
        return _device(row) if row else None

    def devices(self) -> Sequence[FailingDevice]:
        return [_device(row) for row in self._execute(f"SELECT {_DEVICE} FROM failing_devices ORDER BY number")]

    def count(self, *, known: bool | None = None) -> int:
        which, values = ("", ()) if known is None else (" WHERE known = ?", (known,))
        (count,) = self._execute(f"SELECT count(*) FROM failing_devices{which}", values).fetchone()
        return int(count)

    def add(self, device: FailingDevice) -> FailingDevice:
        (number,) = self._execute(
            "INSERT INTO failing_devices (identity, installation_id, known, told_s) VALUES (?, ?, ?, ?)"
            " RETURNING number",
            (device.identity, device.installation_id, device.known, device.told_s),
        ).fetchone()
        return replace(device, number=number)

    def save(self, device: FailingDevice) -> None:
        self._execute(
            "UPDATE failing_devices SET known = ?, told_s = ? WHERE number = ?",
            (device.known, device.told_s, device.number),
        )

    def drop(self, number: int) -> None:
        self._execute("DELETE FROM failing_devices WHERE number = ?", (number,))

    def failures(self, number: int) -> Sequence[Failure]:
        rows = self._execute(
            "SELECT sent_s, count, waited, reason FROM decryption_failures WHERE device = ? ORDER BY sent_s", (number,)
        )
        return [Failure(*row) for row in rows]

    def add_failure(self, number: int, sent_s: int, reason: str, most: int) -> None:
        stored, latest = self._execute(
            "SELECT count(*), max(sent_s) FROM decryption_failures WHERE device = ?", (number,)
        ).fetchone()
        self._execute(
            "INSERT INTO decryption_failures (device, sent_s, count, waited, reason) VALUES (?, ?, 1, 0, ?)"
            " ON CONFLICT (device, sent_s) DO UPDATE SET count = count + 1, reason = excluded.reason",
            (number, sent_s if stored < most else latest, reason),
        )

    def drop_failures(self, number: int, first_s: int, last_s: int) -> None:
        self._execute(
            "DELETE FROM decryption_failures WHERE device = ? AND sent_s BETWEEN ? AND ?", (number, first_s, last_s)
        )

    def drop_told(self, number: int, waited: float) -> None:
        self._execute("DELETE FROM decryption_failures WHERE device = ? AND waited >= ?", (number, waited))

    def pass_time(self, seconds: float) -> None:
        self._execute("UPDATE decryption_failures SET waited = waited + ?", (seconds,))

    def is_waiting(self, less_than: float) -> bool:
        return self._execute("SELECT 1 FROM decryption_failures WHERE waited < ?", (less_than,)).fetchone() is not None


def _device(row: tuple[int, bytes, str, int, int | None]) -> FailingDevice:
    number, identity, installation_id, known, told_s = row
    return FailingDevice(number, identity, installation_id, bool(known), told_s)
