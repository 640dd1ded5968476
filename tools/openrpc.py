"""``docs/openrpc.json`` and the table of calls in ``docs/daemon.md``: what a daemon can be asked, from the code.

python tools/openrpc.py --write     writes both
python tools/openrpc.py --check     compares them with the code
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pystatus.rpc.client_api.openrpc import document

ROOT = Path(__file__).resolve().parents[1]
JSON = ROOT / "docs" / "openrpc.json"
PAGE = ROOT / "docs" / "daemon.md"
BEGIN, END = "<!-- calls: made by tools/openrpc.py -->\n", "<!-- end of calls -->"


def table() -> str:
    """The calls, each with its parameters; those that need not be given in brackets."""
    lines = ["| call | what |", "|---|---|"]
    for method in document()["methods"]:
        names = [one["name"] if one["required"] else f"[{one['name']}]" for one in method["params"]]
        lines.append(f"| `{method['name']}({', '.join(names)})` | {method['summary'].replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write both files")
    action.add_argument("--check", action="store_true", help="compare them with the code")
    arguments = parser.parse_args()
    wanted = {
        JSON: json.dumps(document(), indent=1, ensure_ascii=False) + "\n",
        PAGE: page(PAGE.read_text(encoding="utf-8")),
    }
    if arguments.write:
        for path, text in wanted.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not what the code says: run python tools/openrpc.py --write")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
