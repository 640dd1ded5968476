"""DNS over TCP (RFC 7766) on a connection that was made elsewhere: through a proxy, which carries no UDP."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

import dns.asyncquery
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from pystatus.net.route import Attempt


async def ask(name: str, attempt: Attempt, timeout: float) -> dns.resolver.Answer:
    """The TXT records of ``name``, which ends with a full stop. An answer is at most 65,535 bytes long, as its length
    is said in two of them.

    :param attempt: to connect to the server.
    :param timeout: seconds for all of it.
    :raises OSError: it cannot be reached, is silent, or knows no such record; the text says why.
    :raises dns.exception.DNSException: it does not answer as it should.
    """
    query = dns.message.make_query(name, dns.rdatatype.TXT)
    connected: socket.socket | None = None
    try:
        async with asyncio.timeout(timeout):
            connected = await attempt.connect()
            response = await dns.asyncquery.tcp(query, "", sock=cast(Any, _Stream(connected)))
    except EOFError as error:
        raise OSError("the DNS server has hung up") from error
    except OSError as error:  # TimeoutError as well
        raise OSError(attempt.failure(error, timeout)) from error
    finally:
        if connected is not None:
            connected.close()
    if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise OSError(f"the DNS server answers {dns.rcode.to_text(response.rcode())}")
    question = query.question[0].name
    answer = dns.resolver.Answer(question, dns.rdatatype.TXT, dns.rdataclass.IN, cast(Any, response))
    if answer.rrset is None:
        raise OSError("the DNS server knows none" if response.rcode() == dns.rcode.NOERROR else "there is no such name")
    return answer


class _Stream:
    """What dnspython needs of a stream. Its own one for asyncio opens the connection itself."""

    def __init__(self, connected: socket.socket) -> None:
        self.family = connected.family
        self.type = socket.SOCK_STREAM
        self._connected = connected
        self._loop = asyncio.get_running_loop()

    async def sendall(self, what: bytes, timeout: float | None) -> None:
        await self._loop.sock_sendall(self._connected, what)

    async def recv(self, size: int, timeout: float | None) -> bytes:
        return await self._loop.sock_recv(self._connected, size)

    async def getpeername(self) -> Any:
        return self._connected.getpeername()
