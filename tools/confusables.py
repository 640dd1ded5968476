"""``python tools/confusables.py FILE``: write the table of characters that look alike again, from ``confusables.txt``
of Unicode (https://www.unicode.org/Public/security/).

Left out is what no name that is shown has.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from pystatus import sanitise

TABLE = ROOT / "src" / "pystatus" / "faces" / "data" / "confusables.json"
_LINE = re.compile(r"([0-9A-F]+) ;\t((?:[0-9A-F]+ ?)+);\tMA")


def table(source: str) -> dict[str, str]:
    """What each character looks like, in the order of the characters."""
    found = {}
    for match in _LINE.finditer(source):
        character = chr(int(match[1], 16))
        if sanitise.name(f"a{character}a") == f"a{character}a":
            found[character] = "".join(chr(int(one, 16)) for one in match[2].split())
    return dict(sorted(found.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="confusables.txt")
    source = parser.parse_args().file.read_text(encoding="utf-8-sig")
    TABLE.write_text(json.dumps(table(source), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
