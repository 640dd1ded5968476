"""A pack of stickers is bought, installed and sent, and shown by somebody who does not own it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import TypeVar, cast

import pytest
from sqlcipher3 import dbapi2

from pystatus import Client, LocalError, RemoteError, SentState, StickerPacksChanged, Stickers, Wallet
from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint
from pystatus.chain.gateway import Gateway
from pystatus.chain.stickers import Stickers as Market
from pystatus.client.features.media import Media, Sticker
from pystatus.devchain.stickers import PACK_PRICE, SIDE
from pystatus.ethereum.plan import Plan, Question
from pystatus.ethereum.quantities import to_hex
from pystatus.messenger.features.stickers import Stickers as StickersFeature
from pystatus.messenger.sticker_records import MAX_INSTALLED, StickerPicture
from pystatus.payloads.kinds import ImageType
from pystatus.storage.features.stickers import SqlStickers
from pystatus.testing import Network, Person, run
from tests.ethereum.plans import Asked
from tests.support.devchain import Chain, chain_as_new
from tests.support.gateways import InMemoryBlocks, gateway

BUYER = 2

T = TypeVar("T")


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


async def with_money(network: Network, chain: Chain, gateway: Gateway | None) -> tuple[Person, str]:
    """Alice, with an account of the chain; its key is elsewhere, as on a card."""
    market = checksummed(chain.contracts.sticker_market)
    alice = await network.person("alice", endpoint=chain.endpoint(), gateway=gateway, sticker_market=market)
    account = await alice.client.feature(Wallet).watch(checksummed(chain.address(BUYER)), "Shopping")
    return alice, account.name


async def buy(client: Client, chain: Chain, pack: int, account: str) -> SentState:
    draft = await client.feature(Stickers).draft_buy(pack, account)
    key = chain.keys[BUYER]
    wallet = client.feature(Wallet)
    await wallet.submit(draft, key.sign(draft.digest))
    await wallet.update_sent()
    return wallet.sent()[0].state


@pytest.mark.requirement("ET-10", "ET-17")
def test_a_pack_is_bought_installed_sent_and_shown(chain: Chain) -> None:
    async def story(network: Network) -> None:
        blocks = InMemoryBlocks(chain.dev.files)
        alice, account = await with_money(network, chain, gateway(chain.dev.files))
        bob = await network.person("bob", gateway=Gateway("http://gateway.test", blocks=blocks))
        shop, events = alice.client.feature(Stickers), alice.client.events()
        offers = await shop.market(account=account)
        assert [(one.name, one.price, one.is_owned, one.problem) for one in offers.packs] == [
            ("Signal", PACK_PRICE, False, ""),
            ("Sky", 0, False, ""),
        ]
        with pytest.raises(LocalError, match=r"does not have the sticker pack 0\. Buy it"):
            await shop.install(0, account)
        draft = await shop.draft_buy(0, account)
        assert "buys the sticker pack 0 “Signal” for 5 STT" in draft.words
        assert await buy(alice.client, chain, 0, account) is SentState.MINED
        with pytest.raises(LocalError, match="has the pack 0 already"):
            await shop.draft_buy(0, account)
        pack = await shop.install(0, account)
        assert [one.is_owned and one.is_installed for one in (await shop.market(account=account)).packs] == [
            True,
            False,
        ]
        assert await first(events, StickerPacksChanged) == StickerPacksChanged((pack,))

        chat = await alice.client.open_chat(bob.client.public_key)
        await shop.send(chat, 0, 2)
        assert shop.recent() == [Sticker(pack.stickers[1], 0)]
        await network.wait(5)
        (message,) = bob.messages
        shown = bob.client.feature(Media).of(message)
        assert isinstance(shown, Sticker)
        picture = await bob.client.feature(Stickers).picture(shown.hash)
        assert (picture.type, picture.width, picture.height) == (ImageType.PNG, SIDE, SIDE)
        asked = len(blocks.asked)
        assert await bob.client.feature(Stickers).picture(shown.hash) == picture
        assert len(blocks.asked) == asked, "what was fetched is kept"
        with pytest.raises(LocalError, match="No node of Ethereum is named"):
            await bob.client.feature(Stickers).market()

        await shop.uninstall(0)
        assert (shop.packs(), shop.recent()) == ([], [])
        with pytest.raises(LocalError, match="is not installed"):
            await shop.send(chat, 0, 1)

    run(story)


async def first(events: AsyncIterator[object], kind: type[object]) -> object:
    """The first event of a kind."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError("there are no more")


