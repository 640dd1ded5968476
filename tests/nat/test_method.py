"""What ``--nat`` may say."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.nat.method import ALLOWED, NatMethod, Way
from pystatus.settings import kinds


@pytest.mark.parametrize(
    ("text", "way", "shown"),
    [
        ("none", Way.NONE, "none"),
        (" ANY ", Way.ANY, "any"),
        ("upnp", Way.UPNP, "upnp"),
        ("pmp", Way.PMP, "pmp"),
        ("pmp:192.168.1.1", Way.PMP, "pmp:192.168.1.1"),
        ("pmp:192.168.1.1:5351", Way.PMP, "pmp:192.168.1.1"),
        ("pmp:192.168.1.1:5352", Way.PMP, "pmp:192.168.1.1:5352"),
        ("extip:45.9.0.1", Way.EXTIP, "extip:45.9.0.1"),
        ("extip:2a00:1450::1", Way.EXTIP, "extip:2a00:1450::1"),
        ("extip:[2a00:1450::1]", Way.EXTIP, "extip:2a00:1450::1"),
        ("extip:::ffff:45.9.0.1", Way.EXTIP, "extip:45.9.0.1"),
    ],
)
def test_ways(text: str, way: Way, shown: str) -> None:
    method = NatMethod.parse(text)
    assert (method.way, str(method)) == (way, shown)
    assert NatMethod.parse(shown) == method


def test_the_settings_and_the_sentences_name_the_same() -> None:
    assert kinds.NAT.allowed == ALLOWED


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "Give none, any, upnp, pmp, pmp:GATEWAY or extip:ADDRESS"),
        ("auto", "Give none, any, upnp, pmp, pmp:GATEWAY or extip:ADDRESS"),
        ("extip", "Give none, any"),
        ("upnp:192.168.1.1", "Give none, any"),
        ("any:", "Give none, any"),
        ("extip:", "for example extip:198.51.100.7"),
        ("extip:example.org", "a name can be given with --advertise"),
        ("extip:0.0.0.0", "Nobody can be reached at 0.0.0.0"),
        ("extip:224.0.0.1", "Nobody can be reached at 224.0.0.1"),
        ("extip:255.255.255.255", "Nobody can be reached"),
        ("pmp:", "for example pmp:192.168.1.1"),
        ("pmp:fe80::1", "for example pmp:192.168.1.1"),
        ("pmp:router", "for example pmp:192.168.1.1"),
        ("pmp:0.0.0.0", "for example pmp:192.168.1.1"),
        ("pmp:192.168.1.1:", "for example pmp:192.168.1.1"),
        ("pmp:192.168.1.1:0", "for example pmp:192.168.1.1"),
        ("pmp:192.168.1.1:65536", "for example pmp:192.168.1.1"),
        ("pmp:192.168.1.1:99999999999999999999", "for example pmp:192.168.1.1"),
    ],
)
def test_what_is_none(text: str, advice: str) -> None:
    with pytest.raises(LocalError, match=advice):
        NatMethod.parse(text)
