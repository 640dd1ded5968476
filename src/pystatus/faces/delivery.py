"""How far messages of our own got: a mark beside each, and in words what it means and what can be done.

A mark says no more than is known. ``SEEN`` is never called so: a relay has handed the message on, and nobody has read
anything (payloads.md §7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from pystatus import sanitise
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.moments import moment_text
from pystatus.messenger.group_records import Delivery
from pystatus.messenger.records import Message, MessageState
from pystatus.records import dataclass

MARKS: Mapping[MessageState, str] = {
    MessageState.SENDING: "…",
    MessageState.SENT: "·",
    MessageState.SEEN: "·",
    MessageState.ARCHIVED: "▪",
    MessageState.DELIVERED: "✓",
    MessageState.UNCONFIRMED: "?",
    MessageState.FAILED: "!",
}
"""One column each. None is told apart by its colour alone."""
ASCII_MARKS: Mapping[MessageState, str] = {
    MessageState.SENDING: "_",
    MessageState.SENT: ".",
    MessageState.SEEN: ".",
    MessageState.ARCHIVED: "#",
    MessageState.DELIVERED: "+",
    MessageState.UNCONFIRMED: "?",
    MessageState.FAILED: "!",
}
"""The same for terminals that have nothing else."""
CAN_BE_SENT_AGAIN = frozenset({MessageState.FAILED, MessageState.UNCONFIRMED})
"""States in which :meth:`pystatus.Client.resend` does something."""
UNDER_WAY = frozenset({MessageState.SENDING})
"""States of the outbox: no relay has it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside a message, and the same in words."""

    sign: str
    words: str
    asks: bool = False
    """Whether something is to be done."""


def mark(
    message: Message, texts: Catalogue, delivery: Delivery | None = None, *, ascii_only: bool = False
) -> Mark | None:
    """The mark of a message; None: it is not ours.

    :param delivery: for a message to a group, how many of its members have it: ``✓ 3/5``.
    """
    if message.state is None:
        return None
    signs = ASCII_MARKS if ascii_only else MARKS
    sign, words = signs[message.state], state_words(message.state, texts)
    if delivery is not None and delivery.members > 1 and delivery.delivered:
        sign = f"{signs[MessageState.DELIVERED]} {delivery.delivered}/{delivery.members}"
        words = texts.delivery_in_group(n=delivery.delivered, members=delivery.members)
    return Mark(sign, words, message.state in CAN_BE_SENT_AGAIN)


def state_words(state: MessageState, texts: Catalogue) -> str:
    """``with a relay``."""
    words = {
        MessageState.SENDING: texts.delivery_sending,
        MessageState.SENT: texts.delivery_sent,
        MessageState.SEEN: texts.delivery_seen,
        MessageState.ARCHIVED: texts.delivery_archived,
        MessageState.DELIVERED: texts.delivery_delivered,
        MessageState.UNCONFIRMED: texts.delivery_unconfirmed,
        MessageState.FAILED: texts.delivery_failed,
    }
    return words[state]()


def legend(texts: Catalogue, *, ascii_only: bool = False) -> Sequence[Mark]:
    """All marks, as the help shows them, from the first to the last."""
    order = (
        MessageState.SENDING, MessageState.SENT, MessageState.ARCHIVED, MessageState.DELIVERED,
        MessageState.UNCONFIRMED, MessageState.FAILED,
    )  # fmt: skip
    signs = ASCII_MARKS if ascii_only else MARKS
    return [Mark(signs[state], state_words(state, texts), state in CAN_BE_SENT_AGAIN) for state in order]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a face knows of a message beside itself."""

    is_public: bool
    today: date
    delivery: Delivery | None = None
    missing: Sequence[str] = ()
    """Names of members of a group who lack it, as far as that is known."""
    reason: str = ""
    """Why it was given up: :attr:`MessageStateChanged.reason`."""
    waits_for_relay: bool = False
    """Whether no relay is connected."""
    zone: tzinfo | None = None


def explanation(message: Message, known: Circumstances, texts: Catalogue) -> Sequence[str]:
    """All that is known of one message, as sentences: when, how far, what that means, what to do, who could read it."""
    moments = (
        moment_text(milliseconds, known.today, texts, known.zone)
        for milliseconds in (message.sent_ms, message.received_ms)
    )
    written, received = moments
    if message.state is None:
        said = [texts.explain_received(written=written, received=received)]
    else:
        said = [texts.explain_written(written=written), _meaning(message.state, known, texts)]
        if known.reason and message.state in CAN_BE_SENT_AGAIN:
            said.append(sanitise.one_line(known.reason))
        if known.delivery is not None:
            said.append(texts.explain_members(n=known.delivery.delivered, members=known.delivery.members))
        if known.missing:
            said.append(texts.explain_missing(names=", ".join(map(sanitise.name, known.missing))))
        if message.state in CAN_BE_SENT_AGAIN:
            said.append(texts.explain_again())
        if message.state is MessageState.SENDING and known.waits_for_relay:
            said.append(texts.explain_withdraw())
    if not known.is_public:
        said.append(texts.explain_secret() if message.forward_secrecy else texts.explain_not_secret())
    return said


def _meaning(state: MessageState, known: Circumstances, texts: Catalogue) -> str:
    match state:
        case MessageState.SENDING:
            return texts.explain_waiting() if known.waits_for_relay else texts.explain_sending()
        case MessageState.SENT:
            return texts.explain_sent()
        case MessageState.SEEN:
            return texts.explain_seen()
        case MessageState.ARCHIVED:
            return texts.explain_archived()
        case MessageState.DELIVERED:
            return texts.explain_delivered()
        case MessageState.UNCONFIRMED:
            return texts.explain_unconfirmed()
        case _:
            return texts.explain_failed()
