"""Opening a profile for a command that talks to the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pystatus.apps import passwords
from pystatus.apps.options import one_reader_of_stdin
from pystatus.client import Client
from pystatus.mailserver.config import PUBLIC_PASSWORD
from pystatus.storage.profiles import Profiles


def open_client(
    profile: str,
    password_file: Path | None,
    data_dir: Path | None,
    *,
    peers: Sequence[str] = (),
    dns_lists: Sequence[str] = (),
    mailservers: Sequence[str] = (),
    mailserver_password_file: Path | None = None,
    daily_megabytes: float | None = None,
    new_device: bool = False,
) -> Client:
    """The client of ``profile``. Whatever is wrong with what was given is told before the password is asked.

    :param mailserver_password_file: what requests to mailservers are sealed with; None: what everybody's are.
    :raises LocalError: no such profile, a wrong password, a file that cannot be read.
    """
    one_reader_of_stdin(password_file, mailserver_password_file)
    Profiles(data_dir).find(profile)
    sealed_with = PUBLIC_PASSWORD if mailserver_password_file is None else passwords.secret_in(mailserver_password_file)
    return Client.open(
        profile,
        passwords.password(password_file),
        data_dir=data_dir,
        peers=peers,
        dns_lists=dns_lists,
        mailservers=mailservers,
        mailserver_password=sealed_with,
        daily_history_bytes=None if daily_megabytes is None else int(daily_megabytes * 1_000_000),
        new_device=new_device,
    )
