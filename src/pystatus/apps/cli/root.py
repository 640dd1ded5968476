"""``pystatus``: the command line, and what becomes of errors.

Nothing expensive is imported before a command needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from pystatus.apps.cli import command_log, output, streams, usage
from pystatus.apps.cli.catalogue import Commands
from pystatus.apps.cli.exits import Exit, NoReader, code_of
from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.logs.levels import Levels
from pystatus.version import VERSION

log = get_logger(__name__)


class RootCommand(TyperGroup):
    """The root command: turns every error that pystatus raises on purpose into a sentence and an exit code."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._found = Commands()
        self.commands = self._found  # type: ignore[assignment]  # nothing is added to it

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of all commands."""
        with self._unloaded():
            super().format_commands(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """What a shell offers."""
        with self._unloaded():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _unloaded(self) -> Iterator[None]:
        """Inside, commands have a name and a summary only, and none is imported."""
        entries = self._found.entries.values()
        self.commands = {one.name: TyperCommand(one.name, short_help=one.summary) for one in entries}
        try:
            yield
        finally:
            self.commands = self._found  # type: ignore[assignment]  # as above

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
        as_json = _wants_json(arguments)
        command_log.set_up(Levels(), None, as_json=as_json, plain=True)  # until a command does so that has a level
        code = self._run(arguments, complete_var, extra, as_json)
        try:
            sys.stdout.flush()
        except StatusError as error:
            code = _told(error, as_json)
        sys.exit(code)

    def _run(self, arguments: list[str], complete_var: str | None, extra: dict[str, Any], as_json: bool) -> int:
        try:
            return int(super().main(arguments, "pystatus", complete_var, standalone_mode=False, **extra) or Exit.DONE)
        except StatusError as error:
            return _told(error, as_json)
        except typer.TyperException as error:  # mistakes on the command line
            if usage.is_help(error):
                typer.echo(error.format_message(), err=True)
            else:
                output.error(usage.sentence(error), as_json)
            return Exit.REFUSED
        except typer.Abort:  # the end of the input where an answer was expected
            output.error("Nothing was done: the input ended before the question was answered.", as_json)
        except OSError as error:  # a file that no command expects to be as it is
            log.debug("unexpected error of the system", exc_info=error)
            about = "The system refuses" if error.filename is None else f"The path {error.filename} cannot be used"
            output.error(f"{about}: {error.strerror or error}.", as_json)
        return Exit.FAILED

    def invoke(self, ctx: Any) -> Any:
        """Run the command. What breaks under it is not standard output, which has an error of its own; typer would end
        without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise LocalError("A connection has ended in the middle. Try again.") from error


def _told(error: StatusError, as_json: bool) -> Exit:
    """Say what is to be said of ``error``; the exit code."""
    if not isinstance(error, NoReader):
        output.error(error, as_json)
    return code_of(error)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether errors are to be JSON. Asked of the raw arguments, because they may be what is wrong."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


app = typer.Typer(
    cls=RootCommand,
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it needs 0.1 s less, and scripts see the same text as people
    pretty_exceptions_enable=False,  # these print the values of variables, passwords included
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
    if not streams.set_up():  # going on could lose recovery words that nobody has seen
        output.error("Standard output is closed. If nobody wants it, redirect it to /dev/null.", as_json=False)
        sys.exit(Exit.FAILED)
    app()
