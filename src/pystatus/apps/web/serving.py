"""Serving the page until it is interrupted."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pystatus.apps.web.browser import RedirectFiles
from pystatus.apps.web.chat_calls import ChatCalls
from pystatus.apps.web.codes import Codes
from pystatus.apps.web.names_calls import NamesCalls
from pystatus.apps.web.network_calls import NetworkCalls
from pystatus.apps.web.networks import Networks, RunsNetwork
from pystatus.apps.web.opening import MakesClient, Opening
from pystatus.apps.web.opening_calls import OpeningCalls
from pystatus.apps.web.page import Page
from pystatus.apps.web.page_calls import PageCalls
from pystatus.apps.web.rules import Rules
from pystatus.apps.web.running_servers import recorded
from pystatus.apps.web.server import WebServer
from pystatus.apps.web.sessions import Sessions
from pystatus.apps.web.settings import SettingsFile
from pystatus.apps.web.static_files import StaticFiles
from pystatus.apps.web.wallet_calls import WalletCalls
from pystatus.fleets.fleet import Fleet
from pystatus.net.http_connection import HttpLimits
from pystatus.records import dataclass
from pystatus.rpc.tokens import TOKEN_SIZE, Token
from pystatus.storage.profiles import Profiles


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be served, and how."""

    data_directory: Path
    make: MakesClient
    """Makes the client of a profile that somebody unlocks."""
    port: int = 0
    allowed_hosts: Sequence[str] = ()
    network: Fleet | None = None
    """That clients join; the page may choose another one."""
    names_nodes: bool = False
    """The command was given nodes to connect to, beside a network or without one."""
    own_network: RunsNetwork | None = None
    """Makes and runs a network beside the page; ``None``: none is offered."""
    chosen: str | None = None
    """The key uid of the profile that is to be opened."""
    language: str = "en"
    static: StaticFiles | None = None
    """The files of the page; ``None``: those of the package."""
    limits: HttpLimits | None = None
    now: Callable[[], float] = time.monotonic
    """Seconds, for how long codes can be used."""


@dataclass(frozen=True)
class Serving:
    """A page that is served."""

    page: Page
    server: WebServer


@asynccontextmanager
async def serving(wanted: Wanted) -> AsyncIterator[Serving]:
    """Serve the page as long as the block lasts. Nothing is open in it at first: ``page.opening.open`` opens a profile.

    :raises LocalError: the page is not in this installation, or the port cannot be used.
    """
    static = wanted.static or StaticFiles()
    profiles = Profiles(wanted.data_directory)
    token = secrets.token_hex(TOKEN_SIZE)
    codes = Codes(os.urandom, wanted.now)
    page = Page(
        lambda network, changed: Opening(profiles, wanted.make, network, changed),
        lambda changed: Networks(wanted.data_directory, wanted.network, wanted.own_network, changed),
        Sessions(os.urandom, time.time),
        SettingsFile(wanted.data_directory),
        wanted.language,
        wanted.names_nodes,
    )
    opening = OpeningCalls(page, wanted.chosen)
    page.methods = {
        **opening.methods,
        **NetworkCalls(page).methods,
        **ChatCalls(page).methods,
        **PageCalls(page).methods,
        **WalletCalls(page).methods,
        **NamesCalls(page).methods,
    }
    page.waiting = opening.WAITING.union(
        *(calls.WAITING for calls in (NetworkCalls, ChatCalls, WalletCalls, NamesCalls))
    )
    redirects = RedirectFiles(wanted.data_directory)
    server = WebServer(page, static, codes, Rules(wanted.allowed_hosts), redirects, Token(token), wanted.limits)
    await server.start(wanted.port)
    try:
        await page.start()
        with recorded(wanted.data_directory, server.front.port, token):
            yield Serving(page, server)
    finally:
        await asyncio.gather(server.close(), page.close())
