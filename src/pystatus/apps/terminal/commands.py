"""What begins with a slash: one table for the screen and for ``--plain``."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.sanitise import quoted


@dataclass(frozen=True, slots=True)
class Command:
    """A command. ``argument`` is what it takes, in capitals; in brackets if it can be left out; empty for nothing."""

    name: str
    argument: str = ""
    where: str = "both"
    """``screen`` or ``plain``, where it is of one of them alone."""

    @property
    def usage(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.argument}".rstrip()

    @property
    def needs_argument(self) -> bool:
        """Whether it says nothing without one."""
        return bool(self.argument) and not self.argument.startswith("[")

    def what(self, texts: Catalogue) -> str:
        """What it does."""
        accessor = getattr(texts, f"terminal_command_{self.name}")
        said: str = accessor()
        return said


COMMANDS = {
    command.name: command
    for command in (
        Command("join", "NAME"),
        Command("chat", "KEY"),
        Command("chats"),
        Command("leave"),
        Command("key"),
        Command("search", "WORDS"),
        Command("at", "DATE"),
        Command("reply", "[#N] TEXT"),
        Command("react", "[#N] 1-6"),
        Command("explain", "[#N]"),
        Command("resend", "[#N]"),
        Command("forget", "[#N]"),
        Command("save", "[#N] FILE"),
        Command("image", "FILE"),
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
        Command("enable", "ID"),
        Command("disable", "ID"),
        Command("sync"),
        Command("stolen"),
        Command("network"),
        Command("outbox"),
        Command("words"),
        Command("mute"),
        Command("unread"),
        Command("clear"),
        Command("fetch", "[DAYS]"),
        Command("theme", "NAME", "screen"),
        Command("sort", "", "screen"),
        Command("more", "", "plain"),
        Command("where", "", "plain"),
        Command("state", "", "plain"),
        Command("help", "[COMMAND]"),
        Command("quit"),
    )
}


def parse(text: str, texts: Catalogue, *, screen: bool = True) -> tuple[Command, str] | str:
    """What the person typed: a command and its argument, or a text to send. ``//`` begins a text with one slash.

    :raises LocalError: there is no such command, or its argument is missing, or it takes none.
    """
    if not text.startswith("/"):
        return text
    if text.startswith("//"):
        return text[1:]
    name, _, argument = text[1:].partition(" ")
    command = COMMANDS.get(name.strip().lower())
    if command is None or command.where == ("plain" if screen else "screen"):
        raise LocalError(texts.terminal_no_command(name=quoted(f"/{name.strip()}")))
    argument = argument.strip()
    if (command.needs_argument and not argument) or (argument and not command.argument):
        raise LocalError(texts.terminal_usage(usage=command.usage))
    return command, argument


def beginning_with(start: str, *, screen: bool = True) -> list[Command]:
    """The commands whose name begins so."""
    hidden = "plain" if screen else "screen"
    return [one for one in COMMANDS.values() if one.name.startswith(start.lower()) and one.where != hidden]
