"""What people say: signed wrappers, payloads, groups, texts, pictures and links."""

from __future__ import annotations

from functools import partial

from pystatus.account import key_encoding
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.links.parsing import parse_group_link, parse_link
from pystatus.links.people import parse_person
from pystatus.media import pictures, previews, reading, sounds
from pystatus.media.exif import orientation
from pystatus.messenger import transaction_records
from pystatus.payloads import attachments, wrapper
from pystatus.payloads.chats import group_creator, key_from_text
from pystatus.payloads.group_history import fold
from pystatus.payloads.groups import MembershipUpdateEvent, SignedEvent
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.payload import Payload
from pystatus.payloads.registry import PAYLOADS
from pystatus.payloads.transactions import recover_wallet
from tests.fuzzing.corpus import hexes, texts
from tests.fuzzing.target import Target, as_text, each, every
from tests.media import support as media

AUTHOR = PrivateKey(bytes([5] * 32))
GROUP = f"4a3b2c1d-0000-4000-8000-000000000000-{AUTHOR.public_key.hex}"
NOW_MS = 1_600_000_000_000
KINDS = tuple(sorted(PAYLOADS))
SOME_NAMES = (GROUP.encode(), AUTHOR.public_key.hex.encode(), b"0x" + b"7" * 40, b"0x" + b"7" * 64, b"100")


def _payload(data: bytes) -> None:
    """The first byte says of which type it is."""
    payload = PAYLOADS[KINDS[data[0] % len(KINDS)] if data else KINDS[0]]
    decoded = payload.decode(data[1:])
    every(partial(_read_again, decoded), partial(decoded.check, NOW_MS, NOW_MS))


def _read_again(payload: Payload) -> None:
    assert type(payload).decode(payload.encode()) == payload


def _payloads() -> list[bytes]:
    """Those of the vectors, each as one of the types that it can be read as."""
    found = []
    for number, one in enumerate(hexes("application", "contacts", "groups", "reactions", "pairing", longest=900)):
        for step in range(len(KINDS)):
            kind = (number + step) % len(KINDS)
            try:
                PAYLOADS[KINDS[kind]].decode(one)
            except RemoteError:
                continue
            found.append(bytes([kind]) + one)
            break
    return found


def _wrapper(data: bytes) -> None:
    each(
        lambda _: wrapper.unwrap(data, AUTHOR.public_key),
        lambda _: wrapper.recover_author(data[65:], data[:65]),
        lambda _: recover_wallet(AUTHOR.public_key, data[65:97], data[:65]),
    )(data)


def _wrapped() -> list[bytes]:
    signed = AUTHOR.sign(bytes(32)) + bytes(40)
    return [signed, *hexes("application", shortest=66, longest=900)]


def _event(data: bytes) -> None:
    """As it came, and with a signature that fits."""
    each(
        lambda _: SignedEvent.decode(data, GROUP),
        lambda _: SignedEvent.sign(MembershipUpdateEvent.decode(data), GROUP, AUTHOR),
    )(data)


def _fold(data: bytes) -> None:
    """Many events: each has its length before it, and a signature of its author."""
    events = []
    while data:
        part, data = data[1 : 1 + data[0]], data[1 + data[0] :]
        try:
            events.append(SignedEvent.sign(MembershipUpdateEvent.decode(part), GROUP, AUTHOR))
        except RemoteError:
            continue
    folded = fold(GROUP, events)
    assert fold(GROUP, reversed(events)) == folded


def _events() -> list[bytes]:
    member = PrivateKey(bytes([6] * 32)).public_key.hex
    said = [
        MembershipUpdateEvent(1, (), "room", 1), MembershipUpdateEvent(2, (member,), "", 3),
        MembershipUpdateEvent(3, (member,), "", 6), MembershipUpdateEvent(4, (), "new", 2),
        MembershipUpdateEvent(5, (member,), "", 5),
    ]  # fmt: skip
    found = [event.encode() for event in said]
    return [*found, b"".join(bytes([len(one)]) + one for one in found)]


def _text(text: str) -> None:
    parsed = parse_text(text)
    assert parsed.blocks is not None


