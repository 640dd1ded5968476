"""How often a peer may do something."""

from pystatus.overlay.token_bucket import TokenBucket


def test_burst_then_rate() -> None:
    bucket = TokenBucket(3, 2.0, 100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(100.4)
    assert bucket.take(100.5)
    assert not bucket.take(100.5)


def test_never_more_than_the_capacity() -> None:
    bucket = TokenBucket(2, 1.0, 0.0)
    assert [bucket.take(1e9) for _ in range(3)] == [True, True, False]


def test_a_clock_that_steps_back_refills_nothing() -> None:
    bucket = TokenBucket(1, 1.0, 100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert not bucket.take(100.9)
    assert bucket.take(101.0)
