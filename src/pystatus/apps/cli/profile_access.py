"""Opening a profile for a command that talks to the network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pystatus.apps.cli import passwords
from pystatus.apps.cli.chats import Bare, Chooser, meant
from pystatus.apps.cli.options import one_reader_of_stdin
from pystatus.errors import LocalError, refused
from pystatus.mailserver.password import PUBLIC_PASSWORD
from pystatus.variables import ENDPOINT_VARIABLE, GATEWAY_VARIABLE, MARKET_VARIABLE, PRICES_VARIABLE, REGISTRY_VARIABLE

if TYPE_CHECKING:
    from pystatus.apps.cli.profile_reader import Reader
    from pystatus.chain.endpoint import Endpoint
    from pystatus.chain.endpoint_url import EndpointUrl
    from pystatus.chain.gateway import Gateway
    from pystatus.client import Client
    from pystatus.faces.places import Place
    from pystatus.fleets.fleet import Fleet
    from pystatus.messenger.records import Message


class ProfileAccess:
    """A profile that a command is about to open, or to attach to where another pystatus has it open already. The
    password is asked once, when it is first needed, and never by who attaches; whatever is wrong with what was given is
    told before."""

    def __init__(
        self,
        profile: str,
        password_file: Path | None,
        data_dir: Path | None,
        mailserver_password_file: Path | None = None,
    ) -> None:
        """
        :param mailserver_password_file: what requests to mailservers are sealed with; None: what everybody's are.
        :raises LocalError: no such profile, another process writes to it and serves nobody, a file that cannot be read.
        """
        from pystatus.faces.attach.place import is_held
        from pystatus.storage.profiles import Profiles

        one_reader_of_stdin(password_file, mailserver_password_file)
        self._password_file = password_file
        self._data_dir = data_dir
        self._profiles = Profiles(data_dir)
        self._profile = self._profiles.find(profile)
        self.is_attached = is_held(self._profiles, self._profile)
        """Another pystatus has the profile open, and does what is asked."""
        self._sealed_with = (
            PUBLIC_PASSWORD if mailserver_password_file is None else passwords.secret_in(mailserver_password_file)
        )

    @cached_property
    def _password(self) -> str:
        return passwords.password(self._password_file, partial(self._profiles.check_password, self._profile))

    @property
    def password(self) -> str:
        """Of the profile.

        :raises LocalError: none is given, or a wrong one.
        """
        return self._password

    def use_password(self, password: str) -> None:
        """Ask for no password: this one was typed elsewhere, and is right."""
        self._password = password

    def to_enter(self, texts: Sequence[str], *, may_ask: bool) -> list[Place]:
        """The chats that are named so, to be entered. The profile is looked into only where a bare word is among them.

        :param may_ask: whether to ask the person at the terminal about these.
        :raises LocalError: see :meth:`Chooser.to_enter`; no password, or a wrong one.
        """
        return self._chosen(texts, may_ask=may_ask, enter=True)

    def to_read(self, texts: Sequence[str]) -> list[Place]:
        """The same, to show something of them.

        :raises LocalError: see :meth:`Chooser.to_read`; no password, or a wrong one.
        """
        return self._chosen(texts, may_ask=False, enter=False)

    def _chosen(self, texts: Sequence[str], *, may_ask: bool, enter: bool) -> list[Place]:
        with refused("CHAT"):
            found = [meant(text, self._profiles) for text in texts]
        sure = [one for one in found if not isinstance(one, Bare)]
        if len(sure) == len(found):
            return sure
        with self.reading() as reader:
            chooser = Chooser(self._profiles, reader.own, reader.chats(), reader.names, may_ask=may_ask)
            return [chooser.to_enter(text) if enter else chooser.to_read(text) for text in texts]

    def reading(self) -> AbstractContextManager[Reader]:
        """The profile, to be looked into; a password is asked only where no other process has it open.

        :raises LocalError: no password, or a wrong one.
        """
        if self.is_attached:
            from pystatus.apps.cli import held_reader

            return held_reader.attached(self._profile)
        from pystatus.apps.cli import stored_reader

        return stored_reader.opened(self._profiles, self._profile, self._password)

    def message(self, beginning: str) -> Message:
        """The message whose id begins with these hexadecimal digits.

        :raises LocalError: there is none, or there are several; no password, or a wrong one.
        """
        with self.reading() as reader:
            return reader.message(beginning)

    def claimed(self, transaction_hash: str) -> bytes:
        """The signature of the account's wallet that this account has made a transaction. It is made in this process,
        as no key passes to another one that has the profile open.

        :raises LocalError: the account has none; no password, or a wrong one.
        """
        from pystatus.messenger.transaction_records import hash_bytes
        from pystatus.payloads.transactions import sign_transaction

        with self._profiles.unlock(self._profile, self._password, wallet=True, shared=True) as unlocked:
            stored, own = unlocked.account.default_wallet, unlocked.account.public_key
        if stored is None:
            raise LocalError(
                "This account has no wallet here, as it was imported from a key. Give what the wallet that paid has "
                "signed with --signature."
            )
        return sign_transaction(stored.key, own, hash_bytes(transaction_hash))

    def client(
        self,
        *,
        fleet: Fleet | None = None,
        peers: Sequence[str] = (),
        bootnodes: Sequence[str] = (),
        rendezvous_nodes: Sequence[str] = (),
        dns_lists: Sequence[str] = (),
        dns_server: str | None = None,
        proxy: str | None = None,
        mailservers: Sequence[str] = (),
        time_servers: Sequence[str] = (),
        daily_megabytes: float | None = None,
        new_device: bool = False,
        endpoint: Endpoint | None = None,
        registry: str | None = None,
        gateway: Gateway | None = None,
        sticker_market: str | None = None,
        prices: str | None = None,
    ) -> Client:
        """The client of the profile: one that others may attach to, or one that is attached itself, in whose network
        everything happens.

        :param endpoint: a node of Ethereum; ``None``: the one that the environment names, if any.
        :param registry: of ENS, likewise.
        :param gateway: of IPFS, likewise.
        :param sticker_market: the contract, likewise.
        :param prices: the service of prices, likewise.
        :raises LocalError: no password; see :meth:`Client.open`.
        """
        if self.is_attached:
            if new_device:
                self._profiles.check_unused(self._profile)
            return self.attached_client(proxy, None if endpoint is None else endpoint.url, registry)
        from pystatus.client import environment
        from pystatus.faces.attach.holder import SharedClient

        return SharedClient.open(
            self._profile.account.key_uid,
            self._password,
            data_dir=self._data_dir,
            fleet=fleet,
            peers=peers,
            bootnodes=bootnodes,
            rendezvous_nodes=rendezvous_nodes,
            dns_lists=dns_lists,
            dns_server=dns_server,
            proxy=proxy,
            mailservers=mailservers,
            time_servers=time_servers,
            mailserver_password=self._sealed_with,
            daily_history_bytes=None if daily_megabytes is None else int(daily_megabytes * 1_000_000),
            new_device=new_device,
            endpoint=environment.endpoint(proxy) if endpoint is None else endpoint,
            registry=registry or os.environ.get(REGISTRY_VARIABLE) or None,
            gateway=environment.gateway(proxy) if gateway is None else gateway,
            sticker_market=sticker_market or os.environ.get(MARKET_VARIABLE) or None,
            prices=prices or environment.prices(),
        )

    def attached_client(
        self,
        proxy: str | None = None,
        endpoint: EndpointUrl | None = None,
        registry: str | None = None,
        gateway: EndpointUrl | None = None,
        market: str | None = None,
        prices: EndpointUrl | None = None,
    ) -> Client:
        """A client that is attached to the process that has the profile open.

        :param endpoint: the node of Ethereum that is to be asked; ``None``: whichever that one asks.
        :param registry: of ENS, likewise.
        :param gateway: of IPFS, likewise.
        :param market: of stickers, likewise.
        :param prices: the service of prices, likewise.
        :raises LocalError: that one is not behind this proxy, or asks another one of these.
        """
        from pystatus.faces.attach.attached import AttachedClient

        client = AttachedClient(self._profile)
        if any(one is not None for one in (proxy, endpoint, registry, gateway, market, prices)):
            with client.reading():
                if proxy is not None:
                    _check_proxy(client, proxy)
                if endpoint is not None:
                    _check_endpoint(client, endpoint)
                if registry is not None:
                    _check_registry(client, registry)
                if gateway is not None:
                    _check_gateway(client, gateway)
                if market is not None:
                    _check_market(client, market)
                if prices is not None:
                    _check_prices(client, prices)
        return client


def _check_registry(client: Client, registry: str) -> None:
    """
    :raises LocalError: who has the profile open asks another registry of ENS.
    """
    used = client.network().registry
    if used.lower() != registry.lower():
        asked = used or "the registry of ENS that is known on its chain"
        raise LocalError(
            f"The profile is open in another pystatus, which asks {asked}, and not {registry}. Stop that one, or leave "
            f"out --registry and {REGISTRY_VARIABLE}."
        )


def _check_market(client: Client, market: str) -> None:
    """
    :raises LocalError: who has the profile open asks another market of stickers.
    """
    used = client.network().sticker_market
    if used.lower() != market.lower():
        asked = used or "the market of stickers that is known on its chain"
        raise LocalError(
            f"The profile is open in another pystatus, which asks {asked}, and not {market}. Stop that one, or leave "
            f"out --market and {MARKET_VARIABLE}."
        )


def _check_endpoint(client: Client, endpoint: EndpointUrl) -> None:
    """
    :raises LocalError: who has the profile open asks another node, or none.
    """
    used = client.network().endpoint
    if not used:
        raise LocalError(
            "The profile is open in another pystatus, which was started without a node of Ethereum, and asks none. "
            f"Stop that one, or set {ENDPOINT_VARIABLE} for the process that has the profile open."
        )
    if used != str(endpoint):
        raise LocalError(
            f"The profile is open in another pystatus, which asks the node of Ethereum at {used}, and not {endpoint}. "
            f"Stop that one, or leave out --endpoint and {ENDPOINT_VARIABLE} to ask its node."
        )


def _check_gateway(client: Client, gateway: EndpointUrl) -> None:
    """
    :raises LocalError: who has the profile open asks another gateway, or none.
    """
    used = client.network().gateway
    if used != str(gateway):
        asked = f"asks the gateway of IPFS at {used}, and not {gateway}" if used else "asks no gateway of IPFS"
        raise LocalError(
            f"The profile is open in another pystatus, which {asked}. Stop that one, or leave out --gateway and "
            f"{GATEWAY_VARIABLE} to do what it can."
        )


def _check_prices(client: Client, prices: EndpointUrl) -> None:
    """
    :raises LocalError: who has the profile open asks another service of prices, or none.
    """
    used = client.network().prices
    if used != str(prices):
        asked = f"asks the service of prices at {used}, and not {prices}" if used else "asks no service of prices"
        raise LocalError(
            f"The profile is open in another pystatus, which {asked}. Stop that one, or leave out --prices and "
            f"{PRICES_VARIABLE} to do what it can."
        )


def _check_proxy(client: Client, proxy: str) -> None:
    """
    :raises LocalError: who has the profile open is not behind this one.
    """
    from pystatus.net.proxy import Proxy

    used = client.network().proxy
    if used and used != str(Proxy.parse(proxy)):
        raise LocalError(
            f"The profile is open in another pystatus, which uses the proxy {used}, and what you do would go out there."
            " Stop that one, or leave out --proxy."
        )
    if not used:
        raise LocalError(
            "The profile is open in another pystatus, which uses no proxy, and what you do would go out there. Stop "
            "that one, or leave out --proxy."
        )
