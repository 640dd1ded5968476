"""What all tests share."""

import atexit
import os
import signal
import tempfile

from hypothesis import settings

# A shell that runs the tests in the background has Ctrl-C ignored, children inherit that, and it could not be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What a client keeps outside of its data directory: here, and in every process that tests start.
_state = tempfile.TemporaryDirectory(prefix="pystatus-state-")
atexit.register(_state.cleanup)
os.environ["XDG_STATE_HOME"] = _state.name

# A deadline would assert a time, and two busy cores would break it.
settings.register_profile("pystatus", deadline=None)
settings.load_profile("pystatus")
