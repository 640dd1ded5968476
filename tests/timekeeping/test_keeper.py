"""Which time is used: the machine's clock, time servers and peers have a word in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.timekeeping.agreement import Agreement
from pystatus.timekeeping.keeper import FAST_PERIOD, MOST_AT_ONCE, OLDEST, SLOW_PERIOD, TimeKeeper
from pystatus.waku.relay.clock_judgement import MAX_CORRECTION, ClockJudgement
from tests.timekeeping.clocks import Machine

NOBODY = ClockJudgement()


class Kept:
    """A machine with a keeper, honest servers unless something else is said, and peers with some other time."""

    def __init__(self, error: float = 0.0) -> None:
        self.machine = Machine(error)
        self.keeper = TimeKeeper(self.machine.clock)
        self.machine.clock.on_set = self.keeper.machine_set

    def ask(self, lie: float = 0.0, servers: int = 4, peers: ClockJudgement = NOBODY) -> None:
        self.machine.clock.now()
        self.keeper.heard(Agreement(lie - self.machine.error, servers), peers)

    def peers(self, time: float = 0.0, voices: int = 3) -> ClockJudgement:
        """What peers say whose time is ``time`` ahead of the true one."""
        offset = round(time - self.machine.off)
        return ClockJudgement(0, 0, voices) if abs(offset) <= 10 else ClockJudgement(offset, voices, 0)

    def said(self, peers: ClockJudgement) -> ClockJudgement:
        return self.keeper.joined(peers)

    def pause(self) -> float:
        return self.keeper.pause(lambda: 0.5)


def test_before_anything_was_sent_the_time_is_put_right_at_once() -> None:
    kept = Kept(-300)
    kept.ask()
    assert kept.machine.off == 0
    assert kept.keeper.is_synchronised
    judged = kept.said(kept.peers())
    assert judged.is_corrected
    assert not judged.is_held
    assert (
        str(judged)
        == "the clock of this machine is about 5 minutes behind: 4 time servers say so, and their time is used"
    )


def test_a_clock_that_is_right_is_said_to_be() -> None:
    kept = Kept(0.4)
    kept.ask()
    kept.machine.wait(10)
    assert kept.machine.off == pytest.approx(0)
    assert kept.said(NOBODY).is_well
    assert str(kept.said(NOBODY)) == "the clock of this machine agrees with 4 time servers"


def test_a_clock_that_is_too_far_off_is_not_put_right_and_said_to_be_wrong() -> None:
    kept = Kept(-40 * 86_400)
    kept.ask()
    assert kept.machine.off == -40 * 86_400
    judged = kept.said(NOBODY)
    assert judged.is_suspected
    assert judged.is_shared
    assert "about 40 days behind: 4 time servers say so, and that is too far off to be put right here" in str(judged)
    assert judged.advice.startswith("Set the clock")


def test_later_rounds_move_the_time_little_by_little() -> None:
    """Servers that were honest begin to lie: within two minutes they win five seconds."""
    kept = Kept()
    kept.ask()
    for step in (1, 2):
        kept.ask(lie=3_600)
        kept.machine.wait(60)
        assert kept.machine.off == pytest.approx(step * MOST_AT_ONCE)
        assert kept.pause() == FAST_PERIOD
    kept.ask(lie=9)
    assert kept.pause() == SLOW_PERIOD


def test_peers_who_agree_with_the_machine_find_out_servers_that_lie() -> None:
    kept = Kept()
    kept.ask(lie=3_600)
    assert kept.machine.off == 3_600
    assert kept.keeper.peers_said(kept.peers())
    assert kept.machine.off == 0
    kept.ask(lie=3_600)
    assert kept.machine.off == 0, "they are not believed the next time, either"
    judged = kept.said(kept.peers())
    assert not judged.is_held
    assert judged.servers_are_doubted
    assert str(judged) == (
        "4 time servers say that the clock of this machine is about 60 minutes behind, and 3 peers say that it is "
        "right: the peers are believed"
    )
    assert judged.advice == "Name other time servers, or none."
    assert kept.said(NOBODY).is_well, "until peers have said so"


def test_servers_that_do_not_lie_any_more_are_believed_again() -> None:
    kept = Kept()
    kept.ask(lie=3_600)
    kept.keeper.peers_said(kept.peers())
    kept.ask(lie=1)
    kept.machine.wait(60)
    assert kept.machine.off == pytest.approx(1)
    assert kept.said(kept.peers()).is_well


def test_servers_that_lie_when_peers_agree_already_are_not_believed_at_all() -> None:
    kept = Kept()
    kept.ask(lie=600, peers=kept.peers())
    assert kept.machine.off == 0
    assert kept.said(kept.peers()).servers_are_doubted


def test_peers_who_lie_do_not_move_a_clock_that_servers_vouch_for() -> None:
    """Whether the machine was right, or was put right: three against two is no majority of witnesses."""
    for error in (0, -300):
        kept = Kept(error)
        kept.ask()
        peers = kept.peers(time=900, voices=20)
        assert not kept.keeper.peers_said(peers)
        assert kept.machine.off == 0
        judged = kept.said(peers)
        assert judged.peers_are_wrong
        assert judged.is_held
        assert not judged.is_suspected
        assert str(judged) == "20 peers have a clock that is about 15 minutes ahead, as 4 time servers say"
        assert judged.advice.startswith("Use other relays")


def test_one_peer_alone_takes_nothing_back() -> None:
    kept = Kept(-300)
    kept.ask()
    assert not kept.keeper.peers_said(kept.peers(time=-300, voices=1))
    assert kept.machine.off == 0
    assert str(kept.said(kept.peers(time=-300, voices=1))).startswith(
        "1 peer has a clock that is about 5 minutes behind"
    )


def test_peers_do_not_make_the_time_swing() -> None:
    """Who speaks for two networks of peers turns it once; the next time is after servers were asked again."""
    kept = Kept(-300)
    kept.ask()
    assert kept.keeper.peers_said(kept.peers(time=-300))
    assert kept.machine.off == -300
    assert not kept.keeper.peers_said(kept.peers())
    kept.ask()
    assert kept.keeper.peers_said(kept.peers())
    assert kept.machine.off == 0


def test_without_servers_peers_move_nothing() -> None:
    kept = Kept(-300)
    assert not kept.keeper.peers_said(kept.peers())
    assert kept.said(kept.peers()) == kept.peers()
    assert kept.said(kept.peers()).is_suspected


def test_a_clock_that_is_set_is_asked_about_anew() -> None:
    kept = Kept(-300)
    kept.ask()
    kept.machine.error = 0
    assert kept.machine.off == 0
    assert not kept.keeper.is_synchronised
    assert kept.said(NOBODY).servers == 0
    kept.ask()
    assert kept.machine.off == 0
    kept.machine.error = 1_000
    kept.machine.clock.now()
    kept.ask()
    assert kept.machine.off == 0


def test_silent_servers_leave_the_time_as_it_is_and_are_asked_less_often() -> None:
    kept = Kept(-300)
    kept.ask()
    pauses = []
    for _ in range(7):
        kept.keeper.heard(None, NOBODY)
        pauses.append(kept.pause())
        kept.machine.wait(kept.pause())
    assert pauses == [120, 240, 480, 960, 1_920, 3_600, 3_600]
    assert kept.machine.off == 0
    kept.machine.wait(OLDEST)
    assert kept.said(NOBODY).servers == 0
    assert kept.machine.off == 0


@given(st.floats(0, 1, exclude_max=True))
def test_nodes_that_were_started_together_do_not_ask_together(chance: float) -> None:
    assert 0.9 * SLOW_PERIOD <= Kept().keeper.pause(lambda: chance) <= 1.1 * SLOW_PERIOD


@given(
    error=st.sampled_from([0.0, -300.0, 3_600.0, -40 * 86_400.0]),
    rounds=st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(-1e5, 1e5), st.integers(0, 5), st.floats(0, 4_000)), max_size=10
    ),
)
def test_whatever_is_said_the_correction_is_bounded(
    error: float, rounds: list[tuple[float, float, int, float]]
) -> None:
    kept = Kept(error)
    for lie, time, voices, wait in rounds:
        kept.ask(lie, peers=kept.peers(time, voices))
        kept.keeper.peers_said(kept.peers(time, voices))
        kept.machine.wait(wait)
        assert abs(kept.machine.clock.correction) <= MAX_CORRECTION
        str(kept.said(kept.peers(time, voices)))
