"""How often somebody of one network may come."""

from __future__ import annotations

import ipaddress

import pytest

from pystatus.net import arrival_rates
from pystatus.net.arrival_rates import ArrivalRates


def come(rates: ArrivalRates, address: str, now: float, times: int = 1) -> list[bool]:
    return [rates.take(ipaddress.ip_address(address), now) for _ in range(times)]


def test_a_network_comes_so_often() -> None:
    rates = ArrivalRates(2, 0.5)
    assert come(rates, "1.2.3.4", 0.0, 3) == [True, True, False]
    assert come(rates, "1.2.3.5", 0.0) == [False]
    assert come(rates, "1.2.4.4", 0.0) == [True]
    assert come(rates, "1.2.3.4", 2.0, 2) == [True, False]


def test_the_own_network_comes_as_often_as_it_likes() -> None:
    rates = ArrivalRates(1, 0.5)
    assert all(come(rates, "127.0.0.1", 0.0, 100) + come(rates, "10.1.1.1", 0.0, 100))
    assert len(rates) == 0


def test_who_has_not_come_for_a_while_is_forgotten() -> None:
    rates = ArrivalRates(2, 1.0)
    come(rates, "1.2.3.4", 0.0)
    come(rates, "1.2.4.4", 9.0, 2)
    rates.forget(10.0)
    assert len(rates) == 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival_rates, "MAX_NETWORKS", 3)
    rates = ArrivalRates(1, 0.1)
    for number in range(10):
        assert come(rates, f"1.1.{number}.1", 0.0, 2) == [True, False]
        assert len(rates) <= 3
