"""From the type number of a wrapper to the typed payload. All that a new type needs is a module of this package that
declares it."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus import payloads
from pystatus.declarations import modules
from pystatus.payloads.payload import REGISTERED, Payload

tuple(modules(payloads))  # each is loaded, and has declared what is in it

PAYLOADS: Mapping[int, type[Payload]] = REGISTERED
"""Every payload that people and their devices exchange. Push traffic (types 16 to 21) belongs to its own layer."""
