"""What a server takes from strangers, and what it does for them. Keys cost nothing, so what counts for one sender
counts for all together as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_VERSION: Final = 2**63 - 1
"""Of a registration. Databases have no larger numbers, so the reference answers INTERNAL_ERROR from there on
(push-notifications.md §14)."""
MAX_REGISTRATION: Final = 256 << 10
"""Bytes of a sealed registration. Ours: with 1,500 contacts, 1,500 muted chats and as many joined ones it has 200 kB.
The answer to a query for three such devices still fits an envelope."""
MAX_DEVICES: Final = 10
"""Devices of one person. Ours: clients enable three (secure-transport.md §3), and old ones are replaced."""
MAX_DEVICE_TOKEN: Final = 4_096
"""Characters of a device token or an APN topic. Tokens of Firebase have some 160, those of Apple 64; ours is what a
gateway still takes."""
NEW_SECONDS: Final = 7 * 86_400
"""Seconds for which a registration may give way to another when all room is taken. Ours: who fills the table would have
to do it for a week without displacing what they have filled it with."""
MAX_ANSWERED: Final = 100_000
"""Ids of answered requests that are remembered, some 10 MB. Only who has made a request can repeat it, and could as
well make another one; so the ids are for what the network delivers twice, within seconds."""
MAX_QUERIED: Final = 32
"""People that one query may ask for. Ours: clients ask for one, as the topic is that person's."""
MAX_ANSWER: Final = 900 << 10
"""Bytes of the answer to a query: what fits an envelope. Beyond that the devices that registered last are in it."""
MAX_UNDER_WAY: Final = 1_000
"""Messages that wait for the database or the gateway at once, each as large as an envelope at most. A further one is
not answered, and can be repeated."""
MAX_SENDERS: Final = 10_000
"""Keys whose use is counted, about 2 MB; of more, the one that wrote longest ago is forgotten. What all do together has
a limit of its own, so forgetting gives nobody more."""
MAX_DEVICE_COUNTS: Final = 50_000
"""Devices whose notifications are counted, about 10 MB; of more, the one that was notified longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many at once, and how many a second after that."""

    at_once: float
    per_second: float


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """How much is done, and for whom."""

    registrations_of_one: Rate = Rate(30, 0.1)
    """Of one key. A client registers anew whenever a chat is muted or a contact added; who does a lot of that waits ten
    seconds for each."""
    registrations: Rate = Rate(1_000, 400)
    """Of all together. Ours: twice what a server has to take."""
    queries_of_one: Rate = Rate(10, 1)
    """Of one key. Clients ask with a fresh one each time."""
    queries: Rate = Rate(2_000, 1_000)
    """Of all together. Ours: twice what a server has to answer."""
    requests_of_one: Rate = Rate(10, 1)
    """Of one key. Clients ask with a fresh one each time."""
    requests: Rate = Rate(1_000, 500)
    """Of all together."""
    notifications_of_device: Rate = Rate(30, 0.1)
    """To one device. Where everybody may notify it, anybody can get its token. Who has been notified thirty times
    within minutes is looking, or will not look for another ten seconds."""
