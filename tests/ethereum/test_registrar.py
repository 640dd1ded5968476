"""Names under stateofus.eth: every rule is checked before anything is paid."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode

from pystatus.crypto.hashing import keccak256
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.ethereum import abi, names, registrar
from pystatus.ethereum.quantities import to_hex
from pystatus.ethereum.registrar import Registration, Rule, State, Terms
from tests.ethereum.plans import run
from tests.support.vectors import load, unhex

REGISTRAR, TOKEN, RESOLVER, ACCOUNT = (bytes([number]) * 20 for number in range(1, 5))
KEY = PrivateKey(b"\7" * 32).public_key
TERMS = Terms(10 * 10**18, TOKEN, RESOLVER, 4, registrar.reserved_root(), State.ACTIVE)


@pytest.mark.requirement("ET-8")
@pytest.mark.parametrize(
    ("username", "rule"),
    [
        ("alice", None),
        ("0x1234567890a", Rule.ADDRESS_LIKE),
        ("0x1234567890", None),
        ("0xghijklmnopqrs", None),
        ("al_ice", Rule.INVALID),
        ("Alice", Rule.INVALID),
        ("\u0430lice", Rule.INVALID),
        ("", Rule.INVALID),
        ("abc", Rule.SMALL),
        ("ethereum", Rule.RESERVED),
    ],
)
def test_rules(username: str, rule: Rule | None) -> None:
    assert registrar.broken_rule(username) is rule
    if rule is None:
        assert registrar.register(REGISTRAR, TERMS, username, ACCOUNT, KEY).to == TOKEN
    else:
        with pytest.raises(LocalError, match="would be taken away again"):
            registrar.register(REGISTRAR, TERMS, username, ACCOUNT, KEY)


@pytest.mark.requirement("ET-8")
def test_a_contract_that_asks_for_more() -> None:
    with pytest.raises(LocalError, match="too short"):
        registrar.check_username("alice", replace(TERMS, shortest=6))
    with pytest.raises(LocalError, match="another list of reserved names"):
        registrar.check_username("alice", replace(TERMS, reserved_root=bytes(32)))
    with pytest.raises(LocalError, match="takes no names any more"):
        registrar.register(REGISTRAR, replace(TERMS, state=State.MOVED), "alice", ACCOUNT, KEY)


@pytest.mark.requirement("ET-7")
def test_the_call_that_registers() -> None:
    payment = registrar.register(REGISTRAR, TERMS, "alice", ACCOUNT, KEY)
    spender, price, inner = abi.arguments("approveAndCall(address,uint256,bytes)", payment.data)
    assert (spender, price) == (REGISTRAR, TERMS.price)
    assert len(inner) <= 132
    label, account, x, y = abi.arguments("register(bytes32,address,bytes32,bytes32)", inner)
    assert (label, account, x + y) == (keccak256(b"alice"), ACCOUNT, KEY.xy)


def test_what_a_registrar_asks_for() -> None:
    said = {
        "price()": encode(["uint256"], [TERMS.price]),
        "token()": encode(["address"], [TOKEN]),
        "resolver()": encode(["address"], [RESOLVER]),
        "usernameMinLength()": encode(["uint256"], [4]),
        "reservedUsernamesMerkleRoot()": TERMS.reserved_root,
        "state()": encode(["uint8"], [1]),
    }
    by_selector = {to_hex(abi.selector(signature)): to_hex(value) for signature, value in said.items()}
    assert run(registrar.terms_of(REGISTRAR), lambda question: by_selector[question.params[0]["data"]]) == TERMS


@pytest.mark.requirement("ET-7")
def test_releasing() -> None:
    registration = Registration(ACCOUNT, TERMS.price, 1_000, 1_000 + registrar.RELEASE_DELAY)
    with pytest.raises(LocalError, match="in 365 days"):
        registrar.release(REGISTRAR, TERMS, "alice", registration, ACCOUNT, 2_000)
    after = registration.expires + 1
    with pytest.raises(LocalError, match="belongs to 0x0404"):
        registrar.release(REGISTRAR, TERMS, "alice", registration, TOKEN, after)
    payment = registrar.release(REGISTRAR, TERMS, "alice", registration, ACCOUNT, after)
    assert payment.data == abi.call_data("release(bytes32)", keccak256(b"alice"))
    registrar.release(REGISTRAR, replace(TERMS, state=State.MOVED), "alice", registration, ACCOUNT, 2_000)


@pytest.mark.requirement("ET-7")
def test_making_a_name_lead_elsewhere() -> None:
    node = names.namehash("alice.stateofus.eth")
    key = registrar.set_key(RESOLVER, "alice.stateofus.eth", KEY)
    assert abi.arguments("setPubkey(bytes32,bytes32,bytes32)", key.data) == (node, KEY.xy[:32], KEY.xy[32:])
    address = registrar.set_address(RESOLVER, "alice.stateofus.eth", ACCOUNT)
    assert abi.arguments("setAddr(bytes32,address)", address.data) == (node, ACCOUNT)
    assert registrar.update_owner(REGISTRAR, "alice").data == abi.call_data(
        "updateAccountOwner(bytes32)", keccak256(b"alice")
    )


@pytest.mark.requirement("ET-8", "ET-9")
def test_the_tree_of_reserved_names() -> None:
    assert len(registrar.reserved()) == 7383
    assert registrar.reserved_root() == unhex(load("account/account_vectors")["reserved_usernames_merkle_root"])
    for username in ("ethereum", "status", min(registrar.reserved()), max(registrar.reserved())):
        found = keccak256(username.encode())
        for other in registrar.merkle_proof(username):
            found = keccak256(b"".join(sorted((found, other))))
        assert found == registrar.reserved_root()
    with pytest.raises(LocalError, match="not reserved"):
        registrar.merkle_proof("alicexyz")


@pytest.mark.requirement("ET-9")
@pytest.mark.parametrize(
    ("username", "rule", "signature", "arguments"),
    [
        ("alİce", Rule.INVALID, "slashInvalidUsername(string,uint256,uint256)", ("alİce", 2, 9)),
        ("abc", Rule.SMALL, "slashSmallUsername(string,uint256)", ("abc", 9)),
        ("0x1234567890ab", Rule.ADDRESS_LIKE, "slashAddressLikeUsername(string,uint256)", ("0x1234567890ab", 9)),
    ],
)
def test_calls_that_slash(username: str, rule: Rule, signature: str, arguments: tuple[object, ...]) -> None:
    payment = registrar.slash(REGISTRAR, username, rule, 9)
    assert payment.to == REGISTRAR
    assert abi.arguments(signature, payment.data) == arguments


@pytest.mark.requirement("ET-9")
def test_who_says_so_first() -> None:
    payment = registrar.reserve_slash(REGISTRAR, "abc", 1_000, 9)
    node = names.namehash("abc.stateofus.eth")
    said = keccak256(node + (1_000).to_bytes(32, "big") + (9).to_bytes(32, "big"))
    assert payment.data == abi.call_data("reserveSlash(bytes32)", said)
    proof = registrar.slash(REGISTRAR, "ethereum", Rule.RESERVED, 9)
    assert abi.arguments("slashReservedUsername(string,bytes32[],uint256)", proof.data)[0] == "ethereum"
