"""``pystatus wallet balance --currency``: what it is worth, which nobody is asked for otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.devchain.chain import PHRASE
from tests.apps.support import PASSWORD, Cli, Running
from tests.support import prices
from tests.support.holding import Holder
from tests.support.prices import PriceServer

NODE = ("--endpoint", "http://127.0.0.1:1")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a chain that says it is the main one, and its token."""
    with Running(tmp_path_factory.mktemp("chain"), "devchain", "--port", "0", "--chain-id", "1", "--json") as running:
        told = json.loads(running.line())
        yield str(told["url"]), str(told["contracts"]["token"])


@pytest.fixture
def service() -> Iterator[PriceServer]:
    with prices.serving() as made:
        yield made


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Alice, whose recovery phrase is that of the chain's accounts."""
    found = Cli(tmp_path)
    words = tmp_path / "words"
    words.write_text(PHRASE)
    words.chmod(0o600)
    found.object("account", "recover", "alice", "--words-file", str(words), "--yes")
    return found


@pytest.mark.requirement("ET-14")
def test_what_it_is_worth_is_shown_where_somebody_asks(cli: Cli, chain: tuple[str, str], service: PriceServer) -> None:
    url, token = chain
    balance = ("wallet", "balance", "alice", "--endpoint", url, "--token", token)
    cli.environment["PYSTATUS_PRICES"] = f"{service.url}/?api_key=s3cret"
    service.body = prices.answer({"ETH": 190.0, "STT": 5.0})
    plain, _ = cli.objects(*balance)
    assert "worth" not in plain
    assert service.asked == [], "nobody has asked for a currency"

    ether, own = cli.objects(*balance, "--currency", "eur")
    assert [path for path, _ in service.asked] == ["/data/pricemultifull"] * 2
    assert service.asked[0][1]["tsyms"] == ["EUR"]
    assert ether == {**plain, "currency": "EUR", "price": "190", "change_24h": "-5.00", "worth": ether["worth"]}
    assert float(ether["worth"]) == pytest.approx(int(str(plain["amount"])) / 10**18 * 190)
    assert (own["symbol"], own["worth"], own["price"], own["change_24h"]) == ("STT", None, None, None)
    first, second = cli.text(*balance, "--currency", "EUR").splitlines()
    assert first.endswith(f" ether  {ether['worth']} EUR (-5.00 % in 24 hours)")
    assert second.endswith(f" STT  ({token})")

    service.status = 503
    shown = cli.run(*balance, "--currency", "EUR")
    assert (shown.exit_code, len(shown.stdout.splitlines())) == (0, 2)
    assert shown.stderr.startswith(f"What it is worth is not shown. The service of prices {service.url} refuses")
    assert shown.stderr.count("\n") == 1
    assert "s3cret" not in shown.stderr
    hidden = json.loads(cli.run(*balance, "--currency", "EUR", "--json").stdout.splitlines()[0])
    assert hidden == {**plain, "currency": "EUR", "price": None, "change_24h": None, "worth": None}


@pytest.mark.requirement("ET-14")
def test_beside_a_process_that_has_the_profile_open_its_service_is_asked(
    cli: Cli, chain: tuple[str, str], service: PriceServer
) -> None:
    from pystatus.chain.endpoint import Endpoint

    held = Holder(cli.data_dir, PASSWORD, endpoint=Endpoint(chain[0]), prices=f"{service.url}/s3cret")
    held.start()
    try:
        cli.environment["PYSTATUS_PASSWORD"] = None
        balance = ("wallet", "balance", "alice", "--currency", "EUR")
        (ether,) = cli.objects(*balance, "--endpoint", chain[0])
        assert (ether["price"], ether["change_24h"]) == ("210.5", "5.25")
        assert [path for path, _ in service.asked] == ["/s3cret/data/pricemultifull"] * 2
        wrong = cli.error(*balance, "--endpoint", chain[0], "--prices", "https://other.example")
        assert f"which asks the service of prices at {service.url}, and not https://other.example" in wrong
        assert "s3cret" not in wrong
        assert len(service.asked) == 2
    finally:
        held.stop()


@pytest.mark.requirement("ET-14")
def test_who_asks_for_a_currency_names_a_service(cli: Cli) -> None:
    sentence = cli.error("wallet", "balance", "alice", *NODE, "--currency", "EUR", code=2)
    assert sentence == "Name a service of prices with --prices URL, or in PYSTATUS_PRICES; none is asked otherwise."
