"""Which address of this machine packets leave by, and which router they pass."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

import psutil
import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.addresses import parse_address
from pystatus.net import routes
from pystatus.net.routes import address_towards, default_gateways_in, gateways, is_translated

TABLE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
wlan0\t00000000\tFE0AA8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
short
odd\t00000000\tnonsense\t0001
long\t00000000\t0101A8C000\t0001
"""


def test_the_routers_of_the_default_routes() -> None:
    assert [str(one) for one in default_gateways_in(TABLE)] == ["192.168.1.1", "192.168.10.254"]
    assert default_gateways_in("") == []


@pytest.mark.parametrize(
    ("address", "translated"),
    [
        ("192.168.1.5", True),
        ("10.255.0.1", True),
        ("172.31.0.1", True),
        ("172.32.0.1", False),
        ("45.9.0.1", False),
        ("127.0.0.1", False),
        ("2a00:1450::1", False),
    ],
)
def test_who_is_behind_a_router(address: str, translated: bool) -> None:
    assert is_translated(parse_address(address)) == translated
    assert not is_translated(None)


def test_to_whom_packets_go_from_here() -> None:
    assert str(address_towards(parse_address("127.0.0.1"))) == "127.0.0.1"
    assert str(address_towards(parse_address("::1"))) == "::1"
    assert address_towards(parse_address("255.255.255.255")) is None


class TestRecordsWithTwoAddresses:
    KEY = PrivateKey.generate(lambda size: bytes([5]) * size)

    def dialled(self, monkeypatch: pytest.MonkeyPatch, versions: tuple[int, ...], **values: bytes | int) -> str:
        """By a machine that has these versions of IP."""
        here = {4: ipaddress.ip_address("192.168.1.5"), 6: ipaddress.ip_address("2a00::5")}
        monkeypatch.setattr(routes, "outward_address", lambda version: here[version] if version in versions else None)
        record = NodeRecord.sign(self.KEY, 1, {key.encode(): value for key, value in values.items()})
        return str(routes.dialled_enode(record)).partition("@")[2]

    IP = ipaddress.ip_address("45.9.0.1").packed
    IP6 = ipaddress.ip_address("2a00:1450::1").packed

    def test_ipv4_as_long_as_there_is_any(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.dialled(monkeypatch, (4, 6), ip=self.IP, ip6=self.IP6, tcp=30303) == "45.9.0.1:30303?discport=0"
        assert self.dialled(monkeypatch, (4,), ip=self.IP, ip6=self.IP6, tcp=1, udp=1) == "45.9.0.1:1"

    def test_ipv6_without(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.dialled(monkeypatch, (6,), ip=self.IP, ip6=self.IP6, tcp=1, udp=1) == "[2a00:1450::1]:1"
        assert self.dialled(monkeypatch, (6,), ip=self.IP, ip6=self.IP6, tcp=1, udp=1, tcp6=2, udp6=2) == (
            "[2a00:1450::1]:2"
        )

    def test_not_into_the_own_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        inside = ipaddress.ip_address("fd00::1").packed
        assert self.dialled(monkeypatch, (6,), ip=self.IP, ip6=inside, tcp=1, udp=1) == "45.9.0.1:1"

    def test_nothing_to_choose(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.dialled(monkeypatch, (6,), ip=self.IP, tcp=1, udp=1) == "45.9.0.1:1"
        assert self.dialled(monkeypatch, (4,), ip6=self.IP6, tcp=1, udp=1) == "[2a00:1450::1]:1"
        assert self.dialled(monkeypatch, (6,), ip=self.IP, ip6=self.IP6) == ""


def test_without_a_way_to_the_internet_it_is_that_of_an_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "outward_address", lambda version: None)
    monkeypatch.setattr(routes, "interface_addresses", lambda: iter([ipaddress.IPv4Address("192.168.7.5")]))
    assert str(routes.own_address()) == "192.168.7.5"
    monkeypatch.setattr(routes, "interface_addresses", lambda: iter([]))
    assert routes.own_address() is None


def test_addresses_of_interfaces_are_those_that_the_system_has() -> None:
    known = {one.address for found in psutil.net_if_addrs().values() for one in found if one.family == socket.AF_INET}
    assert {str(one) for one in routes.interface_addresses()} == {one for one in known if not one.startswith("127.")}


class TestGateways:
    @pytest.fixture(autouse=True)
    def table(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        file = tmp_path / "route"
        file.write_text(TABLE)
        monkeypatch.setattr(routes, "_ROUTES", file)
        return file

    def at(self, monkeypatch: pytest.MonkeyPatch, address: str | None) -> list[str]:
        own = None if address is None else ipaddress.ip_address(address)
        monkeypatch.setattr(routes, "outward_address", lambda version: own)
        return [str(gateway) for gateway in gateways()]

    def test_those_of_the_routes_and_the_first_of_the_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.at(monkeypatch, "192.168.1.5") == ["192.168.1.1", "192.168.10.254"]
        assert self.at(monkeypatch, "192.168.7.5") == ["192.168.1.1", "192.168.10.254", "192.168.7.1"]

    def test_nobody_where_nothing_is_translated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.at(monkeypatch, "45.9.0.1") == []
        assert self.at(monkeypatch, None) == []

    def test_a_router_of_the_internet_is_not_asked(self, monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
        table.write_text("\neth0\t00000000\t0100092D\t0003\n")
        assert self.at(monkeypatch, "192.168.7.5") == ["192.168.7.1"]

    def test_not_ourselves(self, monkeypatch: pytest.MonkeyPatch, table: Path) -> None:
        table.unlink()
        assert self.at(monkeypatch, "192.168.7.1") == []
