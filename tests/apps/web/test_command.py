"""``pystatus web``: what it prints, how it opens a browser, and what it says where it cannot serve."""

from __future__ import annotations

import asyncio
import json
import webbrowser
from pathlib import Path

import pytest

from pystatus.apps.cli.commands import web
from pystatus.apps.cli.output import Output
from pystatus.apps.web import running_servers
from pystatus.apps.web.serving import Wanted
from pystatus.errors import LocalError
from tests.apps.support import Cli
from tests.apps.web.support import PATIENCE, no_client, static_files


def test_without_a_page_that_is_served_there_is_none_to_open(cli: Cli) -> None:
    assert cli.error("web", "--open") == "No page is served here. Start one: pystatus web"
    assert "no profile" in cli.error("web", "nobody")
    assert "a host name" in cli.error("web", "--allow-host", "a b", code=2)
    assert "minutes" in cli.error("web", "--idle-lock", "-1", code=2)


def test_where_its_files_cannot_be_kept_the_page_is_not_served(tmp_path: Path) -> None:
    (tmp_path / running_servers.DIRECTORY).write_text("in the way")
    with pytest.raises(LocalError, match="The page cannot be served"), running_servers.recorded(tmp_path, 1, "x"):
        pass


@pytest.mark.parametrize(
    ("options", "given"),
    [
        (web.PageOptions(), "file:///"),
        (web.PageOptions(redirect_file=False), "http://127.0.0.1:"),
        (web.PageOptions(browser=False), None),
    ],
)
async def test_a_browser_is_led_to_the_page_and_so_is_a_second_one(
    cli: Cli,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: web.PageOptions,
    given: str | None,
) -> None:
    opened: list[str] = []

    def open_it(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_it)
    wanted = Wanted(data_directory=cli.data_dir, make=no_client, static=static_files(tmp_path / "static"))
    options_of = web.WebOptions(as_json=True)
    monkeypatch.setattr(web.WebOptions, "out", Output(as_json=True))
    serving = asyncio.create_task(web._until_interrupted(wanted, None, None, options_of, options))
    told = ""
    async with asyncio.timeout(PATIENCE):
        while told.count("\n") < 2:
            await asyncio.sleep(0.01)
            told += capsys.readouterr().out
    first, second = map(json.loads, told.splitlines())
    assert first["event"] == "serving"
    if given is None:
        assert second["address"].startswith(first["url"] + "/#code=")
        assert not opened
    else:
        assert second == {"event": "opened"}
        assert opened[0].startswith(given)
    again = await asyncio.to_thread(cli.object, "web", "--open", "--no-browser")
    assert again["address"].startswith(first["url"] + "/#code=")
    also = await asyncio.to_thread(cli.object, "web", "--no-browser")
    assert also["address"] != again["address"]
    serving.cancel()
    await asyncio.wait([serving])
    assert await asyncio.to_thread(running_servers.find, cli.data_dir, None, file=False) is None


async def test_where_no_browser_can_be_opened_the_address_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(address: str) -> bool:
        raise webbrowser.Error("there is none")

    monkeypatch.setattr(webbrowser, "open", none)
    web._lead("http://127.0.0.1:1/#code=x", "file:///x", web.PageOptions(), Output(as_json=False))
    assert "it works once: http://127.0.0.1:1/#code=x" in capsys.readouterr().err
