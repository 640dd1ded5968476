"""What the options and arguments of the wallet may hold, beside those that others have, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pystatus import typed
from pystatus.apps.cli.values import text_kind

if TYPE_CHECKING:
    from pystatus.chain.endpoint_url import EndpointUrl

_DECIMAL = re.compile(r"[0-9]{1,78}(?:\.[0-9]{1,77})?")


def _endpoint(text: str) -> EndpointUrl:
    from pystatus.chain.endpoint_url import EndpointUrl

    return EndpointUrl.parse(text)


def _decimal(text: str) -> str:
    """An amount with a point, as text: what it is of has so many decimals as is known later."""
    found = typed.token(text)
    if not _DECIMAL.fullmatch(found):
        raise ValueError(text)
    return found


ENDPOINT = text_kind("the address of a node of Ethereum, https://HOST/PATH", _endpoint)
DECIMAL = text_kind("an amount, for example 0.25", _decimal)
