"""A41: text of strangers on a terminal, in a log, in a list of names."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pystatus import sanitise
from pystatus.sanitise import ELLIPSIS, MAX_MARKS, block, one_line
from tests.support.effort import Effort

ESC = "\x1b"
HOSTILE = st.text(
    st.sampled_from(
        f"ab {ESC}[]]0;mJ\x07\\\x9b\x9d\x9c\r\n\t\x00\x7f\u202e\u2066\u200b\u200c\u200d\u0301\ufe0f\u3164🌍क"
    )
    | st.characters()
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello", "hello"),
        ("  two   words ", "two words"),
        ("Привет, 世界 — naïve", "Привет, 世界 — naïve"),
        (f"{ESC}[31mred{ESC}[0m", "red"),
        (f"{ESC}[2J{ESC}[Hcleared", "cleared"),
        ("\x9b31mred", "red"),
        (f"{ESC}]0;title\x07text", "text"),
        (f"{ESC}]8;;http://evil{ESC}\\link{ESC}]8;;{ESC}\\", "link"),
        (f"{ESC}]0;never closed", "0;never closed"),
        ("\x9d0;never \x9b31mclosed\x90 either", "0;never closed either"),
        (f"\x90\x9dbroken {ESC}[1moff", "broken off"),
        ("\x9d52;c;aGk=\x9ctext", "text"),
        (f"{ESC}P1$r\x07x{ESC}_apc{ESC}\\y{ESC}^pm{ESC}\\z", "xyz"),
        (f"{ESC}(Bplain{ESC}c", "plain"),
        (f"{ESC}{ESC}[m[31mnested", "[31mnested"),
        ("bell\x07 null\x00 delete\x7f c1\x84", "bell null delete c1"),
        ("log\nFORGED line\r\nanother\u2028third\x85x", "log FORGED line another third x"),
        ("tab\there", "tab here"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2066a\u2069\u200eb\u200fc\u061cd", "abcd"),
        ("ali\u200bce\ufeff\u2060\u00ad", "alice"),
        ("ali\u200dce\u200c", "alice"),
        ("\u3164\u115f\u2800\u200b", ""),
        ("a\U000e0041\U000e0100b\ufe00", "ab"),
        ("\u180eb\ud800c", "bc"),
        ("no\u00a0break\u3000wide", "no break wide"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"),
        ("نمی\u200cشود", "نمی\u200cشود"),
        ("क्\u200dष", "क्\u200dष"),
        ("🌍\u200d\u200d\u200d", "🌍"),
        ("\u0301a\u0301", "a\u0301"),
        ("x" + "\u0301" * 50 + "y", "x" + "\u0301" * 4 + "y"),
        ("क" + "\u0301\u200d" * 50, "क" + "\u0301\u200d" * 3 + "\u0301"),
        ("private \ue000 use", "private \ue000 use"),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_block_keeps_its_lines() -> None:
    assert block("  one\r\ntwo\rthree\n\nfour\u2029five\x0b\tsix \n") == "one\ntwo\nthree\n\nfour\nfive\n six"
    assert block(f"a{ESC}[1A\nb") == "a\nb"
    assert block(" plain  ascii ") == "plain  ascii"


def test_long_text_is_cut() -> None:
    assert one_line("x" * 255) == "x" * 255
    assert one_line("x" * 256) == "x" * 254 + ELLIPSIS
    assert one_line("x" * 10, limit=1) == ELLIPSIS
    assert sanitise.name("Я" * 1_000_000) == "Я" * 63 + ELLIPSIS
    assert block("x" * 5000) == "x" * 4095 + ELLIPSIS
    assert one_line("\u200b" * 2000 + "x") == ELLIPSIS
    assert one_line("👩\u200d👩👩", limit=3) == "👩" + ELLIPSIS


@pytest.mark.requirement("PL-28")
@given(HOSTILE, st.integers(1, 30))
def test_nothing_dangerous_is_left(text: str, limit: int) -> None:
    for shown, newline in ((one_line(text, limit), ""), (block(text, limit), "\n")):
        assert len(shown) <= limit
        assert shown == shown.strip()
        for character in shown:
            category = unicodedata.category(character)
            assert character in {newline, "\u200c", "\u200d"} or category not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        shown.encode()


@given(HOSTILE)
def test_safe_text_stays_as_it_is(text: str) -> None:
    once = one_line(text, 10_000)
    assert one_line(once, 10_000) == once
    lines = block(text, 10_000)
    assert block(lines, 10_000) == lines


@pytest.mark.parametrize(
    "piece", ["\x1b]", "\x1b[", "\x1b[0", "\x1b[ ", "\x1b ", "\u0301", "\u200b", "a\u200d", "\x1b]\x1b["]
)
def test_a_megabyte_costs_little(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    with Effort() as effort:
        sanitise.name(text)
        one_line(text)
        block(text)
        block(text, limit=1_000_000)
    assert effort.seconds < 5


@example(["a" + MAX_MARKS * "\u0301", "b", "\u0301"])
@given(st.lists(st.text("ab \n\t\u0301\u0300\u200d\u200c\u0489\u202e\xa0क🌍")))
def test_pieces_behind_one_another_are_what_the_whole_is(pieces: list[str]) -> None:
    """Marks are counted over the seams, and letters of pieces that need nothing end their piles."""
    fragments = sanitise.Fragments()
    assert "".join(map(fragments.clean, pieces)) == sanitise.Fragments().clean("".join(pieces))
