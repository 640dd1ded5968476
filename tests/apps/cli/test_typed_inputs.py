"""Every option, argument and file of every command, and every text of the API, read what one sees.

What there is comes from the commands and signatures themselves. What is new has to be entered here: with a sample that
is then tried in all disguises, or with the reason why it is taken as it is.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import pystatus
from pystatus import Client, Profiles, typed
from pystatus.apps.cli import options, passwords, values
from pystatus.client.features.registry import client_features
from pystatus.faces import places
from pystatus.rpc.tokens import read_token
from pystatus.settings import kinds, sources
from pystatus.settings.kinds import Kind
from pystatus.settings.model import ENTRIES
from tests.support.command_line import ENODE, LIST, commands, kind_of

BOM, ZERO_WIDTH, HARD_SPACE = "\ufeff", "\u200b", "\u00a0"


def wide(text: str) -> str:
    """In the wide forms that East Asian keyboards write."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


OF_TOKENS: dict[str, Callable[[str], str]] = {
    "a byte order mark": lambda text: BOM + text,
    "the end of a line of Windows": lambda text: f"{text}\r\n",
    "hard spaces around it": lambda text: HARD_SPACE + text + HARD_SPACE,
    "something invisible inside": lambda text: text[:1] + ZERO_WIDTH + text[1:],
    "wide letters": wide,
}
OF_NAMES = {name: OF_TOKENS[name] for name in list(OF_TOKENS)[:4]} | {
    "a letter and its accent": lambda text: text.replace("\u00eb", "e\u0308")
}

TOKENS: dict[Kind, str] = {
    kinds.ADDRESS: "127.0.0.1:30303",
    kinds.HOST: "relay.example.org",
    kinds.ENODES: ENODE,
    kinds.LISTS: LIST,
    kinds.DNS_SERVER: "192.0.2.1:53",
    kinds.LEVELS: "info,pystatus.net=debug",
    kinds.WHITELIST: "192.0.2.0/24",
    kinds.SWITCH: "yes",
    values.RELAY: ENODE,
    values.METHOD: "admin_peers",
    values.URL: "http://127.0.0.1:8545",
    values.RELAYS: ENODE,
    values.NODE_LISTS: LIST,
    values.LOG_FORMAT: "json",
    values.CURSOR: f"5-{'ab' * 32}",
    values.SOURCE: ENODE,
    values.NODE_LIST: LIST,
    values.BASE: "f",
    values.CHAT: "#status",
}
NAMES: dict[Kind, str] = {
    values.PROFILE: "Zo\u00eb",
    values.PROFILE_NAME: "Zo\u00eb",
    values.DEVICE: "5a3f",
    values.DEVICE_NAME: "Zo\u00eb's telephone",
}
AS_IT_IS: dict[Kind, str] = {
    kinds.PATH: "a file is called what it is called",
    kinds.ARCHIVE: "likewise",
    values.PICTURE: "likewise",
    values.ANYTHING: "JSON for a node, which has its own rules",
    values.MESSAGE: "what is said is said; see the test of messages",
    kinds.TEXT: "shared with other programs, which hash it as it is",
}


PARAMETERS = [
    (command.name, parameter.name, kind_of(parameter)) for command in commands() for parameter in command.with_values
]
SETTINGS = [(key, entry.about.kind) for key, entry in ENTRIES.items()]


def sample(kind: Kind) -> tuple[str, dict[str, Callable[[str], str]]] | None:
    """A value of this kind, and what it may come along with; None: it is taken as it is."""
    if kind in AS_IT_IS or kind.allowed.startswith("a path that ends with "):  # files that are written
        return None
    if kind in NAMES:
        return NAMES[kind], OF_NAMES
    if kind in TOKENS:
        return TOKENS[kind], OF_TOKENS
    if kind.bounds or kind in (kinds.NUMBER, kinds.PORT):
        lowest = re.search("[0-9.]+", kind.allowed)
        return str(int(float(lowest[0])) + 1 if lowest else 1), OF_TOKENS
    if re.fullmatch(r"\w+( or \w+)+", kind.allowed):
        return kind.allowed.split()[0], OF_TOKENS
    if kind.allowed.startswith("a list of "):  # of words that are named there
        return kind.allowed.removeprefix("a list of ").split(",")[0], OF_TOKENS
    raise AssertionError(f"what is {kind.allowed}? Enter it above")


def read(kind: Kind, text: str) -> object:
    value = kind.parse(text)
    return places.named(value) if kind is values.CHAT else value


@pytest.mark.parametrize(
    ("where", "kind"),
    [(f"{name} {parameter}", kind) for name, parameter, kind in PARAMETERS] + SETTINGS,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_value_is_what_one_sees(where: str, kind: Kind) -> None:
    found = sample(kind)
    if found is None:
        return
    plain, disguises = found
    expected = read(kind, plain)
    for name, disguise in disguises.items():
        assert read(kind, disguise(plain)) == expected, name


def test_the_parameters_were_found() -> None:
    assert len(PARAMETERS) > 100


def test_lists_of_relays_are_split_where_one_sees_it() -> None:
    assert options.peers([f"{BOM}{ENODE},{ENODE}{HARD_SPACE}{ENODE}\r\n"]) == [ENODE] * 3


SECRET = "correct horse Zo\u00eb"
WORDS = "test test test test test test test test test test test junk"
FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "password_file": (SECRET, lambda file: typed.password(passwords.password(file, pytest.fail))),
    "new_password_file": (SECRET, lambda file: typed.password(passwords.another_password(file))),
    "mailserver_password_file": (SECRET, passwords.secret_in),
    "passphrase_file": (SECRET, passwords.secret_in),
    "words_file": (WORDS, lambda file: typed.words(passwords.words(file))),
    "key_file": ("01" * 32, lambda file: passwords.private_key(file).secret),
    "token_file": ("ab" * 32, read_token),
    "config": ('listen = "127.0.0.1:1"', lambda file: sources.read(file, {}, {}).settings),
}
"""Files with text: what is in one, and who reads it."""
PLACES = {"data_dir", "socket", "rpc_socket", "record", "identicon"}
"""What is made or found there is no text of a person."""
EDITORS: dict[str, Callable[[str], bytes]] = {
    "with the end of a line": lambda text: f"{text}\n".encode(),
    "Windows": lambda text: f"{text}\r\n".encode(),
    "with a byte order mark": lambda text: f"{BOM}{text}\r\n".encode(),
    "UTF-16": lambda text: f"{BOM}{text}\r\n".encode("utf-16-le"),
    "UTF-16, the other way round": lambda text: f"{BOM}{text}".encode("utf-16-be"),
}


