"""The process that decodes one picture: ``python -P -m pystatus.imaging.child prepare BYTES``, or
``… preview WIDTH HEIGHT``, or ``… qr-codes``.

The file comes on standard input. On standard output goes one line of JSON, and behind it a picture, if there is one to
send. Before a decoder sees the file, the process gives itself limits of memory and time, and can open nothing any more;
it knows nothing of the profile.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pystatus.media import qr_codes
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.media.pictures import load_decoders, prepare
from pystatus.media.previews import preview

MAX_ADDRESS_SPACE = 400 << 20
"""Bytes of memory that are reserved, of which a picture takes some 60 MB. Ours."""
MAX_CPU_SECONDS = 10
"""Seconds of processor time; the largest pictures take one. Ours."""


def limit_ourselves() -> None:
    """Let the system end what takes too much, and refuse files, sockets, processes and core dumps. Where it has no such
    limits, the parent's clock is what is left."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_CPU: MAX_CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 0,  # those that are open stay
        resource.RLIMIT_NPROC: 0,  # nor does it start another process, unless it runs as root
    }
    if sys.platform == "linux":  # others count what is mapped and never used, or refuse
        limits[resource.RLIMIT_AS] = MAX_ADDRESS_SPACE
    for which, limit in limits.items():
        _, highest = resource.getrlimit(which)
        allowed = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(which, (allowed, allowed))


def main() -> None:
    """Read, decode, write."""
    job, *arguments = sys.argv[1:]
    answer: dict[str, Any]
    contents = b""
    data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    (qr_codes.load_decoders if job == "qr-codes" else load_decoders)()
    limit_ourselves()
    try:
        if job == "qr-codes":
            answer = {"texts": qr_codes.read(data)}
        elif job == "preview":
            shown = preview(data, *map(int, arguments))
            answer = {"width": shown.width, "height": shown.height}
            contents = shown.pixels
        else:
            picture = prepare(data, int(arguments[0]))
            answer = {"type": int(picture.type), "width": picture.width, "height": picture.height}
            contents = picture.data
    except InvalidMedia as error:
        answer = {"problem": str(error)}
    except MemoryError:
        answer = {"problem": "to decode it takes more memory than pictures get"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + contents)


if __name__ == "__main__":
    main()
