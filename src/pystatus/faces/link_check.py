"""What is to be said before somebody opens a link of somebody else: where it really leads, and what is odd about it.

No link is fetched. Links of Status lead into the program, never to a page. Browsers read addresses generously, so what
can be read in two ways is odd, too.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from enum import Enum
from urllib.parse import unquote

from pystatus import sanitise
from pystatus.faces.catalogue import Catalogue
from pystatus.links.parsing import is_link, parse_link
from pystatus.links.values import Link, NotALink
from pystatus.records import dataclass

MAX_URL = 2_048
"""Characters of a link that is opened: browsers and servers take no more for certain. Ours."""
MAX_HOST = 253
"""Characters of the name of a host (RFC 1035)."""

_PARTS = re.compile(r"([a-z][a-z0-9+.-]*):(?://)?([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Scripts that one language writes beside each other (UTS #39, section 5.2)."""


class Oddity(Enum):
    """What is odd about a link."""

    UNREADABLE = "unreadable"
    """Programs may read it in different ways, or not at all. It is not opened."""
    OTHER_SCHEME = "other-scheme"
    """Neither http nor https: another program is started."""
    SHOWN_DIFFERS = "shown-differs"
    """What is shown looks like a link to another host."""
    USERINFO = "userinfo"
    """Something stands before an ``@``, which may look like the host."""
    IP_ADDRESS = "ip-address"
    """A number in place of a name."""
    MIXED_SCRIPTS = "mixed-scripts"
    """Letters of several scripts in one word: some may look like others."""
    PUNYCODE = "punycode"
    """Letters beyond ASCII, which may look like others."""


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What is known of a link. ``host`` is where it leads, in ASCII, as the network knows it; ``reads_as`` the same
    with the letters that it stands for. ``inside`` is where it leads in this program; None: outside."""

    url: str
    host: str = ""
    reads_as: str = ""
    oddities: Sequence[Oddity] = ()
    inside: Link | None = None

    @property
    def can_be_opened(self) -> bool:
        """Whether it leads anywhere."""
        return Oddity.UNREADABLE not in self.oddities

    def sentences(self, texts: Catalogue) -> Sequence[str]:
        """What to say before it is opened: where it leads, and what is odd, the worst first."""
        if self.inside is not None:
            return [texts.link_inside()]
        said = {
            Oddity.UNREADABLE: texts.link_unreadable(),
            Oddity.OTHER_SCHEME: texts.link_other_scheme(),
            Oddity.SHOWN_DIFFERS: texts.link_shown_differs(),
            Oddity.USERINFO: texts.link_userinfo(),
            Oddity.IP_ADDRESS: texts.link_ip_address(),
            Oddity.MIXED_SCRIPTS: texts.link_mixed_scripts(),
            Oddity.PUNYCODE: texts.link_punycode(name=sanitise.one_line(self.reads_as)),
        }
        leads = [texts.link_leads_to(host=sanitise.one_line(self.host))] if self.host and self.can_be_opened else []
        return [*leads, *(said[oddity] for oddity in self.oddities)]


def check_link(url: str, shown: str | None = None) -> LinkCheck:
    """Look at a link.

    :param url: where it leads, as a message has it.
    :param shown: what is shown for it; None: the same.
    """
    if is_link(url):
        try:
            return LinkCheck(url, inside=parse_link(url))
        except NotALink:
            return LinkCheck(url, oddities=(Oddity.UNREADABLE,))
    parts = None if _is_suspect(url) else _PARTS.fullmatch(url)
    if parts is None:
        return LinkCheck(url, oddities=(Oddity.UNREADABLE,))
    scheme, authority, rest = parts[1].lower(), parts[2], parts[3]
    if scheme not in ("http", "https"):
        return LinkCheck(url, oddities=(Oddity.OTHER_SCHEME,))
    user, _, place = authority.rpartition("@")
    name = _without_port(place)
    host = None if name is None or rest.startswith("\\") else _ascii(name)
    if host is None or name is None:
        return LinkCheck(url, oddities=(Oddity.UNREADABLE,))
    reads_as = _unicode(host)
    found = {
        Oddity.SHOWN_DIFFERS: shown is not None and _leads_elsewhere(shown, url, host),
        Oddity.USERINFO: bool(user) or "@" in authority,
        Oddity.IP_ADDRESS: _is_number(host),
        Oddity.MIXED_SCRIPTS: any(_is_mixed(label) for label in reads_as.split(".")),
        Oddity.PUNYCODE: reads_as != host,
    }
    return LinkCheck(url, host, reads_as, tuple(oddity for oddity, is_so in found.items() if is_so))


def _is_suspect(url: str) -> bool:
    """Whether it has what no address has: white space, control characters, what cannot be seen."""
    return len(url) > MAX_URL or sanitise.one_line(url, MAX_URL) != url or any(one.isspace() for one in url)


def _without_port(place: str) -> str | None:
    """The host of ``host:port``; None: it is neither."""
    if place.startswith("["):
        host, bracket, port = place.partition("]")
        return host + bracket if bracket and re.fullmatch(r"(?::[0-9]{0,5})?", port) else None
    host, _, port = place.partition(":")
    return host if host and re.fullmatch(r"[0-9]{0,5}", port) else None


def _ascii(host: str) -> str | None:
    """A host as the network knows it; None: it is none."""
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        except ValueError:
            return None
    import idna  # loaded late: only where a link is opened

    name = unquote(host) if "%" in host else host
    try:
        encoded = (
            idna.encode(name.removesuffix("."), uts46=True).decode("ascii") if not name.isascii() else name.lower()
        )
    except (idna.IDNAError, UnicodeError):
        return None
    well_made = re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?", encoded) is not None
    return encoded if well_made and len(encoded) <= MAX_HOST else None


def _unicode(host: str) -> str:
    """The same with the letters that it stands for; where it stands for none, as it is."""
    if "xn--" not in host:
        return host
    import idna

    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return unicodedata.normalize("NFC", _bare_punycode(host))


def _bare_punycode(host: str) -> str:
    """What the labels say that no registry should have given to anybody."""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def _is_number(host: str) -> bool:
    """Whether it is an IP address, in one of the forms that browsers take."""
    return host.startswith("[") or _NUMBERS.fullmatch(host) is not None


def _is_mixed(label: str) -> bool:
    scripts = {unicodedata.name(letter, "?").split(" ")[0].split("-")[0] for letter in label if letter.isalpha()}
    return len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER)


def _leads_elsewhere(shown: str, url: str, host: str) -> bool:
    """Whether what is shown reads like the address of another host."""
    text = shown.strip()
    if text == url:
        return False
    match = re.match(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/\\?#\s]*@)?([^/\\?#\s:@]+\.[^/\\?#\s:@]+)", text, re.IGNORECASE)
    return match is not None and _ascii(match[1]) != host
