"""Makes ``made/``: what the code of commit 09e48c4 wrote and answered. Run it with that code, not with today's:

git worktree add /tmp/09e48c4 09e48c4
PYTHONPATH=/tmp/09e48c4/src .venv/bin/python tests/survival/make.py [PART…]

``settings.toml`` was written by hand, and checked by that code.
"""

# mypy: ignore-errors
# It is code for commit 09e48c4: what it imports is not there any more.

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import pystatus  # noqa: E402 - this file is run as a script
from pystatus import Account, Client, MessageReceived, Node, NodeConfig, PrivateKey, Profiles  # noqa: E402
from tests.support.postgres import PostgresServer  # noqa: E402
from tests.survival.calls import answers  # noqa: E402
from tests.survival.command_lines import command_lines, variables  # noqa: E402
from tests.survival.metric_names import metric_names  # noqa: E402
from tests.survival.people import LEFT, PASSWORD, PUBLIC, devices, known  # noqa: E402

MADE = Path(__file__).resolve().parent / "made"
SOURCE = Path(pystatus.__file__).resolve().parent.parent
START = 1_600_000_000
"""Unix second of the oldest envelope of the archives."""


def write(name: str, value: Any) -> None:
    (MADE / name).write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


async def profiles() -> None:
    """Alice and Bob, who has two devices, have talked in private and in public."""
    folders = {"alice": MADE / "alice", "bob": MADE / "bob", "phone": MADE / "phone"}
    bob_key = PrivateKey.generate(os.urandom)
    for name, folder in folders.items():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        key = PrivateKey.generate(os.urandom) if name == "alice" else bob_key
        Profiles(folder).create(Account.from_private_key(key), PASSWORD, name)
    async with Node(NodeConfig(listen="127.0.0.1:0")) as relay:
        peers = [str(relay.enode)]
        clients = {name: Client.open(name, PASSWORD, data_dir=folder, peers=peers) for name, folder in folders.items()}
        async with clients["alice"] as alice, clients["bob"] as bob, clients["phone"] as phone:
            heard: dict[Client, asyncio.Queue[str]] = {}
            for client in (alice, bob, phone):
                await client.wait_for_peer()
                heard[client] = asyncio.Queue()
                client.on(MessageReceived)(lambda event, queue=heard[client]: queue.put_nowait(event.message.text))
                await client.join(PUBLIC)
            await alice.leave(await alice.join(LEFT))
            with_bob, with_alice = await alice.open_chat(bob.public_key), await bob.open_chat(alice.public_key)
            await phone.pair("Bob's phone")
            await bob.pair("Bob's desk")
            while len(bob.devices()) < 2 or len(phone.devices()) < 2:  # noqa: ASYNC110 - no event has the name
                await asyncio.sleep(0.1)
            for client in (bob, phone):
                (other,) = [device for device in client.devices() if not device.is_this]
                await client.set_device_enabled(other.installation_id, True)

            async def said(client: Client, chat: Any, text: str, hearers: Sequence[Client]) -> None:
                receipt = await client.send_text(chat, text)
                await receipt.sent()
                for hearer in hearers:
                    while await heard[hearer].get() != text:
                        pass

            await said(alice, PUBLIC, "Good morning, all", (bob, phone))
            await said(bob, PUBLIC, "Good morning, Alice \N{WAVING HAND SIGN}", (alice,))
            await said(alice, with_bob, "Are you there?", (bob,))
            await said(bob, with_alice, "I am.", (alice,))
            await said(alice, with_bob, "Under the ratchet now", (bob, phone))
            await said(bob, with_alice, "And back", (alice,))
            question = bob.history(with_alice, 1)[0]
            await (await alice.send_text(with_bob, "An answer to that", reply_to=question)).delivered()
            await alice.mark_read(with_bob)
            await asyncio.sleep(3)  # acknowledgements of all devices
            told = {name: known(client) for name, client in clients.items()}
    for name, folder in folders.items():
        told[name]["devices"] = devices(SOURCE, folder, name)
        shutil.rmtree(folder / "state", ignore_errors=True)
    write("profiles.json", {"made_at": int(time.time()), "people": told})


