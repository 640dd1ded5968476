"""What can be called of a client: every public method and property of it and of its features."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pystatus.client import Client, Receipt
from pystatus.client.features.feature import ClientFeature
from pystatus.client.features.registry import client_features
from pystatus.json_values import Converter, Converters
from pystatus.json_values.converters import hints_of
from pystatus.messenger.records import Message
from pystatus.rpc.client_api.arguments import FILES, arguments

NAMESPACE = "client"
"""What the methods of the client itself begin with; those of a feature begin with its name."""

NOT_CALLED: Mapping[str, str] = {
    "open": "makes a client",
    "from_environment": "makes a client",
    "start": "the client is open",
    "close": "the client belongs to the process that holds the profile",
    "run_forever": "the client belongs to the process that holds the profile",
    "feature": "each feature has a namespace of its own",
    "node": "is the object that holds the connections; what can be said of it is client_network",
    "profile": "names the files of the profile; who is attached to it has found them",
    "messages": "is read by pages, with client_history",
    "events": "are subscribed to, with events_subscribe, or read by pages, with events_page",
    "on": "is a subscription of this process",
}
"""Of the client itself, and why."""
HELD_BACK: Mapping[str, str] = dict.fromkeys(
    ("backup.phrase",),
    "the words are shown to who knows the password alone: stop what has it open, then: pystatus account backup",
)
"""Of features, and why, as the end of a sentence."""
KEPT_BACK: Mapping[str, str] = {"announce.wallet": "a private key does not leave its process: give what it has signed"}
"""Parameters, and why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a call."""

    name: str
    converter: Converter
    default: Any
    """``inspect.Parameter.empty``: it has to be given."""
    is_keyword: bool
    takes_file: bool
    """Its value is a file, which may have been uploaded before."""

    @property
    def is_required(self) -> bool:
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Call:
    """One method or property."""

    name: str
    """Of the RPC: ``client_history``, ``groups_create``."""
    feature: type[ClientFeature[Any]] | None
    """None: it is the client's own."""
    attribute: str
    parameters: Sequence[Parameter]
    result: Converter
    gives_receipt: bool
    """The result is a message, of which somebody awaits what becomes."""
    is_property: bool
    is_async: bool
    writes_file: bool
    """One of its arguments is a path on the machine of the process that holds the profile."""
    doc: str


WAITING = frozenset(
    {"client_wait_for_peer", "client_wait_for_mailserver", "client_fetch_history", "client_fetch_topics"}
)
"""Calls that wait for the network, perhaps for ever."""

UPLOAD = "daemon_upload"
"""Sends a part of a file."""

RESULTS = Converters()
"""How results and events are written and read."""


@cache
def calls() -> Mapping[str, Call]:
    """All of them, by name."""
    parameters = arguments()
    found = [
        *_of(Client, NAMESPACE, None, parameters),
        *(call for kind in client_features() for call in _of(kind, kind.NAME, kind, parameters)),
    ]
    return {call.name: call for call in found}


def _of(
    owner: type[Any], namespace: str, feature: type[ClientFeature[Any]] | None, converters: Converters
) -> list[Call]:
    names = [name for name in dir(owner) if not name.startswith("_") and not name.isupper()]
    left_out = NOT_CALLED if feature is None else [name for name in names if f"{namespace}.{name}" in HELD_BACK]
    return [
        _call(f"{namespace}_{name}", feature, name, inspect.getattr_static(owner, name), converters)
        for name in names
        if name not in left_out
    ]


def _call(
    name: str, feature: type[ClientFeature[Any]] | None, attribute: str, member: Any, converters: Converters
) -> Call:
    is_property = isinstance(member, property)
    function = inspect.unwrap(member.fget if is_property else member)
    hints = hints_of(function)
    taken = list(inspect.signature(function).parameters.values())[1:]
    parameters = [
        Parameter(
            one.name,
            converters.of(hints[one.name]),
            one.default,
            one.kind is one.KEYWORD_ONLY,
            hints[one.name] in FILES,
        )
        for one in taken
        if f"{attribute}.{one.name}" not in KEPT_BACK
    ]
    result = hints["return"]
    return Call(
        name,
        feature,
        attribute,
        parameters,
        RESULTS.of(Message if result is Receipt else result),
        result is Receipt,
        is_property,
        inspect.iscoroutinefunction(function),
        any(hints[one.name] == Path | str for one in taken),
        inspect.getdoc(function) or "",
    )
