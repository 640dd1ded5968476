"""What people type: names of people and of emoji."""

from __future__ import annotations

import pytest

from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.typed_text import name_begun, with_emoji, with_mentions
from tests.payloads.support import ALICE, BOB

EMOJI = {"smile": "😄", "100": "💯", "+1": "👍", "heart": "❤️"}
FOX, OWL = ALICE.public_key, BOB.public_key
PEOPLE = [("Brave Red Fox", FOX), ("Wise Owl", OWL), ("Wise", FOX), ("Twin", FOX), ("Twin", OWL), ("Groß", OWL)]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("hi :smile:", "hi 😄"),
        (":smile::heart:", "😄❤️"),
        (":+1:!", "👍!"),
        ("*:smile:*", "*😄*"),
        ("> :smile:", "> 😄"),
        (":nope:", ":nope:"),
        (":Smile:", ":Smile:"),
        ("10:100:20", "10:100:20"),
        ("a:smile:", "a:smile:"),
        (":smile:a", ":smile:a"),
        ("`:smile:` :smile:", "`:smile:` 😄"),
        ("```\n:smile:\n```\n:smile:", "```\n:smile:\n```\n😄"),
        ("https://x.y/:smile: :smile:", "https://x.y/:smile: 😄"),
        ("\U000f0000 :smile:", "\U000f0000 :smile:"),
    ],
)
def test_emoji(text: str, sent: str) -> None:
    assert with_emoji(text, EMOJI) == sent


@pytest.mark.requirement("PL-6")
@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("@Brave Red Fox", "@FOX"),
        ("@brave red FOX, hello", "@FOX, hello"),
        ("hello @Wise Owl and @Wise.", "hello @OWL and @FOX."),
        ("(@Wise)", "(@FOX )"),
        ("@Wise's", "@FOX 's"),
        ("@Groß @GROSS @gros", "@OWL @GROSS @gros"),
        ("@Wisely", "@Wisely"),
        ("@Twin", "@Twin"),
        ("@Nobody", "@Nobody"),
        ("me@Wise", "me@Wise"),
        ("@ Wise", "@ Wise"),
        ("`@Wise` @Wise", "`@Wise` @FOX"),
        ("> @Wise", "> @Wise"),
        ("```\n@Wise\n```", "```\n@Wise\n```"),
        ("*@Wise*", "*@Wise*"),
        ("https://x.y/@Wise", "https://x.y/@Wise"),
        ("@@Wise", "@@FOX"),
    ],
)
def test_names(text: str, sent: str) -> None:
    result = with_mentions(text, PEOPLE)
    assert result.replace(FOX.hex, "FOX").replace(OWL.hex, "OWL") == sent
    assert len(parse_text(result).mentions) == result.count(FOX.hex) + result.count(OWL.hex)


def test_a_key_that_was_typed_stays() -> None:
    text = f"@{FOX.hex} and @Wise Owl"
    assert with_mentions(text, PEOPLE) == f"@{FOX.hex} and @{OWL.hex}"
    nobody = "0x" + "0" * 130
    assert with_mentions(f"@{nobody} `@Wise`", PEOPLE) == f"@{nobody} `@Wise`"


@pytest.mark.parametrize(
    ("text", "begun"),
    [("hi @Bra", "Bra"), ("@", ""), ("@Wise O", "Wise O"), ("a@b", None), ("hi", None), ("@a\nb", None)],
)
def test_the_name_that_is_being_typed(text: str, begun: str | None) -> None:
    assert name_begun(text) == begun
