"""The wallet, opened from the chat screen. What is behind it is loaded when somebody opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from pystatus.apps.terminal.dialogs.code import CodeWindow
from pystatus.apps.terminal.dialogs.windows import PageWindow, QuestionWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from pystatus.apps.terminal.face import Face
    from pystatus.faces.wallet_question import SigningQuestion

    _Base = Screen[None]
else:
    _Base = object


class WalletActions(_Base):
    """A part of the chat screen. See :class:`pystatus.apps.terminal.wallet_desk.Desk`."""

    face: Face

    if TYPE_CHECKING:

        def tell(self, sentence: str) -> None: ...
        async def confirm(self, question: str) -> bool: ...
        async def ask(self, title: str, question: str, value: str = "") -> str | None: ...
        async def choose(self, title: str, choices: Sequence[str]) -> str | None: ...

    @work
    async def action_wallet(self) -> None:
        """Accounts, what they have, and sending some of it."""
        from pystatus.apps.terminal.wallet_pages import wallet_page

        await self.app.push_screen_wait(wallet_page(self))

    def page(self, name: str) -> bool:
        """See :class:`pystatus.apps.terminal.shell.Shell`."""
        if name in ("wallet", "names"):
            (self.action_wallet if name == "wallet" else self.action_names)()
            return True
        return super().page(name)  # type: ignore[misc, no-any-return]  # those of the chats

    @work
    async def action_names(self) -> None:
        """Names on the chain that lead to us."""
        from pystatus.apps.terminal.names_pages import names_page

        await self.app.push_screen_wait(names_page(self))

    async def ask_secret(self, title: str, question: str) -> str | None:
        """Ask for a line that is not shown; ``None``: somebody went back, or wrote nothing."""
        hint = self.face.texts.terminal_hint_enter()
        return await self.app.push_screen_wait(QuestionWindow(title, question, hint, hidden=True)) or None

    async def ask_to_sign(self, question: SigningQuestion) -> str | None:
        """Show what will be signed. The password; ``None``: it is not to be."""
        from pystatus.apps.terminal.dialogs.signing import SigningWindow

        return await self.app.push_screen_wait(SigningWindow(question, self.face.texts))

    async def go_into(self, page: PageWindow) -> None:
        """Show a page over the one that is there, until it is closed."""
        await self.app.push_screen_wait(page)

    def show_code(self, title: str, text: str) -> None:
        """Show a text, as a QR code, too."""
        self.app.push_screen(CodeWindow(title, [text], self.face.texts, ascii_only=self.face.wishes.ascii, below=text))
