"""What a push notification server does for people, and for those who are up to something."""

import asyncio
import json
from dataclasses import replace

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import unwrap
from pystatus.push.grants import grant
from pystatus.push.hashing import hash_of_author, hash_of_chat, hash_of_key, shake256
from pystatus.push.messages import (
    NotificationType,
    PushNotificationQuery,
    PushNotificationRegistrationResponse,
    RegistrationError,
    ReportError,
    TokenType,
)
from pystatus.push.pair_sealing import seal
from pystatus.push.server import server
from pystatus.push.server.counting import Allowance, Counts
from pystatus.push.server.limits import MAX_QUERIED, MAX_REGISTRATION, Rate, ServerLimits
from pystatus.transport.channels import partitioned
from tests.push.memory import RegistrationsInMemory
from tests.push.people import (
    ALICE,
    BOB,
    MALLORY,
    NOW,
    SERVER,
    Conversation,
    notification,
    random,
    registration,
    uuid,
)

MALFORMED = RegistrationError.MALFORMED_MESSAGE


def stranger(number: int) -> PrivateKey:
    return PrivateKey(number.to_bytes(32, "big"))


# People


@pytest.mark.requirement("PN-7", "PN-8", "PN-10")
async def test_a_device_registers_and_is_told_so() -> None:
    talk = Conversation()
    sealed = seal(ALICE, SERVER.public_key, registration().encode(), random)

    answer = await talk.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, sealed, ALICE)

    assert answer is not None
    assert answer.to == ALICE.public_key
    assert answer.channel == partitioned(ALICE.public_key)
    assert answer.joined == hash_of_key(ALICE.public_key)
    message = unwrap(answer.wrapped, transport_signer=SERVER.public_key)
    assert message.type == PayloadType.PUSH_NOTIFICATION_REGISTRATION_RESPONSE
    response = PushNotificationRegistrationResponse.decode(message.payload)
    assert response == PushNotificationRegistrationResponse(success=True, request_id=shake256(sealed))


@pytest.mark.requirement("PN-17")
async def test_others_learn_the_token_or_what_contacts_can_read_it_from() -> None:
    talk = Conversation()
    listed = (seal(ALICE, BOB.public_key, uuid(100).encode(), random),)
    await talk.register(registration(allowed_key_list=listed))
    (info,) = await talk.query(ALICE) or ()
    assert (info.access_token, info.allowed_key_list) == (uuid(100), ())

    await talk.register(registration(version=2, allow_from_contacts_only=True, allowed_key_list=listed))
    (info,) = await talk.query(ALICE) or ()
    assert (info.access_token, info.allowed_key_list) == ("", listed)
    assert info.grant == grant(ALICE, SERVER.public_key, uuid(100))


@pytest.mark.requirement("PN-16")
async def test_of_those_who_are_not_registered_the_server_says_nothing() -> None:
    talk = Conversation()
    await talk.register(registration())

    assert await talk.query(BOB) is None
    await talk.register(registration(version=2, unregister=True))
    assert await talk.query(ALICE) is None


@pytest.mark.requirement("PN-13")
async def test_of_a_device_that_unregisters_only_the_version_is_kept() -> None:
    talk = Conversation()
    await talk.register(registration(version=3))

    assert await talk.register(registration(version=4, unregister=True)) is None

    assert isinstance(talk.registrations, RegistrationsInMemory)
    (row,) = talk.registrations.rows.values()
    assert (row.key_hash, row.version, row.registration) == (hash_of_key(ALICE.public_key), 4, None)
    (report,) = await talk.request(notification()) or ()
    assert report.error == ReportError.NOT_REGISTERED
    assert await talk.register(registration(version=3)) is RegistrationError.VERSION_MISMATCH
    assert await talk.register(registration(version=5)) is None


