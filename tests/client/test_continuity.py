"""The generations of a profile that a client has open: at its start, every hour, and at its end."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pystatus import Account, Client, DeviceRenewed, LocalError, PrivateKey, Profiles, RenewalReason
from pystatus.client import continuity
from pystatus.client.continuity import Continuity
from pystatus.client.features.devices import Devices
from pystatus.storage.generations import Generations

PASSWORD = "correct horse"


class Machine:
    """One profile on one machine."""

    def __init__(self, folder: Path) -> None:
        self.data, self.state = folder / "data", folder / "state"
        account = Account.from_private_key(PrivateKey.generate(os.urandom))
        self.profile = Profiles(self.data).create(account, PASSWORD, "alice").directory
        self.renewals: list[RenewalReason] = []

    def client(self, *, new_device: bool = False) -> Client:
        client = Client.open("alice", PASSWORD, data_dir=self.data, state_dir=self.state, new_device=new_device)
        client.on(DeviceRenewed)(lambda event: self.renewals.append(event.reason))
        return client

    async def run(self, *, new_device: bool = False) -> str:
        """Open and close it; the installation id."""
        async with self.client(new_device=new_device) as client:
            return client.feature(Devices).all()[0].installation_id

    def back_up(self) -> Path:
        return Path(shutil.copytree(self.profile, self.data.with_name(f"backup {os.urandom(4).hex()}")))

    def restore(self, backup: Path) -> None:
        shutil.rmtree(self.profile)
        shutil.copytree(backup, self.profile)

    @property
    def generation(self) -> str:
        """Of all installations that ever were."""
        return " ".join(file.read_text() for file in sorted((self.state / "generations").iterdir()))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def test_a_profile_stays_the_same_device(machine: Machine) -> None:
    assert len({await machine.run() for _ in range(3)}) == 1
    machine.data = machine.data.rename(machine.data.with_name("moved"))
    await machine.run()
    assert machine.renewals == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_an_old_copy_becomes_another_one(machine: Machine, when: str) -> None:
    before = await machine.run()
    backup = machine.back_up()
    async with machine.client():
        if when == "meanwhile":
            backup = machine.back_up()
    machine.restore(backup)
    assert await machine.run() != before
    assert machine.renewals == [RenewalReason.RESTORED]
    await machine.run()
    assert machine.renewals == [RenewalReason.RESTORED]


async def test_a_backup_of_the_last_state_goes_on(machine: Machine) -> None:
    before = await machine.run()
    machine.restore(machine.back_up())
    assert await machine.run() == before


async def test_who_asks_for_it_has_a_new_device_and_no_second_one(machine: Machine) -> None:
    before = await machine.run()
    backup = machine.back_up()
    await machine.run()
    machine.restore(backup)
    renewed = await machine.run(new_device=True)
    assert await machine.run() == renewed != before
    assert machine.renewals == [RenewalReason.ASKED]


async def test_a_profile_that_stays_open_has_another_generation_every_hour(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with machine.client() as client:
        first = machine.generation
        client._access.session.tick()
        assert machine.generation == first
        monkeypatch.setattr(continuity, "INTERVAL", 0.0)
        client._access.session.tick()
        assert machine.generation != first
        first = machine.generation
    assert machine.generation != first


async def test_a_generation_that_cannot_be_stored_stops_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await machine.run()
    async with machine.client() as client:
        database = client._access.session.store._database
        database.connection.execute("PRAGMA query_only = ON")  # as on a full disk, from here on
    machine.state.joinpath("generations").rename(machine.state / "away")
    machine.state.joinpath("generations").write_bytes(b"")
    assert await machine.run() == before
    assert machine.renewals == []


async def test_a_client_that_could_not_be_opened_leaves_the_generation(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await machine.run()
    before = machine.generation

    def refuse(self: Generations, installation_id: str | None) -> RenewalReason | None:
        raise LocalError("not today")

    with monkeypatch.context() as patch:
        patch.setattr(Generations, "finding", refuse)
        with pytest.raises(LocalError, match="not today"):
            await machine.run()
    assert machine.generation == before


async def test_where_the_file_is_unless_it_is_said(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with machine.client() as client:
        store = client._access.session.store
        for variables, place in (
            ({"PYSTATUS_STATE_DIR": str(tmp_path / "mine")}, tmp_path / "mine"),
            ({"XDG_STATE_HOME": str(tmp_path / "xdg")}, tmp_path / "xdg" / "pystatus"),
            ({"HOME": str(tmp_path / "home")}, tmp_path / "home" / ".local" / "state" / "pystatus"),
        ):
            with monkeypatch.context() as patch:
                for name in ("PYSTATUS_STATE_DIR", "XDG_STATE_HOME"):
                    patch.delenv(name, raising=False)
                for name, value in variables.items():
                    patch.setenv(name, value)
                Continuity(store, None).advance()
            assert len(list((place / "generations").iterdir())) == 1


async def test_a_user_without_a_home_directory(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("PYSTATUS_STATE_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    for _ in range(2):
        async with Client.open("alice", PASSWORD, data_dir=machine.data) as client:
            assert client.feature(Devices).all()[0].is_this
