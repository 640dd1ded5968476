"""All commands with all their parameters, as the command line itself has them, so that later ones are among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer.main

from pystatus.apps.cli import name_values, values, wallet_values
from pystatus.apps.cli.root import app
from pystatus.apps.cli.values import Reader
from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.enr import NodeRecord
from pystatus.settings import kinds
from pystatus.settings.kinds import Kind

ENODE = f"enode://{PrivateKey(bytes(31) + bytes([1])).public_key.xy.hex()}@127.0.0.1:1"
LIST = "enrtree://AKPYQIUQIL7PSIACI32J7FGZW56E5FKHEFCCOFHILBIMW3M6LWXS2@list.example.org"
RECORD = str(NodeRecord.sign(PrivateKey(bytes(31) + bytes([1])), 1, {}))
MESSAGE = f"0x{bytes(32).hex()}"
"""The id of a message."""
SOMEBODY = PrivateKey(bytes([2] * 32)).public_key.hex
LINK = f"https://join.status.im/g/args?a={SOMEBODY}&a1=harbour&a2=11111111-2222-4333-8444-555555555555-{SOMEBODY}"

ADDRESS = f"0x{bytes([7] * 20).hex()}"
CONTENT = "ipfs://bafybeibj6lixxzqtsb45ysdjnupvqkufgdvzqbnvmhw2kf7cfkesy7r7d4"
"""What a name has for browsers."""
HASH = f"0x{bytes([7] * 32).hex()}"
"""Of a transaction."""

GOOD: tuple[tuple[Kind, str], ...] = (
    (values.PROFILE, "alice"),
    (values.PROFILE_NAME, "bob"),
    (values.CHAT, "#status"),
    (values.MESSAGE, "hello"),
    (values.DEVICE, "3f0c"),
    (values.PERSON, SOMEBODY),
    (values.CONTACT, SOMEBODY),
    (values.NICKNAME, "Bob"),
    (values.ENS_NAME, "alice.eth"),
    (values.GROUP, "harbour"),
    (values.GROUP_NAME, "harbour"),
    (values.REQUEST, "5a"),
    (values.LINK, LINK),
    (values.GIVEN_LINK, LINK),
    (values.LINKED, "#status"),
    (values.MESSAGE_ID, MESSAGE),
    (values.REACTION, "love"),
    (values.AMOUNT, "2000"),
    (values.ADDRESS, ADDRESS),
    (wallet_values.ENDPOINT, "http://127.0.0.1:8545"),
    (wallet_values.DECIMAL, "0.25"),
    (wallet_values.ACCOUNT, "Savings"),
    (wallet_values.ACCOUNT_NAME, "Savings"),
    (wallet_values.RECIPIENT, ADDRESS),
    (wallet_values.CALL_DATA, "0x12345678"),
    (wallet_values.HASH_BEGINNING, HASH),
    (name_values.NAME, "alice.eth"),
    (name_values.USERNAME, "abc"),
    (name_values.CONTENT, CONTENT),
    (values.TRANSACTION_HASH, HASH),
    (values.STICKER, "e30101701220ab"),
    (values.WORDS, "hello"),
    (values.DEVICE_NAME, "laptop"),
    (values.RELAY, ENODE),
    (values.RELAYS, ENODE),
    (values.TOPIC, "whisper"),
    (values.RECORD, RECORD),
    (values.SOURCE, "capture"),
    (values.METHOD, "net_version"),
    (values.NODE_LIST, LIST),
    (values.DOMAIN, "nodes.example.org"),
    (kinds.ARCHIVE, "archive.db"),
    (kinds.PATH, "file"),
    (kinds.FLEET, "eth.prod"),
    (values.ANYTHING, "text"),
)
"""What an argument of each kind may be."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that is no group."""

    words: tuple[str, ...]
    parameters: tuple[Any, ...]
    """Of typer; without ``--help``."""

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def arguments(self) -> tuple[str, ...]:
        """A good value for each argument that has to be there."""
        return tuple(good_for(one) for one in self.parameters if one.param_type_name == "argument" and one.required)

    @property
    def with_values(self) -> tuple[Any, ...]:
        """The parameters that take a value."""
        return tuple(one for one in self.parameters if not getattr(one, "is_flag", False))


def commands() -> list[Command]:
    """All of them."""
    return list(_below(typer.main.get_command(app), ()))


def _below(command: Any, words: tuple[str, ...]) -> Iterator[Command]:
    below = getattr(command, "commands", None)
    if below is None:
        yield Command(words, tuple(one for one in command.params if "--help" not in one.opts))
    else:
        for name, each in below.items():
            yield from _below(each, (*words, name))


def kind_of(parameter: Any) -> Kind:
    """What a parameter may hold."""
    reader = parameter.type_descriptor.parameter_info.parser
    assert isinstance(reader, Reader), f"{parameter.opts} is not made by pystatus.apps.cli.values"
    return reader.kind


def good_for(parameter: Any) -> str:
    """A value that a parameter may have."""
    if kind_of(parameter).bounds:
        return "4"
    return next(text for kind, text in GOOD if kind is kind_of(parameter))


def name_of(parameter: Any) -> str:
    """As a sentence names it."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).strip("[].")
    return str(max(parameter.opts, key=len))
