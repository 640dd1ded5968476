"""Values of the public interface as JSON, and back."""

from __future__ import annotations

import enum
import inspect
import json
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pystatus.client import Client
from pystatus.client.handlers import all_events
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.json_values import BadValue, Converter, Converters, NoJson
from pystatus.json_values.converters import hints_of
from pystatus.messenger.contact_records import Contact
from pystatus.messenger.events import MessageReceived, MessageStateChanged
from pystatus.messenger.features.unknown_payloads import UnknownPayload
from pystatus.messenger.group_records import JoinRequest
from pystatus.messenger.records import Chat, Message, MessageState
from pystatus.messenger.transaction_records import Transaction
from pystatus.rpc.client_api.arguments import arguments
from pystatus.rpc.client_api.calls import RESULTS, calls

KEY = PrivateKey(bytes(31) + b"\x07").public_key
VALUES = Converters()


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Sides(enum.Flag):
    LEFT = 1
    RIGHT = 2


class Place(NamedTuple):
    clock: int
    id: bytes = b""


@dataclass(frozen=True)
class Point:
    x: int
    y: float = 0.5


@dataclass(frozen=True)
class Picture:
    data: bytes
    points: tuple[Point, ...] = ()
    names: Mapping[bytes, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("annotation", "value", "written"),
    [
        (int, 7, 7),
        (int, 2**60, str(2**60)),
        (int, -(2**60), str(-(2**60))),
        (float, 1, 1.0),
        (str, "ünï", "ünï"),
        (bool, True, True),
        (None | int, None, None),
        (typing.Annotated[int, "checked"] | None, 7, 7),
        (typing.Annotated[int, "checked"] | None, 2**70, str(2**70)),
        (bytes, b"\x01\xff", "0x01ff"),
        (type(KEY), KEY, KEY.hex),
        (Path, Path("/tmp/x"), "/tmp/x"),
        (datetime, datetime(2026, 11, 30, 18, tzinfo=UTC), "2026-11-30T18:00:00+00:00"),
        (Colour, Colour.RED, "red"),
        (Sides, Sides.LEFT | Sides.RIGHT, 3),
        (Place, Place(1, b"\x02"), {"clock": 1, "id": "0x02"}),
        (Point, Point(1), {"x": 1, "y": 0.5}),
        (Picture, Picture(b"", (Point(1),), {b"\x01": "a"}),
         {"data": "0x", "points": [{"x": 1, "y": 0.5}], "names": {"0x01": "a"}}),
        (Point | Place | None, Place(1), {"class": "Place", "clock": 1, "id": "0x"}),
        (Point | str, "here", "here"),
        (Point | str, Point(2), {"x": 2, "y": 0.5}),
        (Sequence[int], (1, 2), [1, 2]),
        (Iterable[str], ("a",), ["a"]),
        (frozenset[int], frozenset({3}), [3]),
        (tuple[int, str], (1, "a"), [1, "a"]),
        (Mapping[int, bool], {1: True}, {"1": True}),
    ],
)  # fmt: skip
def test_a_value_is_written_and_read(annotation: Any, value: Any, written: Any) -> None:
    assert VALUES.encode(value, annotation) == written
    if annotation != Mapping[int, bool]:  # the keys of JSON are texts
        assert VALUES.decode(json.loads(json.dumps(written)), annotation) == value


@pytest.mark.parametrize(
    ("annotation", "given"),
    [
        (int, "seven"), (int, True), (int, 1.0), (int, "9" * 81), (int, None), (float, "1"), (float, 10**400),
        (str, 7), (bool, 1), (bytes, "01"), (bytes, "0x0"), (bytes, "0xgg"), (bytes, 5), (type(KEY), 5),
        (Path, ""), (Path, "a\0b"), (datetime, "yesterday"), (datetime, 5), (Colour, "green"), (Colour, None),
        (Sides, 99), (Point, []), (Point, {}), (Point, {"x": 1, "z": 2}), (Point, {"x": "a"}),
        (Point | Place, {"x": 1}),
        (Point | Place, {"class": "Picture", "x": 1}), (Point | str, 5), (Sequence[int], "12"), (Sequence[int], ["a"]),
        (tuple[int, str], [1]), (tuple[int, str], {}), (Mapping[bytes, str], []), (Mapping[bytes, str], {"x": "y"}),
    ],
)  # fmt: skip
def test_what_is_of_another_type_is_refused_and_never_repeated(annotation: Any, given: Any) -> None:
    with pytest.raises(BadValue, match=r"^expected ") as refusal:
        VALUES.decode(given, annotation)
    if isinstance(given, str) and given:
        assert given not in str(refusal.value)


