"""The limits of the encryption layer, all in one place. Sections are those of secure-transport.md."""

from pystatus.records import dataclass

HOUR = 3_600.0
DAY = 24 * HOUR

MAX_SKIP = 1_000
"""Message keys skipped in one gap (secure-transport.md §4.1, wire): at most twice this many for one message."""
MAX_STORED_KEYS = 2_000
"""Skipped message keys kept for one session (secure-transport.md §4.1, wire)."""
KEY_WINDOW = 3_000
"""A skipped key is given up when this many receiving keys were derived after it (secure-transport.md §4.1, wire)."""
MAX_KEYS_OF_IDENTITY = 20_000
"""Skipped message keys kept for all sessions with one identity, some 4 MB: ten full ones. The oldest go (A32)."""
MAX_STORED_KEYS_IN_TOTAL = 100_000
"""Skipped message keys kept for all people we know together, some 20 MB (attack A32), looked at in
:meth:`SecureTransport.prune`; the one who has most gives up first."""
STRANGER_KEYS = 1_000
"""Skipped message keys kept for one stranger: one gap (attack A53)."""
STRANGER_SESSIONS = 16
"""Sessions remembered with one stranger: two weeks of daily re-keying; the least recently used goes first."""

BUNDLE_REFRESH = DAY
"""Age in seconds at which our prekey is replaced (secure-transport.md §2.4, C4)."""
BUNDLE_REUSE = HOUR
"""Seconds for which one signature of our bundle is sent again and again (decisions.md "Secure transport and data
sync")."""
RETENTION = 31 * DAY
"""Seconds that replaced prekeys, skipped keys and traces of plain-DH messages stay: the 30 days that mailservers keep
messages, and a day to spare (secure-transport.md T7, T9; attack A32)."""

MAX_BUNDLES = 4
"""Bundles looked at in one message; each costs a signature recovery, and honest senders put one."""
MAX_BUNDLE_ENTRIES = 16
"""Installations in one bundle (secure-transport.md §2.3)."""
MAX_INSTALLATION_ID = 64
"""Bytes of an installation id (secure-transport.md §2.3)."""
MAX_PRE_KEY_VERSION = 2**31
"""Highest prekey version that is stored: beyond it nobody could ever rotate again (secure-transport.md §2.3, T1)."""
MIN_TIMESTAMP = 10**18
"""Nanoseconds. With 19 digits exactly, no digit can move between version and timestamp (secure-transport.md T6)."""
MAX_TIMESTAMP_AHEAD = DAY
"""Seconds that a bundle may come from the future (secure-transport.md §2.3)."""
MAX_DIRECT_ENTRIES = 128
"""Entries of one direct message; three are ever written, and parsing each costs memory."""
MAX_MESSAGE_FIELDS = 8_192
"""Fields of one ProtocolMessage, nested ones included: three times what 128 entries and four full bundles have. An
envelope has room for 65,000 bundles, which would take 0.2 s to become values (attack A50). Ours."""

ACTIVITY_INTERVAL = 60.0
"""Seconds after which a message of an installation counts as new activity; less would write a row for each message."""
MAX_DEVICES = 3
"""Installations of one identity that get each message, and that a bundle lists, our own included (secure-transport.md
§6.2, §6.3)."""
MAX_INSTALLATIONS = 16
"""Installations remembered of one identity; the longest silent goes first (secure-transport.md T15)."""
MAX_SESSIONS = 256
"""Sessions remembered with one identity: a month of daily re-keying with three devices, crossed; the least recently
used goes first (secure-transport.md T15)."""
MAX_SESSION_TRIALS = 4
"""Sessions that a message without X3DH header is tried on, the latest first."""
MAX_EPHEMERALS = 1_000
"""Plain-DH messages of one identity that are remembered so that a replay is a duplicate (secure-transport.md T7)."""


@dataclass(frozen=True, slots=True)
class EncryptionConfig:
    """What an operator or a test may want to set; the wire does not depend on it."""

    max_skip: int = MAX_SKIP
    max_stored_keys: int = MAX_STORED_KEYS
    key_window: int = KEY_WINDOW
    max_keys_of_identity: int = MAX_KEYS_OF_IDENTITY
    max_stored_keys_in_total: int = MAX_STORED_KEYS_IN_TOTAL
    stranger_keys: int = STRANGER_KEYS
    stranger_sessions: int = STRANGER_SESSIONS
    bundle_refresh: float = BUNDLE_REFRESH
    bundle_reuse: float = BUNDLE_REUSE
    retention: float = RETENTION
