"""The key of a node: its file, and who uses it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pystatus.account.key_encoding import parse_private_key
from pystatus.apps.cli import passwords
from pystatus.apps.cli.options import STDIN
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.storage.files import explained_files, make_private
from pystatus.storage.locks import locked
from pystatus.storage.node_record import RecordFile
from pystatus.storage.paths import default_data_directory

KEY_FILE = "node.key"
"""The file with a node's key below the data directory: 64 hexadecimal digits, as other Ethereum software keeps it."""

RENDEZVOUS_KEY_FILE = "rendezvous.key"
"""The same of a Rendezvous node, which is another one than the node whose key is beside it (overlay.md §4.1)."""
RECORD_SUFFIX = ".enr"
"""What the record of a node is called, with the name of its key's file in front."""


def node_key(file: Path | None, data_dir: Path | None, name: str = KEY_FILE) -> PrivateKey:
    """The node's key in ``file``; where none is named, the one of the data directory, which is made if need be.

    :param name: of the file in the data directory.
    :raises LocalError: the file cannot be read or written, or holds something else.
    """
    if file is None:
        file = _default_key_file(data_dir, name)
        with explained_files(f"The node's key cannot be stored in {file}"):
            if not file.exists():
                make_private(file, PrivateKey.generate(os.urandom).secret.hex().encode() + b"\n")
        if not file.is_file():  # a pipe may be named, but nobody writes into this one
            raise LocalError(f"What is called {file} is no file. Move it away, or name the node's key with --key-file.")
    elif file != STDIN and not file.exists():
        raise LocalError(
            f"The node's key {file} is not there, and a new one would be another node than others know. Put it back, "
            "or name the place where it is: key_file in the settings, or --key-file. Of a directory that was moved the "
            "settings files name the old place: change data_dir, key_file and fleet in them."
        )
    text = passwords.secret_in(file)
    try:
        return parse_private_key(text)
    except LocalError as error:
        raise LocalError(f"There is no node key in {'the input' if file == STDIN else file}. {error}") from error


def _default_key_file(data_dir: Path | None, name: str = KEY_FILE) -> Path:
    return (data_dir or default_data_directory()) / name


def record_file(key_file: Path | None, data_dir: Path | None) -> RecordFile:
    """Where the record of the node with the key of :func:`node_key` is kept: beside the key."""
    place = key_file or _default_key_file(data_dir)
    if place == STDIN or not place.is_file():  # a pipe is a place for nothing
        place = _default_key_file(data_dir)
    return RecordFile(place.with_suffix(RECORD_SUFFIX))


def only_user_of(
    file: Path | None,
    data_dir: Path | None,
    name: str = KEY_FILE,
    remedy: str = "Stop that one first, or give this node a data directory (--data-dir) of its own.",
) -> contextlib.AbstractContextManager[None]:
    """Inside, no other node uses the key of :func:`node_key`.

    Two nodes with one key are one peer to all others, and take each other's connections. A key that comes from
    standard input or a pipe is in no place where another process could find it.

    :param remedy: a sentence for somebody who finds it in use.
    :raises LocalError: another node uses it.
    """
    key_file = file or _default_key_file(data_dir, name)
    if not key_file.is_file():
        return contextlib.nullcontext()
    resolved = key_file.resolve()
    return locked(
        resolved.with_name(f"{resolved.name}.lock"),
        f"The node key {key_file}",
        remedy,
        fallback=resolved,
    )
