"""The four kinds of windows that everything else is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key, Paste, Resize
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pystatus.apps.terminal.base_app import LOW
from pystatus.apps.terminal.keys import WINDOWS, bindings
from pystatus.errors import LocalError, StatusError
from pystatus.faces.sentences import as_sentence
from pystatus.records import dataclass

TITLE = 1
"""Lines around a text where there is no room for more."""
FRAME = 6
"""Lines around it where there is: the frame, the title and the hint, with an empty line at each."""
MAX_PASTED = 4_096
"""Characters that are pasted into a line: a phrase has 250, a link some hundred more. Ours."""
MAX_ENTRIES = 500
"""Entries of a list that are shown; the rest is found by typing."""


def room_of_text(height: int) -> int:
    """Lines of a text in a window, such that title and hint stay in view."""
    return max(1, height - TITLE if height < LOW else height * 9 // 10 - FRAME)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list. ``id`` is what the list gives back; one without cannot be chosen."""

    id: str
    text: str
    detail: str = ""
    bold: bool = False
    matches: tuple[tuple[int, int], ...] = ()
    """Places in the text that were searched for."""
    picture: tuple[str, ...] = ()
    """Lines that stand before it, in ``color``."""
    color: str = ""

    @property
    def content(self) -> Content:
        """The line as it is drawn: details stand below, so that no name moves them."""
        if self.picture:
            said = [(self.text, "bold"), (self.detail, "dim")]
            beside = [*said, *[("", "")] * (len(self.picture) - len(said))]
            rows = zip(self.picture, beside, strict=True)
            return Content("\n").join(Content.assemble((row, self.color), "  ", words) for row, words in rows)
        title = Content.styled(self.text, "bold") if self.bold else Content(self.text)
        for start, end in self.matches:
            title = title.stylize("bold $accent", start, end)
        return Content.assemble(title, "\n", (f"  {self.detail}", "dim")) if self.detail else title


