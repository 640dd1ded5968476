"""Fetching a document: what comes, and what a server may not do to us."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pystatus.errors import LocalError, RemoteError
from pystatus.net import http_fetch as module
from pystatus.net.http_fetch import fetch
from pystatus.net.proxy import Proxy
from pystatus.net.route import DIRECT, Route
from tests.net.support import PATIENCE
from tests.support.socks import SocksProxy

MAX = 1_000
NAME = "fleets.example"


@asynccontextmanager
async def server(
    *answers: bytes, tls: ssl.SSLContext | None = None, until: bytes = b"\r\n\r\n"
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Answers one connection after the other; its port, and what it was asked.

    ``until``: the end of what it waits for.
    """
    left = list(answers)
    asked: list[bytes] = []
    writers: list[asyncio.StreamWriter] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        asked.append(await reader.readuntil(until))
        writer.write(left.pop(0) if left else answers[-1])
        if answers[-1] != SILENT:
            writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    try:
        yield listening.sockets[0].getsockname()[1], asked
    finally:
        listening.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


SILENT = b"HTTP/1.1 200 OK\r\n"
"""And then nothing."""


def ok(document: bytes, *headers: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *headers, "", "")).encode() + document


def to(place: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


async def get(port: int, path: str = "/fleet.toml?a=1") -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await fetch(f"http://127.0.0.1:{port}{path}", DIRECT, max_bytes=MAX)


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"document", "Content-Length: 8"),
        ok(b"4\r\ndocu\r\n4\r\nment\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        ok(b"document"),  # until it hangs up
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + ok(b"document", "Content-Encoding: identity"),
    ],
)
async def test_a_document_comes(answer: bytes) -> None:
    async with server(answer) as (port, asked):
        assert await get(port) == b"document"
    assert asked[0].startswith(b"GET /fleet.toml?a=1 HTTP/1.1\r\n")


async def test_through_a_proxy_which_looks_the_name_up() -> None:
    async with server(ok(b"document")) as (port, asked), SocksProxy({NAME: "127.0.0.1"}) as proxy:
        route = Route(Proxy("127.0.0.1", proxy.port))
        assert await fetch(f"http://{NAME}:{port}/ä b", route, max_bytes=MAX) == b"document"
        assert proxy.asked == [(NAME, port)]
        assert b"GET /%C3%A4%20b HTTP/1.1\r\n" in asked[0]
        assert f"host: {NAME}:{port}".encode() in asked[0].lower()
        with pytest.raises(RemoteError, match=r"http://elsewhere.example cannot be reached: the proxy at .* find its"):
            await fetch("http://elsewhere.example", route, max_bytes=MAX)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "answers 404: look whether the address is right"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "does not answer as HTTP does"),
        (b"", "does not answer as HTTP does"),
        (ok(b"docu", "Content-Length: 8"), "does not answer as HTTP does"),
        (ok(bytes(MAX + 1)), "longer than 1000 bytes"),
        (ok(b"", f"Content-Length: {1 << 60}") + bytes(MAX + 1), "longer than 1000 bytes"),
        (b"HTTP/1.1 103 Early\r\n\r\n" * 4_000, "longer than 1000 bytes"),
        (ok(b"", "X: " + "x" * 80_000), "does not answer as HTTP does"),
        (ok(b"\x1f\x8b", "Content-Encoding: gzip"), "has packed the document"),
        (to("ftp://127.0.0.1/"), "no address that can be fetched from"),
        (to("http://[/"), "no address that can be fetched from"),
        (to("/again"), "after 5 is still elsewhere"),
    ],
)
async def test_what_a_server_may_not_do(answer: bytes, words: str) -> None:
    async with server(answer) as (port, _):
        with pytest.raises(RemoteError, match=words):
            await get(port)


async def test_a_server_that_is_silent_or_away() -> None:
    async with server(SILENT) as (port, _):
        with pytest.raises(RemoteError, match=r"has not sent all of it within 0\.05 seconds"):
            await fetch(f"http://127.0.0.1:{port}", DIRECT, max_bytes=MAX, timeout=0.05)
    with pytest.raises(RemoteError, match=rf"127\.0\.0\.1:{port} cannot be reached: Connection refused"):
        await get(port)


async def test_a_document_that_has_moved() -> None:
    async with server(to("other?b=2", 308), ok(b"document")) as (port, asked):
        assert await get(port, "/a/fleet.toml") == b"document"
    assert asked[1].startswith(b"GET /a/other?b=2 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "url",
    ["", "fleet.toml", "file:///etc/passwd", "http://", "http://a:99999/", "http://[", "http://a..b/", "https://:1/"],
)
async def test_what_is_no_address(url: str) -> None:
    with pytest.raises(LocalError, match="no address to fetch from"):
        await fetch(url, DIRECT, max_bytes=MAX)


async def test_no_password_is_sent() -> None:
    with pytest.raises(LocalError, match="Leave the user name and the password out") as refused:
        await fetch("https://me:s3cret@127.0.0.1/", DIRECT, max_bytes=MAX)
    assert "s3cret" not in str(refused.value)


# TLS


def certificate(folder: Path) -> Path:
    """One for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


async def test_a_server_is_who_it_says_and_leads_to_no_open_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    answers = (ok(b"document"), to("http://localhost/"))
    async with server(*answers, tls=tls) as (port, _):
        url = f"https://localhost:{port}/"
        with pytest.raises(RemoteError, match="cannot be trusted, or does not speak TLS: self-signed certificate"):
            await fetch(url, DIRECT, max_bytes=MAX)
        monkeypatch.setattr(module, "_tls", lambda: ssl.create_default_context(cafile=str(file)))
        assert await fetch(url, DIRECT, max_bytes=MAX) == b"document"
        with pytest.raises(RemoteError, match="sends us to an address without encryption: http://localhost"):
            await fetch(url, DIRECT, max_bytes=MAX)
        with pytest.raises(RemoteError, match=r"cannot be trusted.*IP address mismatch"):
            await fetch(f"https://127.0.0.1:{port}/", DIRECT, max_bytes=MAX)
    async with server(ok(b"document"), until=b"\x01") as (port, _):
        with pytest.raises(RemoteError, match="does not speak TLS"):
            await fetch(f"https://localhost:{port}/", DIRECT, max_bytes=MAX)
