"""DNS over TCP (RFC 7766) on a connection that was made elsewhere: through a proxy, which carries no UDP."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

import dns.message
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from pystatus.net.route import Attempt

MAX_RECORDS = 128
"""Questions and records of an answer that are decoded. Ours: answers have some dozen. In 64 KiB there is room for 4,000
with names of 120 labels, which take the library most of a second."""
_LENGTH_SIZE = 2
_COUNTS = slice(4, 12)
"""Of the questions, the answers and the other records: two bytes each (RFC 1035 §4.1.1)."""


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
            response = await _asked(query, connected)
    except EOFError as error:
        raise OSError("the DNS server has hung up") from error
    except _TooLong:
        raise OSError(f"the DNS server answers with more than {MAX_RECORDS} records") from None
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


class _TooLong(Exception):
    """An answer has more records than are decoded."""


async def _asked(query: dns.message.Message, connected: socket.socket) -> dns.message.Message:
    """
    :raises EOFError: the server has hung up.
    :raises _TooLong: its answer has very many records.
    :raises dns.exception.DNSException: it does not answer as it should.
    """
    wire = query.to_wire()
    await asyncio.get_running_loop().sock_sendall(connected, len(wire).to_bytes(_LENGTH_SIZE) + wire)
    answer = await _read(connected, int.from_bytes(await _read(connected, _LENGTH_SIZE)))
    counts = answer[_COUNTS]
    if sum(int.from_bytes(counts[at : at + 2]) for at in range(0, len(counts), 2)) > MAX_RECORDS:
        raise _TooLong
    response = dns.message.from_wire(answer)
    if not query.is_response(response):
        raise dns.query.BadResponse
    return response


async def _read(connected: socket.socket, size: int) -> bytes:
    """
    :raises EOFError: the server has hung up before that.
    """
    loop, found = asyncio.get_running_loop(), bytearray()
    while len(found) < size:
        data = await loop.sock_recv(connected, size - len(found))
        if not data:
            raise EOFError
        found += data
    return bytes(found)