@pytest.mark.requirement("ET-10", "ET-14")
def test_what_cannot_be_bought_or_installed(chain: Chain) -> None:
    async def story(network: Network) -> None:
        alice, account = await with_money(network, chain, None)
        shop = alice.client.feature(Stickers)
        offers = await shop.market(account=account)
        assert [(one.name, one.price) for one in offers.packs] == [("", PACK_PRICE), ("", 0)]
        with pytest.raises(LocalError, match="No gateway of IPFS is named"):
            await shop.install(1, account)
        with pytest.raises(LocalError, match="No gateway of IPFS is named"):
            await shop.picture("e30101701220" + "00" * 32)
        with pytest.raises(LocalError, match="The pack 1 costs nothing"):
            await shop.draft_buy(1, account)
        with pytest.raises(LocalError, match="The market has no pack 2"):
            await shop.draft_buy(2, account)
        poor = await alice.client.feature(Wallet).watch(checksummed(b"\x5a" * 20), "Poor")
        with pytest.raises(LocalError, match=r"The pack costs 5 STT, and .* has 0"):
            await shop.draft_buy(0, poor.name)
        assert alice.client.feature(Wallet).sent() == []
        assert shop.packs() == []

    run(story)


@pytest.mark.requirement("ET-10")
def test_a_gateway_that_gives_something_else_changes_nothing(chain: Chain) -> None:
    async def story(network: Network) -> None:
        first = next(iter(chain.dev.files.values()))
        alice, account = await with_money(network, chain, gateway(dict.fromkeys(chain.dev.files, first)))
        shop = alice.client.feature(Stickers)
        assert all("content hash" in one.problem for one in (await shop.market(account=account)).packs)
        with pytest.raises(RemoteError, match="something else than its content hash says"):
            await shop.install(1, account)
        assert shop.packs() == []

    run(story)


@pytest.mark.requirement("ET-13")
def test_packs_of_chains_do_not_mix(chain: Chain) -> None:
    async def story(network: Network) -> None:
        alice, _ = await with_money(network, chain, gateway(chain.dev.files))
        shop = alice.client.feature(Stickers)
        here = await shop.install(1)
        session = alice.client._access.session

        kept = session.messenger.feature(StickersFeature)
        await alice.client._access.submit(lambda _: kept.install(replace(here, chain_id=1)))
        with pytest.raises(LocalError, match="of several chains"):
            await shop.uninstall(1)
        await shop.uninstall(1, here.chain_id)
        assert [one.chain_id for one in shop.packs()] == [1]

    run(story)


def test_only_so_many_packs_are_installed(chain: Chain) -> None:
    async def story(network: Network) -> None:
        alice, _ = await with_money(network, chain, gateway(chain.dev.files))
        first_one = await alice.client.feature(Stickers).install(1)
        access = alice.client._access
        kept = access.session.messenger.feature(StickersFeature)
        for number in range(2, MAX_INSTALLED + 1):
            more = replace(first_one, number=number)
            await access.submit(lambda _, more=more: kept.install(more))  # type: ignore[misc]  # its own pack
        with pytest.raises(LocalError, match="At most 100 packs of stickers are installed"):
            await access.submit(lambda _: kept.install(replace(first_one, number=0)))
        await access.submit(lambda _: kept.install(replace(first_one, name="Renamed")))  # it is there already
        assert len(kept.packs()) == MAX_INSTALLED

    run(story)


async def test_a_page_of_the_market_is_bounded(chain: Chain) -> None:
    """Whatever its contract says of how many packs there are."""

    def lie(question: Question) -> object:
        asked = question.params[0]["data"] if question.method == "eth_call" else ""
        return to_hex((2**200).to_bytes(32, "big")) if asked == "0x61bd6725" else chain.answer(question)

    class Lying:
        async def chain_id(self) -> int:
            return 1337

        async def carry_out(self, plan: Plan[T]) -> T:
            return Asked(lie).run(plan)

    market = Market(cast(Endpoint, Lying()), chain.contracts.sticker_market)
    offers = await market.offers(0, 10**9, None)
    assert (offers.count, [one.number for one in offers.packs]) == (2**53 - 1, [0, 1])


def test_pictures_that_are_kept_give_way() -> None:

    connection = dbapi2.connect(":memory:")
    for step in SqlStickers.STEPS:
        connection.executescript(step)
    tables = SqlStickers(connection, None)  # type: ignore[arg-type]  # it remembers nothing
    for number in range(4):
        tables.keep_sticker_picture(StickerPicture(f"{number:02x}", bytes(10), ImageType.PNG, 1, 1), 25)
    assert [tables.sticker_picture(f"{number:02x}") is not None for number in range(4)] == [False, False, True, True]
    for number in (1, 2, 1, 3):
        tables.note_sticker(f"{number:02x}", 0, 2)
    assert tables.recent_stickers(9) == [("03", 0), ("01", 0)]
