"""``pystatus transaction``: payments between two people: asked for, answered, announced, listed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pystatus.apps.cli import chats, transaction_views
from pystatus.apps.cli.chats import id_of
from pystatus.apps.cli.connection_progress import ConnectionProgress
from pystatus.apps.cli.group_sending import NotToldYet
from pystatus.apps.cli.list_pages import ListOptions
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.apps.cli.options import (
    timeout_option,
)
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import (
    ADDRESS,
    AMOUNT,
    CHAT,
    MESSAGE_ID,
    SIGNATURE,
    TRANSACTION_HASH,
    argument,
    option,
)
from pystatus.errors import LocalError, Refused
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.client import Client
    from pystatus.client.features.transactions import Transactions
    from pystatus.faces.places import Place
    from pystatus.messenger.transaction_records import Transaction

SUMMARY = "Ask for payments, answer, say what was paid; list them."
PLACE = 39

DEFAULT_TIMEOUT = 30.0
"""Seconds to wait for a relay."""

app = typer.Typer(help=SUMMARY, no_args_is_help=True)

ChatArgument = Annotated[str, argument(CHAT, metavar="CHAT", help="The other person's chat key.")]
AmountArgument = Annotated[
    Any, argument(AMOUNT, metavar="AMOUNT", help="In base units: wei, for ether; no fraction and no unit.")
]
RequestArgument = Annotated[
    str,
    argument(
        MESSAGE_ID, metavar="REQUEST", help="The request's id, 0x…, or its beginning, as transaction list shows it."
    ),
]
Contract = Annotated[
    str | None, option(ADDRESS, metavar="ADDRESS", help="The contract of an ERC-20 token. Default: ether.")
]
Address = Annotated[
    str | None, option(ADDRESS, metavar="ADDRESS", help="Where to pay. Default: the wallet of the account.")
]
Timeout = Annotated[float, timeout_option("How long to wait until a relay has it.")]
Act = Callable[["Client", "Transactions"], Awaitable["Transaction"]]


@app.command("request-address")
@grouped
def request_address(
    given: NetworkOptions,
    chat: ChatArgument,
    amount: AmountArgument,
    contract: Contract = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Tell somebody that you want to pay them, and ask where."""
    place = _place(given, chat)

    async def act(client: Client, transactions: Transactions) -> Transaction:
        return await transactions.request_address(await chats.enter(client, place), amount, contract or "")

    _run(given, act, timeout)


