"""Commands are found by their files."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pystatus.apps.cli import catalogue, commands, main, root
from pystatus.apps.cli.catalogue import Commands
from tests.apps.support import Cli, made_commands, process_environment

MODULES = sorted(path.stem for path in Path(commands.__path__[0]).glob("[a-z]*.py"))


def complete(cli: Cli, words: str, number: int) -> list[str]:
    """What a shell offers for a word of a command line."""
    done = subprocess.run(
        [sys.executable, "-c", "from pystatus.apps.cli import main; main()"],
        env=process_environment(
            cli.data_dir, _PYSTATUS_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(number)
        ),
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_every_module_is_a_command() -> None:
    assert sorted(entry.module for entry in catalogue.entries()) == MODULES
    assert len({entry.place for entry in catalogue.entries()}) == len(MODULES)


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.name)
def test_the_list_says_what_the_module_says(entry: catalogue.Entry) -> None:
    module = importlib.import_module(f"pystatus.apps.cli.commands.{entry.module}")
    assert (entry.summary, entry.place) == (module.SUMMARY, module.PLACE)
    assert Commands()[entry.name].name == entry.name


OF_ONE_COMMAND = {"notify"}
"""Groups in which there is one command so far."""


@pytest.mark.parametrize("group", ["", *sorted(name for name, one in Commands().items() if hasattr(one, "commands"))])
def test_no_summary_is_cut_off(group: str, cli: Cli) -> None:
    listed = cli.text(*group.split(), "--help").split("Commands:")[1].strip("\n").splitlines()
    assert len(listed) >= (1 if group in OF_ONE_COMMAND else 2)
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


def test_ctrl_c_while_the_commands_are_loaded_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(root, "main", interrupted)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 130
    assert capsys.readouterr() == ("", "")


def test_a_new_command_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    (tmp_path / "say_hello.py").write_text(
        'SUMMARY = "Say hello."\nPLACE = 1\n\n\ndef say_hello() -> None:\n    print("hello")\n'
    )
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    made_commands.cache_clear()
    assert re.search(r"^  say-hello +Say hello\.$", cli.run("--help").stdout, re.MULTILINE)
    assert "pystatus.apps.cli.commands.say_hello" not in sys.modules
    try:
        assert cli.run("say-hello").stdout == "hello\n"
    finally:
        made_commands.cache_clear()
        sys.modules.pop("pystatus.apps.cli.commands.say_hello", None)


def test_a_package_without_sources_has_its_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import py_compile

    source = tmp_path / "compiled.txt"
    source.write_text('SUMMARY = "Say hello."\nPLACE = 1\n')
    py_compile.compile(str(source), str(tmp_path / "compiled.pyc"), doraise=True)
    monkeypatch.setattr(commands, "__path__", [str(tmp_path)])
    try:
        assert catalogue.entries() == [catalogue.Entry("compiled", "compiled", "Say hello.", 1)]
    finally:
        sys.modules.pop("pystatus.apps.cli.commands.compiled", None)


def test_a_shell_completes_commands_and_what_is_below_them(cli: Cli) -> None:
    assert complete(cli, "pystatus a", 1) == ["account", "archive"]
    assert complete(cli, "pystatus archive s", 2) == ["show"]


def test_a_slip_of_the_pen_is_told(cli: Cli) -> None:
    assert cli.error("sned", code=2) == "No such command 'sned'. Did you mean 'send'? See: pystatus --help"
