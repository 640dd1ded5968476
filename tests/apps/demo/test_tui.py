"""The chat screen, with a person who presses keys and a client that is made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static
from textual.widgets._toast import Toast

from pystatus import ChatKind, LocalError, MessageState
from pystatus.account.key_encoding import encode
from pystatus.apps.demo import tui
from pystatus.apps.demo.people import person
from pystatus.apps.demo.tui import PAGE, ChatApp, ChatScreen
from pystatus.apps.demo.widgets import message_list
from pystatus.apps.demo.widgets.chat_list import ChatList
from pystatus.apps.demo.widgets.composer import Composer
from pystatus.apps.demo.widgets.dialogs import HelpDialog, NewChatDialog
from pystatus.apps.demo.widgets.message_list import MessageGroup, MessageList
from pystatus.apps.demo.widgets.status_line import StatusLine
from pystatus.client import PeerConnected, PeerDisconnected
from pystatus.messenger.events import MessageUndecryptable
from tests.apps.demo.fakes import CAROL, ECHO, YOU, FakeClient

SIZE = (100, 30)


class Player:
    """A person at the screen."""

    def __init__(self, client: FakeClient, pilot: Pilot[None]) -> None:
        self.client = client
        self.pilot = pilot
        self.app = pilot.app

    @property
    def messages(self) -> MessageList:
        return self.app.screen_stack[0].query_one(MessageList)

    @property
    def composer(self) -> Composer:
        return self.app.screen_stack[0].query_one(Composer)

    @property
    def complaints(self) -> list[str]:
        return [notice.message for notice in self.app._notifications if notice.severity == "error"]

    def plain(self, selector: str) -> str:
        """What the static texts under ``selector`` say."""
        return "\n".join(
            str(text.render()) for text in self.app.screen_stack[0].query(selector).results(Static) if text.display
        )

    def shown(self) -> list[str]:
        """Each line of the messages: texts with their marks, without names and times."""
        lines: list[str] = []
        for group in self.messages.query(MessageGroup):
            texts = list(group.query("Vertical > Static").results(Static))
            lines += [str(text.render()) for text in texts[1:]]
        return lines

    def chats(self) -> list[str]:
        """Each line of the list of chats."""
        prompts = [option.prompt for option in self.app.screen_stack[0].query_one(ChatList).options]
        return [prompt.plain if isinstance(prompt, Content) else str(prompt) for prompt in prompts]

    async def settle(self) -> None:
        """Until everything that was set off is done: events, workers, and the refresh that comes after a moment, unless
        the screen is closed by then."""
        await self.pilot.pause()
        screen = self.app.screen_stack[0]
        while isinstance(screen, ChatScreen) and screen._drawing_due and self.app.is_running:
            await self.pilot.pause()
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Type ``text`` and press Enter."""
        self.composer.insert(text)
        await self.pilot.press("enter")
        await self.settle()


