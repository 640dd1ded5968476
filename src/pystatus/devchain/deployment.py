"""Contracts on the chain: a token, collectibles, ENS with its resolver, a registrar of names, and a market of
stickers."""

from __future__ import annotations

from pystatus.account.address import address_of, checksummed
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain.chain import DevChain
from pystatus.devchain.sending import deploy, transact
from pystatus.devchain.stickers import set_up_market
from pystatus.ethereum import abi, names, registrar
from pystatus.ethereum.transactions import Payment
from pystatus.records import dataclass

SUPPLY = 1_000_000 * 10**18
"""Base units of the token that there are at first; the first account has them."""
SHARE = 1_000 * 10**18
"""That each other account is given of them."""
PRICE = 10 * 10**18
"""Base units that a name costs."""


@dataclass(frozen=True)
class Contracts:
    """Where they are."""

    token: bytes
    collectible: bytes
    registry: bytes
    resolver: bytes
    registrar: bytes
    sticker_market: bytes

    def shown(self) -> dict[str, str]:
        """Each with the address that has its checksum."""
        return {name: checksummed(getattr(self, name)) for name in self.__dataclass_fields__}


def set_up(chain: DevChain) -> Contracts:
    """Deploy all of them, each account with some of the token, and ``stateofus.eth`` of the registrar."""
    owner = chain.keys[0]
    own = address_of(owner.public_key)
    token = deploy(
        chain, owner, "token", ["string", "string", "uint8", "uint256"], ["Status Test Token", "STT", 18, SUPPLY]
    )
    for key in chain.keys[1:]:
        share = abi.call_data("transfer(address,uint256)", address_of(key.public_key), SHARE)
        transact(chain, owner, Payment(token, 0, share))
    pictures = ["Kittens", "CAT", "ipfs://kittens/"]
    collectible = deploy(chain, owner, "collectible", ["string", "string", "string"], pictures)
    for number, key in enumerate(chain.keys, 1):
        mint = abi.call_data("mint(address,uint256)", address_of(key.public_key), number)
        transact(chain, owner, Payment(collectible, 0, mint))
    registry = deploy(chain, owner, "registry", [], [])
    resolver = deploy(chain, owner, "resolver", ["address"], [registry])
    node = names.namehash(names.USERNAMES)
    made = deploy(
        chain,
        owner,
        "registrar",
        ["address", "address", "address", "bytes32", "uint256", "uint256", "bytes32"],
        [token, registry, resolver, node, PRICE, registrar.SHORTEST, registrar.reserved_root()],
    )
    for parent, label, holder in (
        ("", "eth", own),
        ("", "reverse", own),
        ("reverse", "addr", own),
        ("eth", "stateofus", made),
    ):
        give_name(chain, owner, registry, parent, label, holder)
    return Contracts(token, collectible, registry, resolver, made, set_up_market(chain, token))


def give_name(chain: DevChain, owner: PrivateKey, registry: bytes, parent: str, label: str, holder: bytes) -> None:
    """Give a name under one that ``owner`` has to somebody."""
    signature = "setSubnodeOwner(bytes32,bytes32,address)"
    call = abi.call_data(signature, names.namehash(parent), names.label_hash(label), holder)
    transact(chain, owner, Payment(registry, 0, call))
