"""The tables of settings and of metrics in ``docs/operators.md``, from the code."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from pystatus.metrics.series import DISCOVERY, KNOWN_FROM_STATUS_GO, OURS, PROCESS, Series
from pystatus.settings.model import ENTRIES, Entry

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operators.md"


def settings() -> Iterable[str]:
    """A row for each setting."""
    yield "| key in the file | variable | default | allowed | what it is |"
    yield "|---|---|---|---|---|"
    for entry in ENTRIES.values():
        variables = f"`{entry.variable}`" + (f", `{entry.about.also}`" if entry.about.also else "")
        reloads = " *" if entry.about.reloads else ""
        about = entry.about
        yield f"| `{entry.key}`{reloads} | {variables} | {_default(entry)} | {about.kind.allowed} | {about.help} |"


def _default(entry: Entry) -> str:
    if entry.default is None:
        return ""
    plain = entry.about.kind.to_toml(entry.default)
    if isinstance(plain, list):
        return ", ".join(f"`{one}`" for one in plain)
    if isinstance(plain, bool):
        return f"`{str(plain).lower()}`"
    return f"`{plain:.7f}`".rstrip("0`").rstrip(".") + "`" if isinstance(plain, float) else f"`{plain}`"


def metrics(series: Iterable[Series]) -> Iterable[str]:
    """A row for each series."""
    yield "| series | kind | labels | what it counts |"
    yield "|---|---|---|---|"
    for one in series:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        yield f"| `{one.name}` | {one.kind} | {labels} | {one.help} |"


TABLES = {
    "settings": settings,
    "metrics of status-go": lambda: metrics(KNOWN_FROM_STATUS_GO),
    "metrics of pystatus": lambda: metrics((*OURS, *PROCESS)),
    "metrics of discovery": lambda: metrics(DISCOVERY),
}


def written(page: str) -> str:
    """``page`` with its tables as they have to be."""
    for name, rows in TABLES.items():
        begin, end = f"<!-- {name}: written by tools/operators.py -->\n", "<!-- end -->"
        before, _, rest = page.partition(begin)
        if not rest:
            raise SystemExit(f"docs/operators.md has no place for the table of {name}")
        _, _, after = rest.partition(end)
        page = before + begin + "\n".join(rows()) + "\n" + end + after
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the tables with the code")
    action.add_argument("--write", action="store_true", help="write the tables")
    chosen = parser.parse_args()
    page = PAGE.read_text()
    fresh = written(page)
    if chosen.write:
        PAGE.write_text(fresh)
    elif fresh != page:
        raise SystemExit("the tables of docs/operators.md are not those of the code; run `make operators`")


if __name__ == "__main__":
    main()
