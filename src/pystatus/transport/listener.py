"""From an envelope to a message: the channels that we listen on."""

from __future__ import annotations

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.transport.channels import Channel
from pystatus.waku.data import SymmetricKey
from pystatus.waku.envelope import Envelope
from pystatus.waku.filters import Filters, ReceivedMessage


class Listener:
    """A set of channels. Its :attr:`topics` are what a client asks its peers for."""

    def __init__(self) -> None:
        self._filters: Filters[Channel] = Filters()

    @property
    def topics(self) -> frozenset[bytes]:
        """The topics of all channels."""
        return self._filters.topics

    @property
    def channels(self) -> frozenset[Channel]:
        return self._filters.tags

    def __contains__(self, channel: Channel) -> bool:
        """Whether it is listened to."""
        return channel in self._filters

    def listen(self, channel: Channel, private_key: PrivateKey | None = None) -> None:
        """Open what arrives on ``channel`` from now on. Listening twice changes nothing.

        A channel of one recipient needs that recipient's ``private_key``.

        :raises LocalError: the private key is missing, or is another's.
        """
        if channel in self._filters:
            return
        if isinstance(channel.key, SymmetricKey):
            self._filters.add(channel.topic, channel.key, channel)
        elif private_key is not None and private_key.public_key == channel.key:
            self._filters.add(channel.topic, private_key, channel)
        else:
            raise LocalError(f"Listening on {channel.name} needs the private key of its recipient.")

    def leave(self, channel: Channel) -> None:
        """Stop listening. Others on the same topic go on.

        :raises LocalError: we do not listen on it.
        """
        self._filters.remove(channel)

    def open(self, envelope: Envelope) -> list[tuple[Channel, ReceivedMessage]]:
        """The message in ``envelope`` with each channel that it came on: nearly always one, none if it is not for us.

        Unsigned messages are discarded: without a signer there is nobody to hold to their word.

        Implements: ST-46, AC-11
        """
        opened = self._filters.open(envelope)
        if opened is None or opened[1].signer is None:
            return []
        channels, message = opened
        return [(channel, message) for channel in channels]
