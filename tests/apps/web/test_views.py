"""What the page is shown, and what it is told as things happen: it has no logic of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pystatus.apps.web import shapes, timeline_view, viewer
from pystatus.client.features.conversations import Conversations
from pystatus.client.features.groups import Groups
from pystatus.faces.message_tree import tree
from pystatus.rpc.write_queue import LITTLE
from pystatus.testing import Network
from tests.apps.web.playing import paging, story


@story
async def test_a_message_comes_into_the_chat_that_is_open_and_into_the_list(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "first *things* first")
    await network.wait(2)
    async with paging(network, alice, tmp_path) as (window,):
        (hello,) = window.told("hello")
        assert hello["state"]["state"] == "open"
        assert hello["state"]["profile"]["key"] == alice.client.public_key.hex
        shown = await window.call("web_chats")
        (entry,) = shown["entries"]
        assert (entry["unread"], entry["preview"], entry["kind"]) == (1, "first things first", "person")
        assert entry["person"]["key"] == bob.client.public_key.hex
        assert shown["window_title"] == "(1) pystatus"
        opened = await window.call("web_timeline", chat=entry["id"])
        assert [row["kind"] for row in opened["rows"]] == ["beginning", "day", "new", "message"]
        assert opened["anchor"] == "new"
        assert opened["head"]["person"]["key"] == bob.client.public_key.hex
        assert opened["head"]["can_write"] is True
        (message,) = [row for row in opened["rows"] if row["kind"] == "message"]
        assert message["body"] == [
            {
                "type": "paragraph",
                "children": [
                    {"type": "text", "text": "first "},
                    {"type": "emphasis", "text": "things"},
                    {"type": "text", "text": " first"},
                ],
            }
        ]
        assert (message["own"], message["mark"], message["group"]) == (False, None, True)
        await bob.say(alice, "second")
        await window.settle()
        assert window.texts == ["first *things* first", "second"]
        assert window.chats["entries"][0]["unread"] == 2
        assert (
            await window.call(
                "conversations_mark_seen", chat=entry["id"], messages=[one["id"] for one in window.rows if "id" in one]
            )
            == 2
        )
        await window.settle()
        assert window.chats["unread"] == 0


@story
async def test_what_is_sent_is_there_at_once_and_its_mark_gets_further(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path) as (window,):
        await window.call("web_timeline", chat=chat.id)
        sent = await window.call("web_send", chat=chat.id, text="hello :smile:")
        await window.settle(0.1)
        assert window.row("hello 😄")["id"] == sent["id"]
        assert window.row("hello 😄")["mark"]["state"] in ("sending", "sent", "seen")
        await window.settle(60)
        assert window.row("hello 😄")["mark"] == {
            "state": "delivered", "sign": "✓", "words": "delivered to a device", "asks": False,
        }  # fmt: skip
        assert bob.texts == ["hello 😄"]
        explained = await window.call("web_explain", message=sent["id"])
        assert (
            "A device of the other side has it. Whether somebody has read it, nobody learns." in explained["sentences"]
        )
        assert (await window.call("web_outbox")) == {"rows": [], "more": 0}


@story
async def test_what_waits_is_counted_and_stands_in_the_outbox(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path) as (window,):
        assert (await window.call("web_network"))["online"] is True
        await alice.go_offline()
        await window.call("web_send", chat=chat.id, text="later")
        await window.settle()
        shown = window.told("network")[-1]
        assert (shown["online"], shown["waiting"]) == (False, 1)
        (waiting,) = (await window.call("web_outbox"))["rows"]
        assert (waiting["message"]["plain"], waiting["chat"]) == ("later", chat.id)
        await alice.go_online()
        await window.settle(60)
        assert window.told("network")[-1]["waiting"] == 0


@story
async def test_what_waits_is_withdrawn_and_is_a_draft_again(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path) as (window,):
        await window.call("web_timeline", chat=chat.id)
        left = await window.call("web_send", chat=chat.id, text="this has left")
        await window.settle()
        await alice.go_offline()
        sent = await window.call("web_send", chat=chat.id, text="thought better of")
        await window.settle()
        (waiting,) = (await window.call("web_outbox"))["rows"]
        assert "withdraw" in waiting["message"]["can"]
        assert await window.call("web_withdraw", message=sent["id"]) is True
        await window.settle()
        assert window.texts == ["this has left"]
        assert await window.call("web_outbox") == {"rows": [], "more": 0}
        draft = alice.client.feature(Conversations).draft(chat)
        assert draft is not None
        assert draft.text == "thought better of"
        with pytest.raises(Exception, match="has left this device"):
            await window.call("web_withdraw", message=left["id"])
        await alice.go_online()
        await network.wait(60)
    assert bob.texts == ["this has left"]


@story
async def test_a_long_chat_is_read_a_page_at_a_time_in_both_directions(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.join("status")
    await bob.client.join("status")
    for number in range(16):
        await alice.client.send_text(chat, str(number))
    await network.wait(5)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(timeline_view, "FIRST_PAGE", 6)
        small.setattr(timeline_view, "PAGE", 6)
        async with paging(network, alice, tmp_path) as (window,):
            opened = await window.call("web_timeline", chat="status")
            assert (opened["has_older"], opened["has_newer"]) == (True, False)
            assert window.texts == [str(number) for number in range(10, 16)]
            assert await window.call("web_older") is True
            assert window.texts == [str(number) for number in range(4, 16)]
            assert await window.call("web_older") is True
            assert window.texts == [str(number) for number in range(16)]
            assert window.told("timeline")[-1]["has_older"] is False
            assert await window.call("web_older") is False
            first = window.row("3")
            shown = await window.call("web_go", message=first["id"])
            assert (shown["anchor"], shown["has_newer"]) == (first["key"], True)
            while await window.call("web_newer"):
                pass
            assert window.texts[-1] == "15"
            shown = await window.call("web_end")
            assert (shown["has_newer"], window.texts) == (False, [str(number) for number in range(10, 16)])
            assert await window.call("web_hold", message=window.rows[-1]["id"]) is True
            day = (await window.call("web_go_date", date="2000-01-01"))["anchor"]
            assert day == window.row("0")["key"]
            assert (await window.error("web_go", message="0x00"))["data"]["kind"] == "LocalError"


@story
async def test_the_page_needs_no_more_than_the_patches(network: Network, tmp_path: Path) -> None:
    """Whatever happens, what a window has made of its patches is what another one is given that opens the chat anew."""
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path, windows=2) as (window, other):
        await window.call("web_timeline", chat=chat.id)

        async def the_same() -> None:
            await window.settle()
            whole = await other.call("web_timeline", chat=chat.id)
            shown = [one for one in window.rows if one["kind"] != "new"]
            assert shown == [one for one in whole["rows"] if one["kind"] != "new"]

        await bob.say(alice, "one")
        await window.settle()
        sent = await window.call("web_send", chat=chat.id, text="two", reply_to=window.row("one")["id"])
        await the_same()
        assert window.row("two")["reply"]["text"] == "one"
        await window.call("reactions_toggle", message=window.row("one")["id"], reaction=1)
        await the_same()
        assert window.row("one")["reactions"] == [{"reaction": 1, "emoji": "❤️", "count": 1, "own": True}]
        await window.call("contacts_set_nickname", person=bob.client.public_key.hex, nickname="Bobby")
        await the_same()
        assert window.row("one")["author"]["name"] == "Bobby"
        assert window.row("two")["reply"]["author"]["name"] == "Bobby"
        await window.call("conversations_delete_message", message=sent["id"])
        await the_same()
        assert window.texts == ["one"]
        await window.call("contacts_block", person=bob.client.public_key.hex)
        await the_same()
        assert window.texts == []


@story
async def test_groups_people_and_devices_are_shown(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    async with paging(network, alice, tmp_path) as (window,):
        group = await window.call("groups_create", name="club", members=[bob.client.public_key.hex])
        await window.settle()
        (joined,) = [one for one in bob.client.chats() if one.name == "club"]
        await bob.client.feature(Groups).join(joined)
        await window.settle()
        assert {"group"} <= {what for one in window.told("changed") for what in one["what"]}
        shown = await window.call("web_group", chat=group["id"])
        assert (shown["title"], shown["standing"]) == ("club", "admin")
        assert shown["summary"] == "2 members, 2 joined"
        assert [one["own"] for one in shown["members"]] == [True, False]
        assert shown["link"].startswith("https://")
        assert len(shown["qr"]) == len(shown["qr"][0])
        head = (await window.call("web_timeline", chat=group["id"]))["head"]
        assert head["audience"] == "1 member gets this"
        await window.call("contacts_add", person=bob.client.public_key.hex)
        people = await window.call("web_people")
        (entry,) = people["contacts"]
        assert entry["actions"] == ["write", "remove", "name", "block"]
        person = await window.call("web_person", person=bob.client.public_key.hex)
        assert person["own"] is False
        own = await window.call("web_own")
        assert own["person"]["key"] == alice.client.public_key.hex
        assert own["link"].startswith("https://join.status.im/u/")
        await alice.client.open_chat(bob.client.public_key)
        to_bob = await window.call("web_chat_link", chat=bob.client.public_key.hex)
        assert to_bob["link"].startswith("https://join.status.im/u/")
        assert to_bob["link"] != own["link"]
        assert {len(row) for row in to_bob["qr"]} == {len(to_bob["qr"])}
        (device,) = (await window.call("web_devices"))["devices"]
        assert device["state"] == "this"


@story
async def test_notices_come_to_one_window_unless_somebody_looks(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path, windows=2) as (one, other):
        await other.call("web_focus", focused=True)
        await other.call("web_focus", focused=False)
        await bob.say(alice, "are you there?")
        await one.settle()
        assert one.told("notice") == []
        (notice,) = other.told("notice")
        assert (notice["body"], notice["chat"]) == ("are you there?", chat.id)
        await one.call("web_focus", focused=True)
        await one.call("web_timeline", chat=chat.id)
        await bob.say(alice, "hello?")
        await one.settle()
        assert one.told("notice") == other.told("notice") == []
        await one.call("client_mark_read", chat=chat.id)
        await one.settle()
        assert other.told("notice_gone")[-1] == {"tag": notice["tag"]}
        await one.call("web_set", name="notices", value=False)
        await one.call("web_timeline_close")
        await bob.say(alice, "nothing")
        await one.settle()
        assert one.told("notice") == []


@story
async def test_words_are_of_the_language_of_the_window(network: Network, tmp_path: Path) -> None:
    alice = await network.person("alice")
    chat = await alice.client.join("status")
    async with paging(network, alice, tmp_path) as (window,):
        window.page._viewers[window.session].texts = type(window.page._viewers[window.session].texts)("de")
        await window.call("web_send", chat=chat.id, text="x")
        await window.settle()
        rows = (await window.call("web_timeline", chat=chat.id))["rows"]
        assert rows[1]["text"] == "Heute"


@story
async def test_searching_switching_completing_and_pasting(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    await alice.client.join("status")
    await bob.say(alice, "lunch on Monday?")
    await network.wait(3)
    chat = bob.client.public_key.hex
    async with paging(network, alice, tmp_path) as (window,):
        (found,) = (await window.call("web_search", query="lunch"))["results"]
        assert {"text": "lunch", "match": True} in found["pieces"]
        assert (await window.call("web_go", message=found["id"]))["anchor"] == found["id"]
        assert (await window.call("web_search", query="lunch has:image"))["results"] == []
        assert "is no day" in (await window.error("web_search", query="x after:monday"))["message"]
        assert [one["chat"] for one in await window.call("web_switch", query="stat")] == ["status"]
        assert await window.call("web_next_unread") == chat
        name = bob.client.name
        offered = await window.call("web_complete", chat=chat, text=f"@{name[:6]}", cursor=7)
        assert offered["offers"][0]["replacement"] == f"@{name} "
        assert (await window.call("web_complete", chat=chat, text=":smil", cursor=5))["kind"] == "emoji"
        assert await window.call("web_complete", chat=chat, text="hello", cursor=5) is None
        assert await window.call("web_paste", text="one line") is None
        assert [one["choice"] for one in (await window.call("web_paste", text="a\n" * 9))["choices"]] == [
            "as-is", "as-code", "joined", "cancel",
        ]  # fmt: skip
        assert (await window.call("web_room", chat=chat, text="x")) == {"left": 4095, "text": ""}
        assert (await window.call("web_room", chat=chat, text="x" * 4_097))["text"] == "1 too many"
        assert (await window.call("web_preview", chat=chat, text="**x**"))[0]["children"][0]["type"] == "strong"
        assert {"emoji": "😄", "name": "smile"} in await window.call("web_emoji", query="smile")
        link = await window.call("web_link", url="https://user@xn--e1awd7f.com/")
        assert link["host"] == "xn--e1awd7f.com"
        assert len(link["sentences"]) == 3
        own = await window.call("web_own")
        assert (await window.call("web_link", url=own["link"]))["inside"] == {"kind": "person"}
        assert (await window.call("web_go_link", url="https://join.status.im/chat-room"))["chat"] == "chat-room"


@story
async def test_what_is_begun_in_one_window_is_there_in_another(network: Network, tmp_path: Path) -> None:
    alice = await network.person("alice")
    await alice.client.join("status")
    async with paging(network, alice, tmp_path, windows=2) as (one, other):
        await other.call("web_timeline", chat="status")
        await other.call("web_chats")
        await one.call("conversations_set_draft", chat="status", text="begun")
        await other.settle()
        assert other.told("head")[-1]["draft"] == {"text": "begun", "reply_to": None}
        assert other.chats["entries"][0]["draft"] is True


@story
async def test_calls_without_a_profile_or_of_another_kind_are_refused_with_a_sentence(
    network: Network, tmp_path: Path
) -> None:
    alice = await network.person("alice")
    async with paging(network, alice, tmp_path) as (window,):
        assert "No chat is open" in (await window.error("web_older"))["message"]
        assert "no group" in (await window.error("web_group", chat=(await alice.client.join("x-y")).id))["message"]
        assert "There is no setting" in (await window.error("web_set", name="x", value=1))["message"]
        assert "cannot be this" in (await window.error("web_set", name="theme", value="pink"))["message"]
        assert "is written as" in (await window.error("web_timeline", chat="x-y", date="today"))["message"]
        await window.page._end_profile()
        assert "No profile is open" in (await window.error("web_chats"))["message"]
        assert (await window.error("client_chats"))["code"] == -32601


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from("ab*_~`>#-\n \u202e\x1b[31m\u200b@0xhtps:/.é"), max_size=120))
def test_nothing_that_is_hidden_comes_into_a_tree(text: str) -> None:
    def texts(nodes: object) -> list[str]:
        match nodes:
            case list() | tuple():
                return [one for node in nodes for one in texts(node)]
            case dict():
                return [one for value in nodes.values() for one in texts(value)]
            case str():
                return [nodes]
            case _:
                return []

    for one in texts(tree(text)):
        assert not set(one) & {"\u202e", "\x1b", "\u200b"}


@story
async def test_a_window_that_does_not_read_is_told_to_ask_anew(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(viewer, "MAX_GATHERED", 3)
        async with paging(network, alice, tmp_path) as (window,):
            await window.call("web_timeline", chat=chat.id)
            window.told("reset")
            window.outbox._bytes += LITTLE + 1  # much waits to be read
            for number in range(5):
                await bob.say(alice, str(number))
            await network.wait(3)
            assert len(window.page._viewers[window.session]._arrived) < 5
            window.outbox._bytes -= LITTLE + 1
            window.outbox._read.set()
            await window.settle()
            assert window.told("reset") == [{}]
            await window.call("web_timeline", chat=chat.id)
            assert window.texts == [str(number) for number in range(5)]


@story
async def test_long_messages_count_by_their_bytes(network: Network, tmp_path: Path) -> None:
    """And those of other chats do not count: they are read when theirs is opened."""
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    await alice.client.join("status")
    with pytest.MonkeyPatch.context() as small:
        small.setattr(viewer, "MAX_GATHERED_BYTES", 50_000)
        async with paging(network, alice, tmp_path) as (window,):
            await window.call("web_timeline", chat=chat.id)
            window.told("reset")
            window.outbox._bytes += LITTLE + 1  # much waits to be read
            kept = window.page._viewers[window.session]
            for number in range(4):
                await bob.say("status", str(number) * 4_000)
            await network.wait(3)
            assert (kept._arrived, kept._arrived_bytes, kept._is_behind) == ([], 0, False)
            for number in range(4):
                await bob.say(alice, str(number) * 4_000)
            await network.wait(3)
            assert kept._is_behind
            assert len(kept._arrived) < 4
            window.outbox._bytes -= LITTLE + 1
            window.outbox._read.set()
            await window.settle()
            assert window.told("reset") == [{}]


@story
async def test_of_the_list_of_chats_what_has_changed_is_sent(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    for number in range(30):
        await alice.client.join(f"chat{number}")
        await network.wait(1)
    await bob.say(alice, "one")
    await network.wait(2)
    async with paging(network, alice, tmp_path) as (window,):
        await window.call("web_chats", order="latest-first")
        for name in ("chat7", "chat29", "chat0"):
            await window.call("web_send", chat=name, text=f"in {name}")
            await window.settle()
            sizes = [len(json.dumps(one)) for one in window.told("chats")]
            assert max(sizes) < 2_500, "an entry or two, and not thirty"
        await bob.say(alice, "two")
        await window.settle()
        await window.call("client_leave", chat="chat3")
        await window.settle()
        kept = window.chats
        fresh = await window.call("web_chats", order="latest-first")
        assert kept["entries"] == fresh["entries"]
        assert len(kept["entries"]) == 30
        assert (kept["unread"], kept["window_title"]) == (fresh["unread"], fresh["window_title"])


@story
async def test_a_long_list_of_chats_is_sent_less_often(network: Network, tmp_path: Path) -> None:
    """It is compared with what was sent each time, of as many chats as strangers have opened."""
    alice, bob = await network.person("alice"), await network.person("bob")
    await bob.say(alice, "one")
    await network.wait(2)
    async with paging(network, alice, tmp_path) as (window,):
        await window.call("web_chats")
        with pytest.MonkeyPatch.context() as slow:
            slow.setattr(viewer, "GATHER_SECONDS_PER_CHAT", 10.0)
            await bob.say(alice, "two")
            await network.wait(5)
            assert window.told("chats") == []
            await network.wait(10)
            assert len(window.told("chats")) == 1
            assert window.chats["entries"][0]["unread"] == 2


@story
async def test_a_fault_with_one_event_ends_nothing(network: Network, tmp_path: Path) -> None:
    alice, bob = await network.person("alice"), await network.person("bob")
    chat = await alice.client.open_chat(bob.client.public_key)
    async with paging(network, alice, tmp_path) as (window,):
        await window.call("web_timeline", chat=chat.id)
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(viewer.Viewer, "note", lambda *_, **__: 1 / 0)
            await bob.say(alice, "one")
            await window.settle()
        assert window.told("reset")
        await window.call("web_timeline", chat=chat.id)
        await bob.say(alice, "two")
        await window.settle()
        assert window.texts == ["one", "two"]


def test_a_code_of_a_link_is_drawn_once_and_so_many_are_kept() -> None:
    shapes._rows.cache_clear()
    for number in (*range(shapes.QR_CODES + 1), shapes.QR_CODES):
        assert set("".join(shapes.qr_rows(f"https://join.status.im/{number}"))) == {"0", "1"}
    kept = shapes._rows.cache_info()
    assert (kept.currsize, kept.misses, kept.hits) == (shapes.QR_CODES, shapes.QR_CODES + 1, 1)
