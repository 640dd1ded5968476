"""Stickers: what packs say of themselves, files of IPFS, and the market."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import pytest

from pystatus.devchain import files
from pystatus.devchain.stickers import description, picture
from pystatus.ethereum import edn, ipfs, sticker_market, sticker_packs
from pystatus.ethereum.edn import BadEdn, Keyword, Symbol
from pystatus.ethereum.ipfs import BadContent
from pystatus.ethereum.sticker_packs import BadPack
from pystatus.wire import multibase
from pystatus.wire.proto import ipfs_pb2 as wire
from tests.support.devchain import Chain, chain_as_new

HASH = "e30101701220" + "29f2d17b" + "00" * 28


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


def test_values_of_edn() -> None:
    text = r"""; a comment
    {meta {:name "Tozé \"x\" \u00e9\uD83D\uDE00\n", :sizes [1 -2 3N 4.5e1 6M] :on true #_(left out) :no nil
           :letters (\a \newline \u0041) "key" #{sym/bol}}}"""
    assert edn.read(text) == {
        Symbol("meta"): {
            Keyword("name"): 'Tozé "x" é😀\n',
            Keyword("sizes"): (1, -2, 3, 45.0, 6.0),
            Keyword("on"): True,
            Keyword("no"): None,
            Keyword("letters"): ("a", "\n", "A"),
            "key": (Symbol("sym/bol"),),
        }
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("<html></html> 1", "something behind its end"),
        ("{:a 1", "its end is missing"),
        ("[1)", "brackets do not fit"),
        ("]", "brackets do not fit"),
        ("{:a}", "a key without a value"),
        ("{{} 1}", "a map is the key"),
        ("{:a 1 :a 2}", "a key twice"),
        ('"abc', "cannot stand there"),
        (r'"\q"', "an escape that there is not"),
        (r"\unknown", "a character that there is not"),
        ("01x", "a number that is none"),
        (":", "a keyword has no name"),
        ("[#_]", "there is nothing"),
        ('{:made #inst "2020-01-01"}', "a tagged literal"),
        ("#=(eval)", "a tagged literal"),
        ("[" * 100_000, "nested more than 16 deep"),
        ("#_" * 100_000, "nested more than 16 deep"),
        ("[" + "1 " * 1_000_000 + "]", "more than 10000 values"),
    ],
)
def test_what_is_no_edn(text: str, why: str) -> None:
    with pytest.raises(BadEdn, match=why):
        edn.read(text)


@pytest.mark.requirement("ET-10")
def test_a_pack() -> None:
    """Unknown keys are passed over, hashes are compared in one case, and a name is one line."""
    stickers = f'[{{:hash "{HASH}" :x 1}}]'
    text = f'{{meta {{:name "Two\\nlines" :price 5 :thumbnail "{HASH.upper()}" :stickers {stickers}}} :y 1}}'
    found = sticker_packs.read(text.encode())
    assert (found.name, found.author, found.stickers) == ("Two lines", "", (HASH,))
    assert (found.thumbnail, found.preview) == (HASH, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"\xff\xfe", "it is no text"),
        (b"<html>", "nothing of a pack"),
        (b"{meta", "its end is missing"),
        (b'{meta {:name #inst "2020"}}', "a tagged literal"),
        (b"{:meta {}}", "nothing of a pack"),
        (b'{meta {:name "A" :stickers []}}', "it has no stickers"),
        (b'{meta {:stickers [{:hash "%s"}]}}' % HASH.encode(), "it has no name"),
        (b'{meta {:name "A" :stickers [{:hash "00"}]}}', "a sticker of it has no content hash"),
        (b'{meta {:name "A" :stickers [{:h "%s"}]}}' % HASH.encode(), "a sticker of it has no content hash"),
        (b'{meta {:name "A" :stickers [%s]}}' % (b'{:hash ""}' * 201), "more than 200 stickers"),
        (b'{meta {:name "A" :stickers [%s]}}' % (b'{:hash ""}' * 1_000_000), "more than 64 KiB"),
    ],
)
def test_what_is_no_pack(text: bytes, why: str) -> None:
    with pytest.raises(BadPack, match=why):
        sticker_packs.read(text)


def fetched(cid: bytes, most: int, give: Callable[[bytes], bytes]) -> bytes:
    """A file of a gateway that gives so."""
    blocks = ipfs.contents(cid, most)
    block: bytes | None = None
    try:
        while True:
            block = give(next(blocks) if block is None else blocks.send(block))
    except StopIteration as done:
        found: bytes = done.value
        return found


