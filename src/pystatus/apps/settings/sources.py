"""Where settings come from: the file, over it the environment, over that the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pystatus import typed
from pystatus.apps.output import warn
from pystatus.apps.settings.kinds import PORT
from pystatus.apps.settings.model import ENTRIES, PREFIX, SECTIONS, Entry, Settings, build
from pystatus.errors import LocalError

FILE_VARIABLE = "PYSTATUS_CONFIG"
"""Names the file where the command line does not."""
PORT_VARIABLE = "LISTEN_PORT"
"""The port of ``listen`` alone, as operators of status-go write it."""
MAX_FILE_SIZE = 1 << 20
"""Bytes of a settings file; a thousand peers take less than a fifth of it."""
SHOWN = 60
"""Characters of a wrong value that are quoted."""

DEFAULT = "default"

_OF_OTHER_COMMANDS = {FILE_VARIABLE, "PYSTATUS_MAILSERVERS", "PYSTATUS_PASSWORD", "PYSTATUS_RPC_URL"}


class SettingError(LocalError):
    """A setting is wrong: the sentence names where it stands, its key, and what is allowed."""

    def __init__(self, sentence: str, flag: str | None = None) -> None:
        super().__init__(sentence)
        self.flag = flag
        """The option of the command line that is wrong, if it is one."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings in force."""

    settings: Settings
    values: Mapping[str, Any]
    """By key, the defaults included."""
    origins: Mapping[str, str]
    """Where each comes from: :data:`DEFAULT`, a file, a variable, or an option."""


def read(file: Path | None, environment: Mapping[str, str], flags: Mapping[str, str | None]) -> Effective:
    """Put the settings together.

    :param file: a TOML file, or None for none.
    :param flags: the options of the command line by key, as text; None where one is not given.

    :raises SettingError: something is wrong.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    sources: list[Iterator[tuple[str, Any, str]]] = [
        _from_file(file) if file is not None else iter(()),
        _from_environment(environment, values),
        _from_flags(flags),
    ]
    for source in sources:
        for key, value, origin in source:
            values[key] = value
            origins[key] = origin
    everything = {key: values.get(key, entry.default) for key, entry in ENTRIES.items()}
    return Effective(build(values), everything, {key: origins.get(key, DEFAULT) for key in ENTRIES})


def file_of(environment: Mapping[str, str]) -> Path | None:
    """The settings file that the environment names."""
    named = environment.get(FILE_VARIABLE)
    return Path(named).expanduser() if named else None


def warn_of_unknown(environment: Mapping[str, str]) -> None:
    """Tell of variables that look like settings and are none: probably a slip of the pen."""
    known = {entry.variable for entry in ENTRIES.values()} | _OF_OTHER_COMMANDS
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            warn(f"{name} is set, but there is no such setting. pystatus config show --effective lists all of them.")


def _from_file(file: Path) -> Iterator[tuple[str, Any, str]]:
    for key, value in _flatten(file, _load(file)):
        entry = ENTRIES[key]
        try:
            yield key, entry.about.kind.from_toml(value), str(file)
        except LocalError as error:
            raise SettingError(f"{file}: {key}: {error}") from error
        except ValueError:
            raise _wrong(f"{file}: {key}", entry, value) from None


def _load(file: Path) -> dict[str, Any]:
    import tomllib  # only now: a node without a file starts sooner

    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise SettingError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_FILE_SIZE:
        raise SettingError(f"{file} is longer than {MAX_FILE_SIZE >> 20} MiB. Check that it is the settings file.")
    try:
        return tomllib.loads(typed.decoded(data, str(file)))
    except LocalError as error:
        raise SettingError(str(error)) from error
    except ValueError as error:  # its words name line and column
        raise SettingError(f"{file} is not TOML: {error}.") from error


def _flatten(file: Path, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if name in SECTIONS:
            if not isinstance(value, dict):
                raise SettingError(f"{file}: {name} must be a section, [{name}], with {_keys_of(f'{name}.')} in it.")
            for inner, inner_value in value.items():
                if f"{name}.{inner}" not in ENTRIES:
                    raise SettingError(
                        f"{file}: there is no setting {inner} in [{name}]. Allowed there: {_keys_of(f'{name}.')}."
                    )
                yield f"{name}.{inner}", inner_value
        elif name in ENTRIES:
            yield name, value
        else:
            sections = ", ".join(f"[{section}]" for section in sorted(SECTIONS))
            raise SettingError(f"{file}: there is no setting {name}. Allowed: {_keys_of('')}, and {sections}.")


def _keys_of(prefix: str) -> str:
    return ", ".join(
        key.removeprefix(prefix) for key in ENTRIES if key.rpartition(".")[0] + "." * bool(prefix) == prefix
    )


def _from_environment(environment: Mapping[str, str], below: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """An empty variable is as good as none: that is how compose files and units pass on what is not set."""
    for key, entry in ENTRIES.items():
        for name in (entry.variable, entry.about.also):
            if name is not None and environment.get(name):
                yield key, _parse(entry, environment[name], name), name
                break
        else:
            if key == "listen" and environment.get(PORT_VARIABLE):
                port = _port(environment[PORT_VARIABLE])
                host = str(below.get("listen", entry.default)).rpartition(":")[0]
                yield key, f"{host}:{port}", PORT_VARIABLE


def _port(text: str) -> int:
    try:
        port: int = PORT.from_text(text)
    except ValueError:
        raise SettingError(f"{PORT_VARIABLE} must be {PORT.allowed}, not {_shown(text)}.") from None
    return port


def _from_flags(flags: Mapping[str, str | None]) -> Iterator[tuple[str, Any, str]]:
    for key, text in flags.items():
        if text is not None:
            flag = ENTRIES[key].flag
            yield key, _parse(ENTRIES[key], text, flag, flag), flag


def _parse(entry: Entry, text: str, where: str, flag: str | None = None) -> Any:
    try:
        return entry.about.kind.from_text(text)
    except LocalError as error:
        raise error if flag is not None else SettingError(f"{where}: {error}") from error
    except ValueError:
        raise _wrong(where, entry, text, flag) from None


def _wrong(where: str, entry: Entry, value: object, flag: str | None = None) -> SettingError:
    instead = "" if entry.about.secret else f", not {_shown(value)}"
    return SettingError(f"{where} must be {entry.about.kind.allowed}{instead}.", flag)


def _shown(value: object) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
