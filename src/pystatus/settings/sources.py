"""Where settings come from: the file, over it the environment, over that the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from pystatus import typed
from pystatus.errors import LocalError, Refused
from pystatus.records import dataclass
from pystatus.settings.kinds import PORT, Kind, WrongValue
from pystatus.settings.model import ENTRIES, PREFIX, SECTIONS, Settings, build
from pystatus.storage.paths import STATE_VARIABLE
from pystatus.variables import (
    ENDPOINT_VARIABLE,
    GATEWAY_VARIABLE,
    LANG_VARIABLE,
    MAILSERVERS_VARIABLE,
    MARKET_VARIABLE,
    PASSWORD_VARIABLE,
    PRICES_VARIABLE,
    QUIET_VARIABLE,
    REGISTRY_VARIABLE,
    RPC_URL_VARIABLE,
)
from pystatus.wording import counted

FILE_VARIABLE = "PYSTATUS_CONFIG"
"""Names the file where the command line does not."""
PORT_VARIABLE = "LISTEN_PORT"
"""The port of ``listen`` alone, as operators of status-go write it."""
MAX_FILE_SIZE = 1 << 20
"""Bytes of a settings file; a thousand peers take less than a fifth of it."""
MAX_MISTAKES = 20
"""Mistakes that are told at once: a screen full. A file of another program would have hundreds."""

DEFAULT = "default"

_NEARLY = 0.85
"""How alike two names are, of 1, of which one is taken for the other misspelt."""
_OF_OTHER_COMMANDS = {
    ENDPOINT_VARIABLE,
    FILE_VARIABLE,
    GATEWAY_VARIABLE,
    LANG_VARIABLE,
    QUIET_VARIABLE,
    REGISTRY_VARIABLE,
    STATE_VARIABLE,
    MAILSERVERS_VARIABLE,
    MARKET_VARIABLE,
    PASSWORD_VARIABLE,
    PRICES_VARIABLE,
    RPC_URL_VARIABLE,
}


class SettingError(Refused):
    """Settings are wrong: each sentence names where one stands, its key, and what is allowed."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


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

    :raises SettingError: something is wrong; all of it is told.
    :raises LocalError: the file cannot be read.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    mistakes: list[str] = []
    sources: list[Iterator[_Given | str]] = [
        _from_file(file) if file is not None else iter(()),
        _from_environment(environment, values),
        _from_flags(flags),
    ]
    for source in sources:
        for given in source:
            if isinstance(given, str):
                mistakes.append(given)
                continue
            try:
                values[given.key] = given.read()
            except WrongValue as error:
                mistakes.append(error.said_of(given.place))
            origins[given.key] = given.origin
    if mistakes:
        more = len(mistakes) - MAX_MISTAKES
        raise SettingError(*mistakes[:MAX_MISTAKES], *([f"And {counted(more, 'more mistake')}."] if more > 0 else ()))
    everything = {key: values.get(key, entry.default) for key, entry in ENTRIES.items()}
    return Effective(build(values), everything, {key: origins.get(key, DEFAULT) for key in ENTRIES})


@dataclass(frozen=True, slots=True)
class _Given:
    """A setting as it stands somewhere."""

    key: str
    value: Any
    origin: str
    place: str
    """Of the value, for a sentence."""
    is_text: bool = True
    """No value of TOML."""
    kind: Kind | None = None
    """Where it is another one than that of the setting."""
    finish: Callable[[Any], Any] = lambda value: value

    def read(self) -> Any:
        """
        :raises WrongValue: it is not what it has to be.
        """
        about = ENTRIES[self.key].about
        kind = self.kind or about.kind
        read = kind.parse if self.is_text else kind.take
        return self.finish(read(self.value, quote=not about.secret))


