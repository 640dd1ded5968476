"""No argument of any public call does more than fail that call, with a sentence."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import pystatus
from pystatus import Client, LocalError, Node, NodeConfig, RemoteError
from pystatus.client.features.registry import client_features
from tests.public.surface import KEY, NEVER_RIGHT, ODD, Call, calls
from tests.public.world import World, world

PATIENCE = 60.0
"""Seconds until a call that hangs is given up."""
LONGEST_SENTENCE = 2_000
"""Characters of what is said of an argument, however long that is."""

ALONE = ("Client", "Node", "OtherProcesses", "Profiles")
GROUPS = {name: [call for call in calls() if call.owner == name] for name in ALONE}
FEATURES = {kind.__name__ for kind in client_features()}
GROUPS["features"] = [call for call in calls() if call.owner in FEATURES]
GROUPS["values"] = [call for call in calls() if call.owner not in {*ALONE, *FEATURES}]


async def carry_out(world: World, call: Call, arguments: dict[str, Any]) -> None:
    """Make a call; what comes of it is used as far as that shows whether the arguments were right."""
    if call.is_of_instance:
        function = getattr(world.instance(call.owner), call.name)
    else:
        owner = getattr(pystatus, call.owner)
        function = getattr(owner, call.name) if call.name not in ("", "__init__") else owner
    result = function(**arguments)
    if inspect.isawaitable(result):
        result = await result
    if isinstance(result, Client | Node):
        try:
            await result.start()
        finally:
            await result.close()


async def problem_of(world: World, call: Call, parameter: inspect.Parameter, label: str) -> str | None:
    """What is wrong with how a call takes an odd value; None: nothing."""
    where = f"{call}({parameter.name}={label})"
    value = ODD[label]()
    try:
        # Who is given a time waits for it, and may be broken off; nobody else waits.
        async with asyncio.timeout(0.01 if parameter.name == "timeout" else PATIENCE):
            await carry_out(world, call, {**world.good_arguments(call), parameter.name: value})
    except (LocalError, TypeError, RemoteError) as error:
        if not str(error).strip() or len(str(error)) > LONGEST_SENTENCE:
            return f"{where}: a sentence of {len(str(error))} characters"
        if label in NEVER_RIGHT and parameter.name not in str(error):
            return f"{where}: {error!r} does not name the parameter"
    except TimeoutError:
        if parameter.name != "timeout":
            return f"{where}: no answer"
    except Exception as error:
        return f"{where}: {error!r}"[:300]
    else:
        if label in NEVER_RIGHT:
            return f"{where}: was taken"
    finally:
        if inspect.iscoroutine(value):
            value.close()
    return None


@pytest.mark.parametrize("group", GROUPS)
async def test_an_argument_fails_its_call_alone(
    group: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some odd values are paths
    problems = []
    async with world(tmp_path) as here:
        for call in GROUPS[group]:
            async with here.other_node() if group in ("Node", "OtherProcesses") else nullcontext():
                for parameter in call.parameters:
                    problems += [await problem_of(here, call, parameter, label) for label in ODD]
            async with asyncio.timeout(PATIENCE):
                await here.client.join("alive")
                receipt = await here.client.send_text("alive", f"after {call}")
        async with asyncio.timeout(PATIENCE):
            await receipt.sent()
    faults = [record for record in caplog.records if record.levelno >= logging.ERROR]
    problems += [f"logged: {record.getMessage()} {record.exc_info}"[:300] for record in faults]
    found = [problem for problem in problems if problem is not None]
    assert not found, "\n".join(found)


WRONG_ITEMS: list[tuple[Callable[[Any], object], Any, str]] = [
    (lambda peers: Client.open("alice", "secret", peers=peers), ["enode://…", None], "number 2 in it is NoneType"),
    (
        lambda servers: Client.open("a", "secret", mailservers=servers),
        (b"enode",),
        "number 1 in it is bytes: decode it",
    ),
    (lambda peers: Client.open("alice", "secret", peers=peers), iter([KEY]), "number 1 in it is PrivateKey"),
    (lambda nodes: NodeConfig(whitelist=nodes), ("a", "b", 3), "number 3 in it is int"),
]
"""Calls with a collection of which one thing is wrong, and what is said of it."""


@pytest.mark.parametrize(("call", "collection", "sentence"), WRONG_ITEMS)
def test_of_a_collection_the_thing_that_is_wrong_is_named(
    call: Callable[[Any], object], collection: Any, sentence: str
) -> None:
    with pytest.raises(TypeError, match=rf" of str, but {sentence}$"):
        call(collection)
