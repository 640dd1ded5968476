"""What SIGHUP changes of a command that has no relay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pystatus.errors import LocalError
from pystatus.log_texts import about, get_logger
from pystatus.logs import stderr_log
from pystatus.settings.model import Settings
from pystatus.settings.sources import Effective

log = get_logger(__name__)


class LevelReloader:
    """How much is logged, and from how many nodes on ``/ready`` says yes."""

    def __init__(self, settings: Settings, read: Callable[[], Effective]) -> None:
        self.settings = settings
        self._read = read

    def reload(self) -> None:
        """Read the settings again. If anything is wrong with them, all stays as it is, and the log says why."""
        try:
            read = self._read().settings
        except LocalError as error:
            log.error("the settings stay as they were: %s", error)
            return
        stderr_log.set_levels(read.log.level, self.settings.log.level)
        metrics = replace(self.settings.metrics, min_peers=read.metrics.min_peers)
        self.settings = replace(self.settings, log=replace(self.settings.log, level=read.log.level), metrics=metrics)
        log.info("settings read again", extra=about("settings"))
