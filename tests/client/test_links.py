"""``client.links``: what is given to others, and what their links do here."""

from __future__ import annotations

from pathlib import Path

import pytest

import pystatus
from pystatus import Chat, ChatKind, Client, LocalError
from pystatus.client.features.groups import Groups, JoinRequest
from pystatus.client.features.links import ChatLink, Links, NotALink, PublicChatLink, QrCode, UserLink
from pystatus.client.features.search import Search
from pystatus.client.link_pictures import links_in
from pystatus.testing import Network, run
from tests.media.support import picture, saved
from tests.media.test_qr_codes import bomb, code, on_a_page

LINK = "https://join.status.im/status"


def links(client: Client) -> Links:
    return client.feature(Links)


@pytest.mark.requirement("AC-13", "AC-33")
def test_people_find_each_other_and_their_chats_by_links() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        news = await alice.client.join("news")
        assert str(links(alice.client).to(news)) == "https://join.status.im/news"
        assert links(alice.client).own() == UserLink(alice.client.public_key)

        joined = await links(bob.client).open(str(links(alice.client).to(news)))
        chat = await links(bob.client).open(str(links(alice.client).own()))
        assert isinstance(joined, Chat)
        assert isinstance(chat, Chat)
        assert (joined.id, chat.id) == ("news", alice.client.public_key.hex)
        await bob.client.send_text(chat, "found you")
        await bob.client.send_text(joined, "and this")
        await network.wait(5)
        assert sorted(alice.texts) == ["and this", "found you"]
        assert links(bob.client).to(chat) == UserLink(alice.client.public_key)

    run(story)


@pytest.mark.requirement("AC-33")
def test_a_link_to_a_group_asks_until_one_is_in_it() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        group = await alice.client.feature(Groups).create("harbour")
        link = links(alice.client).to(group)
        with pytest.raises(LocalError, match="There is no chat"):
            bob.client.find_chat(str(link))

        asked = await links(bob.client).open(link, "It is me.")
        assert isinstance(asked, JoinRequest)
        await network.wait(5)
        (request,) = alice.client.feature(Groups).requests(group)
        assert (request.person, request.introduction) == (bob.client.public_key, "It is me.")
        await alice.client.feature(Groups).approve(request)
        await network.wait(5)
        await bob.client.feature(Groups).join(str(link))
        assert await links(bob.client).open(str(link)) == bob.client.find_chat(str(link))
        with pytest.raises(LocalError, match="admin"):
            links(bob.client).to(group.id)

    run(story)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://join.status.im/u/alice", "cannot look up ENS names yet"),
        ("https://join.status.im/b/https://example.org", "opens none. It is 'https://example.org'. Nothing was done"),
        ("status-im://referral/a1", "a campaign that is over. Nothing was done"),
        ("ethereum:pay-alice.eth?value=1", "no wallet yet. Nothing was done"),
        ("0x9c32F71D4DB8Fb9e1A58B0a80dF79935e7256FA6", "no wallet yet. Nothing was done"),
        ("https://example.org", "no link that Status knows"),
    ],
)
def test_what_leads_to_no_chat_does_nothing(text: str, sentence: str) -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        with pytest.raises(LocalError, match=sentence):
            await links(alice.client).open(text)
        assert alice.client.chats() == []

    run(story)


@pytest.mark.requirement("AC-33")
def test_a_chat_with_oneself_is_refused() -> None:
    async def story(network: Network) -> None:
        alice = await network.person("alice")
        for link in (ChatLink(alice.client.public_key), links(alice.client).own()):
            with pytest.raises(LocalError, match="your own chat key"):
                await links(alice.client).open(link)
        assert alice.client.chats() == []

    run(story)


@pytest.mark.requirement("AC-13")
def test_whatever_takes_a_key_takes_a_link() -> None:
    async def story(network: Network) -> None:
        alice, bob = await network.person("alice"), await network.person("bob")
        to_bob, client = str(links(bob.client).own()), alice.client
        chat = await client.open_chat(to_bob)
        assert chat == client.find_chat(to_bob) == client.find_chat(bob.client.public_key.hex)
        assert (await client.join(LINK)).id == client.find_chat("status-im:status").id == "status"
        group = await client.feature(Groups).create("harbour", [to_bob])
        assert {one.person for one in client.feature(Groups).members(group)} == {
            client.public_key,
            bob.client.public_key,
        }
        followed = await client.feature(pystatus.Timeline).follow(to_bob)
        assert links(client).to(followed) == UserLink(bob.client.public_key)
        assert followed.kind == ChatKind.PROFILE
        await client.send_text(to_bob, "hello")
        await network.wait(5)
        assert bob.texts == ["hello"]
        assert client.feature(Search).find("hello", author=str(links(client).own()))
        for text in (to_bob, f"#{bob.client.chat_key}"):
            with pytest.raises(LocalError, match=r"no public chat|chat key of a person"):
                await client.join(text)
        with pytest.raises(LocalError, match="leads to a chat, not to a person"):
            await client.open_chat(LINK)

    run(story)


# pictures


@pytest.mark.requirement("AC-13")
async def test_links_in_pictures(tmp_path: Path) -> None:
    file = tmp_path / "code.png"
    file.write_bytes(QrCode(LINK).png())
    assert await links_in(file) == await links_in(str(file)) == (PublicChatLink("status"),)
    both = saved(on_a_page(code(LINK), code("status-im://news")), "PNG")
    assert set(await links_in(both)) == {PublicChatLink("status"), PublicChatLink("news")}
    same = saved(on_a_page(code(LINK), code("status-im://status")), "PNG")
    assert await links_in(same) == (PublicChatLink("status"),)
    with_another = saved(on_a_page(code(LINK), code("WIFI:S:home;P:secret;;")), "PNG")
    assert await links_in(with_another) == (PublicChatLink("status"),)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg/>", "This picture cannot be read: it is no JPEG, PNG, GIF or WEBP picture."),
        (saved(code(), "PNG")[:200], "This picture cannot be read: it is damaged: its end is missing."),
        (bomb(), "This picture cannot be read: it has 20000 x 20000 pixels; 8400000 are allowed in all."),
        (
            saved(picture(), "PNG"),
            "No QR code is found in this picture. Take it again, so that the code is sharp, whole",
        ),
        (
            QrCode("WIFI:S:home;P:secret;;").png(),
            "The QR code in this picture leads nowhere in Status. This is no link",
        ),
    ],
    ids=["svg", "cut off", "bomb", "no code", "another code"],
)
async def test_why_a_picture_leads_nowhere(data: bytes, sentence: str) -> None:
    with pytest.raises(LocalError) as caught:
        await links_in(data)
    assert str(caught.value).startswith(sentence)
    assert "secret" not in str(caught.value)


async def test_a_picture_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="No such file"):
        await links_in(tmp_path / "code.png")


async def test_a_client_reads_pictures(tmp_path: Path) -> None:
    profiles = pystatus.Profiles(tmp_path)
    profiles.create_account("alice", "correct horse")
    async with Client.open("alice", "correct horse", data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        assert await links(client).read(QrCode(LINK).png()) == (PublicChatLink("status"),)
        with pytest.raises(NotALink):
            await links(client).read(QrCode("hello").png())