@pytest.mark.requirement("PN-23")
async def test_the_gateway_is_called_and_each_entry_reported() -> None:
    talk = Conversation()
    await talk.register(registration())
    await talk.register(
        registration(token_type=TokenType.APN, apn_topic="app", device_token="pad", installation_id=uuid(2))
    )

    reports = await talk.request(
        notification(),
        notification(access_token=uuid(5)),
        notification(installation_id=uuid(2)),
        notification(installation_id=uuid(9)),
    )

    assert reports is not None
    assert [report.error for report in reports] == [0, ReportError.WRONG_TOKEN, 0, ReportError.NOT_REGISTERED]
    (body,) = talk.gateway.bodies
    sent = json.loads(body)["notifications"]
    assert [(one["tokens"], one["platform"], one["topic"]) for one in sent] == [(["phone"], 2, ""), (["pad"], 1, "app")]


@pytest.mark.requirement("PN-25")
async def test_what_a_device_does_not_want_looks_like_success() -> None:
    talk = Conversation()
    muted, joined = hash_of_chat("muted"), hash_of_chat("joined")
    await talk.register(
        registration(
            blocked_chat_list=(muted, hash_of_author(MALLORY.public_key)), allowed_mentions_chat_list=(joined,)
        )
    )
    mention = notification(type=NotificationType.MENTION)

    unwanted = [
        notification(chat_id=muted),
        notification(author=hash_of_author(MALLORY.public_key)),
        replace(mention, chat_id=hash_of_chat("elsewhere")),
        replace(mention, chat_id=joined, author=hash_of_author(MALLORY.public_key)),
    ]
    reports = await talk.request(*unwanted)
    assert reports is not None
    assert [(one.success, one.error) for one in reports] == [(True, 0)] * len(unwanted)
    assert talk.gateway.bodies == []

    await talk.request(replace(mention, chat_id=joined), message_id=b"n" * 32)
    (body,) = talk.gateway.bodies
    assert json.loads(body)["notifications"][0]["message"] == "Someone mentioned you"


async def test_a_request_that_the_gateway_did_not_take_can_be_repeated_once() -> None:
    talk = Conversation()
    await talk.register(registration())
    talk.gateway.fails = True
    assert await talk.request(notification()) is None

    talk.gateway.fails = False
    assert await talk.request(notification()) is not None
    assert await talk.request(notification()) is None
    assert len(talk.gateway.bodies) == 1
    assert talk.server.counters["gateway failures"] == talk.server.counters["repeated requests"] == 1


async def test_a_request_that_comes_twice_at_once_notifies_once() -> None:
    talk = Conversation()
    await talk.register(registration())
    asked, may_answer = asyncio.Event(), asyncio.Event()
    notify = talk.gateway.notify

    async def slowly(body: bytes) -> None:
        asked.set()
        await may_answer.wait()
        await notify(body)

    talk.gateway.notify = slowly  # type: ignore[method-assign]
    first = asyncio.create_task(talk.request(notification()))
    await asked.wait()
    assert await talk.request(notification()) is None
    may_answer.set()
    assert await first is not None
    assert len(talk.gateway.bodies) == 1


@pytest.mark.requirement("PN-6")
async def test_a_database_that_fails_is_an_internal_error_and_nothing_is_registered() -> None:
    stored = RegistrationsInMemory()
    talk = Conversation(stored)
    stored.is_broken = True
    assert await talk.register(registration()) is RegistrationError.INTERNAL_ERROR

    stored.is_broken = False
    assert await talk.register(registration()) is None


async def test_other_types_of_payload_are_none_of_its_business() -> None:
    talk = Conversation()
    for kind in set(PayloadType) - {16, 18, 20}:
        assert await talk.say(kind, b"", ALICE) is None
    assert not talk.server.counters


# Those who are up to something


