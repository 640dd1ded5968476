"""Before a client is open: which profile, a new account, recovered words, the password, or only a look around."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType

from pystatus.account.account import Account
from pystatus.account.mnemonic import NEW_WORDS
from pystatus.account.password import MIN_LENGTH
from pystatus.apps.terminal.base_app import TerminalApp
from pystatus.apps.terminal.candidates import Candidate, WordSuggester, drawn, without_numbers
from pystatus.apps.terminal.dialogs.windows import Entry, ListWindow, QuestionWindow
from pystatus.apps.terminal.face import Wishes
from pystatus.errors import LocalError
from pystatus.faces.catalogue import Catalogue
from pystatus.faces.sentences import as_sentence
from pystatus.faces.starting import doubt, strength
from pystatus.records import dataclass
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import AccountIsHere, Profiles

LONGER_WORDS = 24
"""Words for those who want more than twelve."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A profile that can be opened. ``is_new``: its words are to be shown."""

    profile: Profile
    password: str
    is_new: bool = False


class FirstStart(TerminalApp[Chosen | None]):
    """Ends with what was chosen; ``wants_demo`` says that it is only a look around."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False, priority=True)]

    def __init__(self, profiles: Profiles, texts: Catalogue, wishes: Wishes | None = None) -> None:
        self._wishes = wishes or Wishes()
        super().__init__(self._wishes)
        self._profiles = profiles
        self._texts = texts
        self.wants_demo = False

    def on_mount(self) -> None:
        self._ask()

    @work
    async def _ask(self) -> None:
        """Ask until something is chosen, or somebody goes back."""
        texts = self._texts
        while True:
            stored = {one.account.key_uid: one for one in self._profiles.list()}
            entries = [
                *(Entry(key, texts.terminal_first_open(name=one.name)) for key, one in stored.items()),
                Entry("new", texts.terminal_first_new(), texts.terminal_first_account()),
                Entry("recover", texts.terminal_first_recover()),
                Entry("demo", texts.terminal_first_demo()),
            ]
            wanted = await self.push_screen_wait(
                ListWindow(
                    texts.terminal_first_title(),
                    partial(_narrowed, entries),
                    texts.terminal_hint_choose(),
                    texts.terminal_nothing_found(),
                )
            )
            if wanted is None or wanted == "demo":
                self.wants_demo = wanted == "demo"
                self.exit(None)
                return
            try:
                found = await (
                    self._open(stored[wanted])
                    if wanted in stored
                    else self._make()
                    if wanted == "new"
                    else self._recover()
                )
            except LocalError as error:
                self.notify(as_sentence(str(error)), severity="error", markup=False, timeout=15)
                continue
            if found is not None:
                self.exit(found)
                return

    async def _line(
        self,
        title: str,
        question: str,
        *,
        hidden: bool = False,
        value: str = "",
        suggester: WordSuggester | None = None,
    ) -> str | None:
        hint = self._texts.terminal_hint_enter() if suggester is None else self._texts.terminal_first_words_hint()
        return await self.push_screen_wait(
            QuestionWindow(title, question, hint, hidden=hidden, value=value, suggester=suggester)
        )

    async def _open(self, profile: Profile) -> Chosen | None:
        """
        :raises LocalError: the password is wrong, or the profile is damaged.
        """
        texts = self._texts
        password = await self._line(profile.name, texts.terminal_first_password_of(name=profile.name), hidden=True)
        if password is None:
            return None
        await self._aside(lambda: self._profiles.check_password(profile, password))
        return Chosen(profile, password)

    async def _make(self) -> Chosen | None:
        """
        :raises LocalError: the name is taken, for example.
        """
        chosen = await self._choose()
        if chosen is None:
            return None
        name = await self._line(self._texts.terminal_first_new(), self._texts.terminal_first_name())
        if name is None:
            return None
        if name.strip():
            self._profiles.check_free(name)
        password = await self._new_password()
        if password is None:
            return None
        made = await self._aside(
            lambda: self._profiles.create(chosen.account, password, name.strip() or None, phrase=chosen.phrase)
        )
        return Chosen(made, password, is_new=True)

    async def _choose(self) -> Candidate | None:
        """One of five new accounts; others come as often as somebody wants. None: they went back."""
        texts, words = self._texts, NEW_WORDS
        while True:
            known = {one.account.record.key_uid: one for one in await asyncio.to_thread(drawn, words)}
            entries = [
                *(one.entry(ascii_only=self._wishes.ascii) for one in known.values()),
                Entry("others", texts.terminal_first_others()),
                Entry("words", texts.terminal_first_longer() if words == NEW_WORDS else texts.terminal_first_shorter()),
            ]
            wanted = await self.push_screen_wait(
                ListWindow(
                    texts.terminal_first_candidates(),
                    partial(_narrowed, entries),
                    texts.terminal_first_candidates_hint(),
                    texts.terminal_nothing_found(),
                )
            )
            if wanted is None:
                return None
            if wanted in known:
                return known[wanted]
            if wanted == "words":
                words = LONGER_WORDS if words == NEW_WORDS else NEW_WORDS

    async def _recover(self) -> Chosen | None:
        """
        :raises LocalError: these are no words, or the account is here already.
        """
        texts = self._texts
        title, question, given = texts.terminal_first_recover(), texts.terminal_first_recover_question(), ""
        confirmed: str | None = None
        while True:
            typed = await self._line(title, question, value=given, suggester=WordSuggester())
            if typed is None:
                return None
            given = typed = without_numbers(typed)
            try:
                odd = doubt(typed, texts)
            except LocalError as error:
                question = as_sentence(str(error))
                continue
            if odd is None or confirmed == typed:
                break
            question, confirmed = f"{odd.text} {texts.terminal_first_custom()}", typed
        name = await self._line(title, texts.terminal_first_name())
        password = None if name is None else await self._new_password()
        if name is None or password is None:
            return None
        account = await self._aside(lambda: Account.from_mnemonic(given))
        try:
            profile = await self._aside(lambda: self._profiles.create(account, password, name.strip() or None))
        except AccountIsHere as error:
            raise LocalError(texts.terminal_first_is_here(name=error.profile.name)) from None
        return Chosen(profile, password)

    async def _new_password(self) -> str | None:
        """A password, typed twice."""
        texts = self._texts
        question = texts.terminal_first_password()
        while True:
            first = await self._line(texts.terminal_first_new(), question, hidden=True)
            if first is None:
                return None
            if len(first) < MIN_LENGTH:
                question = texts.terminal_first_password_short(n=MIN_LENGTH)
                continue
            again = await self._line(
                texts.terminal_first_new(),
                f"{texts.terminal_first_password_twice()} ({strength(first).text(texts)})",
                hidden=True,
            )
            if again is None:
                return None
            if again == first:
                return first
            question = texts.terminal_first_again()

    async def _aside(self, work: Callable[[], T]) -> T:
        """Derive keys in a thread: it takes a second, and the screen goes on."""
        self.notify(self._texts.terminal_first_working(), timeout=2, markup=False)
        return await asyncio.to_thread(work)


def _narrowed(entries: Sequence[Entry], typed: str) -> Sequence[Entry]:
    """The entries in which what was typed stands."""
    return [one for one in entries if typed.lower() in one.text.lower()]
