"""What a datagram passes before anything is done with it."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.keys import CURVE_ORDER
from pystatus.discovery.addresses import parse_address
from pystatus.discovery.discv5 import replays as replays_module
from pystatus.discovery.discv5.address_limiter import MAX_ACCOUNTS, AddressLimiter
from pystatus.discovery.discv5.limits import CLOCK_SLACK, EXPIRATION, REPLAY_SECONDS, Limits
from pystatus.discovery.discv5.packets import FindNode, FindNodeHash, Neighbors, TopicQuery, TopicRegister
from pystatus.discovery.discv5.replays import MAX_REMEMBERED, PART_SECONDS, ReplayMemory
from tests.discovery.discv5.conversation import EXPIRES, TARGET, UNIX, Peer, Talk, seeded


class TestAge:
    @pytest.mark.parametrize("seconds_ago", [-CLOCK_SLACK, 0, EXPIRATION, EXPIRATION + CLOCK_SLACK])
    def test_in_time(self, seconds_ago: int) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        expiration = int(talk.now.unix) - seconds_ago + EXPIRATION
        assert talk.kinds(talk.hear(peer, FindNodeHash(TARGET, expiration))) == ["Neighbors"]

    @pytest.mark.parametrize("expiration", [0, UNIX - CLOCK_SLACK - 1, UNIX + EXPIRATION + CLOCK_SLACK + 2, 2**64 - 1])
    def test_out_of_time(self, expiration: int) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        for body in (
            peer.ping(expires=expiration),
            FindNode(bytes(64), expiration),
            Neighbors((), expiration),
            FindNodeHash(TARGET, expiration),
        ):
            assert talk.hear(peer, body) == []
        assert talk.refused == {"expired": 4}

    def test_a_query_of_the_reference_has_no_expiration(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        assert talk.kinds(talk.hear(peer, TopicQuery(b"whisper", 0))) == ["TopicNodes"]

    def test_what_is_remembered_is_remembered_until_it_expires(self) -> None:
        assert REPLAY_SECONDS >= EXPIRATION + 2 * CLOCK_SLACK


class TestReplays:
    @pytest.mark.parametrize(
        "body", [FindNodeHash(TARGET, EXPIRES), FindNode(bytes(64), EXPIRES), TopicQuery(b"whisper", 0)]
    )
    def test_a_question_is_answered_once(self, body: FindNodeHash | FindNode | TopicQuery) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        assert talk.hear(peer, body)
        assert talk.hear(peer, body) == []
        assert talk.hear(peer, body, (parse_address("60.1.1.1"), 1)) == []
        assert talk.refused == {"replay": 2}

    def test_a_twin_signature_is_a_replay(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        packet = peer.packet(FindNodeHash(TARGET, EXPIRES))
        assert talk.hear(peer, packet)
        s = CURVE_ORDER - int.from_bytes(packet[54:86], "big")
        twin = packet[:54] + s.to_bytes(32, "big") + bytes([packet[86] ^ 1]) + packet[87:]
        assert talk.hear(peer, twin) == []
        assert talk.refused == {"replay": 1}

    def test_a_ping_may_come_again_from_the_same_place_alone(self) -> None:
        talk, peer = Talk(), Peer(1)
        packet = peer.packet(peer.ping())
        assert len(talk.hear(peer, packet)) == 2
        assert len(talk.hear(peer, packet)) == 1
        assert talk.hear(peer, packet, (peer.address, 1)) == []
        assert talk.hear(peer, packet, (parse_address("60.1.1.1"), peer.port)) == []
        assert talk.refused == {"replay": 2}

    def test_a_ticket_may_be_used_again_from_the_same_place_alone(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        packet = peer.packet(TopicRegister((b"whisper",), 0, bytes(100)))
        talk.hear(peer, packet)
        talk.hear(peer, packet)
        talk.hear(peer, packet, (peer.address, 1))
        assert talk.refused == {"ticket": 2, "replay": 1}

    def test_two_equal_answers_answer_two_questions(self) -> None:
        talk, peer = Talk(), Peer(1)
        talk.meet(peer)
        for number in range(2):
            talk.node.query(peer.enode, bytes([number]) * 32, talk.now)
            talk.hear(peer, Neighbors((), EXPIRES))
        assert len(talk.events) == 2
        assert talk.refused == {}

    def test_the_memory_lasts_40_seconds_and_ends_before_60(self) -> None:
        """A reference node repeats a topicQuery, byte for byte, after 60 seconds."""
        for start in range(12):
            memory = ReplayMemory(0.0)
            assert memory.seen_from(b"a" * 64, b"b" * 32, 1, float(start)) is None
            assert memory.seen_from(b"a" * 64, b"b" * 32, 2, start + REPLAY_SECONDS) == 1
            assert memory.seen_from(b"a" * 64, b"b" * 32, 3, start + 59) is None

    @given(st.lists(st.floats(0, 30), min_size=1, max_size=30))
    def test_whatever_the_pauses_are(self, pauses: list[float]) -> None:
        memory, now = ReplayMemory(0.0), 0.0
        first: dict[bytes, float] = {}
        for number, pause in enumerate(pauses):
            now += pause
            memory.seen_from(bytes(64), number.to_bytes(32, "little"), number, now)
            first[number.to_bytes(32, "little")] = now
            for digest, at in first.items():
                seen = memory.seen_from(bytes(64), digest, -1, now)
                if now - at <= REPLAY_SECONDS:
                    assert seen is not None
                if seen is None:
                    first[digest] = now

    def test_the_memory_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(replays_module, "MAX_REMEMBERED", 10)
        memory = ReplayMemory(0.0)
        for number in range(1000):
            memory.seen_from(bytes(64), number.to_bytes(32, "little"), 1, 0.0)
        assert len(memory) <= 10 * replays_module.PARTS
        assert memory.seen_from(bytes(64), (999).to_bytes(32, "little"), 1, 0.0) == 1
        assert MAX_REMEMBERED / PART_SECONDS >= 2_000


class TestRate:
    def test_an_address_may_send_so_many_packets(self) -> None:
        limits = Limits()
        talk, peer = Talk(), Peer(1)
        for number in range(100):
            talk.hear(peer, peer.ping(b"%d" % number))
        assert talk.refused == {"rate": 100 - limits.packets_at_once}
        talk.wait(1.0)
        before = talk.refused["rate"]
        for number in range(20):
            talk.hear(peer, peer.ping(b"%d" % number, expires=EXPIRES + 1))
        assert talk.refused["rate"] - before == 20 - limits.packets_per_second

    def test_no_signature_is_recovered_above_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        talk, peer = Talk(), Peer(1)
        packet = peer.packet(peer.ping())
        for _ in range(40):
            talk.hear(peer, packet)
        monkeypatch.setattr(type(talk.identity), "recover", None)
        talk.hear(peer, packet)
        assert talk.refused == {"rate": 1}

    def test_others_are_not_concerned(self) -> None:
        talk, peer, other = Talk(), Peer(1), Peer(2)
        for number in range(100):
            talk.hear(peer, peer.ping(b"%d" % number))
        assert talk.hear(other, other.ping())

    def test_a_64_is_one_address(self) -> None:
        limiter = AddressLimiter(10, 5, seeded(1))
        taken = [limiter.take(parse_address(f"2a01:1:1:1::{number:x}"), 0.0) for number in range(10)]
        assert taken == [True] * 5 + [False] * 5
        assert limiter.take(parse_address("2a01:1:1:2::1"), 0.0)

    def test_the_local_network_is_exempt(self) -> None:
        limiter = AddressLimiter(10, 5, seeded(1))
        for text in ("127.0.0.1", "192.168.1.1", "::1"):
            assert all(limiter.take(parse_address(text), 0.0) for _ in range(100))
        assert len(limiter) == 0

    def test_it_remembers_those_that_sent_a_moment_ago(self) -> None:
        limiter = AddressLimiter(10, 5, seeded(1))
        for number in range(1_000):
            limiter.take(parse_address(f"60.1.{number // 250}.{number % 250}"), float(number))
            assert len(limiter) <= 128

    def test_many_addresses_share_accounts(self) -> None:
        limiter = AddressLimiter(10, 5, os.urandom)
        for number in range(3 * MAX_ACCOUNTS):
            limiter.take(parse_address(str(parse_address("60.0.0.0") + number)), 0.0)
        assert MAX_ACCOUNTS // 2 < len(limiter) <= MAX_ACCOUNTS

    def test_who_shares_an_account_is_the_same_in_each_process(self) -> None:
        """The secret alone decides it: with that of a simulation a run can be repeated."""
        limiter = AddressLimiter(10, 5, bytes)
        for address in ("8.8.8.8", "2001:4860:4860::8888"):
            limiter.take(parse_address(address), 0.0)
        assert list(limiter._full_at) == [10115, 6628]


class TestForm:
    @pytest.mark.parametrize("size", [0, 87, 1281, 65_507])
    def test_sizes(self, size: int) -> None:
        talk = Talk()
        assert talk.hear(Peer(1), bytes(size)) == []
        assert talk.refused == {"packet": 1}
        assert talk.node.counters.bytes_in == size

    def test_a_long_datagram_is_dropped_whatever_is_in_it(self) -> None:
        """The reference cuts it, and takes what is left for the packet of somebody else."""
        talk, peer = Talk(), Peer(1)
        packet = peer.packet(peer.ping())
        assert talk.hear(peer, packet + bytes(1281 - len(packet))) == []
        assert talk.refused == {"packet": 1}

    def test_a_body_that_is_none(self) -> None:
        talk, peer = Talk(), Peer(1)
        assert talk.hear(peer, peer.packet(peer.ping())[:-1]) == []
        assert talk.refused == {"packet": 1}

    def test_a_signature_that_is_none(self) -> None:
        talk, peer = Talk(), Peer(1)
        packet = peer.packet(peer.ping())
        assert talk.hear(peer, packet[:22] + bytes(65) + packet[87:]) == []
        assert talk.refused == {"signature": 1}

    @given(st.binary(max_size=1300), st.booleans())
    def test_whatever_comes(self, data: bytes, with_prefix: bool) -> None:
        talk = Talk()
        data = b"temporary discovery v5" + data if with_prefix else data
        talk.hear(Peer(1), data)
        counters = talk.node.counters
        assert counters.datagrams_in == sum(talk.refused.values()) + sum(counters.received.values()) == 1
        assert counters.bytes_out <= 3 * counters.bytes_in