def test_what_is_of_the_type_and_wrong_says_why() -> None:
    with pytest.raises(LocalError):
        VALUES.decode("zQ3nothing", type(KEY))
    with pytest.raises(LocalError):
        VALUES.decode("zQ3nothing", type(KEY) | None)


@pytest.mark.parametrize("annotation", [object, Any, type[int], PrivateKey, list, "int"])
def test_what_has_no_form_in_json_is_a_fault_of_ours(annotation: Any) -> None:
    with pytest.raises(NoJson):
        VALUES.of(annotation)


def test_a_value_that_is_not_what_is_said_is_a_fault_of_ours() -> None:
    with pytest.raises(NoJson):
        VALUES.encode(5, Point | str)


def test_a_class_may_be_written_in_another_way() -> None:
    by_name = Converters({Point: Converter(lambda point: point.x, lambda given: Point(given), "x", {})})
    assert by_name.encode(Point(3), Point | str) == 3
    assert by_name.decode(3, Point | str) == Point(3)
    assert by_name.encode([Point(3)], Sequence[Point]) == [3]


def test_a_brief_form_has_no_fields_that_are_as_they_are_otherwise() -> None:
    brief = Converters(brief=True)
    for event, written in (
        (MessageStateChanged(b"\1", MessageState.SENT), {"message_id": "0x01", "state": 2}),
        (MessageStateChanged(b"\1", MessageState.FAILED, "why"), {"message_id": "0x01", "state": 4, "reason": "why"}),
    ):
        assert brief.encode(event, MessageStateChanged) == written
        assert brief.decode(written, MessageStateChanged) == event


def test_a_schema_names_what_has_to_be_given() -> None:
    assert VALUES.schema(Point)["required"] == ["x"]
    assert VALUES.schema(Place)["required"] == ["clock"]
    assert VALUES.of(Point | Place | None).schema == {
        "anyOf": [
            {"$ref": "#/components/schemas/Point"},
            {"$ref": "#/components/schemas/Place"},
            {"type": "null"},
        ]
    }


@pytest.mark.parametrize("kind", all_events(), ids=lambda kind: kind.__name__)
def test_every_event_can_be_written(kind: Any) -> None:
    for annotation in hints_of(kind).values():
        assert RESULTS.of(annotation).schema


def test_every_method_of_a_client_can_be_called_or_says_why_not() -> None:
    """A method with a type that has no form in JSON fails here, when it is made."""
    assert len(calls()) > 100
    assert arguments().of(bytes).wanted
    for call in calls().values():
        assert call.doc, f"{call.name} says nothing of itself"


GIVEN_AS = {
    Chat: str, Contact: str, Message: bytes, MessageReceived: bytes, JoinRequest: bytes, UnknownPayload: bytes,
    Transaction: bytes,
}  # fmt: skip


def _not_by_id(annotation: Any) -> list[type[Any]]:
    """What an annotation names that callers give by its id, and that a method takes in no such form."""
    arguments = typing.get_args(annotation)
    found = [one for one in (*arguments, annotation) if one in GIVEN_AS and GIVEN_AS[one] not in arguments]
    return found + [one for argument in arguments if argument not in GIVEN_AS for one in _not_by_id(argument)]


def test_what_has_an_id_may_be_given_by_it() -> None:
    """An attached client gives it so."""
    searched = "search_find before"  # has a form of its own: a place
    for call in calls().values():
        owner: Any = Client if call.feature is None else call.feature
        member: Any = inspect.getattr_static(owner, call.attribute)
        accessor: Any = member.fget if isinstance(member, property) else member
        function = inspect.unwrap(accessor)
        for parameter in call.parameters:
            name = f"{call.name} {parameter.name}"
            assert name == searched or not _not_by_id(hints_of(function)[parameter.name]), name


def test_what_an_argument_is_by_default_may_be_given_as_well() -> None:
    """A caller who names all arguments gives ``null``, too."""
    checked = []
    for call in calls().values():
        for one in call.parameters:
            if not one.is_required:
                written = json.loads(json.dumps(one.converter.encode(one.default)))
                assert one.converter.decode(written) == one.default, (call.name, one.name)
                checked.append(one.default)
    assert None in checked
