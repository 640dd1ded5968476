"""``pystatus devchain``: an Ethereum chain in memory, to try the wallet and names with money that is worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pystatus.apps.cli.options import AsJson
from pystatus.apps.cli.values import option
from pystatus.settings.kinds import PORT, number, whole

if TYPE_CHECKING:
    import socket

    from pystatus.apps.cli.output import Output
    from pystatus.devchain.chain import DevChain

SUMMARY = "Run an Ethereum chain in memory, to try things on."
PLACE = 165

DEFAULT_PORT = 8545
"""Where nodes of Ethereum are asked."""


def devchain(
    port: Annotated[
        int, option(PORT, metavar="PORT", help="Serve it on this port of this machine; 0 takes a free one.")
    ] = DEFAULT_PORT,
    block_time: Annotated[
        float | None,
        option(
            number(0.1, 3600.0),
            metavar="SECONDS",
            help="Make a block so often. Default: one for each transaction, at once.",
        ),
    ] = None,
    chain_id: Annotated[
        int, option(whole(1, 2**53 - 1, "a chain id"), metavar="NUMBER", help="The id of the chain.")
    ] = 1337,
    as_json: AsJson = False,
) -> None:
    """Run an Ethereum chain in memory until it is interrupted: nothing of it stays.

    It has ten accounts with ten thousand ether each, all of one recovery phrase that everybody knows, a token,
    collectibles, ENS, a registrar of names under stateofus.eth, and a market of stickers, whose pictures a gateway of
    IPFS at the same address gives. Only programs on this machine reach it. Besides the
    methods of nodes it has evm_mine, evm_increaseTime, evm_snapshot, evm_revert and evm_setAutomine.
    """
    from pystatus.apps.cli.output import Output
    from pystatus.devchain.chain import DevChain
    from pystatus.devchain.server import bound
    from pystatus.net.loop import run

    with bound(port) as listening:  # first: making the chain takes a second
        run(_serve(DevChain(chain_id=chain_id), listening, block_time, Output(as_json=as_json)))


async def _serve(chain: DevChain, port: socket.socket, block_time: float | None, out: Output) -> None:
    import asyncio
    import contextlib
    import signal

    from pystatus.devchain.deployment import set_up
    from pystatus.devchain.methods import Methods
    from pystatus.devchain.server import serving
    from pystatus.net.signals import on_signal

    contracts = set_up(chain)
    stop = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(on_signal(stop.set, signal.SIGINT, signal.SIGTERM))
        url = await stack.enter_async_context(serving(Methods(chain), port))
        _tell(chain, url, contracts.shown(), out)
        chain.mines_at_once = block_time is None
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(block_time):
                    await stop.wait()
            if not stop.is_set():
                chain.mine()
    out.event({"event": "stopped"}, "Stopped. Nothing of the chain is left.")


def _tell(chain: DevChain, url: str, contracts: dict[str, str], out: Output) -> None:
    from pystatus.account.address import address_of, checksummed
    from pystatus.devchain.chain import PHRASE

    addresses = [checksummed(address_of(key.public_key)) for key in chain.keys]
    fields = {
        "event": "serving",
        "url": url,
        "chain_id": chain.chain_id,
        "phrase": PHRASE,
        "accounts": [{"address": address} for address in addresses],
        "contracts": contracts,
    }
    lines = [f"Serving the chain {chain.chain_id} at {url}", f"Phrase of the accounts: {PHRASE}"]
    lines += [f"  {index}  {address}" for index, address in enumerate(addresses)]
    lines += [f"{name:<14} {address}" for name, address in contracts.items()]
    out.result(fields, "\n".join(lines))
