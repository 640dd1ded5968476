"""Options that come together: one parameter of a command stands for all of a group.

A command that opens a profile takes a :class:`ProfileOptions`, one that connects it to the network a
:class:`NetworkOptions`; :func:`grouped` spreads them out for typer. A new way to find peers is one more field here, and
every command has it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cached_property, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from typer import Context
from typer.models import ArgumentInfo

from pystatus.apps.cli import command_log, networks
from pystatus.apps.cli.options import (
    DEFAULT_LEVELS,
    NOTHING_BY_PROXY,
    AsJson,
    Bootnodes,
    DataDir,
    DnsLists,
    DnsServer,
    FleetOption,
    JoinOption,
    LogFormatOption,
    LogLevelOption,
    MailserverPassword,
    Mailservers,
    PasswordFile,
    Peers,
    ProfileArgument,
    ProxyOption,
    RendezvousNodes,
    TimeServers,
    dns_lists,
    given_bootnodes,
    one_reader_of_stdin,
    peers,
    rendezvous_nodes,
    some_peers,
    time_servers,
)
from pystatus.apps.cli.output import Output, warn
from pystatus.errors import LocalError, Refused
from pystatus.wording import listed

if TYPE_CHECKING:  # loaded by the command that needs it
    from pystatus.apps.cli.profile_access import ProfileAccess
    from pystatus.apps.cli.profile_reader import Reader
    from pystatus.client import Client
    from pystatus.fleets.fleet import Fleet
    from pystatus.storage.descriptions import Profile
    from pystatus.storage.profiles import Profiles


_NOTHING_TYPED: Mapping[str, str] = {}


@dataclass
class ProfileOptions:
    """A profile to be opened, and how results look."""

    profile: ProfileArgument
    password_file: PasswordFile = None
    data_dir: DataDir = None
    as_json: AsJson = False

    @cached_property
    def out(self) -> Output:
        """Where results go."""
        return Output(as_json=self.as_json)

    @cached_property
    def profiles(self) -> Profiles:
        """Those of the data directory."""
        from pystatus.storage.profiles import Profiles

        return Profiles(self.data_dir)

    @cached_property
    def stored(self) -> Profile:
        """The profile that is meant.

        :raises LocalError: there is none, or there are several.
        """
        return self.profiles.find(self.profile)

    @cached_property
    def password(self) -> str:
        """Of the profile.

        :raises LocalError: none is given, or a wrong one.
        """
        from pystatus.apps.cli import passwords

        return passwords.password(self.password_file, partial(self.profiles.check_password, self.stored))

    def reading(self) -> AbstractContextManager[Reader]:
        """The profile, to be looked into, also while another process has it open: if that one serves it, no password is
        asked.

        :raises LocalError: no such profile; no password, or a wrong one.
        """
        from pystatus.faces.attach.place import is_served

        if is_served(self.stored):
            from pystatus.apps.cli import held_reader

            return held_reader.attached(self.stored)
        from pystatus.apps.cli import stored_reader

        return stored_reader.opened(self.profiles, self.stored, self.password)

    def find(self) -> None:
        """Look whether there is such a profile, before anything is asked.

        :raises LocalError: there is none, or there are several.
        """
        self.stored  # noqa: B018 - it looks when it is made

    def find_unused(self) -> None:
        """The same for one that is to be changed.

        :raises LocalError: there is no such profile, or another process has it open.
        """
        self.access  # noqa: B018 - it looks when it is made

    def find_unopened(self) -> None:
        """The same for one that this process has to hold itself: nobody else has it open.

        :raises LocalError: there is no such profile, or another process has it open.
        """
        self.profiles.check_unused(self.stored)

    @cached_property
    def access(self) -> ProfileAccess:
        """The profile, to be opened by this process, or used where another one has it open.

        :raises LocalError: see :class:`ProfileAccess`.
        """
        from pystatus.apps.cli.profile_access import ProfileAccess

        return ProfileAccess(self.profile, self.password_file, self.data_dir)


@dataclass
class NetworkOptions(ProfileOptions):
    """A profile to be connected to the network, and where the network is."""

    typed = _NOTHING_TYPED
    """The parameters that stand on the command line, and how each is called there; no option of its own."""

    peer: Peers = None
    bootnode: Bootnodes = None
    rendezvous: RendezvousNodes = None
    dns_list: DnsLists = None
    dns_server: DnsServer = None
    proxy: ProxyOption = None
    mailserver: Mailservers = None
    mailserver_password_file: MailserverPassword = None
    fleet: FleetOption = None
    join: JoinOption = None
    time_server: TimeServers = None

    def check(self, *read: Path | None) -> None:
        """What is wrong with what was given is told before the password is asked.

        :param read: files that the command itself reads.
        :raises LocalError: there is nobody to connect to, or no such network; several things are read from standard
            input.
        """
        one_reader_of_stdin(self.password_file, self.mailserver_password_file, *read)
        time_servers(self.time_server)
        if self.is_served:
            self.say_what_is_not_used()
            return
        bootnodes, lists = self.bootnodes, self.dns_lists
        if self.proxy is not None:
            found = [*self.relays, *self.rendezvous_nodes, *self.mailservers, *(lists if self.dns_server else ())]
            if (bootnodes or lists) and not found:
                raise Refused(NOTHING_BY_PROXY)
        named = [*bootnodes, *self.rendezvous_nodes, *lists, *self.mailservers]
        some_peers([*(self.peer or ()), *self.relays], named)

    @cached_property
    def is_served(self) -> bool:
        """Another pystatus has the profile open, and its network is used: what is named here is not needed."""
        from pystatus.faces.attach.place import is_served

        try:
            return is_served(self.stored)
        except LocalError:  # there is no such profile: it is said where it is opened
            return False

    @property
    def names_nodes(self) -> bool:
        """Whether nodes are named, or what finds them, beside a network."""
        return any((self.peer, self.bootnode, self.rendezvous, self.dns_list, self.mailserver))

    @cached_property
    def network(self) -> Fleet | None:
        """The one to join; ``None``: none is named.

        :raises LocalError: there is no such network, or what names it is malformed.
        """
        from pystatus.net.proxy import Proxy

        return networks.network(self.fleet, self.join, proxy=None if self.proxy is None else Proxy.parse(self.proxy))

    def _all(self, named: Sequence[str], kind: str) -> list[str]:
        """Those that are named, and those of the network."""
        return [*named, *(getattr(self.network, kind) if self.network is not None else ())]

    @cached_property
    def relays(self) -> list[str]:
        """Those that are named."""
        return self._all(peers(self.peer), "relays")

    @cached_property
    def bootnodes(self) -> list[str]:
        """Nodes of Discovery v5 to find relays by.

        :raises Refused: there are very many.
        """
        return self._all([str(enode) for enode in given_bootnodes(self.bootnode)], "bootnodes")

    @cached_property
    def rendezvous_nodes(self) -> list[str]:
        """Rendezvous nodes to find relays by.

        :raises Refused: there are very many.
        """
        return self._all(rendezvous_nodes(self.rendezvous), "rendezvous_nodes")

    @cached_property
    def dns_lists(self) -> list[str]:
        """Node lists to find relays in.

        :raises Refused: they do not go together.
        """
        return self._all(dns_lists(self.dns_list), "dns_lists")

    @cached_property
    def mailservers(self) -> list[str]:
        """Those that are named."""
        return self._all(peers(self.mailserver), "mailservers")

    @cached_property
    def access(self) -> ProfileAccess:
        """See there."""
        from pystatus.apps.cli.profile_access import ProfileAccess

        return ProfileAccess(self.profile, self.password_file, self.data_dir, self.mailserver_password_file)

    def client(self, *, daily_megabytes: float | None = None) -> Client:
        """The client of the profile, which connects to all of them.

        :raises LocalError: see :meth:`ProfileAccess.client`.
        """
        if self.access.is_attached:
            self.say_what_is_not_used()
            return self.access.attached_client(self.proxy)
        return self.access.client(
            fleet=self.network,
            peers=self.relays,
            bootnodes=self.bootnodes,
            rendezvous_nodes=self.rendezvous_nodes,
            dns_lists=self.dns_lists,
            dns_server=self.dns_server,
            proxy=self.proxy,
            mailservers=self.mailservers,
            time_servers=time_servers(self.time_server),
            daily_megabytes=daily_megabytes,
        )

    def say_what_is_not_used(self) -> None:
        """Who has the profile open is connected already. What stands in the environment is meant for all commands, and
        nobody misses it here."""
        own = {one.name for one in fields(ProfileOptions)}
        decided = {one.name for one in fields(NetworkOptions)} - own - {"proxy"} | {"daily_history"}
        options = [option for name, option in self.typed.items() if name in decided]
        if options:
            warn(
                f"The profile is open in another pystatus, which decides about {listed(options)}: what you gave is not "
                "used. To use it, stop that one first."
            )
        self.typed = {}  # once is enough


@dataclass
class LogOptions:
    """What is logged to standard error."""

    log_level: LogLevelOption = DEFAULT_LEVELS
    log_format: LogFormatOption = None

    def set_up(self, *, as_json: bool) -> None:
        """Log so from now on."""
        is_asked_for = self.log_level != DEFAULT_LEVELS
        command_log.set_up(self.log_level, self.log_format, as_json=as_json, plain=not is_asked_for)


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """``command``, with the fields of its groups in their place: an argument stands where the group does, options
    follow those of the command itself."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}
    spread: list[inspect.Parameter] = []
    options: list[inspect.Parameter] = []
    for name, own in inspect.signature(command).parameters.items():
        if name in groups:
            for one in _parameters(groups[name]):
                (spread if _is_argument(one.annotation) else options).append(one)
        else:
            spread.append(own.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def run(**given: Any) -> None:
        context = given.pop(_CONTEXT, None)
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
            if context is not None and issubclass(group, NetworkOptions):
                given[name].typed = _typed(context)
        command(**given)

    parameters = [*spread, *options]
    if any(issubclass(group, NetworkOptions) for group in groups.values()):
        parameters.append(inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=Context))
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer looks at
    return run


_CONTEXT = "context"
"""What typer hands a command besides its parameters."""


def _typed(context: Context) -> Mapping[str, str]:
    """The parameters that somebody has typed, and how each is called."""
    return {
        one.name: max(one.opts, key=len)
        for one in context.command.params
        if one.name and getattr(context.get_parameter_source(one.name), "name", "") == "COMMANDLINE"
    }


def _parameters(group: type[Any]) -> Sequence[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    inherited_last = sorted(fields(group), key=lambda one: one.name not in group.__annotations__)
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in inherited_last
    ]


def _is_argument(annotation: Any) -> bool:
    return any(isinstance(made, ArgumentInfo) for made in getattr(annotation, "__metadata__", ()))