class TextWindow(ModalScreen[None]):
    """Shows a text until a key is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,f1", "dismiss(None)", show=False)]

    def __init__(self, title: str, sections: Sequence[Content | str], hint: str) -> None:
        super().__init__()
        self._title, self._sections, self._hint = title, sections, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="window"):
            yield Static(Content(self._title), classes="title")
            with VerticalScroll(classes="body"):
                for section in self._sections:
                    yield Static(section if isinstance(section, Content) else Content(section))
            yield Static(Content(self._hint), classes="hint")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: Resize) -> None:
        """The hint below stays in view, however long the text is."""
        self.query_one(VerticalScroll).styles.max_height = room_of_text(event.size.height)


class Line(Input):
    """Takes all lines of what is pasted, as one."""

    def _on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(" ".join(event.text[:MAX_PASTED].split()))


class QuestionWindow(ModalScreen[str | None]):
    """Asks for one line; ``None``: somebody went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(
        self,
        title: str,
        question: str,
        hint: str,
        *,
        value: str = "",
        hidden: bool = False,
        suggester: Suggester | None = None,
    ) -> None:
        """
        :param hidden: what is typed is not shown.
        :param suggester: completes what is typed.
        """
        super().__init__()
        self._title, self._question, self._hint = title, question, hint
        self._value, self._hidden, self._suggester = value, hidden, suggester

    def compose(self) -> ComposeResult:
        with Vertical(classes="window"):
            yield Static(Content(self._title), classes="title")
            yield Static(Content(self._question), classes="asked")
            yield Line(self._value, password=self._hidden, suggester=self._suggester)
            yield Static(Content(self._hint), classes="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)


class ListWindow(ModalScreen[str | None]):
    """Chooses an entry of a list, which is searched while somebody types; ``None``: somebody went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        *bindings(WINDOWS),
    ]

    def __init__(
        self, title: str, find: Callable[[str], Sequence[Entry]], hint: str, empty: str, *, value: str = ""
    ) -> None:
        """
        :param find: the entries for what was typed.
        :param empty: shown where there is none.
        """
        super().__init__()
        self._title, self._find, self._hint, self._empty, self._value = title, find, hint, empty, value

    def compose(self) -> ComposeResult:
        with Vertical(classes="window"):
            yield Static(Content(self._title), classes="title")
            yield Input(self._value)
            yield OptionList(compact=True)
            yield Static(Content(self._empty), classes="empty")
            yield Static(Content(self._hint), classes="hint")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def _show(self, text: str) -> None:
        problem = self._empty
        try:
            entries = self._find(text)[:MAX_ENTRIES]
        except LocalError as error:  # half a word that is being typed
            entries, problem = (), as_sentence(str(error))
        listed, empty = self.query_one(OptionList), self.query_one(".empty", Static)
        listed.clear_options()
        listed.add_options([Option(entry.content, id=entry.id) for entry in entries])
        listed.highlighted = 0 if entries else None
        listed.display, empty.display = bool(entries), not entries
        empty.update(Content(problem))

    def action_move(self, step: int) -> None:
        """Another entry."""
        listed = self.query_one(OptionList)
        if listed.option_count:
            listed.highlighted = max(0, min((listed.highlighted or 0) + step, listed.option_count - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


@dataclass(frozen=True, slots=True)
class Act:
    """What a key does on a page. ``run`` is given the id of the entry; the page is read again afterwards."""

    key: str
    label: str
    run: Callable[[str], Awaitable[object]]
    needs_entry: bool = True
    closes: bool = False


def _option(entry: Entry) -> Option:
    return Option(entry.content, id=entry.id or None, disabled=not entry.id)


class PageWindow(ModalScreen[str | None]):
    """A list of which each entry can be acted upon with keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", show=False)]

    def __init__(
        self,
        title: str,
        read: Callable[[], Sequence[Entry]],
        acts: Sequence[Act] | Callable[[], Sequence[Act]],
        empty: str,
        note: str | Callable[[], str] = "",
        load: Callable[[], Awaitable[object]] | None = None,
    ):
        """
        :param read: the entries, as they are now.
        :param acts: what keys do, or what says that anew each time.
        :param note: a sentence above them; the same.
        :param load: asks for what is not here yet; the page is shown before, and read again afterwards.
        """
        super().__init__()
        self._title, self._read, self._given, self._empty, self._note = title, read, acts, empty, note
        self._load = load

    @property
    def _acts(self) -> Sequence[Act]:
        return self._given() if callable(self._given) else self._given

    def compose(self) -> ComposeResult:
        with Vertical(classes="window page"):
            yield Static(Content(self._title), classes="title")
            if self._note:
                yield Static(classes="note")
            yield OptionList(compact=True)
            yield Static(Content(self._empty), classes="empty")
            yield Static(classes="hint")

    def on_mount(self) -> None:
        self.reload()
        self.query_one(OptionList).focus()
        if self._load is not None:
            self._fetch(self._load)

    @work
    async def _fetch(self, load: Callable[[], Awaitable[object]]) -> None:
        try:
            await load()
        except StatusError as error:
            self._complain(error)
        if self.is_mounted:
            self.reload()

    def _complain(self, error: StatusError) -> None:
        self.notify(as_sentence(str(error)), severity="error", markup=False)

    def reload(self) -> None:
        """Show what is there now; the place in the list stays."""
        if self._note:
            note = self._note if isinstance(self._note, str) else self._note()
            self.query_one(".note", Static).update(Content(note))
        keys = "   ".join(f"{act.key}: {act.label}" for act in self._acts)
        self.query_one(".hint", Static).update(Content(keys))
        entries, listed = self._read()[:MAX_ENTRIES], self.query_one(OptionList)
        place = listed.highlighted or 0
        listed.clear_options()
        listed.add_options([_option(entry) for entry in entries])
        chosen = [number for number, entry in enumerate(entries) if entry.id]
        listed.highlighted = next((one for one in chosen if one >= place), chosen[-1]) if chosen else None
        listed.display, self.query_one(".empty").display = bool(entries), not entries

    @property
    def current(self) -> str | None:
        """The id of the entry that keys act on."""
        listed = self.query_one(OptionList)
        return None if listed.highlighted is None else listed.get_option_at_index(listed.highlighted).id

    def on_key(self, event: Key) -> None:
        for act in self._acts:
            if event.key == act.key.lower() and (self.current is not None or not act.needs_entry):
                event.stop()
                self._run(act, self.current or "")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        for act in self._acts:
            if act.key == "Enter" and event.option_id is not None:
                self._run(act, event.option_id)

    @work
    async def _run(self, act: Act, entry: str) -> None:
        try:
            await act.run(entry)
        except StatusError as error:  # what the network or a node does wrong is told, too
            self._complain(error)
        if act.closes and self.is_current:
            self.dismiss(entry)
        elif self.is_mounted:
            self.reload()
