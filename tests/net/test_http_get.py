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
from pystatus.net import http_get as module
from pystatus.net.http_get import Answer, get
from pystatus.net.proxy import Proxy
from pystatus.net.route import DIRECT, Route
from tests.net.support import PATIENCE
from tests.support.socks import SocksProxy

MAX = 1_000
DOCUMENT = Answer(200, None, b"document")
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


async def ask(port: int, path: str = "/fleet.toml?a=1") -> Answer:
    async with asyncio.timeout(PATIENCE):
        return await get(f"http://127.0.0.1:{port}{path}", DIRECT, max_bytes=MAX)


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
        assert await ask(port) == DOCUMENT
    assert asked[0].startswith(b"GET /fleet.toml?a=1 HTTP/1.1\r\n")


async def test_through_a_proxy_which_looks_the_name_up() -> None:
    async with server(ok(b"document")) as (port, asked), SocksProxy({NAME: "127.0.0.1"}) as proxy:
        route = Route(Proxy("127.0.0.1", proxy.port))
        assert await get(f"http://{NAME}:{port}/ä b", route, max_bytes=MAX) == DOCUMENT
        assert proxy.asked == [(NAME, port)]
        assert b"GET /%C3%A4%20b HTTP/1.1\r\n" in asked[0]
        assert f"host: {NAME}:{port}".encode() in asked[0].lower()
        with pytest.raises(RemoteError, match=r"the proxy at .* find its"):
            await get("http://elsewhere.example", route, max_bytes=MAX)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "does not answer as HTTP does"),
        (b"", "does not answer as HTTP does"),
        (ok(b"docu", "Content-Length: 8"), "does not answer as HTTP does"),
        (ok(bytes(MAX + 1)), "longer than 1000 bytes"),
        (ok(b"", f"Content-Length: {1 << 60}") + bytes(MAX + 1), "longer than 1000 bytes"),
        (b"HTTP/1.1 103 Early\r\n\r\n" * 4_000, "longer than 1000 bytes"),
        (ok(b"", "X: " + "x" * 80_000), "does not answer as HTTP does"),
        (ok(b"\x1f\x8b", "Content-Encoding: gzip"), "has packed the document"),
    ],
)
async def test_what_a_server_may_not_do(answer: bytes, words: str) -> None:
    async with server(answer) as (port, _):
        with pytest.raises(RemoteError, match=words):
            await ask(port)


async def test_a_server_that_is_silent_or_away() -> None:
    async with server(SILENT) as (port, _):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await get(f"http://127.0.0.1:{port}", DIRECT, max_bytes=MAX)
    with pytest.raises(RemoteError, match="Connection refused"):
        await ask(port)


@pytest.mark.parametrize(("status", "place"), [(302, "/other"), (404, None)])
async def test_another_status_comes_without_a_document(status: int, place: str | None) -> None:
    location = f"Location: {place}\r\n" if place else ""
    said = f"HTTP/1.1 {status} Other\r\n{location}Content-Length: 9\r\n\r\nnot here!"
    async with server(said.encode()) as (port, _):
        assert await ask(port) == Answer(status, place, b"")


@pytest.mark.parametrize(
    "url",
    ["", "fleet.toml", "file:///etc/passwd", "http://", "http://a:99999/", "http://[", "http://a..b/", "https://:1/"],
)
async def test_what_is_no_address(url: str) -> None:
    with pytest.raises(LocalError, match="no address to fetch from"):
        await get(url, DIRECT, max_bytes=MAX)


async def test_no_password_is_sent() -> None:
    with pytest.raises(LocalError, match="Leave the user name and the password out") as refused:
        await get("https://me:s3cret@127.0.0.1/", DIRECT, max_bytes=MAX)
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


async def test_a_server_is_who_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    async with server(ok(b"document"), tls=tls) as (port, _):
        url = f"https://localhost:{port}/"
        with pytest.raises(RemoteError, match="cannot be trusted, or it does not speak TLS: self-signed certificate"):
            await get(url, DIRECT, max_bytes=MAX)
        monkeypatch.setattr(module, "_tls", lambda: ssl.create_default_context(cafile=str(file)))
        assert await get(url, DIRECT, max_bytes=MAX) == DOCUMENT
        with pytest.raises(RemoteError, match=r"cannot be trusted.*IP address mismatch"):
            await get(f"https://127.0.0.1:{port}/", DIRECT, max_bytes=MAX)
    async with server(ok(b"document"), until=b"\x01") as (port, _):
        with pytest.raises(RemoteError, match="does not speak TLS"):
            await get(f"https://localhost:{port}/", DIRECT, max_bytes=MAX)
