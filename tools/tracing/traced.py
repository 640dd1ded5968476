"""The process in which a journey is recorded. At an order on its standard input it tells what it did.

``converse SOURCE FOLDER ENODE``: a client; ``receive`` and ``send``. ``serve SOURCE FOLDER``: the mailserver of the
command line; ``begin`` and ``end``.
"""

from __future__ import annotations

import asyncio
import runpy
import sys
import threading
from pathlib import Path

from tools.tracing.lines import orders, tell
from tools.tracing.talk import CHAT, SHORTEST_MESSAGE, SHORTEST_REQUEST, TEXT
from tools.tracing.tracer import Tracer


async def converse(tracer: Tracer, folder: Path, enode: str) -> None:
    from pystatus import Client, MessageReceived
    from tools.tracing.profiles import PASSWORD, make_profile

    make_profile(folder, "bob")
    async with Client.open("bob", PASSWORD, data_dir=folder, peers=[enode]) as bob:

        @bob.on(MessageReceived)
        def arrived(event: MessageReceived) -> None:
            tell(steps=tracer.end())

        await bob.wait_for_peer()
        await bob.join(CHAT)
        tell(ready=True)
        async for order in orders():
            tracer.begin()
            if order == "receive":
                tell(armed=True)
            else:
                await (await bob.send_text(CHAT, TEXT)).sent()
                tell(steps=tracer.end())


def serve(tracer: Tracer, folder: Path) -> None:
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # its turns cannot be seen: asyncio's loop is taken

    def obey() -> None:
        sys.setprofile(None)  # this thread is no part of the journey
        for line in sys.stdin:
            if line.strip() == "begin":
                tracer.begin()
                tell(armed=True)
            else:
                tell(steps=tracer.end())

    threading.Thread(target=obey, daemon=True).start()
    sys.argv[1:] = ["mailserver", "--listen", "127.0.0.1:0", "--data-dir", str(folder), "--json"]
    runpy.run_module("pystatus", run_name="__main__")


if __name__ == "__main__":
    kind, source, folder, *rest = sys.argv[1:]
    tracer = Tracer(Path(source), SHORTEST_MESSAGE if kind == "converse" else SHORTEST_REQUEST)
    tracer.install()
    if kind == "converse":
        asyncio.run(converse(tracer, Path(folder), *rest))
    else:
        serve(tracer, Path(folder))
