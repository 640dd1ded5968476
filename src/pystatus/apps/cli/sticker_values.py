"""What the arguments of ``pystatus sticker`` may hold, beside those that others have, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus.apps.cli.values import text_kind

if TYPE_CHECKING:
    from pystatus.chain.endpoint_url import EndpointUrl


def _gateway(text: str) -> EndpointUrl:
    from pystatus.chain.gateway import gateway_url

    return gateway_url(text)


GATEWAY = text_kind("the address of a gateway of IPFS, https://HOST", _gateway)
