"""Whose an ENS name is: asked of somebody who can read the chain, given to :meth:`pystatus.Client.open`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from pystatus.crypto.keys import PublicKey
from pystatus.errors import RemoteError
from pystatus.log_texts import get_logger
from pystatus.messenger.effects import VerifyNames
from pystatus.messenger.features.names import NameAnswer

log = get_logger(__name__)

BATCH_SECONDS = 5.0
"""Seconds for all names that are looked up together (payloads.md §9)."""


class NameResolver(Protocol):
    """Reads ENS (ethereum.md §4). What it says is believed: it is our user's own node, or somebody they trust."""

    async def chat_key(self, name: str) -> PublicKey | None:
        """The chat key that an ENS name leads to: ``04 ‖ x ‖ y`` of what its resolver says is its ``pubkey``.

        :param name: the whole name, ``alice.stateofus.eth``, in its normal form.
        :returns: ``None`` if there is no such name, or it leads to no chat key.
        :raises Exception: anything: it could not be asked. It is asked again later, and less and less often.
        """


class Resolving:
    """Carries out :class:`~pystatus.messenger.effects.VerifyNames` of one client."""

    def __init__(self, resolver: NameResolver, answered: Callable[[Sequence[NameAnswer]], None]) -> None:
        """
        :param answered: is given the answers of a batch.
        """
        self._resolver = resolver
        self._answered = answered
        self._batch: asyncio.Task[None] | None = None

    def verify(self, effect: VerifyNames) -> None:
        """Look names up, unless others still are, which are given a few seconds: these come again."""
        if self._batch is None or self._batch.done():
            self._batch = asyncio.ensure_future(self._look_up(effect.claims))

    def close(self) -> None:
        """Ask nobody any more."""
        if self._batch is not None:
            self._batch.cancel()

    async def _look_up(self, claims: Sequence[tuple[PublicKey, str]]) -> None:
        asked = [asyncio.ensure_future(self._owner(name)) for _, name in claims]
        try:
            await asyncio.wait(asked, timeout=BATCH_SECONDS)
        finally:
            late = [one for one in asked if not one.done()]
            for one in late:
                one.cancel()
        if late:
            log.info("%d of %d names were not looked up within %g s", len(late), len(asked), BATCH_SECONDS)
        found = [one.result() if one.done() and not one.cancelled() else None for one in asked]
        failures = [one for one in found if isinstance(one, Exception)]
        if failures:  # strangers claim names that do not exist: a line for all of them
            log.info("%d of %d ENS names could not be looked up, the last: %s", len(failures), len(asked), failures[-1])
        self._answered(
            [
                NameAnswer(person, name, None if isinstance(one, Exception) else one)
                for (person, name), one in zip(claims, found, strict=True)
            ]
        )

    async def _owner(self, name: str) -> PublicKey | Exception | None:
        """Whose a name is; a resolver is somebody else's program, so whatever it raises is no more than no answer."""
        try:
            owner = await self._resolver.chat_key(name)
            if owner is not None and not isinstance(owner, PublicKey):
                raise RemoteError(f"the resolver answers with {type(owner).__name__} instead of a PublicKey")
        except Exception as error:
            return error
        return owner
