"""What all tests share."""

import atexit
import gc
import os
import signal
import tempfile

import psutil
import pytest
from hypothesis import settings

import tests.support.cheap_keys  # noqa: F401 - for its effect

# A shell that runs the tests in the background has Ctrl-C ignored, children inherit that, and it could not be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A database waits for the disk at each change, which was most of the time of some tests. Where memory can hold
# files, theirs are there: what a killed process leaves behind is the same, and no test cuts the power.
_MEMORY = "/dev/shm"
_ROOM = 4 << 30
"""Bytes that are free there at least; all tests together need some hundred megabytes."""
if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK):
    _free = os.statvfs(_MEMORY)
    if _free.f_bavail * _free.f_frsize >= _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take longest are begun first: at the end of a run, all others would wait for one of them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


# What a client keeps outside of its data directory: here, and in every process that tests start.
_state = tempfile.TemporaryDirectory(prefix="pystatus-state-")
atexit.register(_state.cleanup)
os.environ["XDG_STATE_HOME"] = _state.name

# A deadline would assert a time, and two busy cores would break it.
settings.register_profile("pystatus", deadline=None)
settings.load_profile("pystatus")
