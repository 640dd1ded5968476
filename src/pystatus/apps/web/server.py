"""The port of the page: its files, sessions, calls, pictures and exports. Nothing of it is for other pages (A46).

What anybody may ask for is the page itself, its texts, and a session for a one-time code. Everything else needs the
secret of a session, which is in one tab of a browser: in the first message of a WebSocket, or as ``Authorization``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import TypeAlias, cast

import msgspec
from aiohttp import web

from pystatus.apps.web.browser import RedirectFiles
from pystatus.apps.web.calls import message_id
from pystatus.apps.web.codes import Codes
from pystatus.apps.web.headers import FOR_EVER, NO_STORE, headers
from pystatus.apps.web.media_types import UNKNOWN, shown_type
from pystatus.apps.web.page import Page
from pystatus.apps.web.refusals import PageError
from pystatus.apps.web.rules import Rules
from pystatus.apps.web.static_files import StaticFiles
from pystatus.client.features.media import Audio, Image
from pystatus.errors import LocalError
from pystatus.faces.language import LANGUAGES, read
from pystatus.log_texts import get_logger
from pystatus.net.http_connection import Connection, HttpLimits
from pystatus.net.http_errors import HttpError
from pystatus.net.http_front import HttpFront
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE, UNDECODABLE
from pystatus.rpc.room import Room, Share
from pystatus.rpc.session import Session
from pystatus.rpc.tokens import Token
from pystatus.rpc.web_sockets import Line, WebSockets
from pystatus.storage import files

log = get_logger(__name__)

HOST = "127.0.0.1"
MAX_FRAME = 1 << 20
"""Bytes of a message of a WebSocket: many times the longest that somebody writes."""
MAX_SESSION_REQUEST = 1_000
"""Bytes of a request for a session: it has a code and a name."""
MAX_PENDING = 16
"""WebSockets that have not said whose they are, and requests for a session that are not complete; of more, the one that
came first is hung up on. Ours: a page says it at once."""
EXPORT_PIECE = 256 << 10
"""Bytes of an export that are read at a time."""

LIMITS = HttpLimits(max_body=MAX_REQUEST_SIZE, max_admitted=100)

Answering: TypeAlias = Callable[[web.BaseRequest, Share], Awaitable[web.StreamResponse]]


class _Asked(msgspec.Struct):
    """A request for a session."""

    code: str
    name: str = ""


class _Wanted(msgspec.Struct):
    """A request for an address. ``file``: and for a file that leads there."""

    file: bool = False


class WebServer:
    """One listening address."""

    def __init__(
        self,
        page: Page,
        static: StaticFiles,
        codes: Codes,
        rules: Rules,
        redirects: RedirectFiles,
        token: Token,
        limits: HttpLimits | None = None,
    ) -> None:
        """
        :param token: of commands of this machine, which may ask for new codes.
        """
        self._page = page
        self._static = static
        self._codes = codes
        self._rules = rules
        self.redirects = redirects
        self._token = token
        self._room = Room()
        self.front = HttpFront(self._handle, "the page", limits or LIMITS)
        self._sockets = WebSockets(page, self._room, MAX_FRAME, self.front.limits.close_timeout)
        self._pending: dict[Connection, None] = {}

    async def start(self, port: int) -> None:
        """Serve this machine, and no other.

        :param port: 0 takes a free one.
        :raises LocalError: the port is in use, or may not be used.
        """
        await self.front.start(HOST, port)
        self._rules.serve(self.front.port)

    @property
    def url(self) -> str:
        """Where the page is, without a code."""
        return self.front.url(HOST)

    def address(self) -> str:
        """Where it is, with a new code: a fragment, which no server and no other page is told."""
        return f"{self.url}/#code={self._codes.issue()}"

    async def close(self) -> None:
        """Hang up on everybody."""
        self.redirects.close()
        await self._sockets.close()
        await self.front.close()

    # every request

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        share = self._room.share(_connection(request).abort)
        host: str | None = None
        try:
            try:
                host = self._rules.host(request)
                response = await self._answer(request, share)
            except HttpError as error:
                response = _refusal(error, request)
            except LocalError as error:
                response = _refusal(PageError(HTTPStatus.BAD_REQUEST, type(error).__name__, str(error)), request)
            if not response.prepared:
                response.headers.update(headers(host))
                response.headers.setdefault("Cache-Control", NO_STORE)
                await response.prepare(request)
                await response.write_eof()
            return response
        finally:
            share.close()

    async def _answer(self, request: web.BaseRequest, share: Share) -> web.StreamResponse:
        path = request.path
        if request.method == "POST":
            posted = self._posts.get(path)
            if posted is not None:
                return await posted(request, share)
        elif request.method == "GET":
            if path == "/ws":
                return await self._socket(request)
            for start, got in self._gets.items():
                if path.startswith(start):
                    return await got(request, share)
            return self._file(request)
        allowed = "POST" if path in self._posts else "GET"
        raise PageError(HTTPStatus.METHOD_NOT_ALLOWED, "method", f"Here {allowed} is answered.", {"Allow": allowed})

    @property
    def _posts(self) -> Mapping[str, Answering]:
        return {"/session": self._session, "/rpc": self._rpc, "/lock": self._lock, "/code": self._code}

    @property
    def _gets(self) -> Mapping[str, Answering]:
        return {"/media/": self._media, "/export/": self._export, "/texts/": self._texts}

    # for everybody

    def _file(self, request: web.BaseRequest) -> web.Response:
        found = self._static.get(request.path)
        if found is None:
            self._rules.check_page(request)
            raise PageError(HTTPStatus.NOT_FOUND, "path", "There is nothing here. The page is at /.")
        if found.content_type == "text/html":
            self._rules.check_page(request)
        else:
            self._rules.check_read(request)
        response = web.Response(body=found.contents, content_type=found.content_type, charset=found.charset)
        response.headers["Cache-Control"] = FOR_EVER if found.is_hashed else NO_STORE
        return response

    async def _texts(self, request: web.BaseRequest, share: Share) -> web.Response:
        self._rules.check_read(request)
        code = request.path.removeprefix("/texts/").removesuffix(".json")
        if code not in LANGUAGES:
            raise PageError(HTTPStatus.NOT_FOUND, "path", "There are no texts in this language.")
        return _json(read(code))

    async def _session(self, request: web.BaseRequest, share: Share) -> web.Response:
        self._rules.check_act(request)
        with self._unknown(request):
            body = await self._body(request, share, MAX_SESSION_REQUEST)
        try:
            asked = msgspec.json.decode(body, type=_Asked)
        except UNDECODABLE:
            raise PageError(HTTPStatus.BAD_REQUEST, "json", "A session is asked for with a code.") from None
        self._codes.redeem(asked.code)
        secret, session = self._page.sessions.begin(asked.name)
        self.front.admit(request)
        return _json({"secret": secret, "session": session.id})

    async def _code(self, request: web.BaseRequest, share: Share) -> web.Response:
        """A new address, for a command of this machine."""
        self._rules.check_program(request)
        if not self._token.is_presented_by(request.headers.get("Authorization")):
            raise PageError(HTTPStatus.UNAUTHORIZED, "token", "The token is missing or wrong.")
        body = await self._body(request, share, MAX_SESSION_REQUEST)
        try:
            wanted = msgspec.json.decode(body, type=_Wanted)
        except UNDECODABLE:
            raise PageError(HTTPStatus.BAD_REQUEST, "json", "An address is asked for with an object.") from None
        found, profile = self.address(), self._page.state["profile"]
        file = self.redirects.to(found).as_uri() if wanted.file else ""
        return _json({"address": found, "file": file, "profile": "" if profile is None else profile["id"]})

    # for sessions

    def _admit(self, request: web.BaseRequest) -> None:
        """
        :raises HttpError: the request is of no session.
        """
        self._page.sessions.of_header(request.headers.get("Authorization"))
        self.front.admit(request)

    async def _socket(self, request: web.BaseRequest) -> web.StreamResponse:
        self._rules.check_act(request)
        socket = self._sockets.asked_for(request)
        if socket is None:
            raise PageError(HTTPStatus.UPGRADE_REQUIRED, "websocket", "This is a WebSocket.", {"Upgrade": "websocket"})
        with self._unknown(request) as known:

            async def greet(first: bytes | None, line: Line) -> AbstractContextManager[object] | None:
                known()
                begun = await self._page.greet(first, line)
                if begun is not None:
                    self.front.admit(request)
                return begun

            return await self._sockets.talk(request, socket, greet)

    @contextmanager
    def _unknown(self, request: web.BaseRequest) -> Iterator[Callable[[], object]]:
        """Somebody is waited for who has not said who they are. Too many of them do not keep the owner out: the one
        that is waited for longest is hung up on. What is given is called when they have said it."""
        connection = _connection(request)
        while len(self._pending) >= MAX_PENDING:
            oldest = next(iter(self._pending))
            del self._pending[oldest]
            oldest.abort()
        self._pending[connection] = None
        try:
            yield lambda: self._pending.pop(connection, None)
        finally:
            self._pending.pop(connection, None)

    async def _rpc(self, request: web.BaseRequest, share: Share) -> web.Response:
        self._rules.check_act(request)
        self._admit(request)
        body = await self._body(request, share, MAX_REQUEST_SIZE)
        answer = await self._page.answer(body, Session(share=share))
        if answer is None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        share.hold(len(answer))
        return web.Response(body=answer, content_type="application/json")

    async def _lock(self, request: web.BaseRequest, share: Share) -> web.Response:
        self._rules.check_act(request)
        self._admit(request)
        return _json(await self._page.lock())

    async def _media(self, request: web.BaseRequest, share: Share) -> web.Response:
        self._rules.check_read(request)
        self._admit(request)
        _, _, what, which = (*request.path.split("/", 3), "")[:4]
        data = self._bytes_of(what, which)
        if data is None:
            raise PageError(HTTPStatus.NOT_FOUND, "media", "There is no picture and no sound here.")
        share.hold(len(data))
        kind = shown_type(data)
        response = web.Response(body=data, content_type=kind or UNKNOWN)
        if kind is None:
            response.headers["Content-Disposition"] = "attachment"
        return response

    def _bytes_of(self, what: str, which: str) -> bytes | None:
        profile = self._page.profile
        if profile is None:
            return None
        if what == "message":
            found = profile.media.of(message_id(which))
            return found.data if isinstance(found, Image | Audio) else None
        if what == "person":
            picture = profile.contacts.picture(which)
            return None if picture is None else picture.data
        return None

    async def _export(self, request: web.BaseRequest, share: Share) -> web.StreamResponse:
        """A chat as a file. It is on the disk for its owner alone, and has no name there once it is sent."""
        self._rules.check_read(request)
        self._admit(request)
        profile = self._page.profile
        if profile is None:
            raise LocalError("No profile is open. Unlock one first.")
        chat = request.path.removeprefix("/export/")
        form = request.query.get("format", "html")
        target = files.scratch_name(profile.client.profile.directory / "export")
        written = await profile.conversations.export(chat, target, form)
        with files.open_regular(written) as file:
            written.unlink()
            response = web.StreamResponse(headers=headers(self._rules.host(request)))
            response.headers["Content-Disposition"] = f'attachment; filename="chat{_ENDS.get(form, ".txt")}"'
            response.headers["Cache-Control"] = NO_STORE
            response.content_type = UNKNOWN
            await response.prepare(request)
            while piece := file.read(EXPORT_PIECE):
                await response.write(piece)
            await response.write_eof()
        return response

    async def _body(self, request: web.BaseRequest, share: Share, most: int) -> bytes:
        self._rules.check_json(request)
        if (request.content_length or 0) > most:
            raise PageError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"This has at most {most} bytes.")
        share.hold(min(request.content_length or most, most))
        body = await self.front.read(request)
        if len(body) > most:
            raise PageError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"This has at most {most} bytes.")
        return body


_ENDS = {"html": ".html", "json": ".jsonl"}


def _connection(request: web.BaseRequest) -> Connection:
    return cast(Connection, request.protocol)


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def _refusal(error: HttpError, request: web.BaseRequest) -> web.Response:
    kind = error.kind if isinstance(error, PageError) else "http"
    response = _json({"error": error.sentence, "kind": kind})
    response.set_status(error.status)
    response.headers.update(error.headers or {})
    if request.body_exists:
        response.force_close()
    return response
