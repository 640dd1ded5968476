"""What a type checker knows of a client: of its features, and of names that it does not have."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).resolve().parents[2]

LINES = {
    "await client.join('news')": None,
    "await client.devices.pair('bot')": None,
    "client.devices.all()": None,
    "reveal_type(client.feature(Devices).all())": r"Sequence\[pystatus\..*\.Device\]",
    "await client.feature(Devices).pair(5)": "incompatible type",
    "client.feature(Devices).al()": "no attribute",
    "client.feature(int)": "cannot be",
    "await client.jion('news')": "not callable",
    "client.devices()": "not callable",
    "chats: list[Chat] = client.chat": "Incompatible types",
}
"""Lines of a program, and what is said of each: None, if it is right."""


def test_what_type_checkers_say_of_a_client(tmp_path: Path) -> None:
    head = ["from pystatus import Chat, Client, Devices", "async def main(client: Client) -> None:"]
    module = tmp_path / "program.py"
    module.write_text("\n".join([*head, *(f"    {line}" for line in LINES)]) + "\n", encoding="utf-8")
    output, errors, _ = api.run(["--config-file", str(ROOT / "pyproject.toml"), str(module)])
    assert not errors
    said: dict[int, str] = {}
    for number, sentence in re.findall(r"program\.py:(\d+): (?:error|note): (.*)", output):
        said[int(number)] = said.get(int(number), "") + sentence
    for number, (line, wanted) in enumerate(LINES.items(), len(head) + 1):
        sentence = said.pop(number, "")
        assert (not sentence) if wanted is None else re.search(wanted, sentence), f"{line}: {sentence}"
    assert not said
