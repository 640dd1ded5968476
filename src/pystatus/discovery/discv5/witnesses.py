"""Our own address, by what other nodes say: a pong names the endpoint that it was sent to (overlay.md §3.2, §6.1)."""

from __future__ import annotations

from collections import Counter

from pystatus.discovery.addresses import IPAddress, Key, address_from_bytes, is_local, is_public, subnet_key

MIN_WITNESSES = 10
"""Networks (/24, /48) that have to agree (overlay.md §6.1). The reference counts nodes, of which one person may have
many; nodes of one network count as one here."""
WINDOW = 300.0
"""Seconds that a statement counts (overlay.md §6.1)."""
MAX_STATEMENTS = 200
"""Networks whose statements are kept, for each version of IP, the latest of each. Ours."""


class AddressWitnesses:
    """What nodes of other networks say of our address. Who is to be believed has to be many networks, and more of them
    than say anything else: one that lies has one voice, however many nodes it has."""

    __slots__ = ("_families",)

    def __init__(self) -> None:
        self._families = {4: _Statements(), 6: _Statements()}

    def add(self, witness: IPAddress, said: bytes, now: float) -> None:
        """A pong came that answers a ping of ours.

        :param witness: the address of who sent it, which is proven.
        :param said: our address in it: any bytes.
        :param now: monotonic seconds.
        """
        address = address_from_bytes(said)
        if address is None or address.version != witness.version or is_local(witness) or not is_public(address):
            return
        self._families[address.version].add(subnet_key(witness), address, now)

    def address(self, version: int) -> IPAddress | None:
        """Our address; ``None``: too few agree.

        :param version: of IP: 4 or 6.
        """
        return self._families[version].agreed


class _Statements:
    """Of one version of IP."""

    __slots__ = ("_count", "_latest", "agreed")

    def __init__(self) -> None:
        self._latest: dict[Key, tuple[IPAddress, float]] = {}
        """By network; the oldest statement first."""
        self._count: Counter[IPAddress] = Counter()
        self.agreed: IPAddress | None = None
        """The result."""

    def add(self, network: Key, address: IPAddress, now: float) -> None:
        if network in self._latest:
            self._remove(network)
        self._latest[network] = address, now
        self._count[address] += 1
        while self._is_over(now):
            self._remove(next(iter(self._latest)))
        best, voices = max(self._count.items(), key=lambda one: one[1])
        is_agreed = voices >= MIN_WITNESSES and 2 * voices > len(self._latest)
        self.agreed = best if is_agreed else None

    def _is_over(self, now: float) -> bool:
        """Whether the oldest statement does not count any more."""
        _, at = next(iter(self._latest.values()))
        return now - at > WINDOW or len(self._latest) > MAX_STATEMENTS

    def _remove(self, network: Key) -> None:
        address, _ = self._latest.pop(network)
        self._count[address] -= 1
        if not self._count[address]:
            del self._count[address]
