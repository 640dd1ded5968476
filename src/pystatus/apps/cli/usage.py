"""Mistakes on the command line as sentences, whoever notices them: our readers of values, or typer."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import typer

from pystatus.apps.cli.values import BadValue

_NO_COMMAND = re.compile(r"No such command '([\w-]+)'")
"""How that of click begins where there is no such command."""
_TOO_MANY = "Got unexpected extra argument"
"""How the sentence of typer begins when there are more arguments than the command has."""


OTHER_NAMES = {
    "receive": "listen",
    "listcontacts": "contact list",
    "listgroups": "group list",
    "listdevices": "device list",
    "updategroup": "group",
    "quitgroup": "group leave",
    "updateprofile": "profile",
    "sendreaction": "message react",
    "remotedelete": "message delete",
    "register": "account create",
    "link": "device pair",
    "jsonrpc": "daemon --stdio",
    "contacts": "contact list",
    "groups": "group list",
    "list": "conversation list",
    "tui": "chat",
}
"""What commands are called in signal-cli and the like, and by who guesses."""


def sentence(error: typer.TyperException) -> str:
    """What is wrong, with the name of the option, argument or variable, and where more is told if it is not clear."""
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if isinstance(error, BadValue):
        return error.wrong.said_of(_name(context, parameter))
    hint = f" See: {context.command_path} --help" if context is not None else ""
    if getattr(error, "option_name", None) == "--json":
        return f"--json stands behind the command, as in: pystatus account list --json.{hint}"
    if isinstance(error, typer.BadParameter) and parameter is not None and not error.message:  # it is not there
        return f"{_name(context, parameter)} is missing.{_quoting(context)}{hint}"
    _keep_alike(error)
    text = error.format_message()
    if (unknown := _NO_COMMAND.match(text)) and (other := OTHER_NAMES.get(unknown[1].replace("-", "").lower())):
        return f"There is no command {unknown[1]!r}: pystatus {other} does that.{hint}"
    if hasattr(error, "possibilities") and not error.possibilities and _takes(context, "TEXT"):
        hint = f" A text that begins with a hyphen goes behind --, and after all options.{hint}"
    quoting = _quoting(context) if text.startswith(_TOO_MANY) else ""
    return f"{text}{'' if text.endswith(('.', '?')) else '.'}{quoting}{hint}"


def _keep_alike(error: Any) -> None:
    """Of the options that typer proposes, keep those with a similar name: it compares the hyphens in front, too."""
    if getattr(error, "possibilities", None) and getattr(error, "option_name", None):
        names = {option.lstrip("-"): option for option in error.possibilities}
        error.possibilities = [names[one] for one in get_close_matches(error.option_name.lstrip("-"), names)]


def _takes(context: Any, argument: str) -> bool:
    """Whether the command has an argument of that name."""
    return context is not None and any(
        one.param_type_name == "argument" and str(one.metavar).strip("[].") == argument
        for one in context.command.params
    )


def _quoting(context: Any) -> str:
    """What a shell may have made of the arguments of a command that takes a chat: fewer, or more, than were meant."""
    if not _takes(context, "CHAT"):
        return ""
    return " Quote the name of a public chat and a text of several words: '#status' 'Hello everybody!'."


def _name(context: Any, parameter: Any) -> str:
    """What the person wrote, or would have to write."""
    if parameter is None:
        return "A value"
    source = context.get_parameter_source(parameter.name) if context is not None else None
    if parameter.envvar and getattr(source, "name", "") == "ENVIRONMENT":
        return str(parameter.envvar)
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).strip("[].")
    return str(max(parameter.opts, key=len))


def is_help(error: typer.TyperException) -> bool:
    """Whether a group was called without its command; the text of the error is its help."""
    return type(error).__name__ == "NoArgsIsHelpError"  # typer does not give its name away
