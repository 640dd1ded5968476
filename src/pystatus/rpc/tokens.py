"""The token that callers over HTTP present: where it is kept, and how it is compared."""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path

from pystatus import typed
from pystatus.errors import LocalError
from pystatus.rpc.config import MIN_TOKEN_SIZE, RpcConfig
from pystatus.storage.files import explained_files, make_private, open_regular

TOKEN_SIZE = 32
"""Random bytes of a token that is made here; it is written in hexadecimal."""
MAX_TOKEN_FILE = 4_096
"""Bytes of a file with a token: more is another file, given by mistake."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Token:
    """A token that never shows itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def is_presented_by(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header holds it. Takes as long for every wrong one."""
        scheme, _, presented = (authorization or "").partition(" ")
        is_equal = hmac.compare_digest(self._text, presented.strip().encode(errors="replace"))
        return is_equal and scheme.lower() == "bearer"

    def is_path(self, path: str) -> bool:
        """Whether the path of a URL is this token and nothing else. Takes as long for every wrong one."""
        return hmac.compare_digest(b"/" + self._text, path.encode(errors="replace"))

    def __repr__(self) -> str:
        return "Token(…)"


def server_token(config: RpcConfig) -> Token:
    """The token of the settings, or of their file, which is made if it does not exist.

    :raises LocalError: the file cannot be read or written, others can read it, or it holds no token.
    """
    if config.token is not None:
        return Token(config.token)
    assert config.token_file is not None, "the settings check that"
    with explained_files(f"The RPC token cannot be stored in {config.token_file}"):
        if not config.token_file.exists():
            make_private(config.token_file, os.urandom(TOKEN_SIZE).hex().encode() + b"\n")
    return Token(read_token(config.token_file))


def read_token(file: Path, *, may_be_pipe: bool = True) -> str:
    """
    :param may_be_pipe: somebody has named it, and may write into it. What is only looked for is a file.
    :raises LocalError: there is no such file, it cannot be read, others can read it, or it holds no token.
    """
    with explained_files(f"The RPC token cannot be read from {file}"):
        if not file.exists():
            raise LocalError(
                f"There is no RPC token in {file}. Start the node with its RPC on (pystatus node --rpc-port 8545), or "
                "name its token file."
            )
        with file.open("rb") if may_be_pipe else open_regular(file, follow_links=True) as opened:
            mode = os.fstat(opened.fileno()).st_mode
            data = opened.read(MAX_TOKEN_FILE + 1)
    if stat.S_ISREG(mode) and mode & _OTHERS:
        raise LocalError(f"The RPC token in {file} can be read by others on this machine. Run: chmod 600 {file}")
    token = typed.token(typed.decoded(data, str(file)))
    if not MIN_TOKEN_SIZE <= len(token) <= MAX_TOKEN_FILE or not token.isascii() or " " in token:
        raise LocalError(
            f"The file {file} holds no token of at least {MIN_TOKEN_SIZE} characters. Remove it to get a new one."
        )
    return token
