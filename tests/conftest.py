"""What all tests share."""

import atexit
import gc
import os
import signal
import tempfile

import psutil
import pytest
from hypothesis import settings

import tests.support.cheap_keys
import tests.support.files_in_memory  # noqa: F401 - for their effects
from tests.support.longest_first import pytest_collection_modifyitems  # noqa: F401 - a hook

# A shell that runs the tests in the background has Ctrl-C ignored, children inherit that, and it could not be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Tens of thousands of tests stay until the end: looking for garbage among them takes a tenth of a run.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


# A quarter of a run, a worker for each core waits for sockets, timers and children, and its core does nothing.
_WORKERS_A_CORE = 2
_WORKER_MEMORY = 3 << 29
"""Bytes that a worker and the children of its test take at most, as measured."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """How many workers ``--numprocesses=auto`` means: two a core, as far as there is memory for them, or one a core.
    What the variable says that xdist has for it comes first."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    room = psutil.virtual_memory().available // _WORKER_MEMORY
    return max(cores, min(_WORKERS_A_CORE * cores, room))


# What a client keeps outside of its data directory: here, and in every process that tests start.
_state = tempfile.TemporaryDirectory(prefix="pystatus-state-")
atexit.register(_state.cleanup)
os.environ["XDG_STATE_HOME"] = _state.name

# A deadline would assert a time, and two busy cores would break it.
settings.register_profile("pystatus", deadline=None)
settings.load_profile("pystatus")
