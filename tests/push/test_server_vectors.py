"""push_server.json: what a server stores, answers and forwards, step by step.

Where the page wants something else than what the reference does (push-notifications.md §12, §14 to §16), the outcome
here is the page's; where the reference is at fault, it is our decision. Each is stated below, by case and step.
"""

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import ApplicationMessage, unwrap
from pystatus.push.hashing import query_topic_name
from pystatus.push.messages import (
    NotificationType,
    PushNotification,
    PushNotificationQueryResponse,
    PushNotificationRegistration,
    PushNotificationRegistrationResponse,
    PushNotificationResponse,
    RegistrationError,
)
from pystatus.push.server.filtering import KNOWN_TYPES, is_wanted
from pystatus.push.server.server import Answer, PushServer
from pystatus.wire.proto import push_service_pb2
from tests.push.memory import RecordingGateway, RegistrationsInMemory
from tests.support.vectors import Case, case_id, cases, load, unhex

SERVER = PrivateKey(unhex(load("push_server")["people"]["server"]["private_key"]))

UNANSWERED = "no answer"
MALFORMED = RegistrationError.MALFORMED_MESSAGE
OURS: Mapping[tuple[int, int], object] = {
    # PN-16: who is not registered is not spoken of.
    (0, 9): UNANSWERED,
    (3, 1): UNANSWERED,
    (3, 2): UNANSWERED,
    (3, 3): UNANSWERED,
    (3, 4): UNANSWERED,
    (3, 11): UNANSWERED,
    # reference_fault: one query is for 32 people at most (MAX_QUERIED); more are not answered.
    (4, 1): UNANSWERED,
    (5, 1): UNANSWERED,
    # reference_fault: the version of every unregistration is stored, so that an older registration stays refused.
    (1, 1): RegistrationError.VERSION_MISMATCH,
    # reference_fault: types that we do not know are skipped, as type 0 is.
    (6, 15): [],
    (6, 16): [],
    # reference_fault: a request counts as answered when the gateway has accepted it, so a repetition notifies.
    (6, 32): [(True, 0)],
    # reference_fault: status 500 is no success. As after every failure of the gateway, there is no answer.
    (6, 36): UNANSWERED,
    # reference_fault: a type of token that we do not know is refused, so nobody is there to be notified.
    (7, 2): RegistrationError.UNSUPPORTED_TOKEN_TYPE,
    (7, 3): [(False, 3)],
    # PN-4: what does not open is nobody's registration, and is discarded.
    **{(number, 0): UNANSWERED for number in (*range(9, 14), *range(15, 23), 27)},
    # push-notifications.md §9.1: a version must be at least 1, and below 2^63.
    **{(number, 0): MALFORMED for number in (14, 29, 30, 32, 33, 34, 81)},
    # push-notifications.md §9.1: types of tokens have an error of their own; Apple's need a topic.
    **{(number, 0): RegistrationError.UNSUPPORTED_TOKEN_TYPE for number in (69, 72, 73)},
    (74, 0): MALFORMED,
}
"""What differs. (6, 26), also marked: a mention in a joined and muted chat passes here, too. Which chats are joined the
client says, and ours does not name those that are muted."""

VERSION_KEPT = {(1, 0), (1, 1), (79, 0), (80, 0)}
"""Steps after which there is the version of a device that unregistered without having been registered."""
REFUSED_HERE = {(7, 2), (7, 3), (72, 0), (73, 0), (74, 0)}
"""Steps after which a registration is not there which the reference has taken."""
NOT_TAKEN = {(6, number) for number in (31, 33, 35, 36)}
"""Requests which the gateway did not accept: their ids are not remembered, unlike in the reference."""


def received(step: Mapping[str, Any]) -> ApplicationMessage:
    signer = PublicKey.from_bytes(unhex(step["envelope_signer"]))
    return unwrap(unhex(step["wrapped"]), transport_signer=signer)


def said(answer: Answer | None) -> object:
    """What an answer says, in the words of the table above."""
    if answer is None:
        return UNANSWERED
    message = unwrap(answer.wrapped, transport_signer=SERVER.public_key)
    assert message.author == SERVER.public_key
    if message.type == PayloadType.PUSH_NOTIFICATION_REGISTRATION_RESPONSE:
        response = PushNotificationRegistrationResponse.decode(message.payload)
        return "registered" if response.success else RegistrationError(response.error)
    assert message.type == PayloadType.PUSH_NOTIFICATION_RESPONSE
    reports = PushNotificationResponse.decode(message.payload).reports
    return [(report.success, report.error) for report in reports]


def infos(wrapped: bytes) -> tuple[set[bytes], bytes, bool]:
    message = unwrap(wrapped, transport_signer=SERVER.public_key)
    response = PushNotificationQueryResponse.decode(message.payload)
    return {info.encode() for info in response.info}, response.message_id, response.success


