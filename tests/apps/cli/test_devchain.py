"""``pystatus devchain``: a chain that programs on this machine reach until it is interrupted."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from pystatus.chain.endpoint import Endpoint
from pystatus.ethereum.plan import ask
from pystatus.ethereum.quantities import quantity
from tests.apps.support import Cli, Running


@pytest.mark.requirement("ET-17")
def test_it_says_where_it_is_and_what_it_has_and_stops_when_told(tmp_path: Path) -> None:
    with Running(tmp_path, "devchain", "--port", "0", "--chain-id", "4242", "--json") as running:
        told = json.loads(running.line())
        assert told["event"] == "serving"
        assert len(told["accounts"]) == 10
        assert set(told["contracts"]) == {
            *("token", "collectible", "registry", "resolver", "registrar", "sticker_market"),
        }

        async def balance() -> int:
            async with Endpoint(told["url"], chain_id=4242) as endpoint:
                plan = ask("eth_getBalance", told["accounts"][1]["address"], "latest")
                return quantity(await endpoint.carry_out(plan))

        assert asyncio.run(balance()) > 9_999 * 10**18
        assert "Choose another one" in Cli(tmp_path).error("devchain", "--port", told["url"].rpartition(":")[2])
        assert running.stop(signal.SIGINT) == 0
        assert [json.loads(line) for line in running.rest()] == [{"event": "stopped"}]
