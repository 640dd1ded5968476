"""What keys do, for the help: the bindings stand with the widgets and screens that have them."""

from __future__ import annotations

from pystatus.faces.catalogue import Catalogue


def sections(texts: Catalogue) -> list[tuple[str, list[tuple[str, str]]]]:
    """A title and lines, each a key and what it does, for each part of the screen."""
    return [
        (
            texts.terminal_keys_writing(),
            [
                ("Enter", texts.terminal_keys_send()),
                ("Alt-Enter, Ctrl-J", texts.terminal_keys_new_line()),
                ("Up", texts.terminal_keys_recall()),
                ("Tab", texts.terminal_keys_complete()),
                ("Page Up, Page Down", texts.terminal_keys_scroll()),
                ("Ctrl-X", texts.terminal_keys_editor()),
            ],
        ),
        (
            texts.terminal_keys_messages(),
            [
                ("Up, Down", texts.terminal_keys_choose()),
                ("i", texts.terminal_keys_explain()),
                ("r", texts.terminal_keys_reply()),
                ("+", texts.terminal_keys_react()),
                ("Enter", texts.terminal_keys_open()),
                ("o", texts.terminal_keys_link()),
                ("s", texts.terminal_keys_save()),
                ("y", texts.terminal_keys_copy()),
                ("v", texts.terminal_keys_raw()),
                ("d", texts.terminal_keys_delete()),
                ("u", texts.terminal_keys_unread()),
                ("Home, End", texts.terminal_keys_ends()),
            ],
        ),
        (
            texts.terminal_keys_chats(),
            [
                ("Alt-Up, Alt-Down", texts.terminal_keys_neighbour()),
                ("Alt-A", texts.terminal_keys_next_unread()),
                ("p, a, A", texts.terminal_keys_arrange()),
                ("Ctrl-K", texts.terminal_keys_switch()),
                ("Ctrl-N", texts.terminal_keys_new_chat()),
                ("Ctrl-F", texts.terminal_keys_search()),
                ("Ctrl-G", texts.terminal_keys_date()),
            ],
        ),
        (
            texts.terminal_keys_pages(),
            [
                ("F1", texts.terminal_keys_help()),
                ("F2", texts.terminal_keys_mouse()),
                ("F3", texts.terminal_keys_people()),
                ("F4", texts.terminal_keys_members()),
                ("F5", texts.terminal_keys_outbox()),
                ("F6", texts.terminal_keys_devices()),
                ("F7", texts.terminal_keys_own_code()),
                ("F8", texts.terminal_keys_words()),
                ("F9", texts.terminal_keys_network()),
                ("Tab, Shift-Tab", texts.terminal_keys_focus()),
                ("Ctrl-Z", texts.terminal_keys_suspend()),
                ("Ctrl-Q", texts.terminal_keys_quit()),
            ],
        ),
    ]
