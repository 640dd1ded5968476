"""Records of a node list in files, and the check of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pystatus.discovery.dns.signing import sign_tree
from pystatus.discovery.dns.zone import zone_lines
from pystatus.errors import LocalError, RemoteError
from pystatus.net.dns_check import FileResolver, check_in_dns, check_in_file
from pystatus.storage.zone_files import read_records
from tests.support.dns_zone import ZoneResolver, key, link, record

HOME = "nodes.example.org"
TREE = sign_tree(key(1), HOME, [record(number) for number in range(2, 30)], [link(key(3), "more.example.org")], 3)
RECORDS = {name.lower(): [text.encode()] for name, text in TREE.records.items()}


def written(directory: Path, text: str | bytes) -> Path:
    path = directory / "records"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TREE.records),
        json.dumps({f"{name.upper()}.": [text] for name, text in TREE.records.items()}),
        "\n".join(zone_lines(TREE)),
        "$TTL 60\n" + "\n".join(zone_lines(TREE)).upper().partition("\n")[0] + "\n" + "\n".join(zone_lines(TREE)),
    ],
    ids=["json", "json-lists", "zone", "zone-with-ttl"],
)
def test_both_forms_are_read(tmp_path: Path, text: str) -> None:
    assert read_records(written(tmp_path, text)) == RECORDS


def test_a_zone_has_other_records_too(tmp_path: Path) -> None:
    soa = "60 IN SOA ns.example.org. a.example.org. 1 2 3 4 5"
    other = [f"example.org. {soa}", "example.org. 60 IN A 192.0.2.1"]
    text = "\n".join([*other, f'{HOME}. 1800 IN TXT "v=spf1 -all"', *zone_lines(TREE)])
    found = read_records(written(tmp_path, text))
    assert found[HOME] == [b"v=spf1 -all", *RECORDS[HOME]]
    assert found.keys() == RECORDS.keys()
    relative = "\n".join(["$ORIGIN example.org.", f"@ {soa}", "nodes 60 TXT x", *zone_lines(TREE)])
    assert read_records(written(tmp_path, relative))[HOME] == [b"x", *RECORDS[HOME]]


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (b"\xff\xfa\x80", "is not text"),
        (b"{", "is not the JSON"),
        (b'{"a": 1}', "is not the JSON"),
        (b'{"a": [1]}', "is not the JSON"),
        (b'{"a": {}}', "is not the JSON"),
        (b'{"a": ' + b"[" * 100_000, "is not the JSON"),
        (b"[]", "is not a zone file"),
        (b"a. 1 IN TXT", "is not a zone file"),
        (b"$INCLUDE /etc/passwd\n", "is not a zone file"),
        (b'a. 1 IN TXT "x\n', "is not a zone file"),
        (b"a" * 70 + b'. 1 IN TXT "x"\n', "is not a zone file"),
    ],
)
def test_files_of_another_kind(tmp_path: Path, contents: bytes, why: str) -> None:
    with pytest.raises(LocalError, match=why):
        read_records(written(tmp_path, contents))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be read"):
        read_records(tmp_path / "nothing")


async def test_the_check_of_a_file() -> None:
    report = await check_in_file(TREE.link, RECORDS)
    assert (report.problems, report.seq, len(report.nodes)) == ([], 3, 28)
    gone = next(name for name in RECORDS if name != HOME and RECORDS[name][0].startswith(b"enr:"))
    less = {name: texts for name, texts in RECORDS.items() if name != gone}
    (problem,) = (await check_in_file(TREE.link, less)).problems
    assert problem.lower() == f"{gone}: it is not in the file"
    more = {**RECORDS, f"{'a' * 26}.{HOME}": [b"x"]}
    assert (await check_in_file(TREE.link, more)).problems == [f"{'a' * 26}.{HOME}: nothing leads to this entry"]


async def test_the_check_in_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pystatus.net.dns_check.SECONDS_BETWEEN_QUERIES", 0.0)
    resolver = ZoneResolver({name: [text] for name, text in TREE.records.items()})
    seen: list[int] = []
    report = await check_in_dns(TREE.link, resolver, lambda so_far: seen.append(len(so_far.nodes)))
    assert (report.problems, len(report.nodes)) == ([], 28)
    assert sorted(resolver.asked) == sorted(TREE.records)
    assert len(seen) == len(TREE.records)


async def test_what_a_file_has_not() -> None:
    assert await FileResolver(RECORDS).texts(HOME.upper()) == RECORDS[HOME]
    with pytest.raises(RemoteError, match="not in the file"):
        await FileResolver({}).texts(HOME)
