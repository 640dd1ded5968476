"""What we answer to somebody whose messages do not open here: our current bundle, so that their next one does.

5/SECURE-TRANSPORT asks for it; the reference never does it, which leaves a device that lost its state cut off until the
next contact code (secure-transport.md §7, T12).
"""

from __future__ import annotations

from pystatus.crypto.keys import PublicKey
from pystatus.messenger.answers import Answers
from pystatus.messenger.people import People
from pystatus.messenger.sending import Sender
from pystatus.messenger.store import MessengerStore
from pystatus.secure_transport.errors import EncryptionProblem, NotForThisDevice, UnknownPreKey
from pystatus.secure_transport.secure_transport import Opened

FIRST_COOLDOWN = 15
"""Seconds after the first bundle reply to one identity until another may follow: the life of an envelope. The reply may
have found nobody; the wait doubles each time, and a message that opens ends it."""
MAX_COOLDOWN = 2 * 3_600
"""The longest wait, in seconds (the reference's constant, secure-transport.md §7)."""
FAILURES_BEFORE_REPLY = 3
"""Messages of one installation in a row that have to fail when a single one may just be damaged (secure-transport.md
§7)."""
MAX_COUNTED = 1_000
"""Installations whose failures are counted, of people we know and of strangers each; beyond it counting begins anew."""


class SessionRepair:
    """Counts what does not open, and replies. The counts are forgotten at a restart, the cooldown is not."""

    def __init__(self, store: MessengerStore, sender: Sender, people: People, answers: Answers) -> None:
        self._store = store
        self._sender = sender
        self._people = people
        self._answers = answers
        self._failures: dict[tuple[PublicKey, str], int] = {}
        self._failures_of_strangers: dict[tuple[PublicKey, str], int] = {}
        self._replied: set[PublicKey] = set()
        """People we know; of strangers there may be any number."""

    def worked(self, signer: PublicKey, installation_id: str) -> None:
        """A ratchet message of this installation was opened. Others say nothing about what will open: a public one is
        not encrypted, and every device opens those without a ratchet."""
        known = self._people.is_known(signer)
        self._counts(known).pop((signer, installation_id), None)
        if signer in self._replied or not known:
            self._replied.discard(signer)
            self._store.forget_replies(signer)

    def failed(self, signer: PublicKey, opened: Opened, now: float) -> None:
        """A message of somebody else did not open, for the reason in ``opened.problem``.

        Implements: ST-38, ST-39
        """
        assert opened.problem is not None
        known = self._people.is_known(signer)
        if not known and not self._answers.is_open(now):
            return
        counts = self._counts(known)
        if _calls_for_bundle(counts, (signer, opened.installation_id), opened.problem) and self._store.may_reply(
            signer, int(now), FIRST_COOLDOWN, MAX_COOLDOWN
        ):
            if known:
                self._replied.add(signer)
            self._sender.send_bundle(signer, now)

    def _counts(self, known: bool) -> dict[tuple[PublicKey, str], int]:
        return self._failures if known else self._failures_of_strangers


def _calls_for_bundle(
    counts: dict[tuple[PublicKey, str], int], source: tuple[PublicKey, str], problem: EncryptionProblem
) -> bool:
    if isinstance(problem, (NotForThisDevice, UnknownPreKey)):
        return True  # they do not know this device, or an old state of it
    if len(counts) >= MAX_COUNTED:
        counts.clear()
    counts[source] = counts.get(source, 0) + 1
    return counts[source] >= FAILURES_BEFORE_REPLY
