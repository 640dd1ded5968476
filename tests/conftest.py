"""What all tests share."""

import signal

from hypothesis import settings

# A shell that runs the tests in the background has Ctrl-C ignored, children inherit that, and it could not be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A deadline would assert a time, and two busy cores would break it.
settings.register_profile("pystatus", deadline=None)
settings.load_profile("pystatus")
