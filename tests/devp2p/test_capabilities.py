"""Which message ids a capability gets (overlay.md §2.7)."""

import pytest

from pystatus.devp2p.capabilities import Capability, SharedCapability, Subprotocol, negotiate

LES2, LES3 = Subprotocol(Capability("les", 2), 22), Subprotocol(Capability("les", 3), 24)
SHH = Subprotocol(Capability("shh", 6), 128)
WAKU0, WAKU1 = Subprotocol(Capability("waku", 0), 128), Subprotocol(Capability("waku", 1), 128)
ALL = (WAKU1, SHH, LES3, WAKU0, LES2)


def ranges(shared: tuple[SharedCapability, ...]) -> dict[str, tuple[int, int]]:
    return {str(entry.capability): (entry.offset, entry.offset + entry.length - 1) for entry in shared}


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ([WAKU1], {"waku/1": (16, 143)}),
        ([WAKU0, WAKU1], {"waku/1": (16, 143)}),
        ([WAKU1, WAKU0], {"waku/1": (16, 143)}),
        ([WAKU0], {"waku/0": (16, 143)}),
        ([WAKU1, SHH], {"shh/6": (16, 143), "waku/1": (144, 271)}),
        ([WAKU1, SHH, LES2], {"les/2": (16, 37), "shh/6": (38, 165), "waku/1": (166, 293)}),
        ([LES2, LES3, WAKU1], {"les/3": (16, 39), "waku/1": (40, 167)}),
        ([], {}),
    ],
)
def test_ranges(theirs: list[Subprotocol], expected: dict[str, tuple[int, int]]) -> None:
    assert ranges(negotiate(ALL, [subprotocol.capability for subprotocol in theirs])) == expected


def test_names_are_compared_exactly() -> None:
    assert negotiate([WAKU1], [Capability("Waku", 1), Capability("waku", 2), Capability("wak", 1)]) == ()


def test_duplicates_change_nothing() -> None:
    assert ranges(negotiate([WAKU1, WAKU1], [WAKU1.capability] * 3)) == {"waku/1": (16, 143)}
