"""``pystatus dns-list``: who is in a node list in DNS, and a list of one's own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pystatus import sanitise, typed
from pystatus.apps.cli import options, passwords
from pystatus.apps.cli.exits import Exit
from pystatus.apps.cli.options import STDIN, AsJson, ProxyOption
from pystatus.apps.cli.output import Output
from pystatus.apps.cli.values import COUNT, DOMAIN, NODE_LIST, argument, option
from pystatus.devp2p.enode import SCHEME as ENODE_SCHEME
from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.dns.entries import LINK_PREFIX, MAX_SEQUENCE, Link, Root
from pystatus.errors import LocalError, Refused, RemoteError
from pystatus.net.dns import DnsResolver, Resolver
from pystatus.settings.kinds import DNS_SERVER, PATH, whole
from pystatus.wording import counted

if TYPE_CHECKING:
    from pystatus.crypto.keys import PrivateKey
    from pystatus.discovery.dns.checking import TreeReport
    from pystatus.discovery.dns.signing import SignedTree
    from pystatus.net.dns_lists import DnsLists

SUMMARY = "Show, sign or check a node list in DNS."
PLACE = 120

DEFAULT_LIMIT = 100
"""Nodes that are shown. A list may have thousands, and a few names are resolved a second."""
MAX_LIST_FILE = 16 << 20
"""Bytes of a file with nodes: 10,000 records, more than readers look at, have 4 MB in text."""
_HELP = ("-h", "--help")


class _Group(TyperGroup):
    """``pystatus dns-list URL`` is short for ``pystatus dns-list show URL``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in _HELP:
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(no_args_is_help=True, help=SUMMARY, cls=_Group)

_DnsServer = Annotated[str | None, option(DNS_SERVER, metavar="ADDRESS[:PORT]", help="Ask this DNS server.")]
_Url = Annotated[str, argument(NODE_LIST, metavar="ENRTREE", help="The list, enrtree://<key>@<domain>.", as_text=True)]


@app.command("show", short_help="Show the nodes of a list.")
def show(
    url: _Url,
    limit: Annotated[int, option(COUNT, metavar="N", help="Nodes to show at most.")] = DEFAULT_LIMIT,
    dns_server: _DnsServer = None,
    proxy: ProxyOption = None,
    as_json: AsJson = False,
) -> None:
    """Print the nodes of a list in DNS (EIP-1459), and of the lists it refers to, in random order.

    A line is an enode address, or for a node that says not where it is its record (enr:). Three names are resolved a
    second, after the first fifty. The word "show" may be left out.
    """
    from pystatus.net.loop import run

    run(show_nodes(source_of(url, DnsResolver(dns_server, route=options.route(proxy))), limit, Output(as_json=as_json)))


