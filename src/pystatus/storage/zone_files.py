"""Node lists in files: the TXT records of a zone file, or of JSON as ``pystatus dns-list sign`` and go-ethereum's
``devp2p dns to-txt`` write it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pystatus import typed
from pystatus.discovery.dns.checking import Texts
from pystatus.errors import LocalError
from pystatus.storage.files import explained_files, read_small

MAX_FILE_SIZE = 64 << 20
"""Bytes of a file with records: 10,000 entries, which are all that readers look at, have about 3 MB."""

_BEGINNING = re.compile(r"^(\S+)[ \t][^;\n]*\bSOA\b", re.MULTILINE)
"""The line of a zone that says whose it is."""


def read_records(path: Path) -> Texts:
    """The TXT records of a file, JSON or a zone file.

    :raises LocalError: it cannot be read, or is neither.
    """
    with explained_files(f"The records in {path} cannot be read"):
        contents = read_small(path, MAX_FILE_SIZE)
    text = typed.decoded(contents, f"The file {path}")
    return _from_json(path, text) if text.lstrip().startswith("{") else _from_zone(path, text)


def _from_json(path: Path, text: str) -> Texts:
    wrong = LocalError(f"{path} is not the JSON of a node list: an object of texts, or lists of texts, by name.")
    try:
        found: Any = json.loads(text)
        lists = {name.lower(): [each] if isinstance(each, str) else each for name, each in found.items()}
        if not all(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in lists.values()):
            raise wrong
        return {name.removesuffix("."): [one.encode() for one in each] for name, each in lists.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise wrong from error


def _from_zone(path: Path, text: str) -> Texts:
    from dns.exception import DNSException
    from dns.name import root
    from dns.rdatatype import TXT as TXT_TYPE
    from dns.rdtypes.ANY.TXT import TXT
    from dns.zone import from_text

    try:
        # A whole zone is read from its beginning on; the first $ORIGIN says where that is. Lines to be included have
        # full names.
        beginning = _BEGINNING.search(text)
        origin = root if beginning is None else None if beginning[1] == "@" else beginning[1]
        zone = from_text(text, origin=origin, relativize=False, check_origin=False, allow_include=False)
    except (DNSException, ValueError) as error:
        raise LocalError(f"{path} is not a zone file: {error}.") from error
    found: Texts = {}
    for name, _, record in zone.iterate_rdatas(TXT_TYPE):
        assert isinstance(record, TXT)
        texts = found.setdefault(name.to_text(omit_final_dot=True).lower(), [])
        texts.append(b"".join(record.strings))
    return found
