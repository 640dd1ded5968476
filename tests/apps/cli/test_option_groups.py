"""Options that come together are one parameter of a command, and all of them on its command line."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from pystatus.apps.cli.catalogue import Commands
from pystatus.apps.cli.option_groups import NetworkOptions, ProfileOptions, grouped
from pystatus.errors import Refused


@dataclass
class Place:
    """Where something is."""

    country: Annotated[str, typer.Argument()]
    planet: Annotated[str, typer.Option("--planet")] = "Earth"


@dataclass
class Address(Place):
    """More exactly."""

    street: Annotated[str, typer.Option("--street")] = ""


def test_arguments_stand_where_the_group_does_and_options_follow_those_of_the_command() -> None:
    @grouped
    def command(
        given: Address,
        name: Annotated[str, typer.Argument()],
        loud: Annotated[bool, typer.Option("--loud")] = False,
    ) -> None:
        """Say hello."""
        typer.echo(f"{name} {loud} {given.country} {given.planet} {given.street}")

    assert list(inspect.signature(command).parameters) == ["country", "name", "loud", "street", "planet"]
    assert command.__doc__ == "Say hello."
    app = typer.Typer()
    app.command()(command)
    said = CliRunner().invoke(app, ["Peru", "alice", "--street", "Jirón 1", "--loud"])
    assert said.output == "alice True Peru Earth Jirón 1\n"


def test_what_is_wrong_with_the_network_is_told_before_a_password_is_asked() -> None:
    with pytest.raises(Refused, match="No relay is given"):
        NetworkOptions("alice").check()
    with pytest.raises(Refused, match="Only one thing can be read from standard input"):
        NetworkOptions("alice", Path("-"), peer=["enode://x"]).check(Path("-"))


def test_every_command_that_connects_a_profile_takes_the_same_ways_to_the_network() -> None:
    """A command that names relays, and does not take all the ways to find them, was written by hand."""
    network = inspect.signature(grouped(_nothing)).parameters.keys() - {"profile", "context"}
    for name in ("send", "listen", "fetch", "contact", "device", "group", "link", "media", "message", "transaction"):
        for path, parameters in _commands(name):
            if "peer" in parameters and "profile" in parameters:
                assert network <= parameters, path


def _nothing(given: NetworkOptions) -> None: ...


def _commands(name: str) -> list[tuple[str, set[str]]]:
    found = Commands()[name]
    below = getattr(found, "commands", None) or {"": found}
    return [(f"{name} {one}", {each.name for each in command.params}) for one, command in below.items()]


def test_a_group_is_no_parameter_of_the_command_line() -> None:
    parameters = inspect.signature(grouped(_shown)).parameters
    assert list(parameters) == ["profile", "password_file", "data_dir", "as_json"]


def _shown(given: ProfileOptions) -> None: ...
