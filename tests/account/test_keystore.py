"""Key files (account.md §5) and the password that seals them (account.md §6)."""

import contextlib
import hashlib
import json
import os
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import given, settings
from hypothesis import strategies as st

from pystatus.account import keystore, password
from pystatus.account.address import address_of
from pystatus.account.hd import ExtendedKey
from pystatus.account.keystore import StoredKey, WrongPassword
from pystatus.crypto.ciphers import aes_ctr
from pystatus.crypto.hashing import keccak256
from pystatus.crypto.kdf import scrypt
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from tests.account.reference import REFERENCE
from tests.support.cheap_keys import as_shipped
from tests.support.randomness import QueuedRandom
from tests.support.vectors import Case, case_id, unhex

FOREIGN: list[Case] = json.loads(Path(__file__).with_name("key_files.json").read_text())["cases"]
EXTENDED = ExtendedKey.from_seed(bytes(range(16))).child(1)
STORED = StoredKey(EXTENDED.key, EXTENDED)
RAW = StoredKey(EXTENDED.key)

Json = dict[str, Any]


def cheap(plaintext: bytes, sealed_with: str = "secret", **parameters: object) -> Json:
    """A section that opens in no time."""
    derived = scrypt(sealed_with.encode(), b"salt", n=2, r=1, p=1, size=32)
    ciphertext = aes_ctr(derived[:16], bytes(16), plaintext)
    return {
        "cipher": "aes-128-ctr",
        "ciphertext": ciphertext.hex(),
        "cipherparams": {"iv": "00" * 16},
        "kdf": "scrypt",
        "kdfparams": {"n": 2, "r": 1, "p": 1, "dklen": 32, "salt": b"salt".hex(), **parameters},
        "mac": keccak256(derived[16:] + ciphertext).hex(),
    }


def cheap_file(**changes: object) -> Json:
    return {
        "address": STORED.address.hex(),
        "crypto": cheap(EXTENDED.key.secret),
        "extendedkey": cheap(EXTENDED.encode().encode()),
        "version": 3,
        **changes,
    }


def opened(contents: object, **options: Any) -> StoredKey:
    return keystore.open_file(json.dumps(contents).encode(), "secret", **options)


def upper(value: Any) -> Any:
    """All names and words of a file in capitals, and its hexadecimal digits."""
    if isinstance(value, dict):
        return {name.upper(): upper(member) for name, member in value.items()}
    return value.upper() if isinstance(value, str) else value


def with_0x(value: Any) -> Any:
    """``0x`` before everything that is hexadecimal."""
    if isinstance(value, dict):
        return {name: with_0x(member) for name, member in value.items()}
    return f"0x{value}" if isinstance(value, str) and value and not set(value) - set("0123456789abcdef") else value


def numbers_as(form: Callable[[int], object]) -> Callable[[Json], Json]:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: change(member) for name, member in value.items()}
        return form(value) if isinstance(value, int) else value

    return change


def without(*path: str) -> Callable[[Json], Json]:
    def change(file: Json) -> Json:
        *above, last = path
        inner = file
        for name in above:
            inner = inner[name]
        inner.pop(last, None)
        return file

    return change


def in_crypto(**members: object) -> Callable[[Json], Json]:
    return lambda file: {**file, "crypto": {**file["crypto"], **members}}


def derived_otherwise(file: Json, kdf: str, parameters: Json, derived: bytes, cipher: str = "aes-128-ctr") -> Json:
    """The same key, sealed with another derived key."""
    secret = EXTENDED.key.secret
    if cipher == "aes-128-ctr":
        ciphertext = aes_ctr(derived[:16], bytes(16), secret)
    else:
        padder = PKCS7(128).padder()
        encryptor = Cipher(AES(derived[:16]), CBC(bytes(16))).encryptor()
        ciphertext = encryptor.update(padder.update(secret) + padder.finalize())
    mac = keccak256(derived[16:32] + ciphertext).hex()
    section = {"kdf": kdf, "kdfparams": parameters, "cipher": cipher, "ciphertext": ciphertext.hex(), "mac": mac}
    return {**file, "crypto": {"cipherparams": {"iv": "00" * 16}, **section}}


def with_pbkdf2(hash_name: str, size: int = 32) -> Callable[[Json], Json]:
    derived = hashlib.pbkdf2_hmac(hash_name, b"secret", b"salt", 3, size)
    parameters = {"c": 3, "prf": f"hmac-{hash_name}", "dklen": size, "salt": b"salt".hex()}
    return lambda file: derived_otherwise(file, "pbkdf2", parameters, derived)


