"""What was answered, by whom, and what of it is to be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pystatus.mailserver.ledger import Entry, Ledger
from pystatus.mailserver.spans import NOTHING, Span, Spans
from tests.mailserver.test_spans import seconds, spans
from tests.waku.network import OTHER_TOPIC, TOPIC

ONE, TWO, THREE = (bytes([number]) * 64 for number in range(1, 4))
DAY = Span(0, 86_400)


def test_what_one_server_has_answered_is_not_missing_any_more() -> None:
    ledger = Ledger()
    assert ledger.missing(TOPIC, Span(100, 200)) == spans((100, 200))
    assert ledger.cover([TOPIC], ONE, Span(150, 180)) == [Entry(TOPIC, ONE, spans((150, 180)))]
    assert ledger.missing(TOPIC, Span(100, 200)) == spans((100, 150), (180, 200))
    assert ledger.missing(OTHER_TOPIC, Span(100, 200)) == spans((100, 200))


def test_a_change_is_returned_once_for_each_topic_that_it_changes() -> None:
    ledger = Ledger()
    ledger.cover([TOPIC], ONE, Span(100, 200))
    changed = ledger.cover([TOPIC, OTHER_TOPIC], ONE, Span(120, 180))
    assert changed == [Entry(OTHER_TOPIC, ONE, spans((120, 180)))]
    assert ledger.cover([TOPIC], ONE, Span(180, 220)) == [Entry(TOPIC, ONE, spans((100, 220)))]


def test_another_copy_is_what_this_server_has_not_answered_and_too_few_others_have() -> None:
    ledger = Ledger()
    ledger.cover([TOPIC], ONE, Span(100, 200))
    ledger.cover([TOPIC], TWO, Span(150, 300))
    within = Span(100, 300)
    assert ledger.unproven(TOPIC, within, ONE, 2) == spans((200, 300))
    assert ledger.unproven(TOPIC, within, TWO, 2) == spans((100, 150))
    assert ledger.unproven(TOPIC, within, THREE, 2) == spans((100, 150), (200, 300))
    assert ledger.unproven(TOPIC, within, THREE, 1) == NOTHING
    assert ledger.unproven(OTHER_TOPIC, within, THREE, 2) == spans((100, 300))
    ledger.cover([TOPIC], ONE, within)
    assert ledger.unproven(TOPIC, within, ONE, 2) == NOTHING


def test_entries_that_were_kept_say_the_same() -> None:
    kept: dict[tuple[bytes, bytes], Entry] = {}
    ledger = Ledger()
    for server, span in ((ONE, Span(0, 50)), (TWO, Span(40, 90)), (ONE, Span(100, 110))):
        for entry in ledger.cover([TOPIC, OTHER_TOPIC], server, span):
            kept[entry.topic, entry.server] = entry
    restored = Ledger(kept.values())
    for topic in (TOPIC, OTHER_TOPIC):
        assert restored.missing(topic, DAY) == ledger.missing(topic, DAY)
        assert restored.unproven(topic, DAY, THREE, 2) == ledger.unproven(topic, DAY, THREE, 2)


def test_what_lies_in_the_future_is_not_believed() -> None:
    ledger = Ledger([Entry(TOPIC, ONE, spans((0, 100), (200, 300))), Entry(TOPIC, TWO, spans((0, 50)))])
    assert ledger.forget_after(250) == [Entry(TOPIC, ONE, spans((0, 100), (200, 250)))]
    assert ledger.forget_after(250) == []
    assert ledger.forget_after(0) == [Entry(TOPIC, ONE, NOTHING), Entry(TOPIC, TWO, NOTHING)]
    assert ledger.missing(TOPIC, Span(0, 300)) == spans((0, 300))


answers = st.lists(st.tuples(st.sampled_from([ONE, TWO, THREE]), st.integers(0, 40), st.integers(0, 40)), max_size=12)


@given(answers, st.integers(1, 3))
def test_counting_copies_is_counting(given_answers: list[tuple[bytes, int, int]], copies: int) -> None:
    ledger = Ledger()
    by_server: dict[bytes, set[int]] = {server: set() for server in (ONE, TWO, THREE)}
    for server, lower, upper in given_answers:
        ledger.cover([TOPIC], server, Span(lower, upper))
        by_server[server] |= set(range(lower, upper))
    within = Span(5, 35)
    everything = set(range(*within))
    assert seconds(ledger.missing(TOPIC, within)) == everything - set().union(*by_server.values())
    few = {second for second in everything if sum(second in has for has in by_server.values()) < copies}
    assert seconds(ledger.unproven(TOPIC, within, ONE, copies)) == few - by_server[ONE]
    assert Spans(ledger.missing(TOPIC, within)) == ledger.missing(TOPIC, within)
