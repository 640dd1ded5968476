"""Contracts on the chain: a token, collectibles, ENS with its resolver, and a registrar of names."""

from __future__ import annotations

import functools
import json
from typing import Any

from pystatus.account.address import address_of, checksummed
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain.chain import DevChain
from pystatus.ethereum import abi, names, registrar
from pystatus.ethereum.transactions import LegacyTransaction, Payment
from pystatus.records import dataclass
from pystatus.wire import rlp

SUPPLY = 1_000_000 * 10**18
"""Base units of the token that there are at first; the first account has them."""
SHARE = 1_000 * 10**18
"""That each other account is given of them."""
PRICE = 10 * 10**18
"""Base units that a name costs."""
GAS = 8_000_000
"""Gas of a transaction here: a contract of the longest code takes five million."""


@dataclass(frozen=True)
class Contracts:
    """Where they are."""

    token: bytes
    collectible: bytes
    registry: bytes
    resolver: bytes
    registrar: bytes

    def shown(self) -> dict[str, str]:
        """Each with the address that has its checksum."""
        return {name: checksummed(getattr(self, name)) for name in self.__dataclass_fields__}


@functools.cache
def bytecode(name: str) -> bytes:
    """What a contract is made of."""
    from importlib import resources

    compiled: Any = json.loads(resources.files(__package__).joinpath("data", "contracts.json").read_text("utf-8"))
    return bytes.fromhex(compiled[name]["bytecode"][2:])


def transact(chain: DevChain, key: PrivateKey, payment: Payment, gas: int = GAS) -> bytes:
    """Send a transaction; its hash.

    :raises ChainRefuses: the chain does not take it.
    """
    sender = address_of(key.public_key)
    price = 2 * int(chain.backend.get_base_fee()) + 1
    transaction = LegacyTransaction(chain.chain_id, chain.pending_nonce(sender), price, gas, payment)
    return chain.send(transaction.signed(key.sign(transaction.digest()), sender))


def deploy(chain: DevChain, key: PrivateKey, name: str, types: list[str], arguments: list[Any]) -> bytes:
    """Make a contract; its address."""
    sender = address_of(key.public_key)
    nonce = chain.pending_nonce(sender)
    signature = f"constructor({','.join(types)})"
    transact(chain, key, Payment(None, 0, bytecode(name) + abi.call_data(signature, *arguments)[4:]))
    made = keccak256(rlp.encode([sender, nonce]))[12:]
    assert chain.backend.get_code(made), f"{name} was not made"
    return made


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
    return Contracts(token, collectible, registry, resolver, made)


def give_name(chain: DevChain, owner: PrivateKey, registry: bytes, parent: str, label: str, holder: bytes) -> None:
    """Give a name under one that ``owner`` has to somebody."""
    signature = "setSubnodeOwner(bytes32,bytes32,address)"
    call = abi.call_data(signature, names.namehash(parent), names.label_hash(label), holder)
    transact(chain, owner, Payment(registry, 0, call))
