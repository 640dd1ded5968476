"""Callers of the RPC that were written for the answers of before still find in them what they look for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.survival.calls import Shape, answers, lost, shape
from tests.survival.changes import unintended

MADE = Path(__file__).parent / "made"


async def test_every_method_answers_with_the_fields_that_it_had(tmp_path: Path) -> None:
    before = json.loads((MADE / "rpc.json").read_text(encoding="utf-8"))
    now = await answers(tmp_path)
    assert len(before) == 39
    assert unintended(lost(before, now, "rpc")) == []


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        ({"id": "string", "caps": ["string"]}, None),
        ({"id": "string", "caps": ["string"], "more": "number"}, None),
        ({"caps": ["string"]}, "peer.id is missing"),
        ({"id": "number", "caps": ["string"]}, "peer.id was string, and is number"),
        ({"id": "string", "caps": "string"}, "peer.caps was ['string'], and is string"),
        ({"id": "string", "caps": []}, "peer.caps is empty"),
        ({"id": "string", "caps": [{}]}, "peer.caps[] was string, and is {}"),
    ],
)
def test_a_field_that_is_lost_is_noticed_and_a_new_one_is_none(now: Shape, fault: str | None) -> None:
    before = shape({"id": "0x12", "caps": ["waku/1"]})
    assert lost(before, now, "peer") == ([fault] if fault else [])
