"""The wallet in words: what somebody reads before they sign, and what came and went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

import pytest

from pystatus import Holding, Meaning, MeaningKind, Token, TransactionDraft, Transfer
from pystatus.account.address import checksummed
from pystatus.ethereum.transfers import Asset
from pystatus.faces.catalogue import texts_in
from pystatus.faces.wallet_page import holding_row, transfer_row
from pystatus.faces.wallet_question import signing_question

ENGLISH, GERMAN = texts_in("en"), texts_in("de")
OURS, THEIRS, CONTRACT = b"\1" * 20, b"\2" * 20, b"\3" * 20
TOKEN = Token(1, CONTRACT, "SNT", "Status Network Token", 18)
KNOWN = {OURS: "Savings"}


def draft(meaning: Meaning, value: int = 0) -> TransactionDraft:
    return TransactionDraft(
        b"\0" * 32, 1, OURS, THEIRS, value, b"", 0, 21_000, 10**9, None, 10**18, meaning, "", (), "harbour wave pilot"
    )


@pytest.mark.requirement("AC-35")
def test_a_question_says_who_pays_what_to_whom() -> None:
    asked = signing_question(draft(Meaning(MeaningKind.ETHER, THEIRS, 10**17), 10**17), KNOWN, ENGLISH)
    assert asked.what == f"Savings ({checksummed(OURS)}) pays 0.1 ETH to {checksummed(THEIRS)}."
    assert asked.cost == "This is on the chain 1. The fee is at most 0.000021 ETH; the account has 1 ETH."
    assert asked.phrase == "Your signing phrase: harbour wave pilot"
    assert asked.sentences == (asked.what, asked.cost, asked.phrase)


@pytest.mark.parametrize("kind", MeaningKind)
@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["en", "de"])
def test_every_kind_has_a_sentence_with_who_signs(kind: MeaningKind, texts: object) -> None:
    asked = signing_question(draft(Meaning(kind, THEIRS, 5, CONTRACT, TOKEN)), KNOWN, texts)  # type: ignore[arg-type]
    assert checksummed(OURS) in asked.what
    assert "{" not in " ".join(asked.sentences)


def test_what_a_person_may_overlook_is_said() -> None:
    unlimited = Meaning(MeaningKind.APPROVE, THEIRS, 2**256 - 1, CONTRACT, TOKEN, is_unlimited=True)
    asked = signing_question(draft(unlimited), KNOWN, ENGLISH)
    assert "take ALL of SNT" in asked.what
    assert "without a limit" in asked.warnings[0]
    to_contract = Meaning(MeaningKind.TOKEN, CONTRACT, 5, CONTRACT, None)
    assert len(signing_question(draft(to_contract), KNOWN, ENGLISH).warnings) == 2
    replacing = replace(draft(Meaning(MeaningKind.ETHER, THEIRS, 5), 5), replaces=b"\4" * 32)
    assert "takes the place of the one that waits" in signing_question(replacing, KNOWN, ENGLISH).what


def test_what_a_token_calls_itself_is_one_short_line() -> None:
    odd = replace(TOKEN, symbol="\u202eS\nN\0T" * 100, name="x" * 10_000_000)
    row = holding_row(Holding(OURS, 5, odd))
    assert len(row.symbol) <= 20
    assert "\n" not in row.symbol
    assert "\u202e" not in row.symbol
    assert len(row.name) <= 40
    assert row.token == checksummed(CONTRACT)


def test_transfers_in_both_directions() -> None:
    came = Transfer(
        b"\5" * 32, OURS, Asset.ETHER, THEIRS, OURS, 10**18, None, 5, b"\6" * 32, 0, b"\7" * 32, True, 0, 21_000, 1
    )
    row = transfer_row(came, {}, {THEIRS: "Bob"}, date(1970, 1, 1), ENGLISH, UTC)
    assert (row.sign, row.title, row.who) == ("+", "1 ETH", f"from Bob ({checksummed(THEIRS)})")
    went = replace(came, sender=OURS, recipient=THEIRS, asset=Asset.FUNGIBLE, contract=CONTRACT, succeeded=False)
    row = transfer_row(went, {CONTRACT: TOKEN}, {}, date(1970, 1, 1), ENGLISH, UTC)
    assert (row.sign, row.title) == ("-", "1 SNT")
    assert row.failed == "It failed: only the fee was paid."
    unknown = transfer_row(went, {}, {}, date(1970, 1, 1), ENGLISH, UTC)
    assert unknown.title == f"{10**18} base units of {checksummed(CONTRACT)}"
    number = transfer_row(replace(went, asset=Asset.COLLECTIBLE, amount=7), {}, {}, date(1970, 1, 1), ENGLISH)
    assert number.title == f"number 7 of {checksummed(CONTRACT)}"
