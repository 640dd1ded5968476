"""What a person sees of values: readable, and never a secret; and what the pages say of them."""

from __future__ import annotations

import base64
import dataclasses
import inspect
import re
from pathlib import Path

import pytest

import pystatus
from pystatus import (
    AnswerLimits,
    ChatKind,
    Client,
    MessageState,
    MessageStateChanged,
    NodeConfig,
    PrivateKey,
    Profiles,
    Receipt,
)
from pystatus.client import Event
from pystatus.client.features.registry import client_features
from pystatus.client.handlers import all_events
from tests.public.surface import Call, exported_classes, exported_names
from tests.public.world import PASSWORD, PHRASE, World, world

ROOT = Path(__file__).resolve().parents[2]
BOTS = (ROOT / "docs" / "bots.md").read_text(encoding="utf-8")


def spellings(secret: bytes) -> set[str]:
    """How bytes could be written."""
    return {secret.hex(), repr(secret)[2:-1], str(int.from_bytes(secret, "big")), base64.b64encode(secret).decode()}


async def test_no_text_of_a_value_has_a_secret(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        key = here.account.key
        made = Profiles(tmp_path / "other").create_account("carol", PASSWORD)
        with_secrets = [
            here.account,
            pystatus.Account.from_mnemonic(PHRASE),
            here.account.chat,
            here.client,
            Client.open("alice", PASSWORD, data_dir=tmp_path, mailservers=[here.enode], mailserver_password=PHRASE),
            here.profiles,
            made,
            NodeConfig(key=key),
            key,
        ]
        secrets = {PASSWORD, PHRASE, made.phrase, *spellings(key.secret)}
        for value in (*with_secrets, *values(here)):
            for text in (repr(value), str(value), f"{value}", f"{value!r:>5}"):
                assert not [secret for secret in secrets if secret in text], type(value)


def values(here: World) -> list[object]:
    """One of each exported value that the parameters of its constructor are known of."""
    made: list[object] = []
    for name, kind in exported_classes().items():
        if dataclasses.is_dataclass(kind):
            parameters = [one for one in inspect.signature(kind).parameters.values() if one.default is one.empty]
            call = Call(name, "__init__", tuple(parameters), is_of_instance=False)
            made.append(kind(**here.good_arguments(call)))
    assert len(made) > 15
    return made


@pytest.mark.parametrize("number", [*MessageState, *ChatKind], ids=str)
def test_numbers_with_names_are_seen_by_their_names(number: MessageState | ChatKind) -> None:
    assert str(number) == f"{number}" == number.name
    assert f"{number:>20}" == number.name.rjust(20)


async def test_values_that_people_look_at_are_readable(tmp_path: Path) -> None:
    async with world(tmp_path) as here:
        assert re.fullmatch(r"<Profile 'alice' of (\w+ ){2}\w+, zQ3sh\w+>", repr(here.profile))
        assert repr(here.client) == "<Client 'alice', open>"
        assert repr(here.new_client()) == "<Client 'alice', new>"
        assert re.fullmatch(r"<Node [0-9a-f]{8}…@127.0.0.1:\d+, open, peers: 1>", repr(here.relay))
        receipt = await here.client.send_text("news", "hello\x1b[2J" + "x" * 100)
        await receipt.sent()
        assert re.fullmatch(r"<Receipt of 0x[0-9a-f]{8}… in #news: (SENT|ARCHIVED)>", repr(receipt))
        changed = MessageStateChanged(bytes(32), MessageState.SENT)
        assert repr(changed) == "<MessageStateChanged 0x00000000…: SENT>"
        (message,) = here.client.history("news")
        assert re.fullmatch(
            r"<Message 0x[0-9a-f]{8}… in #news of 0x[0-9a-f]{8}… (SENT|ARCHIVED): 'hello\\x1b\[2Jx{51}…'>",
            repr(message),
        )
        assert repr(here.client.find_chat("news")) == "<Chat #news PUBLIC, 0 unread>"
        friend = await here.client.open_chat(PrivateKey(bytes(31) + b"\x09").public_key)
        assert re.fullmatch(r"<Chat 0x04[0-9a-f]{6}… ONE_TO_ONE, 0 unread>", repr(friend))


def test_the_page_names_every_state() -> None:
    (sentence,) = re.findall(r"^\* `receipt\.state`.*?(?=^\* )", BOTS, re.DOTALL | re.MULTILINE)
    named = re.findall(r"^  \* `([A-Z]+)`", sentence, re.MULTILINE)
    assert sorted(named) == sorted(state.name for state in MessageState)


def test_the_page_of_the_chat_names_every_state_as_the_commands_do() -> None:
    page = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
    (paragraph,) = [part for part in page.split("\n\n") if "`unconfirmed`" in part]
    assert [state.name for state in MessageState if f"`{state.name.lower()}`" not in paragraph] == []


def test_the_page_names_every_event() -> None:
    assert [event.__name__ for event in all_events() if f"`{event.__name__}`" not in BOTS] == []


def test_the_page_has_the_limits_of_answers() -> None:
    page = " ".join(BOTS.split())
    limits = AnswerLimits()
    assert limits.chain == 5
    assert "one chain of replies has five answers of yours" in page
    assert (
        f"more than {limits.person} answers go to one person in one chat (one more every {limits.person_seconds:g}"
        in page
    )
    assert f"more than {limits.chat} into one chat (one more every {limits.chat_seconds:g} seconds)" in page


def test_every_event_and_every_type_of_a_public_signature_is_exported() -> None:
    exported = set(exported_names())
    assert {event.__name__ for event in all_events()} <= exported
    assert pystatus.Event is Event
    annotations = " ".join(
        str(parameter.annotation)
        for owner in (Client, *client_features())
        for name, method in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_")
        for parameter in inspect.signature(method).parameters.values()
    )
    of_python = {"None", "Path", "Mapping", "Iterable", "Sequence", "T", "F"}
    assert set(re.findall(r"\b[A-Z]\w*", annotations)) - of_python <= exported | {"Clock"}
    assert {Receipt.__name__, "AnswerRefused", "SendFailed", "alias", "one_line", "block"} <= exported
