"""What programs take from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus import Client, LocalError, Node, NodeConfig, PrivateKey, Profiles
from pystatus.client import environment
from pystatus.net.proxy import Proxy

PASSWORD = "correct horse"
RELAYS = [
    f"enode://{PrivateKey(bytes(31) + bytes([number])).public_key.xy.hex()}@127.0.0.1:{number}" for number in (1, 2, 3)
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory, which the environment names, and none of the other variables."""
    for name in ("PASSWORD", "PEERS", "MAILSERVERS"):
        monkeypatch.delenv(f"PYSTATUS_{name}", raising=False)
    monkeypatch.setenv("PYSTATUS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PYSTATUS_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


async def test_the_password_and_the_relays_are_those_of_the_environment(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Profiles(here).create_account("bot", PASSWORD)
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
        monkeypatch.setenv("PYSTATUS_PEERS", f"{relay.enode}, {RELAYS[0]}")
        async with Client.from_environment("bot") as client:
            await client.wait_for_peer(60)
            assert client.profile.name == "bot"


def test_several_relays_and_mailservers_have_commas_or_spaces_between_them(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    monkeypatch.setenv("PYSTATUS_PEERS", f"{RELAYS[0]},{RELAYS[1]}\n")
    monkeypatch.setenv("PYSTATUS_MAILSERVERS", RELAYS[2])
    settings = Client.from_environment("bot")._settings
    assert settings.node.peers == tuple(RELAYS[:2])
    assert settings.inbox is not None


def test_a_proxy_and_a_dns_server_are_those_of_the_environment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PASSWORD": PASSWORD,
        "PEERS": RELAYS[0],
        "PROXY": "socks5://me:s3cret@127.0.0.1:9050",
        "DISCOVERY_DNS_SERVER": "192.0.2.1",
    }.items():
        monkeypatch.setenv(f"PYSTATUS_{name}", value)
    node = Client.from_environment("bot")._settings.node
    assert (node.proxy, node.dns_server) == (Proxy("127.0.0.1", 9050, "me", "s3cret"), "192.0.2.1")
    assert "s3cret" not in repr(environment.read())
    monkeypatch.setenv("PYSTATUS_PROXY", "socks5://me:s3cret@")
    with pytest.raises(LocalError, match="no address of a proxy") as refused:
        Client.from_environment("bot")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PEERS": RELAYS[0]}, "Set it in PYSTATUS_PASSWORD"),
        ({"PEERS": RELAYS[0], "PASSWORD": ""}, "Set it in PYSTATUS_PASSWORD"),
        ({"PASSWORD": PASSWORD}, "`pystatus node` runs one and prints it"),
        ({"PASSWORD": PASSWORD, "PEERS": " , "}, "`pystatus node` runs one and prints it"),
        ({"PASSWORD": PASSWORD, "PEERS": "enode://nonsense"}, "enode"),
    ],
)
def test_what_is_missing_is_named_without_the_password(
    given: dict[str, str], sentence: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"PYSTATUS_{name}", value)
    with pytest.raises(LocalError, match=sentence) as raised:
        Client.from_environment("bot")
    assert PASSWORD not in str(raised.value)
