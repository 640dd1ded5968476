"""Money on the command line: the wallet of the profile, whoever has it open, and what is signed after somebody has seen
it."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pystatus.apps.cli import wallet_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.signing_question import confirm
from pystatus.errors import LocalError, Refused

if TYPE_CHECKING:
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.chain.endpoint_url import EndpointUrl
    from pystatus.client.features.wallet import Wallet
    from pystatus.ethereum.drafts import TransactionDraft
    from pystatus.ethereum.tokens import Token
    from pystatus.messenger.sent_records import SentTransaction

T = TypeVar("T")


@dataclass
class SendingOptions(ChainOptions):
    """How something is sent."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it and say what it costs; send nothing.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Sign and send it without asking.")] = False


def with_wallet(
    given: ProfileOptions,
    chain: ChainOptions,
    act: Callable[[Wallet], Awaitable[T]],
    *,
    needs_node: bool = True,
    prices: EndpointUrl | None = None,
) -> T:
    """What the wallet of the profile does, or that of the process that has it open.

    :param needs_node: a node of Ethereum has to be named.
    :param prices: the service that is to be asked; ``None``: the one that the environment names, if any.
    :raises LocalError: the profile cannot be opened, or no node is named.
    """
    from pystatus.net.loop import run

    client = chain.client(given, needs_node=needs_node, prices=prices)

    async def do() -> T:
        from pystatus.client.features.wallet import Wallet

        async with client:
            return await act(client.feature(Wallet))

    return run(do())


def send(given: ProfileOptions, chain: SendingOptions, plan: Callable[[Wallet], Awaitable[TransactionDraft]]) -> None:
    """Draft, show and send what ``plan`` says. The password opens the key for this one signature.

    :raises LocalError: it cannot be done, or nobody has agreed; no password, or a wrong one.
    :raises RemoteError: the node refuses it.
    """

    async def act(wallet: Wallet) -> tuple[TransactionDraft, SentTransaction | None]:
        draft = await plan(wallet)
        if chain.dry_run:
            return draft, None
        if not chain.yes:
            confirm(wallet_views.draft_text(draft), draft.signing_phrase, may_ask=not given.as_json)
        return draft, await wallet.send(draft, given.access.password)

    draft, sent = with_wallet(given, chain, act)
    if sent is None:
        given.out.result(wallet_views.draft_fields(draft), wallet_views.draft_text(draft))
        return
    given.out.result(wallet_views.sent_fields(sent, "sent"), f"Sent: 0x{sent.hash.hex()}")
    given.out.note(f"What became of it: pystatus wallet pending {shlex.quote(given.profile)}")


def in_base_units(amount: str, token: Token | None) -> int:
    """
    :raises Refused: the amount is finer than what it is of.
    """
    from pystatus.ethereum.tokens import ETHER_DECIMALS, base_units

    decimals = ETHER_DECIMALS if token is None else token.decimals
    units = base_units(amount, decimals)
    if units is None:
        raise Refused(f"AMOUNT has more than {decimals} digits behind the point, which nothing is divided into here.")
    return units


def recipient(wallet: Wallet, text: str) -> str:
    """The address of who is paid: it was given, or is that of a favourite.

    :raises LocalError: there is no favourite of this name.
    """
    from pystatus import typed

    if text[:2].lower() == "0x":
        return text
    found = next((one for one in wallet.favourites() if typed.is_same_name(one.name, text)), None)
    if found is None:
        raise LocalError(
            "There is no favourite of this name. Give an address, or list them with: pystatus wallet favourites"
        )
    return found.shown_address


def waiting(wallet: Wallet, text: str) -> bytes:
    """The hash of a transaction that was sent from here, by its beginning.

    :raises LocalError: there is none, or there are several.
    """
    found = [one for one in wallet.sent() if f"0x{one.hash.hex()}".startswith(text.lower())]
    if len(found) != 1:
        problem = "No transaction that was sent from here begins" if not found else "Several transactions begin"
        raise LocalError(f"{problem} with this hash. List them with: pystatus wallet pending PROFILE --all")
    return found[0].hash
