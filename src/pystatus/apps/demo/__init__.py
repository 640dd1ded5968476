"""The demo: a relay, an echo contact and you, each in a process of its own, on this machine alone.

Nothing heavy is imported here: the processes of the demo are modules of this package, and they start faster that way.
"""

from __future__ import annotations

import sys

from pystatus.faces import terminal


def run(script: bool) -> int:
    """Play the demo and return the exit code of the process.

    :param script: play a scene without a person, print the transcript, and check that every message arrived. Without
        a terminal to draw on, that is what happens anyway.
    :raises LocalError: it could not be set up; the sentence says why.
    """
    # One that is not the terminal of this session would not tell when it is closed.
    if not script and not (
        sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty() and terminal.is_there()
    ):
        print("There is no terminal to chat in, so the demo plays its script instead (pystatus demo --script).")
        script = True
    if script:
        from pystatus.apps.demo.script import play
    else:
        from pystatus.apps.demo.chat import play
    return play()
