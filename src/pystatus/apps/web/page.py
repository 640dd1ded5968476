"""All that is behind the page: one profile at most, the windows that show it, and what they are told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec

from pystatus.apps.web.networks import Networks
from pystatus.apps.web.open_profile import OpenProfile
from pystatus.apps.web.opening import Opening, State
from pystatus.apps.web.sessions import CLOSE_LOCKED, CLOSE_UNKNOWN, Sessions
from pystatus.apps.web.settings import PageSettings, SettingsFile
from pystatus.apps.web.shapes import PageValue
from pystatus.apps.web.viewer import Viewer
from pystatus.client import Client, Event, EventsLost
from pystatus.errors import StatusError
from pystatus.faces.catalogue import texts_in
from pystatus.faces.language import LANGUAGES, PSEUDO
from pystatus.faces.notices import NoticeSettings, Preview, Situation, deciding, notices, withdrawn
from pystatus.fleets.fleet import Fleet
from pystatus.log_texts import get_logger
from pystatus.messenger.events import MessageReceived
from pystatus.rpc.client_api.api import ClientApi
from pystatus.rpc.client_api.calls import WAITING
from pystatus.rpc.dispatcher import UNDECODABLE, Dispatcher, Method, Request
from pystatus.rpc.session import Session
from pystatus.rpc.web_sockets import Line
from pystatus.version import VERSION
from pystatus.wording import counted

log = get_logger(__name__)

LOOK_SECONDS = 5.0
"""Between two looks at the time: whether nobody is there any more, and what is said of the network. Ours."""
MAX_FIRST = 1_000
"""Bytes of the first message of a WebSocket: it has a secret and a language."""


class _First(msgspec.Struct):
    """The first message."""

    secret: str
    language: str = ""


class Page:
    """Of one server."""

    def __init__(
        self,
        opening: Callable[[Callable[[], Fleet | None], Callable[[], None]], Opening],
        networks: Callable[[Callable[[], None]], Networks],
        sessions: Sessions,
        settings: SettingsFile,
        language: str,
        names_nodes: bool = False,
    ) -> None:
        """
        :param opening: makes it, given what says which network is used, and what it is to call when its state changes.
        :param networks: makes them, given what they are to call when another network is used.
        :param names_nodes: the command itself was given nodes to connect to.
        :param language: of windows that want none: see :mod:`pystatus.faces.language`.
        """
        self.sessions = sessions
        self.settings = settings
        self.networks = networks(self._tell_state)
        self.opening = opening(lambda: self.networks.used, self._state_changed)
        self._names_nodes = names_nodes
        self.methods: Mapping[str, Method] = {}
        """The calls of the page beside those of a client; to be set before the first request."""
        self.waiting: frozenset[str] = frozenset()
        """Those of them that wait for something."""
        self.profile: OpenProfile | None = None
        self._language = language
        self._viewers: dict[Session, Viewer] = {}
        self._focused: Viewer | None = None
        """Where somebody has looked last."""
        self._active_at = 0.0
        self._api: ClientApi | None = None
        self._dispatcher: Dispatcher | None = None
        self._following: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._locking: asyncio.Task[Mapping[str, str]] | None = None

    # life

    async def start(self) -> None:
        """From now on time passes, and the network that was made here runs."""
        self._looking = asyncio.create_task(self._look_now_and_then())
        await self.networks.begin()

    async def close(self) -> None:
        """Close what is open."""
        if self._looking is not None:
            self._looking.cancel()
        await self._end_profile()
        await self.opening.close()
        await self.networks.close()

    # who is there

    async def greet(self, first: bytes | None, line: Line) -> AbstractContextManager[object] | None:
        """The first message of a WebSocket says whose it is."""
        try:
            said = msgspec.json.decode(first or b"", type=_First) if len(first or b"") <= MAX_FIRST else None
        except UNDECODABLE:
            said = None
        of = None if said is None else self.sessions.of_secret(said.secret)
        if said is None or of is None:
            line.end(CLOSE_UNKNOWN)
            return None
        is_known = said.language in LANGUAGES or said.language == PSEUDO
        viewer = Viewer(line.session, of, texts_in(said.language if is_known else self._language))
        return self._present(viewer, line)

    @contextmanager
    def _present(self, viewer: Viewer, line: Line) -> Iterator[None]:
        viewer.show(self.profile)
        self._viewers[line.session] = viewer
        viewer.of.attach(viewer, line.end)
        hello = {"version": VERSION, "session": viewer.of.id, "language": viewer.texts.code, "state": self.state}
        viewer.tell("hello", hello)
        try:
            yield
        finally:
            viewer.of.detach(viewer)
            del self._viewers[line.session]
            viewer.close()
            if self._focused is viewer:
                self._focused = None

    def viewer(self, session: Session) -> Viewer:
        """The window that a call is of.

        :raises LocalError: it is of none: it came by a POST.
        """
        session.require_notifications()
        return self._viewers[session]

    def focus(self, viewer: Viewer, focused: bool) -> None:
        """Somebody looks there, or away."""
        viewer.is_focused = focused
        if focused:
            self._focused = viewer
            self.touch()

    def use(self, settings: PageSettings) -> None:
        """The page is wanted otherwise, in all windows."""
        for viewer in self._viewers.values():
            viewer.use(settings)
            viewer.tell("settings", msgspec.structs.asdict(settings))

    def touch(self) -> None:
        """Somebody does something: it is locked later."""
        self._active_at = asyncio.get_running_loop().time()

    # what is asked

    async def answer(self, data: bytes, session: Session) -> bytes | None:
        """See :class:`pystatus.rpc.dispatcher.Dispatcher`."""
        return await self._now.answer(data, session)

    def waits(self, request: Request | None) -> bool:
        """See :class:`pystatus.rpc.dispatcher.Dispatcher`."""
        return self._now.waits(request)

    @property
    def _now(self) -> Dispatcher:
        """What can be called now."""
        if self._dispatcher is None:
            of_client = {} if self._api is None else self._api.methods
            missing = {} if self._api is not None else dict.fromkeys(("client", "events"), "no profile is open")
            self._dispatcher = Dispatcher({**of_client, **self.methods}, missing, waiting=WAITING | self.waiting)
        return self._dispatcher

    # the profile

    @property
    def state(self) -> PageValue:
        """Which profile is open, if any."""
        opening = self.opening
        profile = opening.profile
        shown = (
            None
            if profile is None
            else {
                "id": profile.account.key_uid,
                "name": profile.name,
                "alias": profile.account.alias,
                "chat_key": profile.account.chat_key,
                "key": profile.account.public_key.hex,
            }
        )
        named = self.networks.used
        return {
            "state": opening.state.value,
            "profile": shown,
            "attached": self.profile is not None and self.profile.is_attached,
            "problem": opening.problem,
            "network": {
                "known": named is not None or self._names_nodes,
                "named": named is not None,
                "name": "" if named is None else named.name,
                "own": self.networks.own_state.value,
            },
        }  # fmt: skip

    def _state_changed(self) -> None:
        if self.opening.state is State.OPEN and self.opening.client is not None:
            self._begin_profile(self.opening.client)
        self._tell_state()

    def _tell_state(self) -> None:
        for viewer in list(self._viewers.values()):
            viewer.tell("state", self.state)

    def _begin_profile(self, client: Client) -> None:
        self.profile = OpenProfile(client)
        self._api = ClientApi(client, files=False)
        self._dispatcher = None
        self.touch()
        for viewer in self._viewers.values():
            viewer.show(self.profile)
        events = client.events()  # from here on nothing is missed
        self.profile.begin()
        self._following = asyncio.create_task(self._follow(self.profile, events))

    async def _end_profile(self) -> None:
        following, self._following = self._following, None
        if following is not None and following is not asyncio.current_task():
            following.cancel()
            await asyncio.wait([following])
        if self._api is not None:
            self._api.close()
        self.profile = self._api = self._dispatcher = None
        for viewer in self._viewers.values():
            viewer.show(None)

    async def lock(self, asking: Viewer | None = None) -> Mapping[str, str]:
        """Close the profile, and end all sessions. The window that asks gets a new one, in which nothing is open. It is
        done to its end, whether or not that window is still there.

        :returns: the new session and its secret.
        """
        self._locking = asyncio.create_task(self._lock(asking))
        return await asyncio.shield(self._locking)

    async def _lock(self, asking: Viewer | None) -> Mapping[str, str]:
        await self._end_profile()
        await self.opening.close()
        name = "?" if asking is None else asking.of.name
        lines, of_asking = list(self._viewers.values()), asking or self._focused
        before = self.sessions.all
        self.sessions.drop_all()
        secret, session = self.sessions.begin(name)
        told = {"secret": secret, "session": session.id}
        for viewer in lines:
            viewer.tell("locked", told if viewer is of_asking else {})
        for one in before:
            one.end(CLOSE_LOCKED)
        return told

    async def _failed(self, problem: str) -> None:
        await self._end_profile()
        await self.opening.close(problem)

    # what happens

    async def _follow(self, profile: OpenProfile, events: Any) -> None:
        """Tell windows what happens, as long as the client lives."""
        while True:
            try:
                async for event in events:
                    self._take_safely(profile, event)
                return
            except EventsLost:
                log.warning("the page was too slow for what happens, and reads everything anew")
                events = profile.client.events()
                profile.begin()
                for viewer in self._viewers.values():
                    viewer.reset()
            except StatusError as error:
                self._ending = asyncio.create_task(self._failed(str(error)))
                return

    def _take_safely(self, profile: OpenProfile, event: Event) -> None:
        """What goes wrong with one event ends nothing: windows ask for everything anew."""
        try:
            self._take(profile, event)
        except StatusError as error:  # the client has just ended, which its events tell
            log.info("the page is not told of an event: %s", error)
        except Exception:  # a fault of ours
            log.exception("an event was not shown because of a fault in pystatus")
            for viewer in self._viewers.values():
                viewer.reset()

    def _take(self, profile: OpenProfile, event: Event) -> None:
        of_network = profile.note(event)
        for viewer in self._viewers.values():
            viewer.note(event, of_network=of_network)
        self._notify(profile, event)

    def _notify(self, profile: OpenProfile, event: Event) -> None:
        """Ask for attention in one window, unless somebody looks at the chat already."""
        tag = withdrawn(event)
        if tag is not None:
            for viewer in self._viewers.values():
                viewer.tell("notice_gone", {"tag": tag})
        if isinstance(event, MessageReceived) and event.is_late:
            return
        windows = [self._focused] if self._focused is not None else list(self._viewers.values())
        if not windows:
            return
        viewer = windows[0]
        wanted = self.settings.now
        settings = NoticeSettings(
            enabled=wanted.notices,
            sound=wanted.sound,
            preview=Preview(wanted.preview),
            all_of_public=wanted.all_of_public,
            strangers=wanted.strangers,
        )
        situation = Situation(
            profile.own,
            profile.names,
            profile.time_on_the_wall,
            is_focused=viewer.is_focused,
            open_chat=viewer.open_chat,
            added=profile.added(deciding(event)),
        )
        viewer.notify(notices(event, situation, settings, viewer.texts))

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(StatusError):  # the client has just ended, which is told elsewhere
                await self.look()

    async def look(self) -> None:
        """Time has passed."""
        minutes = self.settings.now.idle_lock
        idle = asyncio.get_running_loop().time() - self._active_at
        if self.profile is not None and minutes and idle >= 60 * minutes:
            log.info("nobody has used the page for %s: it is locked", counted(minutes, "minute"))
            await self.lock()
            return
        for viewer in self._viewers.values():
            viewer.look()
