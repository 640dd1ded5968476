"""Invitations and fleet files: what strangers hand to people."""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.crypto.hashing import keccak256
from pystatus.errors import LocalError, RemoteError
from pystatus.fleets import contents
from pystatus.fleets.fleet_file import read_fleet, written_fleet
from pystatus.fleets.invitation import CHECKSUM_SIZE, VERSION, invitation, parse_invitation
from pystatus.links.values import INVITATION
from pystatus.wire import varint
from pystatus.wire.base_text import to_base32
from tests.fleets.support import FULL, HARBOUR
from tests.fuzzing.target import Target


def framed(data: bytes, version: int = VERSION) -> str:
    """An invitation with these contents, whatever they are, and a checksum that is right."""
    frame = bytes((version,)) + varint.encode(len(data)) + data
    return INVITATION + to_base32(frame + keccak256(frame)[:CHECKSUM_SIZE]).lower()


def _invitation(data: bytes) -> None:
    """The contents, behind a checksum that is right; and the same bytes as text."""
    refused: Exception | None = None
    try:
        fleet = contents.read(data)
        assert contents.written(fleet) == data
    except (LocalError, RemoteError) as error:
        refused = error
    else:
        if len(data) < 500:
            assert invitation(parse_invitation(framed(data))) == framed(data)
    try:
        parse_invitation(INVITATION + data.decode("latin-1"))
    except LocalError:
        if refused is not None:
            raise refused from None


def _file(data: bytes) -> None:
    fleet = read_fleet(data, "fleet.toml")
    assert read_fleet(written_fleet(fleet).encode(), "fleet.toml") == fleet


def _contents() -> Iterable[bytes]:
    return [contents.written(HARBOUR), contents.written(FULL)]


TARGETS = (
    Target(
        "invitation",
        _invitation,
        _contents,
        covers=("fleets/contents.py:read", "fleets/contents.py:_Reader.point"),
        allowed=(LocalError, RemoteError),
        runs=3_000,
    ),
    Target(
        "fleet-file",
        _file,
        lambda: [written_fleet(HARBOUR).encode(), written_fleet(FULL).encode()],
        covers=("fleets/fleet_file.py:read_fleet",),
        allowed=(LocalError,),
        runs=300,
    ),
)
