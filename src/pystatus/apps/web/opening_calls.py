"""Calls before a profile is open, and about windows and settings: they work always."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pystatus import sanitise
from pystatus.account.account import Account
from pystatus.account.keystore import WrongPassword
from pystatus.account.mnemonic import new_phrase, words_of
from pystatus.account.names import shown_name
from pystatus.account.password import MIN_LENGTH
from pystatus.apps.web import shapes
from pystatus.apps.web.calls import Calls
from pystatus.apps.web.opening import CANDIDATES
from pystatus.apps.web.page import Page
from pystatus.apps.web.shapes import PageValue
from pystatus.client.features.backup import Backup
from pystatus.errors import LocalError
from pystatus.faces.attach.place import is_served
from pystatus.faces.delivery import legend
from pystatus.faces.starting import doubt, strength, words_beginning
from pystatus.rpc.session import Session
from pystatus.storage.descriptions import Profile


class Doubtful(LocalError):
    """The words are not those of a wallet, and nobody has said that they are meant so."""


class OpeningCalls(Calls):
    """Of one server."""

    WAITING = frozenset(
        {
            "web_unlock", "web_create", "web_recover", "web_candidates", "web_lock", "web_words",
            "web_words_places", "web_words_confirm",
        }
    )  # fmt: skip
    """Those that derive keys or wait for the network."""

    def __init__(self, page: Page, chosen: str | None = None) -> None:
        """
        :param chosen: the key uid of the profile that the command was given.
        """
        self._page = page
        self._opening = page.opening
        self._profiles = page.opening.profiles
        self._chosen = chosen

    # which profile

    def web_state(self) -> PageValue:
        """Which profile is open."""
        return self._page.state

    async def web_profiles(self) -> list[PageValue]:
        """Those that are stored here."""
        found = self._profiles.list()
        served = await asyncio.to_thread(lambda: [is_served(one) for one in found])
        return [
            {
                "id": one.account.key_uid,
                "name": one.name,
                "alias": one.account.alias,
                "chat_key": one.account.chat_key,
                "identicon": shapes.identicon(one.account.public_key),
                "served": is_one,
                "chosen": one.account.key_uid == self._chosen,
            }
            for one, is_one in zip(found, served, strict=True)
        ]

    async def web_unlock(self, session: Session, profile: str, password: str | None = None) -> PageValue:
        """Open a profile; where another pystatus has it open, without a password."""
        found = self._profiles.find(profile)
        try:
            await self._opening.open(found, password)
        except WrongPassword:
            texts = self._page.viewer(session).texts
            raise WrongPassword(texts.browser_wrong_password(name=sanitise.name(found.name))) from None
        return self._page.state

    async def web_create(self, session: Session, name: str, password: str, candidate: int | None = None) -> PageValue:
        """Make an account, and open it. Its words are asked for with :meth:`web_words`."""
        viewer = self._page.viewer(session)
        if candidate is None:
            phrase = new_phrase(os.urandom)
        elif 0 <= candidate < len(viewer.candidates):
            phrase = viewer.candidates[candidate]
        else:
            raise LocalError("This account is not offered any more. Choose another one.")
        made = await self._opening.create(phrase, name, password)
        viewer.candidates = []
        await self._opening.open(made, password)
        return self._page.state

    async def web_candidates(self, session: Session) -> list[PageValue]:
        """Five accounts to choose a name and a picture from."""
        viewer = self._page.viewer(session)

        def made() -> list[tuple[str, Account]]:
            phrases = [new_phrase(os.urandom) for _ in range(CANDIDATES)]
            return [(phrase, Account.from_mnemonic(phrase)) for phrase in phrases]

        found = await asyncio.to_thread(made)
        viewer.candidates = [phrase for phrase, _ in found]
        return [
            {"number": number, "person": shapes.person(shown_name(account.record.public_key))}
            for number, (_, account) in enumerate(found)
        ]

    async def web_recover(
        self, session: Session, words: str, name: str, password: str, sure: bool = False
    ) -> PageValue:
        """Store the account of some words, and open it."""
        odd = doubt(words, self._page.viewer(session).texts)
        if odd is not None and not sure:
            raise Doubtful(odd.text)
        await self._opening.open(await self._opening.recover(words, name, password), password)
        return self._page.state

    def web_password(self, session: Session, password: str) -> PageValue:
        """How strong a password is."""
        found = strength(password)
        texts = self._page.viewer(session).texts
        return {"fits": len(password) >= MIN_LENGTH, "strength": found.value, "text": found.text(texts)}

    # words

    def web_phrase(self, session: Session, words: str) -> PageValue:
        """What is odd about words that are to be an account."""
        try:
            odd = doubt(words, self._page.viewer(session).texts)
        except LocalError as error:
            return {"problem": str(error), "doubt": "", "place": None, "suggestions": []}
        if odd is None:
            return {"problem": "", "doubt": "", "place": None, "suggestions": []}
        return {"problem": "", "doubt": odd.text, "place": odd.place, "suggestions": list(odd.near)}

    def web_word(self, beginning: str) -> Sequence[str]:
        """Words of the list that begin so."""
        return words_beginning(beginning)

    async def web_words(self, password: str) -> PageValue:
        """The words of the profile that is open, while nobody has confirmed that they are on paper."""
        phrase = await asyncio.to_thread(self._profiles.phrase, self._profile, password)
        return {"words": words_of(phrase)}

    def web_words_places(self) -> Sequence[int]:
        """Which three of the words to ask for; other ones each time."""
        return self._backup.places()

    async def web_words_confirm(self, words: dict[str, str]) -> bool:
        """They are on paper: they are deleted here."""
        given = {int(place): word.strip().lower() for place, word in words.items() if place.isdecimal()}
        await self._backup.confirm(given)
        return True

    @property
    def _backup(self) -> Backup:
        """
        :raises LocalError: no profile is open.
        """
        profile = self._page.profile
        if profile is None:
            raise LocalError("No profile is open. Unlock one first.")
        return profile.client.feature(Backup)

    @property
    def _profile(self) -> Profile:
        """
        :raises LocalError: none is open.
        """
        if self._page.profile is None:
            raise LocalError("No profile is open. Unlock one first.")
        return self._page.profile.client.profile

    # windows and settings

    def web_settings(self) -> Mapping[str, Any]:
        """How the page is wanted."""
        return msgspec.structs.asdict(self._page.settings.now)

    def web_set(self, name: str, value: Any) -> Mapping[str, Any]:
        """Want it otherwise."""
        changed = self._page.settings.set(name, value)
        self._page.use(changed)
        return msgspec.structs.asdict(changed)

    def web_sessions(self, session: Session) -> list[PageValue]:
        """All windows."""
        own = self._page.viewer(session).of
        return [
            {
                "id": one.id,
                "name": one.name,
                "since": int(one.since),
                "last_used": int(one.last_used),
                "open": bool(one.sockets),
                "own": one is own,
            }
            for one in self._page.sessions.all
        ]

    def web_revoke(self, session_id: str) -> bool:
        """End one of them; whether there was one."""
        return self._page.sessions.revoke(session_id)

    async def web_lock(self, session: Session) -> bool:
        """Close the profile, and end all windows."""
        await self._page.lock(self._page.viewer(session))
        return True

    def web_focus(self, session: Session, focused: bool) -> bool:
        """Somebody looks at this window, or away."""
        self._page.focus(self._page.viewer(session), focused)
        return True

    def web_legend(self, session: Session) -> list[PageValue]:
        """All marks of messages of our own."""
        texts = self._page.viewer(session).texts
        return [{"sign": one.sign, "words": one.words, "asks": one.asks} for one in legend(texts)]
