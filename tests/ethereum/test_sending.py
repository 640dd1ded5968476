"""Transactions as the reference makes, signs and sends them, and what of its faults is not copied."""

from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from pystatus.account.address import address_of
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError, RemoteError
from pystatus.ethereum import sending
from pystatus.ethereum.plan import Plan, Question, QuestionRefused, Refusal
from pystatus.ethereum.quantities import BadAnswer, to_hex
from pystatus.ethereum.sending import Nonces, TransactionRequest
from pystatus.ethereum.transactions import FeeTransaction, LegacyTransaction, Payment, transaction_hash
from tests.ethereum.plans import Asked, run
from tests.support.vectors import Case, case_id, cases, unhex

METHODS = {
    "eth_getTransactionCount": ("nonce", "pending_nonce"),
    "eth_gasPrice": ("gas_price", "gas_price"),
    "eth_estimateGas": ("estimate", "estimated_gas"),
}
UNCHECKED = {
    155: "chain 0: the transaction would count on every chain",
    193: "signed by another key",
    194: "v is 2",
    195: "v is 27",
    196: "v is 28",
    197: "v is 37",
    198: "v is 228",
    199: "zeros",
}
"""What the reference sends and ought not to (ethereum.md §14). None of it is signed or sent here."""


class Upstream:
    """A node that answers what a case says."""

    def __init__(self, about: Case) -> None:
        self._about = about
        self.raw: bytes | None = None

    def __call__(self, question: Question) -> Any:
        if question.method == "eth_sendRawTransaction":
            self.raw = unhex(question.params[0])
            return Refusal(-32000, "no") if "send" in self._about["errors"] else to_hex(transaction_hash(self.raw))
        if question.method == "eth_getTransactionByHash":
            return None  # what it has refused, it does not have
        error, field = METHODS[question.method]
        return Refusal(-32000, "no") if error in self._about["errors"] else to_hex(self._about[field])


def prepared(request: TransactionRequest, chain_id: int, nonces: Nonces) -> Plan[LegacyTransaction]:
    nonce = request.nonce
    if nonce is None:
        nonce = nonces.next(request.sender, (yield from sending.pending_nonce(request.sender)))
    return (yield from sending.legacy(request, chain_id, nonce))


def hashed(step: Case, chain_id: int, nonces: Nonces, _: PrivateKey) -> Plan[bytes]:
    """``HashTransaction``: its nonce is always the next one."""
    request = TransactionRequest.parse(step["args"])
    nonce = nonces.next(request.sender, (yield from sending.pending_nonce(request.sender)))
    return (yield from sending.legacy(request, chain_id, nonce)).digest()


def sent(step: Case, chain_id: int, nonces: Nonces, key: PrivateKey) -> Plan[bytes]:
    request = TransactionRequest.parse(step["args"])
    if address_of(key.public_key) != request.sender:
        raise RemoteError("another account is in use")
    transaction = yield from prepared(request, chain_id, nonces)
    found = yield from sending.submit(transaction.signed(key.sign(transaction.digest()), request.sender))
    if request.nonce is None:
        nonces.sent(request.sender, transaction.nonce)
    return found


def sent_with_signature(step: Case, chain_id: int, nonces: Nonces, _: PrivateKey) -> Plan[bytes]:
    request = TransactionRequest.parse(step["args"])
    if request.nonce is None or request.gas is None:
        raise RemoteError("what was signed elsewhere has a nonce and gas")
    if len(unhex(step["signature"])) != 65:
        raise RemoteError("no signature")
    transaction = LegacyTransaction(chain_id, request.nonce, request.gas_price or 0, request.gas, request.payment)
    expected = nonces.next(request.sender, (yield from sending.pending_nonce(request.sender)))
    if request.nonce != expected:
        raise RemoteError("another nonce is next")
    found = yield from sending.submit(transaction.signed(unhex(step["signature"]), request.sender))
    nonces.sent(request.sender, request.nonce)
    return found


