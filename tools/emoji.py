"""``python tools/emoji.py FILE``: write the names of emoji again, from ``db/emoji.json`` of github/gemoji (MIT).

They are those that GitHub, and with it most programs that take ``:name:``, understand.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "src" / "pystatus" / "payloads" / "data" / "emoji.json"


def table(source: str) -> dict[str, str]:
    """The emoji of each name, in the order of the names."""
    names = {alias: entry["emoji"] for entry in json.loads(source) for alias in entry["aliases"]}
    return dict(sorted(names.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="db/emoji.json of a checkout of gemoji")
    source = parser.parse_args().file.read_text(encoding="utf-8")
    TABLE.write_text(json.dumps(table(source), indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
