"""Files that are larger than a request: a caller sends one in parts, and names it in a call of the same connection."""

from __future__ import annotations

import base64
import binascii
from weakref import WeakKeyDictionary

from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError
from pystatus.rpc.session import Session

MAX_PART = 4 << 20
"""Characters of base64 in one part: 3 MB, which fit into a request."""
MAX_NAME = 64
"""Characters of the name of an upload."""


class _Upload:
    def __init__(self, name: str) -> None:
        self.name = name
        self.data = bytearray()


class Uploads:
    """Of all connections. Each has one at a time, of :data:`~pystatus.media.limits.MAX_FILE_BYTES` at most; it goes
    with the connection, and counts with what that holds."""

    def __init__(self) -> None:
        self._begun: WeakKeyDictionary[Session, _Upload] = WeakKeyDictionary()

    def add(self, name: str, part: str, session: Session) -> int:
        """Add a part, in base64, to the file that is called so. A file with another name takes the place of the one
        before. How many bytes there are now.

        :raises RpcError: the part is no base64 or too large, or so is the file.
        """
        if len(name) > MAX_NAME:
            raise RpcError(APPLICATION_ERROR, f"the name of a file has at most {MAX_NAME} characters")
        if len(part) > MAX_PART:
            raise RpcError(APPLICATION_ERROR, f"a part has at most {MAX_PART} characters of base64")
        try:
            data = base64.b64decode(part, validate=True)
        except (ValueError, binascii.Error):
            raise RpcError(APPLICATION_ERROR, "what is given as base64 is not") from None
        upload = self._begun.get(session)
        if upload is None or upload.name != name:
            self.forget(session)
            upload = self._begun[session] = _Upload(name)
        if len(upload.data) + len(data) > MAX_FILE_BYTES:
            self.forget(session)
            raise RpcError(APPLICATION_ERROR, f"a file has at most {MAX_FILE_BYTES} bytes")
        upload.data += data
        session.hold(len(data))
        return len(upload.data)

    def take(self, name: str, session: Session) -> bytes:
        """The file, which is given once.

        :raises RpcError: nothing was sent under this name.
        """
        upload = self._begun.get(session)
        if upload is None or upload.name != name:
            raise RpcError(APPLICATION_ERROR, "nothing was uploaded under this name on this connection")
        self.forget(session)
        return bytes(upload.data)

    def forget(self, session: Session) -> None:
        """Keep nothing of a connection any more."""
        upload = self._begun.pop(session, None)
        if upload is not None:
            session.hold(-len(upload.data))
