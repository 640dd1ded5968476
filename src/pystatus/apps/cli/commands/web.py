"""``pystatus web``: chats in a browser, for people."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, grouped
from pystatus.apps.cli.options import DailyHistory
from pystatus.apps.cli.values import PROFILE, argument, option
from pystatus.settings.kinds import HOST, PORT, whole

if TYPE_CHECKING:
    from pystatus.apps.cli.output import Output
    from pystatus.apps.web.opening import MakesClient
    from pystatus.apps.web.serving import Serving, Wanted
    from pystatus.client import Client
    from pystatus.fleets.fleet import Fleet
    from pystatus.storage.descriptions import Profile

SUMMARY = "Chat in a browser."
PLACE = 6


@dataclass
class WebOptions(NetworkOptions):
    """A profile to chat with, if one is named."""

    profile: Annotated[
        str | None,
        argument(PROFILE, metavar="PROFILE", help="Which one. Without it you choose one, or make one, in the page."),
    ] = None  # type: ignore[assignment]  # here it may be chosen in the page


@dataclass
class PageOptions:
    """How the page is served and opened."""

    port: Annotated[
        int, option(PORT, metavar="PORT", help="Serve it on this port of this machine; 0 takes a free one.")
    ] = 0
    open_again: Annotated[
        bool, typer.Option("--open", help="Open another window of a page that is served already, and end.")
    ] = False
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open a browser. Else the address is printed: it works once.")
    ] = True
    redirect_file: Annotated[
        bool,
        typer.Option(
            "--redirect-file/--no-redirect-file",
            help="Lead the browser there by a file, so that no process list shows the address. Some browsers cannot "
            "read it: those of snap, and those of Windows from WSL.",
        ),
    ] = True
    allow_host: Annotated[
        list[str] | None,
        option(
            HOST,
            metavar="HOST",
            help="A name that the browser may use for this machine, as localhost for a port that is forwarded to "
            "another one. May be given several times.",
        ),
    ] = None
    idle_lock: Annotated[
        int | None,
        option(whole(0, 24 * 60, "minutes, a whole number"), metavar="MINUTES", help="Lock it after so many minutes "
               "in which nobody does anything; 0: never."),
    ] = None  # fmt: skip


@grouped
def web(given: WebOptions, logs: LogOptions, pages: PageOptions, daily_history: DailyHistory = None) -> None:
    """Chat in a browser: a page that this machine serves to you alone, until it is interrupted.

    Without PROFILE you choose one, make an account, or recover one, in the page. docs/web.md says more, as how to use
    it from another machine.
    """
    from pystatus.apps.web import running_servers

    if given.profile:
        given.find()
    data_directory = given.profiles.directory.parent
    wanted = given.stored.account.key_uid if given.profile else None
    by_file = pages.browser and pages.redirect_file
    served = None
    if pages.open_again or not pages.port:
        served = running_servers.find(data_directory, wanted, file=by_file)
    if pages.open_again:
        served = running_servers.check_found(served)
    if served is None:
        _serve(given, logs, pages, daily_history)
    else:
        _lead(served.address, served.file, pages, given.out)


def _lead(address: str, file: str, pages: PageOptions, out: Output) -> None:
    """Have a browser open the page, or say where it is."""
    from pystatus.apps.web.browser import open_browser

    if pages.browser and open_browser(file or address):
        out.event({"event": "opened"}, "The page is opened in your browser. Another window: pystatus web --open")
    else:
        out.event({"event": "address", "address": address}, f"Open this within a minute; it works once: {address}")


def _serve(given: WebOptions, logs: LogOptions, pages: PageOptions, daily_history: float | None) -> None:
    from pystatus.apps.cli import passwords
    from pystatus.apps.cli.page_network import PageNetwork
    from pystatus.apps.web.serving import Wanted
    from pystatus.faces import language
    from pystatus.faces.attach.place import is_held
    from pystatus.net.loop import run

    logs.set_up(as_json=given.as_json)
    password: str | None = None
    opens = False
    if given.profile:
        opens = is_held(given.profiles, given.stored)
        if opens:
            given.say_what_is_not_used()
        elif passwords.source(given.password_file) is not None:
            password, opens = given.password, True
    wanted = Wanted(
        data_directory=given.profiles.directory.parent,
        make=_maker(given, daily_history),
        port=pages.port,
        allowed_hosts=tuple(pages.allow_host or ()),
        network=given.network,
        names_nodes=given.names_nodes,
        own_network=PageNetwork(given.profiles.directory.parent, given.out),
        chosen=given.stored.account.key_uid if given.profile else None,
        language=language.chosen(os.environ),
    )
    run(_until_interrupted(wanted, given.stored if opens else None, password, given, pages))


def _maker(given: WebOptions, daily_history: float | None) -> MakesClient:
    """What makes the client of a profile that is unlocked in the page."""

    def make(profile: Profile, password: str | None, network: Fleet | None) -> Client:
        from pystatus.apps.cli.profile_access import ProfileAccess

        chosen = replace(given, profile=profile.account.key_uid, password_file=None)
        chosen.network = network
        chosen.access = ProfileAccess(profile.account.key_uid, None, given.data_dir, given.mailserver_password_file)
        if password is not None:
            chosen.access.use_password(password)
        return chosen.client(daily_megabytes=daily_history)

    return make


async def _until_interrupted(
    wanted: Wanted, profile: Profile | None, password: str | None, given: WebOptions, pages: PageOptions
) -> None:
    """
    :raises LocalError: the port cannot be used, the page is not installed, or the profile cannot be opened.
    """
    import asyncio

    from pystatus.apps.web.serving import serving
    from pystatus.net.signals import on_signal

    stop = asyncio.Event()
    async with serving(wanted) as served:
        with on_signal(stop.set, signal.SIGTERM):
            if pages.idle_lock is not None:
                served.page.settings.set("idle_lock", pages.idle_lock)
            if profile is not None:
                await served.page.opening.open(profile, password)
            await _show(served, pages, given.out)
            await stop.wait()


async def _show(served: Serving, pages: PageOptions, out: Output) -> None:
    import asyncio

    server = served.server
    out.event(
        {"event": "serving", "url": server.url}, f"Serving the page on {server.url}, to you alone. Ctrl-C ends it."
    )
    address = server.address()
    file = server.redirects.to(address).as_uri() if pages.browser and pages.redirect_file else ""
    await asyncio.to_thread(_lead, address, file, pages, out)
