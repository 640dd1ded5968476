"""Pictures, sounds and stickers of messages: what is known of each, and its bytes, which are stored apart.

A chat is shown without reading a single picture, so :class:`~pystatus.messenger.records.Message` has none. What others
send is judged when it comes, by the structure of the file alone (:mod:`pystatus.media.reading`): decoding it is left to
the person who looks at it. A message whose picture is refused is shown all the same, with the reason in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pystatus.messenger.features.feature import Feature
from pystatus.messenger.media_keeping import Attachment, MediaKeeping, MediaTables

_SEPARATED = "media_separated"
"""The setting that is there when no message holds the bytes of its picture any more; those of earlier versions do."""


class Media(Feature[MediaTables]):
    """What users ask of the pictures and sounds that are here."""

    def started(self, now: float) -> None:
        """Take the pictures and sounds out of what an earlier version has stored, which took them for texts."""
        store = self._core.store
        if store.setting(_SEPARATED) is None:
            keeping = MediaKeeping(self._tables)
            for message_id in self._tables.stored_whole():
                message = store.message(message_id)
                assert message is not None
                keeping.take_out(message)
            store.save_setting(_SEPARATED, 1)

    def attachments(self, message_ids: Sequence[bytes]) -> Mapping[bytes, Attachment]:
        """See :meth:`MediaTables.attachments`."""
        return self._tables.attachments(message_ids)

    def data(self, message_id: bytes) -> bytes:
        """See :meth:`MediaTables.data`."""
        return self._tables.data(message_id)
