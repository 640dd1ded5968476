"""Calls of the page: how what goes wrong in them is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from pystatus.client.features.backup import WrongWord
from pystatus.errors import LocalError, StatusError
from pystatus.faces.sentences import as_sentence
from pystatus.messenger.records import MESSAGE_ID_SIZE
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError

PREFIX = "web_"
"""What their names begin with."""


class Calls:
    """Each public method whose name begins so is a call."""

    @property
    def methods(self) -> Mapping[str, Method]:
        """By name."""
        return {name: _told(getattr(self, name)) for name in dir(self) if name.startswith(PREFIX)}


def _told(method: Callable[..., Any]) -> Method:
    """What a method complains about becomes a sentence, with its kind."""

    @wraps(method)
    async def call(*args: Any, **named: Any) -> Any:
        try:
            result = method(*args, **named)
            return await result if isinstance(result, Awaitable) else result
        except RpcError:
            raise
        except (StatusError, TimeoutError) as error:
            data: dict[str, Any] = {"kind": type(error).__name__}
            if isinstance(error, WrongWord):
                data["place"] = error.place
            raise RpcError(APPLICATION_ERROR, as_sentence(str(error)), data) from error

    return call


def message_id(given: str) -> bytes:
    """The id of a message, as the page has it.

    :raises LocalError: it is none.
    """
    try:
        found = bytes.fromhex(given.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != MESSAGE_ID_SIZE:
        raise LocalError(f"A message is named by 0x and {2 * MESSAGE_ID_SIZE} hexadecimal digits.")
    return found
