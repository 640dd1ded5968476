"""Dashboards and alerts of before still find their metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.apps.cli.scraping import Monitored
from tests.survival.changes import unintended
from tests.survival.metric_names import metric_names

MADE = Path(__file__).parent / "made"


def lost(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """The metrics that are missing, or are of another type, or have other labels. New ones are no loss."""
    for name, one in before.items():
        if name not in now:
            yield f"the metric {name} is missing"
        elif now[name] != one:
            yield f"the metric {name} was {one}, and is {now[name]}"


def test_every_metric_has_its_name_its_type_and_its_labels(tmp_path: Path) -> None:
    before = json.loads((MADE / "metrics.json").read_text(encoding="utf-8"))
    with Monitored(tmp_path, "--mailserver") as node:
        status, text = node.get("/metrics")
    assert status == 200
    assert len(before) > 30
    assert unintended(lost(before, metric_names(text))) == []


def test_a_metric_that_changes_is_noticed() -> None:
    counter = '# TYPE bytes_total counter\nbytes_total{direction="in"} 1.0\n'
    before = metric_names(counter + "# TYPE peers gauge\npeers 3.0\n")
    assert before == {
        "bytes_total": {"type": "counter", "labels": ["direction"]},
        "peers": {"type": "gauge", "labels": []},
    }
    assert list(lost(before, metric_names(counter.replace("direction", "way")))) == [
        "the metric bytes_total was {'type': 'counter', 'labels': ['direction']}, "
        "and is {'type': 'counter', 'labels': ['way']}",
        "the metric peers is missing",
    ]
