"""``pystatus group``: private groups, their members, and who wants to join them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli import group_views, qr_codes
from pystatus.apps.cli.group_sending import carry_out
from pystatus.apps.cli.list_pages import ListOptions
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    Qr,
    QrFile,
    timeout_option,
)
from pystatus.apps.cli.values import ANYTHING, GROUP, GROUP_NAME, LINK, PERSON, REQUEST, argument, option

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.groups import Groups
    from pystatus.messenger.records import Chat

SUMMARY = "Make, change and leave private groups."
PLACE = 35

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait until a relay has what is told to the members."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

GroupArgument = Annotated[str, argument(GROUP, metavar="GROUP", help="The group's name, or its id.")]
Members = Annotated[list[Any], argument(PERSON, metavar="PERSON", help="Chat keys.", as_text=True)]
RequestArgument = Annotated[
    str, argument(REQUEST, metavar="REQUEST", help="The request's id, or its beginning: see group list.")
]
Timeout = Annotated[float, timeout_option("How long to wait until a relay has it.")]


@app.command()
@grouped
def create(
    given: NetworkOptions,
    name: Annotated[str, argument(GROUP_NAME, metavar="NAME", help="What to call the group.")],
    members: Members,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Make a group. Its members are asked whether they join, and get none of its messages until they do."""
    _change(lambda client, groups: groups.create(name, members), given, timeout)


@app.command()
@grouped
def rename(
    given: NetworkOptions,
    group: GroupArgument,
    name: Annotated[str, argument(GROUP_NAME, metavar="NAME", help="What to call it from now on.")],
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Give a group another name, as one of its admins."""
    _change(lambda client, groups: groups.rename(group, name), given, timeout)


@app.command()
@grouped
def add(
    given: NetworkOptions,
    group: GroupArgument,
    members: Members,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Add people to a group, as one of its admins. Who was in it before has to join again."""
    _change(lambda client, groups: groups.add(group, members), given, timeout)


@app.command()
@grouped
def remove(
    given: NetworkOptions,
    group: GroupArgument,
    member: Annotated[Any, argument(PERSON, metavar="PERSON", help="Chat key.", as_text=True)],
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Remove a member from a group, as one of its admins. An admin can only leave by themselves."""
    _change(lambda client, groups: groups.remove(group, member), given, timeout)


@app.command()
@grouped
def promote(
    given: NetworkOptions,
    group: GroupArgument,
    members: Members,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Make members admins. Nobody but themselves can take that back."""
    _change(lambda client, groups: groups.promote(group, members), given, timeout)


@app.command()
@grouped
def demote(
    given: NetworkOptions,
    group: GroupArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Be an admin of a group no longer. Of others nobody can say that."""
    _change(lambda client, groups: groups.step_down(group), given, timeout)


@app.command()
@grouped
def join(
    given: NetworkOptions,
    group: GroupArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Join a group that this account was added to."""
    _change(lambda client, groups: groups.join(group), given, timeout)


@app.command()
@grouped
def leave(
    given: NetworkOptions,
    group: GroupArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Leave a group, or decline to join it. What was said in it stays here."""
    _change(lambda client, groups: groups.leave(group), given, timeout)


@app.command("list")
@grouped
def list_(given: ProfileOptions, rows: ListOptions) -> None:
    """List the groups of this account and the requests to join. Works while another process has the profile open."""
    out = given.out
    with given.reading() as reader:
        groups, requests = group_views.groups_of(reader), group_views.requests_of(reader)
        for chat in rows.page(groups, lambda chat: chat.id, out):
            group_views.show_summary(chat, group_views.members_of(reader, chat), reader.own, reader.names, out)
        for request in requests:
            group_views.show_request(request, group_views.name_of(reader, request), reader.names, out)
        if not groups and not requests:
            out.note("This profile is in no group yet. Make one with: pystatus group create")


@app.command()
@grouped
def show(
    given: ProfileOptions,
    group: GroupArgument,
) -> None:
    """Show a group with its members. Works while another process has the profile open."""
    out = given.out
    with given.reading() as reader:
        chat = reader.find_chat(group)
        group_views.show_group(chat, group_views.members_of(reader, chat), reader.own, reader.names, out)


@app.command()
@grouped
def invite(
    given: ProfileOptions,
    group: GroupArgument,
    qr: Qr = False,
    qr_file: QrFile = None,
) -> None:
    """Print a link by which people ask to be taken into a group.

    Admins can. Who uses it is listed by group list; group approve takes them in.
    """
    from pystatus.net.loop import run

    out, client = given.out, given.access.client()

    async def link() -> None:
        from pystatus.client.features.groups import Groups

        async with client:
            chat, text = client.find_chat(group), client.feature(Groups).invitation_link(group)
            out.result({"event": "link", "chat": chat.id, "link": text, **qr_codes.write(text, qr_file)}, text)
            qr_codes.draw(text, out, wanted=qr)

    run(link())


@app.command()
@grouped
def request(
    given: NetworkOptions,
    link: Annotated[str, argument(LINK, metavar="LINK", help="A link to a group.")],
    introduction: Annotated[str, option(ANYTHING, metavar="TEXT", help="Who you are, for the admin who decides.")] = "",
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Ask to be taken into the group of a link. If you are, it appears in group list, and group join joins it."""

    from pystatus.client.features.names import Names

    async def ask(client: Client, groups: Groups) -> Chat | None:
        asked = await groups.request_to_join(link, introduction)
        group_views.show_request(asked, asked.name, client.feature(Names), given.out)
        return None

    _change(ask, given, timeout)


@app.command()
@grouped
def approve(
    given: NetworkOptions,
    request: RequestArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Take somebody into the group that they have asked for."""

    async def agree(client: Client, groups: Groups) -> Chat | None:
        return await groups.approve(group_views.find_request(groups.requests(), request))

    _change(agree, given, timeout)


@app.command()
@grouped
def reject(
    given: NetworkOptions,
    request: RequestArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Tell somebody that they are not taken into the group."""

    from pystatus.client.features.names import Names

    async def refuse(client: Client, groups: Groups) -> Chat | None:
        rejected = await groups.reject(group_views.find_request(groups.requests(), request))
        name = client.find_chat(rejected.chat_id).name
        group_views.show_request(rejected, name, client.feature(Names), given.out)
        return None

    _change(refuse, given, timeout)


def _change(act: Callable[[Client, Groups], Awaitable[Chat | None]], given: NetworkOptions, timeout: float) -> None:
    """Do something that others are told, wait until a relay has it, and print the group."""
    from pystatus.net.loop import run

    given.check()
    run(carry_out(given.client(), act, timeout, given.out))
