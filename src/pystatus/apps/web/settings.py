"""How somebody wants the page, on this machine: kept beside the profiles, as none may be open when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.rpc.dispatcher import UNDECODABLE
from pystatus.storage import files

log = get_logger(__name__)

FILE = "page.json"
"""Its name in the data directory."""
MAX_SIZE = 64 << 10
"""Bytes of the file that are read: many times what it has."""
LONGEST_IDLE = 24 * 60
"""Minutes after which nobody wants to be locked out later. Ours."""


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be wanted."""

    theme: Literal["auto", "dark", "light", "contrast"] = "auto"
    language: Literal["auto", "en", "de"] = "auto"
    order: Literal["unread-first", "latest-first", "steady"] = "unread-first"
    enter: Literal["send", "newline"] = "send"
    notices: bool = True
    sound: bool = True
    preview: Literal["all", "name", "nothing"] = "all"
    all_of_public: bool = False
    strangers: bool = True
    idle_lock: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_IDLE)] = 0
    """Minutes; 0: never."""


class SettingsFile:
    """The file. What is wrong in it counts as not said."""

    def __init__(self, data_directory: Path) -> None:
        self._path = data_directory / FILE
        self.now = self._read()

    def set(self, name: str, value: Any) -> PageSettings:
        """Want something else, from now on.

        :raises LocalError: there is no such setting, or it cannot be so; the disk refused.
        """
        known = msgspec.structs.asdict(self.now)
        if name not in known:
            raise LocalError(f"There is no setting of this name. There are: {', '.join(known)}.")
        try:
            changed = msgspec.convert({**known, name: value}, PageSettings)
        except msgspec.ValidationError:
            raise LocalError(f"The setting {name} cannot be this.") from None
        with files.explained_files("The settings of the page cannot be kept"):
            files.make_directory(self._path.parent)
            files.write_private(self._path, msgspec.json.encode(changed))
        self.now = changed
        return changed

    def _read(self) -> PageSettings:
        try:
            return msgspec.json.decode(files.read_small(self._path, MAX_SIZE), type=PageSettings)
        except FileNotFoundError:
            return PageSettings()
        except (OSError, LocalError, *UNDECODABLE) as error:
            log.warning("the settings of the page cannot be read, and are as at first: %s", type(error).__name__)
            return PageSettings()
