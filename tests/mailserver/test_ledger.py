"""What was answered, by whom, and what of it is to be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pystatus.mailserver.coverage import FINAL, MAX_SPANS, Coverage, CoverageEntry
from pystatus.mailserver.time_ranges import NOTHING, TimeRange, TimeRanges
from tests.mailserver.inbox import keep
from tests.mailserver.test_spans import seconds, spans
from tests.waku.network import OTHER_TOPIC, TOPIC

ONE, TWO, THREE = (bytes([number]) * 64 for number in range(1, 4))
DAY = TimeRange(0, 86_400)
MONDAY = 18_000
TUESDAY, WEDNESDAY, THURSDAY = range(MONDAY + 1, MONDAY + 4)
"""Days of asking."""


def test_what_one_server_has_answered_is_not_missing_any_more() -> None:
    ledger = Coverage()
    assert ledger.missing(TOPIC, TimeRange(100, 200)) == spans((100, 200))
    assert ledger.cover([TOPIC], ONE, spans((150, 180)), MONDAY) == [
        CoverageEntry(TOPIC, ONE, spans((150, 180)), MONDAY)
    ]
    assert ledger.missing(TOPIC, TimeRange(100, 200)) == spans((100, 150), (180, 200))
    assert ledger.missing(OTHER_TOPIC, TimeRange(100, 200)) == spans((100, 200))


def test_a_change_is_returned_once_for_each_topic_that_it_changes() -> None:
    ledger = Coverage()
    ledger.cover([TOPIC], ONE, spans((100, 200)))
    changed = ledger.cover([TOPIC, OTHER_TOPIC], ONE, spans((120, 180)))
    assert changed == [CoverageEntry(OTHER_TOPIC, ONE, spans((120, 180)))]
    assert ledger.cover([TOPIC], ONE, spans((180, 220))) == [CoverageEntry(TOPIC, ONE, spans((100, 220)))]
    assert ledger.cover([TOPIC], ONE, NOTHING) == []


def test_another_copy_is_what_this_server_has_not_answered_and_too_few_others_have() -> None:
    ledger = Coverage(copies=2)
    ledger.cover([TOPIC], ONE, spans((100, 200)), MONDAY)
    ledger.cover([TOPIC], TWO, spans((150, 300)), TUESDAY)
    within = TimeRange(100, 300)
    assert ledger.unproven(TOPIC, within, ONE) == spans((200, 300))
    assert ledger.unproven(TOPIC, within, TWO) == spans((100, 150))
    assert ledger.unproven(TOPIC, within, THREE) == spans((100, 150), (200, 300))
    assert ledger.unproven(OTHER_TOPIC, within, THREE) == spans((100, 300))
    ledger.cover([TOPIC], ONE, spans((100, 300)), WEDNESDAY)
    assert ledger.unproven(TOPIC, within, ONE) == NOTHING
    assert (
        Coverage([CoverageEntry(TOPIC, ONE, spans((100, 200)))]).unproven(TOPIC, TimeRange(100, 200), THREE) == NOTHING
    )


def test_what_was_answered_is_due_once_more_on_the_second_day_after_it() -> None:
    ledger = Coverage(copies=2)
    ledger.cover([TOPIC], ONE, spans((0, 100)), MONDAY)
    ledger.cover([TOPIC], TWO, spans((50, 150)), TUESDAY)
    assert ledger.due(TOPIC, DAY, TUESDAY) == NOTHING
    assert ledger.due(TOPIC, DAY, WEDNESDAY) == spans((0, 100))
    assert ledger.due(TOPIC, DAY, THURSDAY) == spans((0, 150))
    assert ledger.due(TOPIC, TimeRange(20, 40), THURSDAY) == spans((20, 40))
    assert ledger.due(OTHER_TOPIC, DAY, THURSDAY) == NOTHING
    ledger.cover([TOPIC], ONE, spans((0, 60)), WEDNESDAY)
    assert ledger.due(TOPIC, DAY, THURSDAY) == spans((60, 150))


def test_final_is_what_enough_have_answered_and_one_once_more_and_nothing_else_is_remembered_of_it() -> None:
    kept: dict[tuple[bytes, bytes, int], CoverageEntry] = {}
    ledger = Coverage(copies=2)

    def answers(server: bytes, day: int, *answered: tuple[int, int]) -> None:
        for entry in ledger.cover([TOPIC], server, spans(*answered), day):
            keep(kept, entry)

    answers(ONE, MONDAY, (0, 100))
    answers(ONE, WEDNESDAY, (0, 100))
    assert {key[1:] for key in kept} == {(ONE, MONDAY), (ONE, WEDNESDAY)}, "one alone is not enough"
    answers(TWO, WEDNESDAY, (0, 60))
    final = CoverageEntry(TOPIC, FINAL, spans((0, 60)))
    rest = [CoverageEntry(TOPIC, ONE, spans((60, 100)), day) for day in (MONDAY, WEDNESDAY)]
    assert sorted(kept.values(), key=lambda entry: entry.server + bytes([entry.day % 256])) == [final, *rest]
    answers(TWO, THURSDAY, (0, 100))
    assert list(kept.values()) == [CoverageEntry(TOPIC, FINAL, spans((0, 100)))]
    assert ledger.missing(TOPIC, TimeRange(0, 100)) == ledger.unproven(TOPIC, TimeRange(0, 100), THREE) == NOTHING
    assert ledger.due(TOPIC, DAY, THURSDAY + 30) == NOTHING
    answers(THREE, THURSDAY, (0, 100))
    assert len(kept) == 1


def test_what_was_kept_before_there_were_days_is_due_and_not_missing() -> None:
    ledger = Coverage([CoverageEntry(TOPIC, ONE, spans((0, 100)))])
    assert ledger.missing(TOPIC, TimeRange(0, 100)) == NOTHING
    assert ledger.due(TOPIC, TimeRange(0, 100), MONDAY) == spans((0, 100))


def test_entries_that_were_kept_say_the_same() -> None:
    kept: dict[tuple[bytes, bytes, int], CoverageEntry] = {}
    ledger = Coverage(copies=2)
    for server, day, span in (
        (ONE, MONDAY, (0, 50)),
        (TWO, TUESDAY, (40, 90)),
        (ONE, TUESDAY, (100, 110)),
        (TWO, WEDNESDAY, (0, 45)),
    ):
        for entry in ledger.cover([TOPIC, OTHER_TOPIC], server, spans(span), day):
            keep(kept, entry)
    restored = Coverage(kept.values(), copies=2)
    for topic in (TOPIC, OTHER_TOPIC):
        assert restored.missing(topic, DAY) == ledger.missing(topic, DAY)
        assert restored.unproven(topic, DAY, THREE) == ledger.unproven(topic, DAY, THREE)
        assert restored.due(topic, DAY, THURSDAY) == ledger.due(topic, DAY, THURSDAY)


def test_what_lies_in_the_future_is_not_believed() -> None:
    ledger = Coverage(
        [CoverageEntry(TOPIC, ONE, spans((0, 100), (200, 300))), CoverageEntry(TOPIC, TWO, spans((0, 50)))]
    )
    assert ledger.latest == 300
    assert ledger.forget_after(250) == [CoverageEntry(TOPIC, ONE, spans((0, 100), (200, 250)))]
    assert ledger.forget_after(250) == []
    assert ledger.forget_after(0) == [CoverageEntry(TOPIC, ONE, NOTHING), CoverageEntry(TOPIC, TWO, NOTHING)]
    assert ledger.missing(TOPIC, TimeRange(0, 300)) == spans((0, 300))


def test_what_was_asked_on_a_later_day_is_not_believed() -> None:
    ledger = Coverage()
    ledger.cover([TOPIC], ONE, spans((0, 100)), MONDAY)
    ledger.cover([TOPIC], ONE, spans((50, 200)), TUESDAY)
    assert ledger.latest_day == TUESDAY
    assert ledger.forget_days_after(MONDAY) == [CoverageEntry(TOPIC, ONE, NOTHING, TUESDAY)]
    assert ledger.missing(TOPIC, TimeRange(0, 200)) == spans((100, 200))
    assert ledger.latest_day == MONDAY


def test_an_entry_has_so_many_spans_and_the_oldest_are_forgotten() -> None:
    ledger = Coverage()
    ledger.cover([TOPIC], ONE, TimeRanges(TimeRange(second, second + 1) for second in range(0, 2 * MAX_SPANS + 20, 2)))
    assert ledger.missing(TOPIC, TimeRange(0, 21)) == spans((0, 20))


def test_a_topic_has_so_many_spans_whoever_answers_in_pieces_and_on_however_many_days() -> None:
    """Each answer is compared with all of them: thirty days of a thousand pieces took a second, for each topic."""
    ledger = Coverage(copies=2)
    whole = TimeRange(0, 50 * MAX_SPANS)
    ledger.cover([TOPIC], TWO, TimeRanges([whole]), MONDAY)
    for day in range(10):
        pieces = TimeRanges(TimeRange(second + day, second + day + 1) for second in range(0, whole.upper, 50))
        ledger.cover([TOPIC], ONE, pieces, MONDAY + day)
        assert sum(map(len, ledger._topics[TOPIC].spans.values())) <= MAX_SPANS
    assert not ledger.missing(TOPIC, whole), "who answers in one piece is not displaced"


answers = st.lists(st.tuples(st.sampled_from([ONE, TWO, THREE]), st.integers(0, 40), st.integers(0, 40)), max_size=12)


@given(answers, st.integers(1, 3))
def test_counting_copies_is_counting(given_answers: list[tuple[bytes, int, int]], copies: int) -> None:
    ledger = Coverage(copies=copies)
    by_server: dict[bytes, set[int]] = {server: set() for server in (ONE, TWO, THREE)}
    for server, lower, upper in given_answers:
        ledger.cover([TOPIC], server, TimeRanges([TimeRange(lower, upper)]))
        by_server[server] |= set(range(lower, upper))
    within = TimeRange(5, 35)
    everything = set(range(*within))
    assert seconds(ledger.missing(TOPIC, within)) == everything - set().union(*by_server.values())
    few = {second for second in everything if sum(second in has for has in by_server.values()) < copies}
    assert seconds(ledger.unproven(TOPIC, within, ONE)) == few - by_server[ONE]
    assert TimeRanges(ledger.missing(TOPIC, within)) == ledger.missing(TOPIC, within)


@given(
    st.lists(
        st.tuples(st.sampled_from([ONE, TWO, THREE]), st.integers(0, 6), st.integers(0, 30), st.integers(0, 30)),
        max_size=12,
    ),
    st.integers(1, 3),
)
def test_when_something_is_due_or_final_is_counting(
    given_answers: list[tuple[bytes, int, int, int]], copies: int
) -> None:
    """In whatever order the days come: a clock that was put right asks on earlier ones."""
    ledger = Coverage(copies=copies)
    looks: dict[int, list[tuple[int, bytes]]] = {second: [] for second in range(30)}
    final: set[int] = set()
    for server, day, lower, upper in given_answers:
        ledger.cover([TOPIC], server, TimeRanges([TimeRange(lower, upper)]), MONDAY + day)
        for second in set(range(lower, upper)) - final:
            looks[second].append((day, server))
            days = [one for one, _ in looks[second]]
            if len({one for _, one in looks[second]}) >= copies and max(days) - min(days) >= 2:
                final.add(second)
    for today in range(9):
        due = {
            second
            for second, asked in looks.items()
            if second not in final and asked and min(asked)[0] <= today - 2 and max(asked)[0] - min(asked)[0] < 2
        }
        assert seconds(ledger.due(TOPIC, TimeRange(0, 30), MONDAY + today)) == due
    everything = set(range(30))
    assert seconds(ledger.missing(TOPIC, TimeRange(0, 30))) == everything - {one for one in looks if looks[one]}
    fewer = {one for one in everything - final if len({server for _, server in looks[one]}) < copies}
    assert seconds(ledger.unproven(TOPIC, TimeRange(0, 30), b"another")) == fewer
