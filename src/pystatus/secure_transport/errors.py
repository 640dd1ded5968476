"""Why a received message could not be opened, as types: a caller decides by them what to do (secure-transport.md
§7)."""

from pystatus.errors import RemoteError


class EncryptionProblem(RemoteError):
    """A message, or a bundle in it, that this layer refuses."""


class NoPayload(EncryptionProblem):
    """Neither a public nor a direct message. An unencrypted message that happens to parse ends here as well."""


class NotForThisDevice(EncryptionProblem):
    """No entry for our installation ("device not found"). From our own identity it means: not paired, or our echo."""


class UnknownPreKey(EncryptionProblem):
    """An initial message to a prekey that we do not have (any more)."""


class UnknownSession(EncryptionProblem):
    """A ratchet message without X3DH header for a session that we do not have."""


class Undecryptable(EncryptionProblem):
    """Damaged, forged, or encrypted in a state that we are not in."""


class TooManySkipped(Undecryptable):
    """More message keys would have to be skipped than the limit allows; none was derived."""


class DuplicateMessage(EncryptionProblem):
    """Opened before. Also reported when the message key was given up because of the retention limits
    (secure-transport.md §4.6)."""


class BadBundle(EncryptionProblem):
    """A prekey bundle that is not signed by its identity, not the sender's, or outside the limits of
    secure-transport.md §2.3."""