@pytest.mark.requirement("PN-4")
async def test_a_stranger_unregisters_nobody() -> None:
    talk = Conversation()
    await talk.register(registration())
    unregister = registration(version=9, unregister=True)
    by_mallory = seal(MALLORY, SERVER.public_key, unregister.encode(), random)

    # Under her own name she unregisters a device of her own; under another she cannot sign.
    await talk.register(unregister, owner=MALLORY)
    # What Alice has sealed, signed by somebody else, is nobody's, and is not answered.
    by_alice = seal(ALICE, SERVER.public_key, unregister.encode(), random)
    assert await talk.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, by_alice, MALLORY) is None
    assert await talk.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, by_mallory, BOB) is None

    assert await talk.query(ALICE) is not None


@pytest.mark.requirement("PN-5", "PN-11")
async def test_nobody_registers_a_device_with_the_grant_of_somebody_else() -> None:
    talk = Conversation()
    granted = grant(ALICE, SERVER.public_key, uuid(100))
    assert await talk.register(registration(grant=granted), owner=MALLORY) is MALFORMED

    elsewhere = grant(ALICE, MALLORY.public_key, uuid(100))
    assert await talk.register(registration(grant=elsewhere)) is MALFORMED


@pytest.mark.requirement("PN-5")
async def test_an_old_registration_is_not_taken_again() -> None:
    talk = Conversation()
    for version in (5, 9):
        assert await talk.register(registration(version=version)) is None
    for version in (5, 9):
        assert await talk.register(registration(version=version)) is RegistrationError.VERSION_MISMATCH


@pytest.mark.requirement("PN-6")
async def test_of_an_old_registration_the_version_is_said_to_be_wrong_before_all_else() -> None:
    talk = Conversation()
    await talk.register(registration(version=5))
    assert await talk.register(registration(version=5, grant=b"")) is RegistrationError.VERSION_MISMATCH


async def test_an_older_registration_that_comes_after_unregistering_is_refused() -> None:
    talk = Conversation()
    await talk.register(registration(version=10, unregister=True))
    assert await talk.register(registration(version=9)) is RegistrationError.VERSION_MISMATCH
    assert await talk.query(ALICE) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"device_token": ""},
        {"device_token": "x" * 5_000},
        {"apn_topic": "x" * 5_000},
        {"token_type": TokenType.APN, "apn_topic": ""},
        {"access_token": "let me in"},
        {"installation_id": "phone"},
        {"version": 0},
        {"version": 2**63},
        {"grant": b""},
    ],
    ids=str,
)
@pytest.mark.requirement("PN-5")
async def test_a_registration_without_all_that_it_needs_is_malformed(changes: dict[str, object]) -> None:
    talk = Conversation()
    assert await talk.register(registration(**changes)) is MALFORMED
    assert await talk.query(ALICE) is None


@pytest.mark.requirement("PN-6")
@pytest.mark.parametrize("kind", [0, 3, -1, 2**31 - 1])
async def test_an_unknown_type_of_token_has_an_error_of_its_own(kind: int) -> None:
    assert await Conversation().register(registration(token_type=kind)) is RegistrationError.UNSUPPORTED_TOKEN_TYPE


@pytest.mark.parametrize("kind", [0, 3, 4, -1, 2**31 - 1])
async def test_a_type_number_does_not_pass_the_filters(kind: int) -> None:
    talk = Conversation()
    await talk.register(registration())
    assert await talk.request(notification(type=kind)) == ()
    assert talk.gateway.bodies == []


async def test_who_asks_for_a_million_keys_is_not_answered() -> None:
    talk = Conversation()
    await talk.register(registration())
    others = [stranger(n + 1) for n in range(MAX_QUERIED)]
    assert await talk.query(ALICE, *others[1:]) is not None
    assert await talk.query(ALICE, *others, by=MALLORY) is None

    million = PushNotificationQuery((hash_of_key(ALICE.public_key),) * 4_097)
    assert await talk.say(PayloadType.PUSH_NOTIFICATION_QUERY, million.encode(), MALLORY) is None
    assert talk.server.counters["malformed"] == 2


