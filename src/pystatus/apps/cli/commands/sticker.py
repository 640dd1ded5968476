"""``pystatus sticker``: packs of stickers: which there are, buying, installing and sending them, and their pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pystatus.apps.cli import sticker_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.commands.send import DEFAULT_TIMEOUT, post
from pystatus.apps.cli.option_groups import LogOptions, NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import route, timeout_option
from pystatus.apps.cli.signing_question import confirm
from pystatus.apps.cli.sticker_values import GATEWAY
from pystatus.apps.cli.targets import check_target
from pystatus.apps.cli.values import ADDRESS, CHAT, STICKER, argument, option
from pystatus.apps.cli.wallet_values import ACCOUNT
from pystatus.payloads.checks import MAX_PACK
from pystatus.settings.kinds import PATH, whole
from pystatus.variables import GATEWAY_VARIABLE, MARKET_VARIABLE

if TYPE_CHECKING:
    from pystatus.client import Receipt
    from pystatus.client.features.stickers import Stickers
    from pystatus.client.features.wallet import Wallet
    from pystatus.messenger.records import Chat
    from pystatus.messenger.sticker_records import StickerPack

SUMMARY = "Buy, install and send packs of stickers."
PLACE = 66

MAX_POSITION = 200
"""Stickers of a pack: see :data:`pystatus.ethereum.sticker_packs.MAX_STICKERS`."""

T = TypeVar("T")

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

Pack = Annotated[int, argument(whole(0, MAX_PACK), metavar="PACK", help="The number of the pack.")]
OfAccount = Annotated[
    str | None,
    option(ACCOUNT, "--account", metavar="ACCOUNT", help="The account, by name or address. Default: the first one."),
]


@dataclass
class StickerOptions(ChainOptions):
    """The market, and where pictures come from."""

    gateway: Annotated[
        Any,
        option(
            GATEWAY,
            "--gateway",
            envvar=GATEWAY_VARIABLE,
            metavar="URL",
            help="The gateway of IPFS that packs and pictures are fetched from; what it gives is checked.",
            quote=False,
        ),
    ] = None
    market: Annotated[
        str | None,
        option(
            ADDRESS,
            "--market",
            envvar=MARKET_VARIABLE,
            metavar="ADDRESS",
            help="The market of stickers, on a chain of your own. Default: that of the chain.",
        ),
    ] = None

    def ask(
        self, given: ProfileOptions, act: Callable[[Stickers, Wallet], Awaitable[T]], *, needs_node: bool = True
    ) -> T:
        """What the client of the profile says, or the one of the process that has it open.

        :raises LocalError: the profile cannot be opened, or no node is named.
        """
        from pystatus.client.features.stickers import Stickers
        from pystatus.client.features.wallet import Wallet
        from pystatus.net.loop import run

        gateway = None
        if self.gateway is not None:
            from pystatus.chain.gateway import Gateway

            gateway = Gateway(self.gateway, route=route(self.proxy))
        client = self.client(given, needs_node=needs_node, gateway=gateway, market=self.market)

        async def asked() -> T:
            async with client:
                return await act(client.feature(Stickers), client.feature(Wallet))

        return run(asked())


@app.command()
@grouped
def market(
    given: ProfileOptions,
    chain: StickerOptions,
    account: OfAccount = None,
    first: Annotated[int, option(whole(0, MAX_PACK), "--first", metavar="NUMBER", help="Begin with this pack.")] = 0,
) -> None:
    """List packs of the market.

    Fifty at a time, with what they say of themselves if a gateway is named.
    """
    found = chain.ask(given, lambda stickers, _: stickers.market(first, account=account))
    for one in found.packs:
        given.out.result(sticker_views.offer_fields(one), sticker_views.offer_text(one))
    if not found.packs:
        given.out.note(f"There are no packs from this number on; the market has {found.count}.")


@app.command()
@grouped
def packs(given: ProfileOptions) -> None:
    """List the packs that are installed.

    Works while another process has the profile open.
    """
    with given.reading() as reader:
        found = reader.sticker_packs()
    for one in found:
        given.out.result(sticker_views.pack_fields(one, "pack"), sticker_views.pack_text(one))
    if not found:
        given.out.note("No pack is installed. See which there are with: pystatus sticker market")


@app.command()
@grouped
def buy(
    given: ProfileOptions,
    chain: StickerOptions,
    pack: Pack,
    account: OfAccount = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it and say what it costs; send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Sign and send it without asking.")] = False,
) -> None:
    """Buy a pack of the market.

    It is tried first; then you are told what will be signed, with your signing phrase.
    """
    from pystatus.messenger.sent_records import SentState

    async def act(stickers: Stickers, wallet: Wallet) -> None:
        draft = await stickers.draft_buy(pack, account)
        if dry_run:
            given.out.result(sticker_views.draft_fields(draft, pack), sticker_views.draft_text(draft))
            return
        if not yes:
            confirm(sticker_views.draft_text(draft), draft.signing_phrase, may_ask=not given.as_json)
        sent = await wallet.send(draft, given.access.password)
        await wallet.update_sent()
        now = next((one for one in wallet.sent() if one.hash == sent.hash), sent)
        said = {
            SentState.MINED: "It is yours. Install it with: pystatus sticker install",
            SentState.WAITING: "It was sent, and is in no block yet. When it is, install it.",
        }
        given.out.result(sticker_views.sent_fields(now, pack), said.get(now.state, f"It {now.state.value}."))

    chain.ask(given, act)


@app.command()
@grouped
def install(given: ProfileOptions, chain: StickerOptions, pack: Pack, account: OfAccount = None) -> None:
    """Install a pack that is yours, or costs nothing."""
    found = chain.ask(given, lambda stickers, _: stickers.install(pack, account))
    given.out.result(sticker_views.pack_fields(found, "installed"), sticker_views.pack_text(found))


@app.command()
@grouped
def uninstall(given: ProfileOptions, pack: Pack) -> None:
    """Forget a pack here.

    If you have bought it, it stays yours.
    """

    async def act(stickers: Stickers, _: Wallet) -> StickerPack:
        return await stickers.uninstall(pack)

    found = StickerOptions().ask(given, act, needs_node=False)
    given.out.result(sticker_views.pack_fields(found, "uninstalled"), sticker_views.pack_text(found))


@app.command()
@grouped
def send(
    given: NetworkOptions,
    logs: LogOptions,
    chat: Annotated[
        str, argument(CHAT, metavar="CHAT", help="A person's chat key, or a public chat, '#name' in quotes.")
    ],
    pack: Pack,
    position: Annotated[
        int, argument(whole(1, MAX_POSITION), metavar="NUMBER", help="Which sticker of the pack, from 1 on.")
    ],
    timeout: Annotated[float, timeout_option("How long to wait until a relay has the message.")] = DEFAULT_TIMEOUT,
) -> None:
    """Send a sticker of a pack that is installed.

    As the command send does with a text.
    """
    from pystatus.client.features.stickers import Stickers
    from pystatus.net.loop import run

    logs.set_up(as_json=given.as_json)
    given.check()
    (place,) = given.access.to_enter([chat], may_ask=not given.as_json)
    client = given.client()

    async def send_it(chat: Chat) -> Receipt:
        return await client.feature(Stickers).send(chat, pack, position)

    run(post(client, place, send_it, timeout, given.out))


@app.command()
@grouped
def save(
    given: ProfileOptions,
    chain: StickerOptions,
    content_hash: Annotated[
        str, argument(STICKER, metavar="HASH", help="The content hash of the sticker's picture, in hexadecimal.")
    ],
    file: Annotated[Path, argument(PATH, metavar="FILE", help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there already.")] = False,
) -> None:
    """Write the picture of a sticker to a file.

    Of anybody's: it is fetched over the gateway, and checked.
    """
    from pystatus.client.features.media import save_to

    check_target("FILE", file, overwrite=overwrite)
    found = chain.ask(given, lambda stickers, _: stickers.picture(content_hash), needs_node=False)
    save_to(file, found.data, overwrite=overwrite)
    fields = {"event": "saved", "hash": found.hash, "file": str(file), "type": found.type.name}
    given.out.result({**fields, "width": found.width, "height": found.height}, f"Saved {file}")
