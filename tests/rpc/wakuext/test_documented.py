"""docs/wakuext.md is a promise: its calls are those that are offered, with these parameters."""

from __future__ import annotations

import re
from pathlib import Path

from pystatus.messenger.events import EVENTS
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.wakuext import Signals, WakuextApi
from pystatus.rpc.wakuext.absent import ABSENT, absent_methods
from pystatus.testing import Network, run

PAGE = (Path(__file__).parents[3] / "docs" / "wakuext.md").read_text(encoding="utf-8")
MAKER = Path(__file__).parents[3] / "src" / "pystatus" / "rpc" / "wakuext" / "signals.py"


def test_the_table_is_what_is_offered() -> None:
    async def story(network: Network) -> None:
        methods = WakuextApi(network.client("alice")).methods
        offered = Dispatcher({name: method for name, method in methods.items() if name not in absent_methods()})
        rows = re.findall(r"^\| `(\w+_\w+)` \| ([^|]*)\|", PAGE, re.MULTILINE)
        assert {name: tuple(re.findall(r"`(\w+)`", given)) for name, given in rows} == offered.methods
        assert [name for name, _ in rows] == sorted((name for name, _ in rows), key=[*offered.methods].index)

    run(story)


def test_what_is_not_offered_is_named() -> None:
    (section,) = re.findall(r"^## What is not\n(.*?)^## ", PAGE, re.DOTALL | re.MULTILINE)
    assert re.findall(r"`(\w+)`", section) == list(ABSENT)


def test_the_signals_are_those_that_are_made() -> None:
    (section,) = re.findall(r"^## Signals\n(.*)", PAGE, re.DOTALL | re.MULTILINE)
    rows = re.findall(r"^\| (`[a-z.`, ]+) \|", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z.]+)`", row)}
    made = set(re.findall(r'"([a-z]+(?:\.[a-z]+)+)"', MAKER.read_text(encoding="utf-8")))
    assert named == made


def test_signals_are_made_of_events_that_there_are() -> None:
    async def story(network: Network) -> None:
        assert {kind.__name__ for kind in Signals(network.client("alice"))._answers} <= EVENTS.keys()

    run(story)
