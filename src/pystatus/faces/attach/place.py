"""Where the socket of an open profile is."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pystatus.errors import LocalError
from pystatus.storage.descriptions import Profile
from pystatus.storage.errors import ProfileInUse
from pystatus.storage.profiles import Profiles

START_SECONDS = 2.0
"""Seconds that who holds a profile is given to serve it, or to end: it may just have started, or be stopping. Ours."""
PROBE_SECONDS = 1.0
"""For which a socket may keep who looks whether it is served. Ours."""
LOOK_SECONDS = 0.05
"""Seconds between two looks."""
SOCKET = "socket"
"""Its name in the directory of the profile, which is its owner's alone."""
REMEMBERED = "daemon_remembered_peers"
"""What who is attached calls for the peers that the profile remembers."""
MAX_SOCKET_PATH = 103
"""Bytes of the path of a socket: what macOS takes, of which Linux takes four more (unix(7))."""


def socket_path(profile: Profile) -> Path:
    """The socket of the process that holds the profile, if one does."""
    return profile.directory / SOCKET


@contextmanager
def usable(path: Path) -> Iterator[Path]:
    """The same socket by a path that is short enough, as long as it is used.

    :raises LocalError: there is none.
    """
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        yield path
        return
    if not sys.platform.startswith("linux"):
        raise LocalError(
            f"The path {path} is too long for a socket, so other commands cannot use the profile while it is open. "
            "Give a shorter data directory."
        )
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{directory}") / path.name
    finally:
        os.close(directory)


def is_served(profile: Profile) -> bool:
    """Whether somebody answers on the socket of the profile."""
    try:
        with usable(socket_path(profile)) as path, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(PROBE_SECONDS)
            probe.connect(str(path))
    except (OSError, LocalError):
        return False
    return True


def is_held(profiles: Profiles, profile: Profile) -> bool:
    """Whether another pystatus has the profile open, and can be attached to.

    :raises ProfileInUse: another process writes to it, and serves nobody.
    :raises StorageError: the disk refused.
    """
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            profiles.check_unused(profile)
        except ProfileInUse:
            if is_served(profile):
                return True
            if time.monotonic() >= end:
                raise
            time.sleep(LOOK_SECONDS)
        else:
            return False
