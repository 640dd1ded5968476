"""Where a link leads is said before it is opened, and what is odd about it; names that look alike are seen."""

# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.account.alias import alias
from pystatus.account.names import KnownNames, ShownName, shown_name
from pystatus.crypto.keys import PublicKey
from pystatus.faces import imitation
from pystatus.faces.catalogue import texts_in
from pystatus.faces.imitation import Known, skeleton
from pystatus.faces.link_check import MAX_URL, Oddity, check_link
from pystatus.links.values import PublicChatLink, UserLink
from tests.faces.support import ALICE, BOB, CAROL

ENGLISH = texts_in()
ODD = Oddity


@pytest.mark.parametrize(
    ("url", "host", "oddities"),
    [
        ("https://status.im/get", "status.im", ()),
        ("http://Status.IM:8080/?a=@b", "status.im", ()),
        ("https://status.im.", "status.im.", ()),
        ("https://status.im#@evil.example", "status.im", ()),
        ("https://münchen.de", "xn--mnchen-3ya.de", (ODD.PUNYCODE,)),
        ("https://straße.de", "xn--strae-oqa.de", (ODD.PUNYCODE,)),
        ("https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de", (ODD.PUNYCODE,)),
        ("https://xn--80ak6aa92e.com", "xn--80ak6aa92e.com", (ODD.PUNYCODE,)),
        ("https://стаtus.im", "xn--tus-5cd8fg.im", (ODD.MIXED_SCRIPTS, ODD.PUNYCODE)),
        ("https://日本のlatin.jp", "xn--latin-pd4dm266a0ec.jp", (ODD.PUNYCODE,)),
        ("https://status.im@evil.example/", "evil.example", (ODD.USERINFO,)),
        ("https://@evil.example/", "evil.example", (ODD.USERINFO,)),
        ("https://a:b@c@evil.example/", "evil.example", (ODD.USERINFO,)),
        ("https://127.0.0.1/", "127.0.0.1", (ODD.IP_ADDRESS,)),
        ("https://2130706433", "2130706433", (ODD.IP_ADDRESS,)),
        ("https://0x7f.1", "0x7f.1", (ODD.IP_ADDRESS,)),
        ("https://[::1]:80/", "[::1]", (ODD.IP_ADDRESS,)),
        ("https://%65vil.example", "evil.example", ()),
        ("https:status.im", "status.im", ()),
        ("ftp://status.im", "", (ODD.OTHER_SCHEME,)),
        ("mailto:a@b.c", "", (ODD.OTHER_SCHEME,)),
        ("javascript:alert(1)", "", (ODD.OTHER_SCHEME,)),
        ("file:///etc/passwd", "", (ODD.OTHER_SCHEME,)),
        ("https://status.im\\@evil.example", "", (ODD.UNREADABLE,)),
        ("https:\\\\evil.example", "", (ODD.UNREADABLE,)),
        ("https://sta tus.im", "", (ODD.UNREADABLE,)),
        ("https://sta\ttus.im", "", (ODD.UNREADABLE,)),
        ("https://sta\u200btus.im", "", (ODD.UNREADABLE,)),
        ("https://status.im/\u202egpj.exe", "", (ODD.UNREADABLE,)),
        ("https://status.im%00.evil.example", "", (ODD.UNREADABLE,)),
        ("https://", "", (ODD.UNREADABLE,)),
        ("https://a..b", "", (ODD.UNREADABLE,)),
        ("https://[::1", "", (ODD.UNREADABLE,)),
        ("https://[nonsense]", "", (ODD.UNREADABLE,)),
        ("https://[::1]x", "", (ODD.UNREADABLE,)),
        ("https://a:port", "", (ODD.UNREADABLE,)),
        ("https://\ufffd.de", "", (ODD.UNREADABLE,)),
        ("no link", "", (ODD.UNREADABLE,)),
        ("status.im", "", (ODD.UNREADABLE,)),
        ("https://" + "a" * 254, "", (ODD.UNREADABLE,)),
        ("https://a/" + "a" * MAX_URL, "", (ODD.UNREADABLE,)),
        ("status-im://nonsense/\ufffd", "", (ODD.UNREADABLE,)),
    ],
)
def test_where_a_link_leads(url: str, host: str, oddities: tuple[Oddity, ...]) -> None:
    found = check_link(url)
    assert (found.host, tuple(found.oddities)) == (host, oddities)
    assert found.inside is None
    assert found.can_be_opened == (ODD.UNREADABLE not in oddities)
    said = found.sentences(ENGLISH)
    assert len(said) == len(oddities) + bool(host)


