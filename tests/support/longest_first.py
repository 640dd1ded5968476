"""Tests that take longest are begun first: at the end of a run, all others would wait for one of them. A hook of
pytest, for those who import it."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
