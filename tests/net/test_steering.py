"""Which process gets a connection: a network always the same, so that its limits hold; the local network in turn."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pystatus.discovery.addresses import is_local, parse_address
from pystatus.net.steering import SECRET_SIZE, Steering

SECRET = bytes(range(SECRET_SIZE))
ADDRESSES = st.ip_addresses().map(str).map(parse_address).filter(lambda address: not is_local(address))


@given(ADDRESSES, st.sets(st.integers(1, 64), min_size=1))
def test_a_network_keeps_its_process_when_others_come_and_go(address: object, numbers: set[int]) -> None:
    steering, running = Steering(SECRET), sorted(numbers)
    chosen = steering.choose(address, running)  # type: ignore[arg-type]  # filter() hides what it is
    assert chosen in running
    assert steering.choose(address, running) == chosen  # type: ignore[arg-type]
    assert steering.choose(address, [chosen]) == chosen  # type: ignore[arg-type]
    for gone in running:
        if gone != chosen:
            rest = [number for number in running if number != gone]
            assert steering.choose(address, rest) == chosen  # type: ignore[arg-type]


def test_all_of_a_network_comes_to_one_process() -> None:
    steering = Steering(SECRET)
    assert len({steering.choose(parse_address(f"198.51.100.{host}"), range(1, 9)) for host in range(256)}) == 1
    assert len({steering.choose(parse_address(f"2001:db8:1:{net:x}::1"), range(1, 9)) for net in range(256)}) == 1


def test_networks_spread_and_nobody_can_tell_where() -> None:
    addresses = [parse_address(f"198.{a}.{b}.1") for a in range(40) for b in range(25)]
    first, second = Steering(SECRET), Steering(SECRET[::-1])
    places = [first.choose(address, range(1, 5)) for address in addresses]
    assert all(200 < count < 300 for count in Counter(places).values())
    same = sum(second.choose(address, range(1, 5)) == place for address, place in zip(addresses, places, strict=True))
    assert 200 < same < 300  # a quarter, by chance


def test_the_local_network_takes_turns() -> None:
    steering = Steering(SECRET)
    local = [steering.choose(parse_address(text), (2, 5, 7)) for text in ("127.0.0.1", "::1", "10.1.2.3") * 2]
    assert Counter(local) == {2: 2, 5: 2, 7: 2}
