"""ENS: names that are one, names that deceive, and contracts that say anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from eth_abi.abi import encode

from pystatus.account.address import checksummed
from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum import abi, content_hash, names
from pystatus.ethereum.content_hash import Content, Store
from pystatus.ethereum.plan import Question, Refusal
from pystatus.ethereum.quantities import BadAnswer, to_hex
from tests.ethereum.plans import Asked, run
from tests.support.vectors import Case, cases, load, unhex

EMPTY, PUNYCODE, DOT = "an empty label", "punycode is text there, no encoding", "a dot of another script"
REFUSED_HERE = {
    0: "no name at all",
    **dict.fromkeys([8, 9, 10, 11, 12], EMPTY),
    14: "an underscore inside",
    **dict.fromkeys([19, 45], PUNYCODE),
    36: "a Greek letter that looks like a Latin one",
    37: "Cyrillic letters that look like Latin ones",
    **dict.fromkeys([38, 39, 46], "a space or a control character"),
    **dict.fromkeys([42, 43], DOT),
    54: "300 characters",
}
"""Names that the reference takes by UTS 46, and ENSIP-15 does not."""
TAKEN_HERE = {16: "a hyphen in front", 17: "a hyphen at the end"}
"""Names that ENSIP-15 takes, and the reference does not."""


@pytest.mark.requirement("EI-6")
@pytest.mark.parametrize("case", cases("ens", "namehash"), ids=lambda case: str(case["id"]))
def test_names_of_the_reference(case: Case) -> None:
    """Where ENSIP-15 gives a name a normal form, it is that of the reference; the hash of that is the same for each."""
    if case["id"] in REFUSED_HERE or (case.get("must_fail") and case["id"] not in TAKEN_HERE):
        with pytest.raises(LocalError):
            names.normalised(case["name"])
    else:
        assert names.normalised(case["name"]) == case.get("normalized", case["name"])
    if not case.get("must_fail"):
        assert names.namehash(case["normalized"]) == unhex(case["namehash"])


@pytest.mark.requirement("EI-6")
@pytest.mark.parametrize(("name", "expected"), load("account/account_vectors")["namehash"].items())
def test_hashes_of_the_page(name: str, expected: str) -> None:
    assert to_hex(names.namehash(name)) == expected


NORMAL = [
    ("Nick.ETH", "nick.eth"),
    ("🏴‍☠️.eth", "🏴‍☠.eth"),
    ("RaFFY🚴‍♂️.eTh", "raffy🚴‍♂.eth"),
    ("1️⃣2️⃣.eth", "1⃣2⃣.eth"),
    ("bücher.eth", "bücher.eth"),
    ("_test.eth", "_test.eth"),
    ("$.eth", "$.eth"),
    ("ξ.eth", "ξ.eth"),
]
REFUSED = [
    "\u0440\u0430ypal.eth",
    "a_b.eth",
    "ab--cd.eth",
    "x\u0300\u0300\u0300\u0300\u0300.eth",
    "foo..eth",
    "foo bar.eth",
    "fo\u200do.eth",
    "\u202efoo.eth",
    "'eth.eth\u2019",
    "\uff4e\u0338.eth",
    "",
    "a" * 300,
]


@pytest.mark.requirement("EI-6")
@pytest.mark.parametrize(("text", "expected"), NORMAL)
def test_normal_forms_of_ensip_15(text: str, expected: str) -> None:
    assert names.normalised(text) == expected
    assert names.is_normal(expected)


@pytest.mark.requirement("EI-6")
@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_names_that_have_none(text: str) -> None:
    assert not names.is_normal(text)
    with pytest.raises(LocalError, match=r"This is no ENS name: .*\. Ask for|has 1 to 255 characters"):
        names.normalised(text)


def test_names_that_status_gives() -> None:
    assert names.whole_name("Alice") == "alice.stateofus.eth"
    assert names.whole_name("alice.eth") == "alice.eth"


REGISTRY = b"\x0e" * 20


def contracts(answers: Mapping[str, str], code: str = "0x6000") -> Any:
    """Contracts that answer by the first bytes of a call, as the cases describe them."""

    def answer(question: Question) -> Any:
        assert question.method == "eth_call"
        found = answers.get(question.params[0]["data"][:10], "error: no such call")
        return Refusal(3, found[7:]) if found.startswith("error: ") else found

    return answer


PROBED = {101: "the resolver has no addr", 103: "the resolver's addr is short"}
"""Resolvers that the reference probes with addr("test.eth") first; what they say of the name itself is good."""
NOT_KEYS = range(104, 111)
"""Cases about the text of the key to compare with; here it is a key."""


@pytest.mark.requirement("AC-17")
@pytest.mark.parametrize(
    "case", [one for one in cases("ens", "verify") if one["id"] not in NOT_KEYS], ids=lambda case: str(case["id"])
)
def test_whose_a_name_is(case: Case) -> None:
    claimed = PublicKey.from_bytes(bytes.fromhex(case["public_key"]))
    asked = Asked(contracts(case["answers"]))

    def is_verified() -> bool:
        try:
            name = names.normalised(case["name"])
            registry = names.registry_of(int(case["network_id"]))
            return asked.run(names.chat_key_of(registry, name)) == claimed
        except (LocalError, RemoteError):
            return False

    expected = case["verified"] or case["id"] in PROBED
    assert is_verified() == (expected and case["name"] != "")
    asked_for = {question.params[0]["data"] for question in asked.questions}
    told = {call["params"][0]["data"] for call in case["calls"] if call["method"] == "eth_call"}
    assert asked_for <= told or case["name"] == "" or not case["verified"]


class Names:
    """A registry with one resolver for all."""

    RESOLVER = b"\x0f" * 20

    def __init__(self) -> None:
        self.addresses: dict[bytes, bytes] = {}
        self.reverse: dict[bytes, str] = {}
        self.contents: dict[bytes, bytes] = {}

    def __call__(self, question: Question) -> Any:
        call = unhex(question.params[0]["data"])
        node = call[4:36]
        known = {*self.addresses, *self.reverse, *self.contents}
        answers: dict[str, Callable[[], bytes]] = {
            "owner(bytes32)": lambda: encode(["address"], [self.RESOLVER if node in known else bytes(20)]),
            "resolver(bytes32)": lambda: encode(["address"], [self.RESOLVER if node in known else bytes(20)]),
            "addr(bytes32)": lambda: encode(["address"], [self.addresses.get(node, bytes(20))]),
            "name(bytes32)": lambda: encode(["string"], [self.reverse.get(node, "")]),
            "contenthash(bytes32)": lambda: encode(["bytes"], [self.contents.get(node, b"")]),
        }
        for signature, answer in answers.items():
            if call.startswith(abi.selector(signature)):
                return to_hex(answer())
        raise AssertionError(call.hex())


ALICE = b"\xa1" * 20
REVERSE = names.namehash(f"{ALICE.hex()}.addr.reverse")


@pytest.mark.requirement("EI-9")
def test_the_name_of_an_address() -> None:
    ens = Names()
    assert run(names.name_of(REGISTRY, ALICE), ens) is None
    ens.reverse[REVERSE] = "alice.eth"
    assert run(names.name_of(REGISTRY, ALICE), ens) is None  # the name leads nowhere
    ens.addresses[names.namehash("alice.eth")] = b"\xb0" * 20
    assert run(names.name_of(REGISTRY, ALICE), ens) is None  # it is of somebody else
    ens.addresses[names.namehash("alice.eth")] = ALICE
    assert run(names.name_of(REGISTRY, ALICE), ens) == "alice.eth"
    ens.reverse[REVERSE] = "Alice.eth"  # not in its normal form: something else may look like it
    assert run(names.name_of(REGISTRY, ALICE), ens) is None


@pytest.mark.requirement("EI-6")
def test_the_address_of_a_name() -> None:
    ens = Names()
    with pytest.raises(names.NoName, match="nobody has registered"):
        run(names.address_of(REGISTRY, "alice.eth"), ens)
    ens.addresses[names.namehash("alice.eth")] = ALICE
    assert run(names.address_of(REGISTRY, "alice.eth"), ens) == ALICE
    ens.contents[names.namehash("bob.eth")] = b""
    with pytest.raises(names.NoName, match="leads to no address"):
        run(names.address_of(REGISTRY, "bob.eth"), ens)


CID = "bafybeibj6lixxzqtsb45ysdjnupvqkufgdvzqbnvmhw2kf7cfkesy7r7d4"
IPFS = bytes.fromhex("e3010170122029f2d17be6139079dc48696d1f582a8530eb9805b561eda517e22a892c7e3f1f")
"""The vector of EIP-1577."""


@pytest.mark.requirement("EI-19")
@pytest.mark.parametrize(
    ("value", "content"),
    [
        (IPFS, Content(Store.IPFS, CID)),
        (
            bytes.fromhex("e40101fa011b20d1de9994b4d039f6548d191eb26786769f580809256b4685ef316805265ea162"),
            Content(Store.SWARM, "d1de9994b4d039f6548d191eb26786769f580809256b4685ef316805265ea162"),
        ),
        (bytes.fromhex("e5010170000f") + b"app.uniswap.org", Content(Store.IPNS, "app.uniswap.org")),
    ],
)
def test_content_of_a_name(value: bytes, content: Content) -> None:
    assert content_hash.parse(value) == content
    assert content_hash.encode(content) == value


@pytest.mark.parametrize(
    "value",
    [
        b"",
        IPFS[:-1],
        IPFS + b"\0",
        b"\xe3\x01\x01\x70\x12\x21" + bytes(32),
        bytes.fromhex("e5010170000f") + b"app.uniswap.or",
        bytes.fromhex("e5010170000f") + b"app.uniswap/org",
        bytes.fromhex("bc03") + b"onion",
        b"\xff" * 40,
    ],
)
def test_content_of_another_kind(value: bytes) -> None:
    assert content_hash.parse(value) is None


@pytest.mark.requirement("EI-19")
def test_content_that_a_resolver_gives() -> None:
    ens = Names()
    ens.contents[names.namehash("alice.eth")] = IPFS
    found = content_hash.parse(run(names.content_of(REGISTRY, "alice.eth"), ens))
    assert found == Content(Store.IPFS, CID)
    assert found.digest == IPFS[-32:]


@pytest.mark.requirement("EI-8")
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([True, False, True], True),
        ([True, True, True], False),
        ([False, False, True], False),
        ([True, False, False], False),
    ],
)
def test_interfaces(answers: list[bool], expected: bool) -> None:
    left = iter(answers)
    assert run(names.supports(REGISTRY, b"\1\2\3\4"), lambda _: to_hex(encode(["bool"], [next(left)]))) is expected


@pytest.mark.requirement("EI-8")
@pytest.mark.parametrize("answer", [Refusal(3, "reverted"), "0x", "<html>", "0x" + "ff" * 32])
def test_a_contract_that_does_not_know_the_question(answer: Any) -> None:
    assert run(names.supports(REGISTRY, b"\1\2\3\4"), lambda _: answer) is False


def test_a_chain_without_a_registry() -> None:
    with pytest.raises(LocalError, match="No registry of ENS is known on the chain 1337"):
        names.registry_of(1337)
    assert checksummed(names.registry_of(1)) == "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e"


def test_a_record_that_is_no_key() -> None:
    answers = {"0x02571be3": to_hex(encode(["address"], [ALICE])), "0x0178b8bf": to_hex(encode(["address"], [ALICE]))}
    key = PrivateKey(b"\1" * 32).public_key
    for record, expected in ((key.xy, key), (bytes(64), None)):
        found = run(names.chat_key_of(REGISTRY, "a.eth"), contracts({**answers, "0xc8690233": to_hex(record)}))
        assert found == expected
    with pytest.raises(BadAnswer, match="is no public key"):
        run(names.chat_key_of(REGISTRY, "a.eth"), contracts({**answers, "0xc8690233": to_hex(b"\5" * 64)}))