def envelopes() -> list[Any]:
    """Of three topics, within three hours."""
    from pystatus.waku.envelope import Envelope

    return [
        Envelope.create(
            START + 217 * number + 15, 15, bytes((number % 3, 2, 3, 4)), number.to_bytes(4, "big") * (10 + number), 1
        )
        for number in range(50)
    ]


async def archives() -> None:
    """The same envelopes in both, and what a mailserver has fetched from another one."""
    from pystatus.mailserver.ledger import ALL_TOPICS, Entry
    from pystatus.mailserver.spans import Span, Spans

    from pystatus.storage.archive.postgres import PostgresArchive
    from pystatus.storage.archive.sqlite import SqliteArchive

    keeper, server, covered = (
        bytes(range(64)),
        bytes(range(64, 128)),
        [(START, START + 3_600), (START + 5_000, START + 9_000)],
    )
    entry = Entry(ALL_TOPICS, server, Spans([Span(*each) for each in covered]))
    (MADE / "archive.db").unlink(missing_ok=True)
    postgres = PostgresServer()
    try:
        url = postgres.new_database()
        for archive in (await SqliteArchive.open(MADE / "archive.db"), await PostgresArchive.open(url)):
            await archive.add(envelopes())
            await archive.keep(keeper, [entry])
            await archive.close()
        dumped = re.sub(r"^\\(un)?restrict .*\n", "", postgres.dump(url), flags=re.MULTILINE)  # older psqls know none
        (MADE / "archive.sql").write_text(dumped, encoding="utf-8")
    finally:
        postgres.close()
    write(
        "archives.json",
        {
            "envelopes": {one.hash.hex(): one.raw.hex() for one in envelopes()},
            "keeper": keeper.hex(),
            "server": server.hex(),
            "covered": covered,
        },
    )


def command(*words: str) -> str:
    """What a command prints."""
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], "HOME": str(MADE)}
    return subprocess.run(
        [sys.executable, "-m", "pystatus", *words], env=environment, capture_output=True, text=True, check=True
    ).stdout


def settings() -> None:
    """What ``settings.toml`` means."""
    shown = command("config", "show", "--effective", "--json", "--config", str(MADE / "settings.toml"))
    rows = [json.loads(line) for line in shown.splitlines()]
    write("settings.json", {row["key"]: row["value"] for row in rows if row["source"] != "default"})


def options() -> None:
    """Every command line that was taken, and the variables of options."""
    import typer.main

    from pystatus.apps.cli import app
    from tests.survival.command_lines import parse

    root = typer.main.get_command(app)
    lines = list(command_lines(root))
    for line in lines:
        parse(root, line)
    write("options.json", {"lines": lines, "variables": sorted(variables(root))})


def metrics() -> None:
    """The metrics of a mailserver, with their types and labels."""
    with tempfile.TemporaryDirectory() as folder:
        node = subprocess.Popen(
            [
                *(sys.executable, "-m", "pystatus", "node", "--mailserver", "--listen", "127.0.0.1:0"),
                *("--metrics-port", "0", "--data-dir", folder, "--log-level", "info"),
            ],
            env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert node.stderr is not None
            while not (found := re.search(r"metrics at (\S+)", node.stderr.readline())):
                pass
            with urllib.request.urlopen(found[1], timeout=30) as answer:
                text = answer.read().decode()
        finally:
            node.terminate()
            node.communicate()
    write("metrics.json", metric_names(text))


async def rpc() -> None:
    """The shapes of the answers of the RPC."""
    with tempfile.TemporaryDirectory() as folder:
        write("rpc.json", await answers(Path(folder)))


PARTS: Mapping[str, Callable[[], None]] = {
    "profiles": lambda: asyncio.run(profiles()),
    "archives": lambda: asyncio.run(archives()),
    "settings": settings,
    "options": options,
    "metrics": metrics,
    "rpc": lambda: asyncio.run(rpc()),
}

if __name__ == "__main__":
    if SOURCE == ROOT / "src":
        sys.exit("This is today's code. Run the commands at the top of this file.")
    MADE.mkdir(exist_ok=True)
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
