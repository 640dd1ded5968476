"""Having another name or picture, set here: for the features of which one of them is."""

from __future__ import annotations

from dataclasses import replace

from pystatus.messenger.dispatch import Dispatch
from pystatus.messenger.own_profile import OwnProfile, SharedProfile, checked_ens_name, checked_picture


def change_profile(
    own: OwnProfile, dispatch: Dispatch, now: float, *, ens_name: str | None = None, picture: str | None = None
) -> SharedProfile:
    """Have another name or picture: everybody whom we have added is told, and our other devices are.

    :param ens_name: empty: none; ``None``: as before.
    :param picture: a data URI; empty: none; ``None``: as before.

    :raises LocalError: not a name of ENS, or not a picture.
    """
    before = own.load()
    profile = replace(
        before,
        ens_name=before.ens_name if ens_name is None else checked_ens_name(ens_name),
        picture=before.picture if picture is None else checked_picture(picture),
        clock=max(int(now * 1000), before.clock + 1),
    )
    if (profile.ens_name, profile.picture) == (before.ens_name, before.picture):
        return before
    own.take(profile)
    dispatch.profile_changed(profile, now)
    return profile
