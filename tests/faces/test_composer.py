"""The line for messages: nothing is lost that was written, and nothing that was pasted is a command."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.errors import LocalError
from pystatus.faces import completion
from pystatus.faces.catalogue import texts_in
from pystatus.faces.completion import Begun, Kind, begun
from pystatus.faces.composer import MAX_SENT, Composer, ToSend, room
from pystatus.faces.pasting import MAX_PASTE, PasteChoice, as_code, cleaned, pasted
from pystatus.faces.slash_commands import SlashCommand, SlashCommands, Typed
from pystatus.messenger.features.conversations import MAX_DRAFT, Draft
from pystatus.messenger.features.mentions import Mentionable
from pystatus.payloads.checks import MAX_TEXT
from pystatus.payloads.markdown.parsing import parse_text
from pystatus.payloads.markdown.tree import CodeBlock
from tests.faces.support import BOB, message

ENGLISH = texts_in()
JOIN = SlashCommand("join", "NAME", "join a public chat")
QUIT = SlashCommand("quit", "", "end")
HELP = SlashCommand("help", "COMMAND", "show this", is_optional=True)
COMMANDS = SlashCommands([JOIN, QUIT, HELP])
LINES = "one\ntwo\nthree\nfour\nfive\nsix\n"


class Empty:
    """A line in which nothing stands."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Composer) and (other.text, other.cursor, other.reply_to) == ("", 0, None)

    __hash__ = None  # type: ignore[assignment]


def composer(text: str = "") -> Composer:
    made = Composer(COMMANDS)
    made.typed(text)
    return made


# commands


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("hello", "hello"),
        ("//path", "/path"),
        ("/join status", Typed(JOIN, "status")),
        ("/JOIN  status ", Typed(JOIN, "status")),
        ("/quit", Typed(QUIT, "")),
        ("/help", Typed(HELP, "")),
        ("/help join", Typed(HELP, "join")),
        (" /quit", " /quit"),
    ],
)
def test_what_is_typed_is_a_command_or_a_text(text: str, meant: Typed | str) -> None:
    assert COMMANDS.parse(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/exit", r"There is no command /exit here: /quit does that\."),
        ("/nothing", r"There is no command /nothing\. /help shows all"),
        ("/\x1b[2Jx", r"There is no command /x\."),
        ("/join", r"This command is written /join NAME"),
        ("/quit now", r"This command is written /quit"),
    ],
)
def test_what_is_no_command_is_said_and_stays_in_the_line(text: str, said: str) -> None:
    made = composer(text)
    with pytest.raises(LocalError, match=said):
        made.submit()
    assert made.text == text
    with pytest.raises(LocalError, match=r"Einen Befehl|so geschrieben"):
        SlashCommands([JOIN, QUIT, HELP], texts_in("de")).parse(text)


def test_how_commands_are_written() -> None:
    assert [one.usage for one in (JOIN, QUIT, HELP)] == ["/join NAME", "/quit", "/help [COMMAND]"]


# sending


def test_a_text_is_sent_with_what_it_answers_and_the_line_is_empty() -> None:
    made = composer("hello")
    made.reply_to = message(1).id
    assert made.submit() == ToSend("hello", message(1).id)
    assert made == Empty()
    assert composer(" \n").submit() is None


def test_a_command_leaves_what_is_answered() -> None:
    made = composer("/quit")
    made.reply_to = message(1).id
    assert made.submit() == Typed(QUIT, "")
    assert made.reply_to == message(1).id


def test_what_was_not_sent_stands_before_what_was_written_since() -> None:
    made = composer("first")
    done = made.submit()
    assert isinstance(done, ToSend)
    made.typed("second")
    made.give_back(done.text, message(1).id)
    assert (made.text, made.cursor, made.reply_to) == ("first\nsecond", 12, message(1).id)


def test_what_was_sent_is_taken_up_again() -> None:
    made = composer()
    assert not made.recall(1)
    for text in ("one", "two", "two"):
        made.typed(text)
        made.submit()
    assert list(made.sent) == ["one", "two"]
    assert [made.recall(1) and made.text for _ in range(3)] == ["two", "one", False]
    assert made.recall(-1)
    assert made.text == "two"
    made.typed("two", 1)
    assert made.recall(-1)
    assert made.text == ""
    made.typed("something")
    assert not made.recall(1), "what is begun is not lost"
    for number in range(2 * MAX_SENT):
        made.typed(str(number))
        made.submit()
    assert len(made.sent) == MAX_SENT


@pytest.mark.parametrize(
    ("length", "shown", "said"), [(4_000, True, "96 left"), (3_276, False, ""), (4_099, True, "3 too many")]
)
def test_how_much_is_left_is_said_near_the_end(length: int, shown: bool, said: str) -> None:
    left = room(" " + "x" * length + "\n")
    assert left.is_shown == shown
    assert not said or left.text(ENGLISH) == said
    assert room("").left == MAX_TEXT


# drafts


def test_a_draft_comes_back_with_what_it_answers() -> None:
    made = composer("hel")
    made.reply_to = message(1).id
    kept = made.draft
    assert kept == Draft("hel", message(1).id)
    made.restore(None)
    assert made == Empty()
    assert made.draft is None
    made.restore(kept)
    assert (made.text, made.cursor, made.reply_to) == ("hel", 3, message(1).id)
    made.typed("x" * (MAX_DRAFT + 1))
    assert made.draft == Draft("x" * MAX_DRAFT, message(1).id)


# pasting


