"""``docs/features.md``: what users can do, with the method, the command and the test that does it.

The features are in ``tools/featuring/features.toml``, below the rows of the table of ``docs/spec/payloads.md`` §17.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.featuring.page import PAGE, faults, page
from tools.featuring.rows import rows


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the page with the list, the code and the tests")
    action.add_argument("--write", action="store_true", help="write the page")
    chosen = parser.parse_args(arguments)
    try:
        found = rows(root)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    wrong = list(faults(found, root))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    fresh = page(found, root)
    if chosen.write:
        (root / PAGE).write_text(fresh, encoding="utf-8")
    elif not (root / PAGE).exists() or (root / PAGE).read_text(encoding="utf-8") != fresh:
        print(f"{PAGE.as_posix()} is stale; run `make features`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
