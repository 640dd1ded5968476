"""The server's rules, as conversations: who is answered, with what, and what is said to the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.mailserver.completion import NOTHING_SENT, Completed, Failed
from pystatus.mailserver.config import (
    ASKED_AT_ONCE,
    MAX_ALL_WAITING,
    MAX_CLOCK_DIFFERENCE,
    MAX_NETWORK_WAITING,
    MAX_REMEMBERED,
    MAX_WAITING,
    REMEMBERED_SECONDS,
    MailserverConfig,
)
from pystatus.mailserver.cursor import LAST_SECOND, Key
from pystatus.mailserver.lacking import COMPLETE, Holdings
from pystatus.mailserver.requests import HistoryRequest
from pystatus.mailserver.server import server
from pystatus.mailserver.server.server import fits_a_packet
from pystatus.transport.topics import symmetric_key
from pystatus.waku import packets
from pystatus.waku.bloom import FULL_BLOOM, topic_bloom
from pystatus.waku.data import Contents, SymmetricKey, seal, unseal
from pystatus.waku.envelope import Envelope
from pystatus.waku.status import MAX_TOPICS
from pystatus.wire import rlp
from tests.mailserver.support import DAY, KEY, SIGNER, Conversation, drawn, last_day, plain, sealed
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, envelope


def stored(number: int, topic: bytes = TOPIC, *, age: int = 100, size: int = 300) -> Envelope:
    return envelope(number, topic, now=NOW - age, size=size)


def text(failed: Failed | None) -> str:
    assert failed is not None
    return failed.text


# What comes back


@pytest.mark.requirement("WM-13", "WU-28")
def test_a_page_comes_newest_first_and_is_completed() -> None:
    old, middle, new = (stored(age, age=age) for age in (300, 200, 100))
    conversation = Conversation(middle, old, new)
    request = sealed(last_day())
    page, completed = conversation.page(request)
    assert page == [new, middle, old]
    assert completed == Completed(request.hash, old.hash)


def test_an_empty_page_names_no_envelope() -> None:
    request = sealed(last_day(OTHER_TOPIC))
    page, completed = Conversation(stored(1)).page(request)
    assert (page, completed) == ([], Completed(request.hash, NOTHING_SENT))


@pytest.mark.requirement("WM-12")
def test_topics_rule_and_the_bloom_filter_is_for_those_without() -> None:
    mine, other = stored(1), stored(2, OTHER_TOPIC)
    conversation = Conversation(mine, other)
    bloom = topic_bloom(OTHER_TOPIC)
    assert conversation.page(plain(last_day(TOPIC, bloom=bloom)))[0] == [mine]
    only_bloom = HistoryRequest(int(NOW) - DAY, int(NOW), bloom)
    assert conversation.page(plain(only_bloom))[0] == [other]
    everything = HistoryRequest(int(NOW) - DAY, int(NOW), FULL_BLOOM)
    assert set(conversation.page(plain(everything))[0]) == {mine, other}


def test_the_range_includes_both_its_ends_and_a_missing_end_is_now() -> None:
    first, last, soon = stored(1, age=200), stored(2, age=100), stored(3, age=-5)
    conversation = Conversation(stored(0, age=201), first, last, soon, stored(4, age=-100))
    both = HistoryRequest(first.sent, last.sent, b"", (TOPIC,))
    assert conversation.page(sealed(both))[0] == [last, first]
    assert conversation.page(sealed(HistoryRequest(last.sent, 0, b"", (TOPIC,))))[0] == [soon, last]
    until_ever = HistoryRequest(last.sent, LAST_SECOND, b"", (TOPIC,))
    assert len(conversation.page(sealed(until_ever))[0]) == 3


@pytest.mark.requirement("WM-8", "WM-14", "WM-18")
@settings(max_examples=60, deadline=None)
@given(
    ages=st.lists(st.integers(1, 5), max_size=30),
    limit=st.integers(1, 12),
    max_bytes=st.sampled_from([1, 700, 2_000, 10 << 20]),
)
def test_pages_bring_each_envelope_once_whatever_the_limit(ages: list[int], limit: int, max_bytes: int) -> None:
    envelopes = [stored(number, age=age) for number, age in enumerate(ages)]
    conversation = Conversation(*envelopes, config=MailserverConfig(max_page_bytes=max_bytes))
    found: list[Envelope] = []
    cursor = b""
    while True:
        page, completed = conversation.page(sealed(last_day(limit=limit, cursor=cursor)))
        assert len(page) <= limit
        found += page
        cursor = completed.cursor
        if not cursor:
            break
        assert completed.last_hash == page[-1].hash
        assert cursor == Key.of(page[-1]).cursor
    assert found == sorted(envelopes, key=Key.of, reverse=True)


def test_a_cursor_holds_while_envelopes_come_and_go() -> None:
    one, two, three, four = (stored(number, age=100 * number) for number in (1, 2, 3, 4))
    conversation = Conversation(one, two, three, four)
    page, completed = conversation.page(sealed(last_day(limit=2)))
    assert page == [one, two]
    del conversation.archive.envelopes[two.hash]
    late = stored(5, age=50)
    conversation.archive.envelopes[late.hash] = late
    page, completed = conversation.page(sealed(last_day(limit=2, cursor=completed.cursor)))
    assert (page, completed.cursor) == ([three, four], b"")


@pytest.mark.requirement("WM-14")
def test_no_packet_is_above_the_limit_and_whoever_asks_for_it_gets_one_envelope_in_each() -> None:
    large = [stored(number, size=400_000) for number in range(5)]
    conversation = Conversation(*large)
    conversation.ask(sealed(last_day()))
    batches, completion = conversation.answer(conversation.work())
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert isinstance(completion, Completed)
    one_by_one = HistoryRequest(0, 0, b"", (TOPIC,), batch=False)
    conversation.ask(sealed(one_by_one))
    assert [len(batch) for batch in conversation.answer(conversation.work())[0]] == [1] * 5


def test_an_envelope_that_fits_no_packet_is_not_sent() -> None:
    small, giant = stored(1), stored(2, size=1 << 20)
    assert (fits_a_packet(small), fits_a_packet(giant)) == (True, False)
    assert Conversation(small, giant).page(sealed(last_day()))[0] == [small]


# Who is refused


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (HistoryRequest(int(NOW), int(NOW) - 1, b"", (TOPIC,)), "ends before it begins"),
        (HistoryRequest(int(NOW) + 61, 0, b"", (TOPIC,)), "ends before it begins"),
        (HistoryRequest(0, int(NOW)), "neither topics nor bloom"),
        (last_day(limit=1001), "the limit is 1000"),
        (last_day(limit=LAST_SECOND), "the limit is 1000"),
        (last_day(cursor=b"garbage"), "a cursor has 36 bytes, not 7"),
        (last_day(*[number.to_bytes(4, "big") for number in range(MAX_TOPICS + 1)]), "more than 10000 topics"),
    ],
)
def test_what_makes_no_sense_is_refused_sealed_and_plain(request_: HistoryRequest, reason: str) -> None:
    conversation = Conversation()
    assert reason in text(conversation.ask(sealed(request_, pow_target=0.000002)))
    failed = conversation.ask(plain(request_, 7))
    assert reason in text(failed)
    assert failed is not None
    assert failed.request_id == (7).to_bytes(32, "big")
    assert conversation.server.next_work() is None
    assert (conversation.server.accepted, conversation.server.refused) == (0, 2)


def test_a_malformed_plain_request_is_answered_where_its_id_can_be_read() -> None:
    conversation = Conversation()
    body: tuple[rlp.Encodable, ...] = (bytes(32), 1, 2, 3, b"", bytes(63))
    assert "a bloom filter of 63 bytes" in text(conversation.ask(rlp.encode(body)))
    assert "malformed" in text(conversation.ask(rlp.encode((bytes(32),))))
    for nothing in (b"", rlp.encode([]), rlp.encode((bytes(31), 1, 2)), b"\xff" * 50):
        with pytest.raises(RemoteError):
            conversation.ask(nothing)


@pytest.mark.requirement("WM-10")
def test_another_password_is_told_and_so_is_a_missing_signature() -> None:
    conversation = Conversation()
    wrong = last_day().seal(symmetric_key("another"), SIGNER, NOW, 0.002, drawn)
    failed = conversation.ask(wrong)
    assert "password" in text(failed)
    assert failed is not None
    assert failed.request_id == wrong.hash
    unsigned = Envelope.mine(NOW, 50, bytes(4), seal(KEY, last_day().encode(), None, drawn), 0.002)
    assert "not signed" in text(conversation.ask(unsigned))
    garbage = Envelope.mine(NOW, 50, bytes(4), seal(KEY, b"\xc1", SIGNER, drawn), 0.002)
    assert "malformed" in text(conversation.ask(garbage))


def test_proof_of_work_is_looked_at_first() -> None:
    conversation = Conversation(config=MailserverConfig(min_pow=0.2))
    cheap = last_day().seal(symmetric_key("another"), SIGNER, NOW, 0.0, drawn)
    assert text(conversation.ask(cheap)) == "PoW too low"
    assert conversation.ask(sealed(last_day(), pow_target=0.2)) is None


def test_plain_requests_can_be_switched_off() -> None:
    conversation = Conversation(config=MailserverConfig(sealed_only=True))
    assert "seal it" in text(conversation.ask(plain(last_day())))
    assert conversation.ask(sealed(last_day())) is None


@pytest.mark.parametrize("days", [{"interval": -1.0}, {"max_page_bytes": 0}, {"max_at_once": 0}])
def test_settings_out_of_range_are_ours_to_notice(days: dict[str, int]) -> None:
    with pytest.raises(LocalError):
        MailserverConfig(**days)  # type: ignore[arg-type]  # that is the point


# Replays


def test_a_sealed_request_is_good_once() -> None:
    conversation = Conversation(stored(1))
    request = sealed(last_day())
    conversation.page(request)
    for peer in ("peer", "somebody else"):
        assert "came before" in text(conversation.ask(request, peer))
    # Much later nobody remembers it, and its age gives it away.
    conversation.now += REMEMBERED_SECONDS + 1
    conversation.server.on_timer(conversation.now)
    assert "another time" in text(conversation.ask(request))


def test_clocks_may_differ_by_ten_minutes() -> None:
    for skew in (-MAX_CLOCK_DIFFERENCE, MAX_CLOCK_DIFFERENCE):
        assert Conversation().ask(sealed(last_day(), now=NOW + skew)) is None
    for skew in (-MAX_CLOCK_DIFFERENCE - 1, MAX_CLOCK_DIFFERENCE + 1):
        assert "another time" in text(Conversation().ask(sealed(last_day(), now=NOW + skew)))


def test_a_refused_request_may_be_sent_again() -> None:
    """The interval is over by then, for example: only what was accepted is remembered."""
    conversation = Conversation(config=MailserverConfig(interval=3.0))
    conversation.page(sealed(last_day()))
    again = sealed(last_day())
    assert text(conversation.ask(again)) == "rate limit exceeded"
    conversation.now += 3.0
    assert conversation.ask(again) is None


def test_the_memory_for_replays_is_bounded() -> None:
    server = Conversation().server
    for number in range(MAX_REMEMBERED + 10):
        server._remember(number.to_bytes(32, "big"), NOW)
    assert len(server._seen) == MAX_REMEMBERED


# Fairness


def test_one_request_of_a_peer_is_answered_at_a_time() -> None:
    conversation = Conversation(stored(1))
    for number in range(3):
        assert conversation.ask(plain(last_day(), number)) is None
    first = conversation.work()
    assert conversation.server.next_work() is None
    conversation.answer(first)
    assert conversation.work().request_id == (1).to_bytes(32, "big")


def test_peers_take_turns_and_no_more_are_answered_at_once_than_set() -> None:
    conversation = Conversation(config=MailserverConfig(max_at_once=2))
    for peer in ("a", "b", "c"):
        for number in range(2):
            conversation.ask(plain(last_day(), number), peer)
    first, second = conversation.work(), conversation.work()
    assert (first.peer, second.peer) == ("a", "b")
    assert conversation.server.next_work() is None
    conversation.server.done(first)
    assert conversation.work().peer == "c"
    conversation.server.done(second)
    assert conversation.work().peer == "a"


def test_a_place_is_held_only_while_the_archive_is_read() -> None:
    conversation = Conversation(config=MailserverConfig(max_at_once=1))
    conversation.ask(plain(last_day(), 1), "slow")
    conversation.ask(plain(last_day(), 2), "slow")
    conversation.ask(plain(last_day(), 3), "other")
    work = conversation.work()
    assert conversation.server.next_work() is None
    conversation.server.read(work)
    assert conversation.work().peer == "other"
    conversation.server.done(work)
    assert conversation.server.next_work() is None  # the other one is being served


def test_a_network_has_half_of_the_places() -> None:
    conversation = Conversation(config=MailserverConfig(max_at_once=4))
    for number in range(10):
        conversation.ask(plain(last_day(), number), f"peer {number}", "crowded")
    first, second = conversation.work(), conversation.work()
    assert {first.network, second.network} == {"crowded"}
    assert conversation.server.next_work() is None
    conversation.ask(plain(last_day()), "honest", "elsewhere")
    assert conversation.work().peer == "honest"
    conversation.server.read(first)
    assert conversation.work().network == "crowded"


def test_networks_take_turns_however_many_peers_they_have() -> None:
    conversation = Conversation(config=MailserverConfig(max_at_once=1))
    for number in range(20):
        conversation.ask(plain(last_day(), number), f"peer {number}", "crowded")
    for number in range(3):
        conversation.ask(plain(last_day(), number), "honest", "elsewhere")
    served = []
    for _ in range(6):
        work = conversation.work()
        served.append(work.network)
        conversation.server.done(work)
    assert served == ["crowded", "elsewhere"] * 3


def test_a_network_has_so_many_waiting_requests_and_leaves_nothing_behind() -> None:
    conversation = Conversation()
    for number in range(MAX_NETWORK_WAITING):
        assert conversation.ask(plain(last_day(), number), f"peer {number}", "crowded") is None
    assert "too many" in text(conversation.ask(plain(last_day()), "one more", "crowded"))
    assert conversation.ask(plain(last_day()), "honest", "elsewhere") is None
    server = conversation.server
    work = conversation.work()
    for number in range(MAX_NETWORK_WAITING):
        server.peer_gone(f"peer {number}")
    server.peer_gone("honest")
    server.done(work)
    assert (server._count_waiting, dict(server._count_by_network), server._turns) == (0, {}, {})


def test_a_network_whose_peers_leave_while_they_wait_is_forgotten() -> None:
    """Also when it had a turn before: else each network that ever came would be remembered."""
    conversation = Conversation()
    server = conversation.server
    for number in range(2):
        assert conversation.ask(plain(last_day(), number), "peer", network="one") is None
    work = server.next_work()
    assert work is not None
    server.done(work)
    assert server._turns == {"one": 1}
    server.peer_gone("peer")
    assert (server._count_waiting, dict(server._count_by_network), server._turns) == (0, {}, {})


def test_a_queue_is_short_and_all_of_them_together_are_bounded() -> None:
    conversation = Conversation()
    for number in range(MAX_WAITING):
        assert conversation.ask(plain(last_day(), number)) is None
    assert "too many" in text(conversation.ask(plain(last_day(), 99)))
    crowd = Conversation()
    for number in range(MAX_ALL_WAITING):
        assert crowd.ask(plain(last_day(), number), f"peer {number}") is None
    assert "too many" in text(crowd.ask(plain(last_day()), "one more"))


def test_for_whom_there_is_no_place_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """To open a sealed request takes a tenth of a millisecond, and whoever is refused may ask again at once."""
    conversation = Conversation()
    opened: list[bytes] = []

    def count(key: SymmetricKey, data: bytes) -> Contents:
        opened.append(data)
        return unseal(key, data)

    monkeypatch.setattr(server, "unseal", count)
    for number in range(MAX_WAITING + 10):
        failed = conversation.ask(sealed(last_day(limit=number + 1)))
        assert (failed is None) == (number < MAX_WAITING)
    assert len(opened) == MAX_WAITING


def test_whoever_has_to_wait_anyway_does_not_make_us_look_what_is_lacking() -> None:
    """It takes milliseconds where much is lacking, and whoever is refused may ask again at once."""
    conversation = Conversation(config=MailserverConfig(interval=10.0))
    looks: list[float] = []

    def look(now: float) -> Holdings:
        looks.append(now)
        return COMPLETE

    conversation.server.holdings = look
    assert conversation.ask(plain(last_day())) is None
    for number in range(10):
        assert text(conversation.ask(plain(last_day(), number))) == "rate limit exceeded"
    crowd = Conversation()
    crowd.server.holdings = look
    for number in range(MAX_WAITING + 10):
        crowd.ask(plain(last_day(), number))
        crowd.ask(plain(last_day(), 0))
    assert len(looks) == 1 + MAX_WAITING


def test_a_flood_of_requests_is_read_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """One with 10,000 topics takes ten milliseconds to read, and is refused after that."""
    conversation = Conversation()
    large = plain(last_day(*(number.to_bytes(4, "big") for number in range(MAX_TOPICS)))).encode()
    read: list[bytes] = []
    decode = packets.decode_p2p_request

    def count(payload: bytes) -> Envelope | packets.MessagesRequest:
        read.append(payload)
        return decode(payload)

    monkeypatch.setattr(packets, "decode_p2p_request", count)
    failures = [conversation.ask(large) for _ in range(200)]
    assert len(read) == ASKED_AT_ONCE // len(large)
    for payload, request_id in (
        (large, packets.plain_request_id(large)),
        (sealed(last_day(TOPIC)).raw + bytes(len(large)), None),
    ):
        failed = conversation.ask(payload)
        assert text(failed) == "too many requests: ask again in some seconds"
        assert failed is not None
        assert failed.request_id == (request_id or keccak256(payload))
    assert conversation.ask(sealed(last_day(TOPIC)), "another") is None
    assert failures[0] is None
    conversation.now += 60.0
    assert "too many topics" in text(conversation.ask(large))
    conversation.server.peer_gone("peer")
    assert "peer" not in conversation.server._may_ask


def test_what_waits_of_one_peer_names_no_more_topics_than_one_request_may() -> None:
    conversation = Conversation()
    many = tuple(number.to_bytes(4, "big") for number in range(MAX_TOPICS))
    conversation.ask(plain(last_day(*many)))
    assert conversation.server.next_work() is not None
    assert conversation.ask(plain(last_day(*many[1:]))) is None
    assert conversation.ask(plain(last_day(*many[:1]), 1)) is None
    assert text(conversation.ask(plain(last_day(*many[:1]), 2))) == "too many topics at once: wait for the answers"
    assert conversation.ask(plain(last_day(*many)), peer="another") is None


def test_the_same_plain_request_waits_once() -> None:
    conversation = Conversation()
    assert conversation.ask(plain(last_day(), 1)) is None
    assert "waiting already" in text(conversation.ask(plain(last_day(), 1)))
    conversation.server.done(conversation.work())
    assert conversation.ask(plain(last_day(), 1)) is None


def test_the_interval_counts_accepted_requests_and_refusals_do_not_extend_it() -> None:
    conversation = Conversation(config=MailserverConfig(interval=10.0))
    conversation.page(plain(last_day()))
    conversation.now += 9.0
    assert text(conversation.ask(plain(last_day()))) == "rate limit exceeded"
    assert conversation.ask(plain(last_day()), "another") is None
    conversation.now += 1.0
    assert conversation.ask(plain(last_day())) is None


def test_the_interval_survives_a_reconnection_and_is_forgotten_when_it_is_over() -> None:
    conversation = Conversation(config=MailserverConfig(interval=10.0))
    conversation.page(plain(last_day()))
    conversation.server.peer_gone("peer")
    assert text(conversation.ask(plain(last_day()))) == "rate limit exceeded"
    conversation.now += 11.0
    conversation.server.on_timer(conversation.now)
    assert conversation.server._last_accepted == {}
    conversation.now -= 5.0  # a clock that is set back locks nobody out
    assert conversation.ask(plain(last_day())) is None


def test_the_peers_of_the_interval_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_REMEMBERED_PEERS", 3)
    conversation = Conversation(config=MailserverConfig(interval=10.0))
    for number in range(5):
        assert conversation.ask(plain(last_day()), peer=str(number)) is None
    assert list(conversation.server._last_accepted) == ["2", "3", "4"]


def test_who_goes_away_is_answered_no_more() -> None:
    conversation = Conversation()
    for number in range(3):
        conversation.ask(plain(last_day(), number))
    work = conversation.work()
    conversation.server.peer_gone("peer")
    conversation.server.done(work)
    conversation.server.done(work)  # once is enough, twice does no harm
    assert conversation.server.next_work() is None
    assert conversation.server._count_waiting == 0


def test_an_envelope_in_a_list_is_no_sealed_request() -> None:
    """WM-6: the argument is one envelope."""
    with pytest.raises(RemoteError):
        Conversation().ask(packets.encode_messages([sealed(last_day())]))
