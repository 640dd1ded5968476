"""Names on one chain: what ENS says of them, and the transactions that change them, each checked before it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pystatus.account.address import checksummed
from pystatus.chain.endpoint import Endpoint
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError, Refused
from pystatus.ethereum import history, name_entries, names, registrar
from pystatus.ethereum.content_hash import Content, encode
from pystatus.ethereum.name_entries import Entry, Standing
from pystatus.ethereum.name_states import NameState
from pystatus.ethereum.registrar import Rule
from pystatus.ethereum.tokens import shown_amount
from pystatus.ethereum.transactions import Payment

Secret = Callable[[int], bytes]
"""What a name was reserved with on a chain; or makes it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A transaction that changes a name, and what it costs beside the fee."""

    name: str
    payment: Payment
    price: int = 0
    token: bytes | None = None
    symbol: str = ""
    decimals: int = 0


class Naming:
    """Asks one node."""

    def __init__(self, endpoint: Endpoint, registry: bytes | None = None) -> None:
        """
        :param registry: of ENS; ``None``: that of the chain.
        """
        self._endpoint = endpoint
        self._registry = registry

    async def chain_id(self) -> int:
        """The chain on which the names are."""
        return await self._endpoint.chain_id()

    async def registry(self) -> bytes:
        """The registry of ENS.

        :raises LocalError: none is known on the chain.
        """
        return self._registry or names.registry_of(await self.chain_id())

    async def registrar(self) -> bytes:
        """What gives names under stateofus.eth.

        :raises LocalError: nothing does on this chain.
        """
        registry, chain_id = await self.registry(), await self.chain_id()
        plan = name_entries.registrar_of(registry, chain_id, is_own=self._registry is not None)
        try:
            return await self._endpoint.carry_out(plan)
        except names.NoName:
            raise LocalError(
                f"Nobody gives names under {names.USERNAMES} on the chain {chain_id}. Name a node of another chain, or "
                "with --registry the registry of ENS that is meant."
            ) from None

    # what is known

    async def entry(self, text: str) -> Entry:
        """All that ENS says of a name.

        :param text: as a person has typed it.
        :raises LocalError: it is no name.
        """
        name = names.whole_name(text)
        return await self._endpoint.carry_out(name_entries.entry_of(await self.registry(), name))

    async def name_of(self, address: bytes) -> str | None:
        """The name that an address gives itself, if that name leads back to it."""
        return await self._endpoint.carry_out(names.name_of(await self.registry(), address))

    async def standing(self, text: str, account: bytes | None) -> Standing:
        """Whether a name can be had, and what it costs."""
        name = names.whole_name(text)
        at = await self.registrar() if name_entries.username_of(name) is not None else None
        plan = name_entries.standing_of(await self.registry(), at, name, account, await self.chain_id())
        return await self._endpoint.carry_out(plan)

    # what is done

    async def register(self, text: str, account: bytes, key: PublicKey) -> Planned:
        """Register a name that leads to the account and the chat key.

        :raises LocalError: it could be taken away again, is taken, or there is not enough to pay for it.

        Implements: AC-8, ET-7, ET-8
        """
        username = checked_username(text)
        standing = await self.standing(text, account)
        state = standing.state(account, key)
        terms = standing.terms
        assert terms is not None  # it is under stateofus.eth
        if state is not NameState.FREE:
            raise LocalError(taken(standing.entry, state))
        payment = registrar.register(await self.registrar(), terms, username, account, key)
        if standing.balance < terms.price:
            price, there = (shown_amount(one, standing.decimals) for one in (terms.price, standing.balance))
            raise LocalError(
                f"The name costs {price} {standing.symbol}, and {checksummed(account)} has {there}. Receive some first "
                f"(the token is {checksummed(terms.token)}), or choose another account."
            )
        return Planned(standing.entry.name, payment, terms.price, terms.token, standing.symbol, standing.decimals)

    async def connect(self, text: str, account: bytes, key: PublicKey) -> Planned:
        """Let a name lead to a chat key.

        :raises LocalError: it is somebody else's, leads to the key already, or has no resolver.

        Implements: ET-7
        """
        entry, resolver = await self._owned(text, account)
        if entry.chat_key == key:
            raise LocalError(f"{entry.name} leads to your chat key already. Nothing is to be done.")
        return Planned(entry.name, registrar.set_key(resolver, entry.name, key))

    async def set_address(self, text: str, address: bytes, account: bytes) -> Planned:
        """Let a name lead to an address.

        :raises LocalError: as :meth:`connect`.

        Implements: ET-7
        """
        entry, resolver = await self._owned(text, account)
        if entry.address == address:
            raise LocalError(f"{entry.name} leads to {checksummed(address)} already. Nothing is to be done.")
        return Planned(entry.name, registrar.set_address(resolver, entry.name, address))

    async def set_content(self, text: str, content: Content | None, account: bytes) -> Planned:
        """Give a name other content for browsers.

        :raises LocalError: as :meth:`connect`.

        Implements: EI-19
        """
        entry, resolver = await self._owned(text, account)
        if entry.content == content:
            raise LocalError(f"{entry.name} has this content already. Nothing is to be done.")
        value = b"" if content is None else encode(content)
        return Planned(entry.name, registrar.set_content(resolver, entry.name, value))

    async def take_over(self, text: str, account: bytes) -> Planned:
        """Tell the registrar that a name is ours which was given to us in ENS.

        :raises LocalError: it is not ours there, or the registrar knows it.

        Implements: ET-7
        """
        username, standing = await self._registered(text, account)
        _check_owner(standing.entry, account)
        if standing.registration is not None and standing.registration.owner == account:
            raise LocalError("The registrar knows already that this name is yours. Nothing is to be done.")
        return Planned(standing.entry.name, registrar.update_owner(await self.registrar(), username))

    async def release(self, text: str, account: bytes) -> Planned:
        """Give a name back.

        :raises LocalError: it is not yet time by the clock of the chain, or it is somebody else's.

        Implements: ET-7
        """
        username, standing = await self._registered(text, account)
        assert standing.terms is not None
        assert standing.registration is not None
        head = await self._endpoint.carry_out(history.head())
        payment = registrar.release(
            await self.registrar(),
            standing.terms,
            username,
            standing.registration,
            account,
            head.timestamp,
            standing.entry.owner,
        )
        return Planned(standing.entry.name, payment)

    async def reserve_slash(self, username: str, secret: Secret) -> Planned:
        """Say first that a name breaks a rule, without saying which.

        :param secret: makes what is reserved with.
        :raises LocalError: it breaks none, or nobody has it.

        Implements: ET-9
        """
        at = await self.registrar()
        _, created = await self._broken(at, username)
        number = int.from_bytes(secret(await self.chain_id()), "big")
        return Planned(f"{username}.{names.USERNAMES}", registrar.reserve_slash(at, username, created, number))

    async def slash(self, username: str, secret: Secret) -> Planned:
        """Say which one it is, in a later block.

        :param secret: what it was reserved with.
        :raises LocalError: it breaks no rule, or nobody has it.

        Implements: ET-9
        """
        at = await self.registrar()
        rule, _ = await self._broken(at, username)
        number = int.from_bytes(secret(await self.chain_id()), "big")
        return Planned(f"{username}.{names.USERNAMES}", registrar.slash(at, username, rule, number))

    async def _broken(self, at: bytes, username: str) -> tuple[Rule, int]:
        """The rule that a registered name breaks, and when it was registered."""
        terms = await self._endpoint.carry_out(registrar.terms_of(at))
        rule = registrar.broken_rule(username, terms.shortest) if username else None
        if rule is None:
            raise LocalError("This name breaks no rule. Only one that does is taken away.")
        if rule is Rule.RESERVED and terms.reserved_root != registrar.reserved_root():
            raise LocalError("The contract has another list of reserved names than this program. Get a newer version.")
        registration = await self._endpoint.carry_out(registrar.registration_of(at, username))
        if registration is None:
            raise LocalError("Nobody has registered this name. Only one that somebody has is taken away.")
        return rule, registration.created

    async def _owned(self, text: str, account: bytes) -> tuple[Entry, bytes]:
        entry = await self.entry(text)
        _check_owner(entry, account)
        if entry.resolver is None:
            raise LocalError(f"{entry.name} has no resolver. Set one first, with the program that you got the name of.")
        return entry, entry.resolver

    async def _registered(self, text: str, account: bytes) -> tuple[str, Standing]:
        name = names.whole_name(text)
        username = name_entries.username_of(name)
        if username is None:
            raise Refused(f"{name} is not one of the names that Status gives, which end with {name_entries.SUFFIX}.")
        standing = await self.standing(name, account)
        if standing.registration is None:
            raise LocalError(f"The registrar knows no {name}. Check how it is written.")
        return username, standing


def checked_username(text: str) -> str:
    """The part of a name under stateofus.eth that is chosen, before anybody is asked.

    :raises LocalError: it is no such name, or it would be taken away again.

    Implements: ET-8
    """
    name = names.whole_name(text)
    username = name_entries.username_of(name)
    if username is None:
        raise Refused(
            f"{name} is given elsewhere. Status gives names that end with {name_entries.SUFFIX}; one that you have "
            "already is added with: pystatus name add"
        )
    registrar.check_username(username)
    return username


def taken(entry: Entry, state: NameState) -> str:
    """Why a name cannot be registered."""
    if state is NameState.TAKEN:
        return f"{entry.name} belongs to somebody else. Choose another name."
    if state is NameState.CONNECTED:
        return f"{entry.name} is yours already, and leads to your chat key. Add it with: pystatus name add"
    return f"{entry.name} is yours already. Let it lead to your chat key with: pystatus name update"


def _check_owner(entry: Entry, account: bytes) -> None:
    """
    :raises LocalError: it is somebody else's.
    """
    if entry.owner is None:
        raise LocalError(f"Nobody has registered {entry.name}. Check how it is written.")
    if entry.owner != account:
        raise LocalError(f"{entry.name} belongs to {checksummed(entry.owner)}. Only that account changes it.")
