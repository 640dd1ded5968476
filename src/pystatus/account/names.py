"""What people are called (account.md §10): one order of names for the whole program.

A name that our user gave goes first, then a verified ENS name, then the three words that follow from the key. Names of
others are untrusted text: what is shown of them is one line of a bounded length, and an ENS name that nobody has
verified is never shown. Nothing here asks anybody or stores anything.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import Protocol

from pystatus import sanitise, typed
from pystatus.account.alias import alias, alias_of_seed
from pystatus.account.key_encoding import encode
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.records import dataclass

MAX_NICKNAME = sanitise.NAME_LENGTH
"""Code points of a nickname: what is shown of a name. Ours."""
MAX_ENS_NAME = 255
"""Characters of an ENS name, as of a name in DNS. Ours."""
MAX_GIVEN = 1_024
"""Names that are kept ready as they are shown, some 200 KB: those of a large chat."""
ENS_SUFFIX = ".eth"
"""What an ENS name ends with that can be verified (payloads.md §9)."""
KEY_PREFIX = 13
"""Characters of a chat key that are shown beside a name: ``zQ3sh``, which they all begin with, and 8 that differ."""

_STATUS_SUFFIX = ".stateofus.eth"
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that no nickname has: they move what stands around them, or are half of one."""


class NameKind(Enum):
    """Where a name that is shown comes from."""

    NICKNAME = "nickname"
    """Our user gave it."""
    ENS = "ens"
    """Verified on the chain, or our own."""
    ALIAS = "alias"
    """The three words of the key."""


@checked
@dataclass(frozen=True, slots=True)
class KnownNames:
    """What is known of one person's names beside their key. ``ens_name`` is the whole name."""

    nickname: str = ""
    ens_name: str = ""
    ens_verified: bool = False


@checked
@dataclass(frozen=True, slots=True)
class ShownName:
    """How somebody is called. ``name`` and ``second`` are safe to show.

    ``second`` is the line below a nickname: the ENS name or the three words; empty without one. ``shared`` says that
    somebody else is called the same here.
    """

    key: PublicKey
    name: str
    kind: NameKind
    second: str = ""
    shared: bool = False

    @property
    def label(self) -> str:
        """The name alone where it tells who is meant, and otherwise with the beginning of the chat key."""
        return f"{self.name} ({self.key_prefix})" if self.shared else self.name

    @property
    def full(self) -> str:
        """``Bob (Experienced Splendid Gibbon, zQ3shVgPq1a2b)``: names may be alike, keys are not."""
        return f"{self.name} ({f'{self.second}, ' if self.second else ''}{self.key_prefix})"

    @property
    def key_prefix(self) -> str:
        """The beginning of the chat key, ``zQ3shVgPq1a2b``."""
        return encode(self.key)[:KEY_PREFIX]


class Names(Protocol):
    """Knows how people are called: of a client, ``client.names``; of a stored profile; or of nobody but by key."""

    def of(self, person: PublicKey) -> ShownName:
        """How one person is called."""

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        """How several are called, asked for together; each stands in the answer."""


class Aliases:
    """Implements :class:`Names` where no profile is open: everybody is called by the three words of the key."""

    def of(self, person: PublicKey) -> ShownName:
        return shown_name(person)

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        return {person: shown_name(person) for person in people}


class Page:
    """Implements :class:`Names` for what is shown together: the names that were asked for, and others when needed."""

    def __init__(self, names: Names, people: Iterable[PublicKey]) -> None:
        self._names = names
        self._found = names.of_people(people)

    def of(self, person: PublicKey) -> ShownName:
        return self._found.get(person) or self._names.of(person)

    def label(self, person: PublicKey) -> str:
        """How somebody is called, in one line."""
        return self.of(person).label

    def of_people(self, people: Iterable[PublicKey]) -> Mapping[PublicKey, ShownName]:
        wanted = list(people)
        lacking = [person for person in wanted if person not in self._found]
        others = self._names.of_people(lacking) if lacking else {}
        return {person: self._found.get(person) or others[person] for person in wanted}


NOTHING_KNOWN = KnownNames()
"""Of somebody of whom no more is known than the key."""


