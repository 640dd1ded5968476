"""What all groups of calls have: the client, and how it is seen in the shapes of status-go."""

from __future__ import annotations

from pystatus.client.client import Client
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.wakuext.view import View


class Calls:
    """Some of the calls of ``wakuext``."""

    def __init__(self, client: Client, view: View) -> None:
        self._client = client
        self._view = view

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        raise NotImplementedError  # each group has its own
