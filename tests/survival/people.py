"""What the people of the stored profiles know, by the public client, and by a command where that has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pystatus import Client

PASSWORD = "a password for what survives"
PUBLIC = "survivors"
LEFT = "left-behind"
LIMIT = 100
"""Messages of a chat that are looked at: more than any has."""


class Later:
    """A clock that goes on from some Unix second."""

    def __init__(self, start: float) -> None:
        self._offset = start - time.monotonic()

    def now(self) -> float:
        """Unix seconds."""
        return self._offset + time.monotonic()


def known(client: Client) -> dict[str, Any]:
    """The account, the chats and their messages."""
    return {
        "chat_key": client.profile.account.chat_key,
        "name": client.name,
        "chats": {
            chat.id: {
                "kind": chat.kind.name,
                "active": chat.active,
                "unread": chat.unread,
                "last_clock": chat.last_clock,
                "messages": [message_fields(message) for message in client.history(chat, LIMIT)],
            }
            for chat in client.chats()
        },
    }


def message_fields(message: Any) -> dict[str, Any]:
    """What is stored of one."""
    return {
        "id": message.id.hex(),
        "author": message.author.hex,
        "text": message.text,
        "clock": message.clock,
        "sent_ms": message.sent_ms,
        "state": message.state.name if message.state is not None else "",
        "forward_secrecy": message.forward_secrecy,
        "response_to": message.response_to.hex() if message.response_to else "",
    }


def devices(source: Path, folder: Path, name: str) -> list[dict[str, Any]]:
    """Those of a profile, as the command prints them; ``source`` is the folder that holds the code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYSTATUS_")}
    environment |= {"PYTHONPATH": str(source), "PYSTATUS_PASSWORD": PASSWORD, "XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, "-m", "pystatus", "device", "list", name, "--data-dir", str(folder), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
