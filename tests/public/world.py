"""What public calls are made on, and arguments that they take."""

from __future__ import annotations

import inspect
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import coincurve

from pystatus import (
    Account,
    AnswerLimits,
    AudioType,
    ChannelKind,
    Chat,
    ChatKind,
    Client,
    Contact,
    Device,
    Devices,
    ImageType,
    Mentionable,
    Message,
    MessageReceived,
    MessageState,
    Node,
    NodeConfig,
    PrivateKey,
    Profiles,
    Reaction,
    ReactionType,
    Receipt,
    RenewalReason,
    SharedProfile,
    UnknownPayload,
    parse_text,
)
from pystatus.account.address import checksummed
from pystatus.account.names import NameKind, ShownName
from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.gateway import Gateway
from pystatus.client.features.groups import Delivery, GroupMember, GroupMessageDelivered, InvitationState, JoinRequest
from pystatus.client.features.links import QrCode
from pystatus.client.features.registry import client_features
from pystatus.client.features.transactions import (
    Announcement,
    AnnouncementChanged,
    AnnouncementState,
    ChainStatus,
    ChainTransaction,
    Transaction,
    TransactionState,
)
from pystatus.client.name_drafts import NameDraft
from pystatus.client.name_values import EnsName, NameOffer
from pystatus.client.sticker_values import StickerOffer, StickerOffers
from pystatus.ethereum.collectibles import Collectible, Collection
from pystatus.ethereum.drafts import Holding, TransactionDraft, WalletBalances
from pystatus.ethereum.meaning import Meaning, MeaningKind
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.prices import TokenPrice
from pystatus.ethereum.tokens import Token
from pystatus.ethereum.transfers import Asset, Transfer
from pystatus.fleets.fleet import LISTS
from pystatus.fleets.invitation import invitation
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.mailserver.server.server import Server
from pystatus.messenger.config import MessengerConfig
from pystatus.messenger.name_records import NameAction, NameChange, OwnName, OwnNamesChanged
from pystatus.messenger.sent_records import SentState, SentTransaction
from pystatus.messenger.sent_transactions import SentTransactionChanged
from pystatus.messenger.sticker_records import StickerPack, StickerPacksChanged, StickerPicture
from pystatus.messenger.wallet_records import Favourite, WalletChanged
from pystatus.net.clock import SystemClock
from pystatus.node import NodeSettings
from pystatus.payloads.chats import group_chat_id
from pystatus.peers.cache import NoCache
from pystatus.storage.archive.sqlite import SqliteArchive
from pystatus.transport.topics import symmetric_key
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import EVERYTHING
from pystatus.waku.relay.pool import PoolLimits
from pystatus.waku.status import RateLimits
from tests.fleets.support import FULL, HARBOUR
from tests.public.surface import KEY, Call

PASSWORD = "correct horse"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
SEALED_WITH = symmetric_key(PUBLIC_PASSWORD)


