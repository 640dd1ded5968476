"""``pystatus wallet``: the tokens and the favourites that a profile has noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pystatus import typed
from pystatus.apps.cli import wallet_money, wallet_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.option_groups import ProfileOptions, grouped
from pystatus.apps.cli.values import ADDRESS, argument
from pystatus.apps.cli.wallet_values import ACCOUNT, ACCOUNT_NAME

if TYPE_CHECKING:
    from pystatus.client.features.wallet import Wallet
    from pystatus.ethereum.tokens import Token
    from pystatus.messenger.wallet_records import Favourite

TokenArgument = Annotated[str, argument(ADDRESS, metavar="ADDRESS", help="The contract of a token.")]
MAINNET = 1
"""The main chain of Ethereum."""


def register(app: typer.Typer) -> None:
    """Add the commands to those of the wallet."""
    for name, command in (
        ("tokens", tokens),
        ("add-token", add_token),
        ("remove-token", remove_token),
        ("favourites", favourites),
        ("add-favourite", add_favourite),
        ("remove-favourite", remove_favourite),
    ):
        app.command(name)(command)


@grouped
def tokens(given: ProfileOptions, chain: ChainOptions) -> None:
    """List the tokens that are asked for with every balance.

    Those are the ones that the app of Status knows, and those that you have added, on one chain: that of --chain-id, or
    of the node if one is named, or else the main one.
    """

    number = _chain_id(chain)
    with given.reading() as reader:
        found = reader.tokens(number)
    for one in found:
        given.out.result(wallet_views.known_token_fields(one), wallet_views.known_token_text(one))
    if not found:
        given.out.note("No token is known on this chain. Add one with: pystatus wallet add-token")


@grouped
def add_token(given: ProfileOptions, chain: ChainOptions, address: TokenArgument) -> None:
    """Add a token by its contract, which is asked what it is.

    What a token calls itself proves nothing; its address does. It is asked for with every balance of its chain.
    """

    async def act(wallet: Wallet) -> tuple[Token, bool]:
        added = await wallet.add_token(address)
        others = [one for one in wallet.tokens(added.chain_id) if one.address != added.address]
        alike = any(
            typed.is_same_name(mine, theirs)
            for one in others
            for mine, theirs in ((added.symbol, one.symbol), (added.name, one.name))
            if mine
        )
        return added, alike

    added, alike = wallet_money.with_wallet(given, chain, act)
    given.out.result(wallet_views.known_token_fields(added), wallet_views.known_token_text(added))
    if alike:
        given.out.note("Another token on this chain has the same name or symbol. Compare the addresses.")


@grouped
def remove_token(given: ProfileOptions, chain: ChainOptions, address: TokenArgument) -> None:
    """Remove a token that you have added. What accounts have of it stays on the chain."""

    number = _chain_id(chain)
    removed = wallet_money.with_wallet(
        given, chain, lambda wallet: wallet.remove_token(address, number), needs_node=False
    )
    text = wallet_views.known_token_text(removed)
    given.out.result(wallet_views.known_token_fields(removed), f"Removed: {text}")


def _chain_id(chain: ChainOptions) -> int:
    """What was noted is of a chain, and is in the profile: no node is asked for that of a chain that was named."""
    if chain.chain_id is not None:
        return chain.chain_id
    return MAINNET if chain.endpoint is None else chain.run(lambda connected: connected.chain_id())


@grouped
def favourites(given: ProfileOptions) -> None:
    """List the addresses that you have given a name."""
    with given.reading() as reader:
        found = reader.favourites()
    for one in found:
        given.out.result(wallet_views.favourite_fields(one), wallet_views.favourite_text(one))
    if not found:
        given.out.note("There is no favourite. Add one with: pystatus wallet add-favourite")


@grouped
def add_favourite(
    given: ProfileOptions,
    address: Annotated[str, argument(ADDRESS, metavar="ADDRESS", help="The address.")],
    name: Annotated[str, argument(ACCOUNT_NAME, metavar="NAME", help="What to call it here.")],
) -> None:
    """Keep an address by a name, or give it another one. Nobody else sees it."""
    made = wallet_money.with_wallet(
        given, ChainOptions(), lambda wallet: wallet.save_favourite(address, name), needs_node=False
    )
    given.out.result(wallet_views.favourite_fields(made), wallet_views.favourite_text(made))


@grouped
def remove_favourite(
    given: ProfileOptions,
    favourite: Annotated[str, argument(ACCOUNT, metavar="FAVOURITE", help="Its name or its address.")],
) -> None:
    """Forget a favourite."""

    async def act(wallet: Wallet) -> Favourite:
        return await wallet.remove_favourite(wallet_money.recipient(wallet, favourite))

    removed = wallet_money.with_wallet(given, ChainOptions(), act, needs_node=False)
    given.out.result(wallet_views.favourite_fields(removed), f"Removed: {wallet_views.favourite_text(removed)}")
