"""A Status v1 client and node (1/CLIENT v0.3).

Everything that an application needs is here. Each name is imported when it is first used, so
that ``import pystatus`` is quick.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pystatus.version import VERSION

if TYPE_CHECKING:
    from pystatus.account.account import Account as Account
    from pystatus.account.alias import alias as alias
    from pystatus.account.key_encoding import chat_key as chat_key
    from pystatus.account.keystore import WrongPassword as WrongPassword
    from pystatus.client import AnswerLimits as AnswerLimits
    from pystatus.client import AnswerRefused as AnswerRefused
    from pystatus.client import Client as Client
    from pystatus.client import ClockAgrees as ClockAgrees
    from pystatus.client import ClockSuspected as ClockSuspected
    from pystatus.client import DiscoveryStarted as DiscoveryStarted
    from pystatus.client import DiscoveryStopped as DiscoveryStopped
    from pystatus.client import Event as Event
    from pystatus.client import EventsLost as EventsLost
    from pystatus.client import HistoryProgress as HistoryProgress
    from pystatus.client import PeerConnected as PeerConnected
    from pystatus.client import PeerDialled as PeerDialled
    from pystatus.client import PeerDisconnected as PeerDisconnected
    from pystatus.client import PeerUnreachable as PeerUnreachable
    from pystatus.client import Receipt as Receipt
    from pystatus.client import SendFailed as SendFailed
    from pystatus.client import TimeServersHeard as TimeServersHeard
    from pystatus.client import run_bot as run_bot
    from pystatus.client.features.conversations import Conversations as Conversations
    from pystatus.client.features.devices import Devices as Devices
    from pystatus.client.features.mentions import Mentions as Mentions
    from pystatus.client.features.reactions import Reactions as Reactions
    from pystatus.client.features.timeline import Timeline as Timeline
    from pystatus.client.features.unknown_payloads import UnknownPayloads as UnknownPayloads
    from pystatus.crypto.keys import PrivateKey as PrivateKey
    from pystatus.crypto.keys import PublicKey as PublicKey
    from pystatus.errors import LocalError as LocalError
    from pystatus.errors import RemoteError as RemoteError
    from pystatus.errors import StatusError as StatusError
    from pystatus.fleets.fleet import Fleet as Fleet
    from pystatus.fleets.fleet import FleetError as FleetError
    from pystatus.fleets.invitation import NotAnInvitation as NotAnInvitation
    from pystatus.fleets.invitation import invitation as invitation
    from pystatus.fleets.invitation import parse_invitation as parse_invitation
    from pystatus.fleets.published import published_fleet as published_fleet
    from pystatus.links.parsing import parse_link as parse_link
    from pystatus.messenger.events import ChatLeft as ChatLeft
    from pystatus.messenger.events import ChatOpened as ChatOpened
    from pystatus.messenger.events import CopySuspected as CopySuspected
    from pystatus.messenger.events import DeviceFound as DeviceFound
    from pystatus.messenger.events import DeviceRenewed as DeviceRenewed
    from pystatus.messenger.events import MessagePosted as MessagePosted
    from pystatus.messenger.events import MessageReceived as MessageReceived
    from pystatus.messenger.events import MessageStateChanged as MessageStateChanged
    from pystatus.messenger.events import MessageSynced as MessageSynced
    from pystatus.messenger.events import MessageUndecryptable as MessageUndecryptable
    from pystatus.messenger.events import RenewalReason as RenewalReason
    from pystatus.messenger.features.chats import ListenedChannel as ListenedChannel
    from pystatus.messenger.features.conversations import ChatChanged as ChatChanged
    from pystatus.messenger.features.conversations import ChatCleared as ChatCleared
    from pystatus.messenger.features.conversations import Draft as Draft
    from pystatus.messenger.features.conversations import MessageDeleted as MessageDeleted
    from pystatus.messenger.features.devices import Device as Device
    from pystatus.messenger.features.devices import DeviceNamed as DeviceNamed
    from pystatus.messenger.features.mentions import Mentionable as Mentionable
    from pystatus.messenger.features.reactions import Reaction as Reaction
    from pystatus.messenger.features.reactions import ReactionCount as ReactionCount
    from pystatus.messenger.features.reactions import ReactionPosted as ReactionPosted
    from pystatus.messenger.features.reactions import ReactionReceived as ReactionReceived
    from pystatus.messenger.features.unknown_payloads import UnknownPayload as UnknownPayload
    from pystatus.messenger.features.unknown_payloads import UnknownPayloadReceived as UnknownPayloadReceived
    from pystatus.messenger.records import Chat as Chat
    from pystatus.messenger.records import Cursor as Cursor
    from pystatus.messenger.records import Message as Message
    from pystatus.messenger.records import MessageState as MessageState
    from pystatus.node import Node as Node
    from pystatus.node import NodeConfig as NodeConfig
    from pystatus.node.fleet_sources import find_fleet as find_fleet
    from pystatus.payloads.chats import ChatKind as ChatKind
    from pystatus.payloads.checks import MAX_TEXT as MAX_TEXT
    from pystatus.payloads.kinds import ContentType as ContentType
    from pystatus.payloads.kinds import ReactionType as ReactionType
    from pystatus.payloads.markdown.parsing import parse_text as parse_text
    from pystatus.payloads.markdown.tree import ParsedText as ParsedText
    from pystatus.sanitise import block as block
    from pystatus.sanitise import one_line as one_line
    from pystatus.storage.descriptions import Profile as Profile
    from pystatus.storage.errors import ProfileInUse as ProfileInUse
    from pystatus.storage.errors import StorageError as StorageError
    from pystatus.storage.profiles import AccountIsHere as AccountIsHere
    from pystatus.storage.profiles import NewAccount as NewAccount
    from pystatus.storage.profiles import Profiles as Profiles
    from pystatus.storage.profiles import UnknownProfile as UnknownProfile
    from pystatus.transport.channels import ChannelKind as ChannelKind

__version__ = VERSION

_HOMES = {
    "Account": "account.account",
    "AccountIsHere": "storage.profiles",
    "AnswerLimits": "client",
    "AnswerRefused": "client",
    "ChannelKind": "transport.channels",
    "Chat": "messenger.records",
    "ChatKind": "payloads.chats",
    "ChatLeft": "messenger.events",
    "ChatOpened": "messenger.events",
    "Client": "client",
    "ClockAgrees": "client",
    "ClockSuspected": "client",
    "ContentType": "payloads.kinds",
    "CopySuspected": "messenger.events",
    "Cursor": "messenger.records",
    "Device": "messenger.features.devices",
    "DeviceFound": "messenger.events",
    "DeviceNamed": "messenger.features.devices",
    "DeviceRenewed": "messenger.events",
    "Devices": "client.features.devices",
    "DiscoveryStarted": "client",
    "DiscoveryStopped": "client",
    "Event": "client",
    "EventsLost": "client",
    "Fleet": "fleets.fleet",
    "FleetError": "fleets.fleet",
    "HistoryProgress": "client",
    "ListenedChannel": "messenger.features.chats",
    "LocalError": "errors",
    "MAX_TEXT": "payloads.checks",
    "Mentionable": "messenger.features.mentions",
    "Mentions": "client.features.mentions",
    "Message": "messenger.records",
    "MessagePosted": "messenger.events",
    "MessageReceived": "messenger.events",
    "MessageState": "messenger.records",
    "MessageStateChanged": "messenger.events",
    "MessageSynced": "messenger.events",
    "MessageUndecryptable": "messenger.events",
    "NewAccount": "storage.profiles",
    "Node": "node",
    "NodeConfig": "node",
    "NotAnInvitation": "fleets.invitation",
    "ParsedText": "payloads.markdown.tree",
    "PeerConnected": "client",
    "PeerDialled": "client",
    "PeerDisconnected": "client",
    "PeerUnreachable": "client",
    "PrivateKey": "crypto.keys",
    "Profile": "storage.descriptions",
    "ProfileInUse": "storage.errors",
    "Profiles": "storage.profiles",
    "PublicKey": "crypto.keys",
    "Receipt": "client",
    "RemoteError": "errors",
    "RenewalReason": "messenger.events",
    "SendFailed": "client",
    "StatusError": "errors",
    "StorageError": "storage.errors",
    "TimeServersHeard": "client",
    "UnknownProfile": "storage.profiles",
    "WrongPassword": "account.keystore",
    "alias": "account.alias",
    "block": "sanitise",
    "chat_key": "account.key_encoding",
    "one_line": "sanitise",
    "parse_link": "links.parsing",
    "find_fleet": "node.fleet_sources",
    "invitation": "fleets.invitation",
    "parse_invitation": "fleets.invitation",
    "parse_text": "payloads.markdown.parsing",
    "published_fleet": "fleets.published",
    "run_bot": "client",
}
"""Public names and the module below ``pystatus`` that each comes from. What else features export is found there: see
:mod:`pystatus.client.features`. Type checkers know it by the module that it comes from, and what is listed here by this
one, too."""

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"pystatus.{_HOMES[name]}"), name)
    elif name[:1].isupper() and name in (of_features := _of_features()):  # packages and modules are in small letters
        value = of_features[name]
    else:
        raise AttributeError(f"module 'pystatus' has no attribute {name!r}")
    globals()[name] = value
    return value


def _of_features() -> Mapping[str, Any]:
    """What features export besides."""
    from pystatus.client.features.registry import exported

    return exported()


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_of_features()})
