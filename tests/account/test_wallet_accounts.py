"""The accounts of a wallet: their keys, their names, and the words of a signing phrase."""

from __future__ import annotations

import collections

import pytest

from pystatus.account import signing_phrase, wallet_accounts
from pystatus.account.address import address_of, checksummed
from pystatus.account.hd import WALLET_ROOT, ExtendedKey
from pystatus.account.mnemonic import seed
from pystatus.account.wallet_accounts import WalletAccount, WalletKind
from pystatus.errors import LocalError

PHRASE = "test test test test test test test test test test test junk"
"""That of many chains for trying things out, whose first addresses are well known."""
KNOWN = (
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
)


@pytest.mark.requirement("AC-30")
def test_accounts_of_a_phrase_and_of_its_wallet_root_are_the_same() -> None:
    root = ExtendedKey.from_seed(seed(PHRASE)).derive(WALLET_ROOT)
    for index, known in enumerate(KNOWN):
        from_root = wallet_accounts.derived(root, index)
        from_phrase = wallet_accounts.of_phrase(f" {PHRASE.upper()}\n", wallet_accounts.derived_path(index))
        assert checksummed(from_root.address) == checksummed(from_phrase.address) == known
        assert address_of(from_root.key.public_key) == from_root.address


@pytest.mark.parametrize("index", [-1, 2**31, 2**63 - 1])
def test_a_number_that_no_account_has(index: int) -> None:
    root = ExtendedKey.from_seed(seed(PHRASE)).derive(WALLET_ROOT)
    with pytest.raises(LocalError, match="have the numbers 0 to 2147483647"):
        wallet_accounts.derived(root, index)


@pytest.mark.parametrize("path", ["", "44'/60'/0'", "../1", "m/x", "m" + "/1" * 11])
def test_a_path_that_leads_nowhere(path: str) -> None:
    with pytest.raises(LocalError):
        wallet_accounts.of_phrase(PHRASE, path)


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "0xabc", "x" * 61, "\u202e", "a\x1b[31m"])
def test_a_name_that_none_can_have(name: str) -> None:
    with pytest.raises(LocalError, match="Choose another one"):
        wallet_accounts.checked_name(name)


def test_names_and_colours_are_stored_in_one_form() -> None:
    assert wallet_accounts.checked_name("  Zoe\u0308\u00a0savings ") == "Zo\u00eb savings"
    assert wallet_accounts.checked_colour(" #4360DF") == "#4360df"
    with pytest.raises(LocalError, match="six hexadecimal digits"):
        wallet_accounts.checked_colour("blue")


def test_an_address_of_another_length_is_none() -> None:
    with pytest.raises(LocalError, match="20 bytes, not 19"):
        WalletAccount(bytes(19), WalletKind.WATCHED, "x")


@pytest.mark.requirement("AC-35")
def test_a_signing_phrase_is_three_words_each_drawn_by_itself() -> None:
    drawn = [number.to_bytes(8, "big") for number in (0, 621, 622)]
    sizes = []

    def random(size: int) -> bytes:
        sizes.append(size)
        return drawn.pop(0)

    words = signing_phrase.words()
    assert len(words) == len(set(words)) == 622
    assert collections.Counter(map(len, words)) == {4: 622}
    assert signing_phrase.new_signing_phrase(random) == f"{words[0]} {words[621]} {words[0]}"
    assert sizes == [8, 8, 8]
