"""What begins with a slash: commands of a chat, typed into the line for messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pystatus import sanitise
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue, texts_in
from pystatus.records import dataclass

SLASH = "/"


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command: ``name`` without its slash, what it takes (empty: nothing), and what it does, in words."""

    name: str
    argument: str
    what: str
    is_optional: bool = False
    """Whether it can be given without what it takes."""

    @property
    def usage(self) -> str:
        """As it is typed: ``/join NAME``."""
        shown = f"[{self.argument}]" if self.argument and self.is_optional else self.argument
        return f"{SLASH}{self.name} {shown}".rstrip()


OTHER_NAMES: Mapping[str, str] = {
    "msg": "chat", "query": "chat", "open_chat": "chat", "part": "leave", "close": "leave", "list": "chats",
    "buffer": "chats", "rooms": "chats", "names": "members", "who": "members", "whois": "people", "contacts": "people",
    "roster": "people", "topic": "rename", "kick": "remove", "op": "promote", "history": "more", "lastlog": "search",
    "delete": "forget", "redact": "forget", "upload": "image", "exit": "quit", "bye": "quit",
}  # fmt: skip
"""What commands are called in weechat, irssi, iamb, gomuks and profanity, where they have another name here."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed, and what stands behind it."""

    command: SlashCommand
    argument: str


class SlashCommands:
    """Those that a face has."""

    def __init__(self, commands: Iterable[SlashCommand], texts: Catalogue | None = None, help_: str = "/help") -> None:
        """
        :param texts: the language of what is said about mistakes; None: English.
        :param help_: what shows all of them: a command, or a key.
        """
        self.by_name: Mapping[str, SlashCommand] = {command.name: command for command in commands}
        self._texts = texts or texts_in()
        self._help = help_

    def parse(self, text: str) -> Typed | str:
        """What somebody typed: a command, or a text to send. ``//`` begins a text with one slash.

        :raises LocalError: there is no such command, or its argument is missing.
        """
        if not text.startswith(SLASH):
            return text
        if text.startswith(2 * SLASH):
            return text[1:]
        name, _, argument = text[1:].partition(" ")
        name, argument = name.strip(), argument.strip()
        command = self.by_name.get(name.lower())
        other = self.by_name.get(OTHER_NAMES.get(name.lower(), ""))
        if command is None and other is not None:
            raise LocalError(self._texts.command_other_name(name=sanitise.name(name), usage=other.usage))
        if command is None:
            raise LocalError(self._texts.command_unknown(name=sanitise.name(name), help=self._help))
        if bool(command.argument) != bool(argument) and not (command.is_optional and not argument):
            raise LocalError(self._texts.command_usage(usage=command.usage))
        return Typed(command, argument)

    def beginning(self, beginning: str, limit: int) -> Sequence[SlashCommand]:
        """At most ``limit`` commands whose name begins so, in their order."""
        wanted = beginning.lower()
        return [one for name, one in self.by_name.items() if name.startswith(wanted)][: max(limit, 0)]
