"""Links: every row of the table in account.md §12, in every form, and what is none."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pystatus
from pystatus.account.address import address_of, checksummed
from pystatus.account.key_encoding import encode
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError
from pystatus.links.parsing import MAX_TYPED, is_link, parse_link
from pystatus.links.people import linked_chat, parse_person
from pystatus.links.values import (
    INTERNAL,
    MAX_LINK,
    WEB,
    Address,
    BrowserLink,
    ChatLink,
    GroupLink,
    Link,
    NotALink,
    PaymentRequest,
    PublicChatLink,
    ReferralLink,
    UserLink,
)
from pystatus.payloads.chats import group_chat_id
from pystatus.payloads.checks import MAX_LINE

ALICE = PrivateKey(bytes([2] * 32)).public_key
BOB = PrivateKey(bytes([3] * 32)).public_key
GROUP = group_chat_id("3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11", BOB)
SECRET = "c0ffee" + "5a" * 29
ADDRESS = checksummed(address_of(ALICE))

BEGINNINGS = [
    "status-im://",
    "status-im:",
    "https://join.status.im/",
    "http://join.status.im/",
    "https://www.join.status.im/",
    "http://www.join.status.im/",
    "HTTPS://Join.Status.IM/",
]
ROWS: list[tuple[str, Link]] = [
    ("status", PublicChatLink("status")),
    ("chat/public/status-2", PublicChatLink("status-2")),
    (f"u/{ALICE.hex}", UserLink(ALICE)),
    (f"user/{ALICE.hex}", UserLink(ALICE)),
    (f"u/{encode(ALICE)}", UserLink(ALICE)),
    ("u/Alice", UserLink("alice.stateofus.eth")),
    ("user/alice.eth", UserLink("alice.eth")),
    ("u/me.alice.eth", UserLink("me.alice.eth")),
    (f"p/{ALICE.hex}", ChatLink(ALICE)),
    (f"p/{encode(ALICE, 'f')}", ChatLink(ALICE)),
    ("p/alice", ChatLink("alice.stateofus.eth")),
    (
        f"g/args?a={ALICE.hex}&a1={quote('Book Club & friends?')}&a2={GROUP}",
        GroupLink(ALICE, "Book Club & friends?", GROUP),
    ),
    (f"g/args?a2={GROUP}&a1={quote('港')}&a={ALICE.hex}", GroupLink(ALICE, "港", GROUP)),
    ("b/https://example.org/a?b=c&d#e", BrowserLink("https://example.org/a?b=c&d#e")),
    ("browser/example.org/a", BrowserLink("https://example.org/a")),
    ("referral/a1b2", ReferralLink("a1b2")),
]
BARE: list[tuple[str, Link]] = [
    (ALICE.hex, UserLink(ALICE)),
    (encode(ALICE), UserLink(ALICE)),
    (ADDRESS, Address(ADDRESS)),
    (ADDRESS.lower(), Address(ADDRESS)),
    (f"ethereum:{ADDRESS}", PaymentRequest(f"ethereum:{ADDRESS}")),
    (f"ETHEREUM:pay-{ADDRESS}@3", PaymentRequest(f"ethereum:pay-{ADDRESS}@3")),
    ("ethereum:pay-alice.eth?value=2.014e18", PaymentRequest("ethereum:pay-alice.eth?value=2.014e18")),
    (
        f"ethereum:{ADDRESS}/transfer?address={ADDRESS}&uint256=1",
        PaymentRequest(f"ethereum:{ADDRESS}/transfer?address={ADDRESS}&uint256=1"),
    ),
]


@pytest.mark.requirement("AC-33")
@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize(("path", "meant"), ROWS, ids=[path[:20] for path, _ in ROWS])
def test_every_row_of_the_table_in_every_form(beginning: str, path: str, meant: Link) -> None:
    assert parse_link(f" {beginning}{path}\n") == meant
    assert is_link(beginning + path)


@pytest.mark.requirement("AC-33")
@pytest.mark.parametrize(("text", "meant"), BARE, ids=[text[:20] for text, _ in BARE])
def test_what_has_no_beginning(text: str, meant: Link) -> None:
    assert parse_link(text) == meant
    assert not is_link(text)


@pytest.mark.requirement("AC-33")
def test_what_is_given_to_others() -> None:
    written = {str(link): link.internal_url for _, link in ROWS if not isinstance(link, PaymentRequest | Address)}
    assert written["https://join.status.im/status"] == "status-im://status"
    assert f"https://join.status.im/u/{ALICE.hex}" in written
    assert "https://join.status.im/p/alice.stateofus.eth" in written
    assert f"https://join.status.im/g/args?a={ALICE.hex}&a1=Book%20Club%20%26%20friends%3F&a2={GROUP}" in written
    assert "https://join.status.im/b/https://example.org/a" in written
    assert all(link.isascii() and link.startswith(WEB) for link in written)


def test_a_request_to_pay_says_to_whom_and_where() -> None:
    request = PaymentRequest(f"ethereum:pay-{ADDRESS}@3/transfer?uint256=1")
    assert (request.target, request.chain_id) == (ADDRESS, 3)
    assert PaymentRequest("ethereum:pay-alice.eth").chain_id == 1


NO_CHAT = ["", "Status", "a_b", "two words", "é", "%61", "status/", "status?x=1", "status#x", ALICE.hex, GROUP, "zQ3sh"]
NO_PERSON = [
    "",
    "0x04",
    ALICE.hex[:-1],
    f"{ALICE.hex}0",
    encode(ALICE)[:-2],
    "alice@home",
    "alice.com",
    "a..eth",
    ".eth",
    "é",
    SECRET,
]
NO_GROUP = [
    "g/args",
    f"g/args?a={ALICE.hex}&a1=harbour",
    f"g/args?a={ALICE.hex}&a2={GROUP}",
    f"g/args?a1=harbour&a2={GROUP}",
    f"g/args?a={ALICE.hex}&a1=&a2={GROUP}",
    f"g/args?a=0x00ceded&a1=harbour&a2={GROUP}",
    f"g/args?a={ALICE.hex}&a1=harbour&a2=status",
    f"g/args?a={ALICE.hex}&a1=harbour&a2=x-{ALICE.hex}",
    f"g/args?a={ALICE.hex}&a1=harbour&a2=3b0f4e1c-6a3d-4f5e-9a59-0d8f5d6f7a11-{ALICE.hex[:-2]}ff",
    f"g/args?a={ALICE.hex}&a={BOB.hex}&a1=harbour&a2={GROUP}",
    f"g/args?a={ALICE.hex}&a1=%ff&a2={GROUP}",
    f"g/other?a={ALICE.hex}&a1=harbour&a2={GROUP}",
]
NO_PAGE = [
    "",
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://",
    "https://me:secret@example.org",
    "https://example.org\\@evil.org",
    "https://[::1",
    "https://example.org:99999",
    "https://exa mple.org",
]
NO_PAYMENT = [
    "ethereum:",
    "ethereum:0x1234",
    f"ethereum:other-{ADDRESS}",
    f"ethereum:{ADDRESS.swapcase()[:2].lower()}{ADDRESS[2:].swapcase()}",
    "ethereum:alice",
    f"ethereum:{ADDRESS}@x",
    f"ethereum:{ADDRESS}?value=é",
    f"bitcoin:{ADDRESS}",
]
NOTHING = [
    "",
    " ",
    "status",
    "#status",
    "hello world",
    "https://join.status.im",
    "https://join.status.im.example.org/status",
    "https://example.org/status",
    "https://status.im/status",
    "https://dap.status.im/status",
    "https://wwww.join.status.im/status",
    "https://me@join.status.im/status",
    "https://join.status.im:443/status",
    "ftp://join.status.im/status",
    "javascript:status-im://status",
    f"{ADDRESS[:-1]}{'0' if ADDRESS[-1] != '0' else '1'}",
    SECRET,
    f"0x{SECRET}",
    "WIFI:S:home;P:secret;;",
    "\0\ud800",
    WEB + "x" * MAX_LINK,
    "x" * 1_000_000,
    "\u200b" * (MAX_TYPED - 26) + "https://join.status.im/status",
    "\u200b" * 1_000_000,
]
REFUSED = [
    *(f"{WEB}{name}" for name in NO_CHAT),
    *(f"{INTERNAL}chat/public/{name}" for name in NO_CHAT),
    *(f"{WEB}{kind}/{name}" for kind in ("u", "p", "user") for name in NO_PERSON),
    *(WEB + path for path in NO_GROUP),
    *(f"{WEB}b/{page}" for page in NO_PAGE),
    *(f"{WEB}{path}" for path in ("referral/", "x/y", "chat/status", "chat/private/status", "u/x/y", "/u/alice")),
    *NO_PAYMENT,
    *NOTHING,
]


@pytest.mark.requirement("AC-33")
@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:40]))
def test_what_is_no_link_is_one_sentence_that_repeats_nothing(text: str) -> None:
    with pytest.raises(LocalError) as caught:
        parse_link(text)
    sentence = str(caught.value)
    assert sentence.endswith(".") or "cannot be used" in sentence
    assert SECRET not in sentence
    assert len(sentence) < 250


def test_a_private_key_that_is_pasted_is_recognised() -> None:
    with pytest.raises(NotALink, match="looks like a private key"):
        parse_link(SECRET)


keys = st.integers(1, 2**200).map(lambda number: PrivateKey(number.to_bytes(32, "big")).public_key)
labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=20)
ens_names = st.lists(labels, min_size=1, max_size=3).map(lambda parts: ".".join([*parts, "eth"]))
people = keys | ens_names
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=100)
printable = st.text([chr(number) for number in range(0x21, 0x7F) if chr(number) != "\\"], max_size=100)
groups = st.builds(
    GroupLink,
    keys,
    st.text(min_size=1, max_size=MAX_LINE),
    st.builds(lambda uuid, key: group_chat_id(str(uuid), key), st.uuids(), keys),
)
links: st.SearchStrategy[Link] = st.one_of(
    st.builds(PublicChatLink, names),
    st.builds(UserLink, people),
    st.builds(ChatLink, people),
    groups,
    st.builds(BrowserLink, st.builds("https://{}/{}".format, st.sampled_from(["example.org", "a.b:8080"]), printable)),
    st.builds(ReferralLink, printable.filter(bool)),
    keys.map(lambda key: Address(checksummed(address_of(key)))),
    st.builds(
        lambda target, chain, query: PaymentRequest(f"ethereum:pay-{target}{chain}?{query}"),
        keys.map(lambda key: checksummed(address_of(key))) | ens_names,
        st.sampled_from(["", "@3"]),
        printable,
    ),
)


@pytest.mark.requirement("AC-33")
@given(link=links)
def test_what_can_be_made_is_read_as_it_was(link: Link) -> None:
    assert parse_link(str(link)) == link
    if not isinstance(link, PaymentRequest | Address):
        assert parse_link(link.internal_url) == link


@given(
    text=st.text()
    | st.builds(lambda start, rest: start + rest, st.sampled_from([*BEGINNINGS, "ethereum:", "0x", "zQ3sh"]), st.text())
    | st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([f"{WEB}{head}" for head in ("u/", "p/", "b/", "g/args?", "chat/public/", "referral/")]),
        st.text("abc0123./?&=#%:@-_é\\ \0az", max_size=60),
    )
)
def test_nothing_that_is_typed_raises_anything_else(text: str) -> None:
    for read in (parse_link, parse_person, linked_chat):
        try:
            read(text)
        except LocalError:
            continue
    is_link(text)


@given(link=links, at=st.integers(0, 10_000), change=st.characters())
def test_a_link_with_a_slip_is_another_link_or_none(link: Link, at: int, change: str) -> None:
    text = str(link)
    at %= len(text)
    try:
        found = parse_link(text[:at] + change + text[at + 1 :])
    except LocalError:
        return
    assert parse_link(str(found)) == found


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PublicChatLink("No Name"),
        lambda: PublicChatLink("x" * MAX_LINK),
        lambda: PublicChatLink(ALICE.hex),
        lambda: UserLink("no name"),
        lambda: ChatLink(ALICE.hex[:-2]),
        lambda: GroupLink(ALICE, "", GROUP),
        lambda: GroupLink(ALICE, "x" * (MAX_LINE + 1), GROUP),
        lambda: GroupLink(ALICE, "harbour", "status"),
        lambda: BrowserLink("javascript:x"),
        lambda: BrowserLink("https://example.org/" + "x" * MAX_LINK),
        lambda: ReferralLink("no code"),
        lambda: PaymentRequest("ethereum:x"),
        lambda: PaymentRequest(f"ethereum:{ADDRESS}?" + "x" * MAX_LINK),
        lambda: Address("0x1234"),
        lambda: Address(ADDRESS[:2] + ADDRESS[2:].swapcase()),
    ],
)
def test_what_could_not_be_read_again_cannot_be_made(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(NotALink):
        wrong()


def test_a_link_to_a_key_that_is_typed_holds_the_key() -> None:
    assert UserLink(encode(ALICE)) == UserLink(ALICE)


# where a person or a chat is wanted


@pytest.mark.requirement("AC-13")
@pytest.mark.parametrize(
    "text",
    [
        ALICE.hex,
        encode(ALICE),
        encode(ALICE, "b"),
        f"https://join.status.im/u/{ALICE.hex}",
        f"status-im://p/{encode(ALICE)}",
        f"\ufeffhttps://join.status.im/user/{ALICE.hex}\r\n",
    ],
)
def test_a_person_by_key_or_link(text: str) -> None:
    assert parse_person(text) == ALICE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://join.status.im/status", "leads to a chat, not to a person"),
        (str(GroupLink(ALICE, "harbour", GROUP)), "leads to a chat, not to a person"),
        ("https://join.status.im/u/alice", "'alice.stateofus.eth', and pystatus cannot look up ENS names yet"),
        ("https://join.status.im/b/example.org", "leads to no chat"),
        ("https://join.status.im/u/0x04", "no chat key"),
        ("nobody", "not a chat key"),
    ],
)
def test_what_names_nobody(text: str, sentence: str) -> None:
    with pytest.raises(LocalError, match=sentence):
        parse_person(text)


def test_whatever_people_give_for_a_key_is_read_by_one_function() -> None:
    """So all of it takes links, too."""
    source = Path(pystatus.__file__).parent
    found = {
        path.relative_to(source).as_posix() for path in source.rglob("*.py") if "parse_public_key" in path.read_text()
    }
    assert {name for name in found if not name.startswith(("account/", "links/"))} == set(), (
        "use links.people.parse_person"
    )


def test_chats_that_links_lead_to() -> None:
    found: dict[str, PublicKey | str] = {
        "https://join.status.im/status": "status",
        f"status-im:p/{ALICE.hex}": ALICE,
        str(GroupLink(ALICE, "harbour", GROUP)): GROUP,
    }
    assert {text: linked_chat(text) for text in found} == found
