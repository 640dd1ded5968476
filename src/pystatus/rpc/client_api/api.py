"""The methods of a client for a dispatcher."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pystatus.client import Client, Receipt
from pystatus.errors import StatusError
from pystatus.json_values import BadValue
from pystatus.rpc.client_api.calls import UPLOAD, Call, calls
from pystatus.rpc.client_api.feed import EventFeed
from pystatus.rpc.client_api.uploads import Uploads
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError, invalid_params
from pystatus.rpc.session import Session
from pystatus.version import VERSION

_NO_FILES = (
    "files of this machine are read and written for callers on the socket alone: give what is in the file as base64"
)


class ClientApi:
    """A client for callers of the RPC. Close it before the client."""

    def __init__(self, client: Client, *, files: bool) -> None:
        """
        :param files: callers may name files of this machine, as they could read them themselves: those of the socket.
        """
        self._client = client
        self._files = files
        self.feed = EventFeed(client)
        self._uploads = Uploads()

    def close(self) -> None:
        """Notify nobody any more."""
        self.feed.close()

    @property
    def methods(self) -> Mapping[str, Method]:
        """By name."""
        return {
            "daemon_hello": self._hello,
            UPLOAD: self._upload,
            **{name: self._method(call) for name, call in calls().items()},
            **self.feed.methods,
        }

    def _hello(self) -> Mapping[str, Any]:
        """Which pystatus this is, and whose profile it has open."""
        profile = self._client.profile
        return {"version": VERSION, "profile": profile.name, "chat_key": profile.account.chat_key}

    def _upload(self, name: str, base64: str, session: Session) -> int:
        """Send a part of a file that is larger than a request, for ``{"upload": name}`` in a call of this connection.
        How many bytes of it are here."""
        return self._uploads.add(name, base64, session)

    def _method(self, call: Call) -> Method:
        async def method(_session: Session, **given: Any) -> Any:
            arguments = self._read(call, given, _session)
            try:
                result = self._called(call, arguments)
                if call.is_async:
                    result = await result
            except (StatusError, TimeoutError) as error:
                if isinstance(error, RpcError):
                    raise
                raise RpcError(APPLICATION_ERROR, str(error), {"kind": type(error).__name__}) from error
            return call.result.encode(result.message if isinstance(result, Receipt) else result)

        # The types are checked here, so that a chat can be given by its id; the dispatcher takes any JSON.
        parameters = [
            inspect.Parameter(
                one.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if one.is_required else _MISSING,
                annotation=Any,
            )
            for one in call.parameters
        ]
        own = inspect.Parameter("_session", inspect.Parameter.KEYWORD_ONLY, annotation=Session)
        method.__signature__ = inspect.Signature([*parameters, own])  # type: ignore[attr-defined]  # what inspect looks at
        method.__annotations__ = {**{one.name: Any for one in call.parameters}, "_session": Session}
        method.__doc__ = call.doc
        return method

    def _read(self, call: Call, given: Mapping[str, Any], session: Session) -> dict[str, Any]:
        """
        :raises RpcError: an argument is of another type, or names a file where none may be named.
        """
        if call.writes_file and not self._files:
            raise RpcError(APPLICATION_ERROR, f"{call.name} is not for this caller: {_NO_FILES}")
        arguments = {}
        for parameter in call.parameters:
            value = given.get(parameter.name, _MISSING)
            if value is _MISSING:
                continue
            if isinstance(value, dict) and "path" in value and not self._files:
                raise RpcError(
                    APPLICATION_ERROR, f"the parameter {parameter.name} of {call.name} is a path: {_NO_FILES}"
                )
            if parameter.takes_file and isinstance(value, dict) and isinstance(value.get("upload"), str):
                arguments[parameter.name] = self._uploads.take(value["upload"], session)
                continue
            try:
                arguments[parameter.name] = parameter.converter.decode(value)
            except BadValue as error:
                raise invalid_params(f"parameter {parameter.name} of {call.name} is wrong: {error}") from None
        return arguments

    def _called(self, call: Call, arguments: Mapping[str, Any]) -> Any:
        owner: Any = self._client if call.feature is None else self._client.feature(call.feature)
        attribute = getattr(owner, call.attribute)
        return attribute if call.is_property else attribute(**arguments)


_MISSING: Any = type("Missing", (), {"__repr__": lambda self: "…"})()
