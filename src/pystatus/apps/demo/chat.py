"""The demo with a person: the terminal client, with an echo contact to write to."""

from __future__ import annotations

import logging
import os
import sys

from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.apps.demo.stage import Stage
from pystatus.apps.terminal.face import Face, Wishes
from pystatus.apps.terminal.running import run
from pystatus.apps.terminal.signals import run_until_signal
from pystatus.apps.terminal.tour import TouringApp
from pystatus.faces.catalogue import texts_in
from pystatus.faces.language import chosen


async def _play() -> int:
    texts = texts_in(chosen(os.environ))
    print(texts.terminal_demo_starts(), flush=True)
    async with Stage() as stage:
        await stage.welcome()
        if sys.stderr.isatty():
            logging.disable(logging.CRITICAL)  # a line of the log would stand in the middle of the screen
        return await run(TouringApp(Face(stage.client, texts, Wishes()), PUBLIC_CHAT, stage.echo_key.hex))


def play() -> int:
    """Chat until the person ends it; return the exit code.

    :raises LocalError: the stage could not be set up, or the client had to stop.
    """
    return run_until_signal(_play())
