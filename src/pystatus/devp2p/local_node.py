"""Who we are on the overlay."""

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Subprotocol
from pystatus.devp2p.messages import BASE_PROTOCOL_VERSION, Hello
from pystatus.errors import LocalError, RemoteError
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class LocalNode:
    """What we say about ourselves in a Hello, and the key that proves it.

    :raises LocalError: a Hello that peers would refuse, for example because the client id is too long.
    """

    key: PrivateKey
    client_id: str
    subprotocols: tuple[Subprotocol, ...]
    listen_port: int = 0
    """The reference always announces 0."""

    def __post_init__(self) -> None:
        try:
            Hello.decode(self.hello().encode())
        except (RemoteError, UnicodeError) as error:
            raise LocalError(f"Peers would refuse our Hello: {error}.") from error

    def hello(self) -> Hello:
        """Our Hello."""
        capabilities = tuple(subprotocol.capability for subprotocol in self.subprotocols)
        return Hello(BASE_PROTOCOL_VERSION, self.client_id, capabilities, self.listen_port, self.key.public_key.xy)
