"""Errors of JSON-RPC (JSON-RPC 2.0 §5.1) and of this application."""

from __future__ import annotations

from typing import Any

from pystatus.errors import LocalError

PARSE_ERROR = -32700
"""Not JSON."""
INVALID_REQUEST = -32600
"""JSON, but no request."""
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
"""A fault in pystatus; the log has it."""
APPLICATION_ERROR = -32000
"""Whatever a method has to complain about: the code that go-ethereum gives to every error of a method."""
RESPONSE_TOO_LARGE = -32003
"""The rest of a batch was not carried out, because the answers so far are large enough; go-ethereum's code."""
NOT_OFFERED = -32004
"""A method that is known, and that this node does not offer (EIP-1474: method not supported)."""
LIMIT_EXCEEDED = -32005
"""A limit of this node: too many keys or filters, or messages that nobody fetched were dropped (EIP-1474)."""

CANCELLED = -32800
"""The caller has taken the call back (Language Server Protocol 3.17 §Cancellation Support)."""


class RpcError(LocalError):
    """What the caller is told: a code, a sentence, and perhaps data."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def invalid_params(message: str) -> RpcError:
    """The sentence names the parameter and never its value, which may be secret."""
    return RpcError(INVALID_PARAMS, message)


def limit_exceeded(message: str, data: Any = None) -> RpcError:
    """The sentence says what to do about it."""
    return RpcError(LIMIT_EXCEEDED, message, data)
