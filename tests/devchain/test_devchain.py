"""The embedded chain: it answers as nodes do, and its contracts do what those of Status do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from pystatus.chain.endpoint import Endpoint
from pystatus.crypto.hashing import keccak256
from pystatus.devchain.chain import ChainRefuses, DevChain
from pystatus.devchain.methods import MAX_ITEMS, MAX_SNAPSHOTS, Methods
from pystatus.devchain.server import bound, serving
from pystatus.ethereum import abi, collectibles, names, registrar, tokens
from pystatus.ethereum.blocks import Header, Receipt
from pystatus.ethereum.plan import Question, Refusal, ask
from pystatus.ethereum.quantities import data, quantity, to_hex
from pystatus.ethereum.registrar import Registration, Rule
from pystatus.ethereum.transactions import FeeTransaction, LegacyTransaction, Payment, transaction_hash
from tests.support.devchain import Chain, chain_as_new

SOMEBODY = b"\x5a" * 20


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


def signed(chain: Chain, index: int, transaction: LegacyTransaction | FeeTransaction) -> bytes:
    return transaction.signed(chain.keys[index].sign(transaction.digest()), chain.address(index))


@pytest.mark.requirement("ET-17")
def test_a_payment(chain: Chain) -> None:
    """Of type 2: the base fee is burnt, and what is left of the highest fee stays."""
    nonce = chain.dev.pending_nonce(chain.address(1))
    raw = signed(chain, 1, FeeTransaction(1337, nonce, 10**9, 10**11, 21_000, Payment(SOMEBODY, 5)))
    name = chain.run(ask("eth_sendRawTransaction", to_hex(raw)))
    assert name == to_hex(transaction_hash(raw))
    receipt = Receipt.of(chain.run(ask("eth_getTransactionReceipt", name)))
    assert (receipt.succeeded, receipt.gas_used) == (True, 21_000)
    assert receipt.gas_price is not None
    assert 10**9 < receipt.gas_price < 10**11
    assert quantity(chain.run(ask("eth_getBalance", to_hex(SOMEBODY), "latest"))) == 5
    assert quantity(chain.run(ask("eth_getBalance", to_hex(SOMEBODY), to_hex(chain.dev.height - 1)))) == 0
    head = chain.run(ask("eth_getBlockByNumber", "latest", True))
    assert Header.of(head).base_fee is not None
    assert [one["hash"] for one in head["transactions"]] == [name]


def test_what_it_refuses(chain: Chain) -> None:
    nonce = chain.dev.pending_nonce(chain.address(1))
    good = LegacyTransaction(1337, nonce, 10**11, 21_000, Payment(SOMEBODY, 5))

    def refused(transaction: LegacyTransaction) -> str:
        with pytest.raises(ChainRefuses) as error:
            chain.dev.send(signed(chain, 1, transaction))
        return error.value.message

    assert "invalid chain id" in refused(LegacyTransaction(1, nonce, 10**11, 21_000, good.payment))
    assert "insufficient funds" in refused(LegacyTransaction(1337, nonce, 10**11, 21_000, Payment(SOMEBODY, 10**24)))
    assert "base fee" in refused(LegacyTransaction(1337, nonce, 1, 21_000, good.payment))
    chain.dev.send(signed(chain, 1, good))
    assert refused(good) == f"nonce too low: next nonce {nonce + 1}, tx nonce {nonce}"
    with pytest.raises(ChainRefuses, match="invalid transaction"):
        chain.dev.send(b"\x02\xc0")


def test_transactions_that_wait(chain: Chain) -> None:
    """One takes the place of another if it pays a tenth more; a gap is waited for."""
    chain.dev.mines_at_once = False
    nonce = chain.dev.pending_nonce(chain.address(1))
    first = LegacyTransaction(1337, nonce, 10**10, 21_000, Payment(SOMEBODY, 1))
    chain.dev.send(signed(chain, 1, first))
    assert chain.dev.pending_nonce(chain.address(1)) == nonce + 1
    with pytest.raises(ChainRefuses, match="underpriced"):
        chain.dev.send(signed(chain, 1, LegacyTransaction(1337, nonce, 109 * 10**8, 21_000, Payment(SOMEBODY, 2))))
    second = signed(chain, 1, LegacyTransaction(1337, nonce, 11 * 10**9, 21_000, Payment(SOMEBODY, 2)))
    chain.dev.send(second)
    chain.dev.send(signed(chain, 1, LegacyTransaction(1337, nonce + 2, 10**10, 21_000, Payment(SOMEBODY, 4))))
    waiting = chain.run(ask("eth_getTransactionByHash", to_hex(transaction_hash(second))))
    assert waiting["blockNumber"] is None
    assert waiting["value"] == "0x2"
    assert chain.run(ask("eth_getTransactionReceipt", to_hex(transaction_hash(second)))) is None
    chain.dev.mine()
    assert chain.dev.backend.get_balance(SOMEBODY) == 2
    chain.dev.send(signed(chain, 1, LegacyTransaction(1337, nonce + 1, 10**10, 21_000, Payment(SOMEBODY, 3))))
    chain.dev.mine()
    assert chain.dev.backend.get_balance(SOMEBODY) == 9
    assert not chain.dev.waiting


def test_a_reorganisation(chain: Chain) -> None:
    number = chain.run(ask("evm_snapshot"))
    chain.transact(1, Payment(SOMEBODY, 5))
    before = chain.run(ask("eth_getBlockByNumber", "latest", False))["hash"]
    assert chain.run(ask("evm_revert", number)) is True
    chain.run(ask("evm_increaseTime", 60))
    chain.run(ask("evm_mine"))
    after = chain.run(ask("eth_getBlockByNumber", "latest", False))
    assert after["hash"] != before
    assert chain.dev.backend.get_balance(SOMEBODY) == 0
    assert chain.run(ask("evm_revert", "0x9")) is False


@pytest.mark.requirement("EI-3", "ET-4", "ET-17")
def test_the_token(chain: Chain) -> None:
    token = chain.contracts.token
    assert chain.run(tokens.look_up(1337, token)).symbol == "STT"
    chain.transact(1, Payment(token, 0, abi.call_data("transfer(address,uint256)", SOMEBODY, 7)))
    [balance] = chain.run(tokens.token_balances([SOMEBODY], [token], chain.dev.height))
    assert balance.amount == 7
    logs = chain.run(
        ask("eth_getLogs", {"fromBlock": "0x0", "topics": [None, None, to_hex(SOMEBODY.rjust(32, b"\0"))]})
    )
    assert [(log["address"], int(log["data"], 16)) for log in logs] == [(to_hex(token), 7)]
    with pytest.raises(ChainRefuses, match="execution reverted: not enough"):
        call = abi.call_data("transfer(address,uint256)", SOMEBODY, 10**30)
        chain.dev.estimate(chain.address(1), token, call, 0)


@pytest.mark.requirement("EI-14", "ET-3")
def test_collectibles(chain: Chain) -> None:
    contract, own = chain.contracts.collectible, chain.address(3)
    found = chain.run(collectibles.collection(contract, own))
    assert [(one.number, one.described_at) for one in found.listed] == [(4, "ipfs://kittens/4")]
    chain.transact(3, collectibles.transfer(contract, own, SOMEBODY, 4))
    assert chain.run(collectibles.collection(contract, own)).count == 0
    assert chain.run(collectibles.collection(contract, SOMEBODY)).listed[0].number == 4
    with pytest.raises(ChainRefuses, match="execution reverted"):  # a contract that cannot have one
        payment = collectibles.transfer(contract, chain.address(4), chain.contracts.token, 5)
        chain.dev.estimate(chain.address(4), payment.to, payment.data, 0)


KEY_INDEX = 2


def registered(chain: Chain, username: str, index: int = KEY_INDEX) -> Registration:
    terms = chain.run(registrar.terms_of(chain.contracts.registrar))
    inner = registrar.register_call(username, chain.address(index), chain.keys[index].public_key)
    call = abi.call_data("approveAndCall(address,uint256,bytes)", chain.contracts.registrar, terms.price, inner)
    chain.transact(index, Payment(terms.token, 0, call))
    found = chain.run(registrar.registration_of(chain.contracts.registrar, username))
    assert found is not None
    return found


@pytest.mark.requirement("AC-8", "ET-7")
def test_a_name_is_registered_changed_and_released(chain: Chain) -> None:
    made, own, key = chain.contracts.registrar, chain.address(KEY_INDEX), chain.keys[KEY_INDEX].public_key
    terms = chain.run(registrar.terms_of(made))
    assert chain.run(registrar.registration_of(made, "alicious")) is None
    chain.transact(KEY_INDEX, registrar.register(made, terms, "alicious", own, key))
    name = "alicious.stateofus.eth"
    assert chain.run(names.chat_key_of(chain.contracts.registry, name)) == key
    assert chain.run(names.address_of(chain.contracts.registry, name)) == own
    other = chain.keys[5].public_key
    chain.transact(KEY_INDEX, registrar.set_key(terms.resolver, name, other))
    chain.transact(KEY_INDEX, registrar.set_address(terms.resolver, name, SOMEBODY))
    assert chain.run(names.chat_key_of(chain.contracts.registry, name)) == other
    assert chain.run(names.address_of(chain.contracts.registry, name)) == SOMEBODY
    registration = chain.run(registrar.registration_of(made, "alicious"))
    assert registration is not None
    assert registration.expires - registration.created == registrar.RELEASE_DELAY
    with pytest.raises(ChainRefuses, match="release period not reached"):
        chain.dev.estimate(own, made, abi.call_data("release(bytes32)", keccak256(b"alicious")), 0)
    chain.dev.pass_time(registrar.RELEASE_DELAY + 60)
    before = token_balance(chain, own)
    chain.transact(KEY_INDEX, registrar.release(made, terms, "alicious", registration, own, chain.dev.now))
    assert token_balance(chain, own) - before == terms.price
    with pytest.raises(names.NoName):
        chain.run(names.chat_key_of(chain.contracts.registry, name))


def token_balance(chain: Chain, account: bytes) -> int:
    [balance] = chain.run(tokens.token_balances([account], [chain.contracts.token], chain.dev.height))
    return balance.amount


@pytest.mark.requirement("ET-9")
@pytest.mark.parametrize(
    ("username", "rule"),
    [
        ("abc", Rule.SMALL),
        ("Alice", Rule.INVALID),
        ("0x1234567890abc", Rule.ADDRESS_LIKE),
        ("ethereum", Rule.RESERVED),
    ],
)
def test_a_name_that_breaks_a_rule_is_taken_away(chain: Chain, username: str, rule: Rule) -> None:
    """Two thirds of the deposit are for who says so first."""
    made = chain.contracts.registrar
    registration = registered(chain, username)
    before = token_balance(chain, chain.address(6))
    chain.transact(6, registrar.reserve_slash(made, username, registration.created, 99))
    chain.transact(6, registrar.slash(made, username, rule, 99))
    assert token_balance(chain, chain.address(6)) - before == registration.balance // 3 * 2
    assert chain.run(registrar.registration_of(made, username)) is None


@pytest.mark.requirement("ET-9")
def test_a_good_name_is_not_taken_away(chain: Chain) -> None:
    made = chain.contracts.registrar
    registration = registered(chain, "goodname")
    chain.transact(6, registrar.reserve_slash(made, "goodname", registration.created, 99))
    for rule in (Rule.SMALL, Rule.ADDRESS_LIKE):
        payment = registrar.slash(made, "goodname", rule, 99)
        with pytest.raises(ChainRefuses, match="execution reverted"):
            chain.dev.estimate(chain.address(6), payment.to, payment.data, 0)


def test_a_name_that_was_given_away(chain: Chain) -> None:
    """Its former owner can release it, unless the new one says so to the registrar."""
    registered(chain, "handover")
    label = names.label_hash("handover")
    node = names.namehash("handover.stateofus.eth")
    give = abi.call_data("setOwner(bytes32,address)", node, chain.address(7))
    chain.transact(KEY_INDEX, Payment(chain.contracts.registry, 0, give))
    chain.transact(7, registrar.update_owner(chain.contracts.registrar, "handover"))
    found = chain.run(registrar.registration_of(chain.contracts.registrar, "handover"))
    assert found is not None
    assert found.owner == chain.address(7)
    assert label == keccak256(b"handover")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"<html>", -32700),
        (b"[]", -32600),
        (b"5", -32600),
        (b'{"id":1,"method":"eth_nothing"}', -32601),
        (b'{"id":1,"method":"eth_getBalance","params":["0x1"]}', -32602),
        (b'{"id":1,"method":"eth_getBalance","params":["0x1","latest"]}', -32602),
        (b'{"id":1,"method":"eth_call","params":[{"to":"0x12"}]}', -32602),
        (b'{"id":1,"method":"eth_getBalance","params":["0x%s","0xffff"]}' % (b"00" * 20), -32000),
    ],
)
def test_nonsense(chain: Chain, body: bytes, code: int) -> None:
    assert json.loads(chain.methods.answer(body))["error"]["code"] == code


def test_what_a_caller_can_make_it_hold_is_bounded(chain: Chain) -> None:
    def ask_for(method: str, *params: object) -> str:
        return str(methods.answer(json.dumps({"id": 1, "method": method, "params": params}).encode()))

    methods = Methods(chain.dev)
    assert "at most 200000 values" in str(methods.answer(b"[" + b"[]," * MAX_ITEMS + b"[]]"))
    assert "at most 10000 blocks" in ask_for("evm_mine", hex(2**40))
    assert all("0x" in ask_for("evm_snapshot") for _ in range(MAX_SNAPSHOTS))
    assert "at most 1000 snapshots" in ask_for("evm_snapshot")
    assert "true" in ask_for("evm_revert", "0x1")
    assert "0x1" in ask_for("evm_snapshot")


def test_several_calls_at_once(chain: Chain) -> None:
    said = json.loads(chain.methods.answer(b'[{"id":1,"method":"eth_chainId"},{"id":2,"method":"eth_no"}]'))
    assert [one.get("result") for one in said] == ["0x539", None]


@pytest.mark.requirement("ET-17")
async def test_over_http_and_a_websocket(chain: Chain) -> None:
    async with serving(chain.methods, bound()) as url:
        for one in (url, url.replace("http", "ws")):
            async with Endpoint(one, chain_id=1337) as endpoint:
                assert quantity(await endpoint.carry_out(ask("eth_blockNumber"))) == chain.dev.height


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Host": "127.0.0.1.evil.example:80"}]
)
async def test_a_page_of_the_web_is_not_let_in(chain: Chain, headers: dict[str, str]) -> None:
    async with serving(chain.methods, bound()) as url, aiohttp.ClientSession() as http:
        for method in ("POST", "GET"):
            async with http.request(method, url, headers=headers, data=b"{}" if method == "POST" else None) as response:
                assert response.status == 403


def test_blocks_that_are_not_there(chain: Chain) -> None:
    assert chain.run(ask("eth_getBlockByNumber", "0xffff", False)) is None
    assert chain.run(ask("eth_getBlockByHash", "0x" + "11" * 32, False)) is None
    assert chain.run(ask("eth_getTransactionByHash", "0x" + "11" * 32)) is None
    by_name = chain.run(ask("eth_getBlockByNumber", "earliest", False))
    assert chain.run(ask("eth_getBlockByHash", by_name["hash"], False)) == by_name
    unknown = chain.answer(Question("eth_getLogs", ({"blockHash": "0x" + "11" * 32},)))
    assert isinstance(unknown, Refusal)


def test_what_a_node_says_of_itself(chain: Chain) -> None:
    assert chain.run(ask("net_version")) == "1337"
    assert chain.run(ask("web3_clientVersion")).startswith("pystatus-devchain/")
    assert chain.run(ask("eth_syncing")) is False
    assert len(chain.run(ask("eth_accounts"))) == 10
    assert quantity(chain.run(ask("eth_gasPrice"))) > 10**9
    assert data(chain.run(ask("eth_getCode", to_hex(chain.contracts.token), "latest")))


def test_time_passes_with_the_clock() -> None:
    now = 2_000_000_000.0
    made = DevChain(clock=lambda: now)
    made.mine(2)
    header: Any = made.evm.get_canonical_head()
    assert header.timestamp == 2_000_000_002
    now += 100
    made.mine()
    assert made.evm.get_canonical_head().timestamp == 2_000_000_100
