"""What the envelopes of peers say about our clock."""

from __future__ import annotations

import pytest

from pystatus.waku.relay.clock_judgement import ClockJudgement, duration
from pystatus.waku.relay.clock_offset import (
    CONFIRMING_ENVELOPES,
    CONFIRMING_GAP,
    CONFIRMING_SECONDS,
    FEW_SECONDS,
    JUDGE_SECONDS,
    LEAST_REFUSED,
    MAX_VOICES,
    OF_ONE_MIND,
    WINDOW,
    ClockOffset,
)

NOW = 1_600_000_000.0


class Peers:
    """Peers of one node, who bring envelopes one after the other; a second passes with each."""

    def __init__(self, connected: int = 1) -> None:
        """
        :param connected: how many peers there are, whether they bring something or not.
        """
        self.connected = connected
        self.clock = ClockOffset(lambda: self.connected)
        self.now = NOW

    def agree(self, *names: str, count: int = 1) -> None:
        for name in names * count:
            self.now += 1
            self.clock.heard(name, name, self.now, -1)

    def refused(self, *names: str, by: int = 300, count: int = LEAST_REFUSED) -> None:
        for name in names * count:
            self.now += 1
            self.clock.heard(name, name, self.now, None, [by])

    @property
    def judgement(self) -> ClockJudgement:
        self.now += JUDGE_SECONDS
        return self.clock.judge(self.now)


def test_a_single_peer_that_is_always_refused_is_a_suspicion() -> None:
    peers = Peers()
    peers.refused("anne", count=LEAST_REFUSED - 1)
    assert not peers.judgement.is_suspected
    peers.refused("anne", count=1)
    assert peers.judgement == ClockJudgement(300, 1, 0)
    assert peers.judgement.is_suspected
    assert not peers.judgement.is_shared


def test_a_single_peer_with_one_good_envelope_is_none() -> None:
    peers = Peers()
    peers.refused("anne", count=6)
    peers.agree("anne")
    assert not peers.judgement.is_suspected


def test_several_peers_that_say_the_same_are_more_than_that() -> None:
    peers = Peers()
    peers.refused("anne", by=310)
    peers.refused("bob", by=290)
    assert peers.judgement == ClockJudgement(300, 2, 0)
    assert peers.judgement.is_shared


def test_one_peer_among_several_is_wrong_itself() -> None:
    peers = Peers()
    peers.agree("anne", "bob")
    peers.refused("eve", count=100)
    assert not peers.judgement.is_suspected
    assert peers.clock.wrong_peers == {"eve": 300}


def test_as_many_as_agree_are_not_enough() -> None:
    peers = Peers()
    peers.agree("anne")
    peers.refused("bob")
    assert not peers.judgement.is_suspected
    peers.refused("carol")
    assert peers.judgement == ClockJudgement(300, 2, 1)


def test_who_shouts_has_one_voice() -> None:
    peers = Peers()
    peers.agree("anne", "bob")
    for name in ("eve", "eve's second connection", "eve's third"):
        for _ in range(100):
            peers.now += 0.01
            peers.clock.heard("eve's network", name, peers.now, None, [300])
    assert not peers.judgement.is_suspected


def test_liars_who_say_different_things_do_not_add_up() -> None:
    peers = Peers()
    peers.agree("anne", "bob")
    for number, name in enumerate(("eve", "mallory", "trudy")):
        peers.refused(name, by=1_000 * (number + 1))
    assert not peers.judgement.is_suspected


def test_a_liar_does_not_hide_what_honest_ones_say() -> None:
    peers = Peers()
    peers.refused("anne", "bob", by=300)
    peers.refused("eve", by=-9_000)
    assert peers.judgement == ClockJudgement(300, 2, 0)


def test_junk_of_all_ages_says_nothing() -> None:
    peers = Peers()
    for age in (100, 5_000, 90_000, 7):
        peers.refused("eve", by=-age, count=1)
    assert not peers.judgement.is_suspected


def test_the_latest_envelopes_count() -> None:
    """The clock was put right, bit by bit."""
    peers = Peers()
    peers.refused("anne", "bob", count=20)
    assert peers.judgement.is_shared
    peers.agree("anne", "bob", count=5)
    assert not peers.judgement.is_suspected


def test_what_was_heard_long_ago_does_not_count() -> None:
    peers = Peers()
    peers.refused("anne", "bob")
    assert peers.judgement.is_suspected
    peers.now += WINDOW
    assert peers.judgement == ClockJudgement()


@pytest.mark.parametrize("step", [-3_600, -60])
def test_a_clock_that_was_set_back_forgets_what_has_not_come_yet(step: int) -> None:
    peers = Peers()
    peers.refused("anne", "bob")
    assert peers.judgement.is_suspected
    peers.now += step
    assert not peers.judgement.is_suspected


def test_a_clock_that_was_set_begins_anew() -> None:
    peers = Peers()
    peers.refused("anne", "bob")
    assert peers.judgement.is_suspected
    peers.clock.stepped()
    assert peers.clock.judge(peers.now) == ClockJudgement()


def test_one_refusal_of_what_we_have_just_sent_is_as_good_as_several() -> None:
    peers = Peers()
    peers.clock.told("anne", "anne", peers.now, 300)
    assert peers.judgement == ClockJudgement(300, 1, 0)


def test_voices_are_bounded() -> None:
    peers = Peers()
    for number in range(2 * MAX_VOICES):
        peers.refused(str(number), count=1)
    assert len(peers.clock._voices) == MAX_VOICES