class World:
    """A relay that keeps history, alice, who is connected to it, and what there is to call methods of."""

    def __init__(self, folder: Path, relay: Node, archive: SqliteArchive) -> None:
        self.folder = folder
        self.relay = relay
        self.archive = archive
        """One that no node has."""
        self.profiles = Profiles(folder)
        self.account = Account.from_private_key(PrivateKey.generate(os.urandom))
        self.profile = self.profiles.create(self.account, PASSWORD, "alice")
        self.profiles.create_account("bob", PASSWORD)
        self.client = self.new_client()
        self.node = relay
        """What methods of nodes are called on."""
        self._sockets: list[socket.socket] = []

    @property
    def enode(self) -> str:
        return str(self.relay.enode)

    def new_client(self) -> Client:
        return Client.open(
            "alice",
            PASSWORD,
            data_dir=self.folder,
            state_dir=self.folder / "state",
            peers=[self.enode],
            mailservers=[self.enode],
        )

    def end_of_pair(self) -> socket.socket:
        """An open socket; it is closed with the world."""
        pair = socket.socketpair()
        self._sockets += pair
        for one in pair:
            one.setblocking(False)
        return pair[0]

    def close(self) -> None:
        for one in self._sockets:
            one.close()

    def instance(self, owner: str) -> Any:
        """What a method of an exported class is called on."""
        made: dict[str, Callable[[], Any]] = {
            "Account": lambda: self.account,
            "Announcement": _announcement,
            "AnnouncementChanged": lambda: AnnouncementChanged(_announcement()),
            "AnswerLimits": AnswerLimits,
            "ChainTransaction": lambda: ChainTransaction(ChainStatus.PENDING, bytes(20), None, 1),
            "Transaction": _transaction,
            "Transfer": _transfer,
            "Collectible": lambda: Collectible(bytes(20), 1, ""),
            "Collection": lambda: Collection(bytes(20), 1, ()),
            "Favourite": lambda: Favourite(bytes(20), "Mother"),
            "Holding": lambda: Holding(bytes(20), 1),
            "Meaning": lambda: Meaning(MeaningKind.CONTRACT),
            "SentTransaction": _sent,
            "SentTransactionChanged": lambda: SentTransactionChanged(_sent()),
            "EnsName": lambda: EnsName("alice.eth", 1, None),
            "NameChange": lambda: NameChange(NameAction.CONNECT, "alice.eth", "", _sent()),
            "NameDraft": lambda: NameDraft(NameAction.CONNECT, "alice.eth", _draft()),
            "NameOffer": lambda: NameOffer("alice.eth", 1, NameState.FREE),
            "OwnName": lambda: OwnName("alice.eth", 1),
            "OwnNamesChanged": lambda: OwnNamesChanged(()),
            "StickerOffer": lambda: StickerOffer(1, 1, 1, checksummed(bytes(20)), "SNT", 18, True, False, False),
            "StickerOffers": lambda: StickerOffers(0, ()),
            "StickerPack": _pack,
            "StickerPacksChanged": lambda: StickerPacksChanged(()),
            "StickerPicture": lambda: StickerPicture("e301", b"", ImageType.PNG, 1, 1),
            "Token": _token,
            "TokenPrice": lambda: TokenPrice("ETH", None, "EUR", "1"),
            "TransactionDraft": _draft,
            "WalletBalances": lambda: WalletBalances(1, 1, ()),
            "WalletChanged": WalletChanged,
            "WalletAccount": lambda: WalletAccount(bytes(20), WalletKind.WATCHED, "Savings"),
            "Chat": lambda: Chat("news", ChatKind.PUBLIC),
            "Client": lambda: self.client,
            "Contact": lambda: Contact(KEY.public_key),
            "SharedProfile": SharedProfile,
            "Device": lambda: Device("id", "name", "desktop", True, None),
            "Mentionable": lambda: Mentionable(KEY.public_key, "Brave Red Fox"),
            "Delivery": lambda: Delivery(1, 2),
            "ShownName": lambda: ShownName(KEY.public_key, "Bob", NameKind.NICKNAME),
            "QrCode": lambda: QrCode("text"),
            "Fleet": lambda: HARBOUR,
            "GroupMember": lambda: GroupMember(KEY.public_key, True, False),
            "GroupMessageDelivered": lambda: GroupMessageDelivered(bytes(32), KEY.public_key, Delivery(1, 2)),
            "JoinRequest": _request,
            "Message": self.message,
            "Node": lambda: self.node,
            "NodeConfig": NodeConfig,
            "ParsedText": lambda: parse_text("*hello*"),
            "OtherProcesses": lambda: self.node.processes,
            "PrivateKey": lambda: KEY,
            "Profile": lambda: self.profile,
            "Profiles": lambda: self.profiles,
            "PublicKey": lambda: KEY.public_key,
            "Receipt": lambda: Receipt(self.message()),
        }
        made.update((kind.__name__, partial(self.client.feature, kind)) for kind in client_features())
        return made[owner]()

    def message(self) -> Message:
        return Message(bytes(32), "news", KEY.public_key, 1, 1, 1, 1, "hello", b"", state=MessageState.SENT)

    def good(self, call: Call, parameter: inspect.Parameter) -> Any:
        """An argument that is right; the test of a new method fails here until it says what is right."""
        for owner in (str(call), call.owner, ""):
            if (owner, parameter.name) in _BY_NAME:
                return _BY_NAME[owner, parameter.name](self)
        return _BY_ANNOTATION[str(parameter.annotation).removesuffix(" | None")](self)

    def good_arguments(self, call: Call) -> dict[str, Any]:
        """Those that have to be given, a time to wait, and those with which a client of bob can be opened."""
        return {
            one.name: self.good(call, one)
            for one in call.parameters
            if one.default is one.empty or one.name == "timeout" or (str(call), one.name) in _GIVEN
        }

    @asynccontextmanager
    async def other_node(self) -> AsyncIterator[None]:
        """In the block, methods of nodes are called on a new one that is connected to the relay."""
        before = self.node
        async with Node(NodeConfig(peers=(self.enode,))) as self.node:
            await self.node.wait_for_peer()
            yield
        self.node = before


def _nothing(*_: Any) -> None:
    """A function that is called back."""


