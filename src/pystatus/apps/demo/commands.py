"""What begins with a slash."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.errors import LocalError


@dataclass(frozen=True, slots=True)
class Command:
    """A command line of the chat."""

    name: str
    argument: str
    """What it takes, empty for nothing."""
    what: str

    @property
    def usage(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.argument}".rstrip()


COMMANDS = {
    command.name: command
    for command in (
        Command("join", "NAME", "join a public chat"),
        Command("chat", "KEY", "write to the person with this chat key"),
        Command("leave", "", "leave this chat; what was said stays"),
        Command("key", "", "show your own chat key, and copy it"),
        Command("resend", "", "send again what could not be sent"),
        Command("help", "", "show this"),
        Command("quit", "", "end"),
    )
}


def parse(text: str) -> tuple[Command, str] | str:
    """What the person typed: a command and its argument, or a text to send. ``//`` begins a text with one slash.

    :raises LocalError: there is no such command, or its argument is missing.
    """
    if not text.startswith("/"):
        return text
    if text.startswith("//"):
        return text[1:]
    name, _, argument = text[1:].partition(" ")
    command = COMMANDS.get(name.strip().lower())
    if command is None:
        raise LocalError(
            f"There is no command /{name.strip()}. F1 shows all; to send a text that begins with a slash, write //."
        )
    if bool(command.argument) != bool(argument.strip()):
        raise LocalError(f"This command is written {command.usage}")
    return command, argument.strip()
