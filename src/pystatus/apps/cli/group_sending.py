"""Doing something with a group that its members are told, and waiting until a relay has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pystatus.apps.cli import group_views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.exits import Exit
from pystatus.apps.cli.output import Output
from pystatus.errors import LocalError
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.groups import Groups
    from pystatus.messenger.records import Chat


class NotToldYet(LocalError):
    """It is done and stored, and no relay took the news in time."""

    exit_code = Exit.STORED


async def carry_out(
    client: Client, act: Callable[[Client, Groups], Awaitable[Chat | None]], timeout: float, out: Output
) -> None:
    """Do something, and print the group that it changed.

    :raises NotToldYet: the others hear of it later.
    :raises LocalError: it cannot be done.
    """
    import asyncio

    from pystatus.client.features.groups import Groups
    from pystatus.client.features.names import Names
    from pystatus.messenger.events import MessageStateChanged
    from pystatus.messenger.records import MessageState

    on_its_way = asyncio.Event()
    connections = ConnectionProgress(out, aside=True)

    @client.on(object)
    def _tell(event: object) -> None:
        connections.tell(event)
        if isinstance(event, MessageStateChanged) and event.state is not MessageState.SENDING:
            on_its_way.set()

    async with client:
        groups = client.feature(Groups)
        chat = await act(client, groups)
        told = chat is not None and any(
            message.state is not None for message in client.history(chat, 1) if message.author == client.public_key
        )
        problem: LocalError | None = None
        try:
            with connections:
                await client.wait_for_peer(timeout)
                if told:
                    connections.doing("Connected; waiting until a relay has the news …")
                    await asyncio.wait_for(on_its_way.wait(), timeout)
        except TimeoutError:
            why = f" {connections.problem}" if connections.problem else ""
            problem = NotToldYet(
                f"No relay took it within {counted(timeout, 'second')}.{why} It is stored, and the others hear of it "
                "the next time that this profile is connected."
            )
        if chat is not None:
            group_views.show_group(
                client.find_chat(chat.id), groups.members(chat.id), client.public_key, client.feature(Names), out
            )
    if problem is not None:
        raise problem
