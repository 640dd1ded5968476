"""Two processes on one data directory: who is second is told who is first; what only reads runs beside both."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.storage import profile_list
from pystatus.storage.locks import locked
from tests.apps.support import PASSWORD, Cli, Running

HERE = ("--listen", "127.0.0.1:0")


def started(data_dir: Path, *arguments: str) -> Running:
    return Running(data_dir, *arguments, *HERE, PYSTATUS_PASSWORD=PASSWORD)


def refused(data_dir: Path, *arguments: str) -> str:
    """The one sentence with which a second process ends."""
    with started(data_dir, *arguments) as second:
        assert second.wait() == 1
        assert second.rest() == []
        (sentence,) = second.errors()
        return sentence


@pytest.mark.parametrize("first", [("node",), ("mailserver",), ("node", "--workers", "2")], ids=" ".join)
@pytest.mark.parametrize("second", [("node",), ("mailserver",), ("node", "--workers", "2")], ids=" ".join)
def test_one_key_is_one_node(tmp_path: Path, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    with started(tmp_path, *first) as running:
        running.line()
        assert refused(tmp_path, *second) == (
            f"The node key {tmp_path}/node.key is in use by process {running.process.pid} (pystatus {first[0]}). "
            "Stop that one first, or give this node a data directory (--data-dir) of its own."
        )


def test_one_key_in_two_data_directories_is_one_node(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(os.urandom(32).hex())
    key.chmod(0o600)
    (tmp_path / "link").symlink_to(key)
    with started(tmp_path / "one", "node", "--key-file", str(key)) as running:
        running.line()
        sentence = refused(tmp_path / "two", "node", "--key-file", str(tmp_path / "link"))
        assert f"is in use by process {running.process.pid} (pystatus node)" in sentence


def test_two_nodes_with_two_keys_share_a_data_directory(tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_text(PrivateKey.generate(os.urandom).secret.hex())
    other.chmod(0o600)
    with started(tmp_path, "node") as one, started(tmp_path, "node", "--key-file", str(other)) as two:
        assert one.line() != two.line()


def test_one_archive_has_one_mailserver(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with started(tmp_path / "one", "mailserver", "--archive", str(archive)) as running:
        running.line()
        assert refused(tmp_path / "two", "mailserver", "--archive", str(archive)) == (
            f"The archive {archive} is in use by process {running.process.pid} (pystatus mailserver). "
            "Stop that one first, or name another file with --archive."
        )


def test_whoever_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    with started(tmp_path, "mailserver") as first:
        enode = first.line()
        first.stop(signal.SIGKILL)
        with started(tmp_path, "mailserver") as second:
            assert second.line().partition("@")[0] == enode.partition("@")[0]


def test_what_only_reads_or_reloads_works_beside_a_mailserver(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    cli.add_profile("alice")
    config = tmp_path / "config.toml"
    config.write_text('log.level = "info"\n')
    with started(tmp_path, "mailserver", "--config", str(config)) as server:
        enode = server.line()
        assert cli.object("enode", "--listen", "127.0.0.1:1")["enode"].startswith(enode.partition("@")[0])
        assert cli.object("archive", "show", str(tmp_path / "archive.db"))["envelopes"] == 0
        assert cli.object("archive", "copy", str(tmp_path / "archive.db"), "--archive", str(tmp_path / "copy.db"))
        assert cli.object("archive", "copy", str(tmp_path / "copy.db"))["read"] == 0  # into the one in use
        assert cli.objects("history", "alice") == []
        fetched = cli.run("fetch", "alice", "--mailserver", enode, "--json")
        assert fetched.exit_code == 0, fetched.stderr
        assert json.loads(fetched.stdout.splitlines()[-1])["gaps"] == []
        config.write_text('log.level = "debug"\n')
        server.process.send_signal(signal.SIGHUP)
        while "settings read again; changed: log.level" not in server.next_complaint():
            pass
        assert server.stop(signal.SIGTERM) == 0


def test_a_key_from_a_pipe_is_used_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    with started(tmp_path, "node", "--key-file", str(pipe)) as running:
        pipe.write_text(PrivateKey.generate(os.urandom).secret.hex())
        assert running.line().startswith("enode://")
    assert {path.name for path in tmp_path.iterdir()} == {"pipe"}


def test_of_two_accounts_that_are_made_at_once_one_waits_for_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = Cli(tmp_path)
    (tmp_path / "profiles").mkdir()
    with ExitStack() as other:
        other.enter_context(locked(tmp_path / "profiles" / "lock", "It", "Wait."))
        monkeypatch.setattr(time, "sleep", lambda seconds: other.close())  # it is done meanwhile
        cli.object("account", "create", "alice")
    assert [one["name"] for one in cli.objects("account", "list")] == ["alice"]


def test_two_accounts_are_not_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two with one name, one would be found by its key alone."""
    monkeypatch.setattr(profile_list, "LOCK_PATIENCE", 0.05)
    cli = Cli(tmp_path)
    (tmp_path / "profiles").mkdir()
    with locked(tmp_path / "profiles" / "lock", "It", "Wait."):
        sentence = cli.error("account", "create", "alice")
    assert sentence.startswith(f"The directory {tmp_path}/profiles is in use by process {os.getpid()} (")
    assert sentence.endswith("Try again when that one is done.")
    assert cli.objects("account", "list") == []
