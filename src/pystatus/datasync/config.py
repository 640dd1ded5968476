"""The schedule and the limits of data sync, all in one place. Sections are those of datasync.md."""

from __future__ import annotations

from pystatus.records import dataclass

HOUR = 3_600.0
DAY = 24 * HOUR

FIRST_RETRY = 15.0
"""Seconds until the first repetition: the life of an envelope, so the first one is surely over (datasync.md §5)."""
BACK_OFF = 2.0
"""Each further wait is this many times as long (datasync.md §5)."""
JITTER = 0.2
"""Waits differ by up to this share, so that two peers do not keep meeting at the same instant (datasync.md §5)."""
MAX_DELAY = 6 * HOUR
"""The longest wait, in seconds (datasync.md §5)."""
MAX_ATTEMPTS = 12
"""How often a message or an offer is sent before it counts as not confirmed (datasync.md §5)."""
UNANSWERED = 3
"""Repetitions after which a peer talked to us all the same without ever acknowledging anything: then it does no data
sync, for all we know. Ours."""
MAX_ATTEMPTS_UNANSWERED = 4
"""Attempts for such a peer. Ours: four make up for a loss of 30 % each way in nine cases of ten."""
MAX_REQUEST_ATTEMPTS = 2
"""How often a request is sent. Whoever offers repeats the offer, which begins anew; so nobody can make us send more
than twice what they sent (attack A40)."""
MAX_AGE = 30 * DAY
"""Age in seconds at which a message is given up: mailservers keep it no longer (datasync.md §5)."""
SILENCE = 30.0
"""Seconds without a word after which a peer that is heard has come back: what waits for it is sent at once. Ours: a
reconnected phone is one, somebody who writes all the time is not."""
HEARD_NOTED = 10.0
"""Seconds between two times that hearing a peer is written down. Ours."""
BROUGHT_FORWARD = 10
"""What was sent so often keeps its place in the schedule even if its recipient is heard: the last two attempts are
hours apart, when another device of theirs may be there. Ours."""

ACK_DELAY = 0.3
"""Seconds that an acknowledgement waits for something else that goes to the same peer (datasync.md §6.5)."""
PACING = 0.01
"""Seconds after a payload with messages during which further messages for that peer are collected. Ours: not noticed
by people; a burst of 1,500 a second then needs a hundred envelopes a second instead of 1,500."""

MAX_TARGETS = 3
"""Devices that one message is encrypted for (secure-transport.md §6.2)."""
MAX_PAYLOAD = 786_432
"""Bytes of a payload for one device: three quarters of an envelope of 1 MiB (datasync.md §7, wire)."""
MAX_TAKE_RECORDS = 1_024
"""Records that one call of ``take`` looks at; the rest stays due. Bounds its memory and time."""
MAX_TAKE_PAYLOADS = 4
"""Full payloads that one call of ``take`` makes, about."""
MAX_TAG = 64
"""Bytes of a caller's tag."""

MAX_REQUESTS = 1_024
"""Open requests towards one peer (attack A40); honest peers offer what they have bodies for, and repeat it."""
MAX_REQUESTS_IN_TOTAL = 16_384
"""Open requests towards everybody, some 3 MB (attack A40)."""
MAX_REQUESTS_OF_STRANGER = 16
"""Open requests towards a peer that the application does not know. A first contact offers one message."""
MAX_REQUESTS_OF_STRANGERS = 1_024
"""Open requests in total with which such a peer gets none: so strangers never take the room of those who are known."""
MAX_MESSAGES_OF_STRANGER = 64
"""Messages that are taken of one payload of such a peer: some 10 ms of work, where an envelope has room for 7,000 of
them. The others are not acknowledged, so whoever is honest sends them again, without those that were. Ours."""
STEP_MESSAGES = 128
"""Messages of one payload that are handled in one transaction, some 20 ms of work. Ours: an envelope has room for 3,700
that somebody has signed, which are 0.8 s, and for 7,000 of another sort."""
STEP_IDS = 2_048
"""Acks, offers or requests of one payload that are handled in one transaction, some 10 ms of work. Ours: an envelope
has room for 29,127."""
KNOWN_RETENTION = 45 * DAY
"""Seconds that the id of a message is remembered, to acknowledge it again without delivering it again (datasync.md
D4)."""
MAX_KNOWN = 250_000
"""Ids remembered altogether, some 40 MB; the oldest go first. Who floods us out of it gains nothing: the application
knows its messages by another id. Ours: 45 days at 5,000 messages a day."""
MAX_IDLE_PEERS = 50_000
"""Peers without anything pending that are remembered, some 8 MB; the longest silent go first (attack A40)."""


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """What an operator or a test may want to set; the wire does not depend on it. Times are seconds."""

    first_retry: float = FIRST_RETRY
    back_off: float = BACK_OFF
    jitter: float = JITTER
    max_delay: float = MAX_DELAY
    max_attempts: int = MAX_ATTEMPTS
    unanswered: int = UNANSWERED
    max_attempts_unanswered: int = MAX_ATTEMPTS_UNANSWERED
    max_age: float = MAX_AGE
    silence: float = SILENCE
    heard_noted: float = HEARD_NOTED
    brought_forward: int = BROUGHT_FORWARD
    ack_delay: float = ACK_DELAY
    pacing: float = PACING
    max_requests: int = MAX_REQUESTS
    max_requests_in_total: int = MAX_REQUESTS_IN_TOTAL
    max_requests_of_stranger: int = MAX_REQUESTS_OF_STRANGER
    max_requests_of_strangers: int = MAX_REQUESTS_OF_STRANGERS
    max_messages_of_stranger: int = MAX_MESSAGES_OF_STRANGER
    known_retention: float = KNOWN_RETENTION
    max_known: int = MAX_KNOWN
    max_idle_peers: int = MAX_IDLE_PEERS


def payload_limit(targets: int) -> int:
    """Bytes that a payload for ``targets`` devices may have (datasync.md §7): each gets its own ciphertext of it."""
    return MAX_PAYLOAD // max(1, targets)
