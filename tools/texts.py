"""The texts of the faces: checks the files of all languages, and writes ``faces/catalogue.py``, a method for each text.

``src/pystatus/faces/texts/en.json`` says which texts there are, and with which arguments; ``--write`` puts the files in
the order of the keys, too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from pystatus.faces.language import DEFAULT, LANGUAGES, PLACE, Form, Text, arguments

FACES = Path("src") / "pystatus" / "faces"
_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_FORMS = {form.value for form in Form}
_HEAD = '''"""All texts that faces show, a method for each: made of ``texts/en.json`` by ``tools/texts.py``."""

from __future__ import annotations

from functools import cache

from pystatus.faces.language import DEFAULT, Texts


@cache
def texts_in(code: str = DEFAULT.code) -> Catalogue:
    """The texts of a language, ``en`` or ``de``.

    :raises LocalError: there are none in this language.
    """
    return Catalogue(code)


class Catalogue(Texts):
    """The texts of one language."""
'''


def read(root: Path) -> dict[str, dict[str, Text]]:
    """The texts of each language.

    :raises ValueError: a file is no JSON object, or has a key twice.
    """
    return {
        code: json.loads((root / FACES / "texts" / f"{code}.json").read_text(encoding="utf-8"), object_pairs_hook=_once)
        for code in LANGUAGES
    }


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key} is there twice")
        found[key] = value
    return found


def faults(texts: Mapping[str, Mapping[str, Text]]) -> Iterator[str]:
    """A sentence for everything that is wrong."""
    known = texts[DEFAULT.code]
    for code, one in texts.items():
        yield from (f"{code}.json lacks {key}" for key in known if key not in one)
        yield from (f"{code}.json has {key}, which {DEFAULT.code}.json lacks" for key in one if key not in known)
        for key, text in one.items():
            yield from (f"{code}.json: {key} {what}" for what in _faults_of(key, text))
    for code, one in texts.items():
        for key in known.keys() & one.keys():
            if _arguments(known[key]) != _arguments(one[key]):
                yield f"{code}.json: {key} has other arguments than in {DEFAULT.code}.json"


def _arguments(text: Text) -> dict[str, str] | None:
    """None: they contradict each other."""
    try:
        return arguments(text)
    except (ValueError, AttributeError):
        return None


def _faults_of(key: str, text: Text) -> Iterator[str]:
    if not _KEY.fullmatch(key):
        yield "is no key: write area.what_it_is, in small letters"
    if not isinstance(text, str) and (not isinstance(text, dict) or set(text) != _FORMS):
        yield f"is neither a text nor {' and '.join(sorted(_FORMS))}"
        return
    if _arguments(text) is None:
        yield "has an argument that is a text and a number"
    for form in [text] if isinstance(text, str) else text.values():
        if not isinstance(form, str) or not form or form != form.strip():
            yield "is empty, no text, or begins or ends with a space"
        elif set("{}") & set(PLACE.sub("", form)):
            yield "has a brace that is no argument: write {name} or {n:int}"


def accessors(texts: Mapping[str, Text]) -> str:
    """The source of ``catalogue.py``."""
    methods = []
    for key in sorted(texts):
        values = arguments(texts[key])
        taken = "".join(f", {name}: {kind}" for name, kind in values.items())
        given = "".join(f", {name}={name}" for name in values)
        signature = f"self, *{taken}" if values else "self"
        methods.append(
            f'\n    def {key.replace(".", "_")}({signature}) -> str:\n        return self._text("{key}"{given})\n'
        )
    return _HEAD + "".join(methods)


def main(given: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare the languages, and the catalogue with the texts")
    action.add_argument("--write", action="store_true", help="write the catalogue, and the texts in order")
    chosen = parser.parse_args(given)
    try:
        texts = read(root)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    wrong = list(faults(texts))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    fresh = {FACES / "catalogue.py": accessors(texts[DEFAULT.code])}
    for code, one in texts.items():
        ordered = json.dumps(dict(sorted(one.items())), ensure_ascii=False, indent=2)
        fresh[FACES / "texts" / f"{code}.json"] = f"{ordered}\n"
    for path, text in fresh.items():
        if chosen.write:
            (root / path).write_text(text, encoding="utf-8")
        elif not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text:
            print(f"{path.as_posix()} is stale; run `make texts`", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
