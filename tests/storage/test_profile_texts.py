"""Passwords and names of profiles, and names of chats, in whichever form a keyboard or a file gives them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pystatus import Account, Client, LocalError, PrivateKey, Profiles
from pystatus.account.keystore import StoredKey, WrongPassword, open_file
from pystatus.account.password import hashed
from pystatus.storage import wallet_keys

BOM = "\ufeff"
NFC, NFD = "p\u00e4ssw\u00f6rter", "pa\u0308sswo\u0308rter"
ZOE, ZOE_APART = "Zo\u00eb", "Zoe\u0308"
OLD = {"as it is": NFC, "apart": NFD, "from a file with a mark": BOM + NFC, "with the end of a line": f"{NFC}\n"}
"""Forms in which earlier versions stored what was typed or read."""


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path)


def new_account() -> Account:
    return Account.from_private_key(PrivateKey.generate(os.urandom))


def stored_as(profiles: Profiles, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile of an earlier version, which knew no forms."""
    with monkeypatch.context() as patch:
        patch.setattr("pystatus.typed.password", lambda text: text)
        profiles.create(new_account(), password, "alice")


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("now", [NFC, NFD, BOM + NFC])
def test_profiles_open_with_any_form_of_their_password(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch, old: str, now: str
) -> None:
    if old == "with the end of a line":  # from the environment, where it still stands so
        now += "\n"
    stored_as(profiles, OLD[old], monkeypatch)
    profile = profiles.find("alice")
    profiles.check_password(profile, now)
    with profiles.unlock(profile, now) as unlocked:
        assert unlocked.account.key
    with pytest.raises(WrongPassword):
        profiles.check_password(profile, "something else")
    changed = profiles.change_password(profile, now, NFD)
    (file,) = (changed.directory / "keystore").iterdir()
    assert open_file(file.read_bytes(), hashed(NFC)).key == unlocked.account.key  # as a phone would type it
    recovered, is_kept = profiles.recover(unlocked.account, now)
    assert is_kept
    with profiles.unlock(recovered, NFC):
        pass


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("now", [NFC, NFD, BOM + NFC])
def test_keys_of_the_wallet_are_sealed_with_any_form_of_the_password(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch, old: str, now: str
) -> None:
    if old == "with the end of a line":
        now += "\n"
    stored_as(profiles, OLD[old], monkeypatch)
    profile = profiles.find("alice")
    key = PrivateKey.generate(os.urandom)
    stored = StoredKey(key)
    assert wallet_keys.add_key(profile, now, stored, 1_600_000_000)
    assert wallet_keys.wallet_key(profile, now, stored.address) == key
    with pytest.raises(WrongPassword):
        wallet_keys.wallet_key(profile, "something else", stored.address)


@pytest.mark.parametrize("password", [NFD, BOM + NFC, f"{NFC}\r\n"])
def test_a_new_password_is_stored_as_phones_type_it(profiles: Profiles, password: str) -> None:
    account = new_account()
    profile = profiles.create(account, password)
    (file,) = (profile.directory / "keystore").iterdir()
    assert open_file(file.read_bytes(), hashed(NFC)).key == account.key


def test_key_files_for_other_programs_are_sealed_with_what_was_given() -> None:
    account = new_account()
    for password in (NFC, NFD):
        (data,) = account.key_files(password, os.urandom, 0.0).values()
        assert open_file(data, hashed(password)).key == account.key


def test_a_short_password_is_short_in_every_form(profiles: Profiles) -> None:
    with pytest.raises(LocalError, match="at least 6 characters"):
        profiles.create(new_account(), "e\u0301" * 5)


def test_profiles_are_found_by_any_form_of_their_name(profiles: Profiles, tmp_path: Path) -> None:
    made = profiles.create(new_account(), NFC, f" {ZOE_APART}\u00a0")
    assert made.name == ZOE
    for selector in (
        ZOE,
        ZOE_APART,
        ZOE_APART.upper(),
        f"{BOM}{ZOE}",
        f"{made.account.chat_key}\u200b",
        f"\u00a0{made.account.key_uid[:12]}",
    ):
        assert profiles.find(selector) == made
    with pytest.raises(LocalError, match="called 'Zo\u00eb' already"):
        profiles.create(new_account(), NFC, ZOE_APART)
    with pytest.raises(LocalError, match="called 'Zo\u00eb' already"):
        profiles.check_free(ZOE_APART)
    profiles.check_free("other")
    other = profiles.create(new_account(), NFC, "other")
    with pytest.raises(LocalError, match="called 'Zo\u00eb' already"):
        profiles.rename(other, ZOE_APART)
    assert profiles.rename(made, ZOE_APART.upper()).name == ZOE.upper()
    client = Client.open(f"{BOM}{ZOE_APART}", NFD, data_dir=tmp_path)
    assert client is not None


def test_a_name_that_was_stored_apart_is_found(profiles: Profiles) -> None:
    made = profiles.create(new_account(), NFC, ZOE)
    description = made.directory / "profile.json"
    description.write_text(description.read_text().replace("Zo\\u00eb", "Zoe\\u0308"))
    for selector in (ZOE, ZOE_APART):
        assert profiles.find(selector).name == ZOE_APART
    twin = profiles.create(new_account(), NFC, "twin")
    (twin.directory / "profile.json").write_text((twin.directory / "profile.json").read_text().replace("twin", ZOE))
    assert (profiles.find(ZOE).account, profiles.find(ZOE_APART).account) == (twin.account, made.account)


async def test_chats_are_found_by_any_form_of_their_name(profiles: Profiles, tmp_path: Path) -> None:
    profiles.create(new_account(), NFC, "alice")
    person = new_account().public_key
    async with Client.open("alice", NFD, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        room = await client.join(f"{BOM}#Sta\u200btus\u00a0")
        assert room.id == "status"
        for number, name in enumerate(("\uff03status", " STATUS\r\n", "sta\u200btus")):
            assert client.find_chat(name).id == room.id
            assert len(client.history(name)) == number
            assert (await client.mark_read(name)).id == room.id
            assert (await client.send_text(name, "hello")).message.chat_id == "status"
            await client.leave(name)
            await client.join(name)
        friend = await client.open_chat(f"{BOM}{person.hex}\u200b")
        assert client.find_chat(f"\u00a0{person.hex}").id == friend.id


async def test_a_device_is_called_what_one_sees(profiles: Profiles, tmp_path: Path) -> None:
    profiles.create(new_account(), NFC, "alice")
    async with Client.open("alice", NFC, data_dir=tmp_path, state_dir=tmp_path / "state") as client:
        await client.devices.pair(f"{BOM}{ZOE_APART}\u00a0")
        assert client.devices.all()[0].name == ZOE
