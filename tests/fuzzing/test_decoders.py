"""Every decoder takes 20,000 inputs that are good ones with mistakes: nothing but its own error comes out.

The inputs are the same in each run. ``make fuzz`` looks further, and at the time that an input takes.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from tests.fuzzing.mutation import MOST_STEPS, inputs
from tests.fuzzing.registry import TARGETS
from tests.fuzzing.target import Target, as_text, each, every


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_nothing_but_a_refusal(target: Target) -> None:
    verdicts: Counter[bool] = Counter()
    for data in islice(inputs(list(target.seeds()), target.name, target.max_input), target.runs):
        try:
            verdicts[target.execute(data)] += 1
        except Exception as error:
            error.add_note(f"make fuzz PARSER={target.name} INPUT={data.hex()}")
            raise
    assert verdicts[True], "nothing was accepted, so that nothing was looked at"


def test_the_same_inputs_in_each_run() -> None:
    seeds = [b"abc", bytes(100), b"\xc3\x01\x02\x03"]
    first, again = (list(islice(inputs(seeds, "x", 200), 500)) for _ in range(2))
    assert first == again
    assert first != list(islice(inputs(seeds, "y", 200), 500))
    assert max(map(len, first)) <= 200
    assert len(set(first)) > 400
    assert set(seeds) <= set(first)
    assert MOST_STEPS > 1


def test_a_decoder_without_seeds_gets_inputs_too() -> None:
    assert len(set(islice(inputs([], "x", 100), 500))) > 100


def test_a_wrong_exception_is_noticed() -> None:
    broken = Target("broken", lambda data: data[5], lambda: [b""], ())
    with pytest.raises(IndexError):
        broken.execute(b"")
    assert broken.execute(b"abcdef")


def test_several_decoders_of_one_input() -> None:
    heard: list[object] = []
    each(heard.append, as_text(heard.append))(b"\xff")
    assert heard == [b"\xff", "ÿ"]
    every(allowed=ValueError)
    every(heard.clear, lambda: int("x"), allowed=ValueError)
    with pytest.raises(ValueError, match="invalid literal"):
        every(lambda: int("x"), lambda: int("y"), allowed=ValueError)
    with pytest.raises(ValueError, match="invalid literal"):
        every(lambda: int("x"), heard.clear)
