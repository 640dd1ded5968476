"""What begins with a slash: one table for the screen and for ``--plain``."""

from __future__ import annotations

from pystatus.apps.terminal.face import Face
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.slash_commands import SlashCommand, SlashCommands
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command. ``argument`` is what it takes, in capitals; in brackets if it can be left out; empty for nothing."""

    name: str
    argument: str = ""
    where: str = "both"
    """``screen`` or ``plain``, where it is of one of them alone."""

    def typed(self, texts: Catalogue) -> SlashCommand:
        """The same, with what it does in words."""
        what: str = getattr(texts, f"terminal_command_{self.name}")()
        is_optional = self.argument.startswith("[") and self.argument.endswith("]")
        argument = self.argument.removeprefix("[").removesuffix("]") if is_optional else self.argument
        return SlashCommand(self.name, argument, what, is_optional)


COMMANDS = (
    Command("join", "NAME"),
    Command("chat", "KEY"),
    Command("chats"),
    Command("next"),
    Command("leave"),
    Command("key"),
    Command("search", "WORDS"),
    Command("at", "DATE"),
    Command("reply", "[#N] TEXT"),
    Command("react", "[#N] 1-6"),
    Command("explain", "[#N]"),
    Command("raw", "[#N]"),
    Command("quoted", "[#N]"),
    Command("goto", "#N", "plain"),
    Command("open", "[#N]"),
    Command("resend", "[#N]"),
    Command("withdraw", "[#N]"),
    Command("forget", "[#N]"),
    Command("save", "[#N] FILE"),
    Command("image", "FILE"),
    Command("audio", "FILE"),
    Command("export", "FILE"),
    Command("people"),
    Command("add", "[KEY]"),
    Command("ignore", "[KEY]"),
    Command("nick", "[NAME]"),
    Command("block", "[KEY]"),
    Command("unblock", "KEY"),
    Command("group", "NAME"),
    Command("members"),
    Command("invite", "KEY"),
    Command("remove", "KEY"),
    Command("promote", "KEY"),
    Command("rename", "NAME"),
    Command("accept"),
    Command("link"),
    Command("ask", "LINK"),
    Command("approve", "[KEY]"),
    Command("reject", "[KEY]"),
    Command("devices"),
    Command("pair", "[NAME]"),
    Command("device", "NAME"),
    Command("enable", "ID"),
    Command("disable", "ID"),
    Command("sync"),
    Command("stolen"),
    Command("network"),
    Command("outbox"),
    Command("wallet"),
    Command("names"),
    Command("retry"),
    Command("words"),
    Command("mute"),
    Command("pin"),
    Command("archive"),
    Command("unread"),
    Command("clear"),
    Command("fetch", "[DAYS]"),
    Command("theme", "NAME", "screen"),
    Command("sort", "", "screen"),
    Command("keys", "", "screen"),
    Command("lines", "", "plain"),
    Command("more", "", "plain"),
    Command("where", "", "plain"),
    Command("state", "", "plain"),
    Command("help", "[COMMAND]"),
    Command("quit"),
)


def commands(face: Face) -> SlashCommands:
    """Those of the screen, or of ``--plain``."""
    texts, hidden = face.texts, "screen" if face.wishes.lines else "plain"
    return SlashCommands([one.typed(texts) for one in COMMANDS if one.where != hidden], texts, face.way("help"))
