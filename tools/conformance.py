"""``docs/conformance.md``: which code obeys a requirement, and which test proves it.

Requirements are in ``tests/requirements.json``. The docstring of what obeys one has a line of its own for it::

    Implements: WK-12, WK-13

and a test names those that it proves::

    @pytest.mark.requirement("WK-12", "WK-13")
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.conforming.page import PAGE, Conformance


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the page with code and tests")
    action.add_argument("--write", action="store_true", help="write the page")
    chosen = parser.parse_args(arguments)
    try:
        conformance = Conformance.of(root)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    faults = list(conformance.faults())
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    fresh = conformance.page()
    page = root / PAGE
    if chosen.write:
        page.write_text(fresh, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != fresh:
        print(f"{PAGE.as_posix()} is stale; run `make conformance`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
