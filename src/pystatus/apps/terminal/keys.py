"""What keys do: one table, of which the bindings of the screens, the help and the file of one's own keys are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from textual.binding import Binding, BindingType

from pystatus.faces.catalogue import Catalogue
from pystatus.records import dataclass

EVERYWHERE, WRITING, MESSAGES, CHATS, WINDOWS = "everywhere", "writing", "messages", "chats", "windows"
SECTIONS = (WRITING, MESSAGES, CHATS, EVERYWHERE, WINDOWS)
"""The parts of the screen that have keys of their own, in the order of the help."""


@dataclass(frozen=True, slots=True)
class Row:
    """A key. ``name`` is what the file calls it, ``keys`` those that it has unless somebody wants others, as textual
    writes them, and ``action`` what textual does then; without one the widget sees to it. ``says`` is what the help
    says, the name if it is empty; rows that say the same stand in one line. ``fixed``: no file changes it."""

    section: str
    name: str
    keys: tuple[str, ...]
    action: str = ""
    says: str = ""
    fixed: bool = False

    @property
    def id(self) -> str:
        """``messages.explain``."""
        return f"{self.section}.{self.name}"


TABLE = (
    Row(WRITING, "send", ("enter",)),
    Row(WRITING, "new_line", ("alt+enter", "ctrl+j", "shift+enter"), "new_line"),
    Row(WRITING, "recall", ("up",), fixed=True),
    Row(WRITING, "complete", ("tab",), "screen.complete"),
    Row(WRITING, "scroll_up", ("pageup",), "screen.scroll_messages(-1)", "scroll"),
    Row(WRITING, "scroll_down", ("pagedown",), "screen.scroll_messages(1)", "scroll"),
    Row(WRITING, "back", ("escape",), "screen.escape"),
    Row(WRITING, "to_messages", (), "screen.focus_messages"),
    Row(MESSAGES, "choose_up", ("up", "k"), "choose(-1)", "choose"),
    Row(MESSAGES, "choose_down", ("down", "j"), "choose(1)", "choose"),
    Row(MESSAGES, "page_up", ("pageup",), "page(-1)", "scroll"),
    Row(MESSAGES, "page_down", ("pagedown",), "page(1)", "scroll"),
    Row(MESSAGES, "first", ("home", "g"), "first", "ends"),
    Row(MESSAGES, "last", ("end", "G"), "last", "ends"),
    Row(MESSAGES, "explain", ("i",), "screen.explain"),
    Row(MESSAGES, "reply", ("r",), "screen.reply"),
    Row(MESSAGES, "react", ("plus",), "screen.react"),
    Row(MESSAGES, "open", ("enter",), "screen.open_message", fixed=True),
    Row(MESSAGES, "link", ("o",), "screen.open_link"),
    Row(MESSAGES, "save", ("s",), "screen.save"),
    Row(MESSAGES, "copy", ("y",), "screen.copy"),
    Row(MESSAGES, "raw", ("v",), "screen.raw"),
    Row(MESSAGES, "delete", ("d", "delete"), "screen.delete"),
    Row(MESSAGES, "withdraw", ("w",), "screen.withdraw"),
    Row(MESSAGES, "unread", ("u",), "screen.unread"),
    Row(MESSAGES, "write", (), "screen.focus_composer"),
    Row(MESSAGES, "command", (), "screen.begin_command"),
    Row(MESSAGES, "escape", ("escape",), "screen.escape", "back", fixed=True),
    Row(CHATS, "up", ("up", "k"), "move(-1)", "neighbour"),
    Row(CHATS, "down", ("down", "j"), "move(1)", "neighbour"),
    Row(CHATS, "first", ("home",), "move(-100000)", "chat_ends"),
    Row(CHATS, "last", ("end",), "move(100000)", "chat_ends"),
    Row(CHATS, "pin", ("p",), "screen.arrange('pin')"),
    Row(CHATS, "archive", ("a",), "screen.arrange('archive')"),
    Row(CHATS, "archived", ("A",), "archived"),
    Row(CHATS, "write", ("enter",), "screen.focus_composer"),
    Row(EVERYWHERE, "chat_above", ("alt+up", "ctrl+up"), "neighbour(-1)", "neighbour"),
    Row(EVERYWHERE, "chat_below", ("alt+down", "ctrl+down"), "neighbour(1)", "neighbour"),
    Row(EVERYWHERE, "next_unread", ("alt+a",), "next_unread"),
    Row(EVERYWHERE, "switch", ("ctrl+k",), "switch"),
    Row(EVERYWHERE, "new_chat", ("ctrl+n",), "new_chat"),
    Row(EVERYWHERE, "search", ("ctrl+f",), "search"),
    Row(EVERYWHERE, "date", ("ctrl+g",), "date"),
    Row(EVERYWHERE, "editor", ("ctrl+x",), "editor"),
    Row(EVERYWHERE, "help", ("f1",), "help"),
    Row(EVERYWHERE, "mouse", ("f2",), "app.mouse"),
    Row(EVERYWHERE, "people", ("f3",), "people"),
    Row(EVERYWHERE, "members", ("f4",), "members"),
    Row(EVERYWHERE, "outbox", ("f5",), "outbox"),
    Row(EVERYWHERE, "devices", ("f6",), "devices"),
    Row(EVERYWHERE, "own_code", ("f7",), "own_code"),
    Row(EVERYWHERE, "words", ("f8",), "words"),
    Row(EVERYWHERE, "network", ("f9",), "network"),
    Row(EVERYWHERE, "wallet", ("alt+w",), "wallet"),
    Row(EVERYWHERE, "focus", ("tab", "shift+tab"), fixed=True),
    Row(EVERYWHERE, "suspend", ("ctrl+z",), "app.suspend_process"),
    Row(EVERYWHERE, "quit", ("ctrl+q",), "app.quit"),
    Row(WINDOWS, "up", ("up",), "move(-1)", "entry"),
    Row(WINDOWS, "down", ("down",), "move(1)", "entry"),
    Row(WINDOWS, "page_up", ("pageup",), "move(-10)", "entries"),
    Row(WINDOWS, "page_down", ("pagedown",), "move(10)", "entries"),
)
BY_ID: Mapping[str, Row] = {row.id: row for row in TABLE}
_NO_KEY = "none"
"""In place of the keys of a row that has none: textual takes an empty text for no wish."""
_LABELS = {
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "colon": ":",
    "comma": ",",
    "full_stop": ".",
    "question_mark": "?",
    "pageup": "Page Up",
    "pagedown": "Page Down",
}


def bindings(section: str, *, of_app: bool = False) -> list[BindingType]:
    """The bindings of a part of the screen, for its ``BINDINGS``. Those of windows and those that are everywhere come
    before what the widget that has the focus does with a key.

    :param of_app: those that work in windows, too.
    """
    first = section in (EVERYWHERE, WINDOWS)
    return [
        Binding(",".join(row.keys) or _NO_KEY, row.action.removeprefix("app."), show=False, priority=first, id=row.id)
        for row in TABLE
        if row.section == section and row.action and row.action.startswith("app.") is of_app
    ]


def label(key: str) -> str:
    """A key as people write it: ``Ctrl-K``, ``Alt-Up``, ``+``, ``G``."""
    *modifiers, last = key.split("+")
    shown = _LABELS.get(last, last if len(last) == 1 and not modifiers else last.capitalize())
    return "-".join([*(one.capitalize() for one in modifiers), shown])


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of somebody: ``changed`` has those of rows that they want otherwise, by the ids of the rows."""

    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preset: str = "standard"

    def of(self, row: Row) -> tuple[str, ...]:
        """Those of a row, as textual writes them."""
        return self.changed.get(row.id, row.keys)

    @property
    def keymap(self) -> dict[str, str]:
        """What textual is to bind otherwise."""
        return {name: ",".join(keys) or _NO_KEY for name, keys in self.changed.items() if BY_ID[name].action}

    def has(self, row_id: str, key: str) -> bool:
        """Whether ``key`` is one of a row."""
        return key in self.of(BY_ID[row_id])

    def label(self, row_id: str) -> str:
        """The first key of a row, as people write it; empty: it has none."""
        return next((label(key) for key in self.of(BY_ID[row_id])), "")

    def short(self, row_id: str) -> str:
        """The same for a line without much room: ``^K``."""
        return self.label(row_id).replace("Ctrl-", "^")

    def help(self, texts: Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
        """A title and lines, each keys and what they do, for each part of the screen. What has no key is left out."""
        return [(_title(section, texts), _joined(self._lines(section, texts))) for section in SECTIONS]

    def _lines(self, section: str, texts: Catalogue) -> Iterator[tuple[str, str]]:
        for row in TABLE:
            if row.section == section and self.of(row):
                yield ", ".join(map(label, self.of(row))), said(row, texts)

    def listed(self, texts: Catalogue) -> list[str]:
        """Every row as the file of one's own keys has it, with what it does behind: what can be changed, and how."""
        lines = [f'preset = "{self.preset}"']
        for section in SECTIONS:
            lines += ["", f"[{section}]"]
            for row in TABLE:
                if row.section == section and not row.fixed:
                    keys = ", ".join(f'"{label(key)}"' for key in self.of(row))
                    lines.append(f"{row.name} = [{keys}]  # {said(row, texts)}")
        return lines


def said(row: Row, texts: Catalogue) -> str:
    """What a key does, in words."""
    what: str = getattr(texts, f"terminal_keys_{row.says or row.name}")()
    return what


def _title(section: str, texts: Catalogue) -> str:
    titles = {
        WRITING: texts.terminal_keys_writing,
        MESSAGES: texts.terminal_keys_messages,
        CHATS: texts.terminal_keys_chats,
        EVERYWHERE: texts.terminal_keys_pages,
        WINDOWS: texts.terminal_keys_windows,
    }
    return titles[section]()


def _joined(lines: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Lines that say the same, as one."""
    found: dict[str, list[str]] = {}
    for keys, what in lines:
        found.setdefault(what, []).append(keys)
    return [(", ".join(keys), what) for what, keys in found.items()]


def names() -> Sequence[str]:
    """All that the file can name."""
    return [row.id for row in TABLE if not row.fixed]
