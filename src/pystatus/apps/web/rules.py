"""Which requests are looked at, before anybody is asked who they are: the rules against other pages (A46).

* ``Host`` is this machine with our port, or a name that was allowed by hand: a page whose own name was made to point
  here sends its own (DNS rebinding).
* ``Origin`` is ours where there is one, and there has to be one with everything that does something: browsers send it.
* ``Sec-Fetch-Site`` is ``same-origin`` where there is one, but for the page itself, which links may lead to; it is not
  shown inside of another page.
* What a request brings is ``application/json``, which no form of a page can send.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from aiohttp import web

from pystatus.apps.web.refusals import PageError

LOCAL_NAMES = ("127.0.0.1", "[::1]", "localhost")
"""By which browsers of this machine know it."""
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
"""What ``Sec-Fetch-Dest`` says where something is shown inside of a page."""


class Rules:
    """Those of one server."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """
        :param allowed: other values of ``Host``, as for a port that is forwarded: ``name`` with any port, or
            ``name:port``.
        """
        self._exact = {name.lower() for name in allowed if _has_port(name)}
        self._names = {name.lower() for name in allowed if not _has_port(name)}
        self._port: int | None = None

    def serve(self, port: int) -> None:
        """What the port is."""
        self._port = port

    def host(self, request: web.BaseRequest) -> str:
        """What the request calls this machine.

        :raises PageError: by a name that is not allowed.
        """
        given = request.headers.getall("Host", [])
        host = given[0].lower() if len(given) == 1 else ""
        name, _, port = host.rpartition(":")
        if port.isdecimal() and name in LOCAL_NAMES and int(port) == self._port:
            return host
        if host in self._exact or (name if _has_port(host) else host) in self._names:
            return host
        raise PageError(
            HTTPStatus.FORBIDDEN, "host", "This name of the machine is not allowed: see pystatus web --allow-host."
        )

    def check_page(self, request: web.BaseRequest) -> None:
        """For the page itself: a link from anywhere may lead to it.

        :raises PageError: it is to be shown inside of another page.
        """
        self.host(request)
        if request.headers.get("Sec-Fetch-Dest", "").lower() in _FRAMES:
            raise PageError(HTTPStatus.FORBIDDEN, "framed", "This page is not shown inside of another one.")

    def check_read(self, request: web.BaseRequest) -> None:
        """For what belongs to the page.

        :raises PageError: another page asks for it.
        """
        self.check_page(request)
        self._check_origin(request, self.host(request), may_lack=True)

    def check_act(self, request: web.BaseRequest) -> None:
        """For what does something.

        :raises PageError: it is not our own page that does it.
        """
        self.check_page(request)
        self._check_origin(request, self.host(request), may_lack=False)

    def check_program(self, request: web.BaseRequest) -> None:
        """For a command of this machine.

        :raises PageError: a browser asks.
        """
        self.host(request)
        if any(name.lower() == "origin" or name.lower().startswith("sec-fetch-") for name in request.headers):
            raise PageError(HTTPStatus.FORBIDDEN, "origin", "This is for commands, not for pages.")

    @staticmethod
    def check_json(request: web.BaseRequest) -> None:
        """
        :raises PageError: the body is something else.
        """
        if request.content_type.lower() != "application/json":
            raise PageError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-type", "The Content-Type must be application/json."
            )

    def _check_origin(self, request: web.BaseRequest, host: str, *, may_lack: bool) -> None:
        given = request.headers.getall("Origin", [])
        site = request.headers.get("Sec-Fetch-Site", "").lower()
        ours = {f"http://{host}", f"https://{host}"} if host not in self._own else {f"http://{host}"}
        is_ours = len(given) == 1 and given[0].lower() in ours
        if (given or not may_lack) and not is_ours:
            raise PageError(HTTPStatus.FORBIDDEN, "origin", "Another page may not do this.")
        if site not in ("", "same-origin", "none" if may_lack else ""):
            raise PageError(HTTPStatus.FORBIDDEN, "site", "Another page may not do this.")

    @property
    def _own(self) -> frozenset[str]:
        return frozenset(f"{name}:{self._port}" for name in LOCAL_NAMES)


def _has_port(host: str) -> bool:
    name, colon, port = host.rpartition(":")
    return bool(colon) and port.isdecimal() and (":" not in name or name.endswith("]"))
