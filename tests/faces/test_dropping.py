"""What a terminal pastes when a file is dropped on it."""

from __future__ import annotations

import pytest

from pystatus.faces.dropping import MAX_PATH, dropped_file, is_sound


@pytest.mark.parametrize(
    ("pasted", "path"),
    [
        ("/tmp/a.png", "/tmp/a.png"),
        ("'/tmp/a b.PNG' ", "/tmp/a b.PNG"),
        ('"/tmp/a b.jpeg"\n', "/tmp/a b.jpeg"),
        (r"/tmp/a\ \(1\).webp", "/tmp/a (1).webp"),
        ("/tmp/a b.gif", "/tmp/a b.gif"),
        ("file:///tmp/a%20b.jpg", "/tmp/a b.jpg"),
        ("file://localhost/tmp/a.jpg", "/tmp/a.jpg"),
        ("~/voice.aac", "~/voice.aac"),
        ("/tmp/it's.png", "/tmp/it's.png"),
        ("file://elsewhere/tmp/a.jpg", None),
        ("a.png", None),
        ("~somebody/a.png", None),
        ("/tmp/notes.txt", None),
        ("/etc/passwd", None),
        ("/tmp/a.png\n/tmp/b.png", None),
        ("/tmp/\x1b[31m.png", None),
        ("/tmp/\u202egnp.png", None),
        ("/" * MAX_PATH + ".png", None),
        ("", None),
    ],
)
def test_a_path_or_a_text(pasted: str, path: str | None) -> None:
    assert dropped_file(pasted) == path


def test_sounds_are_told_by_their_names() -> None:
    assert [is_sound(name) for name in ("a.aac", "b.AMR", "c.png")] == [True, True, False]
