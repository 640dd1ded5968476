"""Who gives way when the large packets of all peers are too much."""

from __future__ import annotations

from pystatus.net.packet_memory import COUNTS_FROM, PacketMemory


class Link:
    def __init__(self, *, is_stranger: bool = True) -> None:
        self.is_stranger = is_stranger
        self.drops = 0

    def drop_packet(self) -> None:
        self.drops += 1


def test_what_honest_peers_send_counts_nothing() -> None:
    memory = PacketMemory(COUNTS_FROM)
    links = [Link() for _ in range(100)]
    for link in links:
        memory.hold(link, COUNTS_FROM - 1)
    assert memory.bytes == 0
    assert not any(link.drops for link in links)


def test_of_strangers_the_one_that_began_first_gives_way() -> None:
    memory = PacketMemory(4 * COUNTS_FROM)
    first, second, third = (Link() for _ in range(3))
    memory.hold(first, COUNTS_FROM)
    memory.hold(second, COUNTS_FROM)
    memory.hold(third, 2 * COUNTS_FROM)
    assert (first.drops, second.drops, third.drops) == (0, 0, 0)
    memory.hold(second, COUNTS_FROM + 1)
    assert (first.drops, second.drops, third.drops) == (1, 0, 0)
    assert memory.bytes == 3 * COUNTS_FROM + 1
    memory.hold(first, 0)  # its connection has ended
    assert memory.bytes == 3 * COUNTS_FROM + 1


def test_who_has_ended_a_packet_begins_the_next_one_anew() -> None:
    memory = PacketMemory(3 * COUNTS_FROM)
    first, second = Link(), Link()
    memory.hold(first, COUNTS_FROM)
    memory.hold(second, COUNTS_FROM)
    memory.hold(first, 0)
    memory.hold(first, 2 * COUNTS_FROM)
    memory.hold(first, 2 * COUNTS_FROM + 1)
    assert (first.drops, second.drops) == (0, 1)


def test_whom_somebody_has_named_goes_last() -> None:
    memory = PacketMemory(4 * COUNTS_FROM)
    named, stranger, other = Link(is_stranger=False), Link(), Link(is_stranger=False)
    memory.hold(named, 2 * COUNTS_FROM)
    memory.hold(stranger, 2 * COUNTS_FROM)
    memory.hold(named, 3 * COUNTS_FROM)
    assert (named.drops, stranger.drops) == (0, 1)
    memory.hold(other, 2 * COUNTS_FROM)
    assert (named.drops, other.drops) == (1, 0)
    assert memory.bytes == 2 * COUNTS_FROM
