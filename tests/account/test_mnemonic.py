"""Recovery phrases (account.md §2.1)."""

import os
import subprocess
import sys

import pytest

from pystatus.account import mnemonic
from pystatus.errors import LocalError
from tests.account.reference import REFERENCE
from tests.support.vectors import Case, case_id, cases, unhex

HD = cases("hd")
ABOUT = "abandon " * 11 + "about"


@pytest.mark.parametrize("case", [case for case in HD if "seed" in case], ids=case_id)
def test_seed_of_a_phrase(case: Case) -> None:
    assert mnemonic.seed(case["mnemonic"], case["passphrase"]) == unhex(case["seed"])


@pytest.mark.parametrize("case", REFERENCE["multiaccounts"], ids=lambda case: case["seed"][:8])
def test_seed_of_the_account_reference(case: Case) -> None:
    assert mnemonic.seed(case["mnemonic"], case["bip39_passphrase"]).hex() == case["seed"]


@pytest.mark.parametrize("case", HD, ids=case_id)
def test_checksum(case: Case) -> None:
    if case["words"] not in mnemonic.WORD_COUNTS:
        with pytest.raises(LocalError, match="12, 15, 18, 21 or 24 words"):
            mnemonic.warning(case["mnemonic"])
        assert not case["checksum_valid"]
    else:
        assert (mnemonic.warning(case["mnemonic"]) is None) == case["checksum_valid"]


@pytest.mark.parametrize(
    ("entropy", "phrase"),
    [
        ("00" * 16, ABOUT),
        ("7f" * 16, "legal winner thank year wave sausage worth useful legal winner thank yellow"),
        ("80" * 16, "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"),
        ("ff" * 16, "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"),
    ],
)
def test_new_phrase_is_the_entropy_it_was_given(entropy: str, phrase: str) -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return bytes.fromhex(entropy)

    assert mnemonic.new_phrase(random) == phrase
    assert asked == [16]


def test_new_phrases_differ_and_are_good() -> None:
    candidates = {mnemonic.new_phrase(os.urandom) for _ in range(5)}
    assert len(candidates) == 5
    for phrase in candidates:
        assert len(phrase.split()) == 12
        assert mnemonic.warning(phrase) is None


def test_phrase_is_sanitised_before_use() -> None:
    typed = "\n  Abandon\tABANDON  " + "abandon\u00a0" * 9 + " About \r\n"
    assert mnemonic.words_of(typed) == ABOUT.split()
    assert mnemonic.warning(typed) is None
    assert mnemonic.seed(typed) == mnemonic.seed(ABOUT)


def test_composed_and_decomposed_passphrases_are_the_same() -> None:
    assert mnemonic.seed(ABOUT, "caf\u00e9") == mnemonic.seed(ABOUT, "cafe\u0301")


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("abandon " * 12, "checksum"),
        ("abandon " * 10 + "abandn about", "Word 11 is not in the English word list"),
        ("1. abandon 2. abandon " * 6, "Write the words alone: no numbers, no commas between them."),
        ("abandon, " * 11 + "about", "Write the words alone: no numbers, no commas between them."),
        ("\u00e9cole " * 12, "Correct the phrase, or confirm that it is a custom one."),
        ("satoshi " * 10 + "nakamoto dorian", "Words 11, 12 are not in the English word list"),
    ],
)
def test_a_custom_phrase_is_warned_about_but_has_a_seed(phrase: str, said: str) -> None:
    warning = mnemonic.warning(phrase)
    assert warning is not None
    assert said in warning
    assert "abandn" not in warning
    assert len(mnemonic.seed(phrase)) == 64


@pytest.mark.parametrize("count", [0, 1, 11, 13, 14, 16, 23, 25, 1000])
def test_no_seed_of_another_number_of_words(count: int) -> None:
    with pytest.raises(LocalError, match=f"this one has {count}"):
        mnemonic.seed("abandon " * count)


def test_heavy_libraries_are_loaded_when_they_are_needed() -> None:
    program = (
        "import sys, pystatus.account.account; sys.exit(bool({'mnemonic', 'PIL', 'multibase'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
