"""What another process uses while it is measured."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

import psutil


@dataclass
class Watched:
    """A process and what it used, look by look."""

    process: psutil.Process
    memory: list[int] = field(default_factory=list)
    """Resident bytes."""
    descriptors: list[int] = field(default_factory=list)
    """Open file descriptors."""

    @classmethod
    def of(cls, pid: int) -> Watched:
        return cls(psutil.Process(pid))

    def look(self) -> None:
        self.memory.append(self.process.memory_info().rss)
        self.descriptors.append(self.process.num_fds())

    @property
    def growth(self) -> float:
        """Bytes of memory by which the median of the last quarter is above that of the first."""
        quarter = max(1, len(self.memory) // 4)
        return statistics.median(self.memory[-quarter:]) - statistics.median(self.memory[:quarter])

    @property
    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system
