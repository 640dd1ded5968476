"""Opening a picture or a sound in a program of the desktop, which needs a file: one that only we can read, and that is
deleted when this program ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pystatus.client.features.media import Audio, AudioType, Image, ImageType
from pystatus.errors import LocalError
from pystatus.storage import files

MAX_OPENED = 20
"""Files that are kept for other programs at a time; beyond it the oldest is deleted. Ours."""
_ENDINGS: Mapping[ImageType, str] = {
    ImageType.JPEG: ".jpg",
    ImageType.PNG: ".png",
    ImageType.GIF: ".gif",
    ImageType.WEBP: ".webp",
}
_SOUND_ENDINGS: Mapping[AudioType, str] = {AudioType.AAC: ".aac", AudioType.AMR: ".amr"}
_OPENERS = {"darwin": ("open",)}
"""Commands that open a file as the desktop would, by platform; elsewhere those of freedesktop.org."""
_OPENERS_ELSEWHERE = ("xdg-open", "gio open", "wslview")


def ending(media: Image | Audio) -> str:
    """How the name of a file ends, by what it is: no message names a file."""
    return _SOUND_ENDINGS[media.type] if isinstance(media, Audio) else _ENDINGS[media.type]


def opener(which: Callable[[str], str | None] = shutil.which) -> list[str] | None:
    """The command that opens a file as this desktop would; None: there is none."""
    for one in _OPENERS.get(sys.platform, _OPENERS_ELSEWHERE):
        program, *arguments = one.split()
        if (path := which(program)) is not None:
            return [path, *arguments]
    return None


class OpenedFiles:
    """Those that other programs were given."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._paths: list[Path] = []

    async def open(self, media: Image | Audio, no_opener: str) -> None:
        """Have the desktop open a picture or a sound.

        :param no_opener: what to say where there is nothing that opens it.
        :raises LocalError: there is none, it refuses, or the file cannot be written.
        """
        command = opener()
        if command is None and sys.platform != "win32":
            raise LocalError(no_opener)
        path = await asyncio.to_thread(self._written, media)
        if command is None:
            os.startfile(path)  # type: ignore[attr-defined]  # noqa: S606 - Windows has it; the file is ours
            return
        quiet = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *command, str(path), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
        except OSError as error:
            raise LocalError(f"{command[0]} cannot be started: {error.strerror or error}.") from error
        if await process.wait():
            raise LocalError(no_opener)

    def _written(self, media: Image | Audio) -> Path:
        if self._folder is None:
            in_memory = os.environ.get("XDG_RUNTIME_DIR")  # of this user alone, and gone with the session
            place = in_memory if in_memory and Path(in_memory).is_dir() else None
            self._folder = Path(tempfile.mkdtemp(prefix="pystatus-", dir=place))
        path = self._folder / f"{len(self._paths) + 1}-{os.urandom(4).hex()}{ending(media)}"
        with files.explained_files(f"The file {path} cannot be written"):
            files.write_private(path, media.data)
        self._paths.append(path)
        for oldest in self._paths[:-MAX_OPENED]:
            oldest.unlink(missing_ok=True)
        del self._paths[:-MAX_OPENED]
        return path

    def delete(self) -> None:
        """Delete all of them."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            self._paths.clear()
