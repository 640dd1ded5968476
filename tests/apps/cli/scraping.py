"""A node whose metrics are looked at."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pystatus.node import NodeEvent
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived
from tests.apps.support import PATIENCE, Running

LOOPBACK = ("--listen", "127.0.0.1:0")
METRICS = ("--metrics-port", "0", "--log-level", "info")


class Monitored(Running):
    """A relay as a process, with metrics on a free port."""

    def __init__(self, data_dir: Path, *arguments: str, **environment: str) -> None:
        super().__init__(data_dir, "node", *LOOPBACK, *METRICS, *arguments, prefix=(), **environment)
        while not (found := re.search(r"metrics at (http://127\.0\.0\.1:\d+)/metrics$", self.next_complaint())):
            pass
        self.base = found[1]
        self.enode = self.line()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of an answer."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def scrape(self) -> dict[tuple[str, ...], float]:
        """Every sample by its name and the values of its labels, in the order of the labels' names."""
        status, text = self.get("/metrics")
        assert status == 200
        return samples_of(text)

    def until_it_says(self, part: str) -> str:
        """The next line of the log with ``part`` in it."""
        while part not in (said := self.next_complaint()):
            pass
        return said


def receipt_of(envelope: Envelope) -> Callable[[NodeEvent], bool]:
    """Whether an event is that this envelope has come."""
    return lambda event: isinstance(event, EnvelopeReceived) and event.envelope == envelope


def samples_of(text: str) -> dict[tuple[str, ...], float]:
    """A scrape, read by Prometheus' own parser."""
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, *(sample.labels[name] for name in sorted(sample.labels)))
            assert key not in found
            found[key] = sample.value
    return found
