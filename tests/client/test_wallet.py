"""``Wallet`` of a client: accounts of every origin, their keys, and what stays of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pystatus import Account, Client, LocalError, PrivateKey, Profiles, Wallet, WalletKind, WrongPassword
from pystatus.account.address import address_of
from pystatus.account.keystore import named_address
from pystatus.account.wallet_accounts import MAX_ACCOUNTS, WalletAccount
from pystatus.ethereum.transactions import Payment
from pystatus.ethereum.transfers import Transfer
from pystatus.storage import wallet_keys
from pystatus.storage.descriptions import Profile
from tests.account.test_wallet_accounts import KNOWN, PHRASE
from tests.support.devchain import Chain, chain_as_new

PASSWORD = "correct horse"
OTHERS_PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
SOMEBODY = b"\x5a" * 20
KEY = PrivateKey(bytes([7] * 32))


def new_profile(folder: Path) -> Profile:
    return Profiles(folder).create(Account.from_mnemonic(PHRASE), PASSWORD, "ann")


def ann(folder: Path, password: str = PASSWORD) -> Client:
    return Client.open("ann", password, data_dir=folder, state_dir=folder / "state")


def key_files(profile: Profile) -> set[bytes | None]:
    return {named_address(path.name) for path in (profile.directory / "keystore").iterdir()}


@pytest.mark.requirement("AC-30", "ET-12")
async def test_accounts_of_every_origin(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    async with ann(tmp_path) as client:
        wallet = client.feature(Wallet)
        (first,) = wallet.accounts()
        assert (first.shown_address, first.name, first.is_default) == (KNOWN[0], "Status account", True)
        derived = await wallet.derive(PASSWORD)
        savings = await wallet.derive(PASSWORD, "Savings", "#FF0000")
        other = await wallet.import_phrase(OTHERS_PHRASE, PASSWORD, "Other")
        imported = await wallet.import_key(KEY, PASSWORD, "Old key")
        watched = await wallet.watch("0x" + "5a" * 20, "Mother")
        assert (derived.shown_address, derived.name, derived.path) == (KNOWN[1], "Account 1", "m/44'/60'/0'/0/1")
        assert (savings.shown_address, savings.colour) == (KNOWN[2], "#ff0000")
        assert [one.kind.value for one in wallet.accounts()] == [
            "derived", "derived", "derived", "phrase", "key", "watched",
        ]  # fmt: skip
        assert wallet.account("mOTHER") == wallet.account("0x" + "5A" * 20) == watched
    async with ann(tmp_path) as client:
        assert list(client.feature(Wallet).accounts()) == [first, derived, savings, other, imported, watched]
    for account in (first, derived, savings, other, imported):
        key = wallet_keys.wallet_key(profile, PASSWORD, account.address)
        assert address_of(key.public_key) == account.address
        with pytest.raises(WrongPassword):
            wallet_keys.wallet_key(profile, "wrong horse", account.address)
    with pytest.raises(LocalError, match="this account is only watched"):
        wallet_keys.wallet_key(profile, PASSWORD, watched.address)


@pytest.mark.requirement("AC-30")
async def test_an_account_is_renamed_and_removed_with_its_key(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    before = key_files(profile)
    async with ann(tmp_path) as client:
        wallet = client.feature(Wallet)
        first = await wallet.change("Status account", name="Everyday", colour="#00ff00")
        assert wallet.accounts() == [first]
        await wallet.import_key(KEY, PASSWORD, "Old key")
        assert len(key_files(profile)) == len(before) + 1
        removed = await wallet.remove("old KEY")
        assert removed.address == address_of(KEY.public_key)
        assert key_files(profile) == before
        with pytest.raises(LocalError, match="The first account of a profile stays"):
            await wallet.remove("Everyday")
        derived = await wallet.derive(PASSWORD)
        await wallet.remove(derived.shown_address)
        assert (await wallet.derive(PASSWORD)).path == "m/44'/60'/0'/0/2"  # a number is given once
        assert await wallet.derive(PASSWORD, index=1) == WalletAccount(
            derived.address, WalletKind.DERIVED, "Account 2", path=derived.path
        )


async def test_what_cannot_be_added_leaves_no_key(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    before = key_files(profile)
    async with ann(tmp_path) as client:
        wallet = client.feature(Wallet)
        for wrong in (
            wallet.import_key(KEY, PASSWORD, "status ACCOUNT"),
            wallet.import_key(KEY, PASSWORD, "0x"),
            wallet.import_key(KEY, PASSWORD, colour="blue"),
            wallet.import_phrase(PHRASE, PASSWORD),
            wallet.derive(PASSWORD, index=0),
            wallet.derive(PASSWORD, index=2**31),
            wallet.watch(KNOWN[0]),
            wallet.watch("0x12"),
            wallet.change("Savings", name="Money"),
            wallet.add(WalletAccount(bytes([9] * 20), WalletKind.KEY, "None")),
            wallet.add(WalletAccount(address_of(KEY.public_key), WalletKind.DERIVED, "x", path="m/1")),
        ):
            with pytest.raises(LocalError):
                await wrong
        with pytest.raises(WrongPassword):
            await wallet.import_key(KEY, "wrong horse")
        assert len(wallet.accounts()) == 1
        assert key_files(profile) == before
        for number in range(1, MAX_ACCOUNTS):
            await wallet.watch(f"0x{number:040x}")
        with pytest.raises(LocalError, match="at most 100 accounts"):
            await wallet.watch("0x" + "5a" * 20)


async def test_a_watched_account_gets_its_key(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    async with ann(tmp_path) as client:
        wallet = client.feature(Wallet)
        watched = await wallet.watch(f"0x{address_of(KEY.public_key).hex()}", "Mine")
        with pytest.raises(LocalError, match="is in the wallet already, and is called Mine"):
            await wallet.watch(watched.shown_address)
        imported = await wallet.import_key(KEY, PASSWORD)
        assert (imported.name, imported.can_sign, len(wallet.accounts())) == ("Mine", True, 2)
    assert wallet_keys.wallet_key(profile, PASSWORD, imported.address) == KEY


@pytest.mark.requirement("AC-30")
async def test_another_password_seals_all_of_it_anew_and_a_backup_has_it(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    async with ann(tmp_path) as client:
        imported = await client.feature(Wallet).import_key(KEY, PASSWORD)
        phrase = client.feature(Wallet).signing_phrase()
    profiles = Profiles(tmp_path)
    profile = profiles.change_password(profile, PASSWORD, "better horse")
    with pytest.raises(WrongPassword):
        wallet_keys.wallet_key(profile, PASSWORD, imported.address)
    assert wallet_keys.wallet_key(profile, "better horse", imported.address) == KEY

    file = profiles.export(profile, "better horse", tmp_path / "ann.backup", "file horse")
    elsewhere = tmp_path / "elsewhere"
    restored = Profiles(elsewhere).restore(file, "file horse")
    assert wallet_keys.wallet_key(restored, "better horse", imported.address) == KEY
    async with ann(elsewhere, "better horse") as client:
        assert client.feature(Wallet).accounts()[1] == imported
        assert client.feature(Wallet).signing_phrase() == phrase


async def test_a_profile_of_a_key_has_no_first_account_and_derives_none(tmp_path: Path) -> None:
    Profiles(tmp_path).create(Account.from_private_key(KEY), PASSWORD, "ann")
    async with ann(tmp_path) as client:
        wallet = client.feature(Wallet)
        assert wallet.accounts() == []
        with pytest.raises(LocalError, match="this profile was imported from a key"):
            await wallet.derive(PASSWORD)
        assert (await wallet.import_phrase(PHRASE, PASSWORD)).shown_address == KNOWN[0]


@pytest.mark.requirement("AC-35")
async def test_the_signing_phrase_is_made_once_for_each_profile(tmp_path: Path) -> None:
    new_profile(tmp_path)
    Profiles(tmp_path).create_account("bob", PASSWORD)
    phrases = []
    for name in ("ann", "ann", "bob"):
        async with Client.open(name, PASSWORD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
            phrases.append(client.feature(Wallet).signing_phrase())
    assert len(phrases[0].split()) == 3
    assert phrases[0] == phrases[1] != phrases[2]


async def test_a_damaged_key_file_is_said_and_an_older_one_serves(tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    async with ann(tmp_path) as client:
        account = await client.feature(Wallet).import_key(KEY, PASSWORD)
    (path,) = (one for one in (profile.directory / "keystore").iterdir() if named_address(one.name) == account.address)
    good = path.read_bytes()
    newer = path.with_name(path.name.replace("UTC--2", "UTC--3"))
    newer.write_bytes(b"{}")
    assert wallet_keys.wallet_key(profile, PASSWORD, account.address) == KEY
    path.write_bytes(good.replace(b'"mac":"', b'"mac":"00')[: len(good) // 2])
    with pytest.raises(LocalError, match="is damaged or has another password"):
        wallet_keys.wallet_key(profile, PASSWORD, account.address)


@pytest.fixture
def chain() -> Iterator[Chain]:
    with chain_as_new() as made:
        yield made


def on(chain: Chain, folder: Path) -> Client:
    return Client.open("ann", PASSWORD, data_dir=folder, state_dir=folder / "state", endpoint=chain.endpoint())


def amounts(transfers: Sequence[Transfer]) -> list[int | None]:
    return [one.amount for one in transfers]


@pytest.mark.requirement("ET-5")
async def test_a_history_goes_on_where_it_stopped_and_what_is_undone_goes(tmp_path: Path, chain: Chain) -> None:
    new_profile(tmp_path)
    async with on(chain, tmp_path) as client:
        watched = (await client.feature(Wallet).watch(f"0x{SOMEBODY.hex()}", "Somebody")).shown_address
        chain.transact(1, Payment(SOMEBODY, 1))
        number = await client.feature(Wallet).update_history(watched)
        assert number == chain.dev.chain_id
    before = chain.dev.snapshot()
    chain.transact(1, Payment(SOMEBODY, 2))
    async with on(chain, tmp_path) as client:
        wallet = client.feature(Wallet)
        assert amounts(wallet.history("Somebody", number)) == [1]  # nobody has looked yet
        await asyncio.gather(*(wallet.update_history("Somebody") for _ in range(3)))
        assert amounts(wallet.history("Somebody", number)) == [2, 1]
        chain.dev.revert(before)
        chain.transact(1, Payment(SOMEBODY, 3))
        chain.transact(1, Payment(SOMEBODY, 4))
        await wallet.update_history("Somebody")
        newest, middle, oldest = wallet.history("Somebody", number)
        assert amounts([newest, middle, oldest]) == [4, 3, 1]
        assert wallet.history("Somebody", number, 1, before=newest) == [middle]
        assert wallet.history("Somebody", 1) == []  # of another chain nothing is known
        await wallet.update_history("Somebody", older=True)
        await wallet.remove("Somebody")
        await wallet.watch(watched, "Somebody")
        assert wallet.history("Somebody", number) == []


async def test_without_a_node_nothing_is_searched(tmp_path: Path) -> None:
    new_profile(tmp_path)
    async with ann(tmp_path) as client:
        with pytest.raises(LocalError, match="No node of Ethereum is named"):
            await client.feature(Wallet).update_history("Status account")
        assert client.feature(Wallet).history("Status account", 1) == []
