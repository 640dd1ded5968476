"""Names that imitate somebody whom we know: letters of other scripts that look alike, and words that are the same.

Which characters look alike says Unicode (UTS #39, ``confusables.txt`` 13.0.0, Copyright (c) 2020 Unicode, Inc.,
https://www.unicode.org/terms_of_use.html); ``tools/confusables.py`` writes the table.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.names import ShownName, folded
from pystatus.crypto.keys import PublicKey

SAME_WORDS = 2
"""Words of three, in their places, by which a three-word name is like another one. Somebody who makes keys finds a
second one with two words of a given name after a million or so, and by chance nobody has one. Ours."""


@cache
def _table() -> Mapping[int, str]:
    from pystatus.data_files import read_data  # loaded late, as the table is: few processes need it

    data = read_data("pystatus.faces", "data/confusables.json")
    return {ord(character): looks for character, looks in json.loads(data).items()}


def skeleton(name: str) -> str:
    """What ``name`` looks like: two names with the same one look alike (UTS #39, section 4). It is for comparing only,
    and capital and small letters are the same."""
    text = unicodedata.normalize("NFD", sanitise.name(name))
    return folded(unicodedata.normalize("NFD", text.translate(_table())))


def _forms(name: str) -> frozenset[str]:
    """The skeletons of a name as it is and in small letters: ``I`` looks like ``l``, and ``i`` does not."""
    bare = name.removeprefix("@")
    return frozenset(skeleton("".join(one.split())) for one in (bare, folded(bare)))


class Known:
    """The names of those whom somebody knows, to hold others against."""

    def __init__(self, people: Iterable[ShownName]) -> None:
        """
        :param people: contacts that were added, and ourselves.
        """
        self._people: dict[PublicKey, ShownName] = {}
        self._holders: dict[str, PublicKey] = {}
        self._words: dict[tuple[int, str, str], PublicKey] = {}
        for person in people:
            self._people[person.key] = person
            for name in (person.name, person.second, alias(person.key)):
                for form in _forms(name) if name else ():
                    self._holders.setdefault(form, person.key)
            for words in _pairs(person.key):
                self._words.setdefault(words, person.key)

    def imitated(self, name: ShownName) -> ShownName | None:
        """Whom somebody imitates, by intent or not; None: nobody. Who is known imitates nobody: their user has chosen
        what to call them."""
        if name.key in self._people:
            return None
        for shown in (name.name, name.second):
            for form in _forms(shown) if shown else ():
                if form in self._holders:
                    return self._people[self._holders[form]]
        found = next((self._words[words] for words in _pairs(name.key) if words in self._words), None)
        return None if found is None else self._people[found]


def _pairs(person: PublicKey) -> Iterable[tuple[int, str, str]]:
    """Each two words of a three-word name, with the place of the third."""
    words = alias(person).split()
    for left_out in range(len(words)):
        rest = words[:left_out] + words[left_out + 1 :]
        assert len(rest) == SAME_WORDS, "a name has three words"
        yield left_out, rest[0], rest[1]
