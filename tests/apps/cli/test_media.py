"""``pystatus media``, and how ``listen`` and ``history`` show what it sends."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pystatus.faces import media
from pystatus.messenger.media_keeping import Attachment
from pystatus.messenger.records import Message
from pystatus.payloads.kinds import AudioType, ContentType, ImageType
from pystatus.payloads.messages import ChatMessage, Sticker
from tests.apps.cli.test_chatting import STRANGER, key_of, listening
from tests.apps.support import Cli, Running
from tests.media.support import PLACE, aac, exif, opened, picture, saved

ID = bytes.fromhex("12345678") + bytes(28)


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The enode URL of a relay."""
    with Running(tmp_path_factory.mktemp("relay"), "node", "--listen", "127.0.0.1:0") as node:
        yield node.line()
        assert node.stop(signal.SIGTERM) == 0


@pytest.fixture
def people(cli: Cli, relay: str) -> Cli:
    """Alice and Bob, who know the relay."""
    cli.environment["PYSTATUS_PEERS"] = relay
    for name in ("alice", "bob"):
        cli.add_profile(name)
    return cli


@pytest.mark.requirement("PL-17")
def test_a_picture_is_sent_shown_and_saved(people: Cli, tmp_path: Path) -> None:
    photograph = tmp_path / "photograph.jpg"
    photograph.write_bytes(saved(picture(90, 60), "JPEG", exif=exif(6), comment=PLACE))
    alice_key, bob_key = key_of(people, "alice"), key_of(people, "bob")
    with listening(people, "bob", "--count", "1") as bob:
        bob.event("peer-connected")
        sent = people.object("media", "send", "alice", bob_key, str(photograph), "--text", "look")
        received = bob.event("message")
        assert bob.wait() == 0

    assert received["id"] == sent["id"]
    assert (received["text"], received["content_type"]) == ("look", ContentType.IMAGE)
    assert received["media"] == sent["media"]
    assert {name: received["media"][name] for name in ("kind", "type", "width", "height", "frames", "problem")} == {
        "kind": "image",
        "type": "jpeg",
        "width": 60,
        "height": 90,
        "frames": 1,
        "problem": None,
    }
    (stored,) = people.objects("history", "bob", alice_key)
    assert stored["media"] == received["media"]
    line = people.text("history", "bob", alice_key)
    name = str(received["id"])[:10]
    assert f"[image, JPEG 60x90, {media.size(received['media']['bytes'])}, media save {name}] look" in line

    copy = tmp_path / "copy.jpg"
    result = people.object("media", "save", "bob", name, str(copy))
    assert result == {"event": "saved", "id": received["id"], "file": str(copy), "media": received["media"]}
    assert opened(copy.read_bytes()).size == (60, 90)
    assert PLACE not in copy.read_bytes()
    assert "is there already" in people.error("media", "save", "bob", name, str(copy), code=2)
    assert people.text("media", "save", "bob", str(received["id"]), str(copy), "--overwrite") == f"Saved {copy}\n"


def test_a_sound_and_a_sticker(people: Cli, tmp_path: Path) -> None:
    sound = tmp_path / "sound"
    sound.write_bytes(aac(50))
    bob_key = key_of(people, "bob")
    sent = people.object("media", "send", "alice", bob_key, str(sound))
    assert (sent["media"]["kind"], sent["media"]["type"], sent["media"]["duration_ms"]) == ("audio", "aac", 1_161)
    sent = people.object("media", "sticker", "alice", bob_key, "e3010170ab", "4")
    assert sent["media"] == {"kind": "sticker", "hash": "e3010170ab", "pack": 4}

    text = people.text("history", "alice", bob_key)
    assert "[sticker e3010170ab of pack 4] " in text
    assert "[sound, AAC of 1.2 s, 10 kB, media save 0x" in text


def test_what_cannot_be_sent_or_saved(people: Cli, tmp_path: Path) -> None:
    bob_key = key_of(people, "bob")
    (tmp_path / "x.svg").write_bytes(b"<svg/>")
    (tmp_path / "x.png").write_bytes(saved(picture(), "PNG"))
    (tmp_path / "broken.png").write_bytes(saved(picture(), "PNG")[:-8])
    room = f"#room-{uuid.uuid4().hex[:12]}"
    people.object("send", "alice", room, "hello")

    assert "no AAC or AMR sound" in people.error("media", "send", "alice", bob_key, str(tmp_path / "x.svg"))
    assert "its end is missing" in people.error("media", "send", "alice", bob_key, str(tmp_path / "broken.png"))
    assert "No such file" in people.error("media", "send", "alice", bob_key, str(tmp_path / "nothing"))
    refused = people.run("media", "send", "alice", room, str(tmp_path / "x.png"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "not sent to public chats" in refused.stderr
    assert "PACK" in people.error("media", "sticker", "alice", bob_key, "ab", "4294967296", code=2)
    assert "HASH" in people.error("media", "sticker", "alice", bob_key, "no hash", "1", code=2)
    assert "begins so" in people.error("media", "save", "alice", "0x123456", str(tmp_path / "y"))
    assert "ID" in people.error("media", "save", "alice", "1", str(tmp_path / "y"), code=2)
    assert not (tmp_path / "y").exists()


def message(content_type: int, content: ChatMessage | None = None) -> Message:
    payload = b"" if content is None else content.encode()
    return Message(ID, "status", STRANGER, 1, 1, 1, content_type, "text", payload)


@pytest.mark.parametrize(
    ("attachment", "shown"),
    [
        (
            Attachment(ID, "x", ContentType.IMAGE, ImageType.GIF, 1_234_567, 5, 6, 7),
            "[image, GIF 5x6, 7 pictures, 1.2 MB, media save 0x12345678]",
        ),
        (
            Attachment(ID, "x", ContentType.IMAGE, ImageType.PNG, 80_200, 1_200, 800, 1),
            "[image, PNG 1200x800, 80 kB, media save 0x12345678]",
        ),
        (
            Attachment(ID, "x", ContentType.IMAGE, ImageType.PNG, 12, problem="it is damaged\x1b[2J"),
            "[image, 12 bytes, not kept: it is damaged]",
        ),
        (
            Attachment(ID, "x", ContentType.AUDIO, AudioType.AMR, 1_500, duration_ms=61_250),
            "[sound, AMR of 61.2 s, 1.5 kB, media save 0x12345678]",
        ),
    ],
)
def test_how_a_picture_is_told_of_in_a_line(attachment: Attachment, shown: str) -> None:
    assert media.note(message(attachment.content_type), attachment) == shown


def test_a_text_has_nothing_before_it_and_a_sticker_cannot_draw() -> None:
    assert media.note(message(ContentType.TEXT_PLAIN), None) is None
    assert media.note(message(ContentType.STICKER), None) is None
    hostile = ChatMessage(content_type=ContentType.STICKER, sticker=Sticker("\x1b[2Jab\u202e" + "c" * 200, -1))
    note = media.note(message(ContentType.STICKER, hostile), None)
    assert note is not None
    assert note.startswith("[sticker abccc")
    assert note.endswith("… of pack -1]")
    assert note.isprintable()
