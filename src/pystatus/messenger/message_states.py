"""How far messages of ours got: stored, and told to the user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import MessageStateChanged
from pystatus.messenger.records import MessageState
from pystatus.messenger.store import MessengerStore
from pystatus.unchecked import unchecked

GIVEN_UP = {
    MessageState.FAILED: "No relay took the message. Check the connection and send it again.",
    MessageState.UNCONFIRMED: "The recipient has not confirmed the message. Send it again when they are there.",
}
"""Why a message gets into such a state, where there is no other reason."""

_changed = unchecked(MessageStateChanged)


class MessageStates:
    """Called inside transactions."""

    def __init__(self, store: MessengerStore, batch: Batch) -> None:
        self._store = store
        self._batch = batch

    def advance(self, message_id: bytes, state: MessageState, reason: str = "") -> bool:
        """A message gets into ``state``; False: it is none of ours, or one that cannot get there from where it is.

        :param reason: why it is given up, if not for what :data:`GIVEN_UP` says.
        """
        return self.advance_all([message_id], state, reason)

    def advance_all(self, message_ids: Sequence[bytes], state: MessageState, reason: str = "") -> bool:
        """The same of several, each told by itself; whether any got there."""
        advanced = self._store.set_message_states(message_ids, state)
        why = reason or GIVEN_UP.get(state, "")
        for message_id in advanced:
            self._batch.add(Notify(_changed(message_id, state, why)))
        return bool(advanced)

    def give_up(self, message_ids: Iterable[bytes], reason: str = "") -> None:
        """Nothing more is done for these messages; ``reason`` as for :meth:`advance`."""
        for message_id in message_ids:
            for state in (MessageState.FAILED, MessageState.UNCONFIRMED):  # whichever it can become
                self.advance(message_id, state, reason)
