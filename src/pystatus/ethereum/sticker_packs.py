"""What a pack of stickers says of itself: a text in EDN, under the content hash that its contract gives
(ethereum.md §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pystatus.errors import RemoteError
from pystatus.ethereum import content_hash, edn
from pystatus.ethereum.content_hash import Content, Store
from pystatus.sanitise import one_line

MAX_METADATA = 64 << 10
"""Bytes of what describes a pack. Ours: that of one with 30 stickers has three thousand."""
MAX_STICKERS = 200
"""Stickers of a pack. Ours: the largest of the market has some forty."""
MAX_NAME = 128
"""Characters of the name of a pack, and of its author. Ours."""
MAX_IMAGE = 300_000
"""Bytes of the picture of a sticker (ethereum.md §5)."""

_META = edn.Symbol("meta")


class BadPack(RemoteError):
    """A pack cannot be used. The message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class PackText:
    """What it says. Pictures are named by their content hashes, hexadecimal, without ``0x``."""

    name: str
    author: str
    thumbnail: str
    preview: str
    stickers: tuple[str, ...]


def content_of(value: str) -> Content | None:
    """Where a picture is; ``None``: nowhere where it can be had and checked."""
    try:
        found = content_hash.parse(bytes.fromhex(value))
    except ValueError:
        return None
    return found if found is not None and found.store is Store.IPFS else None


def read(text: bytes) -> PackText:
    """What describes a pack. Keys that are not known are passed over.

    :raises BadPack: it is no EDN, no pack, or one without a sticker, or with very many.

    Implements: ET-10
    """
    if len(text) > MAX_METADATA:
        raise BadPack(f"what describes it has more than {MAX_METADATA >> 10} KiB")
    try:
        root = edn.read(text.decode("utf-8"))
    except (edn.BadEdn, UnicodeDecodeError) as error:
        why = error if isinstance(error, edn.BadEdn) else "it is no text"
        raise BadPack(f"what describes it cannot be read: {why}") from error
    meta = root.get(_META) if isinstance(root, Mapping) else None
    if not isinstance(meta, Mapping):
        raise BadPack("what describes it says nothing of a pack")
    entries = meta.get(edn.Keyword("stickers"))
    if not isinstance(entries, tuple) or not entries:
        raise BadPack("it has no stickers")
    if len(entries) > MAX_STICKERS:
        raise BadPack(f"it has more than {MAX_STICKERS} stickers")
    name = _line(meta, "name")
    if not name:
        raise BadPack("it has no name")
    stickers = tuple(_picture(entry, "hash") for entry in entries)
    if "" in stickers:
        raise BadPack("a sticker of it has no content hash of IPFS")
    return PackText(name, _line(meta, "author"), _picture(meta, "thumbnail"), _picture(meta, "preview"), stickers)


def _line(meta: Mapping[edn.Value, edn.Value], key: str) -> str:
    found = meta.get(edn.Keyword(key))
    return one_line(found, MAX_NAME) if isinstance(found, str) else ""


def _picture(of: edn.Value, key: str) -> str:
    """The content hash under a key; empty: there is none that leads to a picture."""
    found = of.get(edn.Keyword(key)) if isinstance(of, Mapping) else None
    value = found.strip().lower() if isinstance(found, str) else ""
    return value if content_of(value) is not None else ""