async def test_an_answer_fits_an_envelope() -> None:
    talk = Conversation()
    lists = tuple(bytes([n % 256]) * 64 for n in range(3_900))
    for number in range(5):
        told = registration(installation_id=uuid(number), allow_from_contacts_only=True, allowed_key_list=lists)
        assert await talk.register(told) is None
    infos = await talk.query(ALICE) or ()
    assert [info.installation_id for info in infos] == [uuid(4), uuid(3), uuid(2)]
    assert sum(len(info.encode()) for info in infos) < 1_000_000


async def test_a_giant_registration_is_not_opened() -> None:
    talk = Conversation()
    giant = registration(device_token="x" * MAX_REGISTRATION)
    sealed = seal(ALICE, SERVER.public_key, giant.encode(), random)
    assert await talk.say(PayloadType.PUSH_NOTIFICATION_REGISTRATION, sealed, ALICE) is None


async def test_a_device_is_not_notified_without_end_and_nobody_is_told() -> None:
    talk = Conversation(limits=ServerLimits(notifications_of_device=Rate(3, 0.1)))
    await talk.register(registration())
    for number in range(5):  # each from another key: keys cost nothing
        reports = await talk.request(notification(), by=stranger(number + 1), message_id=bytes([number]) * 32)
        assert reports is not None
        assert reports[0].success
    assert len(talk.gateway.bodies) == 3

    talk.now += 10
    await talk.request(notification(), by=stranger(9), message_id=b"9" * 32)
    assert len(talk.gateway.bodies) == 4


async def test_one_sender_does_not_use_up_what_is_there_for_all() -> None:
    talk = Conversation(limits=ServerLimits(queries_of_one=Rate(2, 1), queries=Rate(4, 1)))
    await talk.register(registration())
    answers = [await talk.query(ALICE, by=MALLORY) for _ in range(10)]
    assert [answer is not None for answer in answers] == [True, True, *[False] * 8]

    assert await talk.query(ALICE, by=BOB) is not None
    assert talk.server.counters["limited"] == 8


def test_senders_are_forgotten_in_the_order_of_their_last_use() -> None:
    counts = Counts(Rate(1, 0.001), most=2)
    assert [counts.take(who, NOW) for who in ("a", "b", "a")] == [True, True, False]
    assert counts.take("c", NOW)  # b is forgotten
    assert not counts.take("a", NOW)
    assert len(counts) == 2


def test_forgetting_senders_gives_them_no_more_than_all_have_together() -> None:
    allowance = Allowance(Rate(1, 1), Rate(5, 1), most=2, now=NOW)
    assert sum(allowance.take(number, NOW) for number in range(1_000)) == 5


async def test_more_than_so_many_requests_do_not_wait_for_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_UNDER_WAY", 2)
    talk = Conversation()
    await talk.register(registration())
    may_answer = asyncio.Event()

    async def hang(body: bytes) -> None:
        await may_answer.wait()

    talk.gateway.notify = hang  # type: ignore[method-assign]
    waiting = [asyncio.create_task(talk.request(notification(), message_id=bytes([n]) * 32)) for n in range(3)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert [task.done() and task.result() is None for task in waiting] == [False, False, True]

    may_answer.set()
    assert all(await asyncio.gather(*waiting[:2]))
    assert await talk.request(notification(), message_id=bytes([2]) * 32) is not None


async def test_the_server_keeps_nothing_of_those_who_ask() -> None:
    stored = RegistrationsInMemory()
    talk = Conversation(stored)
    await talk.register(registration())
    for number in range(20):
        await talk.query(ALICE, by=stranger(number + 1))
    assert len(stored.rows) == 1
    assert not stored.requests


def test_nothing_shows_a_token() -> None:
    shown = repr(registration()) + repr(notification())
    assert uuid(100) not in shown
    assert "phone" not in shown
