"""docs/rpc.md is a promise: its methods are those that are offered, and its commands do what it says."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from pystatus.node import Node
from pystatus.rpc.admin import AdminApi
from pystatus.rpc.config import MODULES, RpcConfig
from pystatus.rpc.dispatcher import Dispatcher
from pystatus.rpc.waku import WakuApi
from pystatus.rpc.whisper import WhisperApi
from tests.rpc.support import PATIENCE, TOKEN, line, served
from tests.support.environment import clean_environment

PAGE = (Path(__file__).parents[2] / "docs" / "rpc.md").read_text(encoding="utf-8")


@pytest.mark.requirement("WR-12", "WH-7")
async def test_the_table_is_what_is_offered() -> None:
    node = Node()
    waku = WakuApi(node)
    whisper = Dispatcher(WhisperApi(node, waku).methods).methods
    offered = Dispatcher({**waku.methods, **AdminApi(node, MODULES).methods}).methods
    waku.close()
    as_waku = {name.replace("shh_", "waku_"): parameters for name, parameters in whisper.items()}
    request = {"shhext_requestMessages": as_waku.pop("shhext_requestMessages")}
    assert {**as_waku, "waku_setMaxEnvelopeSize": ("size",)} == {
        name: parameters for name, parameters in offered.items() if name.startswith("waku_")
    }
    offered = {**offered, **request}
    rows = re.findall(r"^\| `(\w+_\w+)` \| ([^|]*)\|", PAGE, re.MULTILINE)
    assert {name: tuple(re.findall(r"`(\w+)`", parameters)) for name, parameters in rows} == offered
    assert [name for name, _ in rows] == list(offered)


async def test_the_program_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    program: dict[str, Any] = {}
    exec(compile(block, "rpc.md", "exec"), program)
    monkeypatch.chdir(tmp_path)
    started = asyncio.Event()

    async def run_forever(node: Node) -> None:
        started.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Node, "run_forever", run_forever)
    running = asyncio.create_task(program["main"]())
    async with asyncio.timeout(PATIENCE):
        await started.wait()
    async with line(Path("node.ipc")) as one:
        assert await one.call("net_version") == "1"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")
    assert (tmp_path / "rpc.token").read_text()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_commands_do_what_the_page_says(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    pystatus = f'pystatus() {{ "{sys.executable}" -m pystatus "$@"; }}\nset -e\n'
    async with served(RpcConfig(http=True, http_port=0, token_file=token)) as one:
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            pystatus + "".join(blocks),
            env=clean_environment(URL=one.url, TOKEN=str(token)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            output, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    lines = output.decode().splitlines()
    assert '"envelopes": 0,' in output.decode()
    assert lines[-4] == "0x0"
    assert lines[-3] == '{"jsonrpc":"2.0","id":1,"result":"1.0"}'
    assert lines[-2] == '{"jsonrpc":"2.0","id":1,"result":true}'
    assert lines[-1].count('"payload":"0x68656c6c6f"') == 1
