"""``pystatus send``: send one message and wait until a relay has it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pystatus import typed
from pystatus.apps import streams, terminal
from pystatus.apps.options import (
    DEFAULT_LEVELS,
    STDIN,
    AsJson,
    DataDir,
    DnsLists,
    LogFormatOption,
    LogLevelOption,
    MailserverPassword,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    dns_lists,
    one_reader_of_stdin,
    peers,
    some_peers,
    timeout_option,
)
from pystatus.apps.output import Output
from pystatus.apps.values import CHAT, MESSAGE, argument
from pystatus.errors import Refused, refused

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""
MAX_TEXT = 1 << 20
"""Bytes that are read as a text: far above what a message may have, so that a wrong file ends here."""


def send(
    profile: ProfileArgument,
    chat: Annotated[
        str, argument(CHAT, metavar="CHAT", help="A public chat, '#name' in quotes, or a person's chat key.")
    ],
    text: Annotated[str, argument(MESSAGE, metavar="TEXT", help="What to say; - reads it from standard input.")],
    peer: Peers = None,
    dns_list: DnsLists = None,
    mailserver: Mailservers = None,
    mailserver_password_file: MailserverPassword = None,
    timeout: Annotated[float, timeout_option("How long to wait until a relay has the message.")] = DEFAULT_TIMEOUT,
    password_file: PasswordFile = None,
    data_dir: DataDir = None,
    log_level: LogLevelOption = DEFAULT_LEVELS,
    log_format: LogFormatOption = None,
    as_json: AsJson = False,
) -> None:
    """Send a message, joining or opening the chat if necessary, and say who can read it when a relay has it.

    A name without # is taken for a public chat that the profile is in already. Otherwise you are asked, or, where
    nobody can be asked, nothing is sent.

    If no relay takes it in time, the exit code is 3. The message stays stored and goes out the next time that this
    profile is connected: do not send it again.
    """
    from pystatus.apps import command_log, sending
    from pystatus.apps.opening import Opening
    from pystatus.net.loop import run

    one_reader_of_stdin(password_file, mailserver_password_file, Path(text))
    lists = dns_lists(dns_list)
    asked = peers(mailserver)
    relays = some_peers(peer, lists + asked)
    if Path(text) == STDIN:
        text = _standard_input()
    command_log.set_up(log_level, log_format, as_json=as_json)
    opening = Opening(profile, password_file, data_dir, mailserver_password_file)
    (place,) = opening.to_enter([chat], may_ask=not as_json)
    client = opening.client(peers=relays, dns_lists=lists, mailservers=asked)
    run(sending.send(client, place, text, timeout, Output(as_json=as_json)))


def _standard_input() -> str:
    if streams.is_typed():  # or somebody waits for a question, and types the password where it is shown
        terminal.tell("Write the message. Ctrl-D on a line of its own ends it.")
    data = streams.read_input(MAX_TEXT)
    if len(data) > MAX_TEXT:
        raise Refused("What is on standard input is too long for a message.")
    with refused():
        text = typed.message(typed.decoded(data, "What is on standard input")).rstrip("\n")
    MESSAGE.parse(text, quote=False)
    return text
