"""A combination of types that was right once is looked up the next time: what depends on values is still looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pystatus.arguments import MAX_KNOWN_TYPES, checked
from pystatus.errors import LocalError


class Speaker:
    """Two methods that take what only its value can make wrong, and one that takes what its type makes right."""

    @checked
    def say(self, text: str, times: int = 1) -> str:
        return text * times

    @checked
    def send(self, data: bytes, through: Callable[[bytes], bytes] | None = None) -> bytes:
        return data if through is None else through(data)

    @checked
    def send_all(self, parts: Sequence[bytes]) -> bytes:
        return b"".join(parts)


def test_values_are_looked_at_in_every_call() -> None:
    speaker = Speaker()
    for _ in range(2):
        assert speaker.say("ha", 2) == "haha"
        with pytest.raises(LocalError, match="half of one"):
            speaker.say("\ud800", 2)
        with pytest.raises(LocalError, match="Give a smaller one"):
            speaker.say("ha", 2**63)
        assert speaker.send_all([b"one"]) == b"one"
        with pytest.raises(TypeError, match=r"parts of Speaker\.send_all"):
            speaker.send_all(["one"])  # type: ignore[list-item]


def test_types_are_looked_at_in_every_call() -> None:
    speaker = Speaker()
    for _ in range(2):
        assert speaker.send(b"one") == b"one"
        assert speaker.send(b"one", bytes.upper) == b"ONE"
        with pytest.raises(TypeError, match=r"data of Speaker\.send"):
            speaker.send("one")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"through of Speaker\.send"):
            speaker.send(b"one", 1)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="positional argument"):
            speaker.send(b"one", None, b"two")  # type: ignore[call-arg]


def test_remembered_types_are_bounded() -> None:
    speaker = Speaker()
    kinds = [type(f"Data{number}", (bytes,), {}) for number in range(2 * MAX_KNOWN_TYPES)]
    for kind in kinds:
        assert speaker.send(kind(b"one")) == b"one"
    known = next(cell.cell_contents for cell in Speaker.send.__closure__ or () if isinstance(cell.cell_contents, dict))
    assert len(known) == MAX_KNOWN_TYPES