def stored(data: bytes, chunk: int) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The id of a file, and what gives its blocks."""
    blocks: dict[str, bytes] = {}
    content_hash = files.add(blocks, data, chunk)
    return content_hash[2:], lambda cid: blocks[ipfs.shown(cid)]


@pytest.mark.requirement("ET-10")
def test_files_are_put_together_of_blocks() -> None:
    data = bytes(range(256)) * 40
    for chunk in (1 << 20, 1_000):
        cid, give = stored(data, chunk)
        assert fetched(cid, len(data), give) == data
        with pytest.raises(BadContent, match=f"more than {len(data) - 1} bytes"):
            fetched(cid, len(data) - 1, give)
    raw = ipfs.cid_of(data, ipfs.RAW)
    assert fetched(raw, len(data), lambda cid: data) == data


def test_the_id_of_a_file_is_the_one_of_other_programs() -> None:
    """What ``ipfs add --cid-version 1 --raw-leaves=false`` calls this text."""
    cid, _ = stored(b"hello world\n", 1 << 20)
    assert ipfs.shown(b"\x01\x70" + cid[2:]) == "bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby"


@pytest.mark.requirement("ET-10")
def test_a_block_that_is_another_one_is_refused_wherever_it_stands() -> None:
    cid, give = stored(bytes(range(250)) * 20, 1_000)
    for wrong in range(6):
        asked: list[bytes] = []

        def lying(wanted: bytes, asked: list[bytes] = asked, wrong: int = wrong) -> bytes:
            asked.append(wanted)
            return give(wanted) + b"\0" * (len(asked) == wrong + 1)

        with pytest.raises(BadContent, match="something else than its content hash says"):
            fetched(cid, 10_000, lying)
        assert len(asked) == wrong + 1


def node(part: wire.FilePart, *links: bytes) -> bytes:
    return wire.GraphNode(
        data=part.SerializeToString(), links=[wire.GraphLink(hash=link) for link in links]
    ).SerializeToString()


FILE = wire.FilePart(type=wire.FilePart.FILE)


def served(*blocks: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The id of the last one, and what gives them."""
    known = {hashlib.sha256(block).digest(): block for block in blocks}
    return ipfs.cid_of(blocks[-1]), lambda cid: known[cid[-32:]]


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([b"no protobuf"], "it is no file"),
        ([node(wire.FilePart(type=wire.FilePart.DIRECTORY))], "it is no file"),
        ([node(wire.FilePart(type=wire.FilePart.SHARD))], "it is no file"),
        ([node(FILE, b"\x01\x70\x11\x14" + bytes(20))], "in a form that is not read"),
        ([node(FILE, *[ipfs.cid_of(b"x", ipfs.RAW)] * 65)], "more than 64 blocks"),
        ([b"x", node(FILE, *[ipfs.cid_of(b"x", ipfs.RAW)] * 64)], "more than 64 blocks"),
    ],
)
def test_blocks_that_are_no_file(blocks: list[bytes], why: str) -> None:
    cid, give = served(*blocks)
    with pytest.raises(BadContent, match=why):
        fetched(cid, 10_000, give)


def test_a_tower_of_blocks_is_given_up() -> None:
    blocks = [node(FILE)]
    for _ in range(6):
        blocks.append(node(FILE, ipfs.cid_of(blocks[-1])))
    cid, give = served(*blocks)
    with pytest.raises(BadContent, match="nested more than 4 deep"):
        fetched(cid, 10_000, give)


@pytest.mark.requirement("ET-10")
def test_the_market(chain: Chain) -> None:
    """The price goes to the artist, and the pack to the buyer."""
    market = chain.run(sticker_market.contracts_of(chain.contracts.sticker_market))
    assert market.token == chain.contracts.token
    count = chain.run(sticker_market.pack_count(market))
    packs = chain.run(sticker_market.pack_data(market, range(count + 1)))
    assert [(one.number, one.price, one.is_sold) for one in packs] == [(0, 5 * 10**18, True), (1, 0, True)]
    buyer, artist = chain.address(2), chain.address(1)
    before = chain.run(sticker_market.balance_of(market, artist))
    assert chain.run(sticker_market.owned(market, buyer)) == frozenset()
    chain.transact(2, sticker_market.buy(market, packs[0], buyer))
    assert chain.run(sticker_market.owned(market, buyer)) == {0}
    assert chain.run(sticker_market.balance_of(market, artist)) - before == 5 * 10**18
    assert packs[0].content is not None
    text = fetched(multibase.decode(packs[0].content.id), 10_000, lambda cid: chain.dev.files[ipfs.shown(cid)])
    assert sticker_packs.read(text).name == "Signal"


def test_a_description_reads_back() -> None:
    made = files.add({}, picture((1, 2, 3), 8))
    assert sticker_packs.read(description("Kit", [made])).stickers == (made.hex(),)