def _request() -> JoinRequest:
    return JoinRequest(bytes(32), "id", KEY.public_key, KEY.public_key, "", "", 1, InvitationState.REQUEST)


class Chain:
    """One that knows nothing."""

    async def transaction(self, transaction_hash: bytes) -> ChainTransaction | None:
        return None


def _announcement() -> Announcement:
    return Announcement(bytes(32), KEY.public_key, 1, 1, "0x", b"", AnnouncementState.UNVERIFIED)


def _transfer() -> Transfer:
    somebody, id_ = bytes(20), bytes(32)
    return Transfer(id_, somebody, Asset.ETHER, somebody, somebody, 1, None, 1, id_, 1, id_, True, 1, 1, 1)


def _pack() -> StickerPack:
    return StickerPack(1, 1, "Kit", "", "", "", ("e301",))


def _token() -> Token:
    return Token(1, bytes(20), "SNT", "Status", 18)


def _sent() -> SentTransaction:
    return SentTransaction(bytes(32), bytes(16), 1, bytes(20), bytes(20), 1, b"", 1, 21_000, 1, None, 1.0, "words")


def _draft() -> TransactionDraft:
    fields = bytes(16), 1, bytes(20), bytes(20), 1, b"", 1, 21_000, 1, None, 1
    return TransactionDraft(*fields, Meaning(MeaningKind.ETHER, bytes(20), 1), "words")


def _transaction() -> Transaction:
    return Transaction(bytes(32), bytes(32), "id", KEY.public_key, 1, TransactionState.SENT)


def _envelope() -> Envelope:
    return Envelope.mine(time.time(), 10, b"abcd", bytes(100), 0.002)


def _of_fleet(name: str, _: World) -> tuple[str, ...]:
    entries: tuple[str, ...] = getattr(FULL, name)
    return entries