def with_scrypt(size: int, cipher: str = "aes-128-ctr") -> Callable[[Json], Json]:
    """As eth-account has it: r is 1 and p is 8."""
    derived = scrypt(b"secret", b"salt", n=4, r=1, p=8, size=size)
    parameters = {"n": 4, "r": 1, "p": 8, "dklen": size, "salt": b"salt".hex()}
    return lambda file: derived_otherwise(file, "scrypt", parameters, derived, cipher)


LENIENT: dict[str, Callable[[Json], Json]] = {
    "names in capitals: geth, eth-account, ethers": lambda file: {name.title(): part for name, part in file.items()},
    "all in capitals: MyCrypto": upper,
    "0x before digits: eth-account, ethers": with_0x,
    "0X before digits": lambda file: upper(with_0x(file)),
    "version as text: ethers": lambda file: {**file, "version": "3"},
    "numbers as text: ethers": numbers_as(str),
    "numbers in hexadecimal text: ethers": numbers_as(hex),
    "numbers as fractions: what passed through JavaScript": numbers_as(float),
    "no address: the definition": without("address"),
    "no id: eth-account": without("id"),
    "no dklen": without("crypto", "kdfparams", "dklen"),
    "members of others: Parity, ethers": lambda file: {
        **file,
        "name": "",
        "meta": "{}",
        "x-ethers": {"version": "0.1"},
    },
    "a short iv: eth-account": in_crypto(cipherparams={"iv": "00" * 15}),
    "an iv that is 0: eth-account": in_crypto(cipherparams={"iv": "0x00"}),
    "PBKDF2 with SHA-256: all": with_pbkdf2("sha256"),
    "PBKDF2 with SHA-512: eth-account, ethers": with_pbkdf2("sha512"),
    "PBKDF2 with SHA-1: eth-account": with_pbkdf2("sha1"),
    "a long derived key of PBKDF2: geth, eth-account": with_pbkdf2("sha256", 64),
    "scrypt with r = 1: eth-account": with_scrypt(32),
    "a long derived key of scrypt: geth, eth-account": with_scrypt(64),
    "CBC: MyCrypto": with_scrypt(32, "aes-128-cbc"),
}
"""What readers of such files put up with, and who does."""


