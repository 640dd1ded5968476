"""The name and the picture that our contacts see of us: ``client.our_profile``."""

from __future__ import annotations

from pathlib import Path

from pystatus.client.features.feature import ClientFeature
from pystatus.client.pictures import data_uri, prepared
from pystatus.errors import LocalError
from pystatus.messenger.features.profile import OurProfile as OurProfileFeature
from pystatus.messenger.own_profile import ProfileChanged, SharedProfile

__all__ = ["OurProfile", "ProfileChanged", "SharedProfile"]

MAX_PICTURE_BYTES = 16 << 10
"""Bytes of our picture: 22,000 characters as a data URI. Ours: clients send about 10,000 characters, and every contact
gets it every two days."""
MAX_SIGNED = 1 << 16
"""Characters of a text that is signed. Ours: programs sign a challenge or an address."""


class OurProfile(ClientFeature[OurProfileFeature]):
    """What we say of ourselves to those whom we have added. They are told when it changes, and every 48 hours."""

    NAME = "our_profile"

    def get(self) -> SharedProfile:
        """As it is.

        :raises LocalError: the client is not open.
        """
        return self._read(lambda profile: profile.get())

    def sign(self, text: str) -> bytes:
        """Sign a text with our chat key, as a personal message (EIP-191): who knows the key can see that it is ours.
        65 bytes, the last of which is 0 or 1.

        :raises LocalError: the text is too long, or the client is not open.
        """
        if len(text) > MAX_SIGNED:
            raise LocalError(f"A text of at most {MAX_SIGNED} characters can be signed. Shorten it.")
        return self._read(lambda profile: profile.sign(text))

    async def set_name(self, ens_name: str) -> SharedProfile:
        """Say that a name of ENS is ours; an empty one takes it back. Others show it when they have found that its
        owner has entered our chat key there, and until then the three words of our key.

        :raises LocalError: not a name of ENS.
        """
        return await self._do(lambda profile, now: profile.set(now, ens_name=ens_name))

    async def set_picture(self, picture: Path | str | bytes | None) -> SharedProfile:
        """Have a picture: a JPEG, PNG, GIF or WEBP, which is made as small as it has to be, and without what tells
        where, when and with what it was taken.

        :param picture: a path, or the contents of a file; ``None``: no picture any more.
        :raises LocalError: the file cannot be read, or is no picture that can be sent.
        """
        text = ""
        if picture is not None:
            ready = await prepared(picture, MAX_PICTURE_BYTES)
            text = data_uri(f"image/{ready.type.name.lower()}", ready.data)
        return await self._do(lambda profile, now: profile.set(now, picture=text))
