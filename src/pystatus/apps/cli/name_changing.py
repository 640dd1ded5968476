"""Changing a name on the command line: it is tried, said in words, asked about, signed and sent."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from pystatus.apps.cli import name_views
from pystatus.apps.cli.chain_options import ChainOptions, Registry
from pystatus.apps.cli.signing_question import confirm
from pystatus.apps.cli.values import option
from pystatus.apps.cli.wallet_values import ACCOUNT

if TYPE_CHECKING:
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.client.features.names import Names
    from pystatus.client.name_drafts import NameDraft
    from pystatus.messenger.name_records import NameChange

OfAccount = Annotated[
    str | None,
    option(
        ACCOUNT,
        "--account",
        metavar="ACCOUNT",
        help="The account, by name or address. Default: the first one.",
    ),
]


@dataclass
class ChangeOptions(ChainOptions):
    """How a name is changed."""

    registry: Registry = None
    account: OfAccount = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it and say what it costs; send nothing.")] = False
    yes: Annotated[bool, typer.Option("--yes", help="Sign and send it without asking.")] = False


def change(given: ProfileOptions, chain: ChangeOptions, plan: Callable[[Names], Awaitable[NameDraft]]) -> None:
    """Draft, show and send what ``plan`` says.

    :raises LocalError: it cannot be done, or nobody has agreed; no password, or a wrong one.
    :raises RemoteError: the node refuses it.
    """
    from pystatus.client.features.names import Names
    from pystatus.net.loop import run

    client = chain.client(given, chain.registry)

    async def act() -> None:
        async with client:
            names = client.feature(Names)
            draft = await plan(names)
            if chain.dry_run:
                given.out.result(name_views.draft_fields(draft), name_views.draft_text(draft))
                return
            if not chain.yes:
                confirm(name_views.draft_text(draft), draft.transaction.signing_phrase, may_ask=not given.as_json)
            sent = await names.send(draft, given.access.password)
            _say(given, await _settled(names, sent))

    run(act())


async def _settled(names: Names, sent: NameChange) -> NameChange:
    """What became of it by now: some chains make a block at once."""
    changes = await names.check()
    return next((one for one in changes if one.transaction.hash == sent.transaction.hash), sent)


def _say(given: ProfileOptions, change: NameChange) -> None:
    from pystatus.messenger.sent_records import SentState

    given.out.result(name_views.change_fields(change, "sent"), name_views.change_text(change))
    if change.transaction.state is SentState.WAITING:
        given.out.note(f"It is in no block yet. What became of it: pystatus name changes {shlex.quote(given.profile)}")
