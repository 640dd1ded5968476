"""How often a program answers: in a chain of replies, to a person, into a chat."""

from __future__ import annotations

import pytest

from pystatus import AnswerLimits, AnswerRefused, LocalError, Message, PrivateKey, PublicKey
from pystatus.client import answering
from pystatus.client.answering import AnswerGuard

OWN = PrivateKey(bytes(31) + b"\x01").public_key
FRIEND = PrivateKey(bytes(31) + b"\x02").public_key
OTHER = PrivateKey(bytes(31) + b"\x03").public_key


class Chat:
    """A chat, and the guard of who is in it."""

    def __init__(self, **limits: float) -> None:
        self.messages: dict[bytes, Message] = {}
        self.guard = AnswerGuard(OWN, AnswerLimits(**limits), self.messages.get)  # type: ignore[arg-type]

    def say(self, author: PublicKey, to: Message | None = None, *, name: bytes = b"") -> Message:
        number = len(self.messages)
        said = Message(
            name or number.to_bytes(32, "big"),
            "news",
            author,
            number,
            number,
            number,
            1,
            "text",
            b"",
            response_to=None if to is None else to.id,
        )
        self.messages[said.id] = said
        return said

    def answer(self, message: Message, now: float = 0.0, chat: str = "news") -> Message:
        self.guard.take(message, chat, now)
        return self.say(OWN, message)


def test_a_chain_of_replies_has_so_many_answers_of_ours() -> None:
    chat = Chat(chain=3)
    message = chat.say(FRIEND)
    for _ in range(3):
        message = chat.say(FRIEND, chat.answer(message))
    with pytest.raises(AnswerRefused, match="This chain of replies in #news has 3 answers"):
        chat.answer(message)
    chat.answer(chat.say(FRIEND))  # a new message begins a new one


def test_replies_of_others_to_each_other_are_no_answers_of_ours() -> None:
    chat = Chat(chain=1)
    message = chat.say(FRIEND)
    for author in (OTHER, FRIEND) * 20:
        message = chat.say(author, message)
    chat.answer(message)


def test_replies_in_a_circle_have_an_end() -> None:
    chat = Chat(chain=2)
    first, second = bytes(32), bytes(31) + b"\x01"
    message = chat.say(FRIEND, name=first)
    other = chat.say(FRIEND, message, name=second)
    chat.messages[first] = chat.say(FRIEND, other, name=first)
    chat.answer(chat.messages[first])


def test_one_person_is_answered_so_often_and_the_next_one_all_the_same() -> None:
    chat = Chat(person=2, person_seconds=30.0)
    for _ in range(2):
        chat.answer(chat.say(FRIEND))
    with pytest.raises(AnswerRefused, match="to one person in #news, more than one every 30 seconds"):
        chat.answer(chat.say(FRIEND), now=29.0)
    chat.answer(chat.say(OTHER), now=29.0)
    chat.answer(chat.say(FRIEND), now=30.0)
    with pytest.raises(AnswerRefused):
        chat.answer(chat.say(FRIEND), now=30.0)
    chat.answer(chat.say(FRIEND), now=30.0, chat="elsewhere")


def test_a_chat_gets_so_many_answers_whoever_writes() -> None:
    chat = Chat(chat=2, chat_seconds=2.0)
    for number in range(2):
        chat.answer(chat.say(PrivateKey(bytes(31) + bytes([9 + number])).public_key))
    with pytest.raises(AnswerRefused, match="into #news, more than one every 2 seconds"):
        chat.answer(chat.say(OTHER))
    chat.answer(chat.say(OTHER), now=2.0)


def test_what_is_counted_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MAX_BUCKETS", 4)
    chat = Chat(person=1, person_seconds=1_000.0)
    for number in range(20):
        chat.answer(chat.say(PrivateKey(bytes(31) + bytes([9 + number])).public_key))
    assert len(chat.guard._buckets) == 4


@pytest.mark.parametrize(
    "limits", [{"chain": 0}, {"person": -1}, {"chat": 0}, {"person_seconds": 0.0}, {"chat_seconds": float("inf")}]
)
def test_limits_that_are_none_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(LocalError, match=r"give numbers from 1 on|above 0"):
        AnswerLimits(**limits)  # type: ignore[arg-type]
