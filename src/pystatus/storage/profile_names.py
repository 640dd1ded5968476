"""What profiles may be called."""

from __future__ import annotations

from pystatus import typed
from pystatus.errors import LocalError
from pystatus.sanitise import NAME_LENGTH, quoted

TAKEN_FOR_OTHERS = {
    "#": "a public chat",
    "0x": "a key",
    "zq3sh": "a chat key",
    "enode:": "a relay",
    "enrtree:": "a node list",
    "-": "an option",
    ".": "a path",
    "~": "a path",
}
"""How the name of a profile must not begin, in small letters, and what it would be taken for."""


def checked_name(name: str) -> str:
    """The name of a profile that a person has typed.

    :raises LocalError: no new profile can be called that; one that was called so before still opens.
    """
    name = typed.name(name)
    for beginning, what in TAKEN_FOR_OTHERS.items():
        if name.lower().startswith(beginning):
            raise LocalError(
                f"A profile cannot be called {quoted(name)}: that would be taken for {what}. Choose a name that does "
                f'not begin with "{beginning}".'
            )
    if not name or not name.isprintable() or "/" in name or "\\" in name or len(name) > NAME_LENGTH:
        raise LocalError(
            f"A profile name is one line without slashes, of at most {NAME_LENGTH} characters. Choose another one."
        )
    return name
