"""Nobody else on this machine, and no other page, gets anything of the page (A46): each attack is tried."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from pystatus.apps.web import running_servers
from pystatus.apps.web.codes import CODE_SECONDS, GUESSES, MAX_CODES, Codes
from pystatus.apps.web.refusals import PageError
from pystatus.apps.web.server import MAX_FRAME, MAX_PENDING
from pystatus.apps.web.sessions import MAX_SESSIONS, MAX_SOCKETS
from pystatus.apps.web.static_files import StaticFiles
from pystatus.errors import LocalError
from pystatus.net.http_connection import HttpLimits
from tests.apps.web.support import PATIENCE, Browser, page, window

PRIVATE = ("/media/message/0x" + 64 * "0", "/media/person/0x04" + 128 * "0", "/export/status")
"""What needs a session."""

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


# the page itself


async def test_the_page_is_served_with_a_policy_that_lets_it_do_nothing_else(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        status, body, headers = await browser.get("/")
        assert (status, body) == (HTTPStatus.OK, b"<!doctype html><title>pystatus</title>")
        host = browser.url.removeprefix("http://")
        policy = dict(one.partition(" ")[::2] for one in headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' blob:",
            "media-src": "blob:",
            "font-src": "'self'",
            "manifest-src": "'self'",
            "connect-src": f"'self' ws://{host} wss://{host}",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
            "require-trusted-types-for": "'script'",
            "trusted-types": "'none'",
        }
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Permissions-Policy"] == "camera=(self), microphone=(self), geolocation=()"
        assert headers["Cache-Control"] == "no-store"
        assert not [name for name in headers if name.lower().startswith(("access-control", "set-cookie"))]
        assert headers["Server"] == "pystatus", "and no versions"


async def test_every_answer_has_these_headers_refusals_too(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        for path in ("/nothing", "/ws", *PRIVATE):
            _, _, headers = await browser.get(path)
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Cache-Control"] == "no-store", path


async def test_files_with_a_hash_are_kept_by_browsers_and_others_are_not(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        _, body, headers = await browser.get("/assets/index-0123abcd.js", **{"Sec-Fetch-Site": "same-origin"})
        assert (body, headers["Content-Type"]) == (b"void 0", "text/javascript; charset=utf-8")
        assert "immutable" in headers["Cache-Control"]
        _, _, headers = await browser.get("/favicon.svg")
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/../data/page.json",
        "/..%2fdata%2fpage.json",
        "/%2e%2e/data/page.json",
        "/assets/../index.html",
        "/assets/..%2findex.html",
        "/assets//index-0123abcd.js",
        "//etc/passwd",
        "/assets/index-0123abcd.js%00.html",
        "/texts/../../faces/texts/en.json",
        "/texts/..%2fen.json",
        "/profiles",
        "/page/1.json",
    ],
)
async def test_no_path_leads_out_of_the_page(tmp_path: Path, path: str) -> None:
    async with page(tmp_path) as browser:
        reader, writer = await asyncio.open_connection("127.0.0.1", browser.served.server.front.port)
        host = browser.url.removeprefix("http://")
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert answer.split(b" ")[1] == b"404"


def test_without_its_files_the_page_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="has no page: its files are missing"):
        StaticFiles(tmp_path)


async def test_texts_are_there_by_language(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        for language, today in (("en", "Today"), ("de", "Heute")):
            _, body, _ = await browser.get(f"/texts/{language}.json")
            assert json.loads(body)["date.today"] == today


# who asks


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "[::1]", ""])
async def test_another_name_of_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    async with page(tmp_path) as browser:
        for path in ("/", "/assets/index-0123abcd.js", "/texts/en.json", *PRIVATE):
            status, _, headers = await browser.get(path, Host=host)
            assert status == HTTPStatus.FORBIDDEN, path
            assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        status, said = await browser.post("/session", {"code": "x"}, Host=host)
        assert (status, said["kind"]) == (HTTPStatus.FORBIDDEN, "host")


async def test_all_names_of_this_machine_with_the_port_are_taken(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        port = browser.served.server.front.port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
            assert (await browser.get("/", Host=host))[0] == HTTPStatus.OK, host


async def test_a_forwarded_port_is_taken_once_its_name_is_allowed(tmp_path: Path) -> None:
    async with page(tmp_path, allowed_hosts=("localhost", "chat.example")) as browser:
        for host in ("localhost:9000", "chat.example"):
            assert (await browser.get("/", Host=host))[0] == HTTPStatus.OK, host
        code = browser.served.server.address().partition("#code=")[2]
        foreign = {"Host": "localhost:9000", "Origin": "http://localhost:9001"}
        assert (await browser.post("/session", {"code": code}, **foreign))[0] == HTTPStatus.FORBIDDEN
        own = {"Host": "localhost:9000", "Origin": "http://localhost:9000"}
        assert (await browser.post("/session", {"code": code}, **own))[0] == HTTPStatus.OK


FOREIGN: list[dict[str, str]] = [
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Dest": "iframe"},
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda one: " ".join((*one, *one.values())))
async def test_another_page_gets_nothing_and_does_nothing(tmp_path: Path, foreign: dict[str, str]) -> None:
    async with window(tmp_path) as browser:
        headers = {**browser.headers, **foreign}
        for path in ("/assets/index-0123abcd.js", "/texts/en.json", *PRIVATE):
            assert (await browser.get(path, **headers))[0] == HTTPStatus.FORBIDDEN, path
        code = browser.served.server.address().partition("#code=")[2]
        for path, value in (("/session", {"code": code}), ("/rpc", {}), ("/lock", {})):
            assert (await browser.post(path, value, **headers))[0] == HTTPStatus.FORBIDDEN, path
        assert (await browser.get("/ws", **UPGRADE, **headers))[0] == HTTPStatus.FORBIDDEN
        assert (await browser.call("web_state"))["state"] == "choose", "our own window works on"


async def test_what_acts_needs_an_origin(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        code = browser.served.server.address().partition("#code=")[2]
        assert (await browser.post("/session", {"code": code}))[0] == HTTPStatus.FORBIDDEN
        assert (await browser.get("/ws", **UPGRADE))[0] == HTTPStatus.FORBIDDEN
        assert (await browser.get("/ws", **browser.origin))[0] == HTTPStatus.UPGRADE_REQUIRED


async def test_a_link_may_lead_to_the_page_and_no_frame_shows_it(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert (await browser.get("/", **link))[0] == HTTPStatus.OK
        for place in ("iframe", "embed", "object", "frame"):
            assert (await browser.get("/", **{**link, "Sec-Fetch-Dest": place}))[0] == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_a_form_can_send_is_refused(tmp_path: Path, content_type: str) -> None:
    async with window(tmp_path) as browser:
        code = browser.served.server.address().partition("#code=")[2]
        for path in ("/session", "/rpc"):
            headers = {**browser.headers, "Content-Type": content_type}
            body = json.dumps({"code": code})
            async with browser.http.post(browser.url + path, data=body, headers=headers) as answer:
                assert answer.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE"])
async def test_other_methods_are_refused(tmp_path: Path, method: str) -> None:
    async with page(tmp_path) as browser:
        for path in ("/", "/rpc", "/session", "/ws"):
            async with browser.http.request(method, browser.url + path, headers=browser.origin) as answer:
                assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
                assert not [name for name in answer.headers if name.lower().startswith("access-control")]


# codes and sessions


async def test_a_code_works_once(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        code = browser.served.server.address().partition("#code=")[2]
        assert len(code) == 32
        assert (await browser.begin(code))[0] == HTTPStatus.OK
        assert len(browser.secret) == 64
        status, said = await browser.begin(code)
        assert (status, said["kind"]) == (HTTPStatus.FORBIDDEN, "code-wrong")
        assert "pystatus web --open" in said["error"]


async def test_a_code_is_of_no_use_after_a_minute(tmp_path: Path) -> None:
    now = 0.0
    async with page(tmp_path, now=lambda: now) as browser:
        first, second = (browser.served.server.address().partition("#code=")[2] for _ in range(2))
        now = CODE_SECONDS - 1
        assert (await browser.begin(first))[0] == HTTPStatus.OK
        now = CODE_SECONDS
        assert (await browser.begin(second))[0] == HTTPStatus.FORBIDDEN


async def test_who_guesses_codes_is_not_heard_and_the_owner_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with page(tmp_path, now=lambda: 0.0) as browser:
        code = browser.served.server.address().partition("#code=")[2]
        said = [(await browser.begin(f"{number:032x}"))[0] for number in range(101)]
        assert said == [HTTPStatus.FORBIDDEN] * GUESSES + [HTTPStatus.TOO_MANY_REQUESTS] * (101 - GUESSES)
        assert (await browser.begin(code))[0] == HTTPStatus.OK
    assert "somebody on this machine guesses codes of the page: they are refused" in caplog.messages


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"code": 1}', b'{"code": "' + b"0" * 2_000 + b'"}', b"\xff", b'{"code": "\xff"}', b'"x"']
)
async def test_a_request_for_a_session_that_is_none_is_refused(
    tmp_path: Path, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """It is no fault of ours, of which the log would tell in many lines, as often as somebody likes."""
    async with page(tmp_path) as browser:
        headers = {**browser.origin, "Content-Type": "application/json"}
        async with browser.http.post(f"{browser.url}/session", data=body, headers=headers) as answer:
            assert answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


@pytest.mark.parametrize("secret", ["", "Bearer", f"Bearer {64 * '0'}", f"Basic {64 * '0'}", "Bearer \x80"])
async def test_without_the_secret_of_a_session_nothing_is_given(tmp_path: Path, secret: str) -> None:
    async with page(tmp_path) as browser:
        headers = {**browser.origin, "Authorization": secret}
        for path in PRIVATE:
            assert (await browser.get(path, **headers))[0] == HTTPStatus.UNAUTHORIZED
        for path in ("/rpc", "/lock"):
            status, said = await browser.post(path, {}, **headers)
            assert (status, said["kind"]) == (HTTPStatus.UNAUTHORIZED, "no-session")


@pytest.mark.parametrize(
    "first", ["", "{}", '{"secret": 1}', '{"secret": ""}', json.dumps({"secret": 64 * "0"}), "x" * 2_000, b"\x00"]
)
async def test_a_socket_that_does_not_say_whose_it_is_is_closed(tmp_path: Path, first: str | bytes) -> None:
    async with window(tmp_path) as browser:
        other = Browser(browser.served, browser.http)
        other.socket = await browser.http.ws_connect(f"{browser.url}/ws", headers=browser.origin)
        await (other.socket.send_bytes(first) if isinstance(first, bytes) else other.socket.send_str(first))
        assert await other.closed() == 4401
        assert other.told == []


async def test_a_socket_that_says_nothing_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.rpc.web_sockets.GREETING_SECONDS", 0.01)
    async with page(tmp_path) as browser:
        browser.socket = await browser.http.ws_connect(f"{browser.url}/ws", headers=browser.origin)
        assert await browser.closed() == 4401


async def test_sockets_that_say_nothing_do_not_keep_the_owner_out(tmp_path: Path) -> None:
    async with page(tmp_path, limits=HttpLimits(max_strangers=2 * MAX_PENDING)) as browser:
        silent = [
            await browser.http.ws_connect(f"{browser.url}/ws", headers=browser.origin) for _ in range(MAX_PENDING + 4)
        ]
        await browser.begin()
        assert (await browser.connect())["state"]["state"] == "choose"
        assert len(browser.served.server._pending) < MAX_PENDING
        for one in silent:
            await one.close()


async def test_requests_for_sessions_that_do_not_end_do_not_keep_the_owner_out(tmp_path: Path) -> None:
    async with page(tmp_path, limits=HttpLimits(max_strangers=2 * MAX_PENDING)) as browser:
        host = browser.url.removeprefix("http://")
        slow = f"POST /session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n"
        strangers = []
        for _ in range(3 * MAX_PENDING):
            reader, writer = await asyncio.open_connection("127.0.0.1", browser.served.server.front.port)
            writer.write(f"{slow}Content-Length: 100\r\n\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0)
            strangers.append((reader, writer))
        assert (await browser.begin())[0] == HTTPStatus.OK
        for _, writer in strangers:
            writer.close()


async def test_frames_have_a_limit(tmp_path: Path) -> None:
    async with window(tmp_path) as browser:
        assert browser.socket is not None
        await browser.socket.send_str("x" * (MAX_FRAME + 1))
        assert await browser.closed() == 1009


async def test_there_are_ten_sessions_and_the_one_that_nobody_uses_gives_way(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        tabs = []
        for _ in range(MAX_SESSIONS):
            tab = Browser(browser.served, browser.http)
            assert (await tab.begin())[0] == HTTPStatus.OK
            await tab.connect()
            tabs.append(tab)
        status, said = await browser.begin()
        assert (status, said["kind"]) == (HTTPStatus.FORBIDDEN, "sessions-full")
        shown = await tabs[0].call("web_sessions")
        assert len(shown) == MAX_SESSIONS
        assert sum(one["own"] for one in shown) == 1
        assert {one["name"] for one in shown} == {"test"}
        assert tabs[3].socket is not None
        await tabs[3].socket.close()
        while any(one["open"] for one in await tabs[0].call("web_sessions") if not one["own"]):
            if (await browser.begin())[0] == HTTPStatus.OK:
                break
        assert (await tabs[3].post("/rpc", {}, **tabs[3].headers))[0] == HTTPStatus.UNAUTHORIZED


async def test_a_session_that_is_revoked_ends_at_once(tmp_path: Path) -> None:
    async with window(tmp_path) as browser:
        other = Browser(browser.served, browser.http)
        _, said = await other.begin()
        await other.connect()
        assert await browser.call("web_revoke", session_id=said["session"]) is True
        assert await other.closed() == 4401
        assert (await other.post("/rpc", {}, **other.headers))[0] == HTTPStatus.UNAUTHORIZED
        assert await browser.call("web_revoke", session_id=said["session"]) is False


async def test_the_oldest_socket_of_a_session_gives_way(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        await browser.begin()
        tabs = []
        for _ in range(MAX_SOCKETS + 1):
            tab = Browser(browser.served, browser.http)
            tab.secret = browser.secret
            await tab.connect()
            tabs.append(tab)
        assert await tabs[0].closed() == 4409
        assert (await tabs[-1].call("web_state"))["state"] == "choose"


async def test_locking_ends_all_sessions_and_gives_one_in_which_nothing_is_open(tmp_path: Path) -> None:
    async with window(tmp_path) as browser:
        other = Browser(browser.served, browser.http)
        await other.begin()
        await other.connect()
        await browser.answer_nothing("web_lock")
        told = await browser.heard("locked")
        assert await browser.closed() == 4423
        assert await other.closed() == 4423
        assert (await other.heard("locked")) == {}
        for tab in (browser, other):
            assert (await tab.post("/rpc", {}, **tab.headers))[0] == HTTPStatus.UNAUTHORIZED
        browser.secret = told["secret"]
        assert (await browser.connect())["state"]["state"] == "choose"
        status, said = await browser.post("/lock", {}, **browser.headers)
        assert status == HTTPStatus.OK
        assert await browser.closed() == 4423
        browser.secret = said["secret"]
        await browser.connect()


async def test_nobody_for_some_minutes_locks_it(tmp_path: Path) -> None:
    async with window(tmp_path) as browser:
        await browser.call("web_set", name="idle_lock", value=1)
        behind = browser.served.page
        await browser.call("web_focus", focused=True)
        behind._active_at -= 61
        await behind.look()
        assert (await browser.call("web_state"))["state"] == "choose", "nothing is open that could be locked"


# commands


def contents(file: Path) -> str:
    return file.read_text()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(directory: Path) -> list[str]:
    return [one.name for one in directory.iterdir()]


async def test_another_command_gets_a_code_and_nobody_else_does(tmp_path: Path) -> None:
    async with page(tmp_path) as browser:
        found = await asyncio.to_thread(running_servers.find, tmp_path / "data", None, file=True)
        assert found is not None
        assert found.address.startswith(browser.url + "/#code=")
        file = Path(found.file.removeprefix("file://"))
        (record,) = file.parent.glob("*.json")
        assert [mode(one) for one in (file, record, file.parent)] == [0o600, 0o600, 0o700]
        assert found.address in contents(file)
        assert (await browser.begin(found.address.partition("#code=")[2]))[0] == HTTPStatus.OK
        token = json.loads(contents(record))["token"]
        refused: list[dict[str, Any]] = [
            {},
            {"Authorization": f"Bearer {browser.secret}"},
            {"Authorization": f"Bearer {token}", **browser.origin},
            {"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "same-origin"},
        ]
        for headers in refused:
            status, _ = await browser.post("/code", {}, **headers)
            assert status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        assert (await browser.post("/code", {"file": "\ud800"}, Authorization=f"Bearer {token}"))[0] == 400
    assert names(file.parent) == [], "nothing is left"


def test_a_server_that_was_killed_is_not_found(tmp_path: Path) -> None:
    with running_servers.recorded(tmp_path, 1, "x"):
        assert running_servers.find(tmp_path, None, file=False) is None
        assert not list((tmp_path / "page").glob("*.json"))
    with pytest.raises(LocalError, match="No page is served"):
        running_servers.check_found(None)


async def test_hundreds_of_strangers_do_not_keep_the_owner_out(tmp_path: Path) -> None:
    async with window(tmp_path, limits=HttpLimits(max_strangers=8, max_admitted=4)) as browser:
        strangers = [await asyncio.open_connection("127.0.0.1", browser.served.server.front.port) for _ in range(50)]
        async with asyncio.timeout(PATIENCE):
            assert (await browser.call("web_state"))["state"] == "choose"
            assert (await browser.begin())[0] == HTTPStatus.OK
        for _, writer in strangers:
            writer.close()


def test_there_are_so_many_codes_and_the_oldest_gives_way() -> None:
    codes = Codes(os.urandom, lambda: 0.0)
    first, *others = (codes.issue() for _ in range(MAX_CODES + 1))
    assert codes.waiting == MAX_CODES
    with pytest.raises(PageError):
        codes.redeem(first)
    for one in others:
        codes.redeem(one)
    assert codes.waiting == 0
