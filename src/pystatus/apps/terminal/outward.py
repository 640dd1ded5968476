"""What leaves the screen: the bell, notices on the desktop, the title of the window. All of it is cleaned text."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from pystatus import sanitise

MAX_NOTICE = 200
"""Characters of a notice: desktops cut what is longer. Ours."""
_NO_NOTICES = ("Apple_Terminal",)
"""Values of ``TERM_PROGRAM`` of terminals that show an OSC 9 as a text or not at all."""


class Outward:
    """Writes control sequences that change no cell of the screen."""

    def __init__(
        self, write: Callable[[str], None], osc: str = "auto", environment: Mapping[str, str] = os.environ
    ) -> None:
        """
        :param osc: ``auto``, ``off``, ``9``, ``777`` or ``99``.
        """
        self._write = write
        self._osc = osc
        self._environment = environment

    def notify(self, title: str, text: str, *, rings: bool = True) -> None:
        """Ask for attention: bell and notice together, as terminals have one, both or none."""
        if rings:
            self.ring()
        self.show(title, text)

    def ring(self) -> None:
        """Ring the bell."""
        self._write("\a")

    def show(self, title: str, text: str, kind: str = "") -> None:
        """Have the terminal show a notice.

        :param kind: ``9``, ``777`` or ``99``; empty for :attr:`kind`.
        """
        title, text = _one_field(title), _one_field(text)
        match kind or self.kind:
            case "9":
                self._write(self._wrapped(f"\x1b]9;{f'{title}: {text}' if text else title}\a"))
            case "777":
                self._write(self._wrapped(f"\x1b]777;notify;{title};{text}\a"))
            case "99":  # https://sw.kovidgoyal.net/kitty/desktop-notifications
                self._write(self._wrapped(f"\x1b]99;i=pystatus:d=0:p=title;{title}\x1b\\"))
                self._write(self._wrapped(f"\x1b]99;i=pystatus:d=1:p=body;{text}\x1b\\"))

    @property
    def kind(self) -> str:
        """Which of them this terminal is sent: ``9``, ``777``, ``99`` or ``off``."""
        if self._osc != "auto":
            return self._osc
        program = self._environment.get("TERM_PROGRAM", "")
        if program in _NO_NOTICES or self._environment.get("TERM", "") in ("linux", "dumb"):
            return "off"
        if "KITTY_WINDOW_ID" in self._environment or self._environment.get("TERM") == "xterm-kitty":
            return "99"
        return "9" if program in ("iTerm.app", "WezTerm", "ghostty") or "WT_SESSION" in self._environment else "777"

    def set_title(self, text: str) -> None:
        """Call the window so."""
        self._write(f"\x1b]2;{_one_field(text)}\a")

    def save_title(self) -> None:
        """Have the terminal remember what the window is called."""
        self._write("\x1b[22;2t")

    def restore_title(self) -> None:
        """Call the window as before."""
        self._write("\x1b[23;2t")

    def _wrapped(self, sequence: str) -> str:
        """The same, for the terminal around tmux."""
        if not self._environment.get("TMUX"):
            return sequence
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def _one_field(text: str) -> str:
    """One line without control characters, and without what divides the fields of a control string."""
    return sanitise.one_line(text, MAX_NOTICE).replace(";", ",")
