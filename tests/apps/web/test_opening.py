"""The first start in the page, unlocking, attaching to who has the profile open, and what is kept of a chat."""

from __future__ import annotations

import asyncio
import base64
import signal
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest

from pystatus import Account
from pystatus.account.mnemonic import new_phrase
from pystatus.apps.web.media_types import shown_type
from pystatus.apps.web.settings import FILE, PageSettings, SettingsFile
from pystatus.client import Client
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.faces.attach.attached import AttachedClient
from pystatus.faces.attach.holder import SharedClient
from pystatus.faces.attach.place import is_served
from pystatus.fleets.fleet import Fleet
from pystatus.fleets.invitation import invitation
from pystatus.messenger.features.backup import MAX_WRONG
from pystatus.storage.descriptions import Profile
from pystatus.storage.profiles import Profiles
from tests.apps.support import Running
from tests.apps.web.support import PASSWORD, window
from tests.media.support import picture, saved

ENODE = f"enode://{PrivateKey(bytes(31) + b'1').public_key.xy.hex()}@127.0.0.1:1"


def clients(directory: Path) -> Callable[..., Client]:
    """Makes clients of nobody's network, or attaches them."""

    def make(profile: Profile, password: str | None, network: Fleet | None) -> Client:
        if is_served(profile):
            return AttachedClient(profile)
        return SharedClient.open(profile.account.key_uid, password or "", data_dir=directory / "data", fleet=network)

    return make


def stored(directory: Path, name: str = "alice") -> Profile:
    account = Account.from_private_key(PrivateKey(bytes(31) + b"\x07"))
    return Profiles(directory / "data").create(account, PASSWORD, name)


async def test_an_account_is_made_its_words_are_checked_and_it_is_locked_and_unlocked(tmp_path: Path) -> None:
    async with window(tmp_path, clients(tmp_path)) as browser:
        assert await browser.call("web_profiles") == []
        candidates = await browser.call("web_candidates")
        assert len({one["person"]["key"] for one in candidates}) == 5
        assert (await browser.call("web_password", password="x" * 5))["fits"] is False
        assert (await browser.call("web_password", password=PASSWORD))["strength"] == "strong"
        assert "at least" in (await browser.error("web_create", name="me", password="x"))["message"]
        state = await browser.call("web_create", name="me", password=PASSWORD, candidate=3)
        assert (state["state"], state["profile"]["name"]) == ("open", "me")
        assert state["profile"]["key"] == candidates[3]["person"]["key"]
        assert [(await browser.heard("state"))["state"] for _ in range(2)] == ["opening", "open"]

        assert (await browser.call("web_own"))["due"] is True
        assert (await browser.error("web_words", password="wrong password"))["data"]["kind"] == "WrongPassword"
        words = (await browser.call("web_words", password=PASSWORD))["words"]
        assert len(words) == 12
        places = await browser.call("web_words_places")
        given = {str(place): words[place - 1] for place in places}
        wrong = await browser.error("web_words_confirm", words={**given, str(places[1]): "zoo"})
        assert (wrong["data"]["kind"], wrong["data"]["place"]) == ("WrongWord", places[1])
        assert await browser.call("web_words_confirm", words=given) is True
        assert (await browser.error("web_words", password=PASSWORD))["data"]["kind"] == "NoPhraseKept"
        assert (await browser.call("web_own"))["due"] is False
        for held_back in ("backup_phrase", "client_node"):
            assert (await browser.error(held_back))["code"] == -32601

        assert "open already" in (await browser.error("web_unlock", profile="me", password=PASSWORD))["message"]
        await browser.answer_nothing("web_lock")
        browser.secret = (await browser.heard("locked"))["secret"]
        assert await browser.closed() == 4423
        assert (await browser.connect())["state"]["state"] == "choose"
        assert "No profile is open" in (await browser.error("web_chats"))["message"]
        wrong = await browser.error("web_unlock", profile="me", password="wrong password")
        assert wrong["data"]["kind"] == "WrongPassword"
        assert "password of me" in (await browser.error("web_unlock", profile="me"))["message"]
        (shown,) = await browser.call("web_profiles")
        assert (shown["name"], shown["served"], shown["chosen"]) == ("me", False, False)
        assert (await browser.call("web_unlock", profile=shown["id"], password=PASSWORD))["state"] == "open"


