"""A chat written to a file or to standard output: ``pystatus conversation export``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pystatus import sanitise
from pystatus.apps.cli import views
from pystatus.errors import LocalError, Refused
from pystatus.records import dataclass

if TYPE_CHECKING:
    from pystatus.apps.cli.output import Output
    from pystatus.apps.cli.profile_reader import Reader
    from pystatus.messenger.records import Chat

_BY_ENDING = {
    ".html": "html", ".htm": "html", ".json": "json", ".jsonl": "json", ".txt": "text", ".text": "text", "": "text"
}  # fmt: skip


def format_of(file: Path | None) -> str:
    """The format that the name of a file asks for.

    :raises Refused: its ending is that of another format: a text would be taken for what it is not.
    """
    if file is None:
        return "text"
    chosen = _BY_ENDING.get(file.suffix.lower())
    if chosen is None:
        raise Refused(
            f"FILE: a chat is written as .html, .jsonl or .txt, and not as {sanitise.name(file.suffix)}. Call the file "
            "otherwise, or add --format."
        )
    return chosen


@dataclass(frozen=True, slots=True)
class ChatExport:
    """Which chat, and how."""

    chat_id: str
    format: str
    media: bool

    def print_all(self, reader: Reader) -> None:
        """Write it to standard output.

        :raises LocalError: there is no such chat, or the output refuses.
        """
        for piece in self._pieces(reader, self._chat(reader)):
            typer.echo(piece, nl=False)

    def write(self, reader: Reader, file: Path, out: Output, *, overwrite: bool) -> None:
        """Write it to a file, which is there only when it is complete, and say so.

        :raises LocalError: there is no such chat, or the file cannot be written, or is there.
        """
        from pystatus.storage import files

        chat = self._chat(reader)
        with files.explained_files(f"The file {file} cannot be written"):
            try:
                with files.replaced(file) if overwrite else files.created_whole(file) as written:
                    for piece in self._pieces(reader, chat):
                        written.write(piece.encode())
            except FileExistsError:
                raise LocalError(f"The file {file} is there already. Name another one, or add --overwrite.") from None
        fields = {
            "event": "exported",
            **views.chat_fields(chat, reader.names),
            "file": str(file),
            "format": self.format,
        }
        size = file.stat().st_size
        out.result(
            {**fields, "bytes": size},
            f"{views.chat_label(chat, reader.names)} is in {file}, {max(1, size // 1_000)} kB",
        )

    def _pieces(self, reader: Reader, chat: Chat) -> Iterator[str]:
        from pystatus.messenger.transcript.entries import Source
        from pystatus.messenger.transcript.formats import pieces

        names = reader.names
        source = Source(reader, reader.own, chat, lambda person: names.of(person).name, media=self.media)
        return pieces(source, self.format, int(time.time() * 1_000))

    def _chat(self, reader: Reader) -> Chat:
        chat = reader.chat(self.chat_id)
        if chat is None:
            raise LocalError("There is no such chat in this profile. Those that there are: pystatus history")
        return chat
