"""What the page asks for is what its server offers: two texts in two languages that nothing else compares."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from pystatus.apps.web.chat_calls import ChatCalls
from pystatus.apps.web.names_calls import NamesCalls
from pystatus.apps.web.network_calls import NetworkCalls
from pystatus.apps.web.opening_calls import OpeningCalls
from pystatus.apps.web.page_calls import PageCalls
from pystatus.apps.web.wallet_calls import WalletCalls
from pystatus.rpc.session import Session

CONTRACT = Path(__file__).parents[3] / "web" / "src" / "contract.ts"
CALL = re.compile(r"^  (web_\w+): \{\s*params: \{(.*?)\};\s*result:", re.MULTILINE)
PARAMETER = re.compile(r"(?:readonly )?(\w+)(\??):")


def offered() -> dict[str, dict[str, bool]]:
    """Names of calls, and of their parameters with whether they are needed."""
    found = {}
    for kind in (OpeningCalls, NetworkCalls, ChatCalls, PageCalls, WalletCalls, NamesCalls):
        for name, method in vars(kind).items():
            if name.startswith("web_"):
                _, *given = inspect.signature(method).parameters.values()
                found[name] = {
                    one.name: one.default is one.empty for one in given if one.annotation not in (Session, "Session")
                }
    return found


def test_the_page_asks_for_what_the_server_offers() -> None:
    calls = offered()
    wanted = {name: dict(PARAMETER.findall(params)) for name, params in CALL.findall(CONTRACT.read_text())}
    assert wanted.keys() <= calls.keys()
    for name, params in wanted.items():
        assert params.keys() <= calls[name].keys(), name
        assert {one for one, needed in calls[name].items() if needed} <= params.keys(), name
    assert len(wanted) > 40
