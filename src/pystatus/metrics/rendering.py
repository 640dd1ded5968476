"""Samples in the text format of Prometheus. The only module that imports its client library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from pystatus.metrics.series import SERIES, Sample, Series

CONTENT_TYPE = CONTENT_TYPE_LATEST

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class NodeCollector(Collector):
    """Asks for the samples each time that somebody scrapes."""

    def __init__(self, read: Callable[[], Iterable[Sample]], series: Mapping[str, Series]) -> None:
        self._read = read
        self._series = series

    def collect(self) -> Iterator[Family]:
        """See the client library."""
        samples: dict[str, list[tuple[tuple[str, ...], float]]] = {name: [] for name in self._series}
        for name, labels, value in self._read():
            samples[name].append((labels, value))
        for name, found in samples.items():
            yield _family(self._series[name], found)


class Renderer:
    """``/metrics`` of a process."""

    def __init__(self, read: Callable[[], Iterable[Sample]], series: Mapping[str, Series] = SERIES) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(NodeCollector(read, series))
        ProcessCollector(registry=self._registry)

    def render(self) -> bytes:
        """The answer to a scrape."""
        return generate_latest(self._registry)


def _family(series: Series, samples: list[tuple[tuple[str, ...], float]]) -> Family:
    if series.kind == "histogram":
        values = dict(samples)
        histogram = HistogramMetricFamily(series.name, series.help, labels=series.labels)
        for labels in dict.fromkeys(labels[1:] for labels in values):
            buckets = [("+Inf", values["count", *labels])]
            histogram.add_metric(labels, buckets=buckets, sum_value=values["sum", *labels])
        return histogram
    made = CounterMetricFamily if series.kind == "counter" else GaugeMetricFamily
    family = made(series.name, series.help, labels=series.labels)
    for labels, value in samples:
        family.add_metric(labels, value)
    return family
