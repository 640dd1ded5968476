"""A feature is a new file in each layer, found by itself; and no two claim the same."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Any

import pytest

import pystatus
from pystatus import Client, PrivateKey, payloads
from pystatus.client import features as client_features
from pystatus.client.features import registry as client_registry
from pystatus.client.features.devices import Devices as ClientDevices
from pystatus.client.features.feature import ClientFeature
from pystatus.declarations import declared, modules
from pystatus.messenger import events
from pystatus.messenger import features as messenger_features
from pystatus.messenger.features.contact_code import ContactCode
from pystatus.messenger.features.devices import Devices
from pystatus.messenger.features.feature import Feature
from pystatus.messenger.features.messages import Messages
from pystatus.messenger.features.registry import by_chat_kind, by_payload, tables_of
from pystatus.payloads import payload
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.messages import ChatMessage
from pystatus.payloads.registry import PAYLOADS
from pystatus.storage import features as storage_features
from pystatus.storage.database import Database
from pystatus.storage.errors import StorageError
from pystatus.storage.features import registry as storage_registry
from pystatus.storage.features.devices import SqlDeviceNames
from pystatus.storage.features.tables import FeatureTables
from pystatus.storage.messenger import SqlMessengerStore
from pystatus.storage.people import STRANGER_BYTES
from tests.support.people import KEY, Network, Person

PLANTED: dict[ModuleType, str] = {
    payloads: """
from dataclasses import dataclass
from pystatus.payloads.payload import Payload
from pystatus.wire.proto import payloads_pb2

@dataclass(frozen=True, slots=True)
class Greeting(Payload):
    TYPE = 1_000
    WIRE = payloads_pb2.SyncInstallationPublicChat
    clock: int = 0
    id: str = ""
""",
    messenger_features: """
from dataclasses import dataclass
from typing import Protocol
from pystatus.crypto.keys import PublicKey
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import Event
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.feature import Feature
from pystatus.payloads.greetings import Greeting
from pystatus.payloads.payload import Payload

@dataclass(frozen=True, slots=True)
class Greeted(Event):
    author: PublicKey
    times: int

class GreetingTables(Protocol):
    def greetings(self, identity: bytes) -> int: ...
    def add_greeting(self, identity: bytes) -> None: ...

class Greetings(Feature[GreetingTables]):
    PAYLOADS = (Greeting,)

    def greet(self, chat_id: str, now: float) -> None:
        self._core.sender.send(self._core.store.chat(chat_id), Greeting(int(now), chat_id), now)

    def greeted(self, person: PublicKey) -> int:
        return self._tables.greetings(person.compressed)

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        author = incoming.message.author
        self._tables.add_greeting(author.compressed)
        self._core.batch.add(Notify(Greeted(author, self.greeted(author))))
""",
    storage_features: """
from pystatus.messenger.features.greetings import Greetings, GreetingTables
from pystatus.storage.features.tables import FeatureTables

class SqlGreetings(FeatureTables, GreetingTables):
    NAME = "greetings"
    FEATURE = Greetings
    TABLES = ("greetings",)
    STEPS = (
        "CREATE TABLE greetings (identity BLOB PRIMARY KEY) STRICT",
        "ALTER TABLE greetings ADD COLUMN times INTEGER NOT NULL DEFAULT 0",
    )
    PEOPLE = {("greetings", "identity"): 50}

    def greetings(self, identity: bytes) -> int:
        row = self._execute("SELECT times FROM greetings WHERE identity = ?", (identity,)).fetchone()
        return row[0] if row else 0

    def add_greeting(self, identity: bytes) -> None:
        self._execute(
            "INSERT INTO greetings VALUES (?, 1) ON CONFLICT (identity) DO UPDATE SET times = times + 1", (identity,)
        )
""",
    client_features: """
from pystatus import Chat
from pystatus.client.features.feature import ClientFeature
from pystatus.messenger.features.greetings import Greeted
from pystatus.messenger.features.greetings import Greetings as GreetingsFeature

__all__ = ["Greeted", "Greetings"]

class Greetings(ClientFeature[GreetingsFeature]):
    NAME = "greetings"

    async def greet(self, chat: Chat | str) -> None:
        chat_id = self._find_chat(chat).id
        await self._do(lambda greetings, now: greetings.greet(chat_id, now))
""",
}
"""What somebody who adds a feature writes: a module ``greetings`` in each of these packages, and nothing else."""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(payload, "_registered", {**payload.REGISTERED})
    for user in ("payloads.registry", "messenger.receiving"):
        monkeypatch.setattr(f"pystatus.{user}.PAYLOADS", MappingProxyType(payload._registered))
    monkeypatch.setattr(events, "_registered", {**events.EVENTS})
    for number, (package, source) in enumerate(PLANTED.items()):
        folder = tmp_path / f"package {number}"
        folder.mkdir()
        (folder / "greetings.py").write_text(f"from __future__ import annotations\n{source}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    for found in (storage_registry.feature_tables, client_registry.exported):
        found.cache_clear()
    yield
    for package in PLANTED:
        sys.modules.pop(f"{package.__name__}.greetings", None)
        vars(package).pop("greetings", None)
    for name in ("Greeted", "Greetings"):
        vars(pystatus).pop(name, None)
    for found in (storage_registry.feature_tables, client_registry.exported):
        found.cache_clear()


@pytest.fixture
def network(tmp_path: Path, planted: None) -> Iterator[Network]:
    tuple(modules(payloads))
    network = Network(tmp_path)
    yield network
    network.close()


def of(person: Person) -> Any:
    """The planted feature of somebody's messenger."""
    return person.messenger.feature(greetings())


