"""From an envelope to a message: the channels that we listen on."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.transport.channels import Channel
from pystatus.waku.data import SymmetricKey
from pystatus.waku.filters import Filters


class Listener(Filters[Channel]):
    """Filters whose tags are channels. Its :attr:`topics` are what a client asks its peers for; :meth:`open` gives the
    message in an envelope with each channel that it came on, nearly always one.

    Unsigned messages are discarded: without a signer there is nobody to hold to their word.

    Implements: ST-46, AC-11
    """

    def __init__(self) -> None:
        super().__init__(signed_only=True)

    def listen(self, channel: Channel, private_key: PrivateKey | None = None) -> None:
        """Open what arrives on ``channel`` from now on. Listening twice changes nothing; :meth:`remove` ends it.

        A channel of one recipient needs that recipient's ``private_key``.

        :raises LocalError: the private key is missing, or is another's.
        """
        if channel in self:
            return
        if isinstance(channel.key, SymmetricKey):
            self.add(channel.topic, channel.key, channel)
        elif private_key is not None and private_key.public_key == channel.key:
            self.add(channel.topic, private_key, channel)
        else:
            raise LocalError(f"Listening on {channel.name} needs the private key of its recipient.")
