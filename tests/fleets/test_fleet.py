"""Fleets: what one has, what its file says, and those of Status."""

from __future__ import annotations

import pytest

from pystatus.devp2p.enode import Enode
from pystatus.errors import Refused
from pystatus.fleets import fleet as limits
from pystatus.fleets.fleet import MAX_LISTED, MAX_MISTAKES, MAX_NODES, Fleet, FleetError, together
from pystatus.fleets.fleet_file import MAX_FILE, read_fleet, written_fleet
from pystatus.fleets.published import PUBLISHED, published_fleet
from pystatus.libp2p.multiaddr import PeerAddress
from pystatus.net.bootnodes import MAX_BOOTNODES
from pystatus.net.dns_lists import MAX_LISTS
from pystatus.net.rendezvous_nodes import MAX_NODES as MAX_POINTS
from tests.fleets.support import FULL, HARBOUR, LIST, enode, point


def mistakes_in(text: str) -> tuple[str, ...]:
    with pytest.raises(FleetError) as caught:
        read_fleet(text.encode(), "fleet.toml")
    return caught.value.sentences


@pytest.mark.requirement("CL-11", "CL-30")
def test_the_production_fleet_is_the_published_one_and_is_history() -> None:
    fleet = published_fleet("eth.prod")
    assert {Enode.parse(one).node_address.hex() for one in fleet.bootnodes} == {
        "6f5ad5db5fe8b904d5b9069624dfef24f4db2855ada4f46d93c33974185ba694",
        "39da5253a2735a3981405e824b768fca7fa8203c539e20cc4adfbfa48291a6ec",
        "888d3004f250ecf3c1e6443b2582ecb9f66f0f22fc2e143f651628941536795a",
        "5aa26c999f4f9e4763e8c8e7fe9070d2ae7f1fb9691e048794adf3799214f0f5",
        "7f1440c9d809836024865173a6b1510c9f1e8512341e5e33917920ed2b2a0090",
        "393b83b514ba57bc7e3bb1515b2e878ae24e74c348f05324f5eb14f37e674e8b",
    }
    assert (len(fleet.relays), len(fleet.mailservers), len(fleet.rendezvous_nodes)) == (2, 9, 6)
    boot = {Enode.parse(one).host for one in fleet.bootnodes}
    assert {PeerAddress.parse(one).host for one in fleet.rendezvous_nodes} == boot
    assert "history" in fleet.notice


@pytest.mark.requirement("CL-30")
@pytest.mark.parametrize("name", PUBLISHED)
def test_each_published_fleet_says_that_it_is_history(name: str) -> None:
    fleet = published_fleet(name)
    assert fleet.name == name
    assert "It is history: its nodes are gone." in fleet.notice
    assert all((fleet.relays, fleet.mailservers, fleet.bootnodes, fleet.rendezvous_nodes))


def test_another_one_was_not_published() -> None:
    with pytest.raises(Refused, match=r'Status published no fleet "eth\.beta"\. There were eth\.prod, '):
        published_fleet("eth.beta")


@pytest.mark.requirement("CL-12")
@pytest.mark.parametrize("fleet", [HARBOUR, FULL, Fleet(bootnodes=(enode(1),))])
def test_a_file_is_read_as_it_was_written(fleet: Fleet) -> None:
    assert read_fleet(written_fleet(fleet).encode(), "fleet.toml") == fleet


def test_each_entry_is_there_once_and_in_our_form() -> None:
    loud = enode(1).replace("enode", "ENODE").replace("30303", "030303")
    assert Fleet(relays=(f" {loud} ", enode(1), enode(2))).relays == (enode(1), enode(2))


def test_all_mistakes_of_a_file_are_told_at_once_each_with_where_it_stands() -> None:
    text = f"""
        nmae = "harbour"
        name = ["harbour"]
        notice = "a\\u0007b"
        mailserver_password = ""
        relays = ["{enode(1)}", "enode://00@host:1", "{enode(2).partition("@")[0]}"]
        mailservers = "{enode(1)}"
        bootnodes = [3]
        rendezvous_nodes = ["/ip4/203.0.113.5"]
        dns_lists = ["https://example.org"]
        [servers]
    """
    told = mistakes_in(text)
    assert all(one.startswith("fleet.toml: ") for one in told)
    begun = (
        "there is nothing called nmae in a fleet. Did you mean name?",
        "name must be text in quotation marks.",
        "mailservers must be a list of texts: mailservers = [",
        "bootnodes must be a list of texts: bootnodes = [",
        "there is nothing called servers in a fleet. Did you mean mailservers?",
        "mailserver_password: it is empty.",
        "notice: it must be one line of text",
        'relays, number 2: "enode://00@host:1" is not an enode address',
        "relays, number 3: ",
        'rendezvous_nodes, number 1: "/ip4/203.0.113.5" is not the address of a Rendezvous node',
        'dns_lists, number 1: "https://example.org" is not a node list',
    )
    assert len(told) == len(begun)
    for sentence, beginning in zip(told, begun, strict=True):
        assert sentence.removeprefix("fleet.toml: ").startswith(beginning)


