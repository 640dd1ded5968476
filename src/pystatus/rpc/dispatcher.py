"""JSON-RPC 2.0: bytes of a request in, bytes of the answer out, whatever carries them.

Whatever the bytes are, there is an answer and never an exception. What a method complains about is a
:class:`~pystatus.errors.LocalError`; its sentence goes to the caller. Nothing of a request is logged but the name of a
method that exists: parameters may be secret.

Implements: WR-2, WR-3
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from typing import Any, TypeAlias, get_type_hints

import msgspec

from pystatus import sanitise
from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.rpc.errors import (
    APPLICATION_ERROR,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    RESPONSE_TOO_LARGE,
    RpcError,
    invalid_params,
)
from pystatus.rpc.session import Session
from pystatus.wire.json_items import most_items

log = get_logger(__name__)

MAX_REQUEST_SIZE = 5 << 20
"""Bytes of a request or batch: go-ethereum's limit, and enough to post 2.5 MB in hexadecimal."""
MAX_REQUEST_ITEMS = 150_000
"""Values in a request or batch. Ours: ten thousand topics, or ids of messages, are the most that one names; 5 MiB of
the smallest values are 183 MB, and a second in which nobody else is served."""
MAX_BATCH = 100
"""Requests in a batch."""
MAX_BATCH_RESPONSE = 32 << 20
"""Bytes of answers after which the rest of a batch is not carried out any more."""
MAX_ERROR = 1_000
"""Code points of the sentence of an error; what it quotes may be the caller's."""
MAX_SHOWN_NAME = 100
"""Characters of an unknown method's name that the answer repeats."""

Id: TypeAlias = str | int | float | msgspec.UnsetType | None
"""Of a request; unset: it is a notification."""

Method: TypeAlias = Callable[..., Any]
"""A function, plain or asynchronous, with annotated parameters; one that is a :class:`Session` is not the caller's."""

UNDECODABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises: wrong types and syntax, text that is not UTF-8, nesting deeper than the stack."""


class Request(msgspec.Struct):
    """What a caller sends."""

    method: str
    id: Id = msgspec.UNSET
    jsonrpc: str = ""
    params: msgspec.Raw = msgspec.Raw(b"[]")


class _Id(msgspec.Struct):
    """To answer a request that is none: its id, if at least that can be read."""

    id: str | int | float | None = None


class _Procedure:
    """A method and how its parameters are read."""

    def __init__(self, name: str, method: Method) -> None:
        hints = get_type_hints(method)
        self._name = name
        self._method = method
        self._session: str | None = None
        self._takes_more = False
        """More parameters are taken than have names, and not looked at: the method refuses whatever it is given."""
        self._parameters: list[tuple[str, msgspec.json.Decoder[Any], bool]] = []
        for parameter in inspect.signature(method).parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                self._takes_more = True
            elif hints[parameter.name] is Session:
                self._session = parameter.name
            else:
                decoder = msgspec.json.Decoder(hints[parameter.name])
                self._parameters.append((parameter.name, decoder, parameter.default is parameter.empty))

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self._parameters)

    async def call(self, params: msgspec.Raw, session: Session) -> Any:
        """
        :raises RpcError: parameters that do not fit.
        """
        arguments: dict[str, Any] = self._read(params)
        if self._session is not None:
            arguments[self._session] = session
        result = self._method(**arguments)
        del arguments  # a method may wait for a minute and more
        return await result if isinstance(result, Awaitable) else result

    def _read(self, params: msgspec.Raw) -> dict[str, Any]:
        given = self._named(params)
        arguments = {}
        for name, decoder, required in self._parameters:
            if name in given:
                try:
                    arguments[name] = decoder.decode(given[name])
                except UNDECODABLE as error:
                    raise invalid_params(f"parameter {name} of {self._name} is wrong: {_reason(error)}") from None
            elif required:
                raise invalid_params(f"{self._name} needs the parameter {name}")
        return arguments

    def _named(self, params: msgspec.Raw) -> dict[str, msgspec.Raw]:
        """The parameters by their names. A ``null`` at the end is one that is not given, as with go-ethereum."""
        kind = bytes(params).lstrip()[:1]
        names = self.parameters
        try:
            if kind == b"{":
                by_name = msgspec.json.decode(params, type=dict[str, msgspec.Raw])
                if not self._takes_more and (unknown := [name for name in by_name if name not in names]):
                    raise invalid_params(f"{self._name} has no parameter {unknown[0][:MAX_SHOWN_NAME]!r}")
                return by_name
            given = [] if kind == b"n" else msgspec.json.decode(params, type=list[msgspec.Raw])
        except UNDECODABLE:
            raise invalid_params(f"the parameters of {self._name} are neither a list nor an object") from None
        while given and bytes(given[-1]) == b"null":
            given.pop()
        if len(given) > len(names) and not self._takes_more:
            raise invalid_params(f"{self._name} takes at most {len(names)} parameters, not {len(given)}")
        return dict(zip(names, given, strict=False))


class Dispatcher:
    """A table of methods and the protocol around it."""

    def __init__(
        self,
        methods: Mapping[str, Method],
        missing: Mapping[str, str] | None = None,
        waiting: Set[str] = frozenset(),
    ) -> None:
        """
        :param missing: of namespaces whose methods do not exist here, the sentence that says why.
        :param waiting: methods that wait for the network: nobody waits behind them.
        """
        self._waiting = waiting
        self._missing = missing or {}
        self._procedures = {name: _Procedure(name, method) for name, method in methods.items()}

    @property
    def methods(self) -> dict[str, tuple[str, ...]]:
        """Names of the methods, and of the parameters of each."""
        return {name: procedure.parameters for name, procedure in self._procedures.items()}

    def waits(self, request: Request | None) -> bool:
        """Whether a request is for a method that waits for the network, so that others are answered meanwhile."""
        return request is not None and request.method in self._waiting

    async def answer(self, data: bytes, session: Session) -> bytes | None:
        """Carry out a request or batch. ``None`` if there is nothing to answer: all of it were notifications.

        Each request has its turn of the event loop, be it malformed: neither a batch nor thousands of tiny requests
        hold up the relay.
        """
        await asyncio.sleep(0)
        if len(data) > MAX_REQUEST_SIZE:
            return failure(None, INVALID_REQUEST, f"a request has at most {MAX_REQUEST_SIZE} bytes")
        if most_items(data) > MAX_REQUEST_ITEMS:
            return failure(None, INVALID_REQUEST, f"a request holds at most {MAX_REQUEST_ITEMS} values")
        try:
            if data.lstrip()[:1] == b"[":
                batch = msgspec.json.decode(data, type=list[msgspec.Raw])
            else:
                return await self._answer_one(msgspec.json.decode(data, type=msgspec.Raw), session)
        except UNDECODABLE:
            return failure(None, PARSE_ERROR, "this is not JSON")
        if not batch or len(batch) > MAX_BATCH:
            return failure(None, INVALID_REQUEST, f"a batch has 1 to {MAX_BATCH} requests")
        return await self._answer_all(batch, session)

    async def _answer_all(self, batch: Iterable[msgspec.Raw], session: Session) -> bytes | None:
        answers: list[bytes] = []
        size = 0
        for raw in batch:
            await asyncio.sleep(0)
            if session.is_over:
                return None
            answer = await self._answer_one(raw, session, size)
            if answer is not None:
                answers.append(answer)
                size += len(answer)
                session.hold(len(answer))
        session.hold(-size)
        return b"[" + b",".join(answers) + b"]" if answers else None

    async def _answer_one(self, raw: msgspec.Raw, session: Session, batch: int | None = None) -> bytes | None:
        """
        :param batch: bytes of the answers so far, where it is one of a batch.
        """
        request = decoded(raw)
        if request is None or request.jsonrpc != "2.0":
            return _refusal(raw)
        try:
            if batch is not None and batch > MAX_BATCH_RESPONSE:
                raise RpcError(RESPONSE_TOO_LARGE, "the answers of this batch are large enough: ask for less at a time")
            if batch is not None and request.method in self._waiting:
                raise RpcError(
                    APPLICATION_ERROR, f"{request.method} waits for the network: call it by itself, not in a batch"
                )
            result = msgspec.json.encode(await self._call(request, session))
        except RpcError as error:
            answer = failure(request.id, error.code, str(error), error.data)
        except LocalError as error:
            answer = failure(request.id, APPLICATION_ERROR, str(error))
        except Exception:  # a fault of ours in one method: the caller gets an answer, and so do all others
            log.exception("%s has failed because of a fault in pystatus", request.method)
            answer = failure(request.id, INTERNAL_ERROR, "a fault in pystatus; its log says more")
        else:
            answer = b'{"jsonrpc":"2.0","id":' + _encode_id(request.id) + b',"result":' + result + b"}"
        return None if request.id is msgspec.UNSET else answer

    async def _call(self, request: Request, session: Session) -> Any:
        procedure = self._procedures.get(request.method)
        if procedure is None:
            name = request.method[:MAX_SHOWN_NAME]
            why = self._missing.get(request.method.partition("_")[0])
            sentence = f"the method {name} does not exist/is not available"
            raise RpcError(METHOD_NOT_FOUND, f"{sentence}: {why}" if why else sentence)
        return await procedure.call(request.params, session)


def decoded(data: bytes) -> Request | None:
    """A request as far as it can be read; None: it is none, or a batch."""
    try:
        return msgspec.json.decode(data, type=Request)
    except UNDECODABLE:
        return None


def notification(method: str, params: Mapping[str, Any]) -> bytes:
    """A notification of ours to a caller."""
    return msgspec.json.encode({"jsonrpc": "2.0", "method": method, "params": params})


def _refusal(raw: msgspec.Raw) -> bytes:
    try:
        given = msgspec.json.decode(raw, type=_Id).id
    except UNDECODABLE:
        given = None
    return failure(given, INVALID_REQUEST, 'this is not a request: it needs "jsonrpc": "2.0" and a "method"')


def failure(request_id: Any, code: int, message: str, data: Any = None) -> bytes:
    """The answer that says what is wrong."""
    error: dict[str, Any] = {"code": code, "message": sanitise.one_line(message, MAX_ERROR)}
    if data is not None:
        error["data"] = data
    return b'{"jsonrpc":"2.0","id":' + _encode_id(request_id) + b',"error":' + msgspec.json.encode(error) + b"}"


def _encode_id(request_id: Any) -> bytes:
    return b"null" if request_id is msgspec.UNSET else msgspec.json.encode(request_id)


def _reason(error: Exception) -> str:
    """msgspec says which type was expected and which came, and never the value."""
    return str(error) if isinstance(error, msgspec.ValidationError) else "it cannot be read"
