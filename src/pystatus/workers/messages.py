"""What the supervisor and a worker say to each other, and how.

Two pairs of Unix sockets lead to each worker. Over the *control* channel, a stream, go the messages below, each a JSON
object on a line of its own. Through the *door*, which keeps messages apart (SOCK_SEQPACKET), go sockets with a word
about each.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.node import NodeConfig, NodeSettings
from pystatus.workers.report import WorkerReport

MAX_LINE = 16 << 20
"""Bytes of a message; the longest, a report of a node with 1,024 topics and thousands of peers, has far less."""
MAX_WORD = 64
"""Bytes of what is said about a socket at the door."""

ACCEPTED = b"accepted"
"""The socket is a connection that somebody has dialled."""
JOIN = b"join "
"""The socket leads to the worker whose number follows."""


class Start(msgspec.Struct, tag=True):
    """To a worker, first: what it is."""

    number: int
    config: NodeConfig
    log_level: str
    log_format: str


class Configure(msgspec.Struct, tag=True):
    """To a worker: settings have changed."""

    settings: NodeSettings
    log_level: str


class Ask(msgspec.Struct, tag=True):
    """To a worker: report, under this number."""

    id: int


class Started(msgspec.Struct, tag=True):
    """From a worker: it takes connections."""


class Failed(msgspec.Struct, tag=True):
    """From a worker: it cannot start, and why. It ends."""

    sentence: str


class Answer(msgspec.Struct, tag=True):
    """From a worker: what was asked for."""

    id: int
    report: WorkerReport


class Parted(msgspec.Struct, tag=True):
    """From a worker: it is no longer joined with worker ``number``."""

    number: int


ToWorker: TypeAlias = Start | Configure | Ask
FromWorker: TypeAlias = Started | Failed | Answer | Parted


def encode(message: ToWorker | FromWorker) -> bytes:
    """A line."""
    return msgspec.json.encode(message, enc_hook=_write) + b"\n"


def decode_to_worker(line: bytes) -> ToWorker:
    """What the supervisor said. Both are the same program, so it always means something."""
    message: ToWorker = msgspec.json.decode(line, type=ToWorker, dec_hook=_read)
    return message


def decode_from_worker(line: bytes) -> FromWorker:
    """What a worker said."""
    message: FromWorker = msgspec.json.decode(line, type=FromWorker)
    return message


def pair(kind: socket.SocketKind) -> tuple[socket.socket, socket.socket]:
    """Two connected sockets that do not block.

    :raises LocalError: this system has none of that kind.
    """
    try:
        ends = socket.socketpair(socket.AF_UNIX, kind)
    except OSError as error:
        raise LocalError(f"Several workers are not possible here ({error.strerror}): use one.") from error
    for end in ends:
        end.setblocking(False)
    return ends


def _write(value: Any) -> Any:
    """What JSON has no form for; the error is how a hook tells msgspec that it has none either."""
    if isinstance(value, PrivateKey):
        return value.secret.hex()
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value)} does not go to another process")


def _read(kind: type, value: Any) -> Any:
    if kind is PrivateKey:
        return PrivateKey(bytes.fromhex(value))
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"{kind} does not come from another process")
