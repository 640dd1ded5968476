"""The stage of the demo: a directory for its profiles, a relay and an echo contact in processes, and your client.

    async with Stage() as stage:
        await stage.client.send_text(PUBLIC_CHAT, "hello")

Whatever ends the block, the processes are gone afterwards, and the directory with them. If this process is killed, its
pipes close, and the children end and tidy up by themselves (see ``child.py``).
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from pystatus import Client
from pystatus.apps.demo.child import Line, new_profile
from pystatus.apps.demo.echo import PUBLIC_CHAT
from pystatus.crypto.keys import PublicKey
from pystatus.errors import LocalError
from pystatus.storage.files import create_private

START_SECONDS = 30.0
"""How long a process may take to get ready, seconds. It takes one; thirty is a machine that is busy otherwise."""
STOP_SECONDS = 5.0
"""How long a process may take to end when it is asked to, seconds; then it is killed."""
ERROR_LINES = 3
"""Last lines of what a process complained about that are shown when it fails."""


class Child:
    """A process of the demo, spoken to in lines of JSON."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.process = process
        self._log = log

    @classmethod
    async def start(cls, name: str, directory: Path) -> Child:
        """Start the module ``pystatus.apps.demo.<name>``; what it writes to standard error goes into a file."""
        log = directory / f"{name}.log"
        with create_private(log) as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # nothing from the current directory is imported
                "-m",
                f"pystatus.apps.demo.{name}",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we then end the children in order
            )
        return cls(name, process, log)

    async def tell(self, **facts: object) -> None:
        """Write one line to it.

        :raises LocalError: it ended.
        """
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(facts).encode() + b"\n")
            await self.process.stdin.drain()
        except ConnectionError as error:
            raise self._ended() from error

    async def next_report(self) -> Line:
        """The next line it writes.

        :raises LocalError: it ended.
        """
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise self._ended()
        report: Line = json.loads(line)
        return report

    async def ready(self) -> Line:
        """Wait for its first report.

        :raises LocalError: it ended, or took too long.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                return await self.next_report()
        except TimeoutError:
            raise LocalError(
                f"The {self.name} process of the demo was not ready within {START_SECONDS:.0f} seconds. "
                "Try again when the machine is less busy."
            ) from None

    async def stop(self) -> int:
        """End it: ask by closing its standard input, then kill. Return its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    def _ended(self) -> LocalError:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        complaint = " / ".join(line.strip() for line in lines[-ERROR_LINES:]) or "it gave no reason."
        return LocalError(f"The {self.name} process of the demo ended: {complaint}")


class Stage:
    """Everything the demo needs, from entering to leaving the block."""

    def __init__(self) -> None:
        self._resources = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        """
        :raises LocalError: a process did not start, or there is no room for the files.
        """
        async with AsyncExitStack() as stack:
            try:
                self.directory = Path(tempfile.mkdtemp(prefix="pystatus-demo-"))
            except OSError as error:
                raise LocalError(
                    f"The demo cannot make a directory for its files: {error.strerror}. Make room, or set TMPDIR."
                ) from error
            stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
            self._children: list[Child] = []
            stack.push_async_callback(self._stop_children)
            for name in ("relay", "echo"):
                self._children.append(await Child.start(name, self.directory))
            await self.echo.tell(directory=str(self.directory))
            password = new_profile(self.directory / "you", "you")  # meanwhile the others get ready
            self.enode: str = (await self.relay.ready())["enode"]
            await self.echo.tell(enode=self.enode)
            self.echo_key = PublicKey.from_bytes(bytes.fromhex((await self.echo.ready())["public_key"]))
            self.client = await stack.enter_async_context(
                Client.open(
                    "you",
                    password,
                    data_dir=self.directory / "you",
                    state_dir=self.directory / "state",
                    peers=[self.enode],
                )
            )
            await self.client.join(PUBLIC_CHAT)
            await self.client.open_chat(self.echo_key)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._resources.aclose()

    @property
    def relay(self) -> Child:
        """The relay's process."""
        return self._children[0]

    @property
    def echo(self) -> Child:
        """The echo contact's process."""
        return self._children[1]

    async def _stop_children(self) -> None:
        self.exit_codes = await asyncio.gather(*(child.stop() for child in self._children))

    async def welcome(self) -> None:
        """Have the echo contact welcome you in the public chat."""
        await self.echo.tell(welcome=self.client.name)