def test_a_few_lines_are_put_in_where_the_cursor_is() -> None:
    made = composer("ab")
    made.typed("ab", 1)
    assert made.paste("1\r\n2\n") is None
    assert (made.text, made.cursor) == ("a1\n2b", 4)
    assert made.paste("X", 0, 3) is None
    assert made.text == "X2b"
    assert made.paste("\x07") is None
    assert made.text == "X2b"


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (PasteChoice.AS_IS, "one\ntwo\nthree\nfour\nfive\nsix"),
        (PasteChoice.AS_CODE, "```\none\ntwo\nthree\nfour\nfive\nsix\n```"),
        (PasteChoice.JOINED, "one two three four five six"),
        (PasteChoice.CANCEL, ""),
    ],
)
def test_of_more_lines_it_is_asked_how(choice: PasteChoice, text: str) -> None:
    made = composer()
    paste = made.paste(LINES)
    assert paste is not None
    assert paste.question(ENGLISH) == "You paste 6 lines. How?"
    assert choice in paste.choices
    assert choice.label(ENGLISH) in ("As it is", "As code", "In one line", "Cancel")
    assert made.text == ""
    made.put(paste, choice)
    assert made.text == text


def test_what_is_too_long_can_only_be_a_file_and_costs_next_to_nothing() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    paste = pasted("x\n" * 5_000_000)
    assert paste.choices == (PasteChoice.AS_FILE, PasteChoice.CANCEL)
    assert paste.question(ENGLISH) == "This is 10 MB of text, too much for messages. Send it as a file?"
    assert PasteChoice.AS_FILE.label(ENGLISH) == "As a file"
    assert paste.result(PasteChoice.AS_FILE) == ""
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kilobytes"
    assert pasted("x" * MAX_PASTE).choices == ()


@pytest.mark.parametrize("text", ["/quit", "/quit\n", "/join x\nmore"])
def test_what_is_pasted_is_never_a_command(text: str) -> None:
    made = composer()
    made.paste(text)
    assert made.begun() is None or made.begun() != Begun(Kind.COMMAND, "quit", 0)
    assert isinstance(made.submit(), ToSend)


def test_a_slash_is_a_command_again_once_what_was_pasted_is_gone() -> None:
    made = composer()
    made.paste("/etc/passwd")
    made.typed("/")
    made.typed("/quit")
    assert made.submit() == Typed(QUIT, "")
    made.paste("uit")
    made.typed("/quit")
    assert made.submit() == Typed(QUIT, "")
    made.paste("/etc")
    made.paste("/passwd")
    assert made.submit() == ToSend("/etc/passwd")
    made.restore(Draft("/quit"))
    assert made.submit() == ToSend("/quit")


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="`~ab \n", min_size=1, max_size=60))
def test_code_is_one_block_whatever_is_in_it(text: str) -> None:
    text = cleaned(text)
    (block,) = parse_text(as_code(text)).blocks
    assert isinstance(block, CodeBlock)
    assert block.text == f"{text}\n"


def test_what_is_pasted_has_nothing_that_a_terminal_obeys() -> None:
    assert cleaned("\x1b[2Ja\u202eb\r\n\tc\n\n") == "ab\n    c"
    assert cleaned("    indented") == "    indented"


# completion


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/jo", Begun(Kind.COMMAND, "jo", 0)),
        ("/", Begun(Kind.COMMAND, "", 0)),
        ("//jo", None),
        ("/join sta", None),
        ("hi @al", Begun(Kind.PERSON, "al", 3)),
        ("hi @", Begun(Kind.PERSON, "", 3)),
        ("@Alice in W", Begun(Kind.PERSON, "Alice in W", 0)),
        ("hi @ ", None),
        ("a@b", None),
        ("@" + "x" * 65, None),
        (":smi", Begun(Kind.EMOJI, "smi", 0)),
        ("ha :SMI", Begun(Kind.EMOJI, "smi", 3)),
        (":s", None),
        (":)", None),
        ("8:15", None),
        ("x" * 1_000 + " @bo", Begun(Kind.PERSON, "bo", 1_001)),
        ("hello", None),
    ],
)
def test_what_is_begun(text: str, what: Begun | None) -> None:
    assert begun(text, len(text)) == what
    assert composer(text).begun() == what


def test_a_command_is_completed_with_its_usage() -> None:
    made = composer("/")
    what = made.begun()
    assert what is not None
    offers = completion.commands(what, COMMANDS)
    assert [(one.label, one.hint) for one in offers] == [
        ("/join NAME", "join a public chat"),
        ("/quit", "end"),
        ("/help [COMMAND]", "show this"),
    ]
    made.choose(what, offers[0])
    assert (made.text, made.cursor) == ("/join ", 6)
    assert completion.commands(Begun(Kind.COMMAND, "Q", 0), COMMANDS)[0].replacement == "/quit"


def test_a_person_is_completed_in_the_middle_of_a_text() -> None:
    made = composer("hi @ex there")
    made.typed("hi @ex there", 6)
    what = made.begun()
    assert what is not None
    (offer,) = completion.people([Mentionable(BOB, "Experienced Gibbon", "bob")])
    assert (offer.label, offer.hint) == ("Experienced Gibbon", "bob")
    made.choose(what, offer)
    assert (made.text, made.cursor) == ("hi @Experienced Gibbon there", 22)


def test_an_emoji_is_completed() -> None:
    made = composer("ha :smile")
    what = made.begun()
    assert what is not None
    offers = completion.emoji(what)
    assert offers[0].hint == ":smile:"
    assert len(completion.emoji(Begun(Kind.EMOJI, "s", 0))) == completion.OFFERED
    made.choose(what, offers[0])
    assert made.text == "ha 😄"
