"""``pystatus wallet``: the accounts of a wallet, what they have, what came and went, and sending some of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.account.address import checksummed
from pystatus.apps.cli import wallet_accounts, wallet_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.options import one_reader_of_stdin
from pystatus.apps.cli.values import ADDRESS, COUNT, argument, option
from pystatus.apps.cli.wallet_values import ACCOUNT, ACCOUNT_NAME, COLOUR, DECIMAL, KEY_PATH
from pystatus.errors import LocalError, Refused
from pystatus.faces import terminal
from pystatus.settings.kinds import PATH, whole

if TYPE_CHECKING:
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.wallet import Draft, Sent
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transactions import Payment

SUMMARY = "Keep accounts of Ethereum, see what they have, send some of it."
PLACE = 64

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

OfAccount = Annotated[
    str | None,
    option(ACCOUNT, "--account", metavar="ACCOUNT", help="The account, by name or address. Default: the first one."),
]
AccountArgument = Annotated[str, argument(ACCOUNT, metavar="ACCOUNT", help="An account, by its name or address.")]
Colour = Annotated[str | None, option(COLOUR, "--colour", metavar="COLOUR", help="Its colour: #4360df, for example.")]


@app.command()
@grouped
def accounts(given: ProfileOptions) -> None:
    """List the accounts of the wallet. Works while another process has the profile open."""
    with given.reading() as reader:
        found = reader.wallet_accounts()
    for one in found:
        given.out.result(wallet_accounts.fields(one), wallet_accounts.text(one))
    if not found:
        given.out.note("This wallet has no account yet. Add one with: pystatus wallet add")


@app.command()
@grouped
def add(
    given: ProfileOptions,
    name: Annotated[
        str | None,
        option(ACCOUNT_NAME, "--name", metavar="NAME", help="What to call it here. Default: Account 1, and so on."),
    ] = None,
    colour: Colour = None,
    index: Annotated[
        int | None,
        option(
            whole(0, 2**31 - 1, "the number of an account"),
            metavar="NUMBER",
            help="Its number below your phrase, if it is not the next one: to have one again that was removed.",
        ),
    ] = None,
    phrase: Annotated[
        bool, typer.Option("--phrase", help="Ask for another recovery phrase, and add its account.")
    ] = False,
    words_file: Annotated[
        Path | None, option(PATH, metavar="FILE", help="Read that phrase from FILE (- is standard input).")
    ] = None,
    path: Annotated[
        str | None,
        option(KEY_PATH, metavar="PATH", help="Of the account below that phrase. Default: m/44'/60'/0'/0/0."),
    ] = None,
    key: Annotated[bool, typer.Option("--key", help="Ask for a private key, and add its account.")] = False,
    key_file: Annotated[
        Path | None, option(PATH, metavar="FILE", help="Read that key from FILE (- is standard input).")
    ] = None,
    watch: Annotated[
        str | None,
        option(ADDRESS, "--watch", metavar="ADDRESS", help="Only watch an account whose key is elsewhere."),
    ] = None,
) -> None:
    """Add an account to the wallet.

    It is the next one of your recovery phrase, unless you name another phrase, a private key, or an address to watch.
    Keys are sealed with the password of the profile; phrases are not kept.
    """
    from pystatus.account.wallet_accounts import DEFAULT_COLOUR

    origin = wallet_accounts.Origin(phrase, words_file, key, key_file, watch, index, path)
    origin.check()
    one_reader_of_stdin(given.password_file, words_file, key_file)
    made = wallet_accounts.add(given, origin, name or "", colour or DEFAULT_COLOUR)
    given.out.result(wallet_accounts.fields(made), wallet_accounts.text(made))


@app.command()
@grouped
def change(
    given: ProfileOptions,
    account: AccountArgument,
    name: Annotated[
        str | None, option(ACCOUNT_NAME, "--name", metavar="NAME", help="What to call it from now on.")
    ] = None,
    colour: Colour = None,
) -> None:
    """Give an account another name or colour. Nobody else sees them."""
    found = wallet_accounts.change(given, account, name, colour)
    given.out.result(wallet_accounts.fields(found), wallet_accounts.text(found))


@app.command()
@grouped
def remove(
    given: ProfileOptions,
    account: AccountArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Remove it without asking.")] = False,
) -> None:
    """Remove an account from the wallet, and its key. What it has stays on the chain."""
    found = wallet_accounts.remove(given, account, yes=yes)
    given.out.result(wallet_accounts.fields(found), f"Removed: {wallet_accounts.text(found)}")


@app.command()
@grouped
def balance(
    given: ProfileOptions,
    chain: ChainOptions,
    account: OfAccount = None,
    token: Annotated[
        list[str] | None,
        option(
            ADDRESS,
            "--token",
            metavar="ADDRESS",
            help="The contract of a token, beside those that the app knows. May be given several times.",
        ),
    ] = None,
) -> None:
    """Show what an account of the wallet has.

    That is ether, and the tokens of which it has some. No password is needed unless an account is named, and nothing is
    stored. Works while another process has the profile open.
    """
    from pystatus.ethereum import tokens

    own, out = wallet_accounts.find(given, account), given.out

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

    chain.run(act)


@app.command()
@grouped
def history(
    given: ProfileOptions,
    chain: ChainOptions,
    account: OfAccount = None,
    older: Annotated[
        bool, typer.Option("--older", help="Search the part before what was searched until now, and not the newest.")
    ] = False,
    limit: Annotated[int, option(COUNT, "--limit", metavar="N", help="Show so many transfers, the newest.")] = 50,
) -> None:
    """Show the transfers of an account of the wallet.

    The first time it searches the part of the chain in which the account has sent its last twenty transactions, later
    what has come since. What it finds is stored with the profile. Where another process has the profile open, that one
    searches, on the node of Ethereum that it was given.
    """
    from pystatus.client.features.wallet import Wallet
    from pystatus.net.loop import run

    client, own = chain.client(given), wallet_accounts.find(given, account)
    out = given.out

    async def act() -> None:
        async with client:
            wallet, shown = client.feature(Wallet), checksummed(own)
            number = await wallet.update_history(shown, older=older)
            transfers = wallet.history(shown, number, limit)
            for transfer in transfers:
                out.result(wallet_views.transfer_fields(transfer), wallet_views.transfer_text(transfer))
            if not transfers:
                out.note("No transfer was found. With --older, the part before is searched.")

    run(act())


@app.command()
@grouped
def send(
    given: ProfileOptions,
    chain: ChainOptions,
    to: Annotated[str, argument(ADDRESS, metavar="ADDRESS", help="Who is paid.")],
    amount: Annotated[
        str, argument(DECIMAL, metavar="AMOUNT", help="In ether, or in whole tokens: 0.25, for example.")
    ],
    account: OfAccount = None,
    token: Annotated[
        str | None, option(ADDRESS, "--token", metavar="ADDRESS", help="The contract of a token. Default: ether.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it and say what it costs; send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send it without asking.")] = False,
) -> None:
    """Send ether or a token.

    It is tried first. Then you are told what will be signed and what it costs at most, with your signing phrase: three
    words by which you know that it is pystatus who asks. The password opens the key for this one signature.
    """
    own, out = wallet_accounts.find(given, account), given.out
    if not dry_run:
        given.find_unused()

    async def try_it(connected: Endpoint) -> tuple[Draft, Token | None, int]:
        from pystatus.chain.wallet import Wallet

        what = None if token is None else await _look_up(connected, token)
        draft = await Wallet(connected).draft(own, _payment(_bytes(to), amount, what))
        return draft, what, await connected.chain_id()

    draft, what, number = chain.run(try_it)
    told = wallet_views.draft_text(draft, to, amount, what, number)
    if dry_run:
        out.result(wallet_views.draft_fields(draft, to, what, number), told)
        return
    if not yes:
        _confirm(given, told)
    key = given.access.wallet_key(own)

    async def sign_and_send(connected: Endpoint) -> Sent:
        from pystatus.chain.wallet import Wallet
        from pystatus.ethereum.signing import KeySigner

        return await Wallet(connected).send(draft, KeySigner(key))

    sent = replace(chain, chain_id=number).run(sign_and_send)
    out.result(wallet_views.sent_fields(sent.hash, draft, to, what, number), wallet_views.sent_text(sent.hash))


def _confirm(given: ProfileOptions, told: str) -> None:
    """Ask whether it is to be signed, with the words by which the person knows who asks.

    :raises LocalError: it is not to be sent; no password, or a wrong one.

    Implements: AC-35
    """
    if given.as_json or not terminal.is_there():
        raise LocalError(f"Nothing was sent. With --yes, this happens: {told}")
    terminal.tell(told)
    terminal.tell(f"Your signing phrase: {wallet_accounts.signing_phrase(given)}")
    if not terminal.confirm("Sign and send it?"):
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


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address[2:])
