"""Classes of :mod:`pystatus.records` are dataclasses like those of the standard library, in less memory."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """One that pickle finds."""

    to: str
    text: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)
    enclosed: object = None


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """The same of the standard library."""

    to: str
    text: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)
    enclosed: object = None


@pytest.mark.parametrize("kind", [Letter, Pattern])
def test_it_does_what_a_dataclass_does(kind: Any) -> None:
    one = kind("bob", "hello", 3, (1, 2))
    assert one == kind("bob", "hello", 4, (1, 2))
    assert hash(one) == hash(("bob", "hello", (1, 2)))
    assert one != kind("bob", "other", 3, (1, 2))
    assert one != ("bob", "hello", (1, 2))
    assert one.__eq__("bob") is NotImplemented
    assert repr(one) == f"{kind.__name__}(to='bob', seen=3, enclosed=(1, 2))"
    assert dataclasses.replace(one, text="bye") == kind("bob", "bye", 0, (1, 2))
    assert dataclasses.asdict(one) == {"to": "bob", "text": "hello", "seen": 3, "enclosed": (1, 2)}
    for copied in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert copied == one
    match one:
        case kind(to, text):
            assert (to, text) == ("bob", "hello")
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("kind", [Letter, Pattern])
def test_it_is_never_changed(kind: Any) -> None:
    one = kind("bob")
    changes: tuple[Callable[[], None], ...] = (
        lambda: setattr(one, "to", "eve"),
        lambda: setattr(one, "to_whom", "eve"),
        lambda: delattr(one, "to"),
    )
    for change in changes:
        with pytest.raises((FrozenInstanceError, TypeError)):
            change()
    assert one == kind("bob")


def test_what_a_class_has_written_itself_stays() -> None:
    @dataclass(frozen=True)
    class Name:
        text: str

        def __repr__(self) -> str:
            return "a name"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Name) and other.text.lower() == self.text.lower()

    assert Name("Bob") == Name("bob")
    assert repr(Name("Bob")) == "a name"
    assert hash(Name("Bob")) == hash(("Bob",))

    @dataclass(frozen=True, slots=True)
    class Hashed:
        text: str

        def __hash__(self) -> int:
            return 7

    assert hash(Hashed("Bob")) == 7


def test_there_may_be_no_fields_or_a_base_that_has_some() -> None:
    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @dataclass(frozen=True, slots=True)
    class One(Empty):
        x: int

    @dataclass(frozen=True, slots=True)
    class Two(One):
        y: int = 2

    assert Empty() == Empty()
    assert hash(Empty()) == hash(())
    assert Two(1) == Two(1, 2) != One(1) != Empty()
    assert hash(Two(1)) == hash((1, 2))
    assert "Two(x=1, y=2)" in repr(Two(1))


def test_without_equality_each_is_itself() -> None:
    @dataclass(frozen=True, slots=True, eq=False, repr=False)
    class Itself:
        x: int

    assert Itself(1) != Itself(1)
    assert repr(Itself(1)).startswith("<")


def test_one_that_holds_itself_has_an_end() -> None:
    holds: list[Any] = []
    one = Letter("bob", enclosed=holds)
    holds.append(one)
    assert repr(one) == "Letter(to='bob', seen=0, enclosed=[...])"


def test_one_that_may_change_or_has_an_order_is_made_by_the_standard_library() -> None:
    @dataclass(slots=True)
    class Changes:
        x: int

    @dataclass(frozen=True, order=True)
    class Ordered:
        x: int

    one = Changes(1)
    one.x = 2
    assert one == Changes(2)
    assert sorted([Ordered(2), Ordered(1)]) == [Ordered(1), Ordered(2)]


def test_nothing_is_left_of_the_class_without_slots() -> None:
    @dataclass(frozen=True, slots=True)
    class Slotted:
        x: int

    gc.collect()
    left = [kind for kind in object.__subclasses__() if kind.__qualname__ == Slotted.__qualname__]
    assert left == [Slotted]
