"""What a link can mean: one type for each row of the table in account.md §12.

Every value that can be made can be written, and what is written is read as the same value: a wrong part is refused when
the value is made.
"""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from pystatus.account.address import checksummed
from pystatus.account.key_encoding import is_public_key, parse_public_key
from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.payloads.chats import group_creator
from pystatus.payloads.chats import is_public_chat_name as is_name
from pystatus.payloads.checks import MAX_LINE
from pystatus.records import dataclass

MAX_LINK = 4_096
"""Characters of a link. Ours: the longest name of a group, each of its characters written as three times four, takes
3,060."""
WEB = "https://join.status.im/"
"""How links begin that a web browser opens, too."""
INTERNAL = "status-im://"
"""How links begin that only clients of Status open."""
INVITATION = "pystatus://network/"
"""How an invitation to a network of relays begins (:mod:`pystatus.fleets.invitation`). Clients of Status have none."""
USERNAMES = ".stateofus.eth"
"""What is left out at the end of an ENS name that Status has given (account.md §12)."""
ENS = ".eth"
"""How every other ENS name ends."""
MAX_ENS_NAME = 253
"""Characters of an ENS name. Ours: as many as a name in DNS has."""

_KEY = re.compile(r"0x[0-9a-f]*|zQ3sh[^.]*|[0-9a-f]{64}", re.IGNORECASE)
_LABELS = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_URL = re.compile(r"[!-~]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CODE = re.compile(r"[!-~]+")
_PAYMENT = re.compile(
    r"ethereum:(?:pay-)?(?P<target>[0-9A-Za-z_.-]+)(?:@(?P<chain>[0-9]{1,18}))?(?:/[A-Za-z_][A-Za-z0-9_]*)?(?:\?[!-~]*)?"
)


class NotALink(LocalError):
    """Text is no link, or one that leads nowhere. The sentence says what to do, and repeats nothing of the text: it may
    be a secret that was pasted by mistake."""


class _Path:
    """What stands behind the beginning of a link."""

    __slots__ = ()

    @property
    def path(self) -> str:
        raise NotImplementedError  # each kind of link has its own

    @property
    def url(self) -> str:
        """The link that a web browser opens, too."""
        return WEB + self.path

    @property
    def internal_url(self) -> str:
        """The link that only clients of Status open."""
        return INTERNAL + self.path

    def __str__(self) -> str:
        return self.url

    def _check_length(self) -> None:
        """
        :raises NotALink: it is longer than a link may be.
        """
        if len(self.url) > MAX_LINK:
            raise NotALink(f"A link has at most {MAX_LINK} characters. Shorten what it names.")


@checked
@dataclass(frozen=True, slots=True)
class PublicChatLink(_Path):
    """Join a public chat, by its name."""

    name: str

    def __post_init__(self) -> None:
        if is_public_key(self.name):
            raise NotALink("This link names a person where it should name a public chat. Ask for the chat key.")
        if not is_name(self.name):
            raise NotALink(
                "This link leads to no public chat: the name of one consists of the letters a to z, digits and "
                "hyphens. Ask for the link again."
            )
        self._check_length()

    @property
    def path(self) -> str:
        return self.name


class _OfPerson(_Path):
    """A link to a person, whom a key or an ENS name stands for."""

    __slots__ = ()
    person: PublicKey | str

    def __post_init__(self) -> None:
        if isinstance(self.person, str):
            object.__setattr__(self, "person", _named(self.person))

    @property
    def _id(self) -> str:
        return self.person if isinstance(self.person, str) else self.person.hex


@checked
@dataclass(frozen=True, slots=True)
class UserLink(_OfPerson):
    """See who somebody is. ``person`` is a chat key, or an ENS name, which is not looked up here."""

    person: PublicKey | str

    @property
    def path(self) -> str:
        return f"u/{self._id}"


@checked
@dataclass(frozen=True, slots=True)
class ChatLink(_OfPerson):
    """Begin the one-to-one chat with somebody; ``person`` as of :class:`UserLink`."""

    person: PublicKey | str

    @property
    def path(self) -> str:
        return f"p/{self._id}"


@checked
@dataclass(frozen=True, slots=True)
class GroupLink(_Path):
    """Ask ``admin`` to be taken into a group. The name is what the link says, and proves nothing.

    Implements: GC-13, AC-33
    """

    admin: PublicKey
    name: str
    chat_id: str

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= MAX_LINE:
            raise NotALink(f"The name of a group has 1 to {MAX_LINE} characters. Ask for the link again.")
        try:
            group_creator(self.chat_id)
        except RemoteError as error:
            raise NotALink("This link leads to no group: it has no id of one. Ask for the link again.") from error

    @property
    def path(self) -> str:
        return f"g/args?a={self.admin.hex}&a1={quote(self.name, safe='')}&a2={self.chat_id}"


@checked
@dataclass(frozen=True, slots=True)
class BrowserLink(_Path):
    """Open a page: ``page`` is its URL, of the web, and without a user name or password in it. pystatus opens none."""

    page: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", _page(self.page))
        self._check_length()

    @property
    def path(self) -> str:
        return f"b/{self.page}"


@checked
@dataclass(frozen=True, slots=True)
class ReferralLink(_Path):
    """The code of a campaign, which is over: there is nothing to do."""

    code: str

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise NotALink("This link has no code of a campaign. There is nothing to do.")
        self._check_length()

    @property
    def path(self) -> str:
        return f"referral/{self.code}"


@checked
@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A request to pay, as EIP-681 writes it: ``ethereum:…``. The wallet reads what it asks for (ethereum.md §8). An
    ENS name stands in it with or without ``pay-``, as the EIP allows."""

    uri: str

    def __post_init__(self) -> None:
        match = _PAYMENT.fullmatch(self.uri) if len(self.uri) <= MAX_LINK else None
        if match is None or not _can_be_paid(match["target"]):
            raise NotALink(
                "This request to pay names neither an Ethereum address nor an ENS name, or one with a mistyped digit. "
                "Ask for it again."
            )

    @property
    def target(self) -> str:
        """The address or the ENS name that stands in it: of whom is paid, or of the contract that pays them."""
        return self._part("target")

    @property
    def chain_id(self) -> int:
        """The chain on which to pay; 1 unless it says another one."""
        return int(self._part("chain") or 1)

    def _part(self, name: str) -> str:
        match = _PAYMENT.fullmatch(self.uri)
        assert match is not None
        return match[name] or ""

    def __str__(self) -> str:
        return self.uri


@checked
@dataclass(frozen=True, slots=True)
class Address:
    """An Ethereum address, ``0x`` and 40 hexadecimal digits whose case is a checksum (EIP-55)."""

    address: str

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise NotALink("An Ethereum address is 0x and 40 hexadecimal digits. Copy it again.")
        if not _has_checksum(self.address):
            raise NotALink("This Ethereum address is mistyped: its checksum is wrong. Copy it again.")
        object.__setattr__(self, "address", checksummed(bytes.fromhex(self.address[2:])))

    def __str__(self) -> str:
        return self.address


Link: TypeAlias = (
    PublicChatLink | UserLink | ChatLink | GroupLink | BrowserLink | ReferralLink | PaymentRequest | Address
)
"""Whatever a link can mean."""


def ens_name(text: str) -> str:
    """The whole ENS name that somebody gave, in lower case: without a dot it is a name that Status has given. One with
    another ending is refused (ethereum.md §4): no resolver knows it.

    :raises NotALink: no such name.
    """
    name = text.lower()
    if not name.endswith(ENS) and "." not in name:
        name += USERNAMES
    if len(name) > MAX_ENS_NAME or not name.endswith(ENS) or not _LABELS.fullmatch(name):
        raise NotALink("This is neither a chat key nor an ENS name, which ends with .eth. Ask for the link again.")
    return name


def _named(text: str) -> PublicKey | str:
    """
    :raises NotALink: neither a chat key nor an ENS name.
    """
    if is_public_key(text):
        return parse_public_key(text)
    if looks_like_key(text):
        raise NotALink("This link leads to no person: what it names is no chat key. Ask for the link again.")
    return ens_name(text)


def looks_like_key(text: str) -> bool:
    """Whether ``text`` is rather a mistyped key than a name."""
    return bool(_KEY.fullmatch(text))


def is_address(text: str) -> bool:
    """Whether ``text`` has the form of an Ethereum address."""
    return bool(_ADDRESS.fullmatch(text))


def _has_checksum(address: str) -> bool:
    """Whether its digits are all in one case, or the case is its checksum (EIP-55)."""
    digits = address[2:]
    return digits in (digits.lower(), digits.upper()) or address == checksummed(bytes.fromhex(digits))


def _can_be_paid(target: str) -> bool:
    if is_address(target):
        return _has_checksum(target)
    try:
        return target.lower().endswith(ENS) and bool(ens_name(target))
    except NotALink:
        return False


def _page(url: str) -> str:
    """
    :raises NotALink: no page of the web that is safe to show as a link.
    """
    if not _SCHEME.match(url):
        url = f"https://{url}"
    bad = NotALink("This link leads to no page of the web, or to one that hides where it is. Do not open it.")
    if len(url) > MAX_LINK or not _URL.fullmatch(url) or "\\" in url:
        raise bad
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise bad from error
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        raise bad
    if not _HOST.fullmatch(parts.hostname or ""):
        raise bad
    return url
