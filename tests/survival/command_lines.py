"""Command lines that use every option of every command once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SAMPLES: Mapping[str, Sequence[str]] = {
    "ADDRESS[:PORT]": ["127.0.0.1:53"],
    "ARCHIVE": ["archive.db"],
    "BASE": ["z"],
    "BYTES": ["20000000"],
    "CHAT": ["#status"],
    "CURSOR": ["17-" + "ab" * 32],
    "DAYS": ["2"],
    "DEVICE": ["0d"],
    "DIR": ["folder"],
    "ENODE": ["enode://" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
              "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8@127.0.0.1:30303"],
    "ENRTREE": ["enrtree://AM5FCQLWIZX2QFPNJAP7VUERCCRNGRHWZG3YYHIUV7BVDQ5FDPRT2@nodes.example.org"],
    "FILE": ["file"],
    "FILE|URL": ["archive.db", "postgresql://someone@localhost/archive"],
    "HOST": ["127.0.0.1"],
    "HOST:PORT": ["127.0.0.1:0"],
    "LEVEL[,MODULE=LEVEL…]": ["info", "info,pystatus.net=debug"],
    "MB": ["5"],
    "METHOD": ["waku_info"],
    "N": ["3"],
    "N[-M]": ["2", "1-3"],
    "NAME": ["alice"],
    "[PARAMS]...": ["1"],
    "PERCENT": ["10"],
    "PORT": ["0"],
    "POW": ["0.002"],
    "PROFILE": ["alice"],
    "SECONDS": ["2"],
    "SOURCE": ["node.pcap"],
    "TEXT": ["hello"],
    "URL": ["http://127.0.0.1:8545"],
    "[console|json]": ["json"],
}  # fmt: skip
"""What can stand for a value, by its name in the help."""
OTHERS = {"--log-format": ["console", "json"], "--identicon": ["alice.svg"], "--size": ["500"]}
"""By option, where the name of the value does not say it, or the option has bounds of its own."""


def command_lines(command: Any, words: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """All of a command, or of a group of commands."""
    below = getattr(command, "commands", None)
    if below is not None:
        for name in below:
            yield from command_lines(below[name], (*words, name))
        return
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    needed = [SAMPLES[one.metavar][0] for one in arguments if one.required]
    yield [*words, *needed]
    yield [*words, *(SAMPLES[one.metavar][0] for one in arguments)]
    for option in command.params:
        if option.param_type_name == "argument":
            continue
        (name,) = option.opts
        if getattr(option, "is_flag", False):
            yield [*words, *needed, name]
            continue
        for value in OTHERS.get(name) or SAMPLES[option.metavar]:
            yield [*words, *needed, *[name, value] * (2 if option.multiple else 1)]


def variables(command: Any, words: str = "") -> Iterator[tuple[str, str, str]]:
    """The environment variables of options: command, option, variable."""
    below = getattr(command, "commands", None)
    if below is not None:
        for name in below:
            yield from variables(below[name], f"{words} {name}".strip())
        return
    for option in command.params:
        if option.envvar:
            yield words, option.opts[0], option.envvar


def parse(command: Any, line: Sequence[str]) -> None:
    """Let a command take its command line, without running it.

    :raises Exception: there is no such command, or it does not take the line, or a value in it.
    """
    rest = list(line)
    while getattr(command, "commands", None) is not None:
        context = command.make_context(command.name, rest)
        _, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(command.name, rest)
