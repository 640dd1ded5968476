"""A46: DNS rebinding, cross-site requests, WebSocket origin, unauthenticated admin.

Expected: refused.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import compression_utils

from pystatus.errors import LocalError
from pystatus.node import Node
from pystatus.rpc import http as http_module
from pystatus.rpc.access import Access
from pystatus.rpc.config import RpcConfig
from pystatus.rpc.dispatcher import MAX_REQUEST_SIZE
from pystatus.rpc.server import RpcServer
from pystatus.rpc.tokens import Token, server_token
from tests.rpc.support import PATIENCE, TOKEN, Served, served

REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"admin_nodeInfo"}'
JSON = {"Content-Type": "application/json"}
AUTHORIZED = {**JSON, "Authorization": f"Bearer {TOKEN}"}
WEB_PAGE = "https://evil.example"


async def status(one: Served, headers: Mapping[str, str], method: str = "POST", body: bytes = REQUEST) -> int:
    """What a request with exactly these headers is answered with."""
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, one.url, data=body, headers=headers) as response,
    ):
        assert TOKEN not in await response.text()
        return response.status


async def test_without_the_token_nothing_is_answered() -> None:
    async with served() as one:
        assert await status(one, AUTHORIZED) == 200
        for authorization in (None, "", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer "):
            headers = JSON if authorization is None else {**JSON, "Authorization": authorization}
            assert await status(one, headers) == 401
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
                await http.ws_connect(one.url)


async def test_the_token_may_be_the_first_part_of_the_path_and_nothing_but_all_of_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """For programs that post to a URL and send no headers of their own."""
    async with served() as one:
        url = one.url
        with caplog.at_level(logging.DEBUG):
            for path, expected in {
                f"/{TOKEN}": 200,
                f"/{TOKEN[:-1]}": 401,
                f"/{TOKEN}x": 401,
                f"/{TOKEN}/": 200,
                f"/{TOKEN}x/{TOKEN}": 401,
                f"/x/{TOKEN}": 401,
                f"//{TOKEN}": 401,
                f"/?{TOKEN}": 401,
                f"/?token={TOKEN}": 401,
                "/": 401,
            }.items():
                one.server._url = url + path
                assert await status(one, JSON) == expected, path
            one.server._url = f"{url}/{TOKEN}"
            assert await status(one, {**JSON, "Origin": WEB_PAGE}) == 403, "a page that knows the token is a page"
            assert await status(one, {**JSON, "Host": "evil.example"}) == 403
            assert await status(one, {**JSON, "Content-Type": "text/plain"}) == 415
            assert await status(one, {**JSON, "Authorization": "Bearer wrong"}) == 200, "one of them is enough"
            async with aiohttp.ClientSession() as http, http.ws_connect(one.url) as talk:
                await talk.send_str(REQUEST.decode())
                assert "result" in (await talk.receive_json())
                with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
                    await http.ws_connect(f"{url}/wrong-but-near")
    own = [record.getMessage() for record in caplog.records if record.name.startswith(("pystatus", "aiohttp.access"))]
    assert not [line for line in own if TOKEN in line or TOKEN[:-1] in line or "wrong-but-near" in line]


async def test_a_page_whose_name_was_made_to_point_here_is_turned_away() -> None:
    """DNS rebinding: the browser believes that it talks to the page's own host, and says so."""
    async with served() as one:
        for host in ("evil.example", "evil.example:8545", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]"):
            assert await status(one, {**AUTHORIZED, "Host": host}) == 403
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await one.http.ws_connect(one.url, headers={"Host": host})
        for host in ("localhost", "localhost:1", "127.0.0.1", "[::1]", "[::1]:8545", "LOCALHOST:8545"):
            assert await status(one, {**AUTHORIZED, "Host": host}) == 200


async def test_two_hosts_are_one_too_many() -> None:
    async with served() as one:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            assert b" 400 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_pages_of_other_sites_may_not_call() -> None:
    """Cross-site requests, also those that browsers send without asking first, and WebSockets, where they never do."""
    async with served() as one:
        for origin in (WEB_PAGE, "null", "http://localhost:8545", "http://127.0.0.1"):
            assert await status(one, {**AUTHORIZED, "Origin": origin}) == 403
            assert await status(one, {"Origin": origin}, "OPTIONS", b"") == 403
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await one.http.ws_connect(one.url, origin=origin)
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            assert await status(one, {**AUTHORIZED, "Content-Type": content_type}) == 415