def shown_name(person: PublicKey, known: KnownNames = NOTHING_KNOWN, *, own: bool = False) -> ShownName:
    """The name to show: nickname, verified ENS name, three words (account.md §10). The specification ends with the
    shortened key; here every key has three words.

    :param own: it is ourselves, whose ENS name needs no verification.

    Implements: AC-17
    """
    nickname, ens = _given(known.nickname, known.ens_name if own or known.ens_verified else "")
    if nickname:
        return ShownName(person, nickname, NameKind.NICKNAME, ens or alias(person))
    if ens:
        return ShownName(person, ens, NameKind.ENS)
    return ShownName(person, alias(person), NameKind.ALIAS)


def texts_of(identity: bytes, known: KnownNames, *, own: bool = False) -> list[str]:
    """All names of somebody that may be shown, the one to show first.

    :param identity: the compressed key, 33 bytes.
    """
    own_name = alias_of_seed(int.from_bytes(identity[-8:], "big"))
    if known is NOTHING_KNOWN:
        return [own_name]
    given = _given(known.nickname, known.ens_name if own or known.ens_verified else "")
    return [*(name for name in given if name), own_name]


@lru_cache(MAX_GIVEN)
def _given(nickname: str, ens_name: str) -> tuple[str, str]:
    """A nickname and an ENS name as they are shown; each is empty if there is none."""
    return sanitise.name(nickname) if nickname else "", ens_text(ens_name) if ens_name else ""


def told_apart(names: Mapping[PublicKey, ShownName], taken: Set[PublicKey]) -> dict[PublicKey, ShownName]:
    """The same names, where those are marked that somebody else has, too.

    :param taken: those whose name somebody outside of ``names`` has, too.
    """
    forms = {person: searched(name.name) for person, name in names.items()}
    holders = Counter(forms.values())
    return {
        person: replace(name, shared=True) if person in taken or holders[forms[person]] > 1 else name
        for person, name in names.items()
    }


def ens_text(name: str) -> str:
    """How a verified ENS name is shown: ``@alice`` of ``alice.stateofus.eth``, ``@alice.eth``; empty if it is none that
    can be shown as it is."""
    if not is_ens_name(name):
        return ""
    label = name.removesuffix(_STATUS_SUFFIX)
    return sanitise.name(f"@{name if '.' in label else label}")  # "x.eth.stateofus.eth" is not "x.eth"


def is_ens_name(name: str) -> bool:
    """Whether ``name`` is an ENS name that may be verified and shown: its normal form (small letters, composed), which
    is the one that is hashed, without anything that is not seen."""
    labels = name.split(".")
    return (
        len(name) <= MAX_ENS_NAME
        and name.endswith(ENS_SUFFIX)
        and len(labels) > 1
        and all(labels)
        and not any(character.isspace() for character in name)
        and sanitise.one_line(name, MAX_ENS_NAME) == name
        and unicodedata.normalize("NFKC", name).casefold() == name
    )


def checked_nickname(text: str) -> str:
    """A name that our user gives somebody, in the form that is stored; empty: none.

    :raises LocalError: it is too long, or has control characters or others that are not seen.
    """
    name = typed.name(text)
    if any(unicodedata.category(one) in _CONTROLS for one in name):
        raise LocalError("A nickname is one line of letters, digits and signs. Choose another one.")
    name = " ".join(name.split())
    if len(name) > MAX_NICKNAME:
        raise LocalError(f"A nickname has at most {MAX_NICKNAME} characters. Choose another one.")
    if sanitise.name(name) != name:
        raise LocalError("Not all of this nickname can be seen. Choose another one.")
    return name


def folded(name: str) -> str:
    """The form in which names are compared: small and capital letters are the same, and so are composed ones."""
    if name.isascii():
        return name.casefold()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def searched(name: str) -> str:
    """The form of a name, or of its beginning, that is looked up: :func:`folded`, without the ``@`` of an ENS name."""
    return name.lower().removeprefix("@") if name.isascii() else folded(name.removeprefix("@"))


def display_name(person: PublicKey) -> str:
    """The name of somebody of whom only the key is known."""
    return shown_name(person).name
