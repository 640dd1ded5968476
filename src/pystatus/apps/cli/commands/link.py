"""``pystatus link``: links and QR codes to people, public chats and groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli import qr_codes, views
from pystatus.apps.cli.option_groups import NetworkOptions, grouped
from pystatus.apps.cli.options import (
    AsJson,
    Qr,
    QrFile,
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import ANYTHING, GIVEN_LINK, LINKED, argument, option
from pystatus.errors import LocalError, Refused
from pystatus.faces import terminal

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.groups import Groups
    from pystatus.links.values import GroupLink, Link
    from pystatus.messenger.records import Chat

SUMMARY = "Make and open links and QR codes to people, chats and groups."
PLACE = 16

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait until a relay has a request to join a group."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

GivenLink = Annotated[
    Any,
    argument(
        GIVEN_LINK,
        metavar="LINK",
        help="A link, a chat key, or a picture with a QR code: a .png, .jpg, .gif or .webp.",
    ),
]


@app.command()
def show(link: GivenLink, as_json: AsJson = False) -> None:
    """Show what a link or a QR code leads to. Nothing is opened, and nobody is asked."""
    from pystatus.apps.cli import link_views

    out = Output(as_json=as_json)
    for one in _links(link):
        out.result(link_views.fields(one), link_views.text(one))


@app.command()
def create(
    what: Annotated[
        Any,
        argument(
            LINKED, metavar="WHAT", help="A public chat, '#name' in quotes, a chat key, or an ENS name, name.eth."
        ),
    ],
    qr: Qr = False,
    qr_file: QrFile = None,
    as_json: AsJson = False,
) -> None:
    """Print the link to a public chat or to a person. The link to a group is printed by group invite."""
    from pystatus.apps.cli import link_views

    out = Output(as_json=as_json)
    written = qr_codes.write(str(what), qr_file)
    out.result({**link_views.fields(what), **written}, str(what))
    qr_codes.draw(str(what), out, wanted=qr)
    out.note(f"It leads to {link_views.meaning(what)}.")


@app.command("open")
@grouped
def open_(
    given: NetworkOptions,
    link: GivenLink,
    introduction: Annotated[str, option(ANYTHING, metavar="TEXT", help="Who you are, for the admin of a group.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    timeout: Annotated[float, timeout_option("How long to wait until a relay has a request.")] = DEFAULT_TIMEOUT,
) -> None:
    """Join a chat, begin one, or ask to join a group.

    What a link leads to decides which of these; it is said before it is done.
    """
    from pystatus.links.values import GroupLink
    from pystatus.net.loop import run

    target = _only(_links(link))
    doing = _doing(target)
    is_group = isinstance(target, GroupLink)
    if is_group:
        given.check()
    given.find_unused()
    if not yes:
        if given.as_json or not terminal.is_there():
            raise LocalError(f"Nothing was done. With --yes, this happens: {doing}")
        terminal.tell(doing)
        if not terminal.confirm("Do it?"):
            raise LocalError("Nothing was done.")
    client, out = given.client(), given.out
    run(
        _ask(client, target, introduction, timeout, out)
        if isinstance(target, GroupLink)
        else _open(client, target, out)
    )


async def _open(client: Client, link: Link, out: Output) -> None:
    from pystatus.apps.cli.names_while_open import NamesWhileOpen
    from pystatus.client.features.links import Links
    from pystatus.messenger.records import Chat

    async with client:
        chat = await client.feature(Links).open(link)
        assert isinstance(chat, Chat)
        names = NamesWhileOpen(client)
        text = f"{views.chat_label(chat, names)} is among your chats now."
        out.result({"event": "opened", **views.chat_fields(chat, names)}, text)


async def _ask(client: Client, link: GroupLink, introduction: str, timeout: float, out: Output) -> None:
    from pystatus.apps.cli import group_views
    from pystatus.apps.cli.group_sending import carry_out
    from pystatus.apps.cli.names_while_open import NamesWhileOpen
    from pystatus.client.features.links import Links
    from pystatus.messenger.records import Chat

    async def ask(client: Client, groups: Groups) -> Chat | None:
        asked = await client.feature(Links).open(link, introduction)
        if isinstance(asked, Chat):  # we take part in it, and nobody is asked
            return asked
        group_views.show_request(asked, asked.name, NamesWhileOpen(client), out)
        return None

    await carry_out(client, ask, timeout, out)


def _links(given: Link | Path) -> Sequence[Link]:
    """The link, or those in a picture.

    :raises LocalError: the picture cannot be read, or has none.
    """
    if not isinstance(given, Path):
        return [given]
    from pystatus.client.link_pictures import links_in
    from pystatus.net.loop import run

    return run(links_in(given))


def _only(links: Sequence[Link]) -> Link:
    """
    :raises Refused: there are several.
    """
    if len(links) > 1:
        raise Refused("The picture has several QR codes. See what they lead to, and give one link: pystatus link show")
    return links[0]


def _doing(link: Link) -> str:
    """What opening a link does, as a sentence.

    :raises LocalError: nothing.
    """
    from pystatus.apps.cli import link_views
    from pystatus.links.people import key_of
    from pystatus.links.values import ChatLink, GroupLink, PublicChatLink, UserLink

    match link:
        case PublicChatLink():
            return f"You join {link_views.meaning(link)}."
        case UserLink(person) | ChatLink(person):
            key_of(person)
            return f"You begin the chat with {link_views.meaning(link)}."
        case GroupLink():
            return f"You ask to join {link_views.meaning(link)}. That person learns your chat key."
    raise LocalError(f"This link leads to {link_views.meaning(link)}. pystatus cannot open it. Nothing was done.")