async def test_a_page_that_was_allowed_may_and_its_browser_is_told_so() -> None:
    config = RpcConfig(http=True, http_port=0, token=TOKEN, allowed_origins=("https://App.example/",))
    page = {"Origin": "https://app.example"}
    async with served(config) as one:
        async with one.http.options(one.url, headers=page) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"
            assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        async with one.http.post(one.url, data=REQUEST, headers={**JSON, **page}) as response:
            assert response.status == 200
            assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"
        async with one.http.ws_connect(one.url, origin="https://app.example") as talk:
            assert not talk.closed
        assert await status(one, {**JSON, **page}) == 401, "the page needs the token all the same"
        assert await status(one, {**AUTHORIZED, "Origin": WEB_PAGE}) == 403


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "TRACE"])
async def test_other_verbs_do_nothing(method: str) -> None:
    async with served() as one:
        assert await status(one, AUTHORIZED, method, b"") == 405


async def test_nothing_is_offered_unless_it_was_asked_for() -> None:
    async with Node() as node, RpcServer(node, RpcConfig()) as server:
        assert server.url is None
    config = RpcConfig(http=True, http_port=0, token=TOKEN, modules=("net",))
    assert config.http_host == "127.0.0.1"
    async with served(config) as one:
        assert await one.call("net_version") == "1"
        for method in ("admin_nodeInfo", "waku_newSymKey", "rpc_modules"):
            with pytest.raises(Exception, match="does not exist"):
                await one.call(method)


def test_settings_that_would_leave_it_open_are_refused() -> None:
    with pytest.raises(LocalError, match="needs a token"):
        RpcConfig(http=True)
    for token in ("short", "with spaces in between", "täglich-neu-und-lang"):
        with pytest.raises(LocalError, match="at least 16"):
            RpcConfig(http=True, token=token)
    with pytest.raises(LocalError, match="no RPC module 'personal'"):
        RpcConfig(modules=("personal",))
    with pytest.raises(LocalError, match="not a port"):
        RpcConfig(http_port=65_536)


def test_a_token_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "rpc.token"
    config = RpcConfig(http=True, token_file=file)
    first = server_token(config)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text().strip()
    assert len(bytes.fromhex(text)) == 32
    assert first.is_presented_by(f"Bearer {text}")
    assert server_token(config).is_presented_by(f"bearer {text}")
    file.chmod(0o640)
    with pytest.raises(LocalError, match="can be read by others on this machine"):
        server_token(config)
    file.chmod(0o600)
    file.write_text("short")
    with pytest.raises(LocalError, match="holds no token") as told:
        server_token(config)
    assert "short" not in str(told.value)
    with pytest.raises(LocalError, match="cannot be read"):
        server_token(RpcConfig(http=True, token_file=tmp_path))


