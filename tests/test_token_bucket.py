"""How often a peer may do something."""

from pystatus.token_bucket import TokenBucket


def test_burst_then_rate() -> None:
    bucket = TokenBucket(3, 2.0, 100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(100.4)
    assert bucket.take(100.5)
    assert not bucket.take(100.5)


def test_never_more_than_the_capacity() -> None:
    bucket = TokenBucket(2, 1.0, 0.0)
    assert [bucket.take(1e9) for _ in range(3)] == [True, True, False]


def test_a_clock_that_steps_back_refills_nothing_and_goes_on_from_there() -> None:
    bucket = TokenBucket(1, 1.0, 100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert not bucket.take(50.9)
    assert bucket.take(51.0)


def test_several_at_once() -> None:
    bucket = TokenBucket(10, 5.0, 0.0)
    assert bucket.take(0.0, 7)
    assert not bucket.take(0.0, 4)
    assert bucket.take(0.0, 3)
    assert bucket.seconds_until(5, 0.0) == 1.0
    assert bucket.seconds_until(1000, 0.0) == 2.0  # there will never be more than ten
    assert bucket.seconds_until(5, 1.0) == 0.0
    assert not bucket.is_full(1.9)
    assert bucket.is_full(2.0)


def test_a_debt_is_refilled_first() -> None:
    bucket = TokenBucket(10, 5.0, 0.0)
    bucket.spend(0.0, 20)
    assert bucket.tokens(0.0) == -10
    assert not bucket.take(2.0)
    assert bucket.take(2.2)
