"""``web/src/generated/texts.ts`` and a file a language beside it: those texts of the faces that the page uses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pystatus.faces.language import DEFAULT, Text, arguments

_USED = re.compile(r"""\b(?:t|key)\(\s*"([a-z0-9_.]+)\"""")
_HEAD = "// Made by tools/web.py of src/pystatus/faces/texts: the texts that the page uses, with their arguments.\n"


def used_keys(sources: Path) -> set[str]:
    """The keys that stand in the sources, as ``t("chat.muted")``, or as ``key("chat.muted")`` in a table."""
    found: set[str] = set()
    for path in sorted(sources.rglob("*.ts*")):
        if "generated" not in path.parts:
            found.update(_USED.findall(path.read_text(encoding="utf-8")))
    return found


def page_texts(texts: Mapping[str, Mapping[str, Text]], used: set[str]) -> dict[str, str]:
    """The files by their names.

    :param texts: the texts of each language.
    :raises ValueError: a text is used and not there.
    """
    known = texts[DEFAULT.code]
    missing = sorted(used - known.keys())
    if missing:
        raise ValueError(f"the page uses texts that are not in faces/texts: {', '.join(missing)}")
    keys = sorted(used)
    files = {"texts.ts": _HEAD + "export interface TextArguments {\n" + "".join(_fields(known, keys)) + "}\n"}
    for code, one in texts.items():
        table = json.dumps({key: one[key] for key in keys}, ensure_ascii=False, indent=1)
        files[f"{code}.ts"] = (
            f'{_HEAD}import type {{ Table }} from "../texts";\n\nexport const table: Table = {table};\n'
        )
    return files


def _fields(texts: Mapping[str, Text], keys: list[str]) -> Iterator[str]:
    for key in keys:
        given = "; ".join(
            f"{name}: {'number' if kind == 'int' else 'string'}" for name, kind in arguments(texts[key]).items()
        )
        yield f'  "{key}": {f"{{ {given} }}" if given else "undefined"};\n'
