"""The description of a client's methods for programs: OpenRPC 1.3.2, made of their types and descriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pystatus.client.handlers import all_events
from pystatus.json_values import SCHEMAS
from pystatus.rpc.client_api.calls import RESULTS, Call, calls
from pystatus.version import VERSION

OPENRPC = "1.3.2"
"""Of the specification that is followed."""


def document() -> dict[str, Any]:
    """All methods of a client and its events, in a form that generators of code and of pages read."""
    methods = [_method(call) for _, call in sorted(calls().items())]
    schemas: dict[str, Any] = {}
    missing = _records([methods, [RESULTS.of(kind).schema for kind in all_events()]])
    while missing:
        for name in missing:
            kind = RESULTS.records[name]
            schemas[name] = {**RESULTS.schema(kind), "description": _first_sentence(kind.__doc__)}
        missing = _records(schemas) - schemas.keys()
    return {
        "openrpc": OPENRPC,
        "info": {"title": "pystatus daemon", "version": VERSION},
        "methods": methods + [_event_method(*one) for one in _EVENT_METHODS],
        "components": {"schemas": dict(sorted(schemas.items()))},
        "x-events": [kind.__name__ for kind in all_events()],
    }


def _method(call: Call) -> Mapping[str, Any]:
    return {
        "name": call.name,
        "summary": _first_sentence(call.doc),
        "params": [
            {"name": one.name, "required": one.is_required, "schema": one.converter.schema} for one in call.parameters
        ],
        "result": {"name": "result", "schema": call.result.schema},
    }


def _records(part: Any) -> set[str]:
    """Those that a part of the document refers to: others may read and write more with the same converters."""
    if isinstance(part, Mapping):
        named = {part["$ref"].removeprefix(SCHEMAS)} if "$ref" in part else set()
        return named.union(*map(_records, part.values()))
    return set().union(*map(_records, part)) if isinstance(part, list) else set()


_ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")
_CURSOR = {"type": "integer", "minimum": 0}
_EVENT_METHODS = (
    ("events_page", "What came after a cursor, the oldest first.", {"after": _CURSOR, "limit": _CURSOR}, "object"),
    ("events_subscribe", "Notify the caller of events, after a cursor or from now on.", {"after": _CURSOR}, "string"),
    ("events_unsubscribe", "Notify the caller no more.", {"id": {"type": "string"}}, "boolean"),
)


def _event_method(name: str, summary: str, params: Mapping[str, Any], result: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "summary": summary,
        "params": [{"name": one, "required": one in ("id", "after") and name != "events_subscribe", "schema": schema}
                   for one, schema in params.items()],
        "result": {"name": "result", "schema": {"type": result}},
    }  # fmt: skip


def _first_sentence(text: str | None) -> str:
    paragraph = " ".join((text or "").split("\n\n")[0].split())
    return _ROLE.sub(r"`\1`", paragraph).replace("``", "`")
