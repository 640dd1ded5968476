"""Our own name and picture: set here, or on another device of ours (payloads.md §8)."""

from __future__ import annotations

from dataclasses import replace

from pystatus.messenger.dispatch import Incoming
from pystatus.messenger.features.feature import Core, Feature
from pystatus.messenger.own_profile import OwnProfile, SharedProfile
from pystatus.messenger.profile_changing import change_profile
from pystatus.payloads.devices import SyncInstallationAccount
from pystatus.payloads.payload import Payload


class OurProfile(Feature[None]):
    """What we say of ourselves. Whom it is said to, and when, is for contacts."""

    PAYLOADS = (SyncInstallationAccount,)

    def __init__(self, core: Core, tables: None, now: float) -> None:
        super().__init__(core, tables, now)
        self._profile = OwnProfile(core.store, core.batch)

    def get(self) -> SharedProfile:
        """As it is."""
        return self._profile.load()

    def set(self, now: float, *, ens_name: str | None = None, picture: str | None = None) -> SharedProfile:
        """Have another name or picture: everybody whom we have added is told, and our other devices are.

        :param ens_name: empty: none; ``None``: as before.
        :param picture: a data URI; empty: none; ``None``: as before.
        :raises LocalError: not a name of ENS, or not a picture.

        Implements: PL-14
        """
        return change_profile(self._profile, self._core.dispatch, now, ens_name=ens_name, picture=picture)

    def sign(self, text: str) -> bytes:
        """Our signature (65 bytes) of a text, as a personal message of EIP-191: it is one of no payload, nor of a
        transaction."""
        material = text.encode()
        return self._core.sender.signature(b"\x19Ethereum Signed Message:\n%d" % len(material) + material)

    def receive(self, payload: Payload, incoming: Incoming) -> None:
        """Another device of ours has another picture."""
        assert isinstance(payload, SyncInstallationAccount)
        before = self._profile.load()
        self._profile.take(replace(before, picture=payload.profile_image, clock=payload.clock))
