"""Where a fleet comes from: a name, a file, a web address, an invitation, or a picture of one."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from pystatus import typed
from pystatus.arguments import checked
from pystatus.errors import LocalError, Refused
from pystatus.fleets.fleet import Fleet, together
from pystatus.fleets.fleet_file import MAX_FILE, read_fleet
from pystatus.fleets.invitation import NotAnInvitation, invitation_in, is_invitation, other_link, parse_invitation
from pystatus.fleets.published import PUBLISHED, published_fleet
from pystatus.imaging import process
from pystatus.media.errors import InvalidMedia
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.net.fleet_fetch import check_url, fetch, is_url
from pystatus.net.proxy import Proxy
from pystatus.net.route import DIRECT, Route
from pystatus.storage import files

NETWORK_FILE = "network.toml"
"""The fleet file in a directory that ``pystatus network create`` has made."""
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""How the names of pictures end."""
SHOWN = 200
"""Characters of what was given in a sentence."""

BEGINNING = 1_000
"""Characters of a file in which its format is looked for."""

_OR = "Or give the invitation, pystatus://network/…"
_WAYS = (
    "Give an invitation (pystatus://network/…), a file with one, the directory of a network, a web address, or one of "
    + ", ".join(PUBLISHED)
    + "."
)


@checked
async def find_fleet(text: str, *, proxy: str | None = None) -> Fleet:
    """The fleet that a person named.

    :param text: the name of a fleet that Status published; an invitation; the path of a fleet file, of a text file with
        an invitation, of a picture with its QR code, or of the directory of a network of one's own; or a web address.
    :param proxy: ``socks5://[user:password@]host:port``: a web address is reached through it.
    :raises NotAnInvitation: an invitation that is cut, altered or of a newer version, or another kind of link.
    :raises LocalError: there is no such fleet, or it is malformed; nothing is kept of it.
    """
    return await _found(text, DIRECT if proxy is None else Route(Proxy.parse(proxy)))


async def _found(text: str, route: Route) -> Fleet:
    text = checked_source(text)
    if is_invitation(text):
        return parse_invitation(text)
    if text in PUBLISHED:
        return published_fleet(text)
    if is_url(text):
        return _read(await fetch(text, MAX_FILE, route), text[:SHOWN])
    return await _in_file(text)


async def find_fleets(texts: Sequence[str], route: Route = DIRECT) -> Fleet:
    """The fleets that a person named, which add up.

    :raises LocalError: see :func:`find_fleet`; or they are of two networks.
    """
    return together([await _found(text, route) for text in texts])


def fleets_now(texts: Sequence[str], route: Route = DIRECT) -> Fleet:
    """The same where nothing can be awaited. An event loop that runs here waits meanwhile.

    :raises LocalError: likewise.
    """
    if not texts:
        return Fleet()
    found: list[Fleet] = []
    failed: list[BaseException] = []

    def find() -> None:
        try:
            found.append(asyncio.run(find_fleets(texts, route)))
        except BaseException as error:  # it is raised where somebody waits
            failed.append(error)

    finding = threading.Thread(target=find, name="fleet")
    finding.start()
    finding.join()
    if failed:
        raise failed[0]
    return found[0]


def checked_source(text: str) -> str:
    """What somebody typed, as it was meant, where that can be seen without reading anything: for settings, whose
    mistakes are told together. A path stays as it is.

    :raises LocalError: it can never be a fleet.
    """
    link = invitation_in(text)
    if link is not None:
        parse_invitation(text)
        return link
    told = other_link(text)
    if told is not None:
        raise NotAnInvitation(told)
    meant = typed.token(text)
    if is_url(meant):
        check_url(meant)
        return meant
    return meant if meant in PUBLISHED else typed.without_end_of_line(text)


async def _in_file(text: str) -> Fleet:
    path = await asyncio.to_thread(_path, text)
    if path is None:
        raise Refused(_nothing(text))
    if path.suffix.lower() in PICTURES:
        return await _in_picture(path)
    with files.explained_files(f"The fleet file {path} cannot be read"):
        data = await asyncio.to_thread(files.read_small, path, MAX_FILE)
    return _read(data, str(path))


def _path(text: str) -> Path | None:
    """The file that is meant, if there is one."""
    try:
        path = Path(text).expanduser()
        if path.is_dir():
            path = path / NETWORK_FILE
        return path if path.exists() else None
    except (OSError, ValueError, RuntimeError):  # too long, a zero byte, a user who is not known
        return None


def _nothing(text: str) -> str:
    found = get_close_matches(text.strip().lower(), PUBLISHED, n=1)
    meant = f" Did you mean {found[0]}?" if found else ""
    return f'"{text[:SHOWN]}" is neither a file or directory that is there, nor an invitation.{meant} {_WAYS}'


def _read(data: bytes, where: str) -> Fleet:
    """A fleet file, or a text with an invitation, such as a mail."""
    text = typed.decoded(data, where)
    try:
        return read_fleet(data, where)
    except LocalError:
        link = invitation_in(_unquoted(text))
        if link is None:
            _check_other_format(text, where)
            raise
    return parse_invitation(link)


def _unquoted(text: str) -> str:
    """The texts in an object that a command has printed with ``--json``; anything else as it is."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "\n".join(value for value in found.values() if isinstance(value, str))


def _check_other_format(text: str, where: str) -> None:
    """
    :raises LocalError: it is what ``network export`` and ``network show`` have written for others than us.
    """
    beginning = text.lstrip("\ufeff \t\r\n")[:BEGINNING].lower()
    if "<svg" in beginning:
        raise LocalError(
            f"{where} is a picture in SVG, which is for browsers and printers, and not read here. Give the same as a "
            f".png: pystatus network export … --format qr --to invitation.png. {_OR}"
        )
    if beginning.startswith(("{", "[")):
        raise LocalError(
            f"{where} is JSON, as settings of status-go are, which are for statusd -c, and names no network here. Give "
            f"a fleet file: pystatus network export … --format toml --to network.toml. {_OR}"
        )
    if beginning.startswith(("<!doctype html", "<html")):
        raise LocalError(f"{where} is a web page, and no fleet file. Give the address of the file itself. {_OR}")


async def _in_picture(path: Path) -> Fleet:
    with files.explained_files(f"The picture {path} cannot be read"):
        data = await asyncio.to_thread(files.read_small, path, MAX_FILE_BYTES)
    try:
        texts = await process.read_qr_codes(data)
    except InvalidMedia as error:
        raise LocalError(f"The picture {path} cannot be read: {error}.") from error
    if not texts:
        raise LocalError(
            f"No QR code is found in {path}. Take the picture again, so that the code is sharp, whole and larger."
        )
    invitations = [text for text in texts if is_invitation(text)]
    return together([parse_invitation(text) for text in invitations or texts[:1]])
