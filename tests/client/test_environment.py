"""What programs take from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from pystatus import Client, Fleet, LocalError, Node, NodeConfig, PrivateKey, Profiles, invitation
from pystatus.client import environment
from pystatus.net.proxy import Proxy
from tests.fleets.support import FULL

PASSWORD = "correct horse"
RELAYS = [
    f"enode://{PrivateKey(bytes(31) + bytes([number])).public_key.xy.hex()}@127.0.0.1:{number}" for number in (1, 2, 3)
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory, which the environment names, and none of the other variables."""
    for name in ("PASSWORD", "PEERS", "MAILSERVERS", "FLEET", "JOIN", "ENDPOINT", "REGISTRY", "PRICES", "PROXY"):
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


async def test_a_network_is_joined_by_an_invitation_and_a_file_with_more_of_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where an event loop runs, which waits for a moment."""
    (here / "more.toml").write_text(f'relays = ["{RELAYS[0]}"]')
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    monkeypatch.setenv("PYSTATUS_JOIN", invitation(FULL))
    monkeypatch.setenv("PYSTATUS_FLEET", str(here / "more.toml"))
    monkeypatch.setenv("PYSTATUS_PEERS", RELAYS[1])
    settings = Client.from_environment("bot")._settings
    assert settings.node.peers == (RELAYS[1], RELAYS[0], *FULL.relays)
    assert settings.node.bootnodes == FULL.bootnodes
    assert settings.inbox is not None
    assert settings.inbox.mailservers == FULL.mailservers
    assert settings.inbox.password == FULL.mailserver_password


def test_a_password_that_is_given_is_not_that_of_the_fleet(here: Path) -> None:
    settings = Client.open("bot", PASSWORD, fleet=FULL, mailserver_password="another")._settings
    assert settings.inbox is not None
    assert settings.inbox.password == "another"
    assert Client.open("bot", PASSWORD, fleet=Fleet(relays=FULL.relays))._settings.inbox is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PASSWORD": PASSWORD, "JOIN": invitation(FULL)[:60]}, "This invitation is cut"),
        ({"PASSWORD": PASSWORD, "FLEET": "eth.prd"}, "Did you mean eth.prod?"),
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


def test_a_node_of_ethereum_and_a_registry_are_those_of_the_environment(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSTATUS_PASSWORD", PASSWORD)
    monkeypatch.setenv("PYSTATUS_PEERS", RELAYS[0])
    assert Client.from_environment("bot")._settings.endpoint is None
    monkeypatch.setenv("PYSTATUS_ENDPOINT", "https://node.example/v3/s3cret")
    monkeypatch.setenv("PYSTATUS_REGISTRY", f"0x{'5a' * 20}")
    settings = Client.from_environment("bot")._settings
    assert settings.endpoint is not None
    assert str(settings.endpoint.url) == "https://node.example"
    assert settings.registry == b"\x5a" * 20
    assert settings.names is not None, "names that others claim are looked up there"
    assert "s3cret" not in repr(environment.read())
    assert settings.prices is None, "who names nobody asks nobody"
    monkeypatch.setenv("PYSTATUS_PROXY", "socks5://127.0.0.1:9050")
    monkeypatch.setenv("PYSTATUS_PRICES", "https://prices.example/?api_key=s3cret")
    service = Client.from_environment("bot")._settings.prices
    assert service is not None
    assert (str(service.url), str(service._route.proxy)) == ("https://prices.example", "socks5://127.0.0.1:9050")
    assert "s3cret" not in repr(environment.read())
    monkeypatch.setenv("PYSTATUS_PRICES", "ftp://prices.example/s3cret")
    with pytest.raises(LocalError, match="PYSTATUS_PRICES: This is no address of a service of prices") as told:
        Client.from_environment("bot")
    assert "s3cret" not in str(told.value)
    monkeypatch.delenv("PYSTATUS_PRICES")
    monkeypatch.setenv("PYSTATUS_REGISTRY", "nothing")
    with pytest.raises(LocalError, match="An Ethereum address is"):
        Client.from_environment("bot")
    monkeypatch.setenv("PYSTATUS_ENDPOINT", "ftp://node.example/s3cret")
    with pytest.raises(LocalError, match="PYSTATUS_ENDPOINT: This is no address of a node of Ethereum") as refused:
        Client.from_environment("bot")
    assert "s3cret" not in str(refused.value)
