"""Running the screen on a client that is open, and leaving the terminal as it was, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.face import Face

RESTORE = "\x1b[<u\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?25h\x1b[?1049l"
"""What ends all that textual begins: keyboard protocol, mouse, paste and focus reports, no wrapping, no cursor, the
alternate screen."""


@contextlib.contextmanager
def restored_terminal() -> Iterator[None]:
    """Whatever ends the block before its time, the terminal is as it was before.

    How large it is, it says itself, also when that changes: what a shell has exported of it is not asked.
    """
    for exported in ("COLUMNS", "LINES"):
        os.environ.pop(exported, None)
    before = None
    with contextlib.suppress(ImportError):  # Windows has no termios, and resets its console by itself
        import termios

        with contextlib.suppress(termios.error, ValueError, OSError):  # standard input is no terminal
            before = termios.tcgetattr(sys.__stdin__.fileno())  # type: ignore[union-attr]  # the screen runs: there is one
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError, ValueError):  # the terminal itself is gone
            descriptor = sys.__stderr__.fileno()  # type: ignore[union-attr]  # the screen runs: there is one
            if os.isatty(descriptor):
                os.write(descriptor, RESTORE.encode())
        if before is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(sys.__stdin__.fileno(), termios.TCSANOW, before)  # type: ignore[union-attr]  # the screen runs: there is one
        raise


async def chat(face: Face, start: str | None = None, *, show_words: bool = False) -> int:
    """Show the client of a face, which is open, until somebody ends it; the exit code.

    :param start: the id of the chat to show first.
    :param show_words: show the recovery words of a new account first.
    :raises StatusError: the client had to stop.
    """
    return await run(ChatApp(face, start, show_words=show_words), mouse=face.wishes.mouse)


async def run(app: ChatApp, *, mouse: bool = True) -> int:
    """The same with a screen that is made already.

    :raises StatusError: the client had to stop.
    """
    with restored_terminal():
        await app.run_async(mouse=mouse)
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0