def test_of_very_many_mistakes_a_screen_full_is_told() -> None:
    told = mistakes_in("relays = [" + '"x", ' * 50 + "]")
    assert len(told) == MAX_MISTAKES + 1
    assert told[-1] == "And 30 more mistakes."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\xff", "is not text in UTF-8"),
        (b"relays = [", "is not TOML: "),
        (b"a=" + b"[" * 100_000, "is not TOML: "),
        (b"#" * (MAX_FILE + 1), "has more than 256 KiB"),
        (b"a." * 2_000 + b"a = 1", "a key or a name of more than 32 parts"),
        (b"[" + b"a . " * 2_000 + b"a]", "a key or a name of more than 32 parts"),
        (b"x = {" + b'\'a\'\t.\t"\\"".' * 2_000 + b"a = 1}", "a key or a name of more than 32 parts"),
        (b"", "it names no node"),
        (b'name = "harbour"', "it names no node"),
    ],
)
def test_what_is_no_fleet_file(content: bytes, sentence: str) -> None:
    with pytest.raises(FleetError, match=sentence):
        read_fleet(content, "fleet.toml")


def test_long_names_of_hosts_are_no_long_keys() -> None:
    host = ".".join(["sub"] * 20)
    relays = ", ".join(f'"enode://{number:0128x}@{host}:30303"' for number in range(3))
    told = mistakes_in(f"notice = 'and so on {40 * '.'}'\nrelays = [{relays}]")
    assert not any("parts" in sentence for sentence in told), "what is wrong with them is that they are no keys"


def test_the_numbers_of_nodes_are_bounded_as_those_of_a_node_are() -> None:
    assert (MAX_NODES, limits.MAX_RENDEZVOUS_NODES, limits.MAX_DNS_LISTS) == (MAX_BOOTNODES, MAX_POINTS, MAX_LISTS)
    enough = tuple(enode(number) for number in range(1, MAX_NODES + 1))
    assert Fleet(relays=enough).relays == enough
    with pytest.raises(FleetError, match=r"relays: there are 65\. Name 64 at most\."):
        Fleet(relays=(*enough, enode(99)))
    with pytest.raises(FleetError, match=f"there are {MAX_LISTED + 1}"):
        Fleet(relays=(enode(1),) * (MAX_LISTED + 1))
    with pytest.raises(FleetError, match="Name 16 at most"):
        Fleet(rendezvous_nodes=tuple(point(number) for number in range(1, 18)))


@pytest.mark.parametrize(("field", "most"), [("name", 64), ("notice", 500), ("mailserver_password", 128)])
def test_texts_are_bounded(field: str, most: int) -> None:
    named = {"relays": (enode(1),)}
    assert getattr(Fleet(**named, **{field: "x" * most}), field) == "x" * most  # type: ignore[arg-type]
    with pytest.raises(FleetError, match=f"{field}: it has more than {most} bytes"):
        Fleet(**named, **{field: "ä" * (most // 2 + 1)})  # type: ignore[arg-type]


def test_lists_of_nodes_add_up_to_those_of_a_network() -> None:
    more = Fleet(relays=(enode(1), enode(9)), dns_lists=(LIST,), notice="Mind the step.")
    both = together([HARBOUR, more, Fleet()])
    assert (both.name, both.notice) == ("harbour", "Mind the step.")
    assert both.relays == (enode(1), enode(9))
    assert both.mailservers == HARBOUR.mailservers
    assert both.dns_lists == (LIST,)
    assert together([]).is_empty
    assert not both.is_empty


def test_two_networks_do_not() -> None:
    with pytest.raises(Refused, match=r'two networks, "harbour" and "eth\.test"'):
        HARBOUR.with_nodes_of(published_fleet("eth.test"))


def test_of_mailservers_with_different_passwords_some_have_to_go() -> None:
    sealed = Fleet(mailservers=(enode(2),), mailserver_password="open sesame")
    with pytest.raises(Refused, match="different passwords"):
        HARBOUR.with_nodes_of(sealed)
    assert Fleet(relays=(enode(1),)).with_nodes_of(sealed).mailserver_password == "open sesame"
    assert "sesame" not in repr(sealed)


def test_a_fleet_without_nodes_is_written_nowhere() -> None:
    with pytest.raises(Refused, match="without a node is no network"):
        written_fleet(Fleet(name="harbour"))
    assert Fleet(name="harbour").title == 'the network "harbour"'
    assert Fleet().title == "a list of nodes"
