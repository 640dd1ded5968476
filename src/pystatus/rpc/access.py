"""Who may call over HTTP: the rules against other users of this machine and against web pages (A46).

* The token keeps everybody out who was not told it, in a header or in the path of the URL.
* ``Host`` must be a name that we expect: a page whose own name was made to point to this machine sends its own (DNS
  rebinding).
* ``Origin`` must be absent, as from every program, or one that is allowed: browsers send it with requests that a page
  makes to other sites, WebSockets included.
* ``Content-Type`` must be JSON: pages may send other types to any site without asking first.
"""

from __future__ import annotations

from http import HTTPStatus

from pystatus.discovery.addresses import EVERYWHERE
from pystatus.records import dataclass
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.tokens import Token

ANY = "*"

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_NO_NAMES = frozenset({"", *EVERYWHERE})  # that anybody calls us by
_JSON_TYPES = frozenset({"application/json", "application/json-rpc", "application/jsonrequest"})


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not even looked at."""

    status: HTTPStatus
    sentence: str


class Access:
    """The rules of one server."""

    def __init__(self, config: RpcConfig, token: Token) -> None:
        names = {_without_port(name.lower()) for name in config.allowed_hosts}
        own = config.http_host.lower()
        if own not in _NO_NAMES:
            names.add(f"[{own}]" if ":" in own else own)
        self._hosts = _LOCAL_NAMES | names
        self._origins = frozenset(origin.lower().rstrip("/") for origin in config.allowed_origins)
        self._token = token

    def refuse_page(self, host: str | None, origin: str | None) -> Refused | None:
        """Why a browser, or somebody who was led here by one, is turned away."""
        if ANY not in self._hosts and _without_port((host or "").lower()) not in self._hosts:
            return Refused(HTTPStatus.FORBIDDEN, "this host name is not allowed: see allowed_hosts")
        if origin is not None and not self.allows_origin(origin):
            return Refused(HTTPStatus.FORBIDDEN, "this origin is not allowed: see allowed_origins")
        return None

    def allows_origin(self, origin: str) -> bool:
        """Whether pages from there may call."""
        return ANY in self._origins or origin.lower() in self._origins

    def refuse_caller(self, authorization: str | None, path: str = "") -> Refused | None:
        """Why a caller is not let in.

        :param path: of the URL, decoded: a first part ``/<token>`` is as good, for programs that send no headers of
            their own.
        """
        by_header, by_path = self._token.is_presented_by(authorization), self._token.is_path(_first_segment(path))
        if by_header or by_path:
            return None
        return Refused(
            HTTPStatus.UNAUTHORIZED,
            "the token is missing or wrong: send Authorization: Bearer <token>, or call http://host:port/<token>",
        )

    def path_below(self, path: str) -> str:
        """What is asked for: the path of the URL without the token."""
        first = _first_segment(path)
        return path[len(first) :] if self._token.is_path(first) else path

    @staticmethod
    def refuse_body(content_type: str) -> Refused | None:
        """Why a body is not read."""
        if content_type.lower() in _JSON_TYPES:
            return None
        return Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the Content-Type must be application/json")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (":" not in name or name.endswith("]")) else host


def _first_segment(path: str) -> str:
    return "/" + path.removeprefix("/").partition("/")[0]