_BY_NAME: dict[tuple[str, str], Callable[[World], Any]] = {
    ("Message.mentions_me", "me"): lambda world: world.client,
    ("Address", "address"): lambda _: checksummed(bytes(20)),
    ("Wallet.add", "account"): lambda _: WalletAccount(bytes([3] * 20), WalletKind.WATCHED, ""),
    ("WalletAccount", "address"): lambda _: bytes(20),
    ("Wallet", "account"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet.watch", "address"): lambda _: checksummed(bytes([2] * 20)),
    ("Names", "name"): lambda _: "alicious",
    ("Names", "username"): lambda _: "abc",
    ("Names", "address"): lambda _: checksummed(bytes([2] * 20)),
    ("Names", "account"): lambda _: "Status account",
    ("Names", "content"): lambda _: "bzz://" + "1" * 64,
    ("Stickers", "content_hash"): lambda _: "e301",
    ("Stickers", "pack"): lambda _: 1,
    ("Stickers", "account"): lambda _: "Status account",
    ("Client", "sticker_market"): lambda _: checksummed(bytes([2] * 20)),
    ("Client", "prices"): lambda _: "http://127.0.0.1:1",
    ("Wallet", "currency"): lambda _: "EUR",
    ("Client", "registry"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet", "to"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet", "contract"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet", "address"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet.draft", "token"): lambda _: checksummed(bytes([2] * 20)),
    ("Wallet", "path"): lambda _: "m/44'/60'/0'/0/0",
    ("Wallet", "index"): lambda _: 1,
    ("Wallet", "name"): lambda _: "Savings",
    ("Wallet", "colour"): lambda _: "#4360df",
    ("GroupLink", "chat_id"): lambda _: group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", KEY.public_key),
    ("PaymentRequest", "uri"): lambda _: f"ethereum:{checksummed(bytes(20))}",
    ("parse_invitation", "text"): lambda _: invitation(HARBOUR),
    ("find_fleet", "text"): lambda _: "eth.prod",
    ("published_fleet", "name"): lambda _: "eth.prod",
    **{("Fleet", name): partial(_of_fleet, name) for name in LISTS},
    ("parse_link", "text"): lambda _: KEY.public_key.hex,
    ("Media.save", "path"): lambda world: world.folder / "picture.png",
    ("Conversations.export", "path"): lambda world: world.folder / "chat.html",
    ("Conversations.export", "format"): lambda _: "html",
    ("Profiles.export", "path"): lambda world: world.folder / "alice.backup",
    ("Profiles.restore", "path"): lambda world: world.folder / "nothing.backup",
    ("", "file_password"): lambda _: PASSWORD,
    ("Client", "profile"): lambda _: "bob",
    ("Client", "peers"): lambda world: [world.enode],
    ("Client", "mailservers"): lambda world: [world.enode],
    ("Client", "data_dir"): lambda world: world.folder,
    ("Client", "state_dir"): lambda world: world.folder / "state",
    ("Profiles", "selector"): lambda _: "alice",
    ("Client", "name"): lambda _: "news",
    ("OurProfile.set_name", "ens_name"): lambda _: "alice.eth",
    ("Client.on", "kind"): lambda _: MessageReceived,
    ("PrivateKey", "scalar"): lambda _: bytes(31) + b"\x01",
    ("PublicKey", "data"): lambda _: KEY.public_key.compressed,
    ("PublicKey", "point"): lambda _: coincurve.PrivateKey(bytes(31) + b"\x02").public_key,
    ("PublicKey", "signature"): lambda _: KEY.sign(bytes(32)),
    ("Node", "settings"): lambda world: world.node.config,
    ("NodeConfig", "bloom"): lambda _: False,
    ("", "enode"): lambda world: world.enode,
    ("", "password"): lambda _: PASSWORD,
    ("", "phrase"): lambda _: PHRASE,
    ("", "timeout"): lambda _: 0.01,
    ("", "listen"): lambda _: "127.0.0.1:0",
    ("", "size"): lambda _: 100_000,
}
"""Arguments by the name of the parameter, of one method, of one class or of all."""

_GIVEN = {("Client.open", name) for name in ("peers", "mailservers", "data_dir", "state_dir")}

_BY_ANNOTATION: dict[str, Callable[[World], Any]] = {
    "Access": lambda world: world.client._access,
    "Account": lambda world: world.account,
    "AccountRecord": lambda world: world.account.record,
    "AnyText": lambda _: "text",
    "AudioType": lambda _: AudioType.AAC,
    "ImageType": lambda _: ImageType.PNG,
    "AnswerLimits": lambda _: AnswerLimits(),
    "Archive": lambda world: world.archive,
    "Callable[[Callable[[], None]], None]": lambda _: _nothing,
    "Callable[[], Awaitable[Any]]": lambda _: _nothing,
    "Callable[[NodeEvent], None]": lambda _: _nothing,
    "Callable[[Outcome], None]": lambda _: _nothing,
    "Chat": lambda _: Chat("news", ChatKind.PUBLIC),
    "ChatKind": lambda _: ChatKind.PUBLIC,
    "Clock": lambda _: SystemClock(),
    "Collection[bytes]": lambda _: [b"abcd"],
    "Envelope": lambda _: _envelope(),
    "Fleet": lambda _: HARBOUR,
    "Fetcher": lambda _: Fetcher({}, KEY, os.urandom, now=time.time()),
    "Interest": lambda _: EVERYTHING,
    "Iterable[bytes]": lambda _: [b"abcd"],
    "Delivery": lambda _: Delivery(1, 2),
    "InvitationState": lambda _: InvitationState.REQUEST,
    "Iterable[Chat | str]": lambda _: [Chat("news", ChatKind.PUBLIC)],
    "Iterable[Message | bytes]": lambda world: [world.message().id],
    "Sequence[Message | bytes]": lambda world: [world.message().id],
    "Iterable[PublicKey | str]": lambda _: [KEY.public_key],
    "Iterable[PublicKey]": lambda _: [KEY.public_key],
    "Iterable[str]": lambda _: [],
    "JoinRequest": lambda _: _request(),
    "JoinRequest | bytes": lambda _: _request(),
    "Mapping[int, str]": lambda _: {1: "a", 2: "b", 3: "c"},
    "Mapping[str, bytes]": lambda world: world.account.key_files(PASSWORD, os.urandom, 0),
    "Message": lambda world: world.message(),
    "MessageReceived | Message | bytes": lambda world: world.message(),
    "Message | bytes": lambda world: world.message(),
    "MessageState": lambda _: MessageState.SENT,
    "MessengerConfig": lambda _: MessengerConfig(),
    "NameKind": lambda _: NameKind.NICKNAME,
    "NodeConfig": lambda _: NodeConfig(),
    "NodeSettings": lambda _: NodeSettings(),
    "Path": lambda world: world.folder,
    "Peer": lambda world: (world.node.peers or world.relay.peers)[0],
    "PoolLimits": lambda _: PoolLimits(),
    "PrivateKey": lambda _: KEY,
    "Profile": lambda world: world.profile,
    "Profiles": lambda world: world.profiles,
    "PublicKey": lambda _: KEY.public_key,
    "PublicKey | str": lambda _: KEY.public_key,
    "RandomSource": lambda _: os.urandom,
    "Reaction": lambda _: Reaction("news", bytes(32), KEY.public_key, 1, 1),
    "AnnouncementState": lambda _: AnnouncementState.UNVERIFIED,
    "Announcement": lambda _: _announcement(),
    "Amount": lambda _: 1,
    "Chain": lambda _: Chain(),
    "ChainStatus": lambda _: ChainStatus.PENDING,
    "Transaction": lambda _: _transaction(),
    "Transaction | Message | bytes": lambda _: _transaction(),
    "Transaction | Message | bytes | Chat | str": lambda _: _transaction(),
    "TransactionState": lambda _: TransactionState.SENT,
    "ReactionType | int | str": lambda _: ReactionType.LOVE,
    "Sequence[Message]": lambda world: [world.message()],
    "Message | Cursor": lambda world: world.message(),
    "UnknownPayload": lambda _: UnknownPayload(bytes(32), 31, KEY.public_key, "news", 1, 1, 1),
    "UnknownPayload | bytes": lambda _: bytes(32),
    "RateLimits": lambda _: RateLimits(),
    "Receiver": lambda _: _nothing,
    "RenewalReason": lambda _: RenewalReason.ASKED,
    "Sequence[Envelope]": lambda _: [_envelope()],
    "Server": lambda _: Server(SEALED_WITH),
    "StoredKey": lambda world: world.account.chat,
    "tuple[str, ...]": lambda _: ("whisper",),
    "PeerCache": lambda _: NoCache(),
    "tuple[Block, ...]": lambda _: (),
    "ChannelKind": lambda _: ChannelKind.PUBLIC,
    "tuple[GroupEvent, ...]": lambda _: (),
    "tuple[GroupMember, ...]": lambda _: (),
    "tuple[PublicKey, ...]": lambda _: (KEY.public_key,),
    "tuple[Message, ...]": lambda world: (world.message(),),
    "bool": lambda _: True,
    "bytes": lambda _: bytes(32),
    "float": lambda _: 1.0,
    "frozenset[bytes]": lambda _: frozenset({b"abcd"}),
    "int": lambda _: 1,
    "socket.socket": lambda world: world.end_of_pair(),
    "str": lambda _: "text",
    "Chat | str": lambda _: "news",
    "Contact": lambda _: Contact(KEY.public_key),
    "Contact | PublicKey | str": lambda _: KEY.public_key,
    "SharedProfile": lambda _: SharedProfile(),
    "Link | str": lambda _: "https://join.status.im/news",
    "ClientSettings": lambda world: world.client._settings,
    "Path | str": lambda _: None,
    "Path | str | bytes": lambda _: b"no picture",
    "tuple[tuple[int, int], ...]": lambda _: ((0, 1),),
    "type[F]": lambda _: Devices,
    "Asset": lambda _: Asset.ETHER,
    "Transfer": lambda _: _transfer(),
    "Amount | None": lambda _: 1,
    "Token": lambda _: _token(),
    "Token | None": lambda _: _token(),
    "Meaning": lambda _: Meaning(MeaningKind.CONTRACT),
    "MeaningKind": lambda _: MeaningKind.ETHER,
    "NameAction": lambda _: NameAction.CONNECT,
    "NameDraft": lambda _: NameDraft(NameAction.CONNECT, "alice.eth", _draft()),
    "NameState": lambda _: NameState.FREE,
    "tuple[OwnName, ...]": lambda _: (OwnName("alice.eth", 1),),
    "SentState": lambda _: SentState.WAITING,
    "SentTransaction": lambda _: _sent(),
    "TransactionDraft": lambda _: _draft(),
    "tuple[Collectible, ...]": lambda _: (Collectible(bytes(20), 1, ""),),
    "tuple[Holding, ...]": lambda _: (Holding(bytes(20), 1),),
    "tuple[bytes, ...]": lambda _: (bytes(20),),
    "Endpoint": lambda _: Endpoint("http://127.0.0.1:1"),
    "Gateway": lambda _: Gateway("http://127.0.0.1:1"),
    "tuple[StickerOffer, ...]": lambda _: (),
    "tuple[StickerPack, ...]": lambda _: (_pack(),),
    "WalletKind": lambda _: WalletKind.WATCHED,
}
"""Arguments by the annotation of the parameter."""


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """All of it, open and connected, with a public chat "news" that alice is in."""
    relay = Node(NodeConfig(listen="127.0.0.1:0"))
    relay.keep_history(await SqliteArchive.open(folder / "archive.db"), Server(SEALED_WITH))
    async with relay:
        made = World(folder, relay, await SqliteArchive.open(folder / "another.db"))
        try:
            async with made.client:
                await made.client.wait_for_peer()
                await made.client.join("news")
                yield made
        finally:
            made.close()
            await made.archive.close()