class Play:
    """A server that plays the steps of a case."""

    def __init__(self, registrations: RegistrationsInMemory) -> None:
        self.registrations = registrations
        self.gateway = RecordingGateway()
        self.clock = count(1_600_000_000, 600)
        self.not_taken: set[bytes] = set()
        self.start()

    def start(self) -> None:
        self.server = PushServer(SERVER, self.registrations, self.gateway, next(self.clock))

    async def step(self, number: int, place: int, step: Mapping[str, Any]) -> None:
        if step["op"] == "restart":
            self.start()
            joined = [key_hash async for key_hash in self.registrations.key_hashes()]
            self.check_joined(joined, step)
            return
        self.gateway.bodies.clear()
        self.gateway.fails = step.get("gorush") not in (None, "ok")
        try:
            message = received(step)
        except RemoteError:
            assert step["response"] is None
            return
        if "message_id" in step:  # an unsigned one has none there
            assert message.id == unhex(step["message_id"])
        assert message.author.hex == step["treated_as_from"]
        answer = await self.server.receive(message, next(self.clock))
        ours = OURS.get((number, place))
        if ours is not None:
            assert said(answer) == ours, step["name"]
        else:
            self.check_as_reference(answer, step)
            self.check_calls(step)
        self.check_stored(number, place, step)

    def check_as_reference(self, answer: Answer | None, step: Mapping[str, Any]) -> None:
        expected = step["response"]
        if expected is None:
            assert answer is None
            return
        assert answer is not None
        assert answer.to.hex == expected["to"]
        if len((expected["fields"] or {}).get("info", ())) > 1:
            assert infos(answer.wrapped) == infos(unhex(expected["wrapped"]))
        else:
            assert answer.wrapped == unhex(expected["wrapped"])
        self.check_joined([answer.joined] if answer.joined else [], step)

    def check_joined(self, joined: list[bytes], step: Mapping[str, Any]) -> None:
        assert sorted(map(query_topic_name, joined)) == sorted(topic["name"] for topic in step["joined"])

    def check_calls(self, step: Mapping[str, Any]) -> None:
        if step.get("gorush") in (None, "ok"):
            bodies = [json.loads(call["body"]) for call in step["gorush_calls"]]
            assert [json.loads(body) for body in self.gateway.bodies] == bodies

    def check_stored(self, number: int, place: int, step: Mapping[str, Any]) -> None:
        stored = {
            (row.key_hash, row.installation_id, row.version): row.registration
            for row in self.registrations.rows.values()
        }
        expected = {
            (unhex(row["hashed_public_key"]), row["installation_id"], row["version"]): row["registration"]
            for row in step["registrations_after"]
        }
        if (number, place) in VERSION_KEPT:
            assert list(stored.values()) == [None]
        elif (number, place) in REFUSED_HERE:
            assert stored.keys() < expected.keys()
        else:
            assert stored.keys() == expected.keys()
            for row, registration in stored.items():
                assert _parsed(registration) == _parsed(expected[row] and unhex(expected[row]))
        if (number, place) in NOT_TAKEN:
            self.not_taken.add(unhex(step["message_id"]))
        elif "message_id" in step:
            self.not_taken.discard(unhex(step["message_id"]))
        seen = {unhex(one) for one in step["requests_seen_after"]}
        assert self.registrations.requests.keys() == seen - self.not_taken


def _parsed(registration: bytes | None) -> push_service_pb2.PushNotificationRegistration | None:
    if registration is None:
        return None
    return push_service_pb2.PushNotificationRegistration.FromString(registration)


@pytest.mark.requirement("PN-5", "PN-6", "PN-16")
@pytest.mark.parametrize("case", cases("push_server", "registration", "sequence"), ids=case_id)
async def test_steps(case: Case) -> None:
    play = Play(RegistrationsInMemory())
    for place, step in enumerate(case["steps"]):
        await play.step(case["id"], place, step)


@pytest.mark.requirement("PN-25")
def test_filter_matrix() -> None:
    """Types from 3 on (reference_fault: they pass every filter) are not known here, so no filter is asked."""
    (matrix,) = cases("push_server", "filter_matrix")
    chat, author, elsewhere = b"chat", b"author", b"elsewhere"
    for row in matrix["rows"]:
        if row["type"] not in (NotificationType.MESSAGE, NotificationType.MENTION):
            assert row["type"] not in KNOWN_TYPES
            continue
        blocked = (*((chat,) if row["chat_blocked"] else ()), *((author,) if row["author_blocked"] else ()))
        told = PushNotificationRegistration(
            blocked_chat_list=blocked,
            block_mentions=row["block_mentions"],
            allowed_mentions_chat_list=(chat,) if row["chat_in_allowed_mentions"] else (elsewhere,),
        )
        wanted = is_wanted(PushNotification(chat_id=chat, author=author, type=row["type"]), told)
        assert (wanted and not row["wrong_token"]) == row["sent"], row
