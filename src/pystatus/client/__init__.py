"""The public client: one account, its chats, and a node that connects it to the network."""

from pystatus.client.answering import AnswerLimits, AnswerRefused
from pystatus.client.client import Client
from pystatus.client.event_streams import EventsLost, EventStream
from pystatus.client.events import (
    ClockAgrees,
    ClockSuspected,
    DiscoveryStarted,
    DiscoveryStopped,
    Event,
    HistoryProgress,
    PeerConnected,
    PeerDialled,
    PeerDisconnected,
    PeerUnreachable,
    TimeServersHeard,
)
from pystatus.client.running import run_bot
from pystatus.client.sending import Receipt, SendFailed

__all__ = [
    "AnswerLimits",
    "AnswerRefused",
    "Client",
    "ClockAgrees",
    "ClockSuspected",
    "DiscoveryStarted",
    "DiscoveryStopped",
    "Event",
    "EventStream",
    "EventsLost",
    "HistoryProgress",
    "PeerConnected",
    "PeerDialled",
    "PeerDisconnected",
    "PeerUnreachable",
    "Receipt",
    "SendFailed",
    "TimeServersHeard",
    "run_bot",
]
