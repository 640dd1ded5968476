"""The network of profiles that are opened in the page, and one of one's own that runs beside it.

Which network was chosen in the page is kept, so that it is the same after the next start; a command that names one is
obeyed instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from enum import Enum
from pathlib import Path
from typing import Protocol

import msgspec

from pystatus.errors import LocalError, StatusError
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.invitation import MAX_TYPED, invitation, invitation_in, is_invitation, parse_invitation
from pystatus.fleets.published import published_fleet
from pystatus.log_texts import get_logger
from pystatus.records import dataclass
from pystatus.rpc.dispatcher import UNDECODABLE
from pystatus.storage import files

log = get_logger(__name__)

FILE = "page-network.json"
"""Its name in the data directory. It is beside the settings of the page, not among them: an invitation may hold the
password of a mailserver, which is for no window."""
MAX_SIZE = 2 * MAX_TYPED
"""Bytes of the file that are read: it has one invitation."""


class OwnState(Enum):
    """Whether a network of one's own is here."""

    NOT_OFFERED = "not-offered"
    """Whoever serves the page runs none."""
    NONE = "none"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class RunningNetwork:
    """A network of one's own that runs."""

    fleet: Fleet
    host: str
    reach: str
    """From where it is reached: ``nobody`` else, ``local``, ``public``, or by a ``name``."""
    ports: tuple[str, ...]
    """That have to be open, as ``30303/tcp``."""


class RunsNetwork(Protocol):
    """Makes one network on this machine, and runs it in this process."""

    def is_there(self) -> bool:
        """Whether it was made."""

    def make(self, name: str, host: str | None) -> None:
        """Make it. It may block.

        :param host: by which others reach this machine; ``None``: its address in the local network.
        :raises LocalError: there is one, a name or a host that cannot be; the disk refuses.
        """

    def running(self) -> AbstractAsyncContextManager[RunningNetwork]:
        """Inside, it runs.

        :raises LocalError: it cannot, for example as a port is in use.
        """


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    network: str = ""
    """An invitation, or the name of a published one."""
    runs: bool = False
    """Whether the network of one's own runs while the page is served."""


class Networks:
    """Of one server."""

    def __init__(
        self, data_directory: Path, given: Fleet | None, own: RunsNetwork | None, changed: Callable[[], None]
    ) -> None:
        """
        :param given: the network that the command was given, which is the one until another one is chosen.
        :param changed: called when another network is used, or one's own starts or ends.
        """
        self._path = data_directory / FILE
        self._kept = self._read()
        self._runner = own
        self._changed = changed
        self._turn = asyncio.Lock()
        self._stack: AsyncExitStack | None = None
        self.running: RunningNetwork | None = None
        """The one that runs here."""
        self.problem = ""
        """Why it does not run."""
        self.used = given if given is not None else self._chosen_before()
        """The network of the profile that is opened next; ``None``: none is known here."""

    @property
    def own_state(self) -> OwnState:
        """Whether there is a network of one's own, and whether it runs."""
        if self._runner is None:
            return OwnState.NOT_OFFERED
        if self.running is not None:
            return OwnState.RUNNING
        return OwnState.STOPPED if self._runner.is_there() else OwnState.NONE

    @property
    def is_own_used(self) -> bool:
        """Whether profiles are opened in the network that runs here."""
        return self.running is not None and self.used is not None and self.used.relays == self.running.fleet.relays

    def use(self, named: str) -> Fleet | None:
        """Use a network from now on.

        :param named: by its invitation, or by its name if it is a published one; empty: none.
        :raises LocalError: there is no such network, or the disk refuses.
        """
        found = _named(named)
        self._keep(msgspec.structs.replace(self._kept, network=invitation_in(named) or named))
        self.used = found
        self._changed()
        return found

    async def begin(self) -> None:
        """The page is served from now on: what ran beside it when it was served last runs again. Why it does not is
        told in the page."""
        if self._kept.runs and self.own_state is OwnState.STOPPED:
            with contextlib.suppress(LocalError):  # it is the problem that the page shows
                await self.start()

    async def make(self, name: str, host: str | None) -> None:
        """Make a network of one's own, run it, and use it.

        :raises LocalError: as of :class:`RunsNetwork`.
        """
        runner = self._offered
        await asyncio.to_thread(runner.make, name, host)
        await self.start()
        assert self.running is not None, "it has started"
        self.use(invitation(self.running.fleet))

    async def start(self) -> None:
        """Run it, and whenever the page is served.

        :raises LocalError: there is none, or it cannot run.
        """
        runner = self._offered
        async with self._turn:
            if self.running is not None:
                return
            stack = AsyncExitStack()
            try:
                self.running = await stack.enter_async_context(runner.running())
            except StatusError as error:
                self.problem = str(error)
                self._changed()
                raise
            self._stack, self.problem = stack, ""
            self._keep(msgspec.structs.replace(self._kept, runs=True))
        self._changed()

    async def stop(self) -> None:
        """End it, until it is started again."""
        self._keep(msgspec.structs.replace(self._kept, runs=False))
        await self.close()
        self._changed()

    async def close(self) -> None:
        """The page is not served any more."""
        async with self._turn:
            stack, self._stack, self.running = self._stack, None, None
            if stack is not None:
                await stack.aclose()

    @property
    def _offered(self) -> RunsNetwork:
        if self._runner is None:
            raise LocalError("No network is run beside this page. Make one with: pystatus network create DIR")
        return self._runner

    def _chosen_before(self) -> Fleet | None:
        try:
            return _named(self._kept.network)
        except LocalError as error:
            log.warning("the network that was chosen in the page is not used: %s", error)
            return None

    def _keep(self, kept: _Kept) -> None:
        if kept == self._kept:
            return
        with files.explained_files("The network of the page cannot be kept"):
            files.make_directory(self._path.parent)
            files.write_private(self._path, msgspec.json.encode(kept))
        self._kept = kept

    def _read(self) -> _Kept:
        try:
            return msgspec.json.decode(files.read_small(self._path, MAX_SIZE), type=_Kept)
        except FileNotFoundError:
            return _Kept()
        except (OSError, LocalError, *UNDECODABLE) as error:
            log.warning("the network of the page cannot be read, and is chosen anew: %s", type(error).__name__)
            return _Kept()


def _named(text: str) -> Fleet | None:
    """
    :raises LocalError: there is no such network.
    """
    if not text:
        return None
    return parse_invitation(text) if is_invitation(text) else published_fleet(text)
