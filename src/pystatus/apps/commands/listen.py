"""``pystatus listen``: print what arrives, as it arrives."""

from __future__ import annotations

from typing import Annotated

from pystatus.apps.options import (
    DEFAULT_LEVELS,
    AsJson,
    DailyHistory,
    DataDir,
    DnsLists,
    KeepUnread,
    LogFormatOption,
    LogLevelOption,
    MailserverPassword,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    count_option,
    dns_lists,
    for_option,
    peers,
    some_peers,
)
from pystatus.apps.output import Output
from pystatus.apps.values import CHAT, argument, option


def listen(
    profile: ProfileArgument,
    join: Annotated[
        list[str] | None,
        argument(CHAT, metavar="CHAT", help="Chats to join first: public ones, '#name' in quotes, or chat keys."),
    ] = None,
    peer: Peers = None,
    dns_list: DnsLists = None,
    mailserver: Mailservers = None,
    daily_history: DailyHistory = None,
    mailserver_password_file: MailserverPassword = None,
    only: Annotated[
        list[str] | None,
        option(
            CHAT,
            "--chat",
            metavar="CHAT",
            help="Print messages of this chat only. May be given several times. Default: of all chats.",
        ),
    ] = None,
    count: Annotated[int | None, count_option("messages")] = None,
    seconds: Annotated[float | None, for_option("messages")] = None,
    keep_unread: KeepUnread = False,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Print messages as they arrive, until it is interrupted. Without --json, only messages go to standard output.

    What is shown counts as read from then on.
    """
    from pystatus.apps import chats, listening, logs
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    lists = dns_lists(dns_list)
    asked = peers(mailserver)
    relays = some_peers(peer, lists + asked)
    logs.set_up(log_level, log_format, as_json=as_json)
    opening = Opening(profile, password_file, data_dir, mailserver_password_file)
    places = opening.to_enter(join or (), may_ask=not as_json)
    wanted = {chats.id_of(place) for place in opening.to_read(only)} if only else None
    client = opening.client(peers=relays, dns_lists=lists, mailservers=asked, daily_megabytes=daily_history)
    listener = listening.Listener(client, Output(as_json=as_json), wanted, count, mark_read=not keep_unread)
    run(listener.listen(places, seconds))
