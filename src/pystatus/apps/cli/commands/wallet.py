"""``pystatus wallet``: what the wallet of an account has, what came and went, and sending some of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pystatus.apps.cli import wallet_views
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.options import ProxyOption
from pystatus.apps.cli.values import ADDRESS, argument, option
from pystatus.apps.cli.wallet_values import DECIMAL, ENDPOINT
from pystatus.errors import LocalError, Refused
from pystatus.faces import terminal
from pystatus.settings.kinds import whole
from pystatus.variables import ENDPOINT_VARIABLE

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.endpoint_url import EndpointUrl
    from pystatus.chain.wallet import Draft
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transactions import Payment

SUMMARY = "See what a wallet has on Ethereum, and send some of it."
PLACE = 64

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

Node = Annotated[
    Any,
    option(
        ENDPOINT,
        "--endpoint",
        envvar=ENDPOINT_VARIABLE,
        metavar="URL",
        help="The node of Ethereum to ask. Put an address with a key in it into PYSTATUS_ENDPOINT: others on this "
        "machine can read the command line.",
        quote=False,
    ),
]
Chain = Annotated[
    int | None,
    option(
        whole(1, 2**53 - 1, "a chain id"), metavar="NUMBER", help="The chain that the node has to be of. Default: any."
    ),
]
T = TypeVar("T")


@app.command()
@grouped
def balance(
    given: ProfileOptions,
    endpoint: Node = None,
    token: Annotated[
        list[str] | None,
        option(
            ADDRESS,
            "--token",
            metavar="ADDRESS",
            help="The contract of a token, beside those that the app knows. May be given several times.",
        ),
    ] = None,
    chain_id: Chain = None,
    proxy: ProxyOption = None,
) -> None:
    """Show what the wallet of an account has.

    That is ether, and the tokens of which it has some. No password is needed, and nothing is stored. Works while
    another process has the profile open.
    """
    from pystatus.ethereum import tokens

    own, out = _address_of(given), given.out

    async def act(connected: Endpoint) -> None:
        from pystatus.chain.wallet import Wallet

        named = [
            await connected.carry_out(tokens.look_up(await connected.chain_id(), _bytes(one))) for one in token or ()
        ]
        known = {one.address: one for one in (*tokens.default_tokens(await connected.chain_id()), *named)}
        found = await Wallet(connected).balances([own], list(known.values()))
        wanted = {one.address for one in named}
        out.result(
            wallet_views.ether_fields(own, found.ether[own], found.head),
            wallet_views.ether_text(own, found.ether[own]),
        )
        for one in found.tokens:
            if one.amount or one.token in wanted:
                out.result(
                    wallet_views.token_fields(known[one.token], one), wallet_views.token_text(known[one.token], one)
                )

    _run(act, endpoint, chain_id, proxy)


@app.command()
@grouped
def history(
    given: ProfileOptions,
    endpoint: Node = None,
    chain_id: Chain = None,
    proxy: ProxyOption = None,
) -> None:
    """Show the newest transfers of the wallet.

    It searches the part of the chain in which the account has sent its last twenty transactions. No password is needed,
    and nothing is stored. Works while another process has the profile open.
    """
    own, out = _address_of(given), given.out

    async def act(connected: Endpoint) -> None:
        from pystatus.chain.wallet import Wallet

        update = await Wallet(connected).update(own, None, [])
        if not update.loaded:
            out.note("No transfer was found.")
        for loaded in reversed(update.loaded):
            for transfer in reversed(loaded.transfers):
                out.result(wallet_views.transfer_fields(transfer), wallet_views.transfer_text(transfer))

    _run(act, endpoint, chain_id, proxy)


@app.command()
@grouped
def send(
    given: ProfileOptions,
    to: Annotated[str, argument(ADDRESS, metavar="ADDRESS", help="Who is paid.")],
    amount: Annotated[
        str, argument(DECIMAL, metavar="AMOUNT", help="In ether, or in whole tokens: 0.25, for example.")
    ],
    endpoint: Node = None,
    token: Annotated[
        str | None, option(ADDRESS, "--token", metavar="ADDRESS", help="The contract of a token. Default: ether.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it and say what it costs; send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
    chain_id: Chain = None,
    proxy: ProxyOption = None,
) -> None:
    """Send ether or a token.

    It is tried first, and you are told what will be signed and what it costs at most. The password is asked for then.
    """
    own, out = _address_of(given), given.out
    if not dry_run:
        given.find_unused()

    async def act(connected: Endpoint) -> None:
        from pystatus.chain.wallet import Wallet
        from pystatus.ethereum.signing import KeySigner

        wallet = Wallet(connected)
        what = None if token is None else await _look_up(connected, token)
        draft = await wallet.draft(own, _payment(_bytes(to), amount, what))
        number = await connected.chain_id()
        told = wallet_views.draft_text(draft, to, amount, what, number)
        if dry_run:
            out.result(wallet_views.draft_fields(draft, to, what, number), told)
            return
        _confirm(draft, told, yes=yes, may_ask=not given.as_json)
        sent = await wallet.send(draft, KeySigner(given.access.wallet()))
        out.result(wallet_views.sent_fields(sent.hash, draft, to, what, number), wallet_views.sent_text(sent.hash))

    _run(act, endpoint, chain_id, proxy)


def _confirm(draft: Draft, told: str, *, yes: bool, may_ask: bool) -> None:
    """
    :raises LocalError: it is not to be sent.
    """
    if yes:
        return
    if not may_ask or not terminal.is_there():
        raise LocalError(f"Nothing was sent. With --yes, this happens: {told}")
    terminal.tell(told)
    if not terminal.confirm("Send it?"):
        raise LocalError("Nothing was sent.")


def _payment(to: bytes, amount: str, what: Token | None) -> Payment:
    """
    :raises Refused: the amount is finer than what it is of.
    """
    from pystatus.ethereum import abi
    from pystatus.ethereum.tokens import ETHER_DECIMALS, base_units
    from pystatus.ethereum.transactions import Payment

    decimals = ETHER_DECIMALS if what is None else what.decimals
    units = base_units(amount, decimals)
    if units is None:
        raise Refused(f"AMOUNT has more than {decimals} digits behind the point, which nothing is divided into here.")
    if what is None:
        return Payment(to, units)
    return Payment(what.address, 0, abi.call_data("transfer(address,uint256)", to, units))


async def _look_up(connected: Endpoint, token: str) -> Token:
    from pystatus.ethereum import tokens

    return await connected.carry_out(tokens.look_up(await connected.chain_id(), _bytes(token)))


def _address_of(given: ProfileOptions) -> bytes:
    """
    :raises LocalError: there is no such profile, or its account has no wallet.
    """
    found = given.stored.account.default_wallet
    if found is None:
        raise LocalError("This account has no wallet here, as it was imported from a key. Use another profile.")
    return found


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address[2:])


def _run(
    act: Callable[[Endpoint], Awaitable[None]], endpoint: EndpointUrl | None, chain_id: int | None, proxy: str | None
) -> None:
    from pystatus.apps.cli.options import route
    from pystatus.chain.endpoint import Endpoint
    from pystatus.net.loop import run

    if endpoint is None:
        raise Refused(
            f"Name a node of Ethereum with --endpoint URL, or in {ENDPOINT_VARIABLE}; none is asked otherwise."
        )

    async def connect() -> None:
        async with Endpoint(endpoint, chain_id=chain_id, route=route(proxy)) as connected:
            await act(connected)

    run(connect())