async def test_no_secret_is_in_the_log_or_a_representation(caplog: pytest.LogCaptureFixture) -> None:
    assert TOKEN not in repr(RpcConfig(http=True, token=TOKEN))
    assert TOKEN not in repr(Token(TOKEN))
    with caplog.at_level(logging.DEBUG):
        async with served() as one:
            await one.call("waku_addPrivateKey", "0x" + "c0ffee" * 10 + "0001")
            await one.call("waku_generateSymKeyFromPassword", "correct horse")
            await status(one, {**JSON, "Authorization": "Bearer wrong-but-near"})
            assert await raw(one, {f"Authorization\x00: Bearer {TOKEN}": "x"}, b"") == 400
            assert await raw(one, {"Transfer-Encoding": "chunked"}, b"correct horse\r\n") in (400, 401)
    for secret in (TOKEN, "c0ffee", "correct horse", "wrong-but-near"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("listens", "host", "allowed"),
    [
        ("0.0.0.0", "0.0.0.0", False),
        ("0.0.0.0", "node.example", True),
        ("10.0.0.5", "10.0.0.5:8545", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("fd00::1", "[fd00::1]:8545", True),
        ("10.0.0.5", "", False),
        ("10.0.0.5", None, False),
    ],
)
def test_the_names_of_a_server(listens: str, host: str | None, allowed: bool) -> None:
    config = RpcConfig(http=True, http_host=listens, token=TOKEN, allowed_hosts=("Node.example",))
    assert (Access(config, Token(TOKEN)).refuse_page(host, None) is None) is allowed


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
async def test_whoever_opens_it_to_others_is_warned(host: str, warned: bool, caplog: pytest.LogCaptureFixture) -> None:
    async with served(RpcConfig(http=True, http_host=host, http_port=0, token=TOKEN)):
        pass
    assert ("put a proxy with TLS in front of it" in caplog.text) is warned


def test_an_operator_may_allow_everything() -> None:
    config = RpcConfig(http=True, token=TOKEN, allowed_hosts=("*",), allowed_origins=("*",))
    assert Access(config, Token(TOKEN)).refuse_page("evil.example", WEB_PAGE) is None


async def test_bodies_and_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as one:
        assert await status(one, AUTHORIZED, body=b" " * (1 << 10)) == 200
        headers = {**AUTHORIZED, "Content-Length": str(MAX_REQUEST_SIZE + 1)}
        assert await raw(one, headers, b" " * (MAX_REQUEST_SIZE + 1)) == 413
    monkeypatch.setattr(http_module, "LIMITS", replace(http_module.LIMITS, body_timeout=0.0))
    async with served() as one:
        assert await raw(one, {**AUTHORIZED, "Content-Length": "10"}, b"") == 408


async def test_no_compressed_body_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends it: that alone would hold up the node for a second."""
    inflated: list[object] = []
    inflate = compression_utils.ZLibDecompressor

    def count(*args: Any, **kwargs: Any) -> Any:
        inflated.append(args)
        return inflate(*args, **kwargs)

    monkeypatch.setattr("aiohttp.http_parser.ZLibDecompressor", count)
    async with served() as one:
        bomb = gzip.compress(b" " * (64 << 20))
        assert len(bomb) < 100_000
        for body in (bomb, gzip.compress(REQUEST)):
            for headers, expected in ((AUTHORIZED, 415), ({**AUTHORIZED, "Authorization": "Bearer wrong"}, 401)):
                told = {**headers, "Content-Encoding": "gzip", "Content-Length": str(len(body))}
                assert await raw(one, told, body) == expected
        identity = {**AUTHORIZED, "Content-Encoding": "identity", "Content-Length": str(len(REQUEST))}
        assert await raw(one, identity, REQUEST) == 200
    assert inflated == []


async def test_broken_bodies_are_the_callers_fault(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as one:
        assert await raw(one, {**AUTHORIZED, "Transfer-Encoding": "chunked"}, b"zz\r\n") == 400
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        lines = ["POST / HTTP/1.1", "Host: localhost", f"Authorization: Bearer {TOKEN}"]
        lines += ["Content-Type: application/json", "Content-Length: 100", "", "cut off"]
        writer.write("\r\n".join(lines).encode())
        writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
        assert await one.call("net_version") == "1"
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_faults_of_ours_are_logged_and_answered(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served() as one:
        monkeypatch.setattr(Access, "refuse_caller", lambda *_: 1 / 0)
        assert await status(one, AUTHORIZED) == 500
    assert "a request has failed because of a fault in pystatus" in caplog.text


async def test_whoever_connects_and_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "LIMITS", replace(http_module.LIMITS, header_timeout=0.0))
    async with served() as one:
        reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()


async def test_a_port_in_use_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"Port {port} is already in use on this machine"):
            async with served(RpcConfig(http=True, http_port=port, token=TOKEN)):
                pass


async def raw(one: Served, headers: Mapping[str, str], body: bytes) -> int:
    """The status of a request that is sent as it is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    lines = ["POST / HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    async with asyncio.timeout(PATIENCE):
        answer: Any = (await reader.readline()).split()[1]
    writer.close()
    return int(answer)
