"""The recorded sessions of rpc_json.json, played to a client: calls, and what comes of others in between."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from pystatus import Account, Client, PrivateKey
from pystatus.client.session import Session
from pystatus.errors import RemoteError
from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.contacts import Contacts
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.wrapper import unwrap
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.wakuext import Signals, WakuextApi
from pystatus.secure_transport.store import Installation
from pystatus.storage.descriptions import Profile
from pystatus.testing import Network
from pystatus.testing.memory import NOWHERE
from tests.rpc.support import Caller, Refusal
from tests.support.vectors import Case, load, unhex

FILE = load("rpc_json")
PEOPLE = {one["public_key"]: PrivateKey(unhex(one["private_key"])) for one in FILE["people"].values()}
OTHER_DEVICE = "installation-other"
PAIRED_NS = 1_600_000_000_000_000_000
"""When the other device has shown itself, Unix nanoseconds."""
ERROR = "error"
"""The key of a result that is an error."""


class Player:
    """One session. What is drawn by lot there is drawn so here, too, or put in its place."""

    def __init__(self, network: Network, case: Case, replaced: Mapping[str, Mapping[str, Any]]) -> None:
        """
        :param replaced: by the number of a step, what its message, or its last parameter, is instead: pictures, sounds
            and signatures that are none.
        """
        self._network = network
        self._case = case
        self._replaced = replaced
        self._names: dict[str, str] = {}
        """Texts of the file that are others here."""
        self.codes: list[int] = []
        """Of the errors that came."""

    async def steps(self) -> list[tuple[int, Case, Any, Any]]:
        """Each step with what the reference answers and what comes here."""
        network, case = self._network, self._case
        place = network._place("alice")
        account = Account.from_private_key(PrivateKey(unhex(case["account"]["private_key"])))
        place.profile.account = account
        place.profile._profile = Profile("alice", account.record, NOWHERE, b"")
        person = await network.person("alice")
        await person.go_offline()  # what is sent stays "sending"
        self._client, self._signals = person.client, Signals(person.client)
        self._caller = Caller(Dispatcher(WakuextApi(person.client).methods))
        own_id = (await self._caller("settings_getSettings"))["installation-id"]
        self._names[case["account"]["installation_id"]] = own_id
        found = []
        for number, step in enumerate(case["steps"]):
            await network.wait(step["now_ms"] / 1000 - network.clock.now())
            if "call" in step:
                expected, got = await self._call(number, step)
            else:
                expected, got = step["signal_messages_new"], await self._receive(step)
            found.append((number, step, self._renamed(expected), got))
        return found

    async def _call(self, number: int, step: Case) -> tuple[Any, Any]:
        expected: Any = {ERROR: True} if "error" in step else step["result"]
        params = self._renamed(step["params"])
        replaced = self._replaced.get(f"{self._case['id']}.{number}")
        if replaced is not None and isinstance(params[0], dict):
            params[0] = {**params[0], **replaced}
        elif replaced is not None:
            params = [*params[:-1], replaced["last"]]
        try:
            got = await self._caller(step["call"], *params)
        except Refusal as refusal:
            self.codes.append(refusal.code)
            return expected, {ERROR: True}
        if replaced is not None and "messages" in got:
            self._names[expected["messages"][-1]["id"]] = got["messages"][-1]["id"]
        return expected, got

    def _renamed(self, value: Any) -> Any:
        text = json.dumps(value)
        for before, after in self._names.items():
            text = text.replace(json.dumps(before)[1:-1], after)
        return json.loads(text)

    async def _receive(self, step: Case) -> Any:
        """What the signals say, as one: status-go has one for everything that has come within a second."""
        client, cursor = self._client, self._client.cursor
        with suppress(RemoteError):  # refused: nothing comes of it
            await client._access.submit(lambda session: self._take(step, client, session))
        await self._network.wait(0)
        together: dict[str, dict[str, Any]] = {}
        events = client.events(cursor)
        while (event := events.next_past()) is not None:
            for signal in self._signals.of(event):
                if signal.type == "messages.new":
                    for kind, objects in json.loads(msgspec.json.encode(signal.event)).items():
                        together.setdefault(kind, {}).update({one["id"]: one for one in objects})
        return {kind: list(objects.values()) for kind, objects in together.items()}

    def _take(self, step: Case, client: Client, session: Session) -> None:
        sender, now_ms = PEOPLE[step["author"]].public_key, step["now_ms"]
        is_own = sender == client.public_key
        encryption = session.store.encryption
        if is_own and not encryption.installations(sender.compressed):
            known = Installation(sender.compressed, OTHER_DEVICE, PAIRED_NS, False, 1, b"\x02" * 33, 1, 1)
            encryption.save_installation(known)
        if session.messenger.feature(Contacts).get(sender).blocked:
            return  # as the receiver does with what comes of them
        message = unwrap(unhex(step["wrapped"]), sender)
        public = "vector-room" if self._case["id"] == 0 else None
        incoming = Incoming(message, public, False, now_ms, device=OTHER_DEVICE if is_own else None)
        kind = PAYLOADS[message.type]
        kind.check_author(message.author, sender, client.public_key)
        payload = kind.decode(message.payload)
        payload.check(now_ms, now_ms)
        session.messenger._parts.receiver._dispatch.take(payload, incoming)  # as if it had been opened


def differences(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Where two results differ, as paths. Lists of objects with ids are compared by them, as the reference
    gives many of them in no order."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted(expected.keys() | got.keys()):
            if key not in got:
                yield f"{path}.{key} is missing"
            elif key not in expected:
                yield f"{path}.{key} is new"
            else:
                yield from differences(expected[key], got[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and _have_ids(expected) and _have_ids(got):
        yield from _by_id(expected, got, path)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for one, other in zip(expected, got, strict=True):
            yield from differences(one, other, f"{path}[]")
    elif path.endswith(".identicon"):
        if bool(expected) != bool(got):  # the same picture, packed by another program
            yield path
    elif expected != got:
        yield path


def _have_ids(values: list[Any]) -> bool:
    return all(isinstance(value, dict) and "id" in value for value in values)


def _by_id(expected: list[Any], got: list[Any], path: str) -> Iterator[str]:
    ours = {one["id"]: one for one in got}
    theirs = {one["id"]: one for one in expected}
    if theirs.keys() - ours.keys():
        yield f"{path}[] is missing"
    if ours.keys() - theirs.keys():
        yield f"{path}[] is new"
    for one_id in theirs.keys() & ours.keys():
        yield from differences(theirs[one_id], ours[one_id], f"{path}[]")
