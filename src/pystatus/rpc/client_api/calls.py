"""What can be called of a client: every public method and property of it and of its features."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
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
HELD_BACK: Mapping[str, str] = {
    "backup.phrase": "the words are shown to who knows the password alone: stop what has it open, then: pystatus "
    "account backup",
    **dict.fromkeys(
        ("wallet.derive", "wallet.import_phrase", "wallet.import_key"),
        "keys, phrases and passwords do not pass between processes: pystatus wallet add",
    ),
}
"""Of features, and why, as the end of a sentence."""
SIGNED_HERE = frozenset({"wallet_send", "names_send"})
"""Calls with a password: a client that is attached to another process carries them out itself, with the key files of
the profile, so that no password passes between processes. Who has no such client, as a page of the web, gives the
password to the process that they ask."""
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


class Call:
    """One method or property. What it takes and gives is worked out when somebody asks: of the many there are, one who
    is attached calls a few."""

    def __init__(
        self, name: str, feature: type[ClientFeature[Any]] | None, attribute: str, member: Any, converters: Converters
    ) -> None:
        """
        :param name: of the RPC: ``client_history``, ``groups_create``.
        :param feature: ``None``: it is the client's own.
        :param member: the method or property, as the class has it.
        :param converters: of arguments.
        """
        self.name = name
        self.feature = feature
        self.attribute = attribute
        self.is_property = isinstance(member, property)
        self.function: Callable[..., Any] = inspect.unwrap(member.fget if self.is_property else member)
        self.is_async = inspect.iscoroutinefunction(self.function)
        self._converters = converters

    @cached_property
    def signature(self) -> inspect.Signature:
        """With all parameters, those as well that cannot be given here."""
        return inspect.signature(self.function)

    @cached_property
    def parameters(self) -> Sequence[Parameter]:
        """Its arguments."""
        return [
            Parameter(
                one.name,
                self._converters.of(self._hints[one.name]),
                one.default,
                one.kind is one.KEYWORD_ONLY,
                self._hints[one.name] in FILES,
            )
            for one in self._taken
            if f"{self.attribute}.{one.name}" not in KEPT_BACK
        ]

    @cached_property
    def result(self) -> Converter:
        """What it gives; of a receipt, the message."""
        return RESULTS.of(Message if self.gives_receipt else self._hints["return"])

    @property
    def gives_receipt(self) -> bool:
        """The result is a message, of which somebody awaits what becomes."""
        return self._hints["return"] is Receipt

    @property
    def writes_file(self) -> bool:
        """One of its arguments is a path on the machine of the process that holds the profile."""
        return any(self._hints[one.name] == Path | str for one in self._taken)

    @property
    def doc(self) -> str:
        """What it does."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def _hints(self) -> Mapping[str, Any]:
        return hints_of(self.function)

    @property
    def _taken(self) -> Sequence[inspect.Parameter]:
        return list(self.signature.parameters.values())[1:]


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
        Call(f"{namespace}_{name}", feature, name, inspect.getattr_static(owner, name), converters)
        for name in names
        if name not in left_out
    ]
