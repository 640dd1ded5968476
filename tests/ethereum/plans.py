"""Plans in tests: questions are answered by a function, one by one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pystatus.ethereum.plan import Plan, Question

T = TypeVar("T")


@dataclass
class Asked:
    """Carries plans out, and remembers what they have asked."""

    answer: Callable[[Question], Any]
    questions: list[Question] = field(default_factory=list)
    rounds: int = 0

    def run(self, plan: Plan[T]) -> T:
        answers: list[Any] | None = None
        try:
            while True:
                questions = next(plan) if answers is None else plan.send(answers)
                self.rounds += 1
                answers = []
                for question in questions:
                    self.questions.append(question)
                    answers.append(self.answer(question))
        except StopIteration as done:
            result: T = done.value
            return result


def run(plan: Plan[T], answer: Callable[[Question], Any]) -> T:
    """What a plan comes to."""
    return Asked(answer).run(plan)
