"""A bot that looks after a private group: it lets people in who agree to the rules, and removes who breaks them.

It shows private groups, and how a bot does once what it missed while it was away. examples/tests/test_moderator_bot.py
tests it. To run it (docs/bots.md has more):

    .venv/bin/pystatus account create bot
    export PYSTATUS_PASSWORD=... PYSTATUS_PEERS=enode://...
    .venv/bin/python examples/moderator_bot.py bot "Book club"      # prints a link, by which people ask to be let in
    .venv/bin/pystatus group request alice LINK --introduction "I agree"
"""

import asyncio
import sys

from pystatus import Chat, ChatKind, Client, ContentType, LocalError, Message, MessageReceived, PublicKey, run_bot
from pystatus.client.features.groups import GroupChanged, Groups, InvitationState, JoinRequest, JoinRequested

AGREED = "i agree"
"""What has to stand in an introduction."""
WELCOME = "Here nobody posts links. To be let in, introduce yourself and write “I agree”."
REMOVED = "You were removed, because you posted a link. You may ask to be let in again."


async def moderate(client: Client, name: str) -> None:
    """The bot, with whatever client it is given: that of an account, or one of a test."""
    groups = client.feature(Groups)

    async def decide(request: JoinRequest) -> None:
        if AGREED not in request.introduction.lower():
            await groups.reject(request)
            await tell(request.person, WELCOME)
            return
        try:
            await groups.approve(request)
        except LocalError as error:  # the group is full, for example
            print(error, flush=True)

    async def judge(message: Message) -> None:
        members = {one.person for one in groups.members(message.chat_id) if one.has_joined and not one.is_admin}
        if message.author in members and message.parsed.links:
            await groups.remove(message.chat_id, message.author)  # first, so that nobody is told twice
            await tell(message.author, REMOVED)

    async def tell(person: PublicKey, text: str) -> None:
        await client.send_text(await client.open_chat(person), f"{group.name}: {text}")

    async with client:
        group = await own_group(client, name)
        print(f"I am {client.name}. Ask me by {groups.invitation_link(group)}", flush=True)

        @client.on(JoinRequested)
        async def requested(event: JoinRequested) -> None:
            if event.chat.id == group.id:
                await decide(event.request)

        @client.on(MessageReceived)
        async def said(event: MessageReceived) -> None:
            if event.chat.id == group.id:
                await judge(event.message)

        # What came while the bot was away. Nothing is awaited since the handlers are there, so nothing comes twice.
        requests = [one for one in groups.requests(group) if one.state == InvitationState.REQUEST]
        messages = since_they_joined(client, group)
        for request in requests:
            await decide(request)
        for message in messages:
            await judge(message)
        await client.run_forever()


async def own_group(client: Client, name: str) -> Chat:
    """The group of this name as soon as we are an admin of it; a new one if there is none."""
    groups = client.feature(Groups)
    chats = [chat for chat in client.chats() if chat.kind == ChatKind.PRIVATE_GROUP and chat.active]
    group = next((chat for chat in chats if chat.name == name), None)
    if group is None:
        return await groups.create(name)
    changed = asyncio.Event()

    @client.on(GroupChanged)
    def look_again(_: GroupChanged) -> None:
        changed.set()

    while client.public_key not in [one.person for one in groups.members(group) if one.is_admin]:
        print(f"I wait until an admin of {name} makes me one: pystatus group promote … {client.chat_key}", flush=True)
        await changed.wait()
        changed.clear()
    joined = {one.person for one in groups.members(group) if one.has_joined}
    return group if client.public_key in joined else await groups.join(group)


def since_they_joined(client: Client, group: Chat) -> list[Message]:
    """What each member said since they joined last, the oldest first: for what was before they were removed."""
    found, joined = [], set()
    for message in client.messages(group):  # the newest first
        if message.content_type == ContentType.SYSTEM_PRIVATE_GROUP:
            joined.add(message.author)
        elif message.author not in joined:
            found.append(message)
    return found[::-1]


async def main() -> None:
    match sys.argv[1:]:
        case [profile, name]:
            await moderate(Client.from_environment(profile), name)
        case _:
            raise LocalError("Name a profile and a group: moderator_bot.py PROFILE GROUP")


if __name__ == "__main__":
    run_bot(main)