class TestFilesOfOthers:
    @pytest.mark.requirement("AC-26")
    @pytest.mark.parametrize("case", FOREIGN, ids=case_id)
    def test_opened(self, case: Case) -> None:
        stored = keystore.open_file(json.dumps(case["file"]).encode(), case["password"])
        assert stored.key.secret == unhex(case["private_key"])
        assert (stored.extended and stored.extended.encode()) == case.get("extended_key")

    @pytest.mark.parametrize("case", FOREIGN, ids=case_id)
    def test_wrong_password(self, case: Case) -> None:
        with pytest.raises(WrongPassword, match="The password is wrong"):
            keystore.open_file(json.dumps(case["file"]).encode(), case["password"] + " ")

    def test_what_takes_another_library_says_which(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (case,) = (case for case in FOREIGN if "library" in case)
        monkeypatch.setitem(sys.modules, "Crypto.Protocol.KDF", None)
        with pytest.raises(LocalError, match=r"n = 262144, r = 1.* -m pip install pycryptodome$"):
            keystore.open_file(json.dumps(case["file"]).encode(), case["password"])

    @pytest.mark.parametrize("what", LENIENT)
    def test_what_others_put_up_with(self, what: str) -> None:
        change = LENIENT[what]
        file = {"id": str(uuid.UUID(int=5)), "address": STORED.address.hex(), "version": 3}
        assert opened(change({**file, "crypto": cheap(EXTENDED.key.secret)})) == RAW
        with pytest.raises(WrongPassword):
            keystore.open_file(json.dumps(change({**file, "crypto": cheap(EXTENDED.key.secret)})).encode(), "guess")

    @pytest.mark.parametrize("change", [upper, with_0x, numbers_as(str)])
    def test_so_is_the_extended_key(self, change: Callable[[Json], Json]) -> None:
        assert opened({**cheap_file(), "extendedkey": change(cheap(EXTENDED.encode().encode()))}) == STORED

    def test_version_1_as_a_number(self) -> None:
        (case,) = (case for case in FOREIGN if case["name"] == "go-ethereum, version 1")
        assert keystore.open_file(json.dumps({**case["file"], "version": 1}).encode(), case["password"])

    @pytest.mark.parametrize("address", ["", None, "0x" + STORED.address.hex(), STORED.address.hex().upper()])
    def test_address_may_be_missing_or_decorated(self, address: str | None) -> None:
        assert opened(cheap_file(address=address)) == STORED

    @pytest.mark.parametrize(
        "section",
        [None, {}, {"ciphertext": ""}, cheap(b"Zeroed extended key")],
        ids=["null", "empty", "blank", "zeroed"],
    )
    def test_no_extended_key(self, section: object) -> None:
        assert opened(cheap_file(extendedkey=section)) == RAW


class TestOurFiles:
    @pytest.fixture(autouse=True)
    def _as_shipped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        as_shipped(monkeypatch)

    @pytest.mark.requirement("AC-26")
    def test_round_trip_with_extended_key(self) -> None:
        data = keystore.seal(STORED, "secret", os.urandom)
        assert keystore.open_file(data, "secret") == STORED
        assert keystore.open_file(data, "secret", extended=False) == RAW
        assert keystore.open_file(data, "secret", address=STORED.address) == STORED
        with pytest.raises(WrongPassword):
            keystore.open_file(data, "Secret")

    def test_same_form_as_the_reference(self) -> None:
        theirs = [
            case["file"]
            for case in FOREIGN
            if case["name"] in ("status-go, chat key", "status-go, imported private key")
        ]
        for their_file, stored in zip(theirs, (STORED, RAW), strict=True):
            data = keystore.seal(stored, "secret", os.urandom)
            assert shape(json.loads(data)) == shape(their_file)
            assert data == json.dumps(json.loads(data), separators=(",", ":")).encode()

    @pytest.mark.requirement("AC-26")
    def test_parameters_are_those_of_the_app(self) -> None:
        contents = json.loads(keystore.seal(STORED, "secret", QueuedRandom([b"\1" * 32, b"\2" * 32])))
        assert contents["address"] == STORED.address.hex()
        assert uuid.UUID(contents["id"]).version == 4
        for section, salt in ((contents["crypto"], "01" * 32), (contents["extendedkey"], "02" * 32)):
            assert section["kdfparams"] == {"n": 4096, "r": 8, "p": 6, "dklen": 32, "salt": salt}
        assert contents["crypto"]["cipherparams"] != contents["extendedkey"]["cipherparams"]

    def test_new_password(self) -> None:
        before = keystore.seal(RAW, "old", os.urandom)
        after = keystore.change_password(before, "old", "new", os.urandom)
        assert keystore.open_file(after, "new") == RAW
        with pytest.raises(WrongPassword):
            keystore.open_file(after, "old")
        with pytest.raises(WrongPassword):
            keystore.change_password(after, "old", "newer", os.urandom)

    def test_name(self) -> None:
        name = keystore.file_name(STORED.address, 1601553600.25)
        assert name == f"UTC--2020-10-01T12-00-00.250000000Z--{STORED.address.hex()}"
        assert keystore.named_address(name) == STORED.address
        assert keystore.named_address("UTC--2026-11-22T15-25-48.988181299Z--" + "5a" * 20) == b"Z" * 20
        for other in ("", "README", name.upper(), name + "~", name[:-1], "a/" + name, f"UTC--../x--{'5a' * 20}"):
            assert keystore.named_address(other) is None

    def test_extended_key_of_another_key_is_refused(self) -> None:
        with pytest.raises(LocalError, match="same key"):
            StoredKey(PrivateKey(b"\1" * 32), EXTENDED)

    def test_secrets_do_not_show(self) -> None:
        shown = f"{STORED!r} {STORED} {[STORED]}"
        assert STORED.address.hex() in shown
        assert EXTENDED.key.secret.hex() not in shown
        assert repr(EXTENDED.key.secret) not in shown
        assert EXTENDED.encode() not in shown


def shape(value: object) -> object:
    """The names, their order, and the types and lengths of their values."""
    if isinstance(value, dict):
        return [(name, shape(member)) for name, member in value.items()]
    return (type(value), len(value)) if isinstance(value, str) else value


class TestAttacks:
    def test_swapped_file(self) -> None:
        other = PrivateKey(b"\1" * 32)
        with pytest.raises(RemoteError, match="another key"):
            opened(cheap_file(), address=address_of(other.public_key))
        with pytest.raises(RemoteError, match="another key"):
            opened(cheap_file(crypto=cheap(other.secret)))

    def test_old_file_whose_extended_key_is_another_key(self) -> None:
        with pytest.raises(RemoteError, match="another key"):
            opened(cheap_file(extendedkey=cheap(EXTENDED.child(1).encode().encode())))

    def test_extended_key_under_another_password(self) -> None:
        section = cheap(EXTENDED.encode().encode(), sealed_with="other")
        with pytest.raises(RemoteError, match="damaged"):
            opened(cheap_file(extendedkey=section))
        assert opened(cheap_file(extendedkey=section), extended=False) == RAW

    @pytest.mark.parametrize("plaintext", [b"xprv", b"\xff" * 111, EXTENDED.public.encode().encode()])
    def test_extended_key_that_is_none(self, plaintext: bytes) -> None:
        with pytest.raises(RemoteError):
            opened(cheap_file(extendedkey=cheap(plaintext)))

    @pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32, bytes(33)])
    def test_private_key_that_is_none(self, secret: bytes) -> None:
        with pytest.raises(RemoteError):
            opened(cheap_file(crypto=cheap(secret)))

    def test_scrypt_at_the_limit_is_opened(self) -> None:
        # One file in the list of FOREIGN takes all of the memory that is allowed.
        most = max((case["file"].get("crypto") or case["file"]["Crypto"])["kdfparams"].get("n", 0) for case in FOREIGN)
        assert 128 * 8 * (most + 1) <= keystore.MAX_SCRYPT_MEMORY < 128 * 8 * (most + 1) * 1.01
        assert most * 8 * 2 == keystore.MAX_SCRYPT_WORK

    @pytest.mark.parametrize(
        "parameters",
        [{"n": 0}, {"n": 1}, {"n": -4}, {"n": 3}, {"r": 0}, {"p": 0}, {"p": -1}, {"r": -8, "n": -8}],
        ids=str,
    )
    def test_scrypt_that_is_impossible(self, parameters: Json) -> None:
        with pytest.raises(RemoteError, match="impossible"):
            opened(cheap_file(crypto=cheap(EXTENDED.key.secret, **parameters)))

    def test_file_that_is_too_long(self) -> None:
        with pytest.raises(RemoteError, match="longer than 65536 bytes"):
            keystore.open_file(b" " * (keystore.MAX_FILE_SIZE + 1), "secret")

    def test_wrong_password_comes_before_everything_that_the_password_protects(self) -> None:
        for section in (cheap(b"", sealed_with="x"), cheap(bytes(32), sealed_with="x")):
            with pytest.raises(WrongPassword):
                opened(cheap_file(crypto=section))