@pytest.mark.parametrize(
    ("shown", "differs"),
    [
        (None, False),
        ("https://status.im/get", False),
        ("status.im", False),
        ("STATUS.IM/other", False),
        ("read this", False),
        ("a sentence. Then another", False),
        ("https://evil.example/status.im", True),
        ("evil.example", True),
        ("https://status.im@evil.example", True),
        ("https://ѕtatus.im", True),
    ],
)
def test_what_is_shown_is_where_it_leads(shown: str | None, differs: bool) -> None:
    found = check_link("https://status.im/get", shown)
    assert (ODD.SHOWN_DIFFERS in found.oddities) == differs


def test_links_of_status_lead_into_the_program() -> None:
    inside = check_link("https://join.status.im/status").inside
    assert isinstance(inside, PublicChatLink)
    found = check_link(f"status-im://u/{BOB.hex}")
    assert isinstance(found.inside, UserLink)
    assert found.sentences(ENGLISH) == ["This link leads to a place in pystatus"]


def test_what_is_said_of_a_link() -> None:
    assert check_link("https://xn--80ak6aa92e.com/").sentences(ENGLISH) == [
        "This link leads to xn--80ak6aa92e.com",
        "Its name has letters that may look like others: аррӏе.com",
    ]
    assert check_link("https://xn--a.xn--99999999.b").reads_as
    assert check_link("ftp://a.b").sentences(texts_in("de")) == [
        "Für diesen Link würde ein anderes Programm als ein Browser gestartet"
    ]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text(alphabet="ahtps:/\\@[]%.x-n0:#?ü", max_size=30).map("https://".__add__)))
def test_every_text_is_some_link_or_none(url: str) -> None:
    found = check_link(url, url[::-1])
    assert all(sentence.isprintable() for sentence in found.sentences(ENGLISH))
    assert found.host == "" or found.host.isascii()


# names


def called(key: PublicKey, nickname: str = "", ens: str = "") -> ShownName:
    return shown_name(key, KnownNames(nickname, ens, bool(ens)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "pаypаl"),
        ("Alice", "AIice"),
        ("modern", "rnodern"),
        ("ALICE", "alice"),
        ("0liver", "Oliver"),
        ("a b", "аb"),
    ],
)
def test_names_look_alike(one: str, other: str) -> None:
    known = Known([called(BOB, one)])
    assert known.imitated(called(CAROL, other)) == called(BOB, one)


def test_who_imitates_nobody() -> None:
    known = Known([called(BOB, "Bob", "bob.stateofus.eth"), called(ALICE)])
    assert known.imitated(called(CAROL, "Carol")) is None
    assert known.imitated(called(BOB, "Bob")) is None
    imitating = known.imitated(called(CAROL, ens="ьob.stateofus.eth".replace("ь", "b")))
    assert imitating == called(BOB, "Bob", "bob.stateofus.eth")
    assert skeleton("x\x1b[2J") == "x"


def test_words_of_a_name_that_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = alias(BOB).split()
    for name, is_like in (
        (f"{first} {second} Owl", True),
        (f"{first} Loud {third}", True),
        (f"Loud {second} {third}", True),
        (f"{first} Loud Owl", False),
        (f"{second} {first} Owl", False),
    ):
        monkeypatch.setattr(imitation, "alias", lambda key, name=name: name if key == CAROL else alias(key))
        found = Known([called(BOB)]).imitated(ShownName(CAROL, "Carol", called(CAROL).kind))
        assert (found is not None) == is_like
