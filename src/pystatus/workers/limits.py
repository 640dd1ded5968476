"""Times and sizes of a node in several processes."""

from dataclasses import field

from pystatus.peers.backoff import Backoff
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class WorkerTimes:
    """Seconds."""

    restart: Backoff = field(default_factory=lambda: Backoff(initial=0.5, maximum=60.0, jitter=0.0))
    """Pause before a worker that ended starts again. Half a second spares a machine on which nothing starts; a minute
    at most, because the places of the peers that it had are missing meanwhile."""
    stable_after: float = 30.0
    """A worker that ran this long was no failure to start: the pause begins anew."""
    start: float = 60.0
    """For a worker until it takes connections. It takes below one, on a machine that is not overloaded."""
    report: float = 5.0
    """For the numbers of one worker; without them by then, it is left out. Prometheus waits ten by default."""
    watch: float = 10.0
    """Between two looks at whether a worker still answers."""
    hung: float = 30.0
    """A worker that does not answer for so long is killed, and starts again: its peers have long seen no Pong."""
    join_again: float = 1.0
    """Before two workers that parted are joined again."""
    drain: float = 8.0
    """For the workers to give their peers what waits for them, which may take five, and to say goodbye; then they are
    killed. Docker kills all of them after ten."""
    accept_again: float = 1.0
    """Before more connections are accepted, when the system has no more file descriptors."""