PLANS = {"hash": hashed, "send": sent, "send_with_signature": sent_with_signature}


@pytest.mark.requirement("EI-7", "ET-1")
@pytest.mark.parametrize("case", cases("signing", "transactor"), ids=case_id)
def test_transactions_of_the_reference(case: Case) -> None:
    nonces = Nonces()
    is_another = case["name"] == "selected account is another"
    key, chain_id = PrivateKey(b"\1" * 32 if is_another else unhex(case["private_key"])), case["chain_id"]
    account = unhex(case["address"])
    for step in case["steps"]:
        upstream = Upstream(step["upstream"])
        asked = Asked(upstream)
        plan = PLANS[step["op"]](step, chain_id, nonces, key)
        if step.get("must_fail") or case["id"] in UNCHECKED:
            with pytest.raises((RemoteError, LocalError)):
                asked.run(plan)
        else:
            found = asked.run(plan)
            assert found == unhex(step.get("hash_to_sign") or step["transaction_hash"])
        if case["id"] in UNCHECKED:
            assert upstream.raw is None
            continue
        called = [
            {"method": one.method, "params": list(one.params)}
            for one in asked.questions
            if one.method != "eth_getTransactionByHash"  # whether it has what it refuses: the reference does not ask
        ]
        assert called == step["calls"]
        assert upstream.raw == (None if step.get("raw_transaction") is None else unhex(step["raw_transaction"]))
        assert nonces.known(account) == step["next_local_nonce_after"]


@pytest.mark.requirement("EI-7")
def test_the_example_of_eip_155() -> None:
    [case] = cases("signing", "eip155_example")
    payment = Payment(unhex(case["to"]), int(case["value"]))
    transaction = LegacyTransaction(case["chain_id"], case["nonce"], int(case["gas_price"]), case["gas"], payment)
    assert transaction.digest() == unhex(case["hash_to_sign"])
    key = PrivateKey(unhex(case["private_key"]))
    raw = transaction.signed(key.sign(transaction.digest()), address_of(key.public_key))
    assert raw == unhex(case["raw_transaction"])
    assert transaction_hash(raw) == unhex(case["transaction_hash"])


NUMBERS = st.integers(0, 2**64 - 1)


@pytest.mark.requirement("EI-7", "ET-15")
@given(
    secret=st.integers(1, 2**255).map(lambda number: number.to_bytes(32, "big")),
    to=st.none() | st.binary(min_size=20, max_size=20),
    value=st.integers(0, 2**256 - 1),
    carried=st.binary(max_size=100),
    chain_id=st.integers(1, 2**40),
    numbers=st.tuples(st.integers(0, 2**63), st.integers(0, 2**64 - 1), NUMBERS, NUMBERS),
)
def test_another_program_signs_the_same(
    secret: bytes, to: bytes | None, value: int, carried: bytes, chain_id: int, numbers: tuple[int, int, int, int]
) -> None:
    nonce, gas, price, tip = numbers
    tip = min(tip, price)
    key = PrivateKey(secret)
    fields = {"nonce": nonce, "gas": gas, "value": value, "data": carried, "chainId": chain_id, "to": to or b""}
    legacy = LegacyTransaction(chain_id, nonce, price, gas, Payment(to, value, carried))
    second = FeeTransaction(chain_id, nonce, tip, price, gas, Payment(to, value, carried))
    fees = {"maxFeePerGas": price, "maxPriorityFeePerGas": tip, "type": 2}
    for ours, theirs in ((legacy, {"gasPrice": price}), (second, fees)):
        raw = ours.signed(key.sign(ours.digest()), address_of(key.public_key))
        assert raw == bytes(Account.sign_transaction({**fields, **theirs}, secret).raw_transaction)


REQUEST = TransactionRequest(b"\1" * 20, Payment(b"\2" * 20, 7))
HEAD = {"number": "0x1", "hash": "0x" + "11" * 32, "parentHash": "0x" + "22" * 32, "timestamp": "0x5"}