@app.command("sign", short_help="Make the records of a list.")
def sign(
    domain: Annotated[str, argument(DOMAIN, metavar="DOMAIN", help="Where the list will be, nodes.example.org.")],
    files: Annotated[
        list[Path],
        argument(PATH, metavar="FILE", help="A file with node records (enr:…) and links (enrtree://…), a line each."),
    ],
    key_file: Annotated[
        Path, option(PATH, metavar="FILE", help="The key of the list, 64 hexadecimal digits; - is standard input.")
    ],
    seq: Annotated[
        int | None,
        option(
            whole(0, MAX_SEQUENCE),
            metavar="N",
            help="The version. Default: one more than in the file of --records, else 1.",
        ),
    ] = None,
    records: Annotated[
        Path | None, option(PATH, metavar="FILE", help="Write the TXT records as JSON to FILE: text by name.")
    ] = None,
    zone: Annotated[
        Path | None, option(PATH, metavar="FILE", help="Write them as lines of a zone file, for $INCLUDE.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign a list (EIP-1459) of the records and links in the files, of each node the newest record.

    Without --records and --zone the lines for a zone file are printed. An enode address cannot be in a list, for nobody
    has signed it: pystatus enr prints the record of a node. Lines that begin with # and empty lines are left out.
    """
    from pystatus.discovery.dns.signing import sign_tree
    from pystatus.discovery.dns.zone import zone_lines

    out = Output(as_json=as_json)
    nodes: list[NodeRecord] = []
    links: list[Link] = []
    for file in files:
        _read_list(file, nodes, links)
    key = _list_key(key_file)
    tree = sign_tree(key, domain, nodes, links, _next_seq(seq, records, Link(key.public_key, domain)))
    lines = zone_lines(tree)
    _write(records, json.dumps(tree.records, indent=1) + "\n")
    _write(zone, "\n".join(lines) + "\n")
    fields: dict[str, Any] = {
        "url": str(tree.link),
        "seq": tree.seq,
        "nodes": len(tree.nodes),
        "links": len(tree.links),
        "entries": len(tree.entries) + 1,
    }
    fields |= {name: str(path) for name, path in (("records_file", records), ("zone_file", zone)) if path is not None}
    if records is None and zone is None:
        out.result({**fields, "records": tree.records}, "\n".join(lines), whole=True)
        out.note(f"{_signed(tree)} Readers use {tree.link}")
    else:
        out.result(fields, str(tree.link))
        out.note(_signed(tree))


@app.command("check", short_help="Verify a whole list.")
def check(
    url: _Url,
    file: Annotated[
        Path | None,
        option(PATH, metavar="FILE", help="Check the records in FILE, JSON or a zone file, before they are published."),
    ] = None,
    dns_server: _DnsServer = None,
    proxy: ProxyOption = None,
    as_json: AsJson = False,
) -> None:
    """Verify every entry of a list: signatures, hashes, depth, sizes, circles; in a file also what nothing leads to.

    The lists that it refers to are not followed. The command ends with 1 if anything is wrong.
    """
    from pystatus.net.loop import run

    if file is not None and dns_server is not None:
        raise Refused("Give --file or --dns-server, not both: the records are read from one place.")
    out = Output(as_json=as_json)
    resolver = None if file is not None else DnsResolver(dns_server, route=options.route(proxy))
    report = run(_checked(Link.parse(url), file, resolver, out))
    out.status("")
    out.result(_fields(report), "\n".join(_described(report)))
    if report.problem_count:
        raise typer.Exit(Exit.FAILED)


def source_of(url: str, resolver: Resolver) -> DnsLists:
    """The list, to be read from ``resolver``.

    :raises LocalError: not a list.
    """
    from pystatus.net.dns_lists import DnsLists

    return DnsLists([Link.parse(url)], resolver, os.urandom)


async def show_nodes(source: DnsLists, limit: int, out: Output) -> None:
    """Print its nodes, and say on standard error what could not be read.

    :raises LocalError: nothing of it could be read.
    """
    shown = 0
    while shown < limit and (record := await source.find()) is not None:
        shown += 1
        _show_node(record, out)
    (read,) = source.lists
    if not read.is_known:
        raise LocalError(f"The list cannot be read: {source.problem}.")
    out.note(f"{counted(shown, 'node')} of {', '.join(read.domains)}.")
    if source.problem is not None:
        out.note(f"Not everything could be read: {source.problem}.")


def _show_node(record: NodeRecord, out: Output) -> None:
    enode = record.enode
    fields = {
        "enode": str(enode),
        "enr": str(record),
        "seq": record.seq,
        "address": None if record.address is None else str(record.address),
        "tcp_port": record.tcp_port,
        "udp_port": record.udp_port,
    }
    out.result(fields, str(enode if enode.is_complete else record))


def _list_key(file: Path) -> PrivateKey:
    from pystatus.account.key_encoding import parse_private_key

    text = passwords.secret_in(file)
    try:
        return parse_private_key(text)
    except LocalError as error:
        raise LocalError(f"There is no key for a list in {'the input' if file == STDIN else file}. {error}") from error


def _read_list(file: Path, nodes: list[NodeRecord], links: list[Link]) -> None:
    """Add what the lines of a file say.

    :raises LocalError: a line says something else; the sentence has its number.
    """
    from pystatus.storage.files import explained_files, read_small

    with explained_files(f"The list in {file} cannot be read"):
        contents = read_small(file, MAX_LIST_FILE)
    for number, line in enumerate(typed.decoded(contents, f"The file {file}").splitlines(), start=1):
        text = typed.token(line)
        if not text or text.startswith("#"):
            continue
        try:
            if text.startswith(LINK_PREFIX):
                links.append(Link.parse(text))
            elif text[: len(ENODE_SCHEME)].lower() == ENODE_SCHEME:
                raise LocalError(
                    "An enode address cannot be in a list, for the node has not signed it. Take the record that "
                    "pystatus enr prints there, enr:…"
                )
            else:
                nodes.append(NodeRecord.from_person(text))
        except LocalError as error:
            raise LocalError(f"{file}, line {number}: {error}") from error


def _next_seq(given: int | None, records: Path | None, link: Link) -> int:
    """The version to sign: what was given, or the next one after that in the file."""
    if given is not None:
        return given
    if records is None or not records.exists():
        return 1
    from pystatus.storage.zone_files import read_records

    for text in read_records(records).get(link.domain.lower(), []):
        try:
            return Root.decode(text.decode("latin-1"), link.public_key).seq + 1
        except RemoteError:
            continue
    raise LocalError(
        f"In {records} there is no version of {link.domain} that this key has signed, so the next number is not known. "
        "Give it with --seq, above all that were published."
    )


def _write(file: Path | None, text: str) -> None:
    from pystatus.storage.files import explained_files, write_private

    if file is not None:
        with explained_files(f"The records cannot be written to {file}"):
            write_private(file, text.encode())


def _signed(tree: SignedTree) -> str:
    return (
        f"Version {tree.seq} with {counted(len(tree.nodes), 'node')} and {counted(len(tree.links), 'link')}, "
        f"{counted(len(tree.records), 'TXT record')}."
    )


async def _checked(link: Link, file: Path | None, resolver: Resolver | None, out: Output) -> TreeReport:
    from pystatus.net.dns_check import check_in_dns, check_in_file

    if file is not None or resolver is None:
        assert file is not None, "one of the two is given"
        from pystatus.storage.zone_files import read_records

        return await check_in_file(link, read_records(file))

    def progress(report: TreeReport) -> None:
        seen = len(report.nodes) + report.branches + len(report.links)
        out.status(f"{counted(seen, 'entry', 'entries')} of {link.domain}, {counted(report.problem_count, 'problem')}")

    return await check_in_dns(link, resolver, progress)


def _fields(report: TreeReport) -> dict[str, Any]:
    return {
        "url": str(report.link),
        "is_good": not report.problem_count,
        "seq": report.seq,
        "nodes": len(report.nodes),
        "links": [str(link) for link in report.links],
        "branches": report.branches,
        "depth": report.depth,
        "largest": report.largest,
        "problem_count": report.problem_count,
        "problems": report.problems,
        "remarks": report.remarks,
    }


def _described(report: TreeReport) -> list[str]:
    """The lines for a person: texts of others are in none of them but the names, which are base32."""
    lines = [
        f"{report.link.domain}: "
        + ("no root that is signed by this key" if report.seq is None else f"version {report.seq}, signature good"),
        f"{counted(len(report.nodes), 'node')}, {counted(len(report.links), 'link')}, "
        f"{counted(report.branches, 'branch', 'branches')}, {report.depth} deep, "
        f"texts of up to {report.largest} characters",
        *(f"Link: {link}" for link in report.links),
        *(f"Remark: {sanitise.one_line(remark)}." for remark in report.remarks),
        *(f"Problem: {sanitise.one_line(problem)}." for problem in report.problems),
    ]
    if report.problem_count > len(report.problems):
        lines.append(f"Problem: {counted(report.problem_count - len(report.problems), 'more')}.")
    lines.append("The list is good." if not report.problem_count else f"{counted(report.problem_count, 'problem')}.")
    return lines
