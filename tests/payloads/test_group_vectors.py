"""groups.json: what the reference makes of events, next to what we make of them.

Where it refuses a whole set for one event, the others count here; where it takes an event that harms others, it is
skipped here. Both are in lists below, so that nothing else may differ.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.errors import RemoteError
from pystatus.payloads.chats import group_creator
from pystatus.payloads.group_history import Group, fold, is_key, system_message_id, verified
from pystatus.payloads.group_reference import strict_group, strict_merge
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.kinds import EventType
from tests.support.vectors import Case, case_id, cases, load, unhex

FILE = load("groups")
BASE = FILE["truth_table_base"]
HISTORIES = cases("groups", "history")


def people_of(case: Case) -> dict[str, Case]:
    """Those of a case, or of all."""
    people: dict[str, Case] = case["people"] if "people" in case else FILE["people"]
    return people


def letters(case: Case) -> dict[str, str]:
    """A person's letter by the key text."""
    return {person["public_key"]: letter for letter, person in people_of(case).items()}


def events_of(case: Case, numbers: list[int] | None = None) -> list[SignedEvent]:
    """Those of an update, in its order."""
    events = case["events"] if numbers is None else [case["events"][number] for number in numbers]
    return verified([unhex(event["encoded"]) for event in events], case["chat_id"])


def shown(group: Group | None, case: Case) -> object:
    """As the vectors write it, without the order of people, which says nothing."""
    if group is None:
        return None
    names = letters(case)

    def some(people: Iterable[str]) -> list[str]:
        return sorted(names.get(person, person) for person in people)

    return group.name, some(group.members), some(group.joined), some(group.admins)


def told(result: Case) -> object:
    """The same of what a vector says."""
    if not result["ok"]:
        return None
    return result["name"], *(sorted(result[key]) for key in ("members", "joined", "admins"))


@pytest.mark.requirement("GC-2")
@pytest.mark.parametrize("case", [BASE | {"id": "base"}, *HISTORIES], ids=case_id)
def test_every_event_has_the_author_that_signed_it_or_none(case: Case) -> None:
    for event in case["events"]:
        raw = unhex(event["encoded"])
        if event.get("decode_error"):
            with pytest.raises(RemoteError):
                SignedEvent.decode(raw, case["chat_id"])
            continue
        signed = SignedEvent.decode(raw, case["chat_id"])
        assert letters(case).get(signed.author.hex, signed.author.hex) == event["author"]
        if "system_message_id" in event:
            assert system_message_id(signed) == unhex(event["system_message_id"])
        assert (signed.event.clock, signed.event.name, signed.event.type) == (
            event["clock"],
            event["name"],
            event["type"],
        )


@pytest.mark.requirement("GC-2", "GC-11")
@pytest.mark.parametrize("case", HISTORIES, ids=case_id)
def test_events_that_we_sign_are_those_of_the_reference(case: Case) -> None:
    people = people_of(case)
    by_letter = {letter: person["public_key"] for letter, person in people.items()}
    for event in case["events"]:
        if event.get("note") or event.get("decode_error"):
            continue
        members = tuple(by_letter.get(member, member) for member in event["members"])
        made = MembershipUpdateEvent(event["clock"], members, event["name"], event["type"])
        signer = PrivateKey(unhex(people[event["made_by"]]["private_key"]))
        assert SignedEvent.sign(made, case["chat_id"], signer).raw == unhex(event["encoded"])


def promotes_a_stranger(case: Case, numbers: list[int] | None = None) -> bool:
    """Whether one event makes an admin of somebody who is no member: the reference lets them rename, add and remove
    from then on, and we skip the event."""
    ordered = sorted(events_of(case, numbers), key=lambda event: event.event.clock)
    for place, event in enumerate(ordered):
        before = strict_group(case["chat_id"], ordered[:place])
        members = event.event.members if before is None else before.members
        if event.event.type == EventType.ADMINS_ADDED and not set(event.event.members) <= set(members):
            return True
    return False


# the truth table


def differs_by_decision(case: Case) -> bool:
    """What the reference allows, and we skip: see :mod:`pystatus.payloads.group_history`."""
    event, members = case["event"], ("A", "B", "C", "D")
    if event["type"] == EventType.ADMINS_ADDED:  # it asks for one member among the targets
        return not all(target in members for target in event["members"])
    by_letter = {letter: person["public_key"] for letter, person in FILE["people"].items()}
    return event["type"] == EventType.MEMBERS_ADDED and not all(
        is_key(by_letter.get(target, target)) for target in event["members"]
    )


