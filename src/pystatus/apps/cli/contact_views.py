"""How people and our own profile look: as fields for programs, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.account.names import KnownNames, ShownName, shown_name
from pystatus.apps.cli.output import Fields, Output
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.messenger.contact_records import Contact
    from pystatus.messenger.own_profile import SharedProfile


def contact_fields(contact: Contact) -> Fields:
    """What is kept of a person."""
    return {
        "public_key": contact.key.hex,
        "chat_key": encode(contact.key),
        "name": _shown(contact).name,
        "second_name": _shown(contact).second or None,
        "alias": alias(contact.key),
        "nickname": contact.nickname,
        "ens_name": contact.ens_name,
        "ens_verified": contact.ens_verified,
        "added": contact.added,
        "has_added_us": contact.has_added_us,
        "request": contact.is_request,
        "blocked": contact.blocked,
        "picture": contact.has_picture,
        "last_updated_ms": contact.last_updated,
    }


def contact_text(contact: Contact) -> str:
    """``Bob (Experienced Splendid Gibbon, zQ3shVgPq1a2b): added, has added you``."""
    from pystatus.faces.people import claimed_name, person_states  # few commands show people

    claimed = claimed_name(contact)
    return f"{_shown(contact).full}: {', '.join(person_states(contact))}{f'; {claimed}' if claimed else ''}"


def _shown(contact: Contact) -> ShownName:
    """What somebody is called; that nobody else is called so is for those who list several to see by the keys."""
    return shown_name(contact.key, KnownNames(contact.nickname, contact.ens_name, contact.ens_verified))


def show_contact(contact: Contact, out: Output, event: str = "contact") -> None:
    """Print what is kept of a person."""
    out.result({"event": event, **contact_fields(contact)}, contact_text(contact))


def show_profile(profile: SharedProfile, out: Output) -> None:
    """Print what our contacts see of us."""
    picture = counted(len(profile.picture), "character") if profile.picture else "none"
    out.result(
        {"event": "profile", **profile_fields(profile)},
        f"Name:    {sanitise.name(profile.ens_name) or 'none, so others see the three words of your key'}\n"
        f"Picture: {picture}",
    )


def profile_fields(profile: SharedProfile) -> Fields:
    """What our contacts see of us; the picture as they get it."""
    return {"ens_name": profile.ens_name, "picture": profile.picture, "changed_ms": profile.clock}


def tell(event: object, out: Output) -> None:
    """Print what has happened to a person; nothing of any other event."""
    from pystatus.messenger.features.contacts import ContactChanged, ContactRequested
    from pystatus.messenger.own_profile import ProfileChanged

    match event:
        case ContactRequested(contact):
            out.event(
                {"event": "contact-requested", **contact_fields(contact)},
                f"{_shown(contact).full} has added you. To add them: pystatus contact accept; else: contact decline",
            )
        case ContactChanged(contact):
            out.event({"event": "contact-changed", **contact_fields(contact)}, contact_text(contact))
        case ProfileChanged(profile):
            out.event(
                {"event": "profile-changed", "ens_name": profile.ens_name, "changed_ms": profile.clock},
                "Your name or picture has changed, on this or another device of yours.",
            )
