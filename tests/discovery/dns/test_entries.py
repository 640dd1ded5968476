"""What the TXT records of a node list may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PublicKey
from pystatus.discovery.dns.entries import (
    MAX_SEQUENCE,
    Branch,
    Link,
    Root,
    checked_name,
    decode_entry,
    entry_name,
    is_named,
)
from pystatus.errors import LocalError, RemoteError
from pystatus.wire.base_text import to_base32
from tests.discovery.dns import eip_1459 as eip
from tests.support.dns_zone import key, record, signed_root

NAME = to_base32(bytes(16))


def test_the_link_of_the_eip() -> None:
    link = Link.decode(eip.LINK)
    assert link.public_key.uncompressed.hex() == eip.KEY
    assert (link.domain, str(link)) == ("nodes.example.org", eip.LINK)


def test_the_eip_prints_the_link_of_another_key() -> None:
    """overlay.md §5.3: nobody who has read the page will find the list by it."""
    printed = Link.decode(eip.LINK_AS_PRINTED)
    with pytest.raises(RemoteError, match="not signed by its key"):
        Root.decode(eip.ROOT, printed.public_key)


def test_the_root_of_the_eip() -> None:
    root = Root.decode(eip.ROOT, PublicKey.from_bytes(bytes.fromhex(eip.KEY)))
    assert root == Root("JWXYDBPXYWG6FX3GMDIBFA6CJ4", "C7HRFPF3BLGF3YR4DY5KX3SMBE", 1)
    with pytest.raises(RemoteError):  # overlay.md §11: no padding, though the page says so
        Root.decode(eip.ROOT + "=", Link.decode(eip.LINK).public_key)


@pytest.mark.parametrize(("name", "text"), eip.ENTRIES.items())
def test_the_names_of_the_eip(name: str, text: str) -> None:
    assert entry_name(text) == name
    assert is_named(text, name)
    assert decode_entry(text) is not None
    assert not is_named(text + " ", name)


@pytest.mark.parametrize("size", [12, 16, 32])
def test_names_of_other_lengths(size: int) -> None:
    """Later versions of the reference have them."""
    text = "enrtree-branch:"
    full = to_base32(keccak256(text.encode())[:size])
    assert is_named(text, checked_name(full))


@pytest.mark.parametrize("text", ["", NAME[:-8], NAME.lower(), NAME + "=", to_base32(bytes(11)), to_base32(bytes(33))])
def test_what_names_no_entry(text: str) -> None:
    with pytest.raises(RemoteError):
        checked_name(text)


@pytest.mark.parametrize(
    "text",
    [
        eip.LINK[:-1] + "ö",
        eip.LINK + ":53",
        eip.LINK.replace("//", "/"),
        eip.LINK.replace("@", ""),
        eip.LINK.replace("AKPYQ", "akpyq"),
        eip.LINK.replace("AKPYQ", "AKPY"),
        eip.LINK.replace("enrtree", "ENRTREE"),
        eip.LINK.replace(".example", "..example"),
        eip.LINK.replace("nodes", "-nodes"),
        eip.LINK.partition("@")[0] + "@",
        eip.LINK.partition("@")[0] + "@" + "a." * 101 + "org",
        eip.LINK.partition("@")[0] + "@" + "a." * 16 + "org",
        "enrtree://" + to_base32(b"\x04" + bytes(32)) + "@nodes.example.org",
        "enrtree://" + to_base32(b"\x02" + b"\xff" * 32) + "@nodes.example.org",
        "enrtree://" + to_base32(bytes(33))[:-1] + "B@nodes.example.org",
        "https://nodes.example.org",
        "",
    ],
)
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(RemoteError):
        Link.decode(text)
    with pytest.raises(LocalError, match="It looks like enrtree://"):
        Link.parse(text)


def test_domains_are_the_same_in_any_case() -> None:
    assert Link.parse(f" {eip.LINK.replace('nodes', 'NODES')}.\n") == Link.decode(eip.LINK)


@pytest.mark.parametrize(
    "text",
    [
        signed_root(key(2), NAME, NAME, 1),
        signed_root(key(1), NAME, NAME, 1).replace("seq=1", "seq=2"),
        signed_root(key(1), NAME, NAME, MAX_SEQUENCE + 1),
        signed_root(key(1), NAME[:-8], NAME, 1),
        signed_root(key(1), NAME, to_base32(bytes(33)), 1),
        signed_root(key(1), NAME, NAME, 1).replace(" sig", "  sig"),
        signed_root(key(1), NAME, NAME, 1)[:-1],
        signed_root(key(1), NAME, NAME, 1) + " x=y",
        signed_root(key(1), NAME, NAME, 1).replace("root:v1", "root=v1"),  # the form of a draft
        signed_root(key(1), NAME, NAME, 1).replace("root:v1", "root:v2"),
        f"enrtree-root:v1 e={NAME} l={NAME} seq=1 sig={'A' * 87}",
        f"enrtree-root:v1 e={NAME} l={NAME} seq=-1 sig={'A' * 87}",
    ],
)
def test_what_is_no_root(text: str) -> None:
    with pytest.raises(RemoteError):
        Root.decode(text, key(1).public_key)


@pytest.mark.requirement("WK-60")
def test_entries() -> None:
    assert decode_entry("enrtree-branch:") == Branch(())
    assert decode_entry(f"enrtree-branch:{NAME},{NAME}") == Branch((NAME, NAME))
    assert decode_entry(str(record(1))) == record(1)
    assert decode_entry(eip.LINK) == Link.decode(eip.LINK)
    assert decode_entry("enrtree=of an old draft") is None
    assert decode_entry("") is None


@pytest.mark.parametrize(
    "text", ["enrtree-branch:,", f"enrtree-branch:{NAME},", "enrtree-branch:x", "enr:", "enrtree://"]
)
def test_what_is_no_entry(text: str) -> None:
    with pytest.raises(RemoteError):
        decode_entry(text)


@given(st.sampled_from(["enrtree-branch:", "enrtree://", "enr:", "enrtree-root:v1 e=", ""]), st.text(max_size=100))
def test_any_text_is_something_or_refused(prefix: str, text: str) -> None:
    for decode in (decode_entry, lambda both: Root.decode(both, key(1).public_key)):
        try:
            decode(prefix + text)
        except RemoteError:
            continue
