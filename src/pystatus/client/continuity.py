"""The generations of an open profile: looked at before it is used, and moved on while it is."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pystatus.log_texts import get_logger
from pystatus.messenger import copies
from pystatus.messenger.events import RenewalReason
from pystatus.storage.database import explained
from pystatus.storage.errors import StorageError
from pystatus.storage.generations import Generations, machine_id
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.paths import default_state_directory

log = get_logger(__name__)

INTERVAL = 3_600.0
"""Seconds between two generations of a profile that stays open: a copy that is older than that is noticed."""


class Continuity:
    """Of one open profile."""

    def __init__(self, store: SqlMessengerStore, state_dir: Path | str | None) -> None:
        """
        :param state_dir: what is kept outside of the data directory; None: see :func:`default_state_directory`.
        """
        state = default_state_directory() if state_dir is None else Path(state_dir)
        self._store = store
        self._generations = Generations(store, state and state / "generations", os.urandom, machine_id())
        self._advanced_at = 0.0

    def finding(self) -> RenewalReason | None:
        """Why the profile has to become a new device, if it has to.

        :raises StorageError: the database cannot be read.
        """
        with explained():
            return self._generations.finding(copies.installation_id(self._store))

    def advance(self) -> None:
        """What was copied until now is another generation. If the disk refuses, the one before goes on."""
        self._advanced_at = time.monotonic()
        installation_id = copies.installation_id(self._store)
        assert installation_id is not None, "start the messenger first"
        try:
            with self._store.transaction():
                following = self._generations.prepare(installation_id)
        except StorageError as error:
            log.info("the generation of the profile stays as it is: %s", error)
            return
        self._generations.publish(installation_id, following)

    def renewed(self) -> None:
        """The profile has become another installation. At its start that is before the first generation."""
        if self._advanced_at:
            self.advance()

    def advance_if_due(self) -> None:
        """The same, once an hour."""
        if time.monotonic() - self._advanced_at >= INTERVAL:
            self.advance()
