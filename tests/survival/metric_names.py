"""What a scrape says of its metrics, beside their values."""

from __future__ import annotations

import re
from typing import Any


def metric_names(text: str) -> dict[str, Any]:
    """Type and names of labels of each metric in the text of Prometheus."""
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    labels: dict[str, set[str]] = {name: set() for name in types}
    for name, braces in re.findall(r"^([a-z]\w*)(?:\{(.*)\})? ", text, re.MULTILINE):
        family = name if name in types else re.sub(r"_(total|bucket|sum|count|created)$", "", name)
        labels[family] |= set(re.findall(r'(\w+)="', braces))
    return {name: {"type": types[name], "labels": sorted(labels[name])} for name in sorted(types)}
