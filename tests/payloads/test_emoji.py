"""Names of emoji, and texts of emoji only."""

import pytest

from pystatus.payloads.emoji import emoji_names, is_only_emoji, names_beginning


@pytest.mark.parametrize(
    "text",
    [
        "😀",
        "😀👍🏽",
        "👨‍👩‍👧",
        "🇵🇱",
        "❤",
        "❤️",
        "1️⃣",
        "™️",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_only_emoji(text: str) -> None:
    assert is_only_emoji(text)


@pytest.mark.parametrize(
    "text", ["", "a", "1", "#", "™", "😀 😀", "😀a", "a😀", "\u200d", "\ufe0f", "🇵", "\U0001f3fb\u200d"]
)
def test_something_else(text: str) -> None:
    assert not is_only_emoji(text)


def test_every_emoji_that_has_a_name_is_one() -> None:
    assert len(emoji_names()) > 1_800
    assert all(map(is_only_emoji, emoji_names().values()))
    assert emoji_names()["+1"] == emoji_names()["thumbsup"] == "👍"


def test_names_are_completed() -> None:
    assert names_beginning("THUMBS", 10) == ["thumbsdown", "thumbsup"]
    assert names_beginning("thumbs", 1) == ["thumbsdown"]
    assert names_beginning("no such", 10) == []
