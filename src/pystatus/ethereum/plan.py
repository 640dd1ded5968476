"""Plans: what to ask a node of Ethereum, and what to make of its answers, without knowing how it is asked.

A plan is a generator. It yields questions that do not depend on one another, as many as it likes, which are asked
together; it is sent their answers in the same order, and returns what it was for. A question that the node itself
refuses is answered by a :class:`Refusal`; where the node cannot be asked at all, the plan is not continued.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from pystatus.errors import RemoteError
from pystatus.sanitise import one_line

MAX_SAID = 200
"""Characters that are repeated of what an endpoint says in words. Ours."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """One call of JSON-RPC."""

    method: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The node has understood the question and does not answer it."""

    code: int
    message: str
    data: object = None


class QuestionRefused(RemoteError):
    """A node has refused a question that the plan cannot do without."""

    def __init__(self, question: Question, refusal: Refusal) -> None:
        said = one_line(refusal.message, MAX_SAID) or "no reason"
        super().__init__(f"the node refuses {question.method}: {said}")
        self.refusal = refusal


Plan: TypeAlias = Generator[Sequence[Question], Sequence[Any], T]


def ask(method: str, *params: Any) -> Plan[Any]:
    """One question.

    :raises QuestionRefused: the node does not answer it.
    """
    [answer] = yield from ask_all([Question(method, params)])
    return answer


def ask_all(questions: Sequence[Question]) -> Plan[list[Any]]:
    """Questions that are all needed. None of them: nothing is asked.

    :raises QuestionRefused: the node does not answer one of them.
    """
    answers = yield from try_all(questions)
    for question, answer in zip(questions, answers, strict=True):
        if isinstance(answer, Refusal):
            raise QuestionRefused(question, answer)
    return answers


def try_all(questions: Sequence[Question]) -> Plan[list[Any]]:
    """Questions some of which may be refused: a :class:`Refusal` stands in the place of such an answer."""
    if not questions:
        return []
    answers = yield questions
    return list(answers)