def greetings() -> Any:
    """The class of the planted feature."""
    return sys.modules["pystatus.messenger.features.greetings"].Greetings


def test_a_planted_feature_is_found_in_each_layer(network: Network) -> None:
    alice, bob = network.add("alice"), network.add("bob")
    alice.say(alice.meet(bob), "hello")
    for _ in range(2):
        alice.do(lambda: of(alice).greet(bob.key.hex, network.now))
        network.wait(10)
    told = [event for event in bob.events if type(event).__name__ == "Greeted"]
    assert [(event.author, event.times) for event in told] == [(alice.key, 1), (alice.key, 2)]  # type: ignore[attr-defined]
    bob.restart()
    assert of(bob).greeted(alice.key) == 2


def test_what_is_planted_is_an_attribute_of_a_client_and_can_be_imported(planted: None, tmp_path: Path) -> None:
    client = Client.open("alice", "correct horse", data_dir=tmp_path)
    assert "pystatus.client.features.greetings" not in sys.modules
    kind: Any = type(client.greetings)
    assert kind is sys.modules["pystatus.client.features.greetings"].Greetings
    assert client.feature(kind) is client.greetings
    assert {"greetings", "devices", "join"} <= set(dir(client))
    from pystatus import Greeted, Greetings

    assert (Greetings, Greeted.__name__) == (kind, "Greeted")
    assert {"Greeted", "Greetings", "Devices"} <= set(dir(pystatus))
    with pytest.raises(AttributeError, match="no attribute 'greeting'"):
        _ = client.greeting
    with pytest.raises(ImportError):
        from pystatus import Ungreeted  # noqa: F401


async def test_the_arguments_of_what_is_planted_are_checked(planted: None, tmp_path: Path) -> None:
    client = Client.open("alice", "correct horse", data_dir=tmp_path)
    with pytest.raises(TypeError, match=r"chat of Greetings.greet\(\) is to be Chat or str, not int"):
        await client.greetings.greet(5)
    with pytest.raises(pystatus.LocalError, match="not open yet"):
        await client.greetings.greet("news")


def test_every_module_of_the_packages_brings_its_feature() -> None:
    features: Iterator[type[Feature[Any]]] = declared(messenger_features, Feature)
    assert {ContactCode, Devices, Messages} <= set(features)
    assert SqlDeviceNames in storage_registry.feature_tables()
    assert ClientDevices in client_registry.client_features()
    client_registry.check(client_registry.client_features(), Client)


# what two cannot claim


class Another(Feature[None]):
    PAYLOADS = (ChatMessage,)

    def __init__(self) -> None:
        """It needs nothing."""


def test_a_payload_belongs_to_one_feature() -> None:
    one = Another()
    assert by_payload([one]) == {ChatMessage: one}
    with pytest.raises(TypeError, match="Another takes what Another takes"):
        by_payload([one, Another()])


class HalfACarrier(Feature[None]):
    CARRIES = ChatKind.PRIVATE_GROUP
    people = known = send = resend = acknowledged = carried = Feature.started

    def __init__(self) -> None:
        """It needs nothing."""


def test_what_carries_a_kind_of_chat_has_everything_that_is_asked_of_it() -> None:
    with pytest.raises(TypeError, match=r"^HalfACarrier is to be a ChatCarrier and has no send_once$"):
        by_chat_kind([HalfACarrier()])
    whole = type("Carrier", (HalfACarrier,), {"send_once": lambda self: None})()
    assert by_chat_kind([whole]) == {ChatKind.PRIVATE_GROUP: whole}


def test_what_storage_has_for_a_feature_has_everything_that_is_asked_of_it() -> None:
    half = type("HalfATable", (), {"device_name": lambda self: None})
    whole = type("Table", (half,), {"save_device_name": lambda self: None})()
    with pytest.raises(TypeError, match=r"^HalfATable is to be a DeviceNames and has no save_device_name$"):
        tables_of(Devices, core_with(half()))
    assert tables_of(Devices, core_with(whole)) is whole


def core_with(tables: object) -> Any:
    return SimpleNamespace(store=SimpleNamespace(tables=lambda feature: tables))


def test_a_number_belongs_to_one_payload() -> None:
    with pytest.raises(TypeError, match=r"Second has the number of ChatMessage"):

        class Second(payload.Payload):
            TYPE = ChatMessage.TYPE

    assert PAYLOADS[ChatMessage.TYPE] is ChatMessage


def test_a_name_belongs_to_one_event() -> None:
    with pytest.raises(TypeError, match="both declare the event MessageReceived"):
        type("MessageReceived", (events.Event,), {"__slots__": (), "__module__": __name__})
    assert events.EVENTS["MessageReceived"] is events.MessageReceived


