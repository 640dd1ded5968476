"""What we say of ourselves to those whom we have added: a name and a picture (payloads.md §8)."""

from __future__ import annotations

from pystatus import typed
from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.messenger.batch import Batch
from pystatus.messenger.effects import Notify
from pystatus.messenger.events import Event
from pystatus.messenger.store import MessengerStore
from pystatus.payloads.checks import MAX_LINE, MAX_PROFILE_IMAGE
from pystatus.records import dataclass
from pystatus.sanitise import quoted

ENS_SUFFIX = ".eth"
"""What names end with that can be verified (payloads.md §9); capitals are none."""

_NAME = "profile_ens_name"
_PICTURE = "profile_picture"
_CLOCK = "profile_clock"


@checked
@dataclass(frozen=True, slots=True, repr=False)
class SharedProfile:
    """``ens_name`` is the name that we say is ours, empty for none: then others show the three words of our key.
    ``picture`` is a data URI, empty for none. ``clock`` is when one of our devices changed it last, Unix milliseconds.
    """

    ens_name: str = ""
    picture: str = ""
    clock: int = 0

    def __repr__(self) -> str:
        return f"<SharedProfile {self.ens_name or 'without a name'}, {len(self.picture)} characters of a picture>"


@checked
@dataclass(frozen=True, slots=True)
class ProfileChanged(Event):
    """We have another name or picture, set here or on another device of ours."""

    profile: SharedProfile


def stored_profile(store: MessengerStore) -> SharedProfile:
    """As it is."""
    clock = store.setting(_CLOCK)
    return SharedProfile(
        str(store.setting(_NAME) or ""), str(store.setting(_PICTURE) or ""), clock if isinstance(clock, int) else 0
    )


def stored_name(store: MessengerStore) -> str:
    """The name alone; empty: none."""
    return str(store.setting(_NAME) or "")


class OwnProfile:
    """It is in the settings of the store. Called inside transactions."""

    def __init__(self, store: MessengerStore, batch: Batch) -> None:
        self._store = store
        self._batch = batch

    def load(self) -> SharedProfile:
        """As it is."""
        return stored_profile(self._store)

    def ens_name(self) -> str:
        """The name alone, which every message has."""
        return stored_name(self._store)

    def take(self, profile: SharedProfile) -> bool:
        """Replace it, unless it is as new. Whether it was replaced."""
        before = self.load()
        if profile.clock <= before.clock:
            return False
        self._store.save_setting(_CLOCK, profile.clock)
        for setting, value in ((_NAME, profile.ens_name), (_PICTURE, profile.picture)):
            self._store.save_setting(setting, value)
        if (profile.ens_name, profile.picture) != (before.ens_name, before.picture):
            self._batch.add(Notify(ProfileChanged(profile)))
        return True


def checked_ens_name(name: str) -> str:
    """The name of ours that a person has typed, in lower case; empty: none.

    :raises LocalError: it cannot be a name of ENS.
    """
    name = typed.token(name).lower()
    if not name:
        return ""
    labels = name.split(".")
    is_name = all(label and label.isprintable() and " " not in label for label in labels)
    if not (name.endswith(ENS_SUFFIX) and is_name and len(name) <= MAX_LINE):
        raise LocalError(f"{quoted(name)} is not a name of ENS. Give one that ends with {ENS_SUFFIX}.")
    return name


def checked_picture(picture: str) -> str:
    """A data URI that others take as a picture; empty: none.

    :raises LocalError: too long, or none.
    """
    if picture and not (picture.startswith("data:image/") and picture.isascii()):
        raise LocalError("The picture of a profile is given as a data URI, data:image/….")
    if len(picture) > MAX_PROFILE_IMAGE:
        raise LocalError(f"The picture has more than {MAX_PROFILE_IMAGE} characters as a data URI. Use a smaller one.")
    return picture
