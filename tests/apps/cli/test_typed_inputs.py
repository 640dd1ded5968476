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
from pystatus.apps.cli import name_values, options, passwords, screen_values, sticker_values, values, wallet_values
from pystatus.apps.cli.commands import dns_list
from pystatus.client.features.registry import client_features
from pystatus.devp2p.enr import NodeRecord
from pystatus.faces import places
from pystatus.fleets.invitation import invitation
from pystatus.rpc.tokens import read_token
from pystatus.settings import kinds, sources
from pystatus.settings.kinds import Kind
from pystatus.settings.model import ENTRIES
from tests.fleets.support import HARBOUR
from tests.support.command_line import (
    ADDRESS,
    CONTENT,
    ENODE,
    HASH,
    LINK,
    LIST,
    MESSAGE,
    RECORD,
    SOMEBODY,
    commands,
    kind_of,
)

BOM, ZERO_WIDTH, HARD_SPACE = "\ufeff", "\u200b", "\u00a0"


MEET = "/ip4/203.0.113.1/tcp/30703/ethv4/16Uiu2HAmSH2XVgZqYHWucap5kuPzLnt2TsNQkoppVxB5eJGvaXwm"


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
    kinds.RENDEZVOUS: MEET,
    kinds.DNS_SERVER: "192.0.2.1:53",
    kinds.NAT: "pmp:192.0.2.1",
    kinds.PROXY: "socks5://127.0.0.1:9050",
    kinds.TIME_SERVERS: "ntp.example.org:1123",
    values.TIME_SOURCES: "pool",
    kinds.LEVELS: "info,pystatus.net=debug",
    kinds.WHITELIST: "192.0.2.0/24",
    kinds.SWITCH: "yes",
    kinds.FLEET: "eth.prod",
    kinds.INVITATION: invitation(HARBOUR),
    values.NETWORK_FORMAT: "status-go",
    values.RELAY: ENODE,
    values.METHOD: "admin_peers",
    values.URL: "http://127.0.0.1:8545",
    values.RELAYS: ENODE,
    kinds.BOOTNODES: ENODE,
    values.NODES_TO_ASK: ENODE,
    values.TOPIC: "whisper",
    values.NODE_LISTS: LIST,
    values.MEETING_POINTS: MEET,
    values.LOG_FORMAT: "json",
    values.CURSOR: f"5-{'ab' * 32}",
    values.SOURCE: ENODE,
    values.NODE_LIST: LIST,
    values.RECORD: RECORD,
    values.DOMAIN: "nodes.example.org",
    values.BASE: "f",
    values.CHAT: "#status",
    values.PERSON: SOMEBODY,
    values.ENS_NAME: "alice.eth",
    values.KEY: SOMEBODY,
    values.GIVEN_LINK: LINK,
    values.LINKED: "#status",
    values.MESSAGE_ID: MESSAGE,
    values.ROW: MESSAGE,
    values.STICKER: "e30101701220ab",
    values.AMOUNT: "2000",
    values.ADDRESS: ADDRESS,
    wallet_values.ENDPOINT: "http://127.0.0.1:8545",
    sticker_values.GATEWAY: "http://127.0.0.1:8080",
    wallet_values.PRICES: "http://127.0.0.1:8080",
    wallet_values.CURRENCY: "EUR",
    wallet_values.DECIMAL: "0.25",
    wallet_values.COLOUR: "#4360df",
    wallet_values.CALL_DATA: "0xa9059cbb",
    wallet_values.HASH_BEGINNING: "0x5a5a5a",
    wallet_values.KEY_PATH: "m/44'/60'/0'/0/1",
    name_values.CONTENT: CONTENT,
    values.TRANSACTION_HASH: HASH,
    values.SIGNATURE: f"0x{bytes(65).hex()}",
    screen_values.HOURS: "22:00-07:00",
    values.MOMENT: "2020-10-01",
    values.MOMENT_END: "2020-10-01",
}
NAMES: dict[Kind, str] = {
    values.PROFILE: "Zo\u00eb",
    values.PROFILE_NAME: "Zo\u00eb",
    values.DEVICE: "5a3f",
    values.DEVICE_NAME: "Zo\u00eb's telephone",
    values.CONTACT: "Zo\u00eb",
    values.NICKNAME: "Zo\u00eb",
    values.GROUP: "Zo\u00eb's books",
    values.GROUP_NAME: "Zo\u00eb's books",
    values.REQUEST: "5a3f",
    wallet_values.ACCOUNT: "Zo\u00eb's savings",
    wallet_values.RECIPIENT: "Zo\u00eb's savings",
    wallet_values.ACCOUNT_NAME: "Zo\u00eb's savings",
    values.LINK: LINK,
}
AS_IT_IS: dict[Kind, str] = {
    name_values.NAME: "ENSIP-15 has a normal form of its own, and what is invisible may belong to a name",
    name_values.USERNAME: "a name that breaks a rule is what somebody has registered",
    kinds.PATH: "a file is called what it is called",
    kinds.ARCHIVE: "likewise",
    values.PICTURE: "likewise",
    values.ANYTHING: "JSON for a node, which has its own rules",
    values.MESSAGE: "what is said is said; see the test of messages",
    values.WORDS: "the index folds them",
    values.REACTION: "an emoji, or one of six names",
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


def _listed(file: Path) -> str:
    """What ``dns-list sign`` reads of a file."""
    nodes: list[NodeRecord] = []
    dns_list._read_list(file, nodes, [])
    (only,) = nodes
    return str(only)


FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "password_file": (SECRET, lambda file: typed.password(passwords.password(file, pytest.fail))),
    "new_password_file": (SECRET, lambda file: typed.password(passwords.another_password(file))),
    "file_password_file": (SECRET, lambda file: typed.password(passwords.password_of_file(file, pytest.fail))),
    "mailserver_password_file": (SECRET, passwords.secret_in),
    "passphrase_file": (SECRET, passwords.secret_in),
    "words_file": (WORDS, lambda file: typed.words(passwords.words(file))),
    "key_file": ("01" * 32, lambda file: passwords.private_key(file).secret),
    "token_file": ("ab" * 32, read_token),
    "files": (RECORD, lambda file: _listed(file)),
    "config": ('listen = "127.0.0.1:1"', lambda file: sources.read(file, {}, {}).settings),
}
"""Files with text: what is in one, and who reads it."""
PLACES = {
    "records",
    "zone",
    "data_dir",
    "socket",
    "rpc_socket",
    "record",
    "identicon",
    "file",
    "qr_file",
    "directory",
    "media_folder",
    "to",
}
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


