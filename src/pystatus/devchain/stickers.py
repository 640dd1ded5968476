"""The market of stickers on the chain, with two packs: one that costs something, and one that costs nothing."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from pystatus.account.address import address_of
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain import files
from pystatus.devchain.chain import DevChain
from pystatus.devchain.sending import deploy, transact
from pystatus.ethereum import abi
from pystatus.ethereum.transactions import Payment

PACK_PRICE = 5 * 10**18
"""Base units of the token that the first pack costs."""
SIDE = 512
"""Pixels of a sticker, as the market asks for at least."""
_COLOURS = {"Signal": ((231, 76, 60), (241, 196, 15), (46, 204, 113)), "Sky": ((52, 152, 219), (155, 89, 182))}
_PNG = b"\x89PNG\r\n\x1a\n"


def set_up_market(chain: DevChain, token: bytes) -> bytes:
    """Deploy it, and put its packs in; the address of the market. The owner of the packs is the second account."""
    owner, artist = chain.keys[0], address_of(chain.keys[1].public_key)
    types = deploy(chain, owner, "sticker_type", [], [])
    packs = deploy(chain, owner, "sticker_pack", [], [])
    market = deploy(chain, owner, "sticker_market", ["address", "address", "address"], [token, types, packs])
    transact(chain, owner, Payment(packs, 0, abi.call_data("changeController(address)", market)))
    for price, (name, colours) in zip((PACK_PRICE, 0), _COLOURS.items(), strict=True):
        pictures = [files.add(chain.files, picture(colour)) for colour in colours]
        described = files.add(chain.files, description(name, pictures))
        add_pack(chain, owner, types, price, artist, described)
    return market


def add_pack(chain: DevChain, owner: PrivateKey, types: bytes, price: int, artist: bytes, described: bytes) -> None:
    """Put a pack in.

    :param types: the contract that knows what packs there are.
    :param described: the content hash of what describes it.
    """
    call = abi.call_data("generatePack(uint256,address,bytes)", price, artist, described)
    transact(chain, owner, Payment(types, 0, call))


def description(name: str, pictures: Sequence[bytes]) -> bytes:
    """What a pack says of itself, in EDN.

    :param pictures: their content hashes.
    """
    stickers = " ".join(f'{{:hash "{one.hex()}"}}' for one in pictures)
    first = pictures[0].hex()
    return (
        f'{{meta {{:name "{name}" :author "pystatus" :thumbnail "{first}" :preview "{first}" :stickers [{stickers}]}}}}'
    ).encode()


def picture(colour: tuple[int, int, int], side: int = SIDE) -> bytes:
    """A PNG: a disc on nothing."""
    rows = bytearray()
    radius = side / 2
    for y in range(side):
        half = int(max(0.0, radius**2 - (y + 0.5 - radius) ** 2) ** 0.5)
        outside = bytes(int(radius) - half)
        rows += b"\0" + outside + b"\1" * (side - 2 * len(outside)) + outside
    head = struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", bytes(3) + bytes(colour)),
        (b"tRNS", b"\0\xff"),
        (b"IDAT", zlib.compress(bytes(rows))),
        (b"IEND", b""),
    )
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
