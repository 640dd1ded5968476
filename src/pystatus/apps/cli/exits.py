"""The exit codes of all commands, each with one meaning, and the errors that lead to them.

``docs/commands.md`` has the table, written from here.
"""

from __future__ import annotations

from enum import IntEnum

from pystatus.errors import Refused, StatusError


class Exit(IntEnum):
    """How a command ends."""

    DONE = 0
    FAILED = 1
    REFUSED = 2
    STORED = 3
    INTERRUPTED = 130
    NO_READER = 141


MEANINGS = {
    Exit.DONE: "It is done.",
    Exit.FAILED: "It is not done, or what was tried or checked is not well (`canary`, `simulate`, `demo --script`). "
    "Standard error says why.",
    Exit.REFUSED: "A value is wrong, or values do not go together: on the command line, in a variable, in a settings "
    "file. Nothing was begun, and beginning again with the same changes nothing.",
    Exit.STORED: "`send` and `message`: what was said is stored, but no relay took it within `--timeout` seconds (30), "
    "or relays refuse it because of a wrong clock, which the sentence says. It goes out the next time that the profile "
    "is connected, with a right clock; sending again would say it twice.",
    Exit.INTERRUPTED: "Interrupted with Ctrl-C. `node`, `mailserver` and `inspect`, which run until then, end with 0.",
    Exit.NO_READER: "Nobody reads the output any more, as in `| head -1`. Nothing is said.",
}
"""What each code means, for the documentation."""


class NoReader(StatusError):
    """Whoever read standard output has gone."""

    exit_code = Exit.NO_READER


def code_of(error: StatusError) -> Exit:
    """What a command ends with that raised ``error``."""
    return Exit(getattr(error, "exit_code", Exit.REFUSED if isinstance(error, Refused) else Exit.FAILED))
