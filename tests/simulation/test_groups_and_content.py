"""Private groups, reactions and pictures among simulated conversations; and what judges them, judged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from pystatus.errors import LocalError
from pystatus.media.reading import check_image
from pystatus.messenger.features.groups import Groups
from pystatus.messenger.features.reactions import Reaction, ReactionReceived
from pystatus.messenger.records import Message, MessageState
from pystatus.payloads.kinds import ContentType, ImageType
from pystatus.simulation.device import Device
from pystatus.simulation.samples import MessageSample
from pystatus.simulation.settings import Conditions, Workload
from pystatus.simulation.simulation import Simulation
from pystatus.simulation.tiny_image import SIDE, tiny_image
from pystatus.simulation.users import Conversation
from pystatus.simulation.verification import inspect
from tests.simulation.support import BAD_NETWORK, KEYS, simulate

CROWD: dict[str, Any] = {"people": 6, "messages": 80, "group_chats": 2, "groups": 0.7, "images": 0.2, "reactions": 0.4}


def test_on_a_perfect_network_everything_arrives_and_all_agree() -> None:
    report = simulate(seed=2, **CROWD)
    assert report.ok, report.examples
    assert report.examples == ()
    assert report.groups.made == 2 <= report.groups.changes
    assert report.groups.joins > 2
    assert report.groups.messages > 30
    assert report.group_latency.count >= report.groups.expected > report.groups.messages
    assert report.group_latency.longest < 1.0
    assert (report.groups.lost, report.groups.different, report.groups.unconfirmed) == (0, 0, 0)
    assert (report.reactions.missed, report.reactions.different) == (0, 0)
    assert report.reactions.expected > report.reactions.made > report.reactions.retracted > 0
    assert report.pictures.sent > 5
    assert report.pictures.wrong == 0
    lines = "\n".join(report.lines())
    assert "groups, lost" in lines
    assert "reactions" in lines
    assert "pictures" in lines


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_bad_network_groups_lose_nothing_and_reactions_are_missed(seed: int) -> None:
    report = simulate(BAD_NETWORK, seed=seed, **CROWD)
    assert report.ok, report.examples
    assert report.examples == ()
    assert (report.groups.lost, report.groups.different, report.groups.unconfirmed) == (0, 0, 0)
    assert report.reactions.missed > 0


def test_people_with_several_devices() -> None:
    report = simulate(seed=1, devices=(1, 2), **{**CROWD, "messages": 50})
    assert report.devices > report.people
    assert report.ok, report.examples
    assert report.groups.messages > 0


def test_the_same_seed_is_the_same_run() -> None:
    assert simulate(BAD_NETWORK, **CROWD) == simulate(BAD_NETWORK, **CROWD)


def test_without_them_nothing_of_them_is_in_the_report() -> None:
    report = simulate(seed=5, people=3, messages=20)
    figures = {name: value for name, value in report.as_dict().items() if name.startswith(("groups", "reactions_"))}
    assert set(figures.values()) == {0}
    assert not any("groups" in line or "reactions" in line or "pictures" in line for line in report.lines())


def test_a_loss_in_a_group_is_found() -> None:
    report = simulate(Conditions(loss=0.5), without_datasync=1.0, **CROWD)
    assert not report.ok
    assert report.groups.lost > 0
    assert any("of a group" in example for example in report.examples)


def test_samples_have_groups() -> None:
    samples: list[MessageSample] = []
    with Simulation(Workload(**CROWD), Conditions(), 2, keys=KEYS, take=samples.append) as simulation:
        report = simulation.run()
    assert sum(sample.chat == "group" for sample in samples) == report.group_latency.count


@pytest.mark.parametrize(
    "settings",
    [
        {"groups": 1.1},
        {"images": -0.1},
        {"reactions": 2.0},
        {"groups": 0.1, "group_chats": 0},
        {"groups": 0.1, "people": 2},
    ],
    ids=repr,
)
def test_nonsense_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(LocalError):
        Workload(**settings)  # type: ignore[arg-type]  # wrong values are the point


def test_pictures_are_pictures_and_differ() -> None:
    for number in (0, 1, 99_999):
        assert check_image(tiny_image(number), ImageType.PNG).width == SIDE
        Image.open(io.BytesIO(tiny_image(number))).load()
    assert len({tiny_image(number) for number in range(1_000)}) == 1_000


# the judges


@pytest.fixture
def talk() -> Iterator[Simulation]:
    with Simulation(Workload(**CROWD), Conditions(), 2, keys=KEYS) as simulation:
        assert simulation.run().ok
        yield simulation


def in_group(simulation: Simulation) -> tuple[Device, Conversation, Message]:
    """A message in a group on the device of a reader who has joined."""
    for conversation in simulation.groups.conversations:
        for person in sorted(simulation.groups.joined(conversation), key=lambda person: person.index):
            (device,) = person.devices
            assert conversation.name is not None
            for message in device.store.messages(conversation.name, 100, None):
                if message.author != device.key and message.content_type != ContentType.SYSTEM_PRIVATE_GROUP:
                    return device, conversation, message
    raise AssertionError("nobody wrote in a group")


def test_what_a_group_is_told_twice_and_what_it_lost(talk: Simulation) -> None:
    device, _, message = in_group(talk)
    talk.ledger.told(device, message, talk.clock.now())
    assert talk.ledger.findings.repeated == 1
    device.store.database.connection.execute("DELETE FROM messages WHERE id = ?", (message.id,))
    assert inspect(talk.ledger).group_lost == 1


def test_another_order_in_a_group(talk: Simulation) -> None:
    device, _, message = in_group(talk)
    device.store.database.connection.execute("UPDATE messages SET clock = clock + 1 WHERE id = ?", (message.id,))
    assert inspect(talk.ledger).disordered > 0


def test_what_reaches_somebody_to_whom_it_was_not_sent(talk: Simulation) -> None:
    device, conversation, message = in_group(talk)
    author = next(person for person in talk.people if person.key == message.author)
    number = len(talk.ledger)
    text = replace(message, id=bytes(32), text=f"{number} so th", response_to=None, content_type=ContentType.TEXT_PLAIN)
    talk.ledger.written(author, conversation, 0, None, text, talk.clock.now())
    talk.ledger.groups.written(number, text.id, conversation, author, [], set())
    talk.ledger.told(device, replace(text, text=f"{number} "), talk.clock.now())
    assert talk.ledger.findings.wrong == 1
    assert any("not sent to it" in example for example in talk.ledger.examples)


def test_what_is_called_delivered_in_a_group_and_is_not(talk: Simulation) -> None:
    device, conversation, message = in_group(talk)
    person = talk.people_of(device)
    author = next(one for one in talk.people if one.key == message.author)
    number, once_more = len(talk.ledger), replace(message, id=bytes(32))
    talk.ledger.written(author, conversation, 0, None, once_more, talk.clock.now())
    talk.ledger.groups.written(number, once_more.id, conversation, author, [person], {person})
    assert (talk.ledger.groups.missing, talk.ledger.is_settled) == (1, False)
    talk.ledger.state(author.devices[0], once_more.id, MessageState.DELIVERED, talk.clock.now())
    assert talk.ledger.findings.wrong == 1
    talk.ledger.left(conversation, {person})
    assert (talk.ledger.groups.missing, talk.ledger.is_settled) == (0, True)


def test_a_group_with_another_name_or_other_members(talk: Simulation) -> None:
    device, conversation, _ = in_group(talk)
    assert talk.groups.differences() == []
    chat = device.store.chat(conversation.name or "")
    assert chat is not None
    device.do(lambda: device.store.save_chat(replace(chat, name="elsewhere")))
    assert len(talk.groups.differences()) == 1
    other = next(person for person in talk.groups.joined(conversation) if device not in person.devices).devices[0]
    assert conversation.name is not None
    other.do(lambda: other.messenger.feature(Groups).leave(conversation.name or "", other.now))
    assert len(talk.groups.differences()) == 2


def test_a_picture_with_other_bytes(talk: Simulation) -> None:
    assert inspect(talk.ledger).pictures_wrong == 0
    connection = talk.devices[0].store.database.connection
    (held,) = connection.execute("SELECT count(*) FROM media").fetchone()
    connection.execute("UPDATE media SET data = x'00'")
    assert inspect(talk.ledger).pictures_wrong == held > 0


def test_a_reaction_that_is_shown_otherwise(talk: Simulation) -> None:
    assert talk.reactions.inspect().different == 0
    connection = talk.devices[0].store.database.connection
    connection.execute("UPDATE reactions SET retracted = 1 - retracted")
    assert talk.reactions.inspect().different > 0


def test_a_reaction_that_nobody_has_made(talk: Simulation) -> None:
    device, conversation, message = in_group(talk)
    assert conversation.name is not None
    made_up = Reaction(conversation.name, message.id, message.author, 1, 10**13)
    chat = device.store.chat(conversation.name)
    assert chat is not None
    talk._on_event(device, ReactionReceived(made_up, chat))
    assert talk.reactions.inspect().different == 1
