"""``pystatus fetch``: what mailservers have kept while nobody was here."""

from __future__ import annotations

from typing import Annotated

from pystatus.apps.exits import Refused
from pystatus.apps.kinds import number
from pystatus.apps.options import (
    DEFAULT_LEVELS,
    AsJson,
    DailyHistory,
    DataDir,
    LogFormatOption,
    LogLevelOption,
    MailserverPassword,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    misspelt,
    peers,
    timeout_option,
)
from pystatus.apps.output import Output
from pystatus.apps.values import CHAT, argument, option

DEFAULT_TIMEOUT = 120.0
"""Seconds: mailservers of the public network took minutes for a month."""
MAX_DAYS = 30
"""As far as mailservers look back."""


def fetch(
    profile: ProfileArgument,
    chat: Annotated[
        str | None,
        argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a chat key. Default: all chats."),
    ] = None,
    mailserver: Mailservers = None,
    peer: Peers = None,
    days: Annotated[
        float | None,
        option(number(0, MAX_DAYS), metavar="DAYS", help="How far back. Default: as before, 1 of a new chat."),
    ] = None,
    timeout: Annotated[float, timeout_option("How long to wait until nothing is missing.")] = DEFAULT_TIMEOUT,
    daily_history: DailyHistory = None,
    mailserver_password_file: MailserverPassword = None,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Fetch what mailservers have kept, and say what is missing. Messages are then in the history.

    Fetching what is known already costs little, so it may run as often as one likes. The exit code is 1 if something
    is still missing when the time is over; it is fetched the next time.
    """
    from pystatus.apps import logs
    from pystatus.apps.fetching import Fetch
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    asked = peers(mailserver)
    if not asked:
        raise Refused(
            f"No mailserver is given.{misspelt('PYSTATUS_MAILSERVERS')} Name one with --mailserver enode://… or in "
            "PYSTATUS_MAILSERVERS."
        )
    relays = peers(peer)
    logs.set_up(log_level, log_format, as_json=as_json)
    opening = Opening(profile, password_file, data_dir, mailserver_password_file)
    places = opening.to_enter([] if chat is None else [chat], may_ask=not as_json)
    client = opening.client(peers=relays, mailservers=asked, daily_megabytes=daily_history)
    run(Fetch(client, Output(as_json=as_json)).run(next(iter(places), None), days, timeout))
