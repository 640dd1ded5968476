"""What happened, in a sentence, where it is nothing of a chat: people, groups and devices that want something."""

from __future__ import annotations

from pystatus.apps.terminal.face import Face
from pystatus.client import Event
from pystatus.client.features.contacts import ContactRequested
from pystatus.client.features.groups import AddedToGroup, JoinRequested
from pystatus.messenger.events import CopySuspected, DeviceFound, MessageUndecryptable

OF_OURS = (DeviceFound, CopySuspected)
"""What takes the key of this account to cause. It is said whatever strangers do meanwhile."""


def sentence(face: Face, event: Event) -> str | None:
    """What somebody should know of an event, with the key or the command by which they act on it; None: nothing."""
    texts, names, lines = face.texts, face.names, face.wishes.lines
    match event:
        case ContactRequested(contact):
            name = names.of(contact.key)
            if lines:
                return texts.terminal_plain_wants_to_write(name=name.full, chat_key=name.key_prefix)
            return texts.terminal_wants_to_write(name=name.full, people=face.way("people"))
        case MessageUndecryptable(sender):
            return texts.terminal_undecryptable(name=names.of(sender).full)
        case DeviceFound():
            if lines:
                return texts.terminal_plain_device_found()
            return texts.terminal_device_found(devices=face.way("devices"))
        case CopySuspected():
            return texts.terminal_copy_suspected(devices=face.way("devices"))
        case AddedToGroup(chat):
            if lines:
                return texts.terminal_plain_added_to_group(chat=face.title(chat))
            return texts.terminal_added_to_group(chat=face.title(chat), members=face.way("members"))
        case JoinRequested(request):
            name = names.of(request.person)
            if lines:
                return texts.terminal_plain_join_requested(name=name.full)
            return texts.terminal_join_requested(name=name.full, members=face.way("members"))
    return None
