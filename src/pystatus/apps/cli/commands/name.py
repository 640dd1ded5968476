"""``pystatus name``: names of ENS: where they lead, whether they can be had, and having them."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli import name_asking, name_changing, name_views, wallet_accounts
from pystatus.apps.cli.chain_options import ChainOptions, Registry
from pystatus.apps.cli.name_changing import ChangeOptions, OfAccount
from pystatus.apps.cli.name_values import CONTENT, NAME, USERNAME
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.values import ADDRESS, argument, option
from pystatus.errors import Refused

if TYPE_CHECKING:
    from pystatus.client.features.names import Names
    from pystatus.client.name_drafts import NameDraft
    from pystatus.messenger.name_records import OwnName

SUMMARY = "Look up names of ENS, and have one of your own."
PLACE = 65

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

Name = Annotated[
    str,
    argument(NAME, metavar="NAME", help="A name of ENS. Without a dot it is one under stateofus.eth."),
]
Username = Annotated[
    str, argument(USERNAME, metavar="NAME", help="The part before .stateofus.eth, exactly as it was registered.")
]


@app.command()
@grouped
def resolve(given: ProfileOptions, chain: ChainOptions, name: Name, registry: Registry = None) -> None:
    """Show whose a name is, and where it leads. No password is needed."""
    from pystatus.client import naming

    own = given.stored.account.public_key
    found = name_asking.read(
        given,
        chain,
        registry,
        lambda asked: naming.resolved(asked, name, own),
        lambda names: names.resolve(name),
    )
    given.out.result(name_views.name_fields(found), name_views.name_text(found))


@app.command(short_help="Show the name that an address gives itself.")
@grouped
def reverse(
    given: ProfileOptions,
    chain: ChainOptions,
    address: Annotated[str, argument(ADDRESS, metavar="ADDRESS", help="An address of Ethereum.")],
    registry: Registry = None,
) -> None:
    """Show the name that an address gives itself, if the name leads back to it. No password is needed."""
    wanted = bytes.fromhex(address[2:])
    found = name_asking.read(
        given, chain, registry, lambda asked: asked.name_of(wanted), lambda names: names.reverse(address)
    )
    given.out.result({"address": address, "name": found}, found or "This address has no name that leads back to it.")


@app.command(short_help="Show whether a name can be had, and its price.")
@grouped
def search(
    given: ProfileOptions, chain: ChainOptions, name: Name, registry: Registry = None, account: OfAccount = None
) -> None:
    """Show whether a name can be had, what it costs, and why it cannot.

    No password is needed unless an account is named.
    """
    from pystatus.client import naming

    own = given.stored.account.public_key
    at = wallet_accounts.find(given, account) if account is not None else given.stored.account.default_wallet
    found = name_asking.read(
        given,
        chain,
        registry,
        lambda asked: naming.offered(asked, name, at, own),
        lambda names: names.search(name, account),
    )
    given.out.result(name_views.offer_fields(found), name_views.offer_text(found))


@app.command()
@grouped
def register(given: ProfileOptions, chain: ChangeOptions, name: Name) -> None:
    """Register a name under stateofus.eth.

    It leads to the account that pays, and to your chat key. The deposit comes back when you release it, a year later at
    the earliest. A name that could be taken away again is refused before anything is paid. It is tried first; then you
    are told what will be signed, with your signing phrase.
    """
    name_changing.change(given, chain, lambda names: names.register(name, chain.account))


@app.command(short_help="Change where a name of yours leads.")
@grouped
def update(
    given: ProfileOptions,
    chain: ChangeOptions,
    name: Name,
    address: Annotated[
        str | None, option(ADDRESS, "--address", metavar="ADDRESS", help="Let it lead to this address.")
    ] = None,
    content: Annotated[
        str | None,
        option(
            CONTENT, "--content", metavar="URL", help="What browsers show: ipfs://, ipns:// or bzz://. Empty: nothing."
        ),
    ] = None,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", help="Tell the registrar that a name is yours which was given to you in ENS."),
    ] = False,
) -> None:
    """Change where a name of yours leads: to your chat key, unless you give something else."""
    if sum((address is not None, content is not None, take_over)) > 1:
        raise Refused("Give one of --address, --content and --take-over; each is a transaction of its own.")

    def plan(names: Names) -> Awaitable[NameDraft]:
        if address is not None:
            return names.set_address(name, address, chain.account)
        if content is not None:
            return names.set_content(name, content, chain.account)
        return names.take_over(name, chain.account) if take_over else names.connect(name, chain.account)

    name_changing.change(given, chain, plan)


@app.command(short_help="Give a name of stateofus.eth back.")
@grouped
def release(given: ProfileOptions, chain: ChangeOptions, name: Name) -> None:
    """Give a name under stateofus.eth back, and get its deposit: a year after it was registered."""
    name_changing.change(given, chain, lambda names: names.release(name, chain.account))


@app.command(short_help="Take away a name that breaks a rule.")
@grouped
def slash(
    given: ProfileOptions,
    chain: ChangeOptions,
    name: Username,
    reserve: Annotated[
        bool, typer.Option("--reserve", help="The first of two transactions: say that you know one, not yet which.")
    ] = False,
) -> None:
    """Take away a name that breaks a rule of stateofus.eth, and get two thirds of its deposit.

    Names are taken away that are too short, look like addresses, are reserved, or have other characters than a to z and
    0 to 9. First run it with --reserve; when that is in a block, without.
    """
    name_changing.change(
        given,
        chain,
        lambda names: names.reserve_slash(name, chain.account) if reserve else names.slash(name, chain.account),
    )


@app.command("list")
@grouped
def list_(given: ProfileOptions) -> None:
    """List your names. Contacts see one of them. Works while another process has the profile open."""
    with given.reading() as reader:
        found = reader.own_names()
    for one in found:
        given.out.result(name_views.own_fields(one), name_views.own_text(one))
    if not found:
        given.out.note("You have no name here yet. Get one with: pystatus name register")


@app.command()
@grouped
def changes(given: ProfileOptions, chain: ChainOptions) -> None:
    """List what was sent to change names, and what became of it.

    The chain is asked for what is in no block yet if a node is named; else what is stored is shown.
    """
    if chain.endpoint is None:
        with given.reading() as reader:
            found = reader.name_changes()
    else:
        found = name_asking.with_names(given, chain, None, lambda names: names.check())
    for one in found:
        given.out.result(name_views.change_fields(one, "change"), name_views.change_text(one))


@app.command()
@grouped
def add(given: ProfileOptions, chain: ChainOptions, name: Name, registry: Registry = None) -> None:
    """Add a name to yours that leads to your chat key already."""
    found = name_asking.with_names(given, chain, registry, lambda names: names.add(name))
    given.out.result(name_views.own_fields(found), name_views.own_text(found))


@app.command()
@grouped
def prefer(
    given: ProfileOptions,
    name: Annotated[
        str | None, argument(NAME, metavar="[NAME]", help="One of yours. Without one, contacts see none.")
    ] = None,
) -> None:
    """Choose which of your names contacts see."""

    async def act(names: Names) -> Sequence[OwnName]:
        await names.prefer(name or "")
        return names.own()

    for one in name_asking.with_names(given, ChainOptions(), None, act, needs_node=False):
        given.out.result(name_views.own_fields(one), name_views.own_text(one))


@app.command()
@grouped
def remove(given: ProfileOptions, name: Name) -> None:
    """Forget one of your names here. On the chain it stays as it is."""

    async def act(names: Names) -> Sequence[OwnName]:
        await names.remove(name)
        return names.own()

    for one in name_asking.with_names(given, ChainOptions(), None, act, needs_node=False):
        given.out.result(name_views.own_fields(one), name_views.own_text(one))
