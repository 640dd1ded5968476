"""A data directory that nothing can be written to, on every machine, whoever runs the tests."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

_DROP = (  # the superuser's rights to write regardless of modes, before the program that follows
    "import ctypes, os, sys\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "for capability in (1, 2) if os.geteuid() == 0 else ():\n"  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    "    if libc.prctl(24, capability, 0, 0, 0):\n"  # PR_CAPBSET_DROP
    "        sys.exit(f'prctl: {os.strerror(ctypes.get_errno())}')\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)
AS_MODES_SAY = (sys.executable, "-c", _DROP)
"""The beginning of a command line whose program may do what the modes of files allow, even if root runs it."""


@contextlib.contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """Take everybody's right to write away from ``directory`` and all in it, and give it back."""
    modes = {path: path.stat().st_mode for path in (directory, *directory.rglob("*")) if not path.is_symlink()}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