def test_judging_is_bounded() -> None:
    peers = Peers()
    assert not peers.judgement.is_suspected
    peers.clock.heard("anne", "anne", peers.now, None, [300] * LEAST_REFUSED)
    assert not peers.clock.judge(peers.now).is_suspected
    assert peers.clock.judge(peers.now + JUDGE_SECONDS).is_suspected


# Confirming the time


def confirm(peers: Peers, gap: float = CONFIRMING_SECONDS / 2) -> None:
    for _ in range(CONFIRMING_ENVELOPES):
        peers.now += gap
        peers.clock.heard("anne", "anne", peers.now, -1)


def test_envelopes_that_agree_for_minutes_confirm_the_time() -> None:
    peers = Peers()
    confirm(peers)
    assert peers.clock.confirms(peers.now)


def test_many_envelopes_in_a_moment_confirm_nothing() -> None:
    peers = Peers()
    peers.agree("anne", "bob", "carol", count=50)
    assert not peers.clock.confirms(peers.now)


def test_two_are_too_few() -> None:
    peers = Peers()
    peers.agree("anne")
    peers.now += CONFIRMING_SECONDS
    peers.agree("anne")
    assert not peers.clock.confirms(peers.now)


@pytest.mark.parametrize("step", [CONFIRMING_GAP + 1, 40 * 86_400.0, -3_600.0])
def test_a_step_of_the_clock_ends_it(step: float) -> None:
    """Before the next envelope, and with it."""
    peers = Peers()
    confirm(peers)
    peers.now += step
    assert not peers.clock.confirms(peers.now)
    peers.agree("anne")
    assert not peers.clock.confirms(peers.now)


def test_contradiction_ends_it() -> None:
    peers = Peers()
    confirm(peers)
    peers.refused("bob", "carol")
    assert not peers.clock.confirms(peers.now + JUDGE_SECONDS)
    peers.now += WINDOW
    assert not peers.clock.confirms(peers.now + JUDGE_SECONDS)


def test_one_liar_does_not_end_it() -> None:
    peers = Peers()
    confirm(peers)
    peers.refused("eve", count=50)
    assert peers.clock.confirms(peers.now + JUDGE_SECONDS)


# Words


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        (ClockJudgement(), "the clock of this machine agrees with those of its peers"),
        (ClockJudgement(300, 3), "the clock of this machine is about 5 minutes behind: 3 peers say so"),
        (ClockJudgement(-7_200, 2, 1), "the clock of this machine is about 2 hours ahead: 2 peers say so"),
        (
            ClockJudgement(-40, 1),
            "the clock of this machine is about 40 seconds ahead, unless the only peer that says so has a wrong clock",
        ),
    ],
)
def test_it_says_what_is_wrong(judgement: ClockJudgement, words: str) -> None:
    assert str(judgement) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (3_600, "60 minutes"),
     (7_200, "2 hours"), (40 * 86_400, "40 days")],
)  # fmt: skip
def test_durations_are_rounded(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_the_first_to_complain_waits_for_the_others_to_say_something() -> None:
    """One of three relays has a wrong clock. It says so of ours; the others take what we send without a word."""
    peers = Peers(connected=3)
    peers.refused("eve")
    assert not peers.judgement.is_suspected
    due = peers.clock.next_timer()
    assert due is not None
    assert peers.now < due <= peers.now + FEW_SECONDS
    peers.agree("anne")
    assert not peers.judgement.is_suspected
    assert peers.clock.wrong_peers == {"eve": 300}
    assert peers.clock.next_timer() is None


def test_who_is_never_contradicted_is_believed_in_the_end() -> None:
    peers = Peers(connected=3)
    peers.refused("eve")
    assert not peers.judgement.is_suspected
    peers.now += FEW_SECONDS
    assert peers.judgement == ClockJudgement(300, 1, 0)


def test_a_majority_of_those_who_are_connected_is_believed_at_once() -> None:
    peers = Peers(connected=3)
    peers.refused("anne", "bob")
    assert peers.judgement == ClockJudgement(300, 2, 0)


def test_nobody_waits_for_peers_that_are_gone() -> None:
    peers = Peers(connected=3)
    peers.refused("eve")
    assert not peers.judgement.is_suspected
    peers.connected = 1
    assert peers.judgement.is_suspected


@pytest.mark.parametrize(("apart", "is_suspected"), [(OF_ONE_MIND, True), (OF_ONE_MIND + 1, False)])
def test_voices_of_one_mind_say_nearly_the_same(apart: int, is_suspected: bool) -> None:
    peers = Peers()
    peers.agree("anne")
    peers.refused("bob", by=300)
    peers.refused("carol", by=300 + apart)
    assert peers.judgement.is_suspected == is_suspected


def test_the_freshest_envelope_of_a_voice_says_what_its_time_is() -> None:
    """The others were under way for longer."""
    peers = Peers()
    for by in (260, 295, 299, 240):
        peers.refused("anne", by=by, count=1)
    assert peers.judgement == ClockJudgement(299, 1, 0)


def test_clocks_that_are_wrong_by_chance_outvote_nobody() -> None:
    """Two of them are off by about the same, and only one peer that is right has brought something yet."""
    peers = Peers(connected=6)
    peers.agree("anne")
    peers.refused("bob", by=90)
    peers.refused("carol", by=100)
    peers.refused("dave", by=-500)
    peers.refused("eve", by=-300)
    assert not peers.judgement.is_suspected
    assert set(peers.clock.wrong_peers) == {"bob", "carol", "dave", "eve"}
