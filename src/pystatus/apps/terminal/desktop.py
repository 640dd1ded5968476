"""Notices of the desktop, by its notification service (Desktop Notifications Specification 1.2), where it runs on this
machine. It needs the extra ``pystatus[desktop]``; without it there is ``notify-send``, which is told nothing but that
something came: everybody on the machine can see the arguments of a program."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import shutil
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from pystatus.faces.catalogue import Catalogue

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
ANSWER_SECONDS = 5.0
"""How long the desktop may take to answer. Ours: it does so at once, or there is none."""
MAX_TAGS = 100
"""Notices that are remembered, so that a later one takes the place of it. Ours: no desktop shows so many."""


def way(
    environment: Mapping[str, str] = os.environ,
    has: Callable[[str], object] = find_spec,
    which: Callable[[str], str | None] = shutil.which,
) -> str:
    """How the desktop is told: ``dbus``, ``notify-send`` or ``none``."""
    if not environment.get("DBUS_SESSION_BUS_ADDRESS") or environment.get("SSH_CONNECTION"):
        return "none"
    if has("dbus_fast") is not None:
        return "dbus"
    return "none" if which("notify-send") is None else "notify-send"


class Desktop:
    """The notices of one program. ``way`` is as :func:`way` says; ``none`` once it has failed."""

    def __init__(self, texts: Catalogue, way: str) -> None:
        self.way = way
        self.problem = ""
        """Why it has failed; empty: it has not."""
        self._texts = texts
        self._bus: Any = None
        self._numbers: dict[str, int] = {}
        """What the desktop calls those that it shows, by their tags, the oldest first."""
        self._turn = asyncio.Lock()

    async def notify(self, title: str, text: str, tag: str) -> bool:
        """Show a notice in place of the last one with the same tag; whether the desktop has taken it."""
        async with self._turn:
            if self.way == "none":
                return False
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await (self._send(title, text, tag) if self.way == "dbus" else self._run())
            except Exception as error:  # whatever the library or the desktop says: other ways are left
                self._failed(error)
                return False
            return True

    async def withdraw(self, tag: str) -> None:
        """Take a notice away: it was read."""
        async with self._turn:
            number = self._numbers.pop(tag, None)
            if number is None or self.way != "dbus":
                return
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._call("CloseNotification", "u", [number])
            except Exception as error:  # as above
                self._failed(error)

    async def close(self) -> None:
        """Leave the bus."""
        bus, self._bus = self._bus, None
        if bus is not None:
            with contextlib.suppress(OSError):  # it is gone already
                bus.disconnect()

    def _failed(self, error: Exception) -> None:
        self.way = "none"
        self.problem = f"{type(error).__name__}: {error}".rstrip(": ")

    async def _send(self, title: str, text: str, tag: str) -> None:
        from dbus_fast import Variant  # an extra, loaded when the first notice comes

        hints = {"urgency": Variant("y", 1), "category": Variant("s", "im.received")}
        body = ["pystatus", self._numbers.pop(tag, 0), "", title, html.escape(text, quote=False), [], hints, -1]
        (self._numbers[tag],) = await self._call("Notify", "susssasa{sv}i", body)
        while len(self._numbers) > MAX_TAGS:
            del self._numbers[next(iter(self._numbers))]

    async def _call(self, member: str, signature: str, body: list[Any]) -> list[Any]:
        from dbus_fast import Message, MessageType
        from dbus_fast.aio import MessageBus

        if self._bus is None:
            self._bus = await MessageBus().connect()
        answer = await self._bus.call(
            Message(destination=SERVICE, path=PATH, interface=SERVICE, member=member, signature=signature, body=body)
        )
        if answer.message_type is MessageType.ERROR:
            raise RuntimeError(str(answer.error_name))
        found: list[Any] = answer.body
        return found

    async def _run(self) -> None:
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *("notify-send", "--app-name=pystatus", "pystatus", self._texts.notice_message()),
            stdin=quiet, stdout=quiet, stderr=quiet,
        )  # fmt: skip
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if code:
            raise RuntimeError(f"notify-send has ended with {code}")