CONTACTS = ("add", "block", "count_messages", "dismiss", "get", "picture", "remove", "set_nickname", "unblock")
WITH_NEW_ACCOUNT = ("derive", "import_key", "import_phrase", "watch")
API: dict[str, str] = {
    "Client.open profile": "test_profiles_are_found_by_any_form_of_their_name",
    "Client.open password": "test_profiles_open_with_any_form_of_their_password",
    "Client.open mailserver_password": "shared with other programs, which hash it as it is",
    "Client.open pinned_mailserver": "an enode URL: Enode.parse, as of the command line",
    "Client.open listen": "written by programs",
    "Client.open dns_server": "parse_server, as of the command line",
    "Client.open proxy": "Proxy.parse, as of the command line",
    "Client.open data_dir": "a file is called what it is called",
    "Client.open state_dir": "likewise",
    "Client.from_environment profile": "test_profiles_are_found_by_any_form_of_their_name",
    "Client.messages chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.join name": "test_chats_are_found_by_any_form_of_their_name",
    "Client.open_chat person": "test_chats_are_found_by_any_form_of_their_name",
    "Client.leave chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.find_chat chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.history chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.chat chat_id": "as events and messages name it, nothing else",
    "Client.find_message beginning": "hexadecimal digits, with 0x or not, in any case",
    "Client.fetch_history chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.history_gaps chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.mark_read chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.send_text chat": "test_chats_are_found_by_any_form_of_their_name",
    "Client.send_text text": "what a program says is said as it is",
    "Client.send_text ens_name": "what a program says is said as it is",
    "Media.send_sticker text": "what a program says is said as it is",
    "OurProfile.sign text": "what a program says is signed as it is",
    "Conversations.mark_seen chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.first_unread chat": "test_chats_are_found_by_any_form_of_their_name",
    "Contacts.introduce person": "parse_person, as of the command line",
    "Client.answer text": "what a program says is said as it is",
    "Backup.confirm words": "typed.words, as of the command line",
    "Conversations.clear chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.delete chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.draft chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.export chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.export path": "a file is called what it is called",
    "Conversations.export format": "one of three that a program names",
    "Conversations.mark_read chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.mark_unread chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.set_draft chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.set_pinned chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.set_archived chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.set_muted chat": "test_chats_are_found_by_any_form_of_their_name",
    "Conversations.set_draft text": "kept as it is typed",
    **dict.fromkeys((f"Contacts.{method} person" for method in CONTACTS), "find_person: a key or a name, in any form"),
    "Names.called name": "typed.name, as of the command line",
    "Contacts.add nickname": "typed.name, as of the command line",
    "Contacts.set_nickname nickname": "typed.name, as of the command line",
    **dict.fromkeys(
        (
            f"Names.{method} name"
            for method in (
                *("resolve", "search", "register", "connect", "set_address", "set_content", "take_over", "release"),
                "add",
            )
        ),
        "names.whole_name: the normal form of ENSIP-15",
    ),
    **dict.fromkeys(
        (
            f"Names.{method} account"
            for method in (
                *("search", "register", "connect", "set_address", "set_content", "take_over", "release"),
                *("reserve_slash", "slash"),
            )
        ),
        "find_account, as of the wallet",
    ),
    **dict.fromkeys(
        (f"Names.{method} username" for method in ("reserve_slash", "slash")),
        "a name that breaks a rule is what somebody has registered",
    ),
    **dict.fromkeys(
        (f"Names.{method} name" for method in ("prefer", "remove")), "one that is kept, in its normal form"
    ),
    **dict.fromkeys((f"Names.{method} address" for method in ("reverse", "set_address")), "typed_address, likewise"),
    "Names.set_content content": "content_hash.typed, as of the command line",
    "Names.send password": "test_keys_of_the_wallet_are_sealed_with_any_form_of_the_password",
    "Client.open registry": "typed_address, as of the command line",
    "Client.open sticker_market": "typed_address, as of the command line",
    "Client.open prices": "EndpointUrl.parse, as of the command line",
    "OurProfile.set_name ens_name": "checked_ens_name, as of the command line",
    "OurProfile.set_picture picture": "a file is called what it is called",
    "Groups.add group": "an id that a program has from create() or chats()",
    "Groups.decline group": "an id that a program has from create() or chats()",
    "Groups.invitation_link group": "an id that a program has from create() or chats()",
    "Groups.join group": "an id that a program has from create() or chats()",
    "Groups.leave group": "an id that a program has from create() or chats()",
    "Groups.members group": "an id that a program has from create() or chats()",
    "Groups.promote group": "an id that a program has from create() or chats()",
    "Groups.remove group": "an id that a program has from create() or chats()",
    "Groups.rename group": "an id that a program has from create() or chats()",
    "Groups.requests group": "an id that a program has from create() or chats()",
    "Groups.step_down group": "an id that a program has from create() or chats()",
    "Groups.remove member": "parse_person, as of the command line",
    "Groups.create name": "group_name, as of the command line",
    "Groups.rename name": "group_name, as of the command line",
    "Groups.request_to_join introduction": "what a program says is said as it is",
    "Groups.request_to_join link": "parse_link, as of the command line",
    "Links.open introduction": "what a program says is said as it is",
    "Links.open link": "parse_link, as of the command line",
    "Links.read picture": "a file is called what it is called",
    "Links.to chat": "test_chats_are_found_by_any_form_of_their_name",
    "Media.save path": "a file is called what it is called",
    "Media.send_audio sound": "likewise",
    "Media.send_image picture": "likewise",
    "Media.send_audio chat": "test_chats_are_found_by_any_form_of_their_name",
    "Media.send_image chat": "test_chats_are_found_by_any_form_of_their_name",
    "Media.send_sticker chat": "test_chats_are_found_by_any_form_of_their_name",
    "Media.send_audio text": "what a program says is said as it is",
    "Media.send_image text": "what a program says is said as it is",
    "Media.send_sticker content_hash": "checked_sticker, as of the command line",
    "Mentions.complete beginning": "names are compared without their case",
    "Mentions.complete chat": "test_chats_are_found_by_any_form_of_their_name",
    "Mentions.people chat": "test_chats_are_found_by_any_form_of_their_name",
    "Mentions.typed chat": "test_chats_are_found_by_any_form_of_their_name",
    "Mentions.typed text": "what a program says is said as it is",
    "Reactions.add reaction": "reaction_type, as of the command line",
    "Reactions.retract reaction": "reaction_type, as of the command line",
    "Reactions.toggle reaction": "reaction_type, as of the command line",
    "Search.authors beginning": "folded: small and capital letters are the same",
    "Search.find author": "parse_person, as of the command line",
    "Search.find chat": "test_chats_are_found_by_any_form_of_their_name",
    "Search.find words": "folded by the index: case and accents make no difference",
    "Stickers.send chat": "test_chats_are_found_by_any_form_of_their_name",
    "Stickers.picture content_hash": "checked_sticker, as of the command line",
    **dict.fromkeys(
        (f"Stickers.{method} account" for method in ("market", "draft_buy", "install")),
        "find_account, as of the wallet",
    ),
    "Timeline.follow person": "parse_person, as of the command line",
    **dict.fromkeys(
        (
            f"Wallet.{method} account"
            for method in (
                *("account", "change", "history", "remove", "update_history", "balances", "collectibles"),
                *("draft", "draft_call", "draft_collectible"),
            )
        ),
        "an address or a name, as of the command line",
    ),
    **dict.fromkeys((f"Wallet.{method} name" for method in (*WITH_NEW_ACCOUNT, "change")), "checked_name, likewise"),
    **dict.fromkeys(
        (f"Wallet.{method} colour" for method in (*WITH_NEW_ACCOUNT, "change")), "checked_colour, likewise"
    ),
    **dict.fromkeys(
        (f"Wallet.{method} password" for method in WITH_NEW_ACCOUNT if method != "watch"),
        "test_keys_of_the_wallet_are_sealed_with_any_form_of_the_password",
    ),
    **dict.fromkeys(
        (
            *(f"Wallet.draft{kind} to" for kind in ("", "_call", "_collectible")),
            *(f"Wallet.{method} contract" for method in ("collectibles", "draft_collectible")),
            *(f"Wallet.{method}_token address" for method in ("add", "look_up", "remove")),
            *(f"Wallet.{method}_favourite address" for method in ("save", "remove")),
            "Wallet.balances tokens",
            "Wallet.draft token",
        ),
        "typed_address, as of the command line",
    ),
    "Wallet.save_favourite name": "checked_name, likewise",
    "Wallet.send password": "test_keys_of_the_wallet_are_sealed_with_any_form_of_the_password",
    "Wallet.import_phrase path": "checked_path, as of the command line",
    "Wallet.import_phrase phrase": "seed: as somebody has typed it",
    "Wallet.prices currency": "typed_currency, as of the command line",
    "Wallet.watch address": "typed_address, as of the command line",
    "Timeline.unfollow person": "parse_person, as of the command line",
    "Timeline.post text": "what a program says is said as it is",
    "Transactions.accept address": "checked_address, as of the command line",
    "Transactions.all chat": "test_chats_are_found_by_any_form_of_their_name",
    "Transactions.announce address": "checked_address, as of the command line",
    "Transactions.announce contract": "checked_contract, as of the command line",
    "Transactions.announce to": "test_chats_are_found_by_any_form_of_their_name",
    "Transactions.announce transaction_hash": "checked_hash, as of the command line",
    "Transactions.announcements chat": "test_chats_are_found_by_any_form_of_their_name",
    "Transactions.request_address chat": "test_chats_are_found_by_any_form_of_their_name",
    "Transactions.request_address contract": "checked_contract, as of the command line",
    "Transactions.request_payment address": "checked_address, as of the command line",
    "Transactions.request_payment chat": "test_chats_are_found_by_any_form_of_their_name",
    "Transactions.request_payment contract": "checked_contract, as of the command line",
    "UnknownPayloads.all chat": "test_chats_are_found_by_any_form_of_their_name",
    "Devices.pair name": "test_a_device_is_called_what_one_sees",
    "Devices.rename name": "test_a_device_is_called_what_one_sees",
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
    "Profiles.phrase password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.create phrase": "the words that new_phrase() has made",
    "Profiles.confirm_backup password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.confirm_backup words": "typed.words, as of the command line",
    "Profiles.export password": "test_profiles_open_with_any_form_of_their_password",
    "Profiles.export path": "a file is called what it is called",
    "Profiles.export file_password": "typed.password, as those of profiles; see tests/storage/test_backups.py",
    "Profiles.restore path": "a file is called what it is called",
    "Profiles.restore file_password": "typed.password, as those of profiles; see tests/storage/test_backups.py",
    "Profiles.restore name": "test_profiles_are_found_by_any_form_of_their_name",
    "Profiles.vacuum password": "test_profiles_open_with_any_form_of_their_password",
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
    "account/names.py": "names are compared, and refused where typed.name leaves what nobody sees",
    "faces/fuzzy.py": "names are looked for",
    "apps/terminal/typed_lines.py": "bytes of a terminal become lines, which pystatus.typed reads",
    "apps/terminal/key_file.py": "TOML is UTF-8 (toml.io, v1.0.0)",
    "apps/terminal/base_app.py": "which of our own signs a terminal of ASCII cannot show",
    "messenger/message_text.py": "every hidden character is named",
    "apps/terminal/plain.py": "lines, which the composer and the client read as typed",
    "apps/cli/commands/chat.py": "whether it is a terminal",
    "faces/imitation.py": "names are compared",
    "faces/link_check.py": "letters of a host are looked at",
    "faces/terminal.py": "asks",
    "apps/cli/streams.py": "reads standard input for all",
    "apps/demo/__init__.py": "whether there is a terminal",
    "apps/demo/child.py": "processes of ours speak to each other",
    "apps/demo/stage.py": "likewise",
    "workers/worker.py": "likewise",
    "workers/process.py": "likewise",
    "storage/profile_list.py": "the order of a list",
    "storage/archive/sqlite_reader.py": "a place in a database of ours",
    "account/identicon.py": "a picture of ours in base 64",
    "client/pictures.py": "a picture in base 64",
    "apps/cli/name_values.py": "control characters are refused, which no name has",
    "storage/cached_peers.py": "SQL of ours",
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
    "messenger/message_text.py",
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
