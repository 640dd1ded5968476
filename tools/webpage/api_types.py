"""``web/src/generated/api.ts``: the types of the calls and events of the daemon, from its OpenRPC."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_HEAD = """// Made by tools/web.py of docs/openrpc.json.

/** A whole number; one above 2^53 is a string of digits. */
export type Int = number | string;
"""
_PRIMITIVE = {"string": "string", "boolean": "boolean", "number": "number", "null": "null"}


def api_types(document: Mapping[str, Any]) -> str:
    """The file.

    :param document: ``docs/openrpc.json``.
    :raises KeyError: a schema is of a kind that is not known here.
    """
    lines = [_HEAD]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += _interface(name, schema)
    events = document["x-events"]
    lines.append("/** What happens; `event` is its name. */")
    lines.append("export type ClientEvent =")
    lines += [f'  | ({{ event: "{name}" }} & {name})' for name in events]
    lines[-1] += ";"
    lines += ["", "/** The calls: what each is given, and what it returns. */", "export interface Calls {"]
    for method in document["methods"]:
        given = "; ".join(
            f"{one['name']}{'' if one['required'] else '?'}: {_type(one['schema'])}" for one in method["params"]
        )
        lines.append(f"  {method['name']}: {{ params: {{ {given} }}; result: {_type(method['result']['schema'])} }};")
    return "\n".join([*lines, "}", ""])


def _interface(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"export interface {name} {{"
    required = schema.get("required", ())
    for field, of in schema.get("properties", {}).items():
        yield f"  {field}{'' if field in required else '?'}: {_type(of)};"
    yield "}"
    yield ""


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    kind = schema.get("type")
    if kind is None:
        return "unknown"
    if kind == "array":
        return _array(schema)
    if kind == "object":
        return _object(schema)
    if kind == "integer" or (isinstance(kind, Sequence) and not isinstance(kind, str) and "integer" in kind):
        return "Int"
    return _PRIMITIVE[kind]


def _array(schema: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(one) for one in schema['prefixItems'])}]"
    return f"({_type(schema.get('items', {}))})[]"


def _object(schema: Mapping[str, Any]) -> str:
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"Record<string, {_type(schema['additionalProperties'])}>"
    if not schema.get("properties"):
        return "Record<string, unknown>"
    required = schema.get("required", ())
    fields = (f"{name}{'' if name in required else '?'}: {_type(of)}" for name, of in schema["properties"].items())
    return f"{{ {'; '.join(fields)} }}"