@asynccontextmanager
async def playing(client: FakeClient, start: str | None = "demo") -> AsyncIterator[Player]:
    app = ChatApp(client, start=start)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        player = Player(client, pilot)
        await player.settle()
        yield player


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn once for everything that comes in a moment is drawn at once."""
    monkeypatch.setattr(tui, "DRAW_SECONDS", 0.001)


@pytest.fixture
async def client() -> FakeClient:
    """In a public chat and in one with the echo contact."""
    client = FakeClient()
    await client.join("demo")
    await client.open_chat(ECHO)
    return client


async def test_one_can_type_at_once_and_see_the_message_go_out(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press(*"hello")
        await player.pilot.press("enter")
        await player.settle()
        assert player.shown() == ["hello  ⏳"]
        assert player.composer.text == ""
        client.advance(client.handed_out[0], MessageState.SENT)
        await player.settle()
        assert player.shown() == ["hello  ✓"]


async def test_names_that_are_typed_are_replaced(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press(*":smile:")
        await player.pilot.press("enter")
        await player.settle()
        assert player.shown() == ["😄  ⏳"]


async def test_a_message_that_is_sent_before_it_is_drawn_is_not_shown_as_under_way(client: FakeClient) -> None:
    client.sent_at_once = True
    async with playing(client) as player:
        await player.write("hello")
        assert player.shown() == ["hello  ✓"]


async def test_one_to_one_messages_carry_a_lock(client: FakeClient) -> None:
    async with playing(client, start=ECHO.hex) as player:
        await player.write("psst")
        client.advance(client.handed_out[0], MessageState.SENT)
        client.receive(ECHO.hex, ECHO, "psst")
        client.receive(ECHO.hex, ECHO, "before we knew each other", forward_secrecy=False)
        await player.settle()
        assert player.shown() == ["psst  ✓ 🔒", "psst  🔒", "before we knew each other"]
        assert "only the two of you" in player.plain(".chat-subtitle")
        assert person(ECHO).name in player.plain(".chat-title")


async def test_a_message_that_failed_says_so_and_can_be_sent_again(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.write("hello")
        client.advance(client.handed_out[0], MessageState.FAILED)
        await player.settle()
        assert player.shown() == ["hello  ✗ not sent"]
        await player.write("/resend")
        assert player.shown() == ["hello  ⏳"]
        client.advance(client.handed_out[1], MessageState.SENT)
        await player.settle()
        assert player.shown() == ["hello  ✓"]
        await player.write("/resend")
        assert player.complaints == ["Nothing in this chat failed to be sent."]


async def test_names_pictures_and_times_head_what_one_person_wrote_in_one_minute(client: FakeClient) -> None:
    async with playing(client) as player:
        client.receive("demo", ECHO, "one")
        client.receive("demo", ECHO, "two")
        client.receive("demo", CAROL, "three")
        client.clock += 60_000
        client.receive("demo", CAROL, "four")
        await player.write("five")
        groups = list(player.messages.query(MessageGroup))
        assert [[message.text for message in group.messages] for group in groups] == [
            ["one", "two"],
            ["three"],
            ["four"],
            ["five"],
        ]
        heads = player.plain("MessageGroup > Vertical > Static:first-child").splitlines()
        assert [head.rsplit("  ", 1)[0] for head in heads] == [
            person(ECHO).name,
            person(CAROL).name,
            person(CAROL).name,
            f"{person(YOU).name} (you)",
        ]
        assert "\n".join(person(CAROL).picture) in player.plain("MessageGroup > .picture")


async def test_late_messages_take_their_place_in_the_order_that_is_the_same_for_everybody(client: FakeClient) -> None:
    async with playing(client) as player:
        first = client.receive("demo", ECHO, "first")
        client.receive("demo", CAROL, "third")
        await player.settle()
        client.receive("demo", CAROL, "second", clock=first.clock + 1)
        client.receive("demo", ECHO, "nothing", clock=1)
        await player.settle()
        assert player.shown() == ["nothing", "first", "second", "third"]


async def test_unread_messages_are_counted_until_their_chat_is_opened(client: FakeClient) -> None:
    async with playing(client) as player:
        client.receive("demo", ECHO, "seen at once")
        for number in range(3):
            client.receive(ECHO.hex, ECHO, f"psst {number}")
        await player.settle()
        assert player.chats() == ["# demo", f" 3  ● {person(ECHO).name}"]
        assert player.shown() == ["seen at once"]
        await player.pilot.press("alt+down")
        await player.settle()
        assert player.chats() == ["# demo", f"● {person(ECHO).name}"]
        assert player.shown() == ["psst 0  🔒", "psst 1  🔒", "psst 2  🔒"]
        for number in range(150):
            client.receive("demo", ECHO, f"busy {number}")
        await player.settle()
        assert player.chats()[0] == " 99+  # demo"


async def test_somebody_new_who_writes_appears_on_the_left(client: FakeClient) -> None:
    async with playing(client) as player:
        client.receive(CAROL.hex, CAROL, "we do not know each other")
        await player.settle()
        assert f" 1  ● {person(CAROL).name}" in player.chats()


async def test_the_keyboard_alone_is_enough_to_choose_a_chat(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press("shift+tab", "shift+tab")  # over the messages to the list
        assert isinstance(player.app.focused, ChatList)
        await player.pilot.press("down")
        await player.settle()
        assert "only the two of you" in player.plain(".chat-subtitle")
        await player.pilot.press("enter")
        assert isinstance(player.app.focused, Composer)
        await player.pilot.press("alt+up")
        await player.settle()
        assert "everybody" in player.plain(".chat-subtitle")
        await player.pilot.press("ctrl+up")  # and round again
        await player.settle()
        assert "only the two of you" in player.plain(".chat-subtitle")


async def test_what_was_begun_in_one_chat_is_not_sent_in_another(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press(*"draft", "alt+down")
        await player.settle()
        assert player.composer.text == ""
        await player.write("for one person")
        await player.pilot.press("alt+up")
        await player.settle()
        await player.pilot.press(*"ed", "enter")
        await player.settle()
        assert [(receipt.message.chat_id, receipt.message.text) for receipt in client.handed_out] == [
            (ECHO.hex, "for one person"),
            ("demo", "drafted"),
        ]


async def test_ctrl_n_joins_a_public_chat(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press("ctrl+n")
        assert isinstance(player.app.screen, NewChatDialog)
        await player.pilot.press(*"#Status", "enter")
        await player.settle()
        assert client.stored["status"].kind == ChatKind.PUBLIC
        assert "# status" in player.plain(".chat-title")
        await player.write("is anybody here?")
        assert [message.text for message in client.messages["status"]] == ["is anybody here?"]


async def test_ctrl_n_opens_a_chat_with_the_person_of_a_pasted_key(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.pilot.press("ctrl+n")
        player.app.screen.query_one(Input).value = f"  {encode(CAROL)} "
        await player.pilot.press("enter")
        await player.settle()
        assert client.stored[CAROL.hex].kind == ChatKind.ONE_TO_ONE
        assert person(CAROL).name in player.plain(".chat-title")


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("no spaces allowed", "letters a to z"),
        ("ab" * 32, "This looks like a private key"),
        (encode(CAROL)[:-1] + "x", "not a chat key"),
    ],
)
async def test_what_is_neither_a_name_nor_a_key_is_explained(client: FakeClient, typed: str, complaint: str) -> None:
    async with playing(client) as player:
        await player.pilot.press("ctrl+n")
        player.app.screen.query_one(Input).value = typed
        await player.pilot.press("enter")
        await player.settle()
        assert len(client.stored) == 2
        assert [complaint in told for told in player.complaints] == [True]
        assert typed not in player.complaints[0]


async def test_escape_changes_nothing(client: FakeClient) -> None:
    async with playing(client) as player:
        for keys in (["escape"], ["enter"]):
            await player.pilot.press("ctrl+n", *keys)
            await player.settle()
            assert isinstance(player.app.screen, ChatScreen)
        assert len(client.stored) == 2
        assert player.complaints == []


async def test_commands(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.write("/join news")
        assert "# news" in player.plain(".chat-title")
        await player.write(f"/chat {encode(CAROL)}")
        assert person(CAROL).name in player.plain(".chat-title")
        await player.write("/leave")
        assert not client.stored[CAROL.hex].active
        assert "# news" in player.plain(".chat-title")
        assert player.chats() == ["# demo", "# news", f"● {person(ECHO).name}"]
        await player.write("/key")
        assert player.app.clipboard == encode(YOU)
        assert encode(YOU) in next(iter(player.app._notifications)).message
        await player.write("/help")
        assert isinstance(player.app.screen, HelpDialog)
        assert "/resend" in "\n".join(str(text.render()) for text in player.app.screen.query(Static))
        await player.pilot.press("escape", "f1")
        assert isinstance(player.app.screen, HelpDialog)
        await player.pilot.press("escape")
        assert player.complaints == []
        await player.write("//join is how to join")
        assert player.shown() == ["/join is how to join  ⏳"]
        await player.write("/quit")
    assert player.app.return_code == 0


async def test_a_command_that_does_not_exist_sends_nothing_and_leaves_what_was_typed(client: FakeClient) -> None:
    async with playing(client) as player:
        for typed, complaint in (
            ("/jion x", "There is no command /jion."),
            ("/join", "/join NAME"),
            ("/leave x", "/leave"),
        ):
            await player.write(typed)
            assert complaint in player.complaints[-1]
            assert player.composer.text == typed
            player.composer.clear()
        assert client.handed_out == []


async def test_a_text_that_is_refused_is_not_lost(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.write("x" * 5_000)
        assert player.complaints == ["The message is too long. Split it."]
        assert player.composer.text == "x" * 5_000


async def test_blank_texts_are_not_sent_and_lines_are_kept(client: FakeClient) -> None:
    async with playing(client) as player:
        await player.write("  ")
        assert client.handed_out == []
        player.composer.clear()
        await player.pilot.press("a", "ctrl+j", "b", "enter")
        await player.settle()
        assert client.handed_out[0].message.text == "a\nb"
        assert player.shown() == ["a\nb  ⏳"]


async def test_texts_of_strangers_move_nothing_and_are_no_markup(client: FakeClient) -> None:
    async with playing(client) as player:
        client.receive(
            "demo", CAROL, "\x1b[2J\x1b]0;title\x07[bold red on blue]x[/] [@click=app.quit]y[/]\u202e\x07\n$error"
        )
        client.receive("demo", CAROL, "\u200b\x00")
        await player.settle()
        assert player.shown() == ["[bold red on blue]x[/] [@click=app.quit]y[/]\n$error", "(nothing that can be shown)"]
        drawn = player.app.export_screenshot()
        assert "[@click=app.quit]y[/]" in drawn.replace("&#160;", " ")
        client.tell(MessageUndecryptable(CAROL, "[bold]oops"))
        await player.settle()
        assert player.complaints == [f"A message of {person(CAROL).name} could not be opened. Ask for it again."]
        client.tell(MessageUndecryptable(CAROL, "no such session", "a device", 3))
        await player.settle()
        assert player.complaints[1:] == [
            f"3 messages (repetitions counted) of {person(CAROL).name} could not be opened. Ask for it again."
        ]
        await player.write("/[bold]jion[/]")
        assert "There is no command /[bold]jion[/]." in str(list(player.app.query(Toast))[-1].render())


async def test_long_texts_are_wrapped_not_cut(client: FakeClient) -> None:
    async with playing(client) as player:
        client.receive("demo", CAROL, " ".join(f"word{number:02}" for number in range(30)))
        await player.settle()
        drawn = player.app.export_screenshot()
        assert all(f"word{number:02}" in drawn for number in range(30))


def fill(client: FakeClient, count: int) -> None:
    """History of the public chat: ``count`` messages, a minute apart."""
    for number in range(count):
        client.clock += 60_000
        client.receive("demo", ECHO, f"message {number}")


async def test_history_comes_in_pages_as_one_scrolls_up(client: FakeClient) -> None:
    fill(client, 2 * PAGE + 7)
    async with playing(client) as player:
        messages = player.messages
        assert [message.text for message in messages.messages] == [
            f"message {n}" for n in range(PAGE + 7, 2 * PAGE + 7)
        ]
        assert messages.is_vertical_scroll_end
        assert player.plain(".beginning") == ""
        top = messages.messages[0].text
        while len(messages.messages) == PAGE:
            await player.pilot.press("pageup")
            await player.pilot.pause()
        await player.settle()
        assert len(messages.messages) == 2 * PAGE
        group = next(one for one in messages.query(MessageGroup) if one.messages[0].text == top)
        assert messages.region.contains_region(group.region)  # what was looked at is where it was
        messages.focus()
        for _ in range(2):
            await player.pilot.press("home")
            await player.settle()
        assert [message.text for message in messages.messages] == [f"message {n}" for n in range(2 * PAGE + 7)]
        await player.pilot.press("home")
        await player.settle()
        assert player.plain(".beginning") == "This is where the conversation begins."


async def test_new_messages_do_not_pull_somebody_away_who_reads_old_ones(client: FakeClient) -> None:
    fill(client, 40)
    async with playing(client) as player:
        await player.pilot.press("pageup")
        await player.settle()
        place = player.messages.scroll_offset.y
        client.receive("demo", ECHO, "news")
        await player.settle()
        assert player.messages.scroll_offset.y == place
        await player.pilot.press("pagedown", "pagedown", "pagedown")
        await player.settle()
        assert player.messages.is_vertical_scroll_end
        await player.pilot.press("pageup")
        await player.write("my own")
        assert player.messages.is_vertical_scroll_end
        client.receive("demo", ECHO, "more news")
        await player.settle()
        assert player.messages.is_vertical_scroll_end


async def test_a_page_that_does_not_fill_the_screen_is_followed_by_another(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tui, "PAGE", 3)
    fill(client, 20)
    async with playing(client) as player:
        await player.settle()
        assert player.messages.max_scroll_y > 0
        assert 3 < len(player.messages.messages) < 20
        assert player.messages.is_vertical_scroll_end


async def test_what_is_far_up_leaves_the_screen_and_comes_back(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_list, "MAX_SHOWN", 30)
    fill(client, 10)
    async with playing(client) as player:
        fill(client, 40)
        await player.settle()
        assert len(player.messages.messages) == 30
        assert player.messages.messages[-1].text == "message 39"
        player.messages.focus()
        await player.pilot.press("home")
        await player.settle()
        assert len(player.messages.messages) == 50


async def test_a_flood_is_drawn_as_far_as_a_screen_can_hold_it(client: FakeClient) -> None:
    async with playing(client) as player:
        for number in range(2_000):
            client.receive("demo", ECHO if number % 100 else CAROL, f"flood {number}")
        await player.settle()
        shown = player.messages.messages
        assert shown[-1].text == "flood 1999"
        assert message_list.MAX_SHOWN - message_list.MAX_GROUP < len(shown) <= message_list.MAX_SHOWN
        assert sum(len(group.messages) for group in player.messages.query(MessageGroup)) == len(shown)
        assert max(len(group.messages) for group in player.messages.query(MessageGroup)) == message_list.MAX_GROUP


async def test_older_messages_that_come_too_late_are_not_mixed_into_another_chat(client: FakeClient) -> None:
    fill(client, 20)
    async with playing(client) as player:
        oldest = player.messages.messages[0]
        await player.pilot.press("alt+down")
        await player.settle()
        await player.messages.add_older(oldest, client.messages["demo"], more=False)
        assert player.messages.messages == []


async def test_the_status_line_follows_the_connection(client: FakeClient) -> None:
    client.node.peers = []
    async with playing(client) as player:
        assert "connecting" in str(player.app.screen.query_one(StatusLine).render())
        client.node.peers = ["relay"]
        client.tell(PeerConnected("ab" * 64))
        await player.settle()
        assert "connected to one relay" in str(player.app.screen.query_one(StatusLine).render())
        client.node.peers = ["relay", "another"]
        client.tell(PeerConnected("cd" * 64))
        await player.settle()
        assert "connected to 2 relays" in str(player.app.screen.query_one(StatusLine).render())
        client.node.peers = []
        client.tell(PeerDisconnected("ab" * 64, "gone"))
        await player.settle()
        assert "connecting" in str(player.app.screen.query_one(StatusLine).render())


async def test_without_a_chat_there_is_nothing_to_write_in() -> None:
    client = FakeClient()
    async with playing(client) as player:
        assert player.composer.disabled
        assert "Ctrl-N" in player.plain(".chat-subtitle")
        await player.pilot.press("alt+down")
        await player.pilot.press("ctrl+n")
        await player.pilot.press(*"demo", "enter")
        await player.settle()
        assert not player.composer.disabled
        await player.write("hello")
        assert player.shown() == ["hello  ⏳"]
        await player.write("/leave")
        assert player.composer.disabled
        assert player.shown() == []


@pytest.mark.parametrize("keys", ["ctrl+q", "ctrl+c"])
async def test_ending(client: FakeClient, keys: str) -> None:
    async with playing(client) as player:
        await player.pilot.press(keys)
    assert player.app.return_code == 0


async def test_ctrl_c_copies_where_something_is_selected(client: FakeClient) -> None:
    async with playing(client) as player:
        player.composer.insert("hello")
        player.composer.select_all()
        await player.pilot.press("ctrl+c")
        assert player.app.clipboard == "hello"
        assert player.app.return_code is None


async def test_the_end_of_the_client_is_the_end_of_the_screen(client: FakeClient) -> None:
    async with playing(client) as player:
        client.tell(None)
        await player.settle()
    assert player.app.return_code == 0


async def test_the_failure_of_the_client_is_reported(client: FakeClient) -> None:
    failure = LocalError("The disk is full. Make room and start again.")
    app = ChatApp(client)
    async with app.run_test() as pilot:
        await pilot.pause()
        client.tell(failure)
        await pilot.pause()
    assert app.failure is failure
