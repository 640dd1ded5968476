"""A tour for newcomers, of a minute: a line above the chat says what to try next, until it was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widgets import Static

from pystatus.apps.terminal.app import ChatApp
from pystatus.apps.terminal.chat_screen import ChatScreen
from pystatus.apps.terminal.dialogs.windows import ListWindow, TextWindow
from pystatus.apps.terminal.face import Face
from pystatus.apps.terminal.keys import EVERYWHERE, MESSAGES
from pystatus.records import dataclass

LOOK_SECONDS = 0.5
"""How often it is looked whether a step was tried. Ours: soon enough to seem at once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to try, and how the tour knows that somebody did."""

    text: str
    is_done: Callable[[], bool]


class TouringApp(ChatApp):
    """The terminal client with the tour. Where somebody knows it, it is in nobody's way: it ends by itself."""

    def __init__(self, face: Face, public: str, private: str) -> None:
        """
        :param public: the id of a public chat in which somebody answers.
        :param private: that of a chat with one person who does.
        """
        super().__init__(face, public)
        self._public, self._private = public, private
        self._step = 0
        self.line = Static(classes="tour")
        self._steps = self._all()

    def _all(self) -> Sequence[Step]:
        texts, keys = self._face.texts, self._face.wishes.keys
        below, switch, help_ = (keys.label(f"{EVERYWHERE}.{name}") for name in ("chat_below", "switch", "help"))
        explain, react = keys.label(f"{MESSAGES}.explain"), keys.label(f"{MESSAGES}.react")
        return (
            Step(texts.tour_public(), lambda: self._has_written(self._public)),
            Step(texts.tour_private(below=below), lambda: self._chat.current == self._private),
            Step(texts.tour_secret(), lambda: self._has_written(self._private)),
            Step(texts.tour_messages(explain=explain, react=react), lambda: self._chat.view.chosen is not None),
            Step(texts.tour_switch(switch=switch), lambda: isinstance(self.screen, ListWindow)),
            Step(texts.tour_help(help=help_), lambda: isinstance(self.screen, TextWindow)),
        )

    @property
    def _chat(self) -> ChatScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, ChatScreen), "it is the first one"
        return screen

    @property
    def step(self) -> int:
        """Which step it is at, from 1 on; 0: the tour is over."""
        return self._step + 1 if self._step < len(self._steps) else 0

    def on_ready(self) -> None:
        """Begin."""
        self._chat.mount(self.line, before="#body")
        self._show()
        self.set_interval(LOOK_SECONDS, self._look)

    def _has_written(self, chat_id: str) -> bool:
        conversation = self._chat.conversation
        is_there = self._chat.current == chat_id == conversation.timeline.chat_id
        return is_there and any(one.state is not None for one in conversation.timeline.messages)

    def _look(self) -> None:
        if self._step < len(self._steps) and self._steps[self._step].is_done():
            self._step += 1
            self._show()

    def _show(self) -> None:
        """The step that is due; when all were tried, nothing."""
        self.line.display = self._step < len(self._steps)
        if self.line.display:
            place = self._face.texts.tour_place(n=self._step + 1, of=len(self._steps))
            self.line.update(Content.assemble((f"{place}  ", "bold"), self._steps[self._step].text))