def table(**changes: Any) -> type[FeatureTables]:
    declared = {"NAME": "another", "FEATURE": Another, "TABLES": ("another",)}
    return type("AnotherTable", (FeatureTables,), {**declared, **changes})


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ([table(), table(FEATURE=Messages, TABLES=())], "claims the name another, as AnotherTable does"),
        ([table(), table(NAME="more", TABLES=())], "claims Another, as AnotherTable does"),
        ([SqlDeviceNames, table(TABLES=("device_names",))], "claims the table device_names, as SqlDeviceNames does"),
        ([table(PEOPLE={("messages", "author"): 1})], "counts people in messages, which is none of its tables"),
        ([table(OF_MESSAGES={("chats", "id"): "1"})], "counts messages in chats, which is none of its tables"),
    ],
)
def test_tables_belong_to_one_feature(kinds: list[type[FeatureTables]], why: str) -> None:
    storage_registry.check([SqlDeviceNames, table()])
    with pytest.raises(TypeError, match=why):
        storage_registry.check(kinds)


def attribute(name: str, feature: type[Feature[Any]] = Another) -> type[ClientFeature[Any]]:
    bases = (ClientFeature[feature],)  # type: ignore[valid-type]
    return type("AnotherAttribute", (ClientDevices,), {"NAME": name, "__orig_bases__": bases})


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        ([ClientDevices, attribute("devices")], "AnotherAttribute is devices of a client, as Devices is"),
        ([ClientDevices, attribute("another", Devices)], "AnotherAttribute is Devices of a client, as Devices is"),
        *(([attribute(name)], f"cannot be the attribute {name} of Client") for name in ("join", "_life", "a b", "")),
    ],
)
def test_an_attribute_of_a_client_belongs_to_one_feature(kinds: list[type[ClientFeature[Any]]], why: str) -> None:
    client_registry.check([ClientDevices, attribute("another")], Client)
    with pytest.raises(TypeError, match=why):
        client_registry.check(kinds, Client)


# the tables of features in a profile


def tables(person: Person) -> set[str]:
    rows = person.database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def test_a_feature_has_the_tables_that_it_claims(network: Network) -> None:
    there = tables(network.add("alice"))
    for kind in storage_registry.feature_tables():
        assert set(kind.TABLES) <= there
        made = re.findall(r"CREATE TABLE (\w+)", " ".join(kind.STEPS))
        assert set(made) <= set(kind.TABLES)


def test_what_a_feature_keeps_of_strangers_has_their_budget(network: Network) -> None:
    """It is counted, and goes with everything else of a stranger who has to make room."""
    alice, stranger = network.add("alice"), PrivateKey.generate(os.urandom).public_key.compressed
    people = alice.store.people
    with alice.store.transaction():
        assert people.kept(stranger, "").state == 0
        alice.store.tables(greetings()).add_greeting(stranger)
        assert people.kept(stranger, "").state == STRANGER_BYTES + 50
        people.forget([stranger])
        assert alice.store.tables(greetings()).greetings(stranger) == 0


def edited(network: Network, change: Callable[[Any], None]) -> Person:
    """Somebody whose database was written by another version."""
    alice = network.add("alice")
    with alice.database.transaction():
        change(alice.database.connection)
    alice.close()
    return alice


def test_a_feature_without_its_tables_is_refused(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = SqlMessengerStore.tables
    monkeypatch.setattr(
        SqlMessengerStore, "tables", lambda store, kind: None if kind is Devices else tables(store, kind)
    )
    with pytest.raises(TypeError, match="Devices wants DeviceNames of storage, which has NoneType for it"):
        network.add("alice")


def test_a_profile_from_before_a_feature_gets_its_tables(network: Network) -> None:
    def older(connection: Any) -> None:
        connection.execute("DROP TABLE greetings")
        connection.execute("DELETE FROM feature_schemas WHERE feature = 'greetings'")

    alice = edited(network, older)
    alice.reopen()
    assert of(alice).greeted(alice.key) == 0


def test_a_profile_with_an_older_version_of_its_tables_gets_the_steps_that_it_lacks(network: Network) -> None:
    def older(connection: Any) -> None:
        connection.execute("ALTER TABLE greetings DROP COLUMN times")
        connection.execute("INSERT INTO greetings VALUES (?)", (bytes(33),))
        connection.execute("UPDATE feature_schemas SET version = 1 WHERE feature = 'greetings'")

    alice = edited(network, older)
    alice.reopen()
    assert alice.database.connection.execute("SELECT times FROM greetings").fetchall() == [(0,)]


@pytest.mark.parametrize("name", ["greetings", "unknown"])
def test_a_profile_with_newer_tables_of_a_feature_is_left_alone(network: Network, name: str) -> None:
    alice = edited(network, lambda c: c.execute("INSERT OR REPLACE INTO feature_schemas VALUES (?, 3)", (name,)))
    with pytest.raises(StorageError, match=rf"by a newer pystatus \(schema of {name} 3, known [02]\)"):
        Database.open(alice.path, KEY)
