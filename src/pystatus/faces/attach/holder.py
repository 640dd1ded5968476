"""The process that holds a profile: its client, which others of the same user may attach to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Self

from pystatus.client import Client
from pystatus.errors import LocalError
from pystatus.faces.attach.place import REMEMBERED, socket_path, usable
from pystatus.json_values import Json
from pystatus.log_texts import get_logger
from pystatus.peers.cache import CachedPeer
from pystatus.rpc.client_api.api import ClientApi
from pystatus.rpc.client_api.calls import RESULTS, WAITING
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.ipc import IpcServer
from pystatus.rpc.room import Room
from pystatus.storage.cached_peers import SqlCachedPeers

log = get_logger(__name__)


class SharedClient(Client):
    """A client as any other. While it is open, other commands and programs of the same user can use the profile, too:
    they attach to its socket, a file that nobody else may open."""

    _serving: AsyncExitStack | None = None

    async def start(self) -> Self:
        """See :meth:`Client.start`. If the socket cannot be made, as on a read-only disk, the log says so, and the
        client works without."""
        await super().start()
        try:
            self._serving = await self._serve()
        except LocalError as error:
            log.warning("other commands cannot use the profile while it is open here: %s", error)
        except BaseException:
            await super().close()
            raise
        return self

    async def _serve(self) -> AsyncExitStack:
        async with AsyncExitStack() as stack:
            api = ClientApi(self, files=True)
            stack.callback(api.close)
            methods = {**api.methods, REMEMBERED: self._remembered_peers}
            server = IpcServer(Dispatcher(methods, waiting=WAITING), Room())
            # The lock of the profile is ours: a socket that is there is what a process that was killed has left.
            path = stack.enter_context(usable(socket_path(self.profile)))
            stack.push_async_callback(server.close)
            await server.start(path)
            self._resources.callback(server.stop)  # before the profile is let go: who opens it next makes a socket
            return stack.pop_all()
        raise AssertionError("unreachable")

    def _remembered_peers(self) -> Json:
        """The relays and mailservers of earlier runs."""
        session = self._access.session
        return RESULTS.encode(SqlCachedPeers(session.database.connection).all(session.now), Sequence[CachedPeer])

    async def close(self) -> None:
        """Close as any other client, and hang up on those who are attached."""
        serving, self._serving = self._serving, None
        try:
            await super().close()
        finally:
            if serving is not None:
                await serving.aclose()
