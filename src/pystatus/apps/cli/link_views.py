"""What links mean: as fields for programs, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pystatus import sanitise
from pystatus.account.alias import alias
from pystatus.account.key_encoding import encode
from pystatus.apps.cli.output import Fields
from pystatus.crypto.keys import PublicKey
from pystatus.links.values import (
    Address,
    BrowserLink,
    ChatLink,
    GroupLink,
    PaymentRequest,
    PublicChatLink,
    ReferralLink,
    UserLink,
)

if TYPE_CHECKING:
    from pystatus.links.values import Link


def fields(link: Link) -> Fields:
    """A link, ``kind`` first; ``link`` is its text."""
    match link:
        case PublicChatLink(name):
            found: Fields = {"kind": "public-chat", "chat": name}
        case UserLink(person):
            found = {"kind": "user", **_person(person)}
        case ChatLink(person):
            found = {"kind": "chat", **_person(person)}
        case GroupLink(admin, name, chat_id):
            found = {"kind": "group", "chat": chat_id, "chat_name": name, "admin": admin.hex}
        case BrowserLink(page):
            found = {"kind": "page", "page": page}
        case ReferralLink(code):
            found = {"kind": "referral", "code": code}
        case PaymentRequest():
            found = {"kind": "payment", "target": link.target, "chain_id": link.chain_id}
        case Address(address):
            found = {"kind": "address", "address": address}
    return {"event": "link", **found, "link": str(link)}


def text(link: Link) -> str:
    """The same for people: what it leads to, and the link itself."""
    return f"{meaning(link)}\n{sanitise.one_line(str(link), len(str(link)))}"


def meaning(link: Link) -> str:
    """What a link leads to, in a line that is safe to show."""
    match link:
        case PublicChatLink(name):
            return f"the public chat #{name}: everybody who knows this name can read it"
        case UserLink(person) | ChatLink(person):
            return f"the person {_whom(person)}"
        case GroupLink(admin, name, _):
            return f"the group {sanitise.name(name)}; its admin {_whom(admin)} may take you in"
        case BrowserLink(page):
            return f"a page of the web, {sanitise.one_line(page)}"
        case ReferralLink():
            return "a campaign that is over"
        case PaymentRequest():
            return f"a payment: {sanitise.one_line(link.target)} on chain {link.chain_id}"
        case Address(address):
            return f"the Ethereum address {address}"


def _person(person: PublicKey | str) -> Fields:
    if isinstance(person, str):
        return {"public_key": None, "chat_key": None, "ens_name": person}
    return {"public_key": person.hex, "chat_key": encode(person), "name": alias(person)}


def _whom(person: PublicKey | str) -> str:
    if isinstance(person, str):
        return f"with the ENS name {sanitise.one_line(person)}"
    return f"{alias(person)}, {encode(person)}"