async def test_an_account_is_recovered_and_odd_words_are_pointed_at(tmp_path: Path) -> None:
    words = new_phrase(lambda count: bytes(range(count)))
    async with window(tmp_path, clients(tmp_path)) as browser:
        assert await browser.call("web_phrase", words=words) == {
            "problem": "", "doubt": "", "place": None, "suggestions": [],
        }  # fmt: skip
        odd = words.split()
        odd[6] = "aple"
        said = await browser.call("web_phrase", words=" ".join(odd))
        assert said["place"] == 7
        assert "apple" in said["suggestions"]
        assert "12, 15" in (await browser.call("web_phrase", words="one two"))["problem"]
        assert await browser.call("web_word", beginning="appl") == ["apple"]
        refused = await browser.error("web_recover", words=" ".join(odd), name="", password=PASSWORD)
        assert refused["data"]["kind"] == "Doubtful"
        state = await browser.call("web_recover", words=words, name="", password=PASSWORD)
        assert state["profile"]["key"] == Account.from_mnemonic(words).record.public_key.hex
        assert (await browser.error("web_words", password=PASSWORD))["data"]["kind"] == "NoPhraseKept"
        again = await browser.error("web_recover", words=words, name="other", password=PASSWORD)
        assert again["data"]["kind"] == "AccountIsHere"


async def test_where_another_pystatus_has_it_open_the_page_attaches_and_survives_its_end(tmp_path: Path) -> None:
    profile = stored(tmp_path)
    command = ("daemon", "alice", "--json", "--peer", ENODE)
    with Running(tmp_path / "data", *command, PYSTATUS_PASSWORD=PASSWORD) as holder:
        await asyncio.to_thread(holder.event, "serving")
        async with window(tmp_path, clients(tmp_path), chosen=profile.account.key_uid) as browser:
            (shown,) = await browser.call("web_profiles")
            assert (shown["served"], shown["chosen"]) == (True, True)
            state = await browser.call("web_unlock", profile="alice")
            assert (state["state"], state["attached"]) == ("open", True)
            chat = await browser.call("client_join", name="status")
            await browser.call("web_chats")
            await browser.call("web_timeline", chat=chat["id"])
            sent = await browser.call("web_send", chat=chat["id"], text="kept")
            patch = await browser.heard("timeline")
            assert [row["id"] for row in patch["rows"] if row["kind"] == "message"] == [sent["id"]]

            holder.process.send_signal(signal.SIGKILL)
            while (state := await browser.heard("state"))["state"] != "failed":
                pass
            assert "What it had confirmed is stored" in state["problem"]
            state = await browser.call("web_unlock", profile="alice", password=PASSWORD)
            assert (state["state"], state["attached"], state["problem"]) == ("open", False, "")
            rows = (await browser.call("web_timeline", chat=chat["id"]))["rows"]
            assert [row["plain"] for row in rows if row["kind"] == "message"] == ["kept"]


@pytest.mark.requirement("AC-34")
async def test_words_are_checked_where_another_pystatus_has_it_open(tmp_path: Path) -> None:
    Profiles(tmp_path / "data").create_account("alice", PASSWORD)
    with Running(tmp_path / "data", "daemon", "alice", "--json", "--peer", ENODE, PYSTATUS_PASSWORD=PASSWORD) as holder:
        await asyncio.to_thread(holder.event, "serving")
        async with window(tmp_path, clients(tmp_path)) as browser:
            assert (await browser.call("web_unlock", profile="alice"))["attached"]
            assert (await browser.call("web_own"))["due"]
            assert "password" in (await browser.error("web_words", password="another one"))["message"]
            words = (await browser.call("web_words", password=PASSWORD))["words"]
            places = await browser.call("web_words_places")
            wrong = {str(place): words[place - 1] for place in places} | {str(places[1]): "zebra"}
            assert f"Word {places[1]}" in (await browser.error("web_words_confirm", words=wrong))["message"]
            await browser.call("web_words_confirm", words={str(place): words[place - 1] for place in places})
            assert not (await browser.call("web_own"))["due"]
            assert "no recovery words" in (await browser.error("web_words", password=PASSWORD))["message"]


async def test_nobody_finds_out_the_words_by_trying(tmp_path: Path) -> None:
    Profiles(tmp_path / "data").create_account("alice", PASSWORD)
    async with window(tmp_path, clients(tmp_path)) as browser:
        await browser.call("web_unlock", profile="alice", password=PASSWORD)
        words = (await browser.call("web_words", password=PASSWORD))["words"]
        right = {str(place): words[place - 1] for place in (1, 2, 3)}
        for _ in range(MAX_WRONG):
            await browser.error("web_words_confirm", words={**right, "1": "zebra"})
        assert "no more are compared" in (await browser.error("web_words_confirm", words=right))["message"]
        await browser.call("web_state")
        assert (await browser.call("web_own"))["due"]