@app.command()
@grouped
def request(
    given: NetworkOptions,
    chat: ChatArgument,
    amount: AmountArgument,
    contract: Contract = None,
    address: Address = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Ask somebody to pay you."""
    place = _place(given, chat)

    async def act(client: Client, transactions: Transactions) -> Transaction:
        return await transactions.request_payment(await chats.enter(client, place), amount, contract or "", address)

    _run(given, act, timeout)


@app.command()
@grouped
def accept(
    given: NetworkOptions,
    request: RequestArgument,
    address: Address = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Give the address that somebody has asked for."""
    given.check()
    message_id = given.access.message(request).id
    _run(given, lambda _, transactions: transactions.accept(message_id, address), timeout)


@app.command()
@grouped
def decline(
    given: NetworkOptions,
    request: RequestArgument,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Refuse a request for your address or for a payment."""
    given.check()
    message_id = given.access.message(request).id
    _run(given, lambda _, transactions: transactions.decline(message_id), timeout)


@app.command()
@grouped
def announce(
    given: NetworkOptions,
    transaction_hash: Annotated[
        str, argument(TRANSACTION_HASH, metavar="HASH", help="The hash of the transaction on the chain, 0x….")
    ],
    request: Annotated[
        str | None,
        option(MESSAGE_ID, metavar="REQUEST", help="The request that it pays, as transaction list shows it."),
    ] = None,
    chat: Annotated[
        str | None, option(CHAT, metavar="CHAT", help="The chat key of who was paid, where nobody asked for it.")
    ] = None,
    amount: Annotated[
        Any, option(AMOUNT, metavar="AMOUNT", help="With --chat: what was paid, in base units. Shown here alone.")
    ] = None,
    contract: Annotated[
        str | None, option(ADDRESS, metavar="ADDRESS", help="With --chat: of which ERC-20 token. Default: ether.")
    ] = None,
    address: Annotated[str | None, option(ADDRESS, metavar="ADDRESS", help="With --chat: to which address.")] = None,
    signature: Annotated[
        Any,
        option(
            SIGNATURE,
            metavar="SIGNATURE",
            help="What the wallet that paid has signed. Default: the wallet of the account signs.",
        ),
    ] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Tell somebody that you have paid them.

    It pays nothing: a wallet has done that before. Name the request with --request, or the person with --chat.
    """
    if (request is None) == (chat is None):
        raise Refused("Name what was paid: a request with --request, or who was paid with --chat.")
    if request is not None and (amount is not None or contract or address):
        raise Refused("A request says what was asked for. Leave --amount, --contract and --address out.")
    given.check()
    place = None if chat is None else _place(given, chat)
    to = None if request is None else given.access.message(request).id
    signed = given.access.claimed(transaction_hash) if signature is None else signature

    async def act(client: Client, transactions: Transactions) -> Transaction:
        if to is not None:
            return await transactions.announce(to, transaction_hash, signature=signed)
        assert place is not None
        return await transactions.announce(
            await chats.enter(client, place),
            transaction_hash,
            signature=signed,
            value=amount,
            contract=contract or "",
            address=address or "",
        )

    _run(given, act, timeout)


@app.command("list")
@grouped
def list_(
    given: ProfileOptions,
    rows: ListOptions,
    chat: Annotated[
        str | None, argument(CHAT, metavar="CHAT", help="With whom: a chat key. Default: everybody.")
    ] = None,
) -> None:
    """List transactions, and what people say to have paid.

    The newest come first. What somebody says is no payment: this program asks no chain, so it stays unverified. Works
    while another process has the profile open.
    """
    from pystatus.apps.cli.chats import Chooser
    from pystatus.payloads.chats import ChatKind

    out = given.out
    with given.reading() as reader:
        chat_id = None
        if chat is not None:
            chat_id = id_of(
                Chooser(given.profiles, reader.own, reader.chats(), reader.names, may_ask=False).to_read(chat)
            )
        one = None if chat_id is None else reader.chat(chat_id)
        if chat_id is not None and (one is None or one.kind != ChatKind.ONE_TO_ONE):
            raise LocalError("There is no chat with this person alone. See: pystatus conversation list")
        shown, announced = reader.transactions(chat_id), reader.announcements(chat_id)
        if not shown and not announced:
            out.note("There are no transactions. Begin one with: pystatus transaction request")
        for announcement in announced:
            out.result(
                transaction_views.announcement_fields(announcement, reader.names),
                transaction_views.announcement_text(announcement, reader.names),
            )
        for step in rows.page(shown, lambda step: f"0x{step.message_id.hex()}", out):
            out.result(
                transaction_views.transaction_fields(step, reader.own, reader.names),
                transaction_views.transaction_text(step, reader.own, reader.names),
            )


@app.command()
@grouped
def show(
    given: ProfileOptions,
    request: RequestArgument,
) -> None:
    """Show all steps of a transaction, the first one first.

    Works while another process has the profile open.
    """

    out = given.out
    with given.reading() as reader:
        step = reader.transaction(reader.message(request).id)
        if step is None:
            raise LocalError("This message is of no transaction. See: pystatus transaction list")
        for each in reader.transaction_steps(step):
            out.result(
                transaction_views.transaction_fields(each, reader.own, reader.names),
                transaction_views.transaction_text(each, reader.own, reader.names),
            )


def _place(given: NetworkOptions, chat: str) -> Place:
    given.check()
    (place,) = given.access.to_enter([chat], may_ask=not given.as_json)
    return place


def _run(given: NetworkOptions, act: Act, timeout: float) -> None:
    from pystatus.net.loop import run

    run(carry_out(given.client(), act, timeout, given.out))


async def carry_out(client: Client, act: Act, timeout: float, out: Output) -> None:
    """Do something, and print the step of the transaction that it is, when a relay has it.

    :raises NotToldYet: the other person hears of it later.
    :raises LocalError: it cannot be done.
    """
    import asyncio

    from pystatus.apps.cli.names_while_open import NamesWhileOpen
    from pystatus.client.features.transactions import Transactions
    from pystatus.messenger.events import MessageStateChanged
    from pystatus.messenger.records import MessageState

    taken: set[bytes] = set()
    on_its_way = asyncio.Event()
    connections = ConnectionProgress(out, aside=True)

    @client.on(object)
    def _tell(event: object) -> None:
        connections.tell(event)
        if isinstance(event, MessageStateChanged) and event.state is not MessageState.SENDING:
            taken.add(event.message_id)
            on_its_way.set()

    async with client:
        step = await act(client, client.feature(Transactions))
        problem: LocalError | None = None
        try:
            with connections:
                await client.wait_for_peer(timeout)
                connections.doing("Connected; waiting until a relay has it …")
                async with asyncio.timeout(timeout):
                    while step.message_id not in taken:
                        on_its_way.clear()
                        await on_its_way.wait()
        except TimeoutError:
            why = f" {connections.problem}" if connections.problem else ""
            problem = NotToldYet(
                f"No relay took it within {counted(timeout, 'second')}.{why} It is stored, and the other person hears "
                "of it the next time that this profile is connected: do not send it again."
            )
        names = NamesWhileOpen(client)
        out.result(
            transaction_views.transaction_fields(step, client.public_key, names),
            transaction_views.transaction_text(step, client.public_key, names),
        )
    if problem is not None:
        raise problem
