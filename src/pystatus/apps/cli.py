"""``pystatus``: the command line. This module holds the table of commands and what becomes of errors.

Exit codes: 0 it is done, 1 it is not (a sentence on stderr says why), 2 the command line is wrong, 3 a message is
stored but no relay took it in time, 130 interrupted. Nothing expensive is imported before a command needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pystatus.apps import logs, output
from pystatus.apps.commands import (
    account,
    archive,
    canary,
    config,
    demo,
    device,
    dns_list,
    fetch,
    history,
    inspect,
    listen,
    mailserver,
    node,
    rpc,
    send,
    simulate,
)
from pystatus.apps.levels import Levels
from pystatus.errors import StatusError
from pystatus.version import VERSION


class Commands(TyperGroup):
    """The root command: turns every error that pystatus raises on purpose into a sentence and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of the help: first what one needs first."""
        return [
            "account",
            "device",
            "send",
            "listen",
            "history",
            "fetch",
            "node",
            "mailserver",
            "archive",
            "enode",
            "inspect",
            "dns-list",
            "config",
            "canary",
            "rpc",
            "demo",
            "simulate",
        ]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line ``args``. Never returns: ends with :class:`SystemExit`, or an unexpected exception."""
        arguments = list(sys.argv[1:] if args is None else args)
        logs.set_up(Levels(), None, as_json=_wants_json(arguments))  # until a command does so that has a level
        try:
            code = super().main(arguments, "pystatus", complete_var, standalone_mode=False, **extra)
        except StatusError as error:
            output.error(error, as_json=_wants_json(arguments))
            code = getattr(error, "exit_code", 1)
        except typer.TyperException as error:  # mistakes on the command line; typer itself prints its usage with them
            if _wants_json(arguments):
                output.error(error.format_message(), as_json=True)
            else:
                error.show()  # type: ignore[attr-defined]  # all that typer raises are of a subclass that has it
            code = error.exit_code
        except typer.Abort:  # the end of the input where an answer was expected
            output.error("Nothing was done: the input ended before the question was answered.", _wants_json(arguments))
            code = 1
        sys.exit(code)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether errors are to be JSON. Asked of the raw arguments, because they may be what is wrong."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


app = typer.Typer(
    cls=Commands,
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it needs 0.1 s less, and scripts see the same text as people
    pretty_exceptions_enable=False,  # these print the values of variables, passwords included
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(account.app, name="account")
app.add_typer(device.app, name="device")
app.command("node", short_help="Run a relay.")(node.node)
app.command("mailserver", short_help="Run a relay that keeps messages for those who are offline.")(
    mailserver.mailserver
)
app.add_typer(archive.app, name="archive")
app.command("enode", short_help="Print the address of a relay.")(node.enode)
app.add_typer(config.app, name="config", short_help="Check and show the settings of a relay.")
app.command("canary", short_help="Check that a relay works.")(canary.canary)
app.command("rpc", short_help="Call a running node.")(rpc.rpc)
app.command("send", short_help="Send a message and wait until a relay has it.")(send.send)
app.command("listen", short_help="Print messages as they arrive.")(listen.listen)
app.command("history", short_help="Show what was said in a chat.")(history.history)
app.command("fetch", short_help="Fetch what mailservers have kept meanwhile.")(fetch.fetch)
app.command("inspect", short_help="See what passes a relay.")(inspect.inspect)
app.command("dns-list", short_help="Show the nodes of a list in DNS.")(dns_list.dns_list)
app.add_typer(simulate.app, name="simulate", short_help="Try the protocol in simulated time.")
app.command("demo", short_help="Try it: a chat with an echo contact, all on this machine.")(demo.demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pystatus {VERSION}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Status v1: private messages over an open peer-to-peer network.

    Every command takes --json: then each result is one JSON object on a line of its own, and an error is
    {"error": "sentence"} on standard error.
    """


def main() -> None:
    """The entry point of the installed command."""
    if sys.stdout is None:  # going on could write recovery words, or a database, into the wrong file
        output.error("Standard output is closed. If nobody wants it, redirect it to /dev/null.", as_json=False)
        sys.exit(1)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        # What a terminal's encoding does not have is replaced, so that a stranger's emoji does not end the program.
        stream.reconfigure(errors="replace")
    app()
