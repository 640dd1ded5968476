"""The demo with a person."""

from __future__ import annotations

from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.apps.demo.signals import run_until_signal
from pystatus.apps.demo.stage import Stage
from pystatus.apps.demo.tui import ChatApp


async def _play() -> int:
    print("Starting a relay and an echo contact …", flush=True)
    async with Stage() as stage:
        await stage.welcome()
        app = ChatApp(stage.client, start=PUBLIC_CHAT)
        await app.run_async()
        if app.failure is not None:
            raise app.failure
        return app.return_code or 0


def play() -> int:
    """Chat until the person ends it; return the exit code.

    :raises LocalError: the stage could not be set up, or the client had to stop.
    """
    return run_until_signal(_play())
