"""A client in a process of its own, told what to do by lines of JSON; tests may kill it at any moment.

python -m tests.support.agent DATA_DIR PROFILE SETTINGS      (the password comes from PYSTATUS_PASSWORD)

SETTINGS are those of ``Client.open``, as an object of JSON; ``fleet`` is an invitation.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from pystatus import (
    Client,
    DeviceNamed,
    DeviceRenewed,
    Message,
    MessageReceived,
    MessageState,
    MessageStateChanged,
    PeerConnected,
    PeerDisconnected,
    PeerUnreachable,
    parse_invitation,
)
from pystatus.net.loop import run


def tell(event: str, **values: Any) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def shown(message: Message) -> dict[str, Any]:
    return {
        "id": message.id.hex(),
        "text": message.text,
        "author": message.author.hex,
        "chat": message.chat_id,
        "forward_secrecy": message.forward_secrecy,
        "state": None if message.state is None else message.state.name,
    }


async def obey(client: Client, command: dict[str, Any]) -> None:
    match command.pop("do"):
        case "join":
            tell("joined", chat=(await client.join(command["name"])).id)
        case "open":
            tell("joined", chat=(await client.open_chat(command["key"])).id)
        case "send":
            receipt = await client.send_text(command["chat"], command["text"])
            tell("stored", **shown(receipt.message))
        case "burst":
            receipts = await asyncio.gather(
                *(client.send_text(command["chat"], f"{command['text']} {n}") for n in range(command["count"]))
            )
            tell("burst", count=len(receipts))
        case "device":
            tell("device-is", device=client.devices.all()[0].installation_id)
        case "history":
            page = client.history(command["chat"], limit=command["limit"])
            tell("history", messages=[shown(message) for message in reversed(page)])


async def main(data_dir: str, profile: str, settings: str) -> None:
    loop = asyncio.get_running_loop()
    given = json.loads(settings)
    if "fleet" in given:
        given["fleet"] = parse_invitation(given["fleet"])
    client = Client.open(profile, os.environ["PYSTATUS_PASSWORD"], data_dir=data_dir, **given)

    @client.on(MessageReceived)
    def _received(event: MessageReceived) -> None:
        tell("received", **shown(event.message))

    @client.on(MessageStateChanged)
    def _state(event: MessageStateChanged) -> None:
        if event.state == MessageState.SENT:
            tell("sent", id=event.message_id.hex())

    @client.on(DeviceNamed)
    def _named(event: DeviceNamed) -> None:
        tell("device", name=event.name)

    @client.on(DeviceRenewed)
    def _renewed(event: DeviceRenewed) -> None:
        tell("renewed", reason=event.reason.value)

    @client.on(PeerConnected)
    def _connected(event: PeerConnected) -> None:
        tell("connected", node=event.node_id)

    @client.on(PeerDisconnected)
    def _disconnected(event: PeerDisconnected) -> None:
        tell("disconnected", node=event.node_id)

    @client.on(PeerUnreachable)
    def _unreachable(event: PeerUnreachable) -> None:
        tell("unreachable", node=event.node_id, address=event.address, reason=event.reason)

    async with client:
        tell("ready", key=client.public_key.hex, device=client.devices.all()[0].installation_id)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            await obey(client, json.loads(line))


if __name__ == "__main__":
    run(main(*sys.argv[1:]))
