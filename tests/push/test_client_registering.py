"""push_client.json, 0 to 2: what a client registers, seals for its servers, and advertises.

The steps of the network between (loops, answers) are not played here: what the servers have answered is read from the
vectors' tables.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.payloads.contacts import ContactCodeAdvertisement
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import unwrap, wrap
from pystatus.push.client.registering import (
    NOTHING,
    Registered,
    Wanted,
    advertised,
    next_registration,
    sealed_for,
    unregistration,
)
from pystatus.push.messages import PushNotificationRegistration, TokenType
from tests.payloads.support import build
from tests.push.people import ALICE, BOB, MALLORY, SERVER, Conversation, random, uuid
from tests.support.vectors import Case, case_id, cases, load, unhex

ME = PrivateKey(unhex(load("push_client")["people"]["me"]["private_key"]))
LISTS = ("blocked_chat_list", "allowed_mentions_chat_list", "allowed_key_list")


def public(text: str) -> PublicKey:
    return PublicKey.from_bytes(unhex(text))


class Drawn:
    """The UUIDs and nonces of a step."""

    def __init__(self, step: Mapping[str, Any]) -> None:
        self._uuids = [UUID(text).bytes for text in step.get("uuids_drawn", ())]
        self._nonces = [unhex(text) for text in step.get("nonces_drawn", ())]

    def __call__(self, size: int) -> bytes:
        return (self._uuids if size == 16 else self._nonces).pop(0)

    @property
    def is_used_up(self) -> bool:
        return not self._uuids and not self._nonces


class Device:
    """Plays the steps of one client."""

    def __init__(self) -> None:
        self.last = NOTHING
        self.registered: Sequence[PublicKey] = ()
        self.token = ("", 0, "")
        self.is_on = self.contacts_only = self.block_mentions = False

    def step(self, step: Mapping[str, Any]) -> None:
        if step["op"] == "new_client":
            config = step["config"]
            self.installation_id = config["installation_id"]
            self.contacts_only, self.block_mentions = config["allow_from_contacts_only"], config["block_mentions"]
            self.is_on = config["remote_notifications_enabled"]
        elif step["op"] == "register":
            self.token = (step["device_token"], step["token_type"], step["apn_topic"])
            self.is_on = True
        elif "contacts_only" in step["op"]:
            self.contacts_only = step["op"].startswith("enable")
        elif "block_mentions" in step["op"]:
            self.block_mentions = step["op"].startswith("enable")
        after = step.get("after", {})
        if after.get("registration"):
            self.register(step, after["registration"])
        if "servers" in after:
            self.registered = [public(one["public_key"]) for one in after["servers"] if one["registered"]]
        if step["op"] == "registration_loop":
            self.send(step)
        if step["op"] == "build_advertisement":
            self.advertise(step)

    def register(self, step: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
        drawn = Drawn(step)
        if step["op"] == "unregister":
            self.last = unregistration(self.last, self.installation_id)
            self.is_on = False
        else:
            options = step["options"]
            wanted = Wanted(
                *self.token,
                contacts=tuple(map(public, options["contacts"])),
                muted=options["muted_chats"],
                mentions_in=options["public_chats"],
                contacts_only=self.contacts_only,
                block_mentions=self.block_mentions,
            )
            self.last = next_registration(self.last, wanted, ME, self.installation_id, drawn)
            assert drawn.is_used_up, step["name"]
        assert _unordered(self.last.registration) == _unordered(
            build(PushNotificationRegistration, expected["fields"])
        ), step["name"]
        assert [one.hex for one in self.last.contacts] == expected["contacts"]

    def send(self, step: Mapping[str, Any]) -> None:
        drawn = Drawn(step)
        for sent in step["sent"]:
            sealed = sealed_for(public(sent["to"]), self.last, ME, drawn)
            if not self.last.registration.blocked_chat_list:  # several are in no certain order
                assert sealed == unhex(sent["payload"])
                assert wrap(sealed, PayloadType.PUSH_NOTIFICATION_REGISTRATION, ME) == unhex(sent["wrapped"])

    def advertise(self, step: Mapping[str, Any]) -> None:
        infos = advertised(self.last, self.registered, ME) if self.is_on else ()
        expected = step["advertisement"]
        if expected is None:
            assert infos == ()
            return
        message = unwrap(unhex(expected["wrapped"]), transport_signer=ME.public_key)
        theirs = ContactCodeAdvertisement.decode(message.payload).push_notification_info
        assert {one.encode() for one in infos} == {one.encode() for one in theirs}, step["name"]


def _unordered(registration: object) -> dict[str, object]:
    assert isinstance(registration, PushNotificationRegistration)
    names = PushNotificationRegistration.__dataclass_fields__
    values = {name: getattr(registration, name) for name in names}
    return {name: sorted(value) if name in LISTS else value for name, value in values.items()}


@pytest.mark.requirement("PN-11")
@pytest.mark.parametrize("case", [one for one in cases("push_client") if one["id"] in (0, 1)], ids=case_id)
def test_registrations(case: Case) -> None:
    device = Device()
    for step in case["steps"]:
        device.step(step)
    assert device.last.version == (1 if case["id"] == 0 else 20)


def test_without_a_device_token_nothing_is_registered() -> None:
    """reference_fault (2): an option that is changed registers an empty device token there."""
    with pytest.raises(LocalError, match="registered by its token"):
        next_registration(NOTHING, wanted(device_token=""), ALICE, uuid(1), random)


def wanted(device_token: str = "phone", **changes: Any) -> Wanted:
    values: dict[str, Any] = {
        "token_type": TokenType.FIREBASE,
        "apn_topic": "",
        "contacts": (BOB.public_key,),
        "muted": (),
        "mentions_in": (),
    }
    return Wanted(device_token, **{**values, **changes})


def test_the_token_is_new_when_somebody_must_not_know_it_any_more() -> None:
    def token(last: Registered, now: Wanted) -> tuple[Registered, bool]:
        told = next_registration(last, now, ALICE, uuid(1), random)
        return told, told.registration.access_token == last.registration.access_token

    last, _ = token(NOTHING, wanted())
    last, same = token(last, wanted(contacts=(BOB.public_key, MALLORY.public_key)))
    assert same
    last, same = token(last, wanted())  # Mallory is no contact any more
    assert not same
    last, same = token(last, wanted(contacts_only=True))
    assert not same
    last, same = token(last, wanted(contacts_only=True, muted=("chat",)))
    assert same
    assert last.version == 5


async def test_our_server_takes_what_our_client_registers_and_takes_back() -> None:
    talk = Conversation()
    told = next_registration(NOTHING, wanted(contacts_only=True), ALICE, uuid(1), random)
    for one in (told, unregistration(told, uuid(1))):
        sealed = sealed_for(SERVER.public_key, one, ALICE, random)
        await talk.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, sealed, ALICE)
        found = await talk.query(ALICE)
        if one is told:
            assert found is not None
            assert found[0].allowed_key_list == told.registration.allowed_key_list
        else:
            assert found is None
    assert (talk.server.counters["registered"], talk.server.counters["unregistered"]) == (1, 1)
