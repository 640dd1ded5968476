"""Checks a node list, in DNS or in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pystatus.discovery.dns.checking import Texts, TreeCheck, TreeReport
from pystatus.discovery.dns.entries import Link
from pystatus.errors import RemoteError
from pystatus.net.dns import Resolver

SECONDS_BETWEEN_QUERIES = 0.05
"""A person checks their own list, and now and then: 20 queries a second, below what public resolvers allow."""


class FileResolver:
    """Answers from a file."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def texts(self, name: str) -> list[bytes]:
        """See :class:`~pystatus.net.dns.Resolver`."""
        found = self._texts.get(name.lower())
        if found is None:
            raise RemoteError("it is not in the file")
        return found


async def check_in_dns(link: Link, resolver: Resolver, progress: Callable[[TreeReport], None]) -> TreeReport:
    """Resolve and check every entry.

    :param progress: called before each question.
    """
    check = TreeCheck(link)
    await _walk(check, resolver, progress, SECONDS_BETWEEN_QUERIES)
    return check.report


async def check_in_file(link: Link, texts: Texts) -> TreeReport:
    """Check every entry, and look for those that nothing leads to."""
    check = TreeCheck(link)
    await _walk(check, FileResolver(texts), lambda _: None, 0.0)
    check.unreachable(texts)
    return check.report


async def _walk(check: TreeCheck, resolver: Resolver, progress: Callable[[TreeReport], None], pause: float) -> None:
    while (name := check.next_name()) is not None:
        progress(check.report)
        try:
            texts = await resolver.texts(name)
        except RemoteError as error:
            check.missing(name, str(error))
        else:
            check.answered(name, texts)
        await asyncio.sleep(pause)
