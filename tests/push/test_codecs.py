"""push.json: hashes, grants, sealed tokens and registrations, and the bytes of every message."""

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.push.grants import grant, is_granted
from pystatus.push.hashing import hash_of_key, query_topic_name, shake256
from pystatus.push.messages import (
    PushNotificationQuery,
    PushNotificationQueryResponse,
    PushNotificationRegistration,
    PushNotificationRequest,
    PushNotificationResponse,
)
from pystatus.push.pair_sealing import seal, unseal
from pystatus.transport.topics import topic
from tests.payloads.support import build
from tests.support.vectors import Case, case_id, cases, unhex

REGISTRATIONS = cases("push", "registration")


def key(text: str) -> PrivateKey:
    return PrivateKey(unhex(text))


@pytest.mark.requirement("PN-8")
@pytest.mark.parametrize("case", cases("push", "shake256"), ids=case_id)
def test_shake256(case: Case) -> None:
    assert shake256(unhex(case["input"])) == unhex(case["output"])


@pytest.mark.requirement("PN-10")
@pytest.mark.parametrize("case", cases("push", "query_topic"), ids=case_id)
def test_query_topic(case: Case) -> None:
    name = query_topic_name(hash_of_key(PublicKey.from_bytes(unhex(case["public_key"]))))

    assert name == case["topic_input"]
    assert topic(name) == unhex(case["topic"])


@pytest.mark.requirement("PN-11")
@pytest.mark.parametrize("case", cases("push", "grant"), ids=case_id)
def test_grant(case: Case) -> None:
    person = key(case["client_private_key"])
    server = PublicKey.from_bytes(unhex(case["server_public_key"]))
    token, signature = case["access_token"], unhex(case["grant"])

    assert grant(person, server, token) == signature
    assert is_granted(signature, person.public_key, server, token)
    assert not is_granted(signature, server, server, token)
    assert not is_granted(signature, person.public_key, person.public_key, token)
    assert not is_granted(signature, person.public_key, server, token + token)
    assert not is_granted(signature[:-1], person.public_key, server, token)


@pytest.mark.parametrize("case", cases("push", "allowed_key"), ids=case_id)
def test_token_for_a_contact(case: Case) -> None:
    person, contact = key(case["client_private_key"]), key(case["contact_private_key"])
    sealed = unhex(case["encrypted_token"])

    assert unseal(contact, person.public_key, sealed).decode() == case["token"]
    assert seal(person, contact.public_key, case["token"].encode(), lambda n: sealed[:n]) == sealed


@pytest.mark.parametrize("case", REGISTRATIONS, ids=case_id)
def test_sealed_registration(case: Case) -> None:
    client, server = key(case["client_private_key"]), key(case["server_private_key"])
    sealed, plain = unhex(case["encrypted"]), unhex(case["plaintext"])

    registration = PushNotificationRegistration.decode(unseal(server, client.public_key, sealed))

    assert registration == build(PushNotificationRegistration, case["fields"])
    assert registration.encode() == plain
    assert seal(client, server.public_key, plain, lambda n: sealed[:n]) == sealed
    assert shake256(sealed) == unhex(case["request_id"])


@pytest.mark.requirement("PN-4")
def test_what_does_not_open() -> None:
    case = REGISTRATIONS[0]
    client, server = key(case["client_private_key"]), key(case["server_private_key"])
    sealed = unhex(case["encrypted"])

    for damaged in (sealed[:11], sealed[:12], sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b""):
        with pytest.raises(RemoteError):
            unseal(server, client.public_key, damaged)
    with pytest.raises(RemoteError):
        unseal(server, server.public_key, sealed)


def test_query() -> None:
    (case,) = cases("push", "query")
    query = PushNotificationQuery(tuple(map(unhex, case["public_keys"])))
    assert query.encode() == unhex(case["query_protobuf"])

    response = PushNotificationQueryResponse.decode(unhex(case["response_protobuf"]))
    assert response.encode() == unhex(case["response_protobuf"])
    assert response.message_id == unhex(case["response"]["message_id"])
    assert [info.access_token for info in response.info] == [one["access_token"] for one in case["response"]["info"]]


@pytest.mark.parametrize("case", cases("push", "request"), ids=case_id)
def test_request(case: Case) -> None:
    request = PushNotificationRequest.decode(unhex(case["request_protobuf"]))
    assert request.encode() == unhex(case["request_protobuf"])
    assert request.message_id == unhex(case["fields"]["message_id"])
    (entry,) = request.requests
    assert entry.type == case["fields"]["type"]
    assert entry.author == unhex(case["fields"]["author"])

    response = PushNotificationResponse.decode(unhex(case["response_protobuf"]))
    assert response.encode() == unhex(case["response_protobuf"])
    (report,) = response.reports
    assert (report.success, report.error) == (case["report"]["success"], case["report"]["error"])


def test_tokens_are_shown_nowhere() -> None:
    case = REGISTRATIONS[0]
    registration = PushNotificationRegistration.decode(unhex(case["plaintext"]))
    request = PushNotificationRequest.decode(unhex(cases("push", "request")[0]["request_protobuf"]))
    response = PushNotificationQueryResponse.decode(unhex(cases("push", "query")[0]["response_protobuf"]))

    assert registration.access_token
    for shown in (repr(registration), repr(request), repr(response)):
        assert registration.access_token not in shown
        assert registration.device_token not in shown