def file_of(environment: Mapping[str, str]) -> Path | None:
    """The settings file that the environment names."""
    named = environment.get(FILE_VARIABLE)
    return Path(named).expanduser() if named else None


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence about each variable that looks like a setting and is none: probably a slip of the pen."""
    known = {entry.variable for entry in ENTRIES.values()} | _OF_OTHER_COMMANDS
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            found = get_close_matches(name, known, n=1)
            meant = f" Did you mean {found[0]}?" if found else ""
            all_of_them = "pystatus config show --effective lists all of them."
            yield f"{name} is set, but there is no such setting.{meant} {all_of_them}"


def misspelt(variable: str, environment: Mapping[str, str]) -> str:
    """What to say where ``variable`` is missed and one that is called nearly so is set: a sentence with a space in
    front, or nothing."""
    known = {entry.variable for entry in ENTRIES.values()} | _OF_OTHER_COMMANDS
    found = get_close_matches(variable, [name for name in environment if name not in known], n=1, cutoff=_NEARLY)
    return f" {found[0]} is set, but there is no such variable: {variable} is meant?" if found else ""


def _from_file(file: Path) -> Iterator[_Given | str]:
    """What stands in the file, and sentences about what should not."""
    for name, value in _load(file).items():
        if name in ENTRIES:
            yield _Given(name, value, str(file), f"{file}: {name}", is_text=False)
        elif name not in SECTIONS:
            sections = ", ".join(f"[{section}]" for section in sorted(SECTIONS))
            yield f"{file}: there is no setting {name}.{_meant(name, '')} Allowed: {_keys_of('')}, and {sections}."
        elif not isinstance(value, dict):
            yield f"{file}: {name} must be a section, [{name}], with {_keys_of(f'{name}.')} in it."
        else:
            for inner, inner_value in value.items():
                key = f"{name}.{inner}"
                if key in ENTRIES:
                    yield _Given(key, inner_value, str(file), f"{file}: {key}", is_text=False)
                else:
                    yield (
                        f"{file}: there is no setting {inner} in [{name}].{_meant(inner, name)} "
                        f"Allowed there: {_keys_of(f'{name}.')}."
                    )


def _meant(name: str, section: str) -> str:
    """What was probably meant, as a sentence with a space in front; nothing if nobody can tell."""
    places = {key.rpartition(".")[2]: key.rpartition(".")[0] for key in ENTRIES}
    if name in places:
        return f" Did you mean {name} in [{places[name]}]?" if places[name] else " It stands above all sections."
    here = [key.rpartition(".")[2] for key in ENTRIES if key.rpartition(".")[0] == section]
    found = get_close_matches(name, [*here, *(() if section else SECTIONS)], n=1)
    return f" Did you mean {found[0]}?" if found else ""


def _load(file: Path) -> dict[str, Any]:
    import tomllib  # only now: a node without a file starts sooner

    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise LocalError(f"The settings file {file} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_FILE_SIZE:
        limit = MAX_FILE_SIZE >> 20
        raise SettingError(f"The file {file} is longer than {limit} MiB. Check that it is the settings file.")
    try:
        return tomllib.loads(typed.decoded(data, f"The file {file}"))
    except LocalError as error:
        raise SettingError(str(error)) from error
    except ValueError as error:  # its words name line and column
        raise SettingError(f"The file {file} is not TOML: {error}.") from error


def _keys_of(prefix: str) -> str:
    return ", ".join(
        key.removeprefix(prefix) for key in ENTRIES if key.rpartition(".")[0] + "." * bool(prefix) == prefix
    )


def _from_environment(environment: Mapping[str, str], below: Mapping[str, Any]) -> Iterator[_Given]:
    """An empty variable is as good as none: that is how compose files and units pass on what is not set."""
    for key, entry in ENTRIES.items():
        for name in (entry.variable, entry.about.also):
            if name is not None and environment.get(name):
                yield _Given(key, environment[name], name, name)
                break
        else:
            if key == "listen" and environment.get(PORT_VARIABLE):
                host = str(below.get("listen", entry.default)).rpartition(":")[0]
                yield _Given(
                    key,
                    environment[PORT_VARIABLE],
                    PORT_VARIABLE,
                    PORT_VARIABLE,
                    kind=PORT,
                    finish=partial(_address, host),
                )


def _address(host: str, port: int) -> str:
    return f"{host}:{port}"


def _from_flags(flags: Mapping[str, str | None]) -> Iterator[_Given]:
    for key, text in flags.items():
        if text is not None:
            flag = ENTRIES[key].flag
            yield _Given(key, text, flag, flag)