def changed(*path: str, to: object) -> Json:
    contents = cheap_file()
    inner = contents
    for name in path[:-1]:
        inner = inner[name]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return contents


class TestDamagedFiles:
    @pytest.mark.parametrize("data", [b"", b"{", b"[" * 60_000, b"\xff\xfe\xfd", b'{"version": ' + b"9" * 5000 + b"}"])
    def test_no_json(self, data: bytes) -> None:
        with pytest.raises(RemoteError, match="not JSON"):
            keystore.open_file(data, "secret")

    @pytest.mark.parametrize(
        "contents",
        [[], 3, "3", None, {}, *({"version": version} for version in (4, "3", "", "three", " 3", "9" * 30, True, [3]))],
    )
    def test_no_key_file(self, contents: object) -> None:
        with pytest.raises(RemoteError):
            opened(contents)

    @pytest.mark.parametrize(
        ("path", "values"),
        [
            (("crypto",), [..., None, [], "x", 7]),
            (("crypto", "cipher"), [..., None, "aes-128-cbc", "aes-256-ctr", []]),
            (("crypto", "ciphertext"), [..., None, 5, "0", "zz", "é"]),
            (("crypto", "cipherparams"), [..., None, []]),
            (("crypto", "cipherparams", "iv"), [..., None, "", "0x", "00" * 17, "0 0", "0x0x00"]),
            (("crypto", "mac"), [..., None, "", "00" * 31]),
            (("crypto", "kdf"), [..., None, "argon2", "pbkdf2", {}]),
            (("crypto", "kdfparams"), [..., None, 7]),
            (("crypto", "kdfparams", "salt"), [..., None, "0"]),
            (("crypto", "kdfparams", "dklen"), [None, 0, -1, 31, "31", 32.5]),
            (
                ("crypto", "kdfparams", "n"),
                [..., None, "two", "2.0", "-2", "9" * 21, True, 2.5, [], float("inf"), float("nan")],
            ),
            (("crypto", "kdfparams", "r"), [..., "0x"]),
            (("crypto", "kdfparams", "p"), [..., {}]),
            (("extendedkey",), ["x", [], 7]),
            (("extendedkey", "mac"), ["00" * 32]),
            (("address",), [7, "00", "00" * 20, "zz" * 20, []]),
        ],
        ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
    )
    def test_damaged_member(self, path: tuple[str, ...], values: list[object]) -> None:
        for value in values:
            with pytest.raises(RemoteError):
                opened(changed(*path, to=value))

    @pytest.mark.parametrize("prf", [None, "hmac-md5", "sha256", "hmac-", "hmac-sha3-256", 7])
    def test_pbkdf2_with_another_function(self, prf: object) -> None:
        section = cheap(EXTENDED.key.secret, c=1, prf=prf) | {"kdf": "pbkdf2"}
        with pytest.raises(RemoteError, match="another function than HMAC"):
            opened(cheap_file(crypto=section))

    @pytest.mark.parametrize("ciphertext", ["", "00" * 15, "00" * 32], ids=["empty", "no-block", "bad-padding"])
    def test_version_1_with_a_good_mac_and_bad_blocks(self, ciphertext: str) -> None:
        section = cheap(b"")
        derived = scrypt(b"secret", b"salt", n=2, r=1, p=1, size=32)
        section |= {
            "cipher": "aes-128-cbc",
            "ciphertext": ciphertext,
            "mac": keccak256(derived[16:] + bytes.fromhex(ciphertext)).hex(),
        }
        with pytest.raises(RemoteError, match="AES-CBC"):
            opened(cheap_file(version="1", crypto=section))

    @given(st.binary(max_size=300))
    def test_any_bytes(self, data: bytes) -> None:
        with pytest.raises(RemoteError):
            keystore.open_file(data, "secret")

    @settings(max_examples=200)
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.integers(-4, 40)
            | st.sampled_from(["1", "scrypt", "pbkdf2", "00" * 16]),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["crypto", "kdf", "kdfparams", "n", "r", "p", "c", "salt", "iv", "mac", "version"]),
                    inner,
                )
            ),
        ),
        st.sampled_from(["crypto", "extendedkey", "version", "address"]),
    )
    def test_any_json(self, value: object, name: str) -> None:
        with contextlib.suppress(RemoteError, WrongPassword):
            assert opened(cheap_file(**{name: value})) in (STORED, RAW)

    @given(st.integers(0, 1000), st.integers(1, 255))
    def test_any_changed_byte(self, position: int, change: int) -> None:
        data = bytearray(json.dumps(cheap_file()).encode())
        data[position % len(data)] ^= change
        with contextlib.suppress(RemoteError, WrongPassword):
            assert keystore.open_file(bytes(data), "secret") in (STORED, RAW)


