"""A database waits for the disk at each change, which was most of the time of some tests. Where memory can hold files,
theirs are there: what a killed process leaves behind is the same, and no test cuts the power. Imported for its effect.
"""

import os
import tempfile

_MEMORY = "/dev/shm"
_ROOM = 4 << 30
"""Bytes that are free there at least; all tests together need some hundred megabytes."""

if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK):
    _free = os.statvfs(_MEMORY)
    if _free.f_bavail * _free.f_frsize >= _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = _MEMORY