def _names(text: str) -> None:
    every(
        partial(key_from_text, text),
        partial(group_creator, text),
        partial(key_encoding.decode, text),
        partial(key_encoding.serialize, text),
        partial(key_encoding.deserialize, text),
        partial(transaction_records.address_of_text, text),
        partial(transaction_records.contract_of_text, text),
        partial(transaction_records.address_bytes, text),
        partial(transaction_records.amount_of_text, text),
        partial(transaction_records.hash_bytes, text),
    )


def _links(text: str) -> None:
    every(
        partial(parse_link, text),
        partial(parse_group_link, text),
        partial(parse_person, text),
        partial(key_encoding.parse_public_key, text),
        allowed=LocalError,
    )


def _some_links() -> list[bytes]:
    key = AUTHOR.public_key.hex
    made = [
        f"https://join.status.im/u/{key}", "status-im://chat/public/status", "https://join.status.im/b/status.im",
        f"https://join.status.im/g/args?a={key}&a1=room&a2={GROUP}", "ethereum:0x" + "7" * 40 + "?value=1e18",
    ]  # fmt: skip
    return [*(one.encode() for one in made), *texts("identity", longest=200)]


def _pictures() -> list[bytes]:
    small = media.picture(12, 8)
    found = [media.saved(small, form) for form in ("JPEG", "PNG", "GIF", "WEBP")]
    found += [media.animated(form, media.animation(2, 6)) for form in ("GIF", "PNG", "WEBP")]
    return [one for one in found if len(one) < 3000]


TARGETS = (
    Target("payload", _payload, _payloads,
           ("payloads/codec.py:WirePayload.decode", "payloads/payload.py:Payload.check")),
    Target(
        "wrapper",
        _wrapper,
        _wrapped,
        ("payloads/wrapper.py:unwrap", "payloads/wrapper.py:recover_author", "payloads/transactions.py:recover_wallet"),
    ),
    Target(
        "attachment",
        each(attachments.detach, partial(attachments.attach, data=b"x")),
        lambda: hexes("application", longest=900),
        ("payloads/attachments.py:detach", "payloads/attachments.py:attach"),
    ),
    Target("group-event", _event, _events, ("payloads/groups.py:SignedEvent.decode",)),
    Target("group", _fold, _events, ("payloads/group_history.py:fold",), max_input=700),
    Target("markdown", as_text(_text), lambda: texts("markdown", longest=900),
           ("payloads/markdown/parsing.py:parse_text",)),
    Target(
        "names",
        as_text(_names),
        lambda: [*SOME_NAMES, *texts("identity", "transactions", longest=300)],
        (
            "payloads/chats.py:key_from_text", "payloads/chats.py:group_creator", "account/key_encoding.py:decode",
            "account/key_encoding.py:serialize", "account/key_encoding.py:deserialize",
            "messenger/transaction_records.py:address_of_text", "messenger/transaction_records.py:contract_of_text",
            "messenger/transaction_records.py:address_bytes", "messenger/transaction_records.py:amount_of_text",
            "messenger/transaction_records.py:hash_bytes",
        ),
    ),
    Target(
        "link",
        as_text(_links),
        _some_links,
        (
            "links/parsing.py:parse_link", "links/parsing.py:parse_group_link", "links/people.py:parse_person",
            "account/key_encoding.py:parse_public_key",
        ),
        allowed=(LocalError,),
    ),
    Target(
        "picture",
        each(
            reading.outline,
            lambda data: reading.check_image(data, reading.image_type(data)),
            pictures.outline_of,
            partial(previews.preview, width=8, height=8),
            orientation,
        ),
        _pictures,
        (
            "media/reading.py:outline", "media/reading.py:check_image", "media/pictures.py:outline_of",
            "media/previews.py:preview", "media/png.py:read", "media/jpeg.py:read", "media/gif.py:read",
            "media/webp.py:read", "media/exif.py:orientation",
        ),
    ),
    Target(
        "sound",
        each(sounds.read, lambda data: sounds.check_audio(data, reading.audio_type(data)), sounds.without_tag),
        lambda: [media.aac(3), media.amr(0, 1, 7)],
        ("media/sounds.py:read", "media/sounds.py:check_audio", "media/sounds.py:without_tag"),
    ),
)  # fmt: skip