def test_of_every_file_it_is_known_whether_it_holds_text() -> None:
    found = {parameter for _, parameter, kind in PARAMETERS if kind in (kinds.PATH, values.PICTURE)}
    assert found == {*FILES, *PLACES}, "enter it above"


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("name", FILES)
def test_every_file_of_every_editor_is_the_same(tmp_path: Path, name: str, editor: str) -> None:
    text, reader = FILES[name]
    found = []
    for number, data in enumerate((text.encode(), EDITORS[editor](text))):
        file = tmp_path / str(number)
        file.write_bytes(data)
        file.chmod(0o600)
        found.append(reader(file))
    assert found[0] == found[1]


API: dict[str, str] = {
    "Client.open profile": "test_profiles_are_found_by_any_form_of_their_name",
    "Client.open password": "test_profiles_open_with_any_form_of_their_password",
    "Client.open mailserver_password": "shared with other programs, which hash it as it is",
    "Client.open pinned_mailserver": "an enode URL: Enode.parse, as of the command line",
    "Client.open listen": "written by programs",
    "Client.open dns_server": "parse_server, as of the command line",
    "Client.open data_dir": "a file is called what it is called",
    "Client.open state_dir": "likewise",
    "Client.join name": "test_chats_are_found_by_any_form_of_their_name",
    "Client.open_chat person": "test_chats_are_found_by_any_form_of_their_name",
    "Client.leave chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.find_chat chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.history chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.fetch_history chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.history_gaps chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.mark_read chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.send_text chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.send_text text": "what a program says is said as it is",
    "Client.answer text": "what a program says is said as it is",
    "Devices.pair name": "test_a_device_is_called_what_one_sees",
    "Devices.set_enabled installation_id": "an id that a program has from all()",
    "Profiles.create password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.create name": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.create_account password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.create_account name": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.check_free name": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.find selector": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.unlock password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.check_password password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.rename name": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.change_password old": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.change_password new": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.recover password": "test_profiles_open_with_any_form_of_their_password",
}
"""Every text that the API takes from a person by way of a program: who tries it, or why it is taken as it is."""
ITS_TESTS = Path(__file__).parents[2] / "storage" / "test_profile_texts.py"


def test_of_every_text_of_the_api_it_is_known_how_it_is_read() -> None:
    found = {
        f"{owner.__name__} {name} {parameter.name}".replace(" ", ".", 1)
        for owner in (Client, Profiles, *client_features())
        for name, method in inspect.getmembers(owner, callable)
        if not name.startswith("_")
        for parameter in inspect.signature(method).parameters.values()
        if re.search(r"\bstr\b", str(parameter.annotation)) and "Iterable" not in str(parameter.annotation)
    }
    assert found == set(API), "enter it above, or take it out"


def test_the_tests_that_are_named_exist() -> None:
    there = {node.name for node in ast.walk(ast.parse(ITS_TESTS.read_text())) if hasattr(node, "name")}
    assert {name for name in API.values() if name.startswith("test_")} <= there


BY_HAND = re.compile(r"unicodedata|\.casefold\(|getpass|sys\.stdin|\.decode\((errors=[^)]*|\"utf.*\")?\)|\.readline\(")
KNOWN = {
    "typed.py": "this is the place",
    "sanitise.py": "for showing",
    "faces/terminal.py": "asks",
    "apps/cli/streams.py": "reads standard input for all",
    "apps/demo/__init__.py": "whether there is a terminal",
    "apps/demo/child.py": "processes of ours speak to each other",
    "apps/demo/stage.py": "likewise",
    "workers/worker.py": "likewise",
    "workers/process.py": "likewise",
    "storage/profiles.py": "the order of a list",
    "storage/archive/sqlite_query.py": "a place in a database of ours",
    "account/identicon.py": "a picture of ours in base 64",
}
"""Where a text is decoded, folded or read by other means than pystatus.typed, above the protocol, and why."""
ABOVE_THE_PROTOCOL = (
    "apps",
    "faces",
    "settings",
    "metrics",
    "inspector",
    "workers",
    "logs/",
    "simulation",
    "storage/",
    "account",
    "client",
    "typed.py",
    "sanitise.py",
)


def test_nobody_reads_text_of_people_by_hand() -> None:
    source = Path(pystatus.__file__).parent
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if str(path.relative_to(source)).startswith(ABOVE_THE_PROTOCOL) and BY_HAND.search(path.read_text())
    }
    assert found - set(KNOWN) == set(), "read it by pystatus.typed, or say above why not"
    assert set(KNOWN) - found == set(), "these are gone: take them out"
