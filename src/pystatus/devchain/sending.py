"""Transactions of whoever sets the chain up, and contracts that they make."""

from __future__ import annotations

import functools
import json
from typing import Any

from pystatus.account.address import address_of
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.devchain.chain import DevChain
from pystatus.ethereum import abi
from pystatus.ethereum.transactions import LegacyTransaction, Payment
from pystatus.wire import rlp

GAS = 8_000_000
"""Gas of a transaction here: a contract of the longest code takes five million."""


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
