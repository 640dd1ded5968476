"""What a service says of prices, and whose they are."""

from __future__ import annotations

import json

import pytest

from pystatus.errors import Refused
from pystatus.ethereum import prices
from pystatus.ethereum.prices import TokenPrice
from pystatus.ethereum.quantities import BadAnswer
from pystatus.ethereum.tokens import Token, default_tokens
from tests.support.prices import answer

DAI = next(one for one in default_tokens(1) if one.symbol == "DAI")


def read(said: bytes) -> list[TokenPrice]:
    return prices.read(said, prices.priced(), "EUR")


@pytest.mark.requirement("ET-14")
def test_an_answer_as_the_service_gives_it() -> None:
    assert read(answer({"DAI": 0.8421, "ETH": 190.0, "BNB": 1e-7})) == [
        TokenPrice("ETH", None, "EUR", "190", "-5.00"),
        TokenPrice("DAI", DAI.address, "EUR", "0.8421", "-99.58"),
        TokenPrice(
            "BNB", next(o.address for o in default_tokens(1) if o.symbol == "BNB"), "EUR", "0.0000001", "-100.00"
        ),
    ]


@pytest.mark.parametrize(
    "price", [-1.0, -1, 0, 0.0, "NaN", "190", None, True, [190], {"a": 1}, 1e18, 1e-19, 10**39, 1e300]
)
def test_what_is_no_price_is_none(price: object) -> None:
    assert [one.symbol for one in read(answer({"ETH": price, "DAI": 1}))] == ["DAI"]


def with_number(number: str) -> bytes:
    return f'{{"RAW": {{"ETH": {{"EUR": {{"PRICE": {number}}}}}}}}}'.encode()


@pytest.mark.parametrize("number", ["1e9999999999", "1e400", "1e-400", "1" * 1_000_000, "0." + "0" * 100_000 + "1"])
def test_numbers_of_any_size_are_read_in_no_time(number: str) -> None:
    assert read(with_number(number)) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "+1", "01", "1.", "0x10"])
def test_what_json_has_no_number_for_is_no_answer(number: str) -> None:
    with pytest.raises(BadAnswer, match="no list of prices"):
        read(with_number(number))


@pytest.mark.parametrize("opened", [None, 0, -5, "NaN", []])
def test_what_it_was_yesterday_is_not_known(opened: object) -> None:
    (price,) = read(answer({"ETH": 190}, opened=opened))
    assert (price.price, price.change) == ("190", "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "no list of prices"),
        (b"<html>", "no list of prices"),
        (b"[]", "no list of prices"),
        (b"null", "no list of prices"),
        (b"\xff", "no list of prices"),
        (b"[" * 100_000, "no list of prices"),
        (b'{"RAW":' + b'{"a":' * 100_000, "no list of prices"),
        (b'{"RAW": [1, 2]}', "no list of prices"),
        (b"{}", "there are no prices in its answer"),
        (b'{"Response": "Error", "Message": "rate\\n\\u001blimit"}', "it says “rate"),
    ],
)
def test_what_is_no_answer(said: bytes, why: str) -> None:
    with pytest.raises(BadAnswer, match=why) as refused:
        read(said)
    assert str(refused.value).isprintable()


def test_entries_that_are_nonsense_spoil_no_others() -> None:
    said = json.loads(answer({"ETH": 190, "DAI": 1, "MKR": 2, "ZRX": 3}))
    said["RAW"].update(DAI=None, MKR=[], ZRX={"USD": said["RAW"]["ZRX"]["EUR"]}, ANYTHING={"EUR": {"PRICE": 1}})
    assert [one.symbol for one in read(json.dumps(said).encode())] == ["ETH"]


@pytest.mark.requirement("ET-14")
def test_a_token_that_calls_itself_like_another_one_has_no_price() -> None:
    known = read(answer({"ETH": 190, "DAI": 0.5}))
    false = Token(1, b"\x66" * 20, "DAI", "Dai Stablecoin", 18, is_own=True)
    elsewhere = Token(3, DAI.address, "DAI", "Dai Stablecoin", 18)
    assert prices.price_of(known, 1, DAI) == known[1]
    assert prices.price_of(known, 1, None) == known[0]
    assert prices.price_of(known, 1, false) is None
    assert prices.price_of(known, 3, elsewhere) is None
    assert prices.price_of(known, 100, None) is None, "ether of another chain is worth something else"
    assert prices.price_of([], 1, None) is None


def test_the_list_is_always_the_same_and_has_each_symbol_once() -> None:
    asked = prices.requests()
    together = [symbol for one in asked for symbol in one]
    assert together == list(prices.priced())
    assert len(set(together)) == len(together) == 160
    assert max(map(len, asked)) == prices.MAX_SYMBOLS
    assert max(len(",".join(one)) for one in asked) < 1_000
    assert not {"CK", "ATM"} & set(together), "neither collectibles nor what is not offered"


def test_what_an_amount_costs() -> None:
    ether = TokenPrice("ETH", None, "EUR", "190.25")
    assert prices.worth(ether, 10**18) == "190.25"
    assert prices.worth(ether, 5 * 10**15) == "0.95"
    assert prices.worth(ether, 0) == "0.00"
    assert prices.worth(ether, 1) == "0.00"
    assert prices.worth(ether, 2**256 - 1, 0) == f"{(2**256 - 1) * 19_025 // 100}.{(2**256 - 1) * 25 % 100:02}"


@pytest.mark.parametrize("text", ["", "EU", "EURO", "E1R", "€", "EUR,USD", "EUR&tsyms=USD"])
def test_what_is_no_currency(text: str) -> None:
    with pytest.raises(Refused, match="This is no currency"):
        prices.typed_currency(text)
    assert prices.typed_currency(" eur ") == "EUR"
