"""Invitations: the link that others paste, and what is wrong with one that is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.errors import Refused, RemoteError
from pystatus.fleets import contents
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.invitation import (
    MAX_BYTES,
    MAX_TYPED,
    NotAnInvitation,
    invitation,
    is_invitation,
    parse_invitation,
)
from pystatus.fleets.published import published_fleet
from pystatus.links.parsing import parse_link
from pystatus.links.qr_code import QrCode
from pystatus.links.values import INVITATION, NotALink
from pystatus.wire.base_text import from_base32
from tests.fleets.support import FULL, HARBOUR, LIST, enode, point
from tests.fuzzing.targets.fleets import framed

LINK = invitation(HARBOUR)


def sentence_of(text: str) -> str:
    with pytest.raises(NotAnInvitation) as caught:
        parse_invitation(text)
    return str(caught.value)


@pytest.mark.parametrize("fleet", [HARBOUR, FULL, Fleet(bootnodes=(enode(2),)), Fleet(dns_lists=(LIST,))])
def test_an_invitation_holds_a_fleet_and_is_the_same_each_time(fleet: Fleet) -> None:
    link = invitation(fleet)
    assert parse_invitation(link) == fleet
    assert invitation(parse_invitation(link)) == link
    assert re.fullmatch(r"pystatus://network/[a-z2-7]+", link)


def test_the_form_of_version_1_stays() -> None:
    assert LINK == (
        "pystatus://network/agfacb3imfzge33voiaaaaiezmahcbicaj434zt67holxlcvubrjltuhbmdqfg743mw44kgzlhzicwyw7"
        "alzqadwl53f6awgar7ziqpnpvwtarkan2k4a7gylr3y4s4m546kpk5mbg4vy4e64uahmxlwluaqaaiaaeaqcaxzgcfadesyymies"
        "ncpqx4j2urjwuy4qrmdn6m3bbqb6ej3zybw7eachaqaacx5jfrj"
    )


@given(text=st.sampled_from(["{}", " {}\n", "{}/", "\u200b{}"]), upper=st.booleans())
@settings(max_examples=10)
def test_it_survives_what_happens_to_text(text: str, upper: bool) -> None:
    link = LINK.upper() if upper else LINK
    broken = "\n".join(link[at : at + 70] for at in range(0, len(link), 70))
    assert parse_invitation(text.format(link)) == parse_invitation(broken) == HARBOUR
    assert is_invitation(text.format(link))


BROKEN = "\n".join(LINK[at : at + 60] for at in range(0, len(LINK), 60))
ANSWERED = "\n> ".join(LINK[at : at + 60] for at in range(0, len(LINK), 60))


@pytest.mark.parametrize(
    "text",
    [
        f"Dear all,\n\nthis is the way in: {LINK}. See you there!\n\nAlice\n",
        f"Dear all,\n\n{BROKEN}\n\nSee you there!\n",
        f"On Monday Alice wrote:\n> join us:\n> {ANSWERED}\n> Alice\n\nThank you!\n",
        f"<{LINK}>",
        f"({LINK}).",
        f'<a href="{LINK}">join</a>',
        f"`{LINK}`",
        f"{LINK.upper()}, {LINK}",
        f"{LINK} {LINK}",
        LINK.removeprefix("pystatus:"),
        LINK.removeprefix("pystatus://"),
        f"<{LINK.removeprefix('pystatus://')}>.",
    ],
)
def test_it_is_found_in_what_stands_around_it(text: str) -> None:
    assert is_invitation(text)
    assert parse_invitation(text) == HARBOUR


@pytest.mark.parametrize("text", ["network/relay.toml", "network/", "the network/agf", "~/network/abcdefgh", "network"])
def test_a_path_is_none(text: str) -> None:
    assert not is_invitation(text)


def test_in_a_mail_it_may_be_cut_too() -> None:
    assert sentence_of(f"Join us: <{LINK[:-20]}>").startswith("This invitation is cut")


def test_one_that_is_cut_says_so_wherever_it_is_cut() -> None:
    for end in range(len(INVITATION), len(LINK)):
        assert sentence_of(LINK[:end]).startswith("This invitation is cut: its end is missing.")


def test_one_that_is_altered_says_so_whatever_is_altered() -> None:
    for at in range(len(INVITATION), len(LINK)):
        other = "b" if LINK[at] == "a" else "a"
        told = sentence_of(LINK[:at] + other + LINK[at + 1 :])
        assert told.startswith(("This invitation was altered: its checksum is wrong.", "This invitation is cut"))
    assert sentence_of(f"{LINK}aa").startswith("This invitation was altered")
    assert sentence_of(LINK[:-1] + "1").startswith("This invitation has characters that none has")


def test_one_of_a_newer_version_says_so() -> None:
    assert sentence_of(framed(b"something else", version=2)).startswith("This invitation was made by a newer pystatus")
    assert sentence_of(framed(b"", version=255)).startswith("This invitation was made by a newer pystatus")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (enode(1), "This is the address of one node, no invitation. Give it with --peer"),
        (LIST, "This is a node list in DNS, no invitation. Give it with --dns-list."),
        ("enr:-abc", "This is the record of one node"),
        (point(1), "This is the address of a Rendezvous node, no invitation. Give it with --rendezvous."),
        ("https://join.status.im/status", "This is a link of Status to a person or a chat"),
        ("status-im://status", "This is a link of Status to a person or a chat"),
        ("https://example.org", "This is no invitation to a network: one begins with pystatus://network/."),
        ("", "This is no invitation to a network"),
        ("x" * (MAX_TYPED + 1), "This is far longer than an invitation."),
    ],
)
def test_something_else_that_was_pasted_is_told_apart(text: str, sentence: str) -> None:
    told = sentence_of(text)
    assert told.startswith(sentence)
    assert text not in told or not text


def test_a_link_to_a_person_is_wanted_and_an_invitation_was_pasted() -> None:
    with pytest.raises(NotALink, match="an invitation to a network of relays"):
        parse_link(LINK)


def test_a_fleet_that_is_too_large_says_how_large_it_may_be() -> None:
    with pytest.raises(Refused, match=r"This fleet takes 1131 bytes, and an invitation holds 600"):
        invitation(published_fleet("eth.prod"))
    with pytest.raises(Refused, match="without a node is no network"):
        invitation(Fleet(name="harbour"))


def test_the_largest_is_one_qr_code() -> None:
    fleet = Fleet()
    for number in range(1, 30):
        more = Fleet(relays=tuple(enode(one, f"203.0.113.{one}") for one in range(1, number + 1)))
        try:
            invitation(more)
        except Refused:
            break
        fleet = more
    link = invitation(fleet)
    assert len(fleet.relays) >= 13
    assert len(from_base32(link.removeprefix(INVITATION).upper())) <= MAX_BYTES
    assert len(QrCode(link.upper()).half_blocks()) <= 55  # lines of a terminal


@pytest.mark.parametrize(
    "changed",
    [
        contents.written(HARBOUR) + b"\0",
        contents.written(HARBOUR)[:-1],
        contents.written(HARBOUR).replace(b"\x07harbour", b"\x07harb\xffur"),
        contents.written(HARBOUR).replace(b"\x07harbour", b"\x07harbou\x07"),
        contents.written(HARBOUR).replace(bytes((4, 203, 0, 113, 5)), bytes((5, 203, 0, 113, 5))),
        contents.written(HARBOUR).replace(bytes((4, 203, 0, 113, 5)), bytes((6, *bytes(10), 255, 255, 203, 0, 113, 5))),
        contents.written(Fleet(name="harbour", relays=HARBOUR.relays))[:-5] + bytes((1, 9, 0, 0, 0, 0)),
        contents.written(HARBOUR)[:-1] + b"\x06\0",
        bytes(8),
    ],
)
def test_contents_that_nobody_writes_are_refused(changed: bytes) -> None:
    assert sentence_of(framed(changed)).startswith("This invitation names nodes in a way that no pystatus writes")


def test_of_the_contents_there_is_one_form() -> None:
    known = contents.written(FULL)
    assert contents.read(known) == FULL
    twice = contents.written(Fleet(relays=HARBOUR.relays))[:-6] + b"\x02\0\0" + bytes(4)
    with pytest.raises(RemoteError, match="not in the form that their fleet has"):
        contents.read(twice)