@pytest.mark.requirement("ET-15")
def test_a_fee_that_follows_the_base_fee() -> None:
    answers = {
        "eth_getBlockByNumber": {**HEAD, "baseFeePerGas": "0x64"},
        "eth_maxPriorityFeePerGas": "0x3",
        "eth_estimateGas": "0x5208",
    }
    found = run(sending.automatic(REQUEST, 1, 5), lambda question: answers[question.method])
    assert found == FeeTransaction(1, 5, 3, 203, sending.GAS_FLOOR, REQUEST.payment)


@pytest.mark.requirement("ET-15")
def test_a_node_that_does_not_say_what_tip_is_usual() -> None:
    answers: dict[str, Any] = {
        "eth_getBlockByNumber": {**HEAD, "baseFeePerGas": "0x64"},
        "eth_maxPriorityFeePerGas": Refusal(-32601, "the method does not exist"),
        "eth_estimateGas": "0x5208",
    }
    found = run(sending.automatic(REQUEST, 1, 5), lambda question: answers[question.method])
    assert isinstance(found, FeeTransaction)
    assert found.max_priority_fee_per_gas == sending.TIP


@pytest.mark.requirement("ET-15")
def test_a_chain_without_a_base_fee() -> None:
    answers = {"eth_getBlockByNumber": HEAD, "eth_gasPrice": "0x9", "eth_estimateGas": "0x1d4c0"}
    found = run(sending.automatic(REQUEST, 61, 5), lambda question: answers[question.method])
    assert found == LegacyTransaction(61, 5, 9, 120_000, REQUEST.payment)


def test_a_price_that_is_a_lie() -> None:
    with pytest.raises(BadAnswer, match="which nobody pays"):
        run(sending.legacy(REQUEST, 1, 0), lambda question: to_hex(10**18))


def test_a_transaction_that_would_fail() -> None:
    answers = {"eth_gasPrice": "0x1", "eth_estimateGas": Refusal(3, "execution reverted: not\nyours")}
    with pytest.raises(QuestionRefused, match="refuses eth_estimateGas: execution reverted: not yours"):
        run(sending.legacy(REQUEST, 1, 0), lambda question: answers[question.method])


def test_what_a_node_has_taken_is_something_else() -> None:
    with pytest.raises(BadAnswer, match="says another hash"):
        run(sending.submit(b"\xc0"), lambda question: "0x" + "00" * 32)


def test_more_than_the_account_has() -> None:
    transaction = LegacyTransaction(1, 0, 10, 21_000, Payment(b"\2" * 20, 5))
    with pytest.raises(
        LocalError,
        match=r"has 0\.000000000000210004 ether, and 0\.000000000000210005 ether are needed: .* for the fee at most",
    ):
        run(sending.check_affordable(transaction, b"\1" * 20), lambda question: to_hex(210_004))
    assert run(sending.check_affordable(transaction, b"\1" * 20), lambda question: to_hex(210_005)) == 210_005


@pytest.mark.parametrize("left", [0, 5])
def test_nothing_is_left_for_a_fee(left: int) -> None:
    payment = Payment(b"\2" * 20, 5)
    with pytest.raises(
        LocalError, match=r"ether, and 0\.000000000000000005 ether to pay and a fee are needed\. Send less"
    ):
        run(sending.check_pays(payment, b"\1" * 20), lambda question: to_hex(left))
    run(sending.check_pays(payment, b"\1" * 20), lambda question: to_hex(6))


def test_what_takes_the_place_of_another() -> None:
    first = FeeTransaction(1, 4, 10, 101, 50_000, Payment(b"\2" * 20, 5))
    faster = sending.replacement(first)
    assert faster == FeeTransaction(1, 4, 11, 112, 50_000, first.payment)
    nothing = sending.replacement(LegacyTransaction(1, 4, 0, 500_000, first.payment), cancel=b"\1" * 20)
    assert nothing == LegacyTransaction(1, 4, 1, 90_000, Payment(b"\1" * 20))
