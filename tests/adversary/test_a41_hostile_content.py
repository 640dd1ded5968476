"""A41: content: invalid UTF-8, bidi and zero-width names, ANSI escapes, 1 MB names, `javascript:`/`data:` links, image
bombs, unknown enums.

Expected: sanitised in terminal, web and logs. There is no web yet. What each sequence becomes is in
tests/test_sanitise.py; here everything that shows text of strangers is held against all of it.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
import typer
from rich.console import Console

from pystatus.account.alias import alias
from pystatus.account.identicon import Identicon
from pystatus.account.names import Aliases
from pystatus.apps.cli.commands.device import _text as device_text
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.views import account_text, chat_label, message_fields
from pystatus.apps.cli.views import message_text as message_line
from pystatus.apps.terminal.drawing import Drawing, plain_lines
from pystatus.apps.terminal.looks import steady
from pystatus.devp2p.events import Connected
from pystatus.errors import LocalError
from pystatus.faces.catalogue import texts_in
from pystatus.faces.chat_names import chat_title
from pystatus.faces.sentences import as_sentence
from pystatus.faces.timeline_rows import MessageRow
from pystatus.logs.stderr_log import _Console, _Json
from pystatus.messenger.events import MessageReceived
from pystatus.messenger.features.devices import Device
from pystatus.messenger.message_text import Style, spans
from pystatus.messenger.records import Chat, Message
from pystatus.payloads.chats import ChatKind
from pystatus.payloads.devices import PairInstallation
from pystatus.payloads.kinds import ContentType, ImageType, PayloadType
from pystatus.payloads.messages import Image
from pystatus.payloads.wrapper import wrap
from pystatus.transport import channels
from pystatus.wire import varint
from tests.adversary.hostile import Stranger, contents
from tests.devp2p.support import RawPeer, bob
from tests.support.effort import Effort
from tests.support.people import Network, Person

ESC = "\x1b"
HOSTILE = {
    "escapes": f"{ESC}[2J{ESC}[1;31mred{ESC}]0;title\x07{ESC}P1$r{ESC}\\{ESC}c",
    "eight-bit escapes": "\x9b31mred\x9d52;c;aGk=\x9c\x90x\x9c",
    "a link that is none": f"{ESC}]8;;javascript:alert(1){ESC}\\click{ESC}]8;;{ESC}\\",
    "markup": "[bold red]x[/] [link=javascript:alert(1)]y[/link] [@click=app.quit]z[/] <b onclick=x>w</b>",
    "links": "javascript:alert(1) data:text/html;base64,PHNjcmlwdD4= file:///etc/passwd",
    "direction": "evil\u202egnp.exe\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "zero width": "ali\u200bce\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e",
    "invisible alone": "\u200b\u2060\u3164\u115f",
    "line ends": "one\r\ntwo\u2028three\x85four\x0b\x0cfive",
    "a forged line": "hello\n2020-10-01 12:00:00 #status you: I agree",
    "controls": "".join(map(chr, range(32))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0))),
    "marks": "Z" + "\u0301" * 3_000,
    "tags": "\U000e0041\U000e007f\U000e0100x",
    "half a character": "a\ud800b",
}
FORMAT = {"\u200c", "\u200d"}
"""Joiners, which scripts and emoji need; the sanitiser keeps them between letters that join."""


def assert_harmless(shown: str, *, newline: str = "") -> None:
    for character in shown:
        if character not in FORMAT and character not in newline:
            assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(character)
    shown.encode()


@pytest.fixture
def alice(network: Network) -> Person:
    alice = network.add("alice")
    alice.join("status")
    return alice


@pytest.fixture
def stranger(network: Network) -> Stranger:
    return Stranger(network.now)


def received(alice: Person, stranger: Stranger, **changes: object) -> tuple[Message, Chat]:
    """A public message of a stranger, as the user is told of it."""
    alice.receive(stranger.public(stranger.wrap(stranger.message(**changes))))
    event = alice.events[-1]
    assert isinstance(event, MessageReceived)
    return event.message, event.chat


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> Output:
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Output(as_json=False)


def drawn(message: Message) -> list[str]:
    """The lines of a message on the screen."""
    drawing = Drawing(Console(), message.author, texts_in(), lambda: date(2020, 1, 1))
    return plain_lines(drawing.lines(MessageRow(message, True, message.sent_ms), 120))


TEXTS = {name: text for name, text in HOSTILE.items() if name != "half a character"}


@pytest.mark.requirement("PL-28")
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_message(alice: Person, stranger: Stranger, out: Output, text: str) -> None:
    """Stored exactly; in a terminal no line of it can pass for another message, and nothing in it is markup."""
    message, chat = received(alice, stranger, text=text)
    assert message.text == text
    line = message_line(message, chat, alice.key, Aliases(), out)
    assert_harmless(line, newline="\n")
    first, *rest = line.split("\n")
    assert " #status " in first
    assert all(other.startswith("    | ") for other in rest)
    for cells in drawn(message):
        assert_harmless(cells)
    assert message.parsed.links == ()
    encoded = json.dumps(message_fields(message, chat, alice.key, Aliases()))
    assert encoded.isascii()
    assert encoded.isprintable()
    assert json.loads(encoded)["text"] == text


FORMS = ["{}", "*{}*", "**{}**", "~~{}~~", "`{}`", "> {}", "```\n{}\n```", "{}\n===\n", "https://x.y/{}", "[a]: {}"]
"""Where in a message an attack may stand."""
OWN_LOOKS = re.compile(r"\x1b\[[0-9;]*m")
LOOKS_OF_A_TERMINAL = {f"\x1b[{number}m" for number in (0, 1, 2, 3, 4, 9, 36)}


@pytest.mark.requirement("PL-28")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_message_with_styles(alice: Person, stranger: Stranger, out: Output, form: str, text: str) -> None:
    """On a terminal that shows them: but for our own looks, nothing reaches it that it would obey."""
    message, chat = received(alice, stranger, text=form.format(text[:4_000]))
    out.in_colour = True
    line = message_line(message, chat, alice.key, Aliases(), out)
    assert_harmless(OWN_LOOKS.sub("", line), newline="\n")
    person = typer.style("", fg=Identicon.of(stranger.identity.public_key).rgb).removesuffix("\x1b[0m")
    assert set(OWN_LOOKS.findall(line)) <= {person, *LOOKS_OF_A_TERMINAL}
    assert all(other.startswith("    | ") for other in line.split("\n")[1:])
    for cells in drawn(message):
        assert_harmless(cells)


@pytest.mark.requirement("PL-28")
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "javascript://x.y/%0aalert(1)",
        "JaVaScRiPt://x.y",
        "data:text/html,<script>x</script>",
        "data://text/html,x",
        "file:///etc/passwd",
        "vbscript://x.y",
        "ftp://x.y/z",
        "status-im://chat/public/x",
        "http:\u200b//x.y",
        "\uff48ttp://x.y",
    ],
)
def test_addresses_that_are_no_links(alice: Person, stranger: Stranger, address: str) -> None:
    for form in ("{}", "<{}>", "[click]({})", '<a href="{}">click</a>', "[x]: {}", "*{}*"):
        message, _ = received(alice, stranger, text=form.format(address))
        assert message.parsed.links == ()
        assert not any(Style.LINK in span.style for span in spans(message.text))


def test_a_link_shows_where_it_leads(alice: Person, stranger: Stranger) -> None:
    """There is no other text for it, and nothing turns or hides a part of it."""
    message, _ = received(alice, stranger, text="https://evil.example/\u202emoc.knab//:sptth [https://bank.example](x)")
    first, second = (span.text for span in spans(message.text) if Style.LINK in span.style)
    assert first == "https://evil.example/moc.knab//:sptth"
    assert second.startswith("https://bank.example")


def test_a_name_that_only_looks_like_a_mention(alice: Person, stranger: Stranger) -> None:
    """Zero-width characters make no mention of a key that is none, and a name that was typed is not drawn as one."""
    key = alice.key.hex
    for text in (
        f"@\u200b{key}",
        f"@{key[:40]}\u200b{key[40:]}",
        f"\uff20{key}",
        f"@{alias(alice.key)}",
        f"@{key}\u200b",
    ):
        message, _ = received(alice, stranger, text=text)
        assert message.mentions == ()
        assert not any(Style.MENTION in span.style for span in spans(message.text, alice.key))


ACCOUNT_FIELDS = (
    "alias",
    "chat_key",
    "public_key",
    "key_uid",
    "chat_address",
    "default_wallet",
    "wallet_root",
    "eip1581_root",
    "directory",
)


NAMES = [
    pytest.param(lambda text: device_text(Device(text, text, text, True, 0.0)), id="a device"),
    pytest.param(lambda text: chat_label(Chat(text, ChatKind.PUBLIC), Aliases()), id="a chat"),
    pytest.param(
        lambda text: steady(chat_title(Chat(text, ChatKind.PUBLIC), Aliases()), 30), id="a chat on the screen"
    ),
]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("show", NAMES)
def test_names(show: Callable[[str], str], text: str) -> None:
    assert_harmless(show(text), newline="")


@pytest.mark.parametrize("show", NAMES)
def test_no_name_has_half_a_character(show: Callable[[str], str]) -> None:
    with pytest.raises(LocalError, match="half"):
        show(HOSTILE["half a character"])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize(
    "show",
    [
        pytest.param(as_sentence, id="an error that quotes it"),
        pytest.param(lambda text: account_text({"name": text, **dict.fromkeys(ACCOUNT_FIELDS)}), id="a profile's name"),
    ],
)
def test_errors_and_what_is_read_from_files(show: Callable[[str], str], text: str) -> None:
    assert_harmless(show(text), newline="")


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("pystatus", logging.INFO, "", 0, "refused: %s", (text,), None)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_log(text: str) -> None:
    line = _Console().format(record(text))
    assert_harmless(line)
    assert len(line) < 2_000
    as_json = _Json().format(record(text))
    assert as_json.isascii()
    assert as_json.isprintable()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_name_of_a_peers_software(text: str) -> None:
    connection = bob()
    peer = RawPeer(connection)
    peer.say(0, peer.hello(client_id=text[:60]))
    event = connection.next_event()
    assert isinstance(event, Connected)
    assert not {unicodedata.category(character) for character in event.client_id} & {"Cc", "Cf", "Zl", "Zp"}


def test_text_that_is_not_utf8(alice: Person, stranger: Stranger) -> None:
    """Refused as a whole: what cannot be read cannot be answered or quoted."""
    before = contents(alice)
    for bad in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82"):
        honest = stranger.message(text="PLACEHOLDER").encode()
        marker = b"\x1a" + varint.encode(len(b"PLACEHOLDER")) + b"PLACEHOLDER"
        assert marker in honest
        payload = honest.replace(marker, b"\x1a" + varint.encode(len(bad)) + bad)
        events = list(alice.events)
        alice.receive(stranger.public(wrap(payload, PayloadType.CHAT_MESSAGE, stranger.identity)))
        assert alice.events == events
    assert contents(alice)["messages"] == before["messages"]
    received(alice, stranger, text="still listening")


MEGABYTE = 1_000_000


def test_a_megabyte_of_name(network: Network, alice: Person) -> None:
    """Refused where it comes from the network, cut where it is shown anyway, and cheap."""
    events = list(alice.events)
    introduction = PairInstallation(int(network.now * 1000), "x" * (MEGABYTE // 2), "d", "n" * (MEGABYTE // 4))
    sealed = Stranger(network.now).secure.seal_for_any_device
    wrapped = wrap(introduction.encode(), PayloadType.PAIR_INSTALLATION, alice.identity)
    own = Stranger(network.now)
    own.identity = alice.identity
    own_channel = channels.partitioned(alice.key)
    alice.receive(own.envelope(own_channel, sealed(alice.key, wrapped, network.now).data))
    assert alice.events == events
    with Effort() as effort:
        for piece in ("x", ESC + "]", "\u0301", "\u200b", "[bold]"):
            text = piece * (MEGABYTE // len(piece))
            assert len(chat_label(Chat(text, ChatKind.PUBLIC), Aliases())) < 100
            assert len(steady(text, 30)) <= 30
            assert len(device_text(Device(text, text, text, True, None))) < 1_000
            assert len(as_sentence(text)) <= 2_000
            assert len(_Console().format(record(text))) < 2_000
    assert effort.seconds < 5


def test_a_text_above_the_limit_is_refused(alice: Person, stranger: Stranger) -> None:
    events = list(alice.events)
    alice.receive(stranger.public(stranger.wrap(stranger.message(text="x" * 4097))))
    assert alice.events == events


BOMB = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\x7f\xff\xff\xff" * 2 + b"\x08\x06" + bytes(100)
"""The head of a PNG of two thousand million by two thousand million points."""


@pytest.mark.parametrize(
    "payload", [BOMB, b"\xff\xd8" + bytes(200_000), b"<svg onload='x'/>"], ids=["huge", "long", "svg"]
)
def test_pictures_are_not_opened(alice: Person, stranger: Stranger, out: Output, payload: bytes) -> None:
    """They are shown by the text that comes with them."""
    with Effort() as effort:
        message, chat = received(
            alice, stranger, text="look", content_type=ContentType.IMAGE, image=Image(payload, ImageType.PNG)
        )
        assert message_line(message, chat, alice.key, Aliases(), out).endswith(": look")
        assert "look" in drawn(message)[-1]
    assert effort.seconds < 0.5


@pytest.mark.parametrize("content_type", [42, 2**31 - 1, -1])
def test_kinds_of_content_that_do_not_exist_yet(
    alice: Person, stranger: Stranger, out: Output, content_type: int
) -> None:
    message, chat = received(alice, stranger, content_type=content_type)
    assert message_line(message, chat, alice.key, Aliases(), out).endswith(": hello")
    assert json.loads(json.dumps(message_fields(message, chat, alice.key, Aliases())))["content_type"] == content_type


@pytest.mark.parametrize("timestamp", [1, 2**31, 253_402_300_799_999])
def test_times_at_the_ends_of_the_calendar(alice: Person, stranger: Stranger, out: Output, timestamp: int) -> None:
    message, chat = received(alice, stranger, timestamp=timestamp)
    assert message_line(message, chat, alice.key, Aliases(), out).endswith(": hello")
