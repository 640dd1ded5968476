"""A fleet as TOML: what somebody writes, puts on a web page, or keeps beside the settings of a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pystatus import typed
from pystatus.arguments import checked
from pystatus.errors import LocalError, Refused
from pystatus.fleets.fleet import EXAMPLES, LISTS, Fleet, FleetError, take, told

MAX_FILE = 256 << 10
"""Bytes of a fleet file: the most nodes with the longest names of hosts have two thirds of it."""

MAX_KEY_PARTS = 32
"""Parts of a key, of which those of a fleet have one. Ours: the library takes time and memory by their square, and a
file of one key with 100,000 parts would take all that a machine has."""

_LONG_KEY = re.compile(
    rf"""(?:\.[ \t]*+(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+){{{MAX_KEY_PARTS}}}"""
)
"""As many parts as no key has, wherever they stand: no name of a host has so many either."""
_TEXTS = ("name", "notice", "mailserver_password")
_KEYS = (*_TEXTS, *LISTS)
_WITH_COMMENTS = {
    "relays": "Everybody stays connected to these.",
    "mailservers": "These keep what is said for those who are offline.",
    "bootnodes": "Nodes are found through these, by Discovery v5 (UDP).",
    "rendezvous_nodes": "Nodes are found through these, too (TCP).",
    "dns_lists": "Node lists in DNS (EIP-1459).",
}


@checked
def read_fleet(data: bytes, where: str) -> Fleet:
    """Read a fleet in TOML.

    :param where: the name of the file or the URL, to begin sentences with.
    :raises FleetError: it is no such file; all of its mistakes are told, each with where it stands.

    Implements: CL-12
    """
    import tomllib  # loaded late: few processes read one

    if len(data) > MAX_FILE:
        raise FleetError(f"{where} has more than {MAX_FILE >> 10} KiB. Check that it is a fleet file.")
    try:
        text = typed.decoded(data, where)
        if _LONG_KEY.search(text):
            raise FleetError(
                f"{where} has a key or a name of more than {MAX_KEY_PARTS} parts. Check that it is a fleet file."
            )
        content = tomllib.loads(text)
    except LocalError as error:
        raise FleetError(str(error)) from error
    except (ValueError, RecursionError) as error:  # its words name line and column
        raise FleetError(f"{where} is not TOML: {error}. A fleet has lines such as: {_example('relays')}.") from error
    values: dict[str, Any] = {}
    mistakes = [*_known(content, values), *take(values)]
    if not mistakes and not any(values.get(name) for name in LISTS):
        mistakes.append(f"it names no node. Add one, for example: {_example('relays')}.")
    if mistakes:
        raise FleetError(*told([f"{where}: {one}" for one in mistakes]))
    return Fleet(**values)


def _known(content: dict[str, Any], values: dict[str, Any]) -> Iterator[str]:
    """Put into ``values`` what stands where it belongs, and tell what does not."""
    for key, value in content.items():
        if key not in _KEYS:
            found = get_close_matches(key, _KEYS, n=1)
            meant = f" Did you mean {found[0]}?" if found else ""
            yield f"there is nothing called {_shown(key)} in a fleet.{meant} Allowed: {', '.join(_KEYS)}."
        elif key in _TEXTS:
            if isinstance(value, str):
                values[key] = value
            else:
                yield f"{key} must be text in quotation marks."
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            values[key] = value
        else:
            yield f"{key} must be a list of texts: {_example(key)}."


def _shown(key: str) -> str:
    return json.dumps(key[:60]) if not key.isidentifier() or len(key) > 60 else key


def _example(key: str) -> str:
    return f'{key} = ["{EXAMPLES[key]}"]'


@checked
def written_fleet(fleet: Fleet) -> str:
    """The TOML form of a fleet, which :func:`read_fleet` reads as the same.

    :raises Refused: it names no node.
    """
    if fleet.is_empty:
        raise Refused("A fleet without a node is no network. Add a relay or a bootnode.")
    lines = []
    for key in _TEXTS:
        value = getattr(fleet, key)
        if value:
            lines.append(f"{key} = {_quoted(value)}")
    for key in LISTS:
        entries = getattr(fleet, key)
        if entries:
            lines += ["", f"# {_WITH_COMMENTS[key]}", f"{key} = ["]
            lines += [f"    {_quoted(one)}," for one in entries]
            lines.append("]")
    return "\n".join(lines).lstrip("\n") + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: those of JSON are the same, where nothing is beyond the first plane of Unicode."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
