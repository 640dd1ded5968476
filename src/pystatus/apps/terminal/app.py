"""The terminal client as a program of textual: themes, the window's title, focus, and an end in order."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.events import AppBlur, AppFocus
from textual.screen import Screen
from textual.worker import WorkerFailed

from pystatus.apps.terminal.attention import Attention
from pystatus.apps.terminal.base_app import TerminalApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.desktop import Desktop, way
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.keys import EVERYWHERE, bindings
from pystatus.apps.terminal.outward import Outward
from pystatus.errors import LocalError
from pystatus.faces.sentences import as_sentence


class ChatApp(TerminalApp[None]):
    """A chat in the terminal, for one client."""

    TITLE = "pystatus"
    BINDINGS: ClassVar[list[BindingType]] = bindings(EVERYWHERE, of_app=True)

    def __init__(self, face: Face, start: str | None = None, *, show_words: bool = False) -> None:
        """
        :param start: the id of the chat to show first.
        :param show_words: show the recovery words before.
        """
        super().__init__(face.wishes)
        self._face = face
        self._start = start
        self._show_words = show_words
        self._mouse = face.wishes.mouse
        self.failure: BaseException | None = None
        """Why it ends before somebody wants that: the client had to stop, or a fault of ours."""
        self.outward = Outward(self._write, face.wishes.osc)
        self.attention = Attention(self.outward, Desktop(face.texts, way()) if face.wishes.desktop else None)

    def get_default_screen(self) -> Screen[None]:
        return ChatScreen(self._face, self._start, self._fail, show_words=self._show_words)

    def _fail(self, failure: BaseException) -> None:
        self.failure = self.failure or failure

    def _handle_exception(self, error: Exception) -> None:
        """What was not possible is said; what was not meant to happen ends the program. Nothing of what is on the
        screen or in memory is printed, as textual would: there are messages in it."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, LocalError) and isinstance(error, WorkerFailed):
            self.notify(as_sentence(str(cause)), severity="error", markup=False)
            return
        self._fail(cause)
        self.exit(return_code=1)

    def _write(self, sequence: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def on_mount(self) -> None:
        self.outward.save_title()
        self.outward.set_title(self.TITLE)

    async def on_unmount(self) -> None:
        await self.attention.close()
        self.outward.restore_title()

    def watch_sub_title(self, sub_title: str) -> None:
        """How much is unread stands in the title of the window."""
        self.outward.set_title(sub_title or self.TITLE)

    def on_app_focus(self, event: AppFocus) -> None:
        """Somebody looks: what is in view counts as read from now on."""
        if isinstance(self.screen, ChatScreen):
            self.call_later(self.screen.mark_seen)

    def on_app_blur(self, event: AppBlur) -> None:
        """Nobody looks: what was begun is stored."""
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                screen.keep_draft()

    def action_mouse(self) -> None:
        """Give the mouse to the terminal, for its own way of selecting, or take it back."""
        self._mouse = not self._mouse
        if self._driver is not None:
            enable = getattr(self._driver, "_enable_mouse_support" if self._mouse else "_disable_mouse_support", None)
            if enable is not None:
                enable()
        texts = self._face.texts
        self.notify(texts.terminal_mouse_on() if self._mouse else texts.terminal_mouse_off(), markup=False)

    def action_help_quit(self) -> None:
        """Ctrl-C where nothing is selected that could be copied: people expect that it ends the program."""
        self.exit()
