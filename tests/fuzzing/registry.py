"""All targets, by name."""

from __future__ import annotations

from collections.abc import Mapping

from pystatus.declarations import modules
from tests.fuzzing import targets
from tests.fuzzing.target import Target

TARGETS: Mapping[str, Target] = {target.name: target for module in modules(targets) for target in module.TARGETS}
"""Each module of :mod:`tests.fuzzing.targets` adds its own."""
