"""push_client.json, 8 to 42: what is believed of others' devices, and when something is tried again."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import RemoteError
from pystatus.payloads.contacts import ContactCodeAdvertisement, PushNotificationQueryInfo
from pystatus.payloads.kinds import PayloadType
from pystatus.payloads.wrapper import ApplicationMessage, unwrap
from pystatus.push.client.learning import MAX_DEVICES, MAX_SERVERS, Info, Learner
from pystatus.push.client.retrying import NOTIFICATIONS, REGISTRATIONS, STALE_SECONDS, BackOff
from pystatus.push.grants import grant
from pystatus.push.hashing import hash_of_key
from pystatus.push.messages import PushNotificationQueryResponse
from pystatus.push.pair_sealing import seal
from tests.push.people import ALICE, BOB, MALLORY, NOW, SERVER, random, uuid
from tests.support.vectors import Case, case_id, cases, load, unhex

ME = PrivateKey(unhex(load("push_client")["people"]["me"]["private_key"]))

ADVERTISEMENTS = [case for case in cases("push_client", "sequence") if case["name"].startswith("advertisement: ")]
REFUSED_HERE = {31, 32, 33, 34}
"""reference_fault: tokens and devices that are no UUIDs are taken there. Ours refuses them: servers do, too."""


class InfosInMemory:
    """Implements the port of :mod:`pystatus.push.client.learning`."""

    def __init__(self) -> None:
        self._infos: dict[PublicKey, Sequence[Info]] = {}
        self.asked: list[tuple[PublicKey, float]] = []

    def infos(self, person: PublicKey) -> Sequence[Info]:
        return self._infos.get(person, ())

    def save_infos(self, person: PublicKey, infos: Sequence[Info]) -> None:
        self._infos[person] = infos

    def asked_at(self, person: PublicKey) -> float | None:
        return max((at for who, at in self.asked if who == person), default=None)

    def save_asked(self, person: PublicKey, now: float) -> None:
        self.asked.append((person, now))

    def all(self) -> set[tuple[str, str, str, str, int, float]]:
        return {
            (one.person.hex, one.server.hex, one.installation_id, one.access_token, one.version, one.retrieved_at)
            for infos in self._infos.values()
            for one in infos
        }


def rows(infos: Sequence[Mapping[str, Any]]) -> set[tuple[str, str, str, str, int, float]]:
    names = ("public_key", "server_public_key", "installation_id", "access_token", "version", "retrieved_at")
    return {tuple(row[name] for name in names) for row in infos}


def received(step: Mapping[str, Any]) -> ApplicationMessage:
    signer = PublicKey.from_bytes(unhex(step["received"]["signer"]))
    return unwrap(unhex(step["received"]["wrapped"]), transport_signer=signer)


@pytest.mark.parametrize("case", ADVERTISEMENTS, ids=case_id)
def test_advertisements(case: Case) -> None:
    """Three decisions of ours, all where the reference is at fault: an advertisement without infos counts as no answer
    (14, and its last step in 40); one info that is refused does not end the advertisement (20); one with ninety servers
    is none (39). And see :data:`REFUSED_HERE`."""
    tables = InfosInMemory()
    learner = Learner(ME, tables)
    expected: set[tuple[str, str, str, str, int, float]] = set()
    for step in case["steps"]:
        if step["op"] != "receive":
            continue
        message = received(step)
        if case["id"] == 39:
            with pytest.raises(RemoteError, match="90 entries"):
                ContactCodeAdvertisement.decode(message.payload)
            continue
        infos = ContactCodeAdvertisement.decode(message.payload).push_notification_info
        before = len(tables.asked)

        refused = learner.advertised(message.author, infos, step["now"])

        if "infos" in step["after"]:
            expected = rows(step["after"]["infos"])
        was_noted = len(tables.asked) > before
        if case["id"] in REFUSED_HERE:
            assert refused == 1
            assert tables.all() == set()
            assert not was_noted
        elif case["id"] == 20:
            ((person, *_),) = tables.all()
            assert refused == 1
            assert (person, was_noted) == (message.author.hex, False)
        else:
            assert tables.all() == expected, step["name"]
            assert was_noted == ("queries" in step["after"] and bool(infos))
            assert bool(refused) == (step["error_text"] is not None)


def test_answers_to_queries() -> None:
    """Case 41. reference_fault: ``success`` is not looked at; ours takes nothing from such an answer."""
    (case,) = [one for one in cases("push_client", "sequence") if one["id"] == 41]
    tables = InfosInMemory()
    learner = Learner(ME, tables)
    queries: dict[bytes, PublicKey] = {}
    for step in case["steps"]:
        for query in step.get("after", {}).get("queries", ()):
            if query["query_id"]:
                queries[unhex(query["query_id"])] = PublicKey.from_bytes(unhex(query["public_key"]))
        if step["op"] != "receive":
            continue
        message = received(step)
        assert message.type == PayloadType.PUSH_NOTIFICATION_QUERY_RESPONSE
        response = PushNotificationQueryResponse.decode(message.payload)
        person = queries.get(response.message_id)
        before = tables.all()
        if person is not None:
            learner.answered(person, message.author, response.info, step["now"], success=response.success)
        if step.get("reference_fault"):
            assert tables.all() == before
        elif "infos" in step["after"]:
            assert tables.all() == rows(step["after"]["infos"]), step["name"]
        else:
            assert tables.all() == before, step["name"]


@pytest.mark.parametrize("case", cases("push_client", "retry_table"), ids=case_id)
def test_retries(case: Case) -> None:
    back_off: BackOff = REGISTRATIONS if case["name"] == "registration" else NOTIFICATIONS
    for row in case["rows"]:
        due = back_off.due(row["last"], row["retry_count"])
        assert due == (row["due"] if row["tried"] else None), row


def test_somebody_is_asked_for_again_after_more_than_a_day() -> None:
    tables = InfosInMemory()
    learner = Learner(ALICE, tables)
    assert learner.is_query_due(BOB.public_key, NOW)

    learner.advertised(BOB.public_key, [info()], NOW)
    due = [learner.is_query_due(BOB.public_key, NOW + later) for later in (0, STALE_SECONDS, STALE_SECONDS + 1, -1)]
    assert due == [False, False, True, True]
    assert learner.is_query_due(MALLORY.public_key, NOW)


def info(
    *,
    person: PrivateKey = BOB,
    server: PrivateKey = SERVER,
    device: int = 1,
    version: int = 1,
    token: str = uuid(100),
    sealed: tuple[bytes, ...] = (),
) -> PushNotificationQueryInfo:
    return PushNotificationQueryInfo(
        access_token="" if sealed else token,
        installation_id=uuid(device),
        public_key=hash_of_key(person.public_key),
        allowed_key_list=sealed,
        grant=grant(person, server.public_key, token),
        version=version,
        server_public_key=server.public_key.compressed,
    )


def test_only_who_is_on_the_list_learns_the_token() -> None:
    listed = (seal(BOB, ALICE.public_key, uuid(100).encode(), random),)
    told = {}
    for person in (ALICE, MALLORY):
        tables = InfosInMemory()
        assert Learner(person, tables).advertised(BOB.public_key, [info(sealed=listed)], NOW) == 0
        told[person] = [one.access_token for one in tables.infos(BOB.public_key)]
    assert told == {ALICE: [uuid(100)], MALLORY: []}


def test_a_version_that_a_server_has_made_up_blocks_a_device_for_a_day_at_most() -> None:
    tables = InfosInMemory()
    learner = Learner(ALICE, tables)
    learner.answered(BOB.public_key, SERVER.public_key, [info(version=2**63 - 1)], NOW)

    learner.answered(BOB.public_key, MALLORY.public_key, [info(server=MALLORY, version=2)], NOW + STALE_SECONDS)
    assert [one.version for one in tables.infos(BOB.public_key)] == [2**63 - 1]
    learner.answered(BOB.public_key, MALLORY.public_key, [info(server=MALLORY, version=2)], NOW + STALE_SECONDS + 1)
    assert [one.version for one in tables.infos(BOB.public_key)] == [2]


def test_of_one_person_so_many_devices_are_known() -> None:
    tables = InfosInMemory()
    learner = Learner(ALICE, tables)
    for number in range(30):
        learner.advertised(BOB.public_key, [info(device=number)], NOW + number)
    devices = [one.installation_id for one in tables.infos(BOB.public_key)]
    assert devices == [uuid(number) for number in reversed(range(30 - MAX_DEVICES, 30))]


def test_a_device_has_so_many_servers() -> None:
    """reference_fault (39): it stores any number, and a message is notified by each of them."""
    tables = InfosInMemory()
    servers = [PrivateKey(bytes([number]) * 32) for number in range(1, 20)]
    Learner(ALICE, tables).advertised(BOB.public_key, [info(server=server) for server in servers], NOW)
    known = [one.server for one in tables.infos(BOB.public_key)]
    assert known == [server.public_key for server in reversed(servers)][:MAX_SERVERS]


def test_a_token_that_is_no_text_is_refused() -> None:
    sealed = (seal(BOB, ALICE.public_key, b"\xff\xfe", random),)
    tables = InfosInMemory()
    assert Learner(ALICE, tables).advertised(BOB.public_key, [info(sealed=sealed)], NOW) == 1
    assert not tables.all()


def test_an_info_shows_no_token() -> None:
    tables = InfosInMemory()
    Learner(ALICE, tables).advertised(BOB.public_key, [info()], NOW)
    assert uuid(100) not in repr(tables.infos(BOB.public_key))
