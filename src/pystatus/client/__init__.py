"""The public client: one account, its chats, and a node that connects it to the network."""

from pystatus.client.answering import AnswerLimits, AnswerRefused
from pystatus.client.client import Client
from pystatus.client.delivery_receipt import Receipt, SendFailed
from pystatus.client.events import (
    ClockAgrees,
    ClockSuspected,
    Event,
    EventsLost,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
)

__all__ = [
    "AnswerLimits",
    "AnswerRefused",
    "Client",
    "ClockAgrees",
    "ClockSuspected",
    "Event",
    "EventsLost",
    "HistoryProgress",
    "PeerConnected",
    "PeerDialled",
    "PeerDisconnected",
    "PeerUnreachable",
    "Receipt",
    "SendFailed",
]