def rows(kind: EventType) -> list[Case]:
    """The rows of the table with an event of this kind."""
    found = [case for case in cases("groups", "truth_table") if case["event"]["type"] == kind]
    assert found
    return found


def judge(case: Case) -> None:
    """One more event for the group of the table."""
    chat_id = BASE["chat_id"]
    base = events_of(BASE)
    event = SignedEvent.decode(unhex(case["event"]["encoded"]), chat_id)
    before, after = fold(chat_id, base), fold(chat_id, [*base, event])
    assert shown(strict_group(chat_id, [*base, event]), BASE) == told(case["result"])
    if case["allowed"] and not differs_by_decision(case):
        assert shown(after.group, BASE) == told(case["result"])
    elif event.event.type == EventType.CHAT_CREATED and event.event.clock < base[0].event.clock:
        # Its creator alone can say that a group began earlier: that is its first event then, for all alike.
        assert event.author.hex == BASE["chat_id"][37:]
        assert (after.group.name, after.history[0]) == (event.event.name, event)
        assert after.group.members == before.group.members
    else:
        assert after.group == before.group
    changes = after.group != before.group
    assert (event in after.history) == changes
    assert shown(strict_group(chat_id, after.history), BASE) == shown(after.group, BASE)


@pytest.mark.requirement("GC-3")
@pytest.mark.parametrize("case", rows(EventType.CHAT_CREATED), ids=case_id)
def test_who_creates(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-4")
@pytest.mark.parametrize("case", rows(EventType.NAME_CHANGED), ids=case_id)
def test_who_renames(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-5")
@pytest.mark.parametrize("case", rows(EventType.MEMBERS_ADDED), ids=case_id)
def test_who_adds(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-6")
@pytest.mark.parametrize("case", rows(EventType.MEMBER_JOINED), ids=case_id)
def test_who_joins(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-7")
@pytest.mark.parametrize("case", rows(EventType.ADMINS_ADDED), ids=case_id)
def test_who_promotes(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-8")
@pytest.mark.parametrize("case", rows(EventType.MEMBER_REMOVED), ids=case_id)
def test_who_removes(case: Case) -> None:
    judge(case)


@pytest.mark.requirement("GC-9")
@pytest.mark.parametrize("case", rows(EventType.ADMIN_REMOVED), ids=case_id)
def test_who_steps_down(case: Case) -> None:
    judge(case)


def test_the_table_has_no_other_rows() -> None:
    others = [case for case in cases("groups", "truth_table") if case["event"]["type"] not in [*EventType][1:]]
    for case in others:
        judge(case)


def test_the_truth_table_has_what_is_decided_otherwise() -> None:
    decided = [case for case in cases("groups", "truth_table") if case["allowed"] and differs_by_decision(case)]
    assert {case["event"]["type"] for case in decided} == {EventType.ADMINS_ADDED, EventType.MEMBERS_ADDED}


# the id of a chat


@pytest.mark.requirement("GC-1")
@pytest.mark.parametrize("case", cases("groups", "chat_id"), ids=case_id)
def test_chat_id(case: Case) -> None:
    """The reference looks at the end of an id alone."""
    event = SignedEvent.decode(unhex(case["event"]["encoded"]), case["chat_id"])
    assert shown(strict_group(case["chat_id"], [event]), case) == told(case["result"])
    if case["name"] in ("uuid, dash, key", "uuid in upper case", "nil uuid"):
        assert shown(fold(case["chat_id"], [event]).group, case) == told(case["result"])
        return
    try:
        folded = fold(case["chat_id"], [event])
    except RemoteError:
        return
    assert folded.group == Group(), "the id names another creator than the event has"
    assert group_creator(case["chat_id"]) != event.author


# equal clocks


@pytest.mark.requirement("GC-11", "GC-14")
@pytest.mark.parametrize("case", cases("groups", "equal_clocks"), ids=case_id)
def test_equal_clocks(case: Case) -> None:
    """The reference has one group for each order of arrival; we have one, and it is one that the reference may have."""
    groups = []
    for result in case["results"]:
        events = events_of(case, result["order"])
        assert shown(strict_group(case["chat_id"], events), case) == told(result["result"])
        groups.append(fold(case["chat_id"], events))
    assert groups[0] == groups[1]
    assert not groups[0].history or strict_group(case["chat_id"], groups[0].history) == groups[0].group


# updates one after the other


@pytest.mark.requirement("GC-11", "GC-14")
@pytest.mark.parametrize("case", HISTORIES, ids=case_id)
def test_an_update_by_itself(case: Case) -> None:
    for step in case["steps"]:
        events = [event for event in events_of(case, step["events"]) if event.event.clock]
        folded = fold(case["chat_id"], events)
        assert fold(case["chat_id"], reversed(events)) == folded
        assert not folded.history or strict_group(case["chat_id"], folded.history) == folded.group
        if "formed_alone" not in step or case.get("has_equal_clocks"):
            continue
        readable = len(events) == len(step["events"])
        assert shown(strict_group(case["chat_id"], events), case) == told(step["formed_alone"]) or not readable
        if step["formed_alone"]["ok"] and readable and not promotes_a_stranger(case, step["events"]):
            assert shown(folded.group, case) == told(step["formed_alone"])


@pytest.mark.requirement("GC-11", "GC-12", "GC-14")
@pytest.mark.parametrize("case", HISTORIES, ids=case_id)
def test_updates_one_after_the_other(case: Case) -> None:
    """The reference, step by step; and we: the same group as long as it has refused nothing, and in the end the group
    of all events that are allowed."""
    chat_id, refused = case["chat_id"], False
    stored: list[SignedEvent] = []
    ours = fold(chat_id, [])
    for step in case["steps"]:
        events = events_of(case, step["events"])
        clocks_fit = all(0 < event.event.clock <= FILE["now_ms"] + 120_000 for event in events)
        if clocks_fit:
            ours = fold(chat_id, [*ours.history, *ours.waiting, *events])
        complete = len(events) == len(step["events"]) and clocks_fit
        merged = strict_merge(chat_id, stored, events) if complete else None
        us = FILE["people"] | case.get("people", {})
        is_member = us[case["receiver"]]["public_key"] in ours.group.members
        if merged is not None and (stored or is_member) and not case.get("has_equal_clocks"):
            stored = merged
        refused = refused or merged is None
        if case.get("has_equal_clocks") or "setup" in case or case.get("reference_fault"):
            continue
        assert {event.raw for event in stored} == {event.raw for event in events_of(case, step["stored_events"])}
        if stored and not refused and step["chat"] is not None and not promotes_a_stranger(case, step["stored_events"]):
            chat = step["chat"]
            assert shown(ours.group, case) == (
                chat["name"],
                sorted(member["id"] for member in chat["members"]),
                sorted(member["id"] for member in chat["members"] if member["joined"]),
                sorted(member["id"] for member in chat["members"] if member["admin"]),
            )
    everything = fold(chat_id, events_of(case))
    valid = [number for number in range(len(case["events"])) if number not in (case.get("invalid_events") or ())]
    is_one_group = case.get("all_valid_together", {}).get("ok") and not case["has_equal_clocks"]
    if is_one_group and not promotes_a_stranger(case, valid):
        assert shown(everything.group, case) == told(case["all_valid_together"])


def test_a_refused_branch_damages_nothing_that_is_stored() -> None:
    """The reference loses an event that it had, and keeps one of the update that it has refused."""
    (case,) = [case for case in HISTORIES if case.get("reference_fault")]
    stored = strict_merge(case["chat_id"], [], events_of(case, case["steps"][0]["events"]))
    assert stored is not None
    before = list(stored)
    assert strict_merge(case["chat_id"], stored, events_of(case, case["steps"][1]["events"])) is None
    assert stored == before
    ours = fold(case["chat_id"], before)
    after = fold(case["chat_id"], [*before, *events_of(case, case["steps"][1]["events"])])
    assert {*ours.history, *ours.waiting} <= {*after.history, *after.waiting}


def test_there_are_150_random_histories() -> None:
    assert len([case for case in HISTORIES if case["name"].startswith("random")]) == 150


# application.json


@pytest.mark.requirement("GC-11")
@pytest.mark.parametrize("case", cases("application", "group"), ids=case_id)
def test_groups_of_application_json(case: Case) -> None:
    """The reference makes a group of all events or of none; we make one without the events that it does not allow."""
    events = verified(map(unhex, case["events"]), case["chat_id"])
    strict = strict_group(case["chat_id"], events)
    assert (strict is None) == case["must_fail"]
    if case["name"] == "chat id without a prefix":
        with pytest.raises(RemoteError):
            fold(case["chat_id"], events)
        return
    folded = fold(case["chat_id"], reversed(events))
    assert not folded.history or strict_group(case["chat_id"], folded.history) == folded.group
    if strict is None or "of whom only one is a member" in case["name"]:
        assert len(folded.history) < len(events) or not events
        return
    assert len(folded.history) == len(events) - case["name"].startswith("a stranger removes itself")
    state = case["state"]
    assert folded.group.name == state["name"] == strict.name
    for key in ("members", "joined", "admins"):
        assert set(getattr(folded.group, key)) == set(getattr(strict, key)) == set(state[key])
