"""Which node of Ethereum a command asks, and how: options that the commands about money and names share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pystatus.apps.cli.options import ProxyOption, route
from pystatus.apps.cli.values import ADDRESS, option
from pystatus.apps.cli.wallet_values import ENDPOINT
from pystatus.errors import Refused
from pystatus.settings.kinds import whole
from pystatus.variables import ENDPOINT_VARIABLE, REGISTRY_VARIABLE

if TYPE_CHECKING:
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.endpoint_url import EndpointUrl
    from pystatus.chain.gateway import Gateway
    from pystatus.client import Client

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
Registry = Annotated[
    str | None,
    option(
        ADDRESS,
        "--registry",
        envvar=REGISTRY_VARIABLE,
        metavar="ADDRESS",
        help="The registry of ENS, on a chain of your own. Default: that of the chain.",
    ),
]
T = TypeVar("T")


@dataclass
class ChainOptions:
    """The node that is asked."""

    endpoint: Node = None
    chain_id: Chain = None
    proxy: ProxyOption = None

    def connected(self) -> Endpoint:
        """What asks it.

        :raises Refused: no node is named.
        """
        from pystatus.chain.endpoint import Endpoint

        if self.endpoint is None:
            raise Refused(
                f"Name a node of Ethereum with --endpoint URL, or in {ENDPOINT_VARIABLE}; none is asked otherwise."
            )
        return Endpoint(self.endpoint, chain_id=self.chain_id, route=route(self.proxy))

    def run(self, act: Callable[[Endpoint], Awaitable[T]]) -> T:
        """Ask the node, and hang up.

        :raises Refused: no node is named.
        """
        from pystatus.net.loop import run

        connecting = self.connected()

        async def connect() -> T:
            async with connecting as connected:
                return await act(connected)

        return run(connect())

    def client(
        self,
        given: ProfileOptions,
        registry: str | None = None,
        *,
        needs_node: bool = True,
        gateway: Gateway | None = None,
        market: str | None = None,
        prices: EndpointUrl | None = None,
    ) -> Client:
        """The client of the profile, with the node; where another process has the profile open, that has its own, and
        it has to be the one that is named here, if one is.

        :param needs_node: it can do nothing without.
        :param gateway: of IPFS; ``None``: the one that the environment names, if any.
        :param market: of stickers, likewise.
        :param prices: the service of prices, likewise.
        :raises Refused: no node is named.
        :raises LocalError: another process has the profile open, and asks another node.
        """
        if given.access.is_attached:
            asks = None if gateway is None else gateway.url
            self._check_chain(given.access.attached_client(self.proxy, self.endpoint, registry, asks, market, prices))
            return given.access.attached_client(self.proxy)
        named: dict[str, Any] = {
            "proxy": self.proxy,
            "registry": registry,
            "gateway": gateway,
            "sticker_market": market,
            "prices": None if prices is None else prices.whole,
        }
        if self.endpoint is None and not needs_node:
            return given.access.client(**named)
        if self.chain_id is not None:
            self.run(lambda connected: connected.chain_id())  # before a password is asked for
        return given.access.client(endpoint=self.connected(), **named)

    def _check_chain(self, client: Client) -> None:
        """
        :raises Refused: who has the profile open asks a node of another chain.
        """
        from pystatus.client.features.wallet import Wallet
        from pystatus.net.loop import run

        async def chain_id() -> int:
            async with client:
                return await client.feature(Wallet).chain_id()

        if self.chain_id is not None and (found := run(chain_id())) != self.chain_id:
            raise Refused(
                f"The pystatus that has the profile open asks a node of the chain {found}, and --chain-id is "
                f"{self.chain_id}. Nothing was done. Stop that one to ask another node."
            )
