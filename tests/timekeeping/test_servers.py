"""Time servers as people give them."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.timekeeping.servers import MAX_SERVERS, POOL, TimeServer, parse_time_servers


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("time.example.org", "time.example.org", 123),
        ("Time.Example.org:1123", "time.example.org", 1123),
        ("192.0.2.1", "192.0.2.1", 123),
        ("192.0.2.1:99", "192.0.2.1", 99),
        ("2001:db8::1", "2001:db8::1", 123),
        ("[2001:DB8::1]", "2001:db8::1", 123),
        ("[2001:db8::1]:99", "2001:db8::1", 99),
        ("ntp_server", "ntp_server", 123),
    ],
)
def test_one_server(text: str, host: str, port: int) -> None:
    (server,) = parse_time_servers([text])
    assert server == TimeServer(host, port)
    assert parse_time_servers([str(server)]) == (server,)


def test_the_pool_and_no_server() -> None:
    assert tuple(server.host for server in parse_time_servers(["pool", "0.pool.ntp.org", "pool"])) == POOL
    assert parse_time_servers(["none", "none"]) == parse_time_servers([]) == ()


@pytest.mark.parametrize(
    "texts",
    [[""], ["time server"], ["192.0.2.300"], ["host:0"], ["host:65536"], ["host:"], ["[::1"], ["::1]:5"],
     ["-x"], ["a/b"],
     ["udp://x"], ["none", "pool"], [f"host{number}" for number in range(MAX_SERVERS + 1)]],
)  # fmt: skip
def test_what_is_no_server(texts: list[str]) -> None:
    with pytest.raises(LocalError, match=r"time server"):
        parse_time_servers(texts)