class TestPassword:
    @pytest.mark.parametrize("case", REFERENCE["password_hash"], ids=lambda case: case["password"])
    def test_hash(self, case: Case) -> None:
        assert password.hashed(case["password"]) == case["hashed"]

    def test_hash_of_other_alphabets(self) -> None:
        assert password.hashed("пароль 🔑") == "0x" + keccak256("пароль 🔑".encode()).hex()

    @pytest.mark.parametrize(
        ("typed", "data"),
        [
            ("0x00ff", b"\0\xff"),
            ("0XAB", b"\xab"),
            ("0xabc", b"\xab\x0c"),
            ("0x5", b"\5"),
            ("-0x12", b"-0x12"),
            ("0xfg", b"0xfg"),
        ],
    )
    def test_what_looks_like_hex_is_taken_for_bytes(self, typed: str, data: bytes) -> None:
        assert password.hashed(typed) == "0x" + keccak256(data).hex()

    @pytest.mark.parametrize("typed", ["", "0x", "0X"])
    def test_empty(self, typed: str) -> None:
        with pytest.raises(LocalError, match="The password is empty"):
            password.hashed(typed)

    def test_broken_text(self) -> None:
        for use in (password.hashed, lambda typed: keystore.seal(RAW, typed, os.urandom)):
            with pytest.raises(LocalError, match="Type it again") as refusal:
                use("secret\udcff")
            assert "secret" not in str(refusal.value)
        with pytest.raises(LocalError, match="Type it again"):
            keystore.open_file(json.dumps(cheap_file()).encode(), "secret\udcff")

    def test_new_password_has_six_characters(self) -> None:
        password.check_new("123456")
        with pytest.raises(LocalError, match="at least 6 characters"):
            password.check_new("12345")
