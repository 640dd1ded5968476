"""Tokens: calls, balances, logs, the list that ships, and contracts that say nonsense."""

from typing import Any

import pytest
from eth_abi.abi import encode

from pystatus.account.address import checksummed
from pystatus.ethereum import abi, name_entries, tokens
from pystatus.ethereum.blocks import Log, logs_of
from pystatus.ethereum.plan import Question, QuestionRefused, Refusal
from pystatus.ethereum.quantities import quantity, to_hex
from pystatus.ethereum.tokens import NoToken, Token, base_units, default_tokens, shown_amount
from pystatus.ethereum.transfers import amount, filter_topics, is_transfer, parties, transfer_id
from tests.ethereum.plans import run
from tests.support.vectors import Case, case_id, cases, load, unhex


@pytest.mark.requirement("EI-3")
@pytest.mark.parametrize("case", cases("tokens", "call_data"), ids=case_id)
def test_calls(case: Case) -> None:
    given = [unhex(one) if one.startswith("0x") else int(one) for one in case["arguments"]]
    assert to_hex(abi.call_data(case["signature"], *given)) == case["data"]
    assert list(abi.arguments(case["signature"], unhex(case["data"]))) == given


@pytest.mark.parametrize(("signature", "expected"), load("account/account_vectors")["selectors"].items())
def test_selectors(signature: str, expected: str) -> None:
    assert to_hex(abi.selector(signature)) == expected


@pytest.mark.requirement("EI-3", "ET-2")
@pytest.mark.parametrize("case", [one for one in cases("tokens", "balances") if not one.get("must_fail")], ids=case_id)
def test_balances(case: Case) -> None:
    def answer(question: Question) -> Any:
        call, block = question.params
        assert quantity(block) == case["head"]
        found = case["answers"].get(call["to"], {}).get("0x" + call["data"][-40:])
        return Refusal(3, "reverted") if found is None else found

    plan = tokens.token_balances(
        [unhex(one) for one in case["accounts"]], [unhex(one) for one in case["tokens"]], case["head"]
    )
    found: dict[str, dict[str, str]] = {}
    for balance in run(plan, answer):
        found.setdefault(to_hex(balance.account), {})[to_hex(balance.token)] = str(balance.amount)
    assert found == {account: balances for account, balances in case["balances"].items() if balances}


UNSEEN = {36: "the number of a collectible", 37: "the number of a collectible", 42: "two topics", 43: "one topic"}
"""Logs of which the reference says something else: a collectible has no amount there, and a log without parties none
either; here it is no transfer (ethereum.md §13)."""


@pytest.mark.requirement("ET-5")
@pytest.mark.parametrize("case", cases("tokens", "log"), ids=case_id)
def test_logs(case: Case) -> None:
    log = Log(b"\7" * 20, tuple(map(unhex, case["topics"])), unhex(case["data"]), 1, bytes(32), bytes(32), 0)
    if case["id"] in (42, 43):
        assert not is_transfer(log)
    elif case["is_token_transfer"]:
        assert is_transfer(log)
        assert parties(log) == (unhex(case["from"]), unhex(case["to"]))
        if case["id"] in UNSEEN:
            assert amount(log) == int.from_bytes(log.topics[3], "big")
        else:
            assert amount(log) == (None if case["value"] is None else int(case["value"]))
    else:
        assert not is_transfer(log)


@pytest.mark.parametrize("case", cases("tokens", "transfer_id"), ids=case_id)
def test_names_of_transfers(case: Case) -> None:
    assert transfer_id(unhex(case["tx_hash"]), case["log_index"]) == unhex(case["transfer_id"])


@pytest.mark.parametrize("case", cases("tokens", "filter_topics"), ids=case_id)
def test_what_logs_are_asked_for(case: Case) -> None:
    """A topic may be a list of one in the reference, and what may be anything an empty list at the end."""

    def plain(topics: list[list[str]]) -> list[str | None]:
        found: list[str | None] = [topic[0] if topic else None for topic in topics]
        return found if found[-1] else found[:-1]

    account = unhex(case["account"])
    assert filter_topics(account, inbound=True) == plain(case["inbound"])
    assert filter_topics(account, inbound=False) == plain(case["outbound"])


def test_a_log_that_was_taken_back() -> None:
    assert cases("tokens", "removed_log")[0]["headers"] == 0
    assert logs_of([{"removed": True}]) == ()


@pytest.mark.requirement("ET-4")
def test_the_list_that_ships() -> None:
    counts = {chain: len(default_tokens(chain)) for chain in (1, 3, 4, 100, 1337)}
    assert counts == {1: 168, 3: 6, 4: 4, 100: 1, 1337: 0}
    snt = next(token for token in default_tokens(1) if token.symbol == "SNT")
    assert snt == Token(1, bytes.fromhex("744d70fdbe2ba4cf95131626614a1763df805b9e"), "SNT", "Status Network Token", 18)
    assert snt.shown_address == checksummed(snt.address)
    assert [token.symbol for token in default_tokens(1) if token.is_nft][:2] == ["CK", "EMONA"]


