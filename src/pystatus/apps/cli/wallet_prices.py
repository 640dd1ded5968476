"""What the wallet has in the money of a country: which service is asked, and how it is shown beside the balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pystatus.apps.cli import wallet_money, wallet_views
from pystatus.apps.cli.chain_options import ChainOptions
from pystatus.apps.cli.values import option
from pystatus.apps.cli.wallet_values import CURRENCY, PRICES
from pystatus.errors import Refused, RemoteError
from pystatus.variables import PRICES_VARIABLE

if TYPE_CHECKING:
    from pystatus.apps.cli.option_groups import ProfileOptions
    from pystatus.apps.cli.output import Fields
    from pystatus.client.features.wallet import Wallet
    from pystatus.ethereum.drafts import Holding, WalletBalances
    from pystatus.ethereum.prices import TokenPrice


@dataclass
class PriceOptions(ChainOptions):
    """The currency, and who knows prices in it."""

    currency: Annotated[
        str | None,
        option(CURRENCY, "--currency", metavar="CODE", help="Show what it is worth, too: in EUR, for example."),
    ] = None
    prices: Annotated[
        Any,
        option(
            PRICES,
            "--prices",
            envvar=PRICES_VARIABLE,
            metavar="URL",
            help="The service that is asked for prices, with --currency and not otherwise.",
            quote=False,
        ),
    ] = None

    def balances(self, given: ProfileOptions, account: str | None, tokens: Sequence[str]) -> Valued:
        """What the wallet has, with prices if somebody wants them.

        :raises Refused: a currency is given, and no service.
        :raises LocalError, RemoteError: as of :meth:`Wallet.balances`.
        """
        if self.currency is not None and self.prices is None and not given.access.is_attached:
            raise Refused(
                f"Name a service of prices with --prices URL, or in {PRICES_VARIABLE}; none is asked otherwise."
            )

        async def act(wallet: Wallet) -> Valued:
            found = await wallet.balances(account, tokens=tokens)
            return Valued(found) if self.currency is None else await _valued(wallet, found, self.currency)

        asked = None if self.currency is None else self.prices
        return wallet_money.with_wallet(given, self, act, prices=asked)


@dataclass(frozen=True)
class Valued:
    """Balances, and prices beside them."""

    found: WalletBalances
    currency: str | None = None
    prices: Sequence[TokenPrice] = ()
    problem: str = ""
    """Why there are no prices, in a sentence."""

    def fields(self, holding: Holding) -> Fields:
        """What is had, for programs. What is not known is ``null``."""
        fields = wallet_views.holding_fields(holding, self.found)
        if self.currency is None:
            return fields
        price, worth = self._worth(holding)
        return {
            **fields,
            "currency": self.currency,
            "worth": worth,
            "price": None if price is None else price.price,
            "change_24h": (price and price.change) or None,
        }

    def text(self, holding: Holding) -> str:
        """The same for people."""
        text = wallet_views.holding_text(holding)
        price, worth = self._worth(holding)
        if price is None:
            return text
        change = f" ({'' if price.change[0] == '-' else '+'}{price.change} % in 24 hours)" if price.change else ""
        return f"{text}  {worth} {price.currency}{change}"

    def _worth(self, holding: Holding) -> tuple[TokenPrice | None, str | None]:
        from pystatus.ethereum import prices
        from pystatus.ethereum.tokens import ETHER_DECIMALS

        token = holding.token
        price = prices.price_of(self.prices, self.found.chain_id, token)
        decimals = ETHER_DECIMALS if token is None else token.decimals
        return price, None if price is None else prices.worth(price, holding.amount, decimals)


async def _valued(wallet: Wallet, found: WalletBalances, currency: str) -> Valued:
    """With prices, or why there are none: what somebody has is shown in any case."""
    from pystatus.ethereum.prices import PRICED_CHAIN

    if found.chain_id != PRICED_CHAIN:
        return Valued(
            found,
            currency,
            problem=f"There are prices of the main chain, {PRICED_CHAIN}, alone, and this is the chain "
            f"{found.chain_id}. Nobody was asked.",
        )
    try:
        return Valued(found, currency, await wallet.prices(currency))
    except RemoteError as error:
        return Valued(found, currency, problem=str(error))
