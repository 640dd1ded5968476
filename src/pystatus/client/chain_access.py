"""The node of Ethereum that a client was opened with. What it takes is loaded when there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from pystatus.errors import LocalError

if TYPE_CHECKING:
    from pystatus.account.wallet_accounts import WalletAccount
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.gateway import Gateway
    from pystatus.chain.prices import PriceService
    from pystatus.client.chain import Chain
    from pystatus.client.resolving import NameResolver


def named(endpoint: Endpoint | None) -> Endpoint:
    """The node.

    :raises LocalError: none is named.

    Implements: ET-14
    """
    if endpoint is None:
        raise LocalError(
            "No node of Ethereum is named. Open the client with endpoint=…, or set PYSTATUS_ENDPOINT for the process "
            "that has the profile open."
        )
    return endpoint


def named_gateway(gateway: Gateway | None) -> Gateway:
    """The gateway of IPFS.

    :raises LocalError: none is named.

    Implements: ET-14
    """
    if gateway is None:
        raise LocalError(
            "No gateway of IPFS is named, and nothing is fetched. Open the client with gateway=…, or set "
            "PYSTATUS_IPFS_GATEWAY for the process that has the profile open."
        )
    return gateway


def named_prices(prices: PriceService | None) -> PriceService:
    """The service of prices.

    :raises LocalError: none is named.

    Implements: ET-14
    """
    if prices is None:
        raise LocalError(
            "No service of prices is named, and none is asked. Open the client with prices=…, or set PYSTATUS_PRICES "
            "for the process that has the profile open."
        )
    return prices


def price_service(url: str | None, proxy: str | None) -> PriceService | None:
    """What asks a service of prices; ``None``: none is named.

    :param proxy: that everything of the client goes through.
    :raises LocalError: it is no address of one, or the proxy is none.
    """
    if url is None:
        return None
    from pystatus.chain.prices import PriceService  # who names none loads nothing of it
    from pystatus.net.proxy import Proxy
    from pystatus.net.route import Route

    return PriceService(url, route=Route(None if proxy is None else Proxy.parse(proxy)))


class Accounts(Protocol):
    """The accounts of a wallet."""

    def accounts(self) -> Sequence[WalletAccount]:
        """All of them."""

    def account(self, account: str) -> WalletAccount:
        """The one with an address or a name.

        :raises LocalError: there is none.
        """


def chosen_account(wallet: Accounts, account: str | None) -> WalletAccount:
    """The account that is meant; ``None`` means the first one.

    :raises LocalError: there is no such account, or none at all.
    """
    if account is not None:
        return wallet.account(account)
    accounts = wallet.accounts()
    if not accounts:
        raise LocalError("This wallet has no account yet. Add one with: pystatus wallet add")
    return accounts[0]


def contract(address: str | None) -> bytes | None:
    """A contract that is named in the place of the one that is known of a chain.

    :raises LocalError: it is no address.
    """
    if address is None:
        return None
    from pystatus.ethereum.quantities import typed_address

    return typed_address(address)


def chain_settings(
    endpoint: Endpoint | None, registry: str | None, names: NameResolver | None, chain: Chain | None
) -> tuple[NameResolver | None, Chain | None, bytes | None]:
    """Who is asked for names and for payments, and the registry of ENS.

    :param names, chain: what was given; ``None``: the endpoint, if there is one.
    :raises LocalError: the registry is no address.
    """
    known = contract(registry)
    if endpoint is None:
        return names, chain, known
    from pystatus.chain.names import ChainNames
    from pystatus.chain.transactions import ChainTransactions

    return names or ChainNames(endpoint, known), chain or ChainTransactions(endpoint), known