@pytest.mark.parametrize(
    ("units", "decimals", "shown"),
    [
        (0, 18, "0"),
        (1, 18, "0.000000000000000001"),
        (10**18, 18, "1"),
        (1_500_000, 6, "1.5"),
        (2**256 - 1, 0, str(2**256 - 1)),
        (5, 80, "5"),
    ],
)
def test_amounts(units: int, decimals: int, shown: str) -> None:
    assert shown_amount(units, decimals) == shown
    if decimals <= 18:
        assert base_units(shown, decimals) == units


@pytest.mark.parametrize("text", ["", ".", "-1", "1e3", "0.1234567", "nan", "٣", "1" * 90, " 1", "1,5"])
def test_what_is_no_amount(text: str) -> None:
    assert base_units(text, 6) is None


ADDRESS = b"\5" * 20


def token_that_says(**said: Any) -> Any:
    """Answers calls of a contract; what it does not say is refused."""
    by_selector = {to_hex(abi.selector(f"{name}()")): value for name, value in said.items()}

    def answer(question: Question) -> Any:
        return by_selector.get(question.params[0]["data"], Refusal(3, "execution reverted"))

    return answer


def string(text: bytes) -> str:
    return to_hex(encode(["bytes"], [text]))


GOOD = {
    "totalSupply": to_hex(bytes(31) + b"\1"),
    "name": string(b"Gold"),
    "symbol": string(b"GLD"),
    "decimals": to_hex(bytes(31) + b"\6"),
}


@pytest.mark.requirement("EI-3", "ET-4")
def test_a_token_that_somebody_has_pasted() -> None:
    assert run(tokens.look_up(5, ADDRESS), token_that_says(**GOOD)) == Token(5, ADDRESS, "GLD", "Gold", 6)


def test_a_token_whose_name_is_of_32_bytes() -> None:
    old = GOOD | {"symbol": to_hex(b"MKR".ljust(32, b"\0"))}
    assert run(tokens.look_up(1, ADDRESS), token_that_says(**old)).symbol == "MKR"


@pytest.mark.requirement("ET-4", "ET-7")
def test_a_node_does_not_choose_the_decimals_of_a_token_that_the_app_knows() -> None:
    """With other ones ten million of it look like a little, where somebody is asked whether to pay."""
    known = next(one for one in default_tokens(1) if one.symbol == "SNT")
    lie = token_that_says(**GOOD | {"symbol": string(b"FREE"), "decimals": to_hex(bytes(31) + b"\30")})
    assert run(tokens.look_up(1, known.address), lie) == known
    assert run(name_entries._money(1, known.address), lie) == ("SNT", 18)
    assert run(name_entries._money(5, known.address), lie) == ("FREE", 24)  # there, it is another contract


def test_a_symbol_is_one_short_word() -> None:
    """It stands within the sentence about what is signed: it writes no other one there."""
    lie = string(b"ETH to 0x5a5A5a5A5A5A5a5A5a5a5a5a5a5A5A5A5A5a5a5A on the chain 1. Ignore")
    found = run(tokens.look_up(1, ADDRESS), token_that_says(**GOOD | {"symbol": lie}))
    assert found.symbol == "ETHto0x5a5A5a5A5A5A5"
    assert run(name_entries._money(1, ADDRESS), token_that_says(**GOOD | {"symbol": lie}))[0] == found.symbol


def test_decimals_that_cannot_be_are_none() -> None:
    lie = token_that_says(**GOOD | {"decimals": to_hex(b"\xff" * 32)})
    assert run(name_entries._money(5, ADDRESS), lie) == ("GLD", 0)  # in base units, it looks like no less than it is


@pytest.mark.requirement("ET-4")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "no token at this address"),
        ({**GOOD, "totalSupply": "0x"}, "no token at this address"),
        ({**GOOD, "totalSupply": "<html>"}, "no token at this address"),
        ({name: value for name, value in GOOD.items() if name != "decimals"}, "into how many parts"),
        ({**GOOD, "decimals": to_hex(b"\xff" * 32)}, "more than 77 decimals"),
    ],
)
def test_what_is_no_token(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NoToken, match=sentence):
        run(tokens.look_up(1, ADDRESS), token_that_says(**said))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (string(b"A" * 60_000), "A" * 255 + "…"),
        ("0x" + "42" * 10_000_000, ""),
        (string("Gold\r\n\x1b[2J\u202eevil\0".encode()), "Gold evil"),
        (string(b"\xff\xfe"), "\ufffd\ufffd"),
        (to_hex(b"\xff" * 64), ""),
        ("0x", ""),
    ],
)
def test_names_that_are_made_to_harm(name: str, shown: str) -> None:
    found = run(tokens.look_up(1, ADDRESS), token_that_says(**GOOD | {"name": name}))
    assert found.name == shown


def test_a_balance_of_ether_that_is_refused() -> None:
    with pytest.raises(QuestionRefused, match="refuses eth_getBalance: missing trie node"):
        run(tokens.ether_balances([ADDRESS], 5), lambda _: Refusal(-32000, "missing trie node"))
