"""``pystatus wallet``: the accounts of a wallet, what they have, what came and went, and sending some of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.account.address import checksummed
from pystatus.apps.cli import wallet_accounts, wallet_money, wallet_notes, wallet_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.options import one_reader_of_stdin
from pystatus.apps.cli.values import ADDRESS, COUNT, argument, option
from pystatus.apps.cli.wallet_money import SendingOptions
from pystatus.apps.cli.wallet_prices import PriceOptions
from pystatus.apps.cli.wallet_values import (
    ACCOUNT,
    ACCOUNT_NAME,
    CALL_DATA,
    COLOUR,
    DECIMAL,
    HASH_BEGINNING,
    KEY_PATH,
    RECIPIENT,
)
from pystatus.errors import Refused
from pystatus.settings.kinds import PATH, whole

if TYPE_CHECKING:
    from pystatus.client.features.wallet import Wallet
    from pystatus.ethereum.drafts import TransactionDraft
    from pystatus.ethereum.tokens import Token
    from pystatus.ethereum.transfers import Transfer
    from pystatus.messenger.sent_records import SentTransaction

SUMMARY = "Keep accounts of Ethereum, see what they have, send some of it."
PLACE = 64

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

OfAccount = Annotated[
    str | None,
    option(ACCOUNT, "--account", metavar="ACCOUNT", help="The account, by name or address. Default: the first one."),
]
AccountArgument = Annotated[str, argument(ACCOUNT, metavar="ACCOUNT", help="An account, by its name or address.")]
Transaction = Annotated[
    str,
    argument(
        HASH_BEGINNING, metavar="TRANSACTION", help="Its hash, 0x…, or the beginning, as pystatus wallet pending shows."
    ),
]
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
    chain: PriceOptions,
    account: OfAccount = None,
    all_accounts: Annotated[bool, typer.Option("--all", help="Of all accounts of the wallet.")] = False,
    token: Annotated[
        list[str] | None,
        option(
            ADDRESS,
            "--token",
            metavar="ADDRESS",
            help="The contract of a token, beside those that are known. May be given several times.",
        ),
    ] = None,
) -> None:
    """Show what an account of the wallet has.

    That is ether, and the tokens of which it has some: of those that the app of Status knows, and that you have added.
    Where another process has the profile open, that one asks, and no password is needed. Nobody is asked for prices
    without --currency, and there are none of tokens that you have added.
    """
    if all_accounts and account is not None:
        raise Refused("Give --account or --all, not both.")
    own = None if all_accounts else checksummed(wallet_accounts.find(given, account))
    valued = chain.balances(given, own, token or ())
    for one in valued.found.holdings:
        given.out.result(valued.fields(one), valued.text(one))
    if valued.problem:
        given.out.note(f"What it is worth is not shown. {valued.problem}")
    for address in valued.found.silent:
        given.out.note(f"The token {checksummed(address)} does not say what there is of it. That is not nothing.")


@app.command(short_help="Show collectibles that an account has.")
@grouped
def collectibles(
    given: ProfileOptions,
    chain: ChainOptions,
    contract: Annotated[str, argument(ADDRESS, metavar="CONTRACT", help="The contract of the collectibles.")],
    account: OfAccount = None,
) -> None:
    """Show which collectibles of one contract an account has (ERC-721)."""
    own = checksummed(wallet_accounts.find(given, account))
    found = wallet_money.with_wallet(given, chain, lambda wallet: wallet.collectibles(own, contract))
    given.out.result(wallet_views.collection_fields(found), wallet_views.collection_text(found))


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
    own = checksummed(wallet_accounts.find(given, account))

    async def act(wallet: Wallet) -> tuple[Sequence[Transfer], dict[bytes, Token]]:
        number = await wallet.update_history(own, older=older)
        return wallet.history(own, number, limit), {token.address: token for token in wallet.tokens(number)}

    transfers, known = wallet_money.with_wallet(given, chain, act)
    for one in transfers:
        given.out.result(wallet_views.transfer_fields(one), wallet_views.transfer_text(one, known))
    if not transfers:
        given.out.note("No transfer was found. With --older, the part before is searched.")


@app.command()
@grouped
def send(
    given: ProfileOptions,
    chain: SendingOptions,
    to: Annotated[str, argument(RECIPIENT, metavar="RECIPIENT", help="Who is paid: an address, or a favourite.")],
    amount: Annotated[
        str, argument(DECIMAL, metavar="AMOUNT", help="In ether, or in whole tokens: 0.25, for example.")
    ],
    account: OfAccount = None,
    token: Annotated[
        str | None, option(ADDRESS, "--token", metavar="ADDRESS", help="The contract of a token. Default: ether.")
    ] = None,
) -> None:
    """Send ether or a token.

    It is tried first. Then you are told what will be signed and what it costs at most, with your signing phrase: three
    words by which you know that it is pystatus who asks. The password opens the key for this one signature.
    """
    own = checksummed(wallet_accounts.find(given, account))

    async def plan(wallet: Wallet) -> TransactionDraft:
        what = None if token is None else await wallet.look_up_token(token)
        value = wallet_money.in_base_units(amount, what)
        return await wallet.draft(own, wallet_money.recipient(wallet, to), value, token=token or "")

    wallet_money.send(given, chain, plan)


@app.command()
@grouped
def call(
    given: ProfileOptions,
    chain: SendingOptions,
    contract: Annotated[str, argument(ADDRESS, metavar="CONTRACT", help="The contract.")],
    data: Annotated[bytes, argument(CALL_DATA, metavar="DATA", help="What it is called with, 0x…")],
    account: OfAccount = None,
    ether: Annotated[str, option(DECIMAL, "--ether", metavar="AMOUNT", help="Pay so much ether with it.")] = "0",
) -> None:
    """Call a contract in a transaction.

    Calls that pay a token, or let somebody take some, are told in words, and an allowance without a limit is said to be
    one. Of others it is said that nobody here knows what they do.
    """
    own = checksummed(wallet_accounts.find(given, account))
    value = wallet_money.in_base_units(ether, None)
    wallet_money.send(given, chain, lambda wallet: wallet.draft_call(own, contract, data, value))


@app.command(short_help="Show what was sent and is in no block.")
@grouped
def pending(
    given: ProfileOptions,
    chain: ChainOptions,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are in a block, or were replaced, the newest first.")
    ] = False,
) -> None:
    """Show the transactions that were sent and are in no block yet.

    If a node is named, it is asked what became of them; while a client is open, it asks by itself.
    """

    if chain.endpoint is None:
        with given.reading() as reader:
            found = reader.sent(waiting=not everything)
    else:

        async def act(wallet: Wallet) -> Sequence[SentTransaction]:
            open_ones = await wallet.update_sent()
            return wallet.sent() if everything else open_ones

        found = wallet_money.with_wallet(given, chain, act)
    for one in found:
        given.out.result(wallet_views.sent_fields(one, one.state.value), wallet_views.sent_text(one))
    if not found:
        given.out.note("Nothing waits." if not everything else "Nothing was sent from this profile.")


@app.command("speed-up", short_help="Send a transaction with a higher fee.")
@grouped
def speed_up(given: ProfileOptions, chain: SendingOptions, transaction: Transaction) -> None:
    """Send a transaction that is in no block yet with a higher fee."""
    wallet_money.send(given, chain, lambda wallet: wallet.draft_speed_up(wallet_money.waiting(wallet, transaction)))


@app.command(short_help="Put an empty transaction in its place.")
@grouped
def cancel(given: ProfileOptions, chain: SendingOptions, transaction: Transaction) -> None:
    """Put one that pays nothing in the place of a transaction that is in no block yet.

    Nobody can promise that it comes first: look at pystatus wallet pending afterwards.
    """
    wallet_money.send(given, chain, lambda wallet: wallet.draft_cancel(wallet_money.waiting(wallet, transaction)))


wallet_notes.register(app)