async def test_pictures_and_exports_are_for_sessions_alone_and_of_their_own_type(tmp_path: Path) -> None:
    stored(tmp_path)
    async with window(tmp_path, clients(tmp_path)) as browser:
        await browser.call("web_unlock", profile="alice", password=PASSWORD)
        other = PrivateKey(bytes(31) + b"\x08").public_key.hex
        chat = await browser.call("client_open_chat", person=other)
        data = saved(picture(40, 30), "png")
        request = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "media_send_image",
            "params": {"chat": chat["id"], "picture": {"base64": base64.b64encode(data).decode()}},
        }
        status, answer = await browser.post("/rpc", request, **browser.headers)
        assert status == HTTPStatus.OK
        path = f"/media/message/{answer['result']['id']}"
        status, found, headers = await browser.get(path, **browser.headers)
        assert (status, headers["Content-Type"]) == (HTTPStatus.OK, "image/png")
        assert found.startswith(b"\x89PNG")
        assert headers["Cache-Control"] == "no-store"
        assert (await browser.get(path, **browser.origin))[0] == HTTPStatus.UNAUTHORIZED
        for wrong in ("/media/message/0x00", "/media/message/0x" + 64 * "0", f"/media/person/{other}", "/media/x/y"):
            assert (await browser.get(wrong, **browser.headers))[0] in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
        for form, beginning in (("html", b"<!doctype html>"), ("json", b"{"), ("text", b"")):
            status, found, headers = await browser.get(f"/export/{chat['id']}?format={form}", **browser.headers)
            assert (status, headers["Content-Type"]) == (HTTPStatus.OK, "application/octet-stream")
            assert headers["Content-Disposition"].startswith("attachment; filename=")
            assert found.lower().startswith(beginning)
            assert found
        status, found, _ = await browser.get(f"/export/{chat['id']}?format=exe", **browser.headers)
        assert (status, b"error" in found) == (HTTPStatus.BAD_REQUEST, True)
        assert not await asyncio.to_thread(lambda: list((tmp_path / "data").rglob("*export*"))), (
            "nothing of it stays on the disk"
        )
        subscribing = {"jsonrpc": "2.0", "id": 1, "method": "web_chats", "params": {}}
        _, answer = await browser.post("/rpc", subscribing, **browser.headers)
        assert "notifications not supported" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\xff\xf1\x00", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='evil()'/>", None),
        (b"<!doctype html><script>evil()</script>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_a_browser_shows_pictures_and_sounds_and_nothing_that_runs(data: bytes, shown: str | None) -> None:
    assert shown_type(data) == shown


async def test_a_network_is_joined_by_its_invitation(tmp_path: Path) -> None:
    stored(tmp_path)
    fleet = Fleet(name="harbour", relays=(ENODE,))
    async with window(tmp_path, clients(tmp_path)) as browser:
        for none in ("https://example.org/", "/etc/passwd", str(tmp_path), "status://x"):
            refused = await browser.error("web_join", invitation=none)
            assert refused["data"]["kind"] == "NotAnInvitation"
            assert "pystatus://network/" in refused["message"]
        found = await browser.call("web_join", invitation=invitation(fleet))
        assert found == {"name": "harbour", "relays": 1, "mailservers": 0}
        network = {"known": True, "named": True, "name": "harbour", "own": "not-offered"}
        assert (await browser.call("web_state"))["network"] == network
        await browser.call("web_unlock", profile="alice", password=PASSWORD)
        shown = await browser.call("web_network_invitation")
        assert shown["link"] == invitation(fleet)
        assert "Lock it" in (await browser.error("web_join", invitation=invitation(fleet)))["message"]


async def test_when_nobody_is_there_it_is_locked_and_the_window_may_unlock_it(tmp_path: Path) -> None:
    stored(tmp_path)
    async with window(tmp_path, clients(tmp_path)) as browser:
        await browser.call("web_set", name="idle_lock", value=5)
        await browser.call("web_unlock", profile="alice", password=PASSWORD)
        await browser.call("web_focus", focused=True)
        behind = browser.served.page
        await behind.look()
        assert (await browser.call("web_state"))["state"] == "open"
        behind._active_at -= 5 * 60
        await behind.look()
        browser.secret = (await browser.heard("locked"))["secret"]
        assert await browser.closed() == 4423
        assert behind.opening.client is None
        assert (await browser.connect())["state"]["state"] == "choose"


def test_settings_stay_and_what_is_wrong_in_their_file_counts_as_not_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = SettingsFile(tmp_path / "data")
    assert one.now == PageSettings()
    one.set("theme", "dark")
    one.set("idle_lock", 10)
    assert SettingsFile(tmp_path / "data").now == PageSettings(theme="dark", idle_lock=10)
    for name, value in (("theme", "pink"), ("idle_lock", -1), ("idle_lock", 10_000), ("nothing", 1)):
        with pytest.raises(LocalError):
            one.set(name, value)
    (tmp_path / "data" / FILE).write_text('{"theme": "pink"}')
    assert SettingsFile(tmp_path / "data").now == PageSettings()
    assert "cannot be read" in caplog.text
