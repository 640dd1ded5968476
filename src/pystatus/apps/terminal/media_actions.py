"""What keys do with pictures and sounds, and what becomes of a file that is dropped into the line for messages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from pystatus.apps.terminal.dialogs.picture import PictureWindow
from pystatus.apps.terminal.dialogs.windows import Entry, ListWindow
from pystatus.apps.terminal.obeying import Obeying, expanded
from pystatus.apps.terminal.opening import ending
from pystatus.apps.terminal.pictures import decoded
from pystatus.apps.terminal.widgets.composer import Composer
from pystatus.client.features.media import Audio, Image
from pystatus.errors import LocalError
from pystatus.faces.dropping import is_sound
from pystatus.messenger.media_keeping import MEDIA_KINDS
from pystatus.messenger.records import Message

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]

    from pystatus.apps.terminal.conversation import Conversation
    from pystatus.apps.terminal.face import Face
    from pystatus.apps.terminal.widgets.message_view import MessageView
else:
    _Base = object


class MediaActions(_Base):
    """A part of the chat screen."""

    face: Face
    view: MessageView
    conversation: Conversation
    composer: Composer
    _obeying: Obeying
    _reads_pictures = False

    if TYPE_CHECKING:

        async def confirm(self, question: str) -> bool: ...
        async def ask(self, title: str, question: str, value: str = "") -> str | None: ...
        def complain(self, what: object) -> None: ...
        def tell(self, sentence: str) -> None: ...
        async def obey(self, line: str) -> None: ...

    def on_unmount(self) -> None:
        self._obeying.close()

    def read_pictures(self) -> None:
        """Have the pictures in view decoded, if there are any."""
        if not self._reads_pictures and self.conversation.undecoded(self.view.visible_messages()):
            self._reads_pictures = True
            self._read_pictures()

    @work
    async def _read_pictures(self) -> None:
        try:
            while wanted := self.conversation.undecoded(self.view.visible_messages()):
                await self.conversation.pictures.read(wanted)
                self.view.redraw()
        finally:
            self._reads_pictures = False

    @property
    def way_to_save(self) -> str:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        return self.face.wishes.keys.label("messages.save") or "/save FILE"

    def has_media(self, message: Message) -> bool:
        """Whether Enter on a message opens a picture or a sound."""
        return message.content_type in MEDIA_KINDS

    def open_media(self, message: Message) -> None:
        """Show a picture, play a sound."""
        self._open(message)

    @work
    async def _open(self, message: Message) -> None:
        """A picture on the whole screen, a sound in the player of the desktop."""
        face, texts = self.face, self.face.texts
        try:
            media = face.media.of(message)
            wanted: str | None = "open"
            if isinstance(media, Image) and face.wishes.images != "never" and not face.wishes.ascii:
                wanted = await self.app.push_screen_wait(
                    PictureWindow(
                        texts.terminal_picture_title(name=face.name_of(message.author)),
                        lambda wide, high: decoded(face.media, message, wide, high),
                        texts.terminal_picture_loading(),
                        texts.terminal_picture_hint(),
                    )
                )
            if wanted == "save":
                await self._save(message)
            elif wanted == "open":
                await self._obeying.open_outside(message)
        except LocalError as error:
            self.complain(error)

    def action_save(self) -> None:
        """Save the picture or the sound of the message."""
        self._saving()

    @work
    async def _saving(self) -> None:
        message = self.view.chosen_message
        try:
            if message is None or not self.has_media(message):
                raise LocalError(self.face.texts.terminal_no_media())
            await self._save(message)
        except LocalError as error:
            self.complain(error)

    async def _save(self, message: Message) -> None:
        """
        :raises LocalError: it is not here any more, or the file exists.
        """
        texts, media = self.face.texts, self.face.media.of(message)
        if not isinstance(media, Image | Audio):
            raise LocalError(texts.terminal_no_media())
        offered = f"~/{message.id.hex()[:8]}{ending(media)}"
        wanted = await self.ask(texts.terminal_save_title(), texts.terminal_save_question(), offered)
        if wanted is not None:
            path = await self.face.media.save(message, expanded(wanted))
            self.tell(texts.terminal_saved(file=str(path)))

    def on_composer_dropped(self, event: Composer.Dropped) -> None:
        """A file was dropped, or its path pasted."""
        self._ask_about_file(event.path, event.text)

    @work
    async def _ask_about_file(self, path: Path, text: str) -> None:
        """A file was dropped, or its path pasted: is it meant to be sent?"""
        texts = self.face.texts
        what = texts.terminal_drop_sound() if is_sound(path.name) else texts.terminal_drop_image()
        entries = [
            Entry("send", what),
            Entry("text", texts.terminal_drop_text()),
            Entry("cancel", texts.paste_cancel()),
        ]

        def find(typed: str) -> Sequence[Entry]:
            return [entry for entry in entries if typed.lower() in entry.text.lower()]

        wanted = await self.app.push_screen_wait(
            ListWindow(
                texts.terminal_drop_question(file=path.name),
                find,
                texts.terminal_hint_choose(),
                texts.terminal_nothing_found(),
            )
        )
        if wanted == "text":
            self.composer.put(text)
        elif wanted == "send":
            try:
                await self.obey(f"/{'audio' if is_sound(path.name) else 'image'} {path}")
            except LocalError as error:
                self.complain(error)
        self.composer.focus()
