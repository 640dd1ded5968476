"""``pystatus config`` and ``pystatus enode``, and options of ``pystatus node`` that are wrong."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pystatus.settings.model import ENTRIES
from tests.apps.support import Cli

KEY = "c0ffee" + "00" * 28 + "01"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "pystatus.toml"
    file.write_text('listen = "127.0.0.1:443"\n[metrics]\nport = 9305\n')
    return file


def test_a_good_file_is_good(cli: Cli, file: Path) -> None:
    cli.environment["PYSTATUS_CONFIG"] = None
    total = len(ENTRIES)
    assert cli.text("config", "check", str(file)) == f"The settings are good: 3 of {total} are set.\n"
    assert cli.object("config", "check", str(file)) == {"ok": True, "settings": 3}
    cli.environment["PYSTATUS_CONFIG"] = str(file)
    assert cli.object("config", "check") == {"ok": True, "settings": 3}
    cli.environment["PYSTATUS_CONFIG"] = None
    assert cli.object("config", "check") == {"ok": True, "settings": 1}  # the data directory of these tests


def test_a_bad_file_is_a_sentence_and_the_exit_code_says_so(cli: Cli, file: Path) -> None:
    file.write_text("[metrics]\nprt = 1\n")
    sentence = f"{file}: there is no setting prt in [metrics]. Did you mean port? Allowed there: port, host, min_peers."
    assert cli.error("config", "check", str(file), code=2) == sentence
    assert cli.error("config", "show", "--config", str(file), code=2) == sentence
    assert cli.error("node", "--config", str(file), code=2) == sentence
    assert cli.error("enode", "--config", str(file), code=2) == sentence
    assert cli.error("config", "check", str(file) + "x").endswith("cannot be read: No such file or directory.")


def test_where_each_setting_comes_from(cli: Cli, file: Path) -> None:
    cli.environment |= {"PYSTATUS_DATA_DIR": None, "METRICS_PORT": "1234", "PUBLIC_IP": "203.0.113.5"}
    assert cli.text("config", "show", "--config", str(file)).splitlines() == [
        f'listen       = "127.0.0.1:443"  # {file}',
        'advertise    = "203.0.113.5"  # PUBLIC_IP',
        "metrics.port = 1234  # METRICS_PORT",
    ]
    everything = {one["key"]: one for one in cli.objects("config", "show", "--effective", "--config", str(file))}
    assert everything.keys() == ENTRIES.keys()
    assert everything["metrics.port"] == {"key": "metrics.port", "value": 1234, "source": "METRICS_PORT"}
    assert everything["relay.max_peers"] == {"key": "relay.max_peers", "value": 50, "source": "default"}
    assert everything["log.level"]["value"] == "warning"


def test_nothing_is_set(cli: Cli) -> None:
    cli.environment["PYSTATUS_DATA_DIR"] = None
    result = cli.run("config", "show")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("Nothing is set")


def test_secrets_are_not_shown(cli: Cli) -> None:
    cli.environment["PYSTATUS_RPC_TOKEN"] = "correct horse"
    shown = cli.text("config", "show") + cli.text("config", "show", "--json")
    assert "correct horse" not in shown
    assert shown.count("********") == 2


def test_the_enode_of_a_node_that_does_not_run(cli: Cli, tmp_path: Path) -> None:
    cli.environment["PUBLIC_IP"] = "203.0.113.5"
    first = cli.text("enode")
    assert first.endswith("@203.0.113.5:30303\n")
    assert cli.text("enode", "--listen", "[::]:443", "--advertise", "a.example.org").endswith("@a.example.org:443\n")
    assert cli.text("enode", "--nat", "extip:45.9.0.1").endswith("@45.9.0.1:30303\n")
    assert cli.object("enode") == {"enode": first.strip()}
    assert stat.S_IMODE((cli.data_dir / "node.key").stat().st_mode) == 0o600
    assert cli.text("enode") == first
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    other = cli.text("enode", "--key-file", str(key))
    assert other != first


@pytest.mark.parametrize(
    ("listen", "shown"),
    [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), (":1", "127.0.0.1:1")],
)
def test_an_address_that_is_good_here_only_is_told(cli: Cli, listen: str, shown: str) -> None:
    cli.environment["PUBLIC_IP"] = None
    result = cli.run("enode", "--listen", listen)
    assert result.stdout.endswith(f"@{shown}\n")
    assert result.stderr.startswith("This address is good on this machine only.")


def test_a_name_to_listen_on_is_the_address(cli: Cli) -> None:
    assert cli.text("enode", "--listen", "relay.example.org:443").endswith("@relay.example.org:443\n")


def test_a_port_left_to_chance_has_no_enode(cli: Cli) -> None:
    assert cli.error("enode", "--listen", "127.0.0.1:0", code=2).startswith("The port is left to chance (port 0).")


def test_the_enode_as_a_picture(cli: Cli) -> None:
    drawn = cli.text("enode", "--advertise", "203.0.113.5", "--qr").splitlines()
    assert drawn[0].startswith("enode://")
    assert len(drawn) > 20
    assert set("".join(drawn[1:])) <= set("█▀▄ ")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--metrics-port", "x"),
        ("--log-level", "loud"),
        ("--log-format", "xml"),
        ("--max-peers", "-1"),
        ("--min-pow", "a"),
    ],
)
def test_an_option_that_is_wrong_is_a_usage_error(cli: Cli, option: str, value: str) -> None:
    assert cli.error("node", option, value, code=2).startswith(f"{option} must be ")
