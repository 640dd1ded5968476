"""The record of the own node: each change makes a new version, with a number that no other had (overlay.md §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import Address, NodeRecord
from pystatus.errors import RemoteError
from pystatus.wire import rlp


class RecordStore(Protocol):
    """Where the last version is kept. It is no secret."""

    def load(self) -> bytes | None:
        """What was saved last; ``None``: nothing yet."""

    def save(self, encoded: bytes) -> None:
        """Keep this RLP in place of what was there, durably: it is shown to others when this returns.

        :raises LocalError: it cannot be written.
        """


class LocalRecord:
    """What this node says about itself.

    A node that met an older version keeps the newer one only if its ``seq`` is higher, for ever. So a version is saved
    before anybody sees it, and a store that another process has written to meanwhile (``pystatus enr``) is read again
    before the next one.
    """

    def __init__(self, key: PrivateKey, store: RecordStore, lost_seq: int) -> None:
        """
        :param lost_seq: the ``seq`` to begin with where what was saved cannot be read, so that nobody knows which
            versions there were: the Unix time in seconds, which is above any count of changes.
        :raises LocalError: it cannot be saved.
        """
        self._key = key
        self._store = store
        self._lost_seq = lost_seq
        self._record = self._stored() or self._save(NodeRecord.sign(key, self._first_seq(), {}))

    @property
    def record(self) -> NodeRecord:
        """The version that holds."""
        return self._record

    def set(self, values: Mapping[bytes, rlp.Encodable]) -> NodeRecord:
        """Make ``values`` all that it says; ``id`` and ``secp256k1`` are added. The same as before changes nothing.

        :returns: the version that holds now.
        :raises LocalError: too large, a value that no record can have, or it cannot be saved; the old one holds.
        """
        newest = self._stored()
        if newest is not None and newest.seq > self._record.seq:
            self._record = newest
        proposed = NodeRecord.sign(self._key, self._record.seq, values)
        if proposed != self._record:
            self._record = self._save(self._record.changed(self._key, self._changes(values)))
        return self._record

    def locate(self, *addresses: Address, tcp_port: int, udp_port: int) -> NodeRecord:
        """Say where the node is, and nothing else.

        :param addresses: at most one of each family.
        :param tcp_port: where it takes connections; 0: nowhere.
        :param udp_port: where its Discovery v5 is; 0: nowhere.
        """
        values: dict[bytes, rlp.Encodable] = {}
        for address in addresses:
            values[b"ip" if address.version == 4 else b"ip6"] = address.packed
        # The keys without a 6 hold for both families where there is no other port (EIP-778).
        values |= {name: port for name, port in ((b"tcp", tcp_port), (b"udp", udp_port)) if port}
        return self.set(values)

    def _changes(self, values: Mapping[bytes, rlp.Encodable]) -> dict[bytes, rlp.Encodable | None]:
        gone: dict[bytes, rlp.Encodable | None] = dict.fromkeys(self._record.values)
        return {**gone, **values}

    def _first_seq(self) -> int:
        return 1 if self._store.load() is None else self._lost_seq

    def _stored(self) -> NodeRecord | None:
        """What the store has of this key; ``None``: nothing that can be used."""
        encoded = self._store.load()
        if encoded is None:
            return None
        try:
            found = NodeRecord.decode(encoded)
        except RemoteError:  # nobody is asked: it is replaced by a version that is certainly newer
            return None
        return found if found.public_key == self._key.public_key else None

    def _save(self, record: NodeRecord) -> NodeRecord:
        self._store.save(record.encoded)
        return record


class MemoryRecordStore:
    """Keeps it as long as the process runs."""

    def __init__(self, encoded: bytes | None = None) -> None:
        """
        :param encoded: ``b""`` for a key that had records which were not kept.
        """
        self._encoded = encoded

    def load(self) -> bytes | None:
        """See :class:`RecordStore`."""
        return self._encoded

    def save(self, encoded: bytes) -> None:
        """See :class:`RecordStore`."""
        self._encoded = encoded
