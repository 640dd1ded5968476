"""What SIGHUP does to a running node: the settings are read again, and what can be changed is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pystatus.errors import LocalError
from pystatus.log_texts import about, get_logger
from pystatus.logs import stderr_log
from pystatus.logs.levels import Levels
from pystatus.node import NodeConfig, NodeSettings
from pystatus.settings import mapping
from pystatus.settings.model import ENTRIES, Settings, build
from pystatus.settings.sources import Effective

log = get_logger(__name__)


class Reconfigurable(Protocol):
    """A node, in one process or in several."""

    @property
    def config(self) -> NodeConfig:
        """The settings it runs with."""

    def configure(self, settings: NodeSettings) -> None:
        """See :meth:`pystatus.node.Node.configure`."""


class Reloader:
    """Holds the settings in force."""

    def __init__(
        self,
        node: Reconfigurable,
        effective: Effective,
        read: Callable[[], Effective],
        set_levels: Callable[[Levels, Levels], None] = stderr_log.set_levels,
    ) -> None:
        """
        :param set_levels: changes how much is logged, from the second to the first.
        """
        self._set_levels = set_levels
        self._node = node
        self._values = dict(effective.values)
        self._read = read
        self.settings: Settings = effective.settings
        """Those in force: what needs a restart stays here as the node was started with."""

    def reload(self) -> None:
        """Read the settings again. If anything is wrong with them, all stays as it is, and the log says why."""
        try:
            values = self._read().values
            changed = [key for key in ENTRIES if values[key] != self._values[key]]
            later = [key for key in changed if not ENTRIES[key].about.reloads]
            new = {**values, **{key: self._values[key] for key in later}}
            settings = build(new)
            self._node.configure(mapping.reloaded_config(settings, self._node.config))
        except LocalError as error:
            log.error("the settings stay as they were: %s", error)
            return
        self._set_levels(settings.log.level, self.settings.log.level)
        self._values, self.settings = new, settings
        now = [key for key in changed if key not in later]
        log.info("settings read again; changed: %s", ", ".join(now) or "nothing", extra=about("settings"))
        if later:
            log.warning("these settings change only when the node is restarted: %s", ", ".join(later))
