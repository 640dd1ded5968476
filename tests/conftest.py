"""What all tests share."""

from hypothesis import settings

# A deadline would assert a time, and two busy cores would break it.
settings.register_profile("pystatus", deadline=None)
settings.load_profile("pystatus")
