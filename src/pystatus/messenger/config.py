"""What a user may want to set. The wire does not depend on it."""

from dataclasses import dataclass, field

from pystatus.datasync.config import SyncConfig
from pystatus.messenger.answers import AnswerConfig
from pystatus.messenger.people import StrangerConfig
from pystatus.secure_transport.config import EncryptionConfig


@dataclass(frozen=True, slots=True)
class MessengerConfig:
    """The settings of one account's messenger."""

    datasync: bool = True
    """Send private messages through data sync: repeated until they are acknowledged. Peers without it are tolerated,
    and what peers send through it is read in any case."""
    sync: SyncConfig = field(default_factory=SyncConfig)
    encryption: EncryptionConfig = field(default_factory=EncryptionConfig)
    strangers: StrangerConfig = field(default_factory=StrangerConfig)
    answers: AnswerConfig = field(default_factory=AnswerConfig)
    verify_names: bool = False
    """Somebody carries out :class:`~pystatus.messenger.effects.VerifyNames`."""
    wallets: tuple[bytes, ...] = ()
    """Our own addresses (20 bytes each), the first of which is given to others: what is paid to one of them is paid to
    us."""
    has_chain: bool = False
    """There is a chain that can be asked for transactions (:class:`~pystatus.messenger.effects.LookUpTransactions`)."""
    follows_sent: bool = False
    """There is a node of the wallet that can be asked what became of a transaction
    (:class:`~pystatus.messenger.effects.FollowSent`)."""
