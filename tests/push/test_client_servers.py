"""push_client.json, 0, 3 and 7: when servers are tried, and what their answers change."""

from collections.abc import Mapping

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.payloads.wrapper import unwrap
from pystatus.push.client.servers import (
    DEFAULT_SERVERS,
    MAX_MISMATCHES,
    KnownServer,
    Outcome,
    anew,
    answered,
    chosen,
    tried,
)
from pystatus.push.hashing import shake256
from pystatus.push.messages import PushNotificationRegistrationResponse, RegistrationError
from tests.push.people import NOW, SERVER, random
from tests.support.vectors import Case, cases, unhex

FINAL = (RegistrationError.MALFORMED_MESSAGE, RegistrationError.UNSUPPORTED_TOKEN_TYPE)


def sequence(number: int) -> Case:
    (case,) = [one for one in cases("push_client", "sequence") if one["id"] == number]
    return case


def states(servers: Mapping[str, KnownServer]) -> dict[str, tuple[int, float]]:
    return {key: (one.tries, one.last_try) for key, one in servers.items()}


def test_servers_that_do_not_answer_are_tried_twelve_times() -> None:
    """Case 7: at the times of the reference, also when nothing could be sent."""
    servers: dict[str, KnownServer] = {}
    for step in sequence(7)["steps"]:
        now = float(step["now"])
        if step["op"] == "add_server":
            servers[step["server"]] = KnownServer(PublicKey.from_bytes(unhex(step["server"])))
        elif step["op"] in ("register", "reregister"):
            servers = {key: anew(one, now) for key, one in servers.items()}
        elif step["op"] == "registration_loop":
            sent = []
            for wait in [0, *step.get("loop_waits_seconds", ())][: step["passes"]] or [0]:
                now += wait
                for key, one in servers.items():
                    if one.due is not None and one.due <= now:
                        servers[key] = tried(one, b"sealed", now)
                        sent.append(key)
            assert sent == [one["to"] for one in step["sent"]], step["name"]
        expected = {row["public_key"]: row for row in step["after"].get("servers", ())}
        if expected:
            assert states(servers) == {
                key: (row["retry_count"], row["last_retried_at"]) for key, row in expected.items()
            }, step["name"]


def answers() -> list[tuple[PublicKey, PushNotificationRegistrationResponse, bool]]:
    """Those of case 0, in their order, without that of somebody who is no server of ours."""
    found = []
    for step in sequence(0)["steps"]:
        if step["op"] == "receive" and "stranger" not in step["name"]:
            signer = PublicKey.from_bytes(unhex(step["received"]["signer"]))
            message = unwrap(unhex(step["received"]["wrapped"]), transport_signer=signer)
            response = PushNotificationRegistrationResponse.decode(message.payload)
            found.append((signer, response, bool(step.get("reference_fault"))))
    return found


ANSWERS = answers()


def sent_to(server: PublicKey) -> KnownServer:
    """The server after the first pass of case 0."""
    (loop, *_) = [step for step in sequence(0)["steps"] if step["op"] == "registration_loop"]
    (sent,) = [one for one in loop["sent"] if one["to"] == server.hex]
    return tried(KnownServer(server), unhex(sent["payload"]), loop["now"])


@pytest.mark.requirement("PN-8")
@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_answers_of_a_server(number: int) -> None:
    """Case 0, each answer alone. The reference only logs failures; push-notifications.md §5 says what they are worth.
    reference_fault: there an answer to something else counts as well."""
    signer, response, is_fault = ANSWERS[number]
    server = sent_to(signer)

    after, outcome = answered(server, response, NOW)

    if is_fault:
        assert outcome is Outcome.IGNORED
    elif response.success:
        assert outcome is Outcome.REGISTERED
        assert (after.registered_at, after.due) == (NOW, None)
    elif response.error in FINAL:
        assert outcome is Outcome.GIVEN_UP
        assert after.due is None
    elif response.error == RegistrationError.VERSION_MISMATCH:
        assert outcome is Outcome.REGISTER_ANEW
    else:
        assert outcome is Outcome.WAIT
        assert after.due == server.due


def asked() -> KnownServer:
    return tried(KnownServer(SERVER.public_key), b"sealed", NOW)


def failure(error: RegistrationError) -> PushNotificationRegistrationResponse:
    return PushNotificationRegistrationResponse(error=error, request_id=shake256(b"sealed"))


def test_an_answer_to_any_copy_of_the_present_registration_counts() -> None:
    server = asked()
    server = tried(server, b"sealed again", NOW + 30)
    for sealed in (b"sealed", b"sealed again"):
        response = PushNotificationRegistrationResponse(success=True, request_id=shake256(sealed))
        assert answered(server, response, NOW)[1] is Outcome.REGISTERED
    assert answered(anew(server, NOW), response, NOW)[1] is Outcome.IGNORED


def test_a_failure_after_success_changes_nothing() -> None:
    server = asked()
    success = PushNotificationRegistrationResponse(success=True, request_id=shake256(b"sealed"))
    server, _ = answered(server, success, NOW)
    for error in RegistrationError:
        assert answered(server, failure(error), NOW) == (server, Outcome.IGNORED)


def test_a_server_that_always_knows_our_version_does_not_keep_us_registering() -> None:
    server = asked()
    outcomes = []
    for _ in range(MAX_MISMATCHES + 1):
        server, outcome = answered(server, failure(RegistrationError.VERSION_MISMATCH), NOW)
        outcomes.append(outcome)
        server = tried(anew(server, NOW), b"sealed", NOW) if outcome is Outcome.REGISTER_ANEW else server
    assert outcomes == [*[Outcome.REGISTER_ANEW] * MAX_MISMATCHES, Outcome.GIVEN_UP]
    assert server.due is None


def test_three_of_the_fleets_servers_are_chosen_by_lot() -> None:
    """Case 3 has five, case 4 two."""
    fleet = [PrivateKey(bytes([number]) * 32).public_key for number in range(1, 6)]
    choices = {frozenset(one.key for one in chosen(fleet, random)) for _ in range(50)}
    assert {len(choice) for choice in choices} == {DEFAULT_SERVERS}
    assert len(choices) > 1
    assert {one.key for one in chosen(fleet[:2], random)} == set(fleet[:2])
    assert all(one.is_default and one.due == 0 for one in chosen(fleet, random))
