"""``pystatus contact``: whom one knows, and of whom nothing is to come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli import contact_views
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.list_pages import ListOptions
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import CONTACT, NICKNAME, argument, option
from pystatus.errors import LocalError
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.contacts import Contacts
    from pystatus.messenger.contact_records import Contact

SUMMARY = "Add, remove, name, block and list people."
PLACE = 14

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

PersonArgument = Annotated[
    str, argument(CONTACT, metavar="PERSON", help="Chat key, or the nickname or the three words of a contact.")
]
Timeout = Annotated[float, timeout_option("How long to wait for a relay.")]


@app.command()
@grouped
def add(
    given: NetworkOptions,
    person: PersonArgument,
    nickname: Annotated[str | None, option(NICKNAME, metavar="NAME", help="What to call them.")] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Add a person. They are told, and see your name and picture: see the command profile."""
    _tell(lambda contacts: contacts.add(person, nickname), given, timeout)


@app.command()
@grouped
def accept(
    given: NetworkOptions,
    person: PersonArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Add a person who has added you."""

    async def agree(contacts: Contacts) -> Contact:
        asked = contacts.get(person)
        if not asked.is_request:
            raise LocalError("This person waits for no answer of yours. See: pystatus contact requests")
        return await contacts.add(asked)

    _tell(agree, given, timeout)


@app.command()
@grouped
def decline(
    given: ProfileOptions,
    person: PersonArgument,
) -> None:
    """Do not add a person who has added you. They do not learn of it, and can write to you all the same."""
    _decide(lambda contacts: contacts.dismiss(person), given)


@app.command()
@grouped
def remove(
    given: ProfileOptions,
    person: PersonArgument,
) -> None:
    """Take back that a person was added. They do not learn of it."""
    _decide(lambda contacts: contacts.remove(person), given)


@app.command()
@grouped
def block(
    given: ProfileOptions,
    person: PersonArgument,
) -> None:
    """Take nothing of a person any more, in no chat.

    What they have written is deleted here, in groups and public chats, too, and with it the chat with them. They do not
    learn of it. Groups in which you both are keep them as a member.
    """
    _decide(lambda contacts: contacts.block(person), given)


@app.command()
@grouped
def unblock(
    given: ProfileOptions,
    person: PersonArgument,
) -> None:
    """Take what comes of a person from now on. What was deleted does not come back."""
    _decide(lambda contacts: contacts.unblock(person), given)


@app.command()
@grouped
def nickname(
    given: ProfileOptions,
    person: PersonArgument,
    name: Annotated[str, argument(NICKNAME, metavar="NAME", help="What to call them; empty: nothing any more.")],
) -> None:
    """Give a person a name. Nobody but your own devices learns it."""
    _decide(lambda contacts: contacts.set_nickname(person, name), given)


@app.command("list")
@grouped
def list_(given: ProfileOptions, rows: ListOptions) -> None:
    """List your contacts, who has added you, and who is blocked.

    People with a nickname are among them. Works while another process has the profile open.
    """
    with given.reading() as reader:
        shown = [contact for contact in reader.contacts() if contact.is_shown]
    for contact in rows.page(shown, lambda contact: contact.key.hex, given.out):
        contact_views.show_contact(contact, given.out)
    if not shown:
        given.out.note("This profile has no contacts yet. Add one with: pystatus contact add")


@app.command()
@grouped
def requests(given: ProfileOptions, rows: ListOptions) -> None:
    """List those who have added you and wait for an answer. Works while another process has the profile open."""
    with given.reading() as reader:
        asking = [contact for contact in reader.contacts() if contact.is_request]
    for contact in rows.page(asking, lambda contact: contact.key.hex, given.out):
        contact_views.show_contact(contact, given.out)
    if not asking:
        given.out.note("Nobody waits for an answer.")


@app.command()
@grouped
def show(
    given: ProfileOptions,
    person: PersonArgument,
) -> None:
    """Show what is kept of a person. Works while another process has the profile open."""
    from pystatus.messenger.contact_finding import find_person

    with given.reading() as reader:
        contact = reader.contact(find_person(reader.contacts, person))
    contact_views.show_contact(contact, given.out)


def _decide(act: Callable[[Contacts], Awaitable[Contact]], given: ProfileOptions) -> None:
    """Do something that nobody else is told, and print the person."""
    from pystatus.net.loop import run

    client = given.access.client()

    async def decide() -> None:
        from pystatus.client.features.contacts import Contacts

        async with client:
            contact_views.show_contact(await act(client.feature(Contacts)), given.out)

    run(decide())


def _tell(act: Callable[[Contacts], Awaitable[Contact]], given: NetworkOptions, timeout: float) -> None:
    """Do something that the person is told, wait for a relay, and print the person."""
    from pystatus.net.loop import run

    given.check()
    run(tell(given.client(), act, timeout, given.out))


async def tell(client: Client, act: Callable[[Contacts], Awaitable[Contact]], timeout: float, out: Output) -> None:
    """Do something that others are told, wait for a relay, and print the person.

    :raises LocalError: it cannot be done, or no relay was there in time; then it is told them the next time.
    """
    from pystatus.client.features.contacts import Contacts

    connections = ConnectionProgress(out, aside=True)
    client.on(object)(connections.tell)
    async with client:
        contact = await act(client.feature(Contacts))
        try:
            with connections:
                await client.wait_for_peer(timeout)
        except TimeoutError:
            why = f" {connections.problem}" if connections.problem else ""
            raise LocalError(
                f"No relay was there within {counted(timeout, 'second')}.{why} The person is added, and told the next "
                "time that this profile is connected."
            ) from None
        contact_views.show_contact(contact, out)
