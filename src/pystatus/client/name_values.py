"""What a client says of names on the chain. Addresses are texts with their checksum."""

from __future__ import annotations

from dataclasses import dataclass

from pystatus.arguments import checked
from pystatus.crypto.keys import PublicKey
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.quantities import Amount


@checked
@dataclass(frozen=True, slots=True)
class EnsName:
    """What ENS says of a name on one chain. ``content`` is ``ipfs://…``, ``ipns://…`` or ``bzz://…``, empty for none;
    ``is_ours`` says that it leads to our chat key. ``problems`` are what its resolver says that cannot be.
    """

    name: str
    chain_id: int
    owner: str | None
    resolver: str | None = None
    address: str | None = None
    chat_key: PublicKey | None = None
    content: str = ""
    is_ours: bool = False
    problems: tuple[str, ...] = ()


@checked
@dataclass(frozen=True, slots=True)
class NameOffer:
    """Whether a name can be ours. ``problem`` says in a sentence why it cannot be registered now; it is empty where
    nothing is against it. Price and balance are base units of the token; ``releasable`` is when the deposit of a name
    that somebody has can come back, in Unix seconds of the chain.
    """

    name: str
    chain_id: int
    state: NameState
    problem: str = ""
    price: Amount = 0
    token: str = ""
    symbol: str = ""
    decimals: int = 0
    balance: Amount = 0
    owner: str | None = None
    releasable: int | None = None
